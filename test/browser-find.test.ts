import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { sql } from '../src/platform/sql.ts';
import { changePlan, demo_rhythm } from '../src/release/index.ts';
import { findSessions, getHospital, listHospitals, runImport } from '../src/schedule/index.ts';
import type { KindName } from '../src/schedule/index.ts';
import { launchBrowser } from './support/browser.ts';
import { entryBody, openDraw, until } from './support/draws.ts';
import { agrees, buildPages, phone, walker, type Walker } from './support/walk.ts';
import { patientAt, staffAt, world, type Visitor } from './support/world.ts';

// The way to a doctor as people find it: by a complaint, by pinyin, by a day; and what a page says when
// there is no number. With SCREENS=docs/screens it also renews the pictures of the user guides.

let here: Awaited<ReturnType<typeof world>>;
let browser: Browser;
let url: string;
let hospital_id: string;
let own: Visitor;
let people: string[];
/** Whoever books in the first walk is still signed in later. */
let mother: Walker;
const faults: string[] = [];

const tables: [KindName, string[]][] = [
  [
    'departments',
    [
      '科室代码,科室名称,院区代码,院区名称,诊疗科目代码,位置',
      'SKIN,皮肤科,E,东院区,13,门诊楼4层C区',
    ],
  ],
  [
    'doctors',
    [
      '医生工号,姓名,职称,科室代码,擅长,门诊代码,门诊名称,号别,挂号费,诊疗费,时限性',
      'D101,陈立夏,主任医师,SKIN,银屑病,SKIN-CHEN,陈立夏主任门诊,主任,0,100,',
      'D102,陆清和,主任医师,SKIN,特应性皮炎,SKIN-LU,陆清和主任门诊,主任,0,100,',
      'D103,魏知非,副主任医师,SKIN,痤疮,SKIN-WEI,魏知非副主任门诊,副主任,0,80,',
      'D104,梁以宁,主治医师,SKIN,常见皮肤病,SKIN-ORD,皮肤科普通门诊,普通,0,50,',
      'D105,任若水,主任医师,SKIN,皮肤肿瘤,SKIN-REN,任若水主任门诊,主任,0,100,',
    ],
  ],
  [
    'sessions',
    [
      '门诊代码,出诊日期,午别,开始时间,结束时间,诊室,号源总数',
      'SKIN-CHEN,2026-11-27,上午,08:00,12:00,皮肤406,2',
      'SKIN-LU,2026-11-27,下午,13:30,17:30,皮肤407,2',
      'SKIN-WEI,2026-11-25,上午,08:00,12:00,皮肤408,4',
      'SKIN-WEI,2026-11-26,上午,08:00,12:00,皮肤408,4',
      'SKIN-ORD,2026-11-24,下午,13:30,17:30,皮肤401,24',
      'SKIN-ORD,2026-11-25,上午,08:00,12:00,皮肤401,24',
      'SKIN-ORD,2026-12-05,上午,08:00,12:00,皮肤401,24',
      'SKIN-REN,2026-11-30,上午,08:00,12:00,皮肤409,10',
    ],
  ],
];

