import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { receiveBill } from '../src/payment/index.ts';
import { sql } from '../src/platform/sql.ts';
import { launchBrowser } from './support/browser.ts';
import { openDraw, type OpenDraw } from './support/draws.ts';
import { elderFigures, shortcomings } from './support/elder-figures.ts';
import { agrees, buildPages, checkAccess, phone, walker, type Walker } from './support/walk.ts';
import { patientAt, staffAt, world, type Visitor } from './support/world.ts';

// What an account looks after besides its numbers, by role and label on a phone: people and their
// agreements, a restriction and its appeal, notices, acts, data, bills, reports of touts.

let here: Awaited<ReturnType<typeof world>>;
let browser: Browser;
let own: Visitor;
let who: Walker;
let page: Page;
let hospital_id: string;
let draw: OpenDraw;
const faults: string[] = [];
/** Adults both: a child adds nobody. */
const person = () => here.ctx.population.syntheticPerson(adult(61));
const mother = () => here.ctx.population.syntheticPerson(adult(9301));

before(async () => {
  await buildPages();
  here = await world('browser account');
  await here.app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(here.app.server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
  own = await patientAt(here.app, person().phone);
  draw = await openDraw(here, 'EYE', '2026-11-27');
  const row = await here.ctx.db.one<{ hospital_id: string }>(
    sql`select hospital_id from release.draw where id = ${draw.draw_id}`,
  );
  hospital_id = row.hospital_id;
  await here.advance(61); // one code a minute
  who = await walker(browser, url, { size: phone, faults });
  page = who.page;
  await signsIn();
});
after(async () => {
  await browser?.close();
  await here?.stop();
});

function adult(from: number): number {
  const { birthDate } = here.ctx.population.syntheticPerson(from);
  return birthDate < '2000' ? from : adult(from + 1);
}

const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
const link = (name: string | RegExp) => page.getByRole('link', { name, exact: true });
const heading = (name: string | RegExp) => page.getByRole('heading', { name });
const text = (words: string | RegExp) => page.getByText(words).first();
const ownRadio = () =>
  page.getByRole('radio', { name: new RegExp(`${person().documentNumber.slice(-4)}$`) });
const dialog = () => page.getByRole('dialog');

/** Accessibility of what is shown, and a picture of it where pictures are asked for. */
const seen = (name: string): Promise<void> =>
  process.env.SCREENS === undefined ? checkAccess(page, name) : who.shot(name);

async function codeFor(number: string): Promise<string> {
  await here.settle();
  const { messages } = await own.get('/api/demo/outbox');
  const sent = messages.find(
    (one: { to: string; text: string }) => one.to === number && /\d{6}/.test(one.text),
  );
  return /\d{6}/.exec(sent?.text ?? '')?.[0] ?? '';
}

async function signsIn(): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('手机号').fill(person().phone);
  await button('获取验证码').click();
  const field = page.getByLabel('验证码', { exact: true });
  await field.waitFor();
  await field.fill(await codeFor(person().phone));
  await button('登录').click();
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
}

async function selfId(): Promise<string> {
  const { patients } = await own.get('/api/patients');
  return patients.find((one: { relation: string }) => one.relation === 'self').patient_id;
}

let nth_session = 0;
async function freeSession(): Promise<string> {
  const row = await here.ctx.db.one<{ session_id: string }>(sql`
    select distinct s.session_id, s.service_date from booking.slot s
      join booking.session_stock t using (session_id)
    where s.state = 'free' and s.pool = 'online' and s.service_date > '2026-11-26'
      and t.method = 'order' and t.master <> 'his' and t.hospital_id = ${hospital_id}
    order by s.service_date, s.session_id limit 1 offset ${nth_session++ % 12}`);
  return row.session_id;
}

async function adds(who: { name: string; documentNumber: string }): Promise<void> {
  await page.getByLabel('姓名').fill(who.name);
  await page.getByLabel('证件号码').fill(who.documentNumber);
  await button('核验并添加').click();
}

