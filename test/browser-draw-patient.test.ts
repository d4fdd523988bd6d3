import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { accountAsker } from '../src/booking/index.ts';
import { sql } from '../src/platform/sql.ts';
import { changePlan, demo_rhythm, viewDraws } from '../src/release/index.ts';
import type { WishRow } from '../src/release/store-wish.ts';
import { makeWish } from '../src/release/wish.ts';
import { getHospital, listHospitals, runImport, type KindName } from '../src/schedule/index.ts';
import { launchBrowser } from './support/browser.ts';
import { agrees, buildPages, desk, phone, walker, type Walker } from './support/walk.ts';
import { staffAt, world, type Visitor } from './support/world.ts';

// The draw as patients meet it: calendar, rules, registering, editing, waiting for returned numbers, a
// stop, records under review. With SCREENS=docs/screens it also renews the pictures of the user guides.

let here: Awaited<ReturnType<typeof world>>;
let browser: Browser;
let url: string;
let hospital_id: string;
const faults: string[] = [];

before(async () => {
  await buildPages();
  here = await world('draw pages', new Date('2026-11-24T00:10:00Z'));
  hospital_id = (await listHospitals(here.ctx))[0]?.id ?? '';
  await prepareClinics();
  await here.app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(here.app.server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await here?.stop();
});

/** Two sessions of one drawn number each, a clinic that reviews records, and one with a shadow. */
const tables: [KindName, string[]][] = [
  [
    'departments',
    [
      '科室代码,科室名称,院区代码,院区名称,诊疗科目代码,位置',
      'DERM,皮肤科,E,东院区,12,门诊楼4层C区',
      'ORTH,骨科,E,东院区,04.03,门诊楼4层A区',
    ],
  ],
  [
    'doctors',
    [
      '医生工号,姓名,职称,科室代码,擅长,门诊代码,门诊名称,号别,挂号费,诊疗费,时限性',
      'D101,陈立夏,主任医师,DERM,银屑病,DERM-CHEN,陈立夏主任门诊,主任,0,100,',
      'D102,陆清和,副主任医师,DERM,特应性皮炎,DERM-LU,陆清和副主任门诊,副主任,0,80,',
      'D103,宋知秋,主任医师,DERM,皮肤罕见病,DERM-SONG,皮肤罕见病专病门诊,专病,0,100,',
      'D104,梁以宁,主治医师,DERM,常见皮肤病,DERM-ORD,皮肤科普通门诊,普通,0,50,',
      'D201,罗思远,主任医师,ORTH,关节置换,ORTH-LUO,罗思远主任门诊,主任,0,100,',
    ],
  ],
  [
    'sessions',
    [
      '门诊代码,出诊日期,午别,开始时间,结束时间,诊室,号源总数',
      'DERM-CHEN,2026-11-27,上午,08:00,12:00,皮肤406,2',
      'DERM-LU,2026-11-27,下午,13:30,17:30,皮肤407,2',
      'DERM-CHEN,2026-12-11,上午,08:00,12:00,皮肤406,4',
      'DERM-SONG,2026-11-27,上午,08:00,12:00,皮肤408,4',
      'DERM-ORD,2026-11-25,上午,08:00,12:00,皮肤401,24',
      'ORTH-LUO,2026-11-27,上午,08:00,12:00,骨科401,6',
    ],
  ],
];

async function prepareClinics(): Promise<void> {
  for (const [kind, rows] of tables) {
    const file = Buffer.from(rows.join('\n'));
    const what = { hospital_id, kind, file_name: `${kind}.csv`, file };
    const report = await runImport(here.ctx, { ...what, dry_run: false, staff_id: null });
    assert.ok(report.committed, JSON.stringify(report.errors));
    await here.settle();
  }
  const { services } = await getHospital(here.ctx, { hospital_id });
  const plan = async (code: string, change: object): Promise<void> => {
    const draft = {
      method: 'draw' as const,
      effective_from: '2026-11-24',
      advance_days: 7,
      release_time: '07:30',
      same_day_share: 0,
      same_day_time: '07:00',
      on_site_share: 0.1,
      on_site_time: '07:00',
      draw_group: 'DERM',
      draw_rhythm: demo_rhythm,
      ...change,
    };
    const healthcare_service_id = services.find((one) => one.code === code)?.id ?? '';
    await changePlan(here.ctx, { hospital_id, healthcare_service_id, draft, actor: 'test' });
  };
  await plan('DERM-CHEN', { draw_rules: { wildcards: true } });
  await plan('DERM-LU', { draw_rules: { wildcards: true } });
  await plan('DERM-SONG', { draw_group: 'RARE', draw_rules: { eligibility: 'pre-review' } });
  await plan('DERM-ORD', { method: 'order', draw_group: 'ORD', draw_rhythm: null });
  await plan('ORTH-LUO', { method: 'order', shadow: true, draw_group: 'ORTH' });
  await here.settle();
}

type Person = { name: string; documentNumber: string; phone?: string };

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name });