before(async () => {
  await buildPages();
  here = await world('way to a doctor', new Date('2026-11-24T00:10:00Z'));
  hospital_id = (await listHospitals(here.ctx))[0]?.id ?? '';
  await prepareClinics();
  await prepareFamily();
  await here.app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(here.app.server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await here?.stop();
});

/** A skin clinic: two drawn numbers, ordinary ones, one session sold out and one stopped. */
async function prepareClinics(): Promise<void> {
  for (const [kind, rows] of tables) {
    const what = { hospital_id, kind, file_name: `${kind}.csv`, staff_id: null };
    const file = Buffer.from(rows.join('\n'));
    const report = await runImport(here.ctx, { ...what, file, dry_run: false });
    assert.ok(report.committed, JSON.stringify(report.errors));
  }
  await here.settle();
  const { services } = await getHospital(here.ctx, { hospital_id });
  for (const { id, code } of services.filter((one) => one.code.startsWith('SKIN'))) {
    const isDrawn = code === 'SKIN-CHEN' || code === 'SKIN-LU';
    const draft = {
      method: isDrawn ? ('draw' as const) : ('order' as const),
      effective_from: '2026-11-24',
      advance_days: 7,
      release_time: '07:30',
      same_day_share: 0,
      same_day_time: '07:00',
      on_site_share: 0.1,
      on_site_time: '07:00',
      draw_group: isDrawn ? 'SKIN' : code,
      draw_rhythm: isDrawn ? demo_rhythm : null,
    };
    await changePlan(here.ctx, { hospital_id, healthcare_service_id: id, draft, actor: 'test' });
  }
  await here.settle();
  const of = await sessionIds();
  await here.ctx.db.run(sql`
    update booking.slot set state = 'void', void_reason = 'sold out for this test'
    where session_id = ${of('SKIN-WEI', '2026-11-25')} and is_free`);
  const manager = await staffAt(here.app, 'manager');
  const stop = { reason: '医生临时外出' };
  await manager.post(`/api/staff/sessions/${of('SKIN-WEI', '2026-11-26')}/stop`, stop);
  await here.settle();
}

async function sessionIds(): Promise<(code: string, day: string) => string> {
  const { services } = await getHospital(here.ctx, { hospital_id });
  const sessions = await findSessions(here.ctx, {
    hospital_id,
    from: '2026-11-24',
    to: '2026-12-31',
  });
  return (code, day) => {
    const clinic = services.find((one) => one.code === code)?.id;
    const found = sessions.find(
      (one) => one.healthcare_service_id === clinic && one.service_date === day,
    );
    return found?.id ?? assert.fail(`${code} on ${day}`);
  };
}

/** A mother with two children in her account. */
async function prepareFamily(): Promise<void> {
  own = await patientAt(here.app, here.ctx.population.syntheticPerson(37).phone);
  people = [];
  for (const [n, relation] of ['self', 'spouse', 'other'].entries()) {
    const { name, documentNumber } = here.ctx.population.syntheticPerson(37 * (n + 1));
    const body = { name, document_type: 'resident_id', document_number: documentNumber, relation };
    people.push((await own.post('/api/patients', body)).patient_id);
  }
  await here.advance(61); // one code a minute
}

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name });
const link = (page: Page, name: string | RegExp) => page.getByRole('link', { name });

async function looksFor(page: Page, q: string): Promise<void> {
  await page.getByRole('searchbox').fill(q);
  await page.getByRole('button', { name: '查找' }).click();
  await heading(page, '科室').waitFor();
}

/** Signs in where the page asks for it, and comes back to it. */
async function signsIn(page: Page): Promise<void> {
  await page.getByRole('main').getByRole('link', { name: '登录' }).click();
  await page.getByLabel('手机号').fill(here.ctx.population.syntheticPerson(37).phone);
  await page.getByRole('button', { name: '获取验证码' }).click();
  await page.getByLabel('验证码', { exact: true }).waitFor();
  const { messages } = await own.get('/api/demo/outbox');
  await page.getByLabel('验证码', { exact: true }).fill(/\d{6}/.exec(messages[0].text)?.[0] ?? '');
  await page.getByRole('button', { name: '登录', exact: true }).click();
}

const nameOf = (n: number): RegExp =>
  new RegExp(`^${here.ctx.population.syntheticPerson(37 * (n + 1)).name.slice(0, 1)}`);

async function findsByComplaint({ page, shot }: Walker): Promise<void> {
  await page.goto('/');
  await heading(page, '选择医院').waitFor();
  await shot('find-home');
  await looksFor(page, '皮肤痒');
  await page.getByText(/只是帮您指路，不是诊断/).waitFor();
  await link(page, /皮肤科.*一般先看/).waitFor();
  await shot('find-complaint');
  await looksFor(page, '胸痛');
  await link(page, '打 120').waitFor();
  await looksFor(page, 'pfk');
  await link(page, /皮肤科.*东院区 · 江州市江滨大道100号/)
    .first()
    .click();
}