test('[R009] a person is added by agreeing, a relative only by their own word, and either agreement can be taken back', async () => {
  await page.goto('/patients');
  await text('还没有就诊人，请先添加本人或家人。').waitFor();
  await seen('account-people-none');
  await adds(person());
  await button('不同意').click();
  await page.getByRole('alert').waitFor();
  await seen('account-people-declined');
  await button('核验并添加').click();
  await agrees(page, button('移除'));
  await page.getByLabel('与我的关系').selectOption({ label: '父母' });
  await adds(mother());
  await agrees(page, text('等对方同意'));
  await seen('account-people-pending');

  await button('请对方确认').click();
  await dialog().getByLabel('对方本人的手机号').fill(mother().phone);
  await dialog().getByRole('button', { name: '发短信确认码' }).click();
  await dialog()
    .getByText(`已发到尾号 ${mother().phone.slice(-2)} 的手机`)
    .waitFor();
  await seen('account-people-confirm');
  await dialog()
    .getByLabel('确认码')
    .fill(await codeFor(mother().phone));
  await dialog().getByRole('button', { name: '确认', exact: true }).click();
  await text('等对方同意').waitFor({ state: 'detached' });
  assert.equal(await link('谁约过号').count(), 2);

  await link('我的信息：查看、更正、删除').click();
  await button('撤回同意').first().waitFor();
  const given = await button('撤回同意').count();
  await button('撤回同意').first().click();
  await text('已撤回').waitFor();
  assert.equal(await button('撤回同意').count(), given - 1);
  await seen('account-consent-withdrawn');
  await button('重新同意').click();
  await text('已撤回').waitFor({ state: 'detached' });
  assert.equal(await button('撤回同意').count(), given);
  assert.deepEqual(faults, []);
});

/** Three visits of which nobody came, under rules that restrict after two that count. */
async function neverCame(patient_id: string): Promise<void> {
  const manager = await staffAt(here.app, 'manager');
  const { plain, versions } = await manager.get('/api/staff/rule-sets');
  const ladder = [{ count: 2, within_days: 90, restrict_days: 30 }];
  await manager.post('/api/staff/rule-sets', {
    base_version: versions[0]?.version ?? 0,
    effective_from: versions[0] ? '2026-11-25' : '2026-11-24',
    reason: '测试阶梯规则',
    rules: { ...plain, ladders: { ...plain.ladders, no_show: ladder } },
  });
  const rows: { appointment_id: string }[] = [];
  for (let nth = 0; nth < 3; nth++)
    rows.push(
      await own.post('/api/appointments', {
        ...{ session_id: await freeSession(), patient_id, confirm: true },
      }),
    );
  const nurse = await staffAt(here.app, 'nurse');
  for (const { appointment_id } of rows) {
    await here.ctx.db.run(sql`
      update booking.slot set starts_at = '2026-11-23T01:00:00Z', ends_at = '2026-11-23T02:00:00Z'
      where appointment_id = ${appointment_id}`);
    await nurse.post(`/api/staff/appointments/${appointment_id}/no-show`);
  }
  await here.settle();
}

test('a restricted person who registers is told until when and by whose list, and is led to the appeal', async () => {
  await neverCame(await selfId());
  await page.goto(`/draws/${draw.draw_id}/enter?s=${draw.sessions[0]}`);
  await ownRadio().check();
  await button('登记').click();
  const refusal = page.getByRole('alert').filter({ hasText: '暂停到' });
  await agrees(page, refusal);
  const said = await refusal.innerText();
  for (const words of [
    /2026年12月\d+日\d\d:\d\d/,
    /江州市第一人民医院（演示）自己的名单/,
    /自动恢复/,
    /申诉/,
  ])
    assert.match(said, words);
  await seen('account-restricted');
  await link('预约限制与申诉').click();
  await heading('预约限制').waitFor();
  await text(/自动恢复，不用办手续/).waitFor();
  await text(/自己的名单，其他医院看不到/).waitFor();
  await text(/窗口：带证件到现场/).waitFor();
  await seen('account-limits');
  await button('我要申诉').click();
  await dialog().getByRole('button', { name: '提交申诉' }).waitFor();
  await seen('account-appeal');
  await dialog().getByLabel('当时的情况').fill('那几天住院，来不了。');
  await dialog().getByLabel('有什么证明（可不填）').fill('出院小结 第 12 号');
  await dialog().getByRole('button', { name: '提交申诉' }).click();
  await text(/申诉已收到，.+前答复/).waitFor();
  assert.equal(await button('我要申诉').count(), 0);
  assert.deepEqual(faults, []);
});