async function signsIn({ page }: Walker, number: string): Promise<void> {
  await page.goto('/sign-in?next=/draws');
  await page.getByLabel('手机号').fill(number);
  await page.getByRole('button', { name: '获取验证码' }).click();
  await page.getByLabel('验证码', { exact: true }).waitFor();
  const outbox = await page.context().newPage();
  await outbox.goto('/outbox');
  const message = outbox.getByRole('listitem').filter({ hasText: number });
  const line = message.getByText(/登录验证码 \d{6}/).first();
  const code = /登录验证码 (\d{6})/.exec(await line.innerText())?.[1] ?? '';
  await outbox.close();
  await page.getByLabel('验证码', { exact: true }).fill(code);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await heading(page, '派号日历').waitFor();
}

async function adds({ page }: Walker, person: Person): Promise<void> {
  await page.goto('/patients');
  await page.getByLabel('姓名').fill(person.name);
  await page.getByLabel('证件号码').fill(person.documentNumber);
  await page.getByRole('button', { name: '核验并添加' }).click();
  await agrees(page, page.getByRole('button', { name: '移除' }));
}

/** The pages of the draw group, found as people find them: in the calendar. */
async function opensDraw({ page }: Walker, clinic: RegExp): Promise<void> {
  await page.goto('/');
  await page.getByRole('link', { name: /派号日历/ }).click();
  await page.getByRole('link', { name: clinic }).first().click();
}

async function looksAround(): Promise<void> {
  const stranger = await walker(browser, url, { size: phone, faults });
  const { page, shot } = stranger;
  await page.goto('/');
  await heading(page, '选择医院').waitFor();
  await page.getByRole('link', { name: /派号日历/ }).click();
  await heading(page, '现在可以登记').waitFor();
  await page.getByText(/不比手快，不用找人。.*没派到自动参加下一次。/).waitFor();
  const text = await page.getByRole('main').innerText();
  assert.doesNotMatch(text, /摇号|抽签|中签/);
  assert.doesNotMatch(text, /已有\s*\d+\s*人/, 'how many have registered is nobody’s to know yet');
  await shot('patient-draws');
  await page.getByRole('link', { name: /规则和时间.*陈立夏/ }).click();
  await heading(page, '时间安排').waitFor();
  for (const step of ['登记截止', '最晚封存', '第 1 次退号重派'])
    await page.getByRole('listitem').filter({ hasText: step }).waitFor();
  await page.getByText('演示信标（不独立）').waitFor();
  await shot('patient-draw-page');
  await page.goto('/demand');
  await heading(page, '各科室月度需求').waitFor();
  await stranger.context.close();
  const wide = await walker(browser, url, { size: desk, faults });
  await wide.page.goto('/draws');
  await heading(wide.page, '现在可以登记').waitFor();
  await wide.shot('patient-draws-desk');
  await wide.context.close();
}