/** All that matters is said before anybody asks who one is. */
async function readsBeforeSignIn({ page, shot }: Walker): Promise<void> {
  await page.getByRole('button', { name: /11-25/ }).click();
  const card = page.getByRole('article').filter({ hasText: '梁以宁' });
  for (const said of ['¥50', '普通号', '东院区 · 江州市江滨大道100号', '擅长：常见皮肤病'])
    await card.getByText(said).first().waitFor();
  await shot('find-day');
  await card.getByRole('link', { name: /上午.*有号/ }).click();
  const urgent = page.getByRole('region', { name: '先看急不急' });
  await urgent.getByText('全身起疹同时胸闷').waitFor();
  // The times are in sight below it, without scrolling.
  const times = await page
    .getByRole('radio', { name: /第 \d+ 号/ })
    .first()
    .boundingBox();
  assert.ok(times && times.y < phone.height - 60, `times at ${times?.y}`);
  await urgent.getByText('急诊怎么联系，今天能看的医生').click();
  await urgent.getByText(/通用提示，还没有经本院审定/).waitFor();
  await urgent.getByRole('link', { name: /今天 下午.*梁以宁/ }).waitFor();
  for (const said of ['¥50（挂号费 ¥0，诊疗费 ¥50）', '最晚取消', '江州市江滨大道100号'])
    await page.getByText(said).first().waitFor();
  await link(page, '看完整的预约、退号规则').waitFor();
  await shot('find-session');
}

test('[R042] by a complaint and by pinyin people find a doctor, read price and rules before signing in, and book', async () => {
  mother = await walker(browser, url, { size: phone, faults });
  const { page } = mother;
  await findsByComplaint(mother);
  await readsBeforeSignIn(mother);
  await signsIn(page);
  await page.getByRole('radio', { name: /第 2 号/ }).check();
  await page.getByRole('radio', { name: nameOf(0) }).check();
  await page.getByRole('button', { name: '占号，下一步确认' }).click();
  await agrees(page, page.getByRole('button', { name: '确认预约（到院支付）' }));
  await page.getByRole('button', { name: '确认预约（到院支付）' }).click();
  await page.getByText('预约成功').first().waitFor();
  assert.deepEqual(faults, []);
});

test('[R041] the guide, the hospital’s own box, the distance and the pages before a visit lead on', async () => {
  const who = await walker(browser, url, { size: phone, faults });
  const { page, shot } = who;
  await who.context.grantPermissions(['geolocation'], { origin: url });
  await who.context.setGeolocation({ latitude: 30.01, longitude: 120.03 });
  await page.goto('/');
  await page.getByRole('button', { name: '看看离我多远' }).click();
  await page.getByText('约 1.0 公里').waitFor();
  await link(page, '导诊').click();
  await page.getByRole('radio', { name: '孩子（不满 14 岁）' }).check();
  await page.getByRole('radio', { name: '眼睛' }).check();
  await link(page, /^眼科/).waitFor();
  await link(page, /^儿科/).waitFor();
  await shot('find-guide');
  await page.goto(`/h/${hospital_id}`);
  await page.getByRole('searchbox', { name: '查找科室、医生或症状' }).fill('weizhifei');
  await link(page, /魏知非 副主任医师/).click();
  await page.getByText('只看：魏知非副主任门诊').waitFor();
  assert.equal(await page.getByRole('article').filter({ hasText: '梁以宁' }).count(), 0);
  await page.goto('/today');
  await link(page, /今天 下午.*梁以宁/).waitFor();
  await page.getByLabel('只看').selectOption({ label: '皮肤科' });
  assert.equal(await link(page, /儿科/).count(), 0);
  await shot('find-today');
  await page.goto('/know');
  await heading(page, '退号').waitFor();
  await page.getByText('西院区：江州市青石路28号').waitFor();
  await shot('find-know');
  await page.goto('/standby');
  await page.getByText('现在没有。有退号时这里会列出来。').waitFor();
  await shot('find-standby');
  await who.context.close();
  assert.deepEqual(faults, []);
});