test('长辈版 tells of the restriction as large and plain, and says there is no number yet', async () => {
  await page.getByRole('banner').getByRole('button', { name: '长辈版' }).click();
  await text(/申诉已收到，.+前答复/).waitFor();
  assert.deepEqual(await shortcomings(page, elderFigures), []);
  await seen('account-elder-limits');
  await page.goto(`/draws/${draw.draw_id}/enter?s=${draw.sessions[0]}`);
  await ownRadio().check();
  await button('登记').click();
  await page.getByRole('alert').filter({ hasText: '暂停到' }).waitFor();
  await link('预约限制与申诉').waitFor();
  assert.deepEqual(await shortcomings(page, elderFigures), []);
  await page.getByRole('navigation').getByRole('link', { name: '我的号' }).click();
  await text('现在没有约好的号').waitFor();
  await seen('account-elder-none');
  await page.getByRole('banner').getByRole('button', { name: '标准版' }).click();
  assert.deepEqual(faults, []);
});

test('notices are read one by one, and short messages are turned off and on', async () => {
  await page.goto('/notices');
  const notice = page.getByRole('region').or(page.locator('section, article, li'));
  await notice.filter({ hasText: '未读' }).first().waitFor();
  const unread = await page.getByText('未读', { exact: true }).count();
  assert.ok(unread > 0);
  await seen('account-notices');
  await button('知道了').first().click();
  await page.waitForFunction(
    (left) => [...document.querySelectorAll('.tag')].filter((one) => one.textContent === '未读').length === left, // prettier-ignore
    unread - 1,
  );
  await button('关闭短信').click();
  await text('短信：已关').waitFor();
  await seen('account-notices-ways');
  await button('打开短信').click();
  await text('短信：已开').waitFor();
  assert.deepEqual(faults, []);
});

let appointment_id = '';

test('谁约过号 names who booked, and a booking that is not the person’s goes to the hospital to be checked', async () => {
  const clerk = await staffAt(here.app, 'clerk');
  const patient_id = await selfId();
  const session_id = await freeSession();
  const booked = await clerk.post('/api/staff/appointments', {
    ...{ session_id, patient_id, pool: 'online' },
  });
  appointment_id = booked.appointment_id;
  await page.goto('/patients');
  await page.getByRole('listitem').filter({ hasText: '本人' }).getByRole('link', { name: '谁约过号' }).click(); // prettier-ignore
  await heading(/^.\*.*：谁约过号$/).waitFor();
  await text('医院窗口').waitFor();
  await seen('account-acts');
  await button('不是我约的').first().click();
  await dialog().getByLabel('想说明的情况（可以不填）').fill('这天我在外地。');
  await seen('account-acts-say');
  await dialog().getByRole('button', { name: '请医院核查' }).click();
  await text('医院正在核查').waitFor();
  await text(/窗口人员会查这个号的来源/).waitFor();
  assert.deepEqual(faults, []);
});

test('发给家人 hands the phone a text with the way and without the full name', async () => {
  await page.addInitScript(() => {
    const share = (what: { text: string }): Promise<void> => {
      Object.assign(window, { shared: what.text });
      return Promise.resolve();
    };
    Object.defineProperty(navigator, 'share', { value: share, configurable: true });
  });
  await page.goto(`/visits/${appointment_id}`);
  await button('发给家人').click();
  const shared = await page.evaluate(() => (window as unknown as { shared: string }).shared);
  assert.match(shared, /就诊安排.*第 \d+ 号.*不可转让/);
  assert.ok(shared.startsWith(person().name.slice(0, 1)));
  for (const secret of [person().name, person().documentNumber, person().phone])
    assert.ok(!shared.includes(secret));
  assert.equal(await dialog().count(), 0);
  assert.deepEqual(faults, []);
});

test('a copy of one’s data comes after a code, and a correction stands among the requests', async () => {
  await here.advance(61);
  await page.goto('/my-data');
  await button('下载全部信息').first().click();
  await dialog().getByRole('button', { name: '发短信验证码' }).click();
  await dialog().getByText('验证码已发出，5 分钟内有效。').waitFor();
  await seen('account-copy');
  await dialog()
    .getByLabel('验证码', { exact: true })
    .fill(await codeFor(person().phone));
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog().getByRole('button', { name: '验证', exact: true }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'my-data.zip');
  const file = await readFile(await download.path());
  assert.equal(file.subarray(0, 2).toString(), 'PK');
  await dialog().waitFor({ state: 'detached' });

  await button('申请更正').first().click();
  await dialog().getByLabel('哪一项不对').selectOption({ label: '出生日期' });
  await dialog().getByLabel('请写明正确的内容').fill('应为农历生日对应的那天。');
  await dialog().getByRole('button', { name: '提交' }).click();
  await dialog()
    .getByText(/已收到，答复会显示/)
    .waitFor();
  await dialog().getByRole('button', { name: '关闭' }).click();
  await text('应为农历生日对应的那天。').waitFor();
  await text(/最迟 .+ 答复/).waitFor();
  await seen('account-data');
  assert.deepEqual(faults, []);
});