/** A registers by page: orders the list by keyboard, pointer and buttons, then edits it. */
async function registersByPage(who: Walker, person: Person): Promise<void> {
  const { page, shot } = who;
  await opensDraw(who, /去登记.*陈立夏/);
  const list = page.getByRole('list', { name: '想看的门诊（按先后）' });
  await page.getByRole('button', { name: /加上 陈立夏/ }).click();
  await page.getByRole('button', { name: /加上 陆清和/ }).click();
  await page.getByRole('button', { name: '第 2 个往前移' }).focus();
  await page.keyboard.press('Enter');
  await list.getByRole('listitem').first().filter({ hasText: '陆清和' }).waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  assert.equal(await focused(), '第 1 个往后移', 'the keyboard stays on the line it moved');
  await drags(page, list);
  await list.getByRole('listitem').first().filter({ hasText: '陈立夏' }).waitFor();
  await page.getByRole('checkbox', { name: /前一天通知我也能来/ }).check();
  await page.getByRole('radio', { name: '这一批里任一位主任医师' }).check();
  await page.getByRole('radio', { name: '不要别的号' }).check();
  await page.getByRole('radio', { name: new RegExp(`^${person.name.slice(0, 1)}`) }).check();
  assert.ok(await page.getByRole('checkbox', { name: /没派到自动参加下一次/ }).isChecked());
  await page.getByText(/家里人不能合起来登记一个半天/).waitFor();
  await shot('patient-draw-enter');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await agrees(page, page.getByText('登记好了'));
  await page.getByText(/没派到会自动参加下一次/).waitFor();
  await page.getByRole('button', { name: '改选择' }).click();
  await page.getByRole('button', { name: '移除第 2 个' }).click();
  await shot('patient-entry-edit');
  await page.getByRole('button', { name: '保存修改' }).click();
  await page.getByText('改好了').waitFor();
  assert.equal(await list.getByRole('listitem').count(), 1);
  await shot('patient-entry-edited');
}

/** The first line is dragged below the second by its number. */
async function drags(page: Page, list: ReturnType<Page['getByRole']>): Promise<void> {
  const boxes = await Promise.all(
    [0, 1].map((n) =>
      list
        .getByRole('listitem')
        .nth(n)
        .getByTitle(/按住拖动/)
        .boundingBox(),
    ),
  );
  const [from, to] = boxes;
  assert.ok(from && to);
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x + to.width / 2, to.y + to.height / 2, { steps: 4 });
  await page.mouse.up();
}

/** B is registered at the window; the page knows nothing of the secret until the slip is typed in. */
async function registersAtWindow(who: Walker, clerk: Visitor, person: Person): Promise<void> {
  const { draws } = await clerk.get(`/api/draws?hospital_id=${hospital_id}`);
  const draw = draws.find((one: { group: string }) => one.group === 'DERM');
  const session = draw.sessions.find((one: { service_name: string }) =>
    one.service_name.includes('陈立夏'),
  );
  const { patient_id } = await clerk.post('/api/staff/patients', {
    name: person.name,
    document_type: 'resident_id',
    document_number: person.documentNumber,
  });
  const slip = await clerk.post(`/api/staff/draws/${draw.draw_id}/entries`, {
    patient_id,
    preferences: [session.session_id],
  });
  const { page, shot } = who;
  await page.goto(`/entries/${slip.e}`);
  await page.getByText('在这台设备上不能改或撤回').waitFor();
  await page.getByText('我有凭条上的撤回码').click();
  await page.getByLabel('撤回码').fill('0'.repeat(64));
  await page.getByRole('button', { name: '使用撤回码' }).click();
  await page.getByText('撤回码和这条登记对不上').waitFor();
  await shot('patient-entry-elsewhere');
  await page.getByLabel('撤回码').fill(slip.secret.replace(/(.{8})/g, '$1 '));
  await page.getByRole('button', { name: '使用撤回码' }).click();
  await page.getByRole('button', { name: '改选择' }).waitFor();
  await page.getByRole('button', { name: '撤回登记' }).waitFor();
}

/** One place and two people: one has it, the other waits for what comes back. */
async function oneWins(a: Walker, b: Walker): Promise<{ winner: Walker; other: Walker }> {
  await here.advance(125);
  await here.advance(40);
  for (const { page } of [a, b]) {
    await page.reload();
    await page.getByText(/^派到号了$|仍在等退号/).waitFor();
  }
  const aWon = (await a.page.getByText(/^派到号了$/).count()) > 0;
  return aWon ? { winner: a, other: b } : { winner: b, other: a };
}