test('[R001] sold out, stopped, not yet released: each page says so and what else there is', async () => {
  const who = await walker(browser, url, { size: phone, faults });
  const { page, shot } = who;
  const of = await sessionIds();
  await page.goto(`/h/${hospital_id}/s/${of('SKIN-WEI', '2026-11-25')}`);
  await page.getByText('这次出诊已约满').waitFor();
  assert.equal(await page.getByRole('button', { name: '占号，下一步确认' }).count(), 0);
  await link(page, '候补：等别人退的号').waitFor();
  await page
    .getByRole('region', { name: '先看急不急' })
    .getByRole('link', { name: /梁以宁/ })
    .first()
    .waitFor();
  await shot('find-sold-out');
  await page.goto('/notices/stopped');
  const line = page.getByRole('listitem').filter({ hasText: '魏知非副主任门诊' });
  await line.getByText('停诊', { exact: true }).waitFor();
  assert.equal(await page.getByText('外出').count(), 0, 'the reason is nobody else’s');
  await shot('find-stopped');
  await line.getByRole('link', { name: '看皮肤科的其他医生' }).click();
  await page.getByRole('button', { name: /11-26.*停诊/ }).click();
  await page.getByRole('article').filter({ hasText: '魏知非' }).getByText('停诊').waitFor();
  assert.equal(await link(page, /停诊/).count(), 0, 'a stopped session leads nowhere');
  await page.goto(`/h/${hospital_id}/s/${of('SKIN-WEI', '2026-11-26')}`);
  await page.getByText('这次出诊已停诊，不计入您的任何记录').waitFor();
  await page.goto(`/h/${hospital_id}/s/${of('SKIN-ORD', '2026-12-05')}`);
  await page.getByText('还没有放号').waitFor();
  await page.getByText(/11-28 07:30\s*放号/).waitFor();
  await heading(page, '今天可看的医生').waitFor();
  const manager = await staffAt(here.app, 'manager');
  const own_words = { lines: ['全身起疹，同时喘不上气'] };
  await manager.must('PUT', '/api/staff/red-flags/13', own_words);
  // Another session's page: the answer for this one may be a second old.
  await page.goto(`/h/${hospital_id}/s/${of('SKIN-ORD', '2026-11-25')}`);
  await page.getByText('以上由本院审定').waitFor();
  await page.getByText('全身起疹，同时喘不上气').waitFor();
  await who.context.close();
  assert.deepEqual(faults, []);
});

/** Registers the mother by the page, ordering her wishes with the keyboard alone. */
async function registers({ page, shot }: Walker, session_id: string): Promise<void> {
  await page.goto(`/h/${hospital_id}/s/${session_id}`);
  await page.getByText(/不比手快，不用找人/).waitFor();
  await heading(page, '先看急不急').waitFor();
  assert.doesNotMatch(await page.getByRole('main').innerText(), /摇号|抽签|中签|已有\s*\d+\s*人/);
  await page.getByRole('button', { name: /加上 陆清和/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: '第 2 个往前移' }).focus();
  await page.keyboard.press('Space');
  const list = page.getByRole('list', { name: '想看的门诊（按先后）' });
  await list.getByRole('listitem').first().filter({ hasText: '陆清和' }).waitFor();
  await page.getByText('第 2 个移到第 1 个').waitFor();
  await page.getByRole('radio', { name: nameOf(0) }).check();
  await shot('find-register');
  await page.getByRole('button', { name: '登记', exact: true }).click();
  await agrees(page, page.getByText('登记好了'));
}