test('[R004] 门诊缴费: nothing to pay is said so; a bill is paid at the sandbox and stands as paid', async () => {
  await page.goto('/bills');
  await text('没有要缴的费用。').waitFor();
  await seen('account-bills-none');
  await receiveBill(here.ctx, {
    hospital_id,
    his_id: 'MZ-77',
    patient_id: await selfId(),
    lines: [
      { code: 'lab', name: '检验费', amount_fen: 3200 },
      { code: 'drug', name: '西药费', amount_fen: 1850 },
    ],
    issued_at: here.clock.now(),
  });
  await here.settle();
  await page.reload();
  await heading(/¥50\.50/).waitFor();
  await button('去缴费').click();
  await button('微信支付').click();
  await page.getByRole('img', { name: '付款二维码' }).waitFor();
  await seen('account-bills-pay');
  await link('在这部手机上打开付款页').click();
  await button(/支付 ¥50\.50/).click();
  await text(/已支付（演示）/).waitFor();
  await here.advance(5);
  await page.goto('/bills');
  await heading('已缴和已撤回的').waitFor();
  await page.getByText('已缴', { exact: true }).waitFor();
  await button('查看付款').click();
  await text('已支付 ¥50.50').waitFor();
  await seen('account-bills-paid');
  assert.deepEqual(faults, []);
});

test('[R214] 举报号贩子: sent with a picture and without a name, and followed by receipt and code', async () => {
  const picture = await page.screenshot({ type: 'png' });
  await page.goto('/report');
  await button('提交举报').click();
  await text('请写一两句经过。').waitFor();
  await page.getByLabel('具体地点或平台名称（选填）').fill('东院区正门报亭旁');
  await page.getByLabel('对方要价（元，选填）').fill('600');
  await page.getByLabel('医院价格（元，选填）').fill('100');
  await text('是医院价格的 6 倍').waitFor();
  await page.getByLabel('经过').fill('有人在报亭旁问要不要眼科主任的号。');
  await page
    .getByLabel(/选择照片|照片（选填/)
    .first()
    .setInputFiles({ name: 'shot.png', mimeType: 'image/png', buffer: picture });
  await page.getByRole('img', { name: '第 1 张照片' }).waitFor();
  await seen('account-report');
  await button('提交举报').click();
  await heading('举报已收到，谢谢您').waitFor();
  const card = page.getByRole('region', { name: '受理编号' });
  const [receipt = '', code = ''] = await card.locator('b').allInnerTexts();
  assert.match(receipt, /^JB/);
  assert.equal(await page.getByText(/没有传上/).count(), 0);
  await seen('account-report-sent');

  await page.goto('/report');
  await link('已经举报过？凭受理编号查进度').click();
  await page.getByLabel('受理编号').fill(receipt);
  await page.getByLabel('查询码').fill('0000 0000 0000');
  await button('查询').click();
  await page.getByRole('alert').waitFor();
  await seen('account-report-wrong');
  await page.getByLabel('查询码').fill(code.toLowerCase());
  await button('查询').click();
  await text('医院已经收到，会安排人核实。').waitFor();
  await text('已传 1 张照片').waitFor();
  await seen('account-report-progress');
  assert.deepEqual(faults, []);
});

test('[R009] who comes back to a page loaded anew types the code that was sent before', async () => {
  await who.context.clearCookies();
  await here.advance(61);
  const { phone: number } = mother();
  const asks = async (): Promise<void> => {
    await page.goto('/sign-in');
    await page.getByLabel('手机号').fill(number);
    await button('获取验证码').click();
    await page.getByLabel('验证码', { exact: true }).waitFor();
  };
  await asks();
  await asks();
  await text('刚才发出的验证码 5 分钟内有效').waitFor();
  await seen('sign-in-again');
  await page.getByLabel('验证码', { exact: true }).fill(await codeFor(number));
  await button('登录').click();
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
  assert.deepEqual(faults, []);
});