async function comesBack(winner: Walker, other: Walker): Promise<void> {
  await winner.page.getByRole('button', { name: /确认就诊（\d\d:\d\d 前）/ }).waitFor();
  await winner.shot('patient-entry-placed');
  await other.page.getByText(/第 1 次退号重派：/).waitFor();
  await other.page.getByRole('button', { name: '不再等退号' }).waitFor();
  await other.shot('patient-entry-standby');
  await winner.page.getByRole('link', { name: '查看号' }).click();
  await winner.page.getByRole('button', { name: '取消预约' }).click();
  await winner.page.getByRole('button', { name: '确定取消' }).click();
  await winner.page.getByRole('button', { name: '恢复预约' }).waitFor();
  await here.advance(610); // a cancellation can be undone for ten minutes
  await until(({ closes_at }) => closes_at); // the place is back, and sealed
  await until(({ round_at }) => round_at);
  const { page, shot } = other;
  await page.reload();
  await page.getByText('这是第 1 次退号重派派到的号。').waitFor();
  await shot('patient-entry-return');
  await page.getByRole('button', { name: /确认就诊（/ }).click();
  await page.getByText('已经确认，请按时就诊。').waitFor();
}

/** Moves the clock to just after an instant of the first return. */
async function until(of: (back: { closes_at: string; round_at: string }) => string): Promise<void> {
  const draws = await viewDraws(here.ctx, hospital_id);
  const back = draws.find(({ group }) => group === 'DERM')?.returns[0];
  const at = Date.parse(of(JSON.parse(JSON.stringify(back))));
  await here.advance((at - here.clock.now().getTime()) / 1000 + 2);
}

/** What is published afterwards, on the draw's page and by month. */
async function reads(who: Walker): Promise<void> {
  const { page, shot } = who;
  await page
    .getByRole('link', { name: /DERM|h1|DEMO|-/ })
    .first()
    .waitFor();
  await page.goto('/draws');
  await heading(page, '最近的结果').waitFor();
  await page.getByRole('link', { name: /陈立夏.*2 人登记/ }).click();
  await heading(page, '派号结果').waitFor();
  await page.getByText(/第 1 次：退回 \d 个，派出 1 个/).waitFor();
  await page.getByRole('link', { name: /看登记/ }).waitFor();
  await shot('patient-draw-result');
  await page.goto('/demand');
  await page.getByRole('row', { name: /皮肤科/ }).waitFor();
  const text = await page.getByRole('main').innerText();
  assert.doesNotMatch(text, /陈立夏|林知远/, 'no doctor is named beside demand');
  await shot('patient-demand');
}

/** The win ended the wish that was made with the entry; another one, for later, is taken back. */
async function seesWishes(who: Walker): Promise<void> {
  const { page, shot } = who;
  await page.goto('/entries');
  await heading(page, '长期登记').waitFor();
  await page.getByRole('region', { name: '长期登记' }).getByText('已派到').waitFor();
  await wishAgain();
  await page.reload();
  await shot('patient-standing');
  await page.getByRole('button', { name: '撤回长期登记' }).click();
  await page.getByRole('button', { name: '确定撤回' }).click();
  await page.getByRole('button', { name: '撤回长期登记' }).waitFor({ state: 'detached' });
  await page.getByRole('region', { name: '长期登记' }).getByText('已撤回').waitFor();
}

/** A new wish of the person whose first one was fulfilled. */
async function wishAgain(): Promise<void> {
  const first = await here.ctx.db.one<WishRow>(sql`
    select * from release.wish where state = 'won' and account_id is not null order by created_at limit 1`);
  const account = { account_id: first.account_id as string, channel: 'web' as const };
  const asker = await accountAsker(here.ctx, { ...account, device_key_id: null });
  await makeWish(here.ctx, { ...first, asker });
}

/** The clinic is stopped: the holder is offered a later number of that doctor and takes it. */
async function isDisplaced(who: Walker, manager: Visitor): Promise<void> {
  const draws = await viewDraws(here.ctx, hospital_id);
  const stopped = draws
    .find(({ group }) => group === 'DERM')
    ?.sessions.find(({ service_name }) => service_name.includes('陈立夏'));
  await manager.post(`/api/staff/sessions/${stopped?.session_id}/stop`, { reason: '医生外出会诊' });
  await here.advance(30);
  const { page, shot } = who;
  await page.goto('/entries');
  await heading(page, '停诊，请选择').waitFor();
  await page.getByText('医院给您直接留了一个号，不用再派').waitFor();
  await page.getByRole('button', { name: '不要了，全额退款' }).waitFor();
  await shot('patient-displaced');
  await page.getByRole('button', { name: '接受这个号' }).click();
  await page.getByText('已接受，请按时就诊').waitFor();
  await here.settle();
  await page.reload();
  await heading(page, '长期登记')
    .or(page.getByRole('link', { name: /陈立夏/ }))
    .first()
    .waitFor();
  assert.equal(await heading(page, '停诊，请选择').count(), 0);
}