test('three of a family want two drawn numbers: wishes are ordered by keyboard, and who has none reads what to do in order', async () => {
  const { page, shot } = mother;
  const of = await sessionIds();
  const draw = await openDraw(here, 'SKIN', '2026-11-27');
  for (const patient of people.slice(1)) {
    const { body } = entryBody(patient, draw.sessions);
    const consents = ['health_data', 'draw_pool'].map((purpose) => ({ purpose, version: 1 }));
    await own.post('/api/consents', { patient_id: patient, consents });
    await own.post(`/api/draws/${draw.draw_id}/entries`, body);
  }
  await registers(mother, of('SKIN-CHEN', '2026-11-27'));
  await until(here, draw.closes_at, 1);
  await until(here, draw.round_at, 10);
  await page.goto('/entries');
  await link(page, /没有派到/)
    .first()
    .click();
  const steps = page.getByRole('region', { name: '接下来可以' }).locator('ol.steps > li');
  await steps.filter({ hasText: '梁以宁' }).waitFor();
  await steps.filter({ hasText: '任若水' }).waitFor();
  const said = await steps.allInnerTexts();
  for (const [at, words] of [
    /今天、明天就能看的同专科医生[\s\S]*今天 下午[\s\S]*梁以宁[\s\S]*看皮肤科最近的号/,
    /下一批派号[\s\S]*您自动参加的下一次：11-24 \d\d:\d\d 退号重派/,
    /专家团队或同级别的医生[\s\S]*任若水/,
    /交钱给任何人都不会提高机会/,
    /核验/,
  ].entries())
    assert.match(said[at] ?? '', words);
  assert.equal(said.length, 5);
  await shot('find-unplaced');
  await mother.context.close();
  assert.deepEqual(faults, []);
});

/** WeChat's browser: no service worker, no sharing, nothing kept from page to page, no downloads. */
async function inWeChat(): Promise<Walker> {
  const userAgent =
    'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160 MMWEBSDK/20231202 MicroMessenger/8.0.47 WeChat/arm64 Language/zh_CN';
  const who = await walker(browser, url, { size: phone, faults, userAgent });
  await who.page.addInitScript(() => {
    for (const kept of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])
      Object.defineProperty(window, kept, {
        get: () => {
          throw new DOMException('closed', 'SecurityError');
        },
      });
    for (const name of ['serviceWorker', 'share', 'clipboard'])
      Reflect.deleteProperty(Navigator.prototype, name);
    window.open = () => null;
  });
  return who;
}

test('[R003] within WeChat the whole way works, from the first page to the booked number', async () => {
  await here.advance(61); // one code a minute
  const who = await inWeChat();
  const { page, shot } = who;
  await page.goto('/');
  await link(page, /江州市第一人民医院/).click();
  await link(page, /^皮肤科/).first().click(); // prettier-ignore
  await page.getByRole('button', { name: /11-25/ }).click();
  await page.getByRole('article').filter({ hasText: '梁以宁' }).getByRole('link', { name: /有号/ }).click(); // prettier-ignore
  await signsIn(page);
  await page.getByRole('radio', { name: /第 \d+ 号/ }).nth(2).check(); // prettier-ignore
  await page.getByRole('radio', { name: nameOf(1) }).check();
  await page.getByRole('button', { name: '占号，下一步确认' }).click();
  const confirm = page.getByRole('button', { name: '确认预约（到院支付）' });
  await agrees(page, confirm);
  await confirm.click();
  await page.getByText('预约成功').first().waitFor();
  const downloads: unknown[] = [];
  page.on('download', (one) => downloads.push(one));
  await link(page, '加到日历').click();
  const dialog = page.getByRole('dialog', { name: '微信里不能保存文件' });
  await dialog.getByText(/选“在浏览器打开”/).waitFor();
  assert.equal(await dialog.getByLabel(/复制网址/).inputValue(), page.url());
  await shot('wechat-calendar', { whole: false });
  await dialog.getByRole('button', { name: '关闭' }).click();
  assert.equal(downloads.length, 0);
  await page.getByRole('button', { name: '发给家人' }).click();
  await page.getByLabel('把这段话发给家人').waitFor();
  await who.context.close();
  assert.deepEqual(faults, []);
});