/** Hands in a record, is referred elsewhere, and appeals. */
async function isReviewed(who: Walker, person: Person): Promise<void> {
  const { page, shot } = who;
  const doctor = await staffAt(here.app, 'doctor');
  await opensDraw(who, /去登记.*罕见病/);
  await page.getByRole('radio', { name: new RegExp(`^${person.name.slice(0, 1)}`) }).check();
  await heading(page, '资料预审').waitFor();
  await page.getByLabel('病情和检查结果').fill('反复皮疹两年，已做过敏原检查，结果正常。');
  await shot('patient-review');
  await page.getByRole('button', { name: '提交资料' }).click();
  await page.getByText('审核中').waitFor();
  const { reviews } = await doctor.get('/api/staff/reviews');
  const { services } = await getHospital(here.ctx, { hospital_id });
  await doctor.post(`/api/staff/reviews/${reviews[0].review_id}`, {
    accept: false,
    reason: '先在普通门诊做皮肤活检。',
    other_service_id: services.find((one) => one.code === 'DERM-ORD')?.id,
  });
  await page.goto('/entries');
  await page.getByText('先在普通门诊做皮肤活检。').waitFor();
  await page.getByRole('link', { name: /看皮肤科普通门诊的号/ }).waitFor();
  await page.getByText('不同意？可以申诉一次').click();
  await page.getByLabel('申诉理由').fill('上月已在外院做过活检，报告可以带来。');
  await shot('patient-review-refused');
  await page.getByRole('button', { name: '提交申诉' }).click();
  await page.getByText('申诉中').waitFor();
}

/** A shadow never promises a number. */
async function meetsShadow(who: Walker): Promise<void> {
  const { page, shot } = who;
  await opensDraw(who, /规则和时间.*罗思远/);
  await page.getByText('这是试排，不发号').waitFor();
  assert.equal(await page.getByText(/确认截止|退号重派/).count(), 0);
  await shot('patient-shadow');
}

test('the draw in the patients’ pages: calendar, register, edit, wait, return, wish, stop, review', async () => {
  const [a, b] = [here.ctx.population.syntheticPerson(37), here.ctx.population.syntheticPerson(74)];
  await looksAround();
  const pageA = await walker(browser, url, { size: phone, faults });
  const pageB = await walker(browser, url, { size: phone, faults });
  await signsIn(pageA, a.phone ?? '');
  await adds(pageA, a);
  await signsIn(pageB, b.phone ?? '');
  await adds(pageB, b);
  await registersByPage(pageA, a);
  await registersAtWindow(pageB, await staffAt(here.app, 'clerk'), b);
  await meetsShadow(pageB);
  await isReviewed(pageB, b);
  await pageB.page.goto('/entries');
  await pageB.page.getByRole('link', { name: /陈立夏/ }).click();
  const { winner, other } = await oneWins(pageA, pageB);
  await comesBack(winner, other);
  await reads(other);
  await seesWishes(pageA);
  await isDisplaced(other, await staffAt(here.app, 'manager'));
  await speaksEnglish(other);
  await pageA.context.close();
  await pageB.context.close();
  assert.deepEqual(faults, []);
});

async function speaksEnglish({ page, shot }: Walker): Promise<void> {
  await page.goto('/draws');
  await page.getByRole('button', { name: 'English' }).click();
  await heading(page, 'Draw calendar').waitFor();
  await page
    .getByRole('button', { name: '长辈版' })
    .or(page.getByRole('button', { name: /large/i }))
    .first()
    .click();
  await shot('patient-draws-large');
}

test('the first page of a patient stays below 150 kB on the wire', async () => {
  const dist = join(import.meta.dirname, '..', 'dist', 'web');
  const html = await readFile(join(dist, 'index.html'), 'utf8');
  const files = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(
    ([, path]) => path ?? '',
  );
  assert.ok(files.length > 2 && (await readdir(join(dist, 'assets'))).length > files.length);
  const sizes = await Promise.all(
    files.map(async (path) => gzipSync(await readFile(join(dist, path))).length),
  );
  const total = sizes.reduce((sum, size) => sum + size, gzipSync(html).length);
  assert.ok(total <= 150_000, `${total} bytes`);
});
