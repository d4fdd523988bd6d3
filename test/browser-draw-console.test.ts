import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { sql } from '../src/platform/sql.ts';
import { createStaff } from '../src/identity/index.ts';
import { default_rhythm } from '../src/release/index.ts';
import { launchBrowser } from './support/browser.ts';
import {
  drawnClinic,
  enterAdults,
  managerAt,
  recoveryCodeOf,
  staffInside,
} from './support/drawn-clinic.ts';
import { buildPages, desk, phone, walker, type Walker } from './support/walk.ts';
import { patientAt, staffAt, visitor, world } from './support/world.ts';

// The staff's pages of the draw, walked by role and label: plans for two people, the window and its
// slip, the calls, the clinician's list, dice. SCREENS=docs/screens renews the pictures of the guides.

type Here = Awaited<ReturnType<typeof world>>;

let here: Here;
let dice: Here;
let browser: Browser;
let url: string;
const faults: string[] = [];

async function listen(one: Here): Promise<string> {
  await one.app.listen({ host: '127.0.0.1', port: 0 });
  return `http://127.0.0.1:${(one.app.server.address() as AddressInfo).port}`;
}

before(async () => {
  await buildPages();
  // Seven in the morning: the day's numbers are not released yet, so a plan can still govern them.
  here = await world('browser draw console', new Date('2026-11-23T23:00:00Z'));
  url = await listen(here);
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await here?.stop();
  await dice?.stop();
});

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name });

async function signedIn(role: string): Promise<Walker> {
  const who = await walker(browser, url, { size: desk, faults });
  await who.page.goto('/console/');
  await who.page.getByRole('button', { name: role, exact: true }).click();
  await who.page.getByRole('button', { name: '登录', exact: true }).click();
  await who.page.getByRole('navigation', { name: '工作台' }).waitFor();
  return who;
}

/** Signs in where no demo accounts are offered. */
async function typesIn(
  username: string,
  password: string,
  at: string,
  code?: string,
): Promise<Walker> {
  const who = await walker(browser, at, { size: desk, faults });
  await who.page.goto('/console/');
  await who.page.getByLabel('用户名').fill(username);
  await who.page.getByLabel('密码').fill(password);
  await who.page.getByRole('button', { name: '登录', exact: true }).click();
  if (code !== undefined) {
    await who.page.getByLabel('动态码或恢复码').fill(code);
    await who.page.getByRole('button', { name: '继续' }).click();
  }
  await who.page.getByRole('navigation', { name: '工作台' }).waitFor();
  return who;
}

/** How many pages the page prints on, by its own print style. */
async function printedPages(page: Page): Promise<number> {
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  const box = /\/MediaBox ?\[([^\]]*)\]/.exec(pdf)?.[1] ?? '';
  const [, , width = 0, height = 0] = box.trim().split(/\s+/).map(Number);
  assert.deepEqual([Math.round(width), Math.round(height)], [420, 595], 'A5');
  return (pdf.match(/\/Type ?\/Page\b(?!s)/g) ?? []).length;
}

/** The same with a list as long as a list may be. */
async function printedWithTenLines(page: Page): Promise<number> {
  const list = page.locator('.wanted');
  const before = await list.evaluate((element) => {
    const html = element.innerHTML;
    element.innerHTML = html.repeat(5);
    element.classList.add('many');
    return html;
  });
  assert.equal(await list.locator('li').count(), 10);
  const pages = await printedPages(page);
  await list.evaluate((element, html) => {
    element.innerHTML = html;
    element.classList.remove('many');
  }, before);
  return pages;
}

/** The slip as it comes out of the printer. */
async function shotOfPrint({ page }: Walker, name: string): Promise<void> {
  if (process.env.SCREENS === undefined) return;
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 491, height: 733 }); // A5 less its margins at 96 dpi
  await page.screenshot({ path: `${process.env.SCREENS}/${name}.png` });
  await page.setViewportSize(desk);
  await page.emulateMedia({ media: null });
}

/** Registers so many people at the window whom nobody can reach but by phone. */
async function register(group: string, date: string, from: number, count: number): Promise<void> {
  const clerk = await staffAt(here.app, 'clerk');
  const draw = await drawOf(group, date);
  for (let n = from; n < from + count; n++) {
    const person = here.ctx.population.syntheticPerson(n);
    const { patient_id } = await clerk.post('/api/staff/patients', {
      name: person.name,
      document_type: 'resident_id',
      document_number: person.documentNumber,
      phone: person.phone,
    });
    const preferences = draw.sessions.map((one) => one.session_id);
    const entry = { patient_id, preferences, notice_days: 0 };
    await clerk.post(`/api/staff/draws/${draw.draw_id}/entries`, entry);
  }
}

type Drawn = {
  draw_id: string;
  code: string;
  group: string;
  kind: string;
  state: string;
  closes_at: string;
  round_at: string;
  sessions: { session_id: string; service_date: string }[];
};

async function drawOf(group: string, date: string, at = here): Promise<Drawn> {
  const clerk = await staffAt(at.app, 'clerk');
  const { draws } = (await clerk.get('/api/staff/draws')) as { draws: Drawn[] };
  const found = draws.find(
    (one) => one.group === group && one.sessions[0]?.service_date === date && one.state !== 'burnt',
  );
  assert.ok(found, `no draw of ${group} on ${date}`);
  return found;
}

/** Lets a clinic's last sessions have sold out within minutes, as the month's look-back finds them. */
async function soldOutFast(service: string): Promise<void> {
  await here.ctx.db.run(sql`
    update booking.session_stock st set released_at = now_.at - interval '1 day', sold_out_at = now_.at - interval '1 day' + interval '192 seconds'
    from schedule.session s join schedule.healthcare_service h on h.id = s.healthcare_service_id,
      (select ${here.clock.now()}::timestamptz as at) now_
    where st.session_id = s.id and h.name = ${service} and s.service_date < '2026-11-29'`);
  await here.ctx.db.run(sql`delete from platform.setting where name like 'recommendations %'`);
  await here.settle();
}

test('two people change a plan: a shadow, the rules of the draw, the month’s advice', async () => {
  const manager = await signedIn('门诊办');
  const it = await signedIn('信息中心');
  await shadowProposed(manager);
  await approves(it, '心内科普通门诊', '同意');
  await it.page.getByText('心内科普通门诊的新计划生效').waitFor();

  await soldOutFast('顾明川副主任门诊');
  await adviceTaken(manager);
  await approves(it, '顾明川副主任门诊', '不同意');
  await it.page.getByText('顾明川副主任门诊仍用原来的计划').waitFor();
  await manager.context.close();
  await it.context.close();
  assert.deepEqual(faults, []);
});

async function shadowProposed({ page, shot }: Walker): Promise<void> {
  await page.getByRole('link', { name: '放号计划' }).click();
  await page
    .getByRole('row', { name: /心内科普通门诊/ })
    .getByRole('button', { name: '修改' })
    .click();
  await page.getByRole('checkbox', { name: /影子试派/ }).check();
  await page.getByLabel(/派号组/).fill('CARD-ORD');
  await page.getByRole('checkbox', { name: /演示节奏/ }).check();
  await page.getByLabel('改动理由').fill('先看看随机派号会派给谁');
  await page.getByRole('button', { name: '保存为新版本' }).click();
  await page.getByText('已提交，等另一位负责人审批，提前7天公告。').waitFor();
  await page.getByText('您本人提交的，要由另一位负责人审批。').waitFor();
  assert.equal(await page.getByRole('button', { name: '同意', exact: true }).count(), 0);
  await shot('console-plan-shadow');
  await page.getByRole('button', { name: '关闭' }).click();
}

async function approves({ page, shot }: Walker, clinic: string, answer: string): Promise<void> {
  await page.getByRole('link', { name: '放号计划' }).click();
  await page.reload();
  const button = page.getByRole('button', { name: `${answer} ${clinic}`, exact: true });
  await button.waitFor();
  await shot('console-proposals');
  await button.click();
}

async function adviceTaken({ page, shot }: Walker): Promise<void> {
  await page.reload();
  const advice = page.getByRole('region', { name: '本月建议' });
  await advice.getByText(/近5次出诊有5次10分钟内约满，最快 4 分钟/).waitFor();
  await shot('console-recommendation');
  await advice.getByRole('button', { name: '采纳：顾明川副主任门诊', exact: true }).click();
  assert.equal(await page.getByLabel('生效日期').inputValue(), '2026-12-01');
  assert.equal(await page.getByLabel('方式').inputValue(), 'draw');
  await page.getByLabel(/派号组/).fill('CARD-GU');
  await page.getByLabel('登记资格').selectOption({ label: '复诊（在本专科看过）' });
  await page.getByLabel('名单公开范围').selectOption({ label: '所有人' });
  await page.getByRole('checkbox', { name: /任一主任号/ }).check();
  await page.getByRole('button', { name: '去掉第 4 次重派' }).click();
  // A public pool without an impact assessment is refused, and saving says why.
  await page.getByRole('button', { name: '保存为新版本' }).click();
  const findings = page.getByRole('list', { name: '检查结果' });
  await findings.getByText(/请填写文号/).waitFor();
  await page.getByText('类别、预留与加权（高级）').click();
  assert.equal(
    await page.getByRole('checkbox', { name: '多次没派到的人机会加大' }).isChecked(),
    false,
  );
  await shot('console-plan-draw-refused');
  await page.getByLabel('影响评估文号').fill('江一院评估〔2026〕3号');
  await page.getByRole('button', { name: '保存为新版本' }).click();
  await page.getByText('已提交，等另一位负责人审批，提前7天公告。').waitFor();
  await page.getByText(/附影子试派|改为「统一登记·随机派号」，2026-12-01 起生效/).waitFor();
}

const slipOf = (page: Page) => page.getByRole('region', { name: '凭条' });

async function finds(page: Page, n: number): Promise<void> {
  const person = here.ctx.population.syntheticPerson(n);
  await page.getByRole('link', { name: '窗口' }).click();
  await page.getByLabel('姓名').fill(person.name);
  await page.getByLabel('证件号码').fill(person.documentNumber);
  await page.getByLabel(/手机号/).fill(person.phone ?? '');
  await page.getByRole('button', { name: '查找或登记' }).click();
  await page.getByRole('radio', { name: '打电话来' }).waitFor();
}

async function registersInDraw(page: Page): Promise<void> {
  await page
    .getByRole('listitem')
    .filter({ hasText: '11月27日' })
    .getByRole('button', { name: '登记派号' })
    .first()
    .click();
  await page
    .getByRole('button', { name: /^加入 11月27日/ })
    .first()
    .click();
  await page.getByRole('button', { name: /提前$/ }).click();
  await page.getByLabel('最少提前几天知道').fill('0');
  await page.getByRole('button', { name: '登记并打印凭条' }).click();
  await slipOf(page).waitFor();
}

test('[R016] the window registers without phone or account, prints one page, and withdraws with its code', async () => {
  const clerk = await signedIn('挂号员');
  const { page, shot } = clerk;
  await finds(page, 4001);
  await page.getByLabel('科室').selectOption({ label: '眼科（东院区）' });
  await registersInDraw(page);
  const slip = slipOf(page);
  for (const text of [
    /登记先后不影响结果，交钱给任何人都不会提高机会/,
    /短信 · 医院打电话 · 任一窗口 · 大厅屏幕/,
    /前确认：打医院电话/,
    /11月24日 周二 07:02/,
  ])
    await slip.getByText(text).first().waitFor();
  await slip.getByRole('img', { name: '回执：可自行核验' }).waitFor();
  assert.equal(await printedPages(page), 1);
  assert.equal(await printedWithTenLines(page), 1);
  await shot('console-slip-window');
  await shotOfPrint(clerk, 'console-slip-printed');

  const code = /撤回码（请勿给别人看）：([0-9a-f ]{79})/.exec(await slip.innerText())?.[1] ?? '';
  await slip.getByRole('button', { name: '关闭' }).click();
  await page.getByRole('button', { name: /^撤回登记/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('撤回码').fill('00'.repeat(32));
  await dialog.getByRole('button', { name: '确定撤回' }).click();
  await dialog.getByText(/撤回码不对/).waitFor();
  await shot('console-withdraw', { whole: false });
  await dialog.getByLabel('撤回码').fill(code);
  await dialog.getByRole('button', { name: '确定撤回' }).click();
  await page.getByText('已撤回', { exact: true }).waitFor();
  await registersInDraw(page);
  await wishes(clerk);
  await clerk.context.close();
  assert.deepEqual(faults, []);
});

async function wishes(who: Walker): Promise<void> {
  const { page, shot } = who;
  await page.getByRole('button', { name: '下一位' }).click();
  await finds(page, 4003);
  await page.getByRole('radio', { name: '打电话来' }).check();
  await page.getByRole('button', { name: '办理长期登记' }).click();
  await page.getByLabel('专科').selectOption({ label: '心血管内科' });
  await page.getByRole('checkbox', { name: '许怀瑾主任门诊' }).check();
  await page.getByRole('button', { name: '登记并打印凭条' }).click();
  await slipOf(page).getByText('电话登记，凭条在窗口领取').waitFor();
  assert.equal(await printedPages(page), 1);
  await shotOfPrint(who, 'console-slip-wish');
  await page.getByText('有效', { exact: true }).waitFor();
  await shot('console-wish');
  await page.getByRole('button', { name: '撤回长期登记' }).click();
  await page.getByText('已撤回', { exact: true }).waitFor();
}

test('winners are called from a list that keeps its place; the results of draws can be read', async () => {
  await register('EYE', '2026-11-27', 4100, 5);
  await here.advance(130);
  await here.advance(40);
  const clerk = await signedIn('挂号员');
  const { page, shot } = clerk;
  await page.getByRole('link', { name: '电话通知' }).click();
  const rows = page.getByRole('listitem').filter({ has: page.getByRole('group') });
  await page.getByText('未通话前不会作废').nth(5).waitFor();
  const names = await rows.locator('.large').allInnerTexts();
  assert.equal(names.length, 6);
  await rows.nth(1).getByRole('button', { name: /显示/ }).click();
  await rows
    .nth(1)
    .getByText(/^1\d{10}$/)
    .waitFor();
  await rows.nth(0).getByRole('button', { name: '没人接' }).click();
  await page.getByText('已打 1 次 · 没人接').waitFor();
  assert.deepEqual(await rows.locator('.large').allInnerTexts(), names, 'nobody jumped away');
  await shot('console-calls');
  await rows.nth(1).getByRole('button', { name: '已确认' }).click();
  await page.getByText('已确认，号已为本人留好。').waitFor();
  assert.match(
    (await page.locator(':focus').getAttribute('aria-label')) ?? '',
    /显示/,
    'the hands are at the next person',
  );
  await rows.nth(1).getByRole('button', { name: '放弃' }).click();
  await page.getByText('已放弃，号退回重派。').waitFor();
  await page.getByText('待打 4 人，本次办完 2 人。').waitFor();
  await page.setViewportSize(phone);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= phone.width, `${wide} px on a phone`);
  if (process.env.SCREENS)
    await page.screenshot({ path: `${process.env.SCREENS}/console-calls-phone.png` });
  await page.setViewportSize(desk);
  await page.getByRole('button', { name: '重新排序' }).click();
  await page.getByText('待打 4 人，本次办完 0 人。').waitFor();
  await page.getByRole('link', { name: '派号' }).click();
  const { code } = await drawOf('EYE', '2026-11-27');
  const card = page.getByRole('region', { name: code });
  await card.getByRole('button', { name: '结果' }).click();
  await page
    .getByRole('dialog')
    .getByText(/6 人登记/)
    .waitFor();
  await page.getByRole('button', { name: '关闭' }).click();
  await shot('console-draws-returns');
  await clerk.context.close();
  assert.deepEqual(faults, []);
});

test('a shadow draw is reported in counts beside the order', async () => {
  // Five days before the clinic day its shadow is announced.
  const hour = Date.parse('2026-11-26T00:10:00Z');
  await here.advance((hour - here.clock.now().getTime()) / 1000);
  const draw = await drawOf('shadow.CARD-ORD', '2026-12-01');
  assert.equal(draw.kind, 'shadow');
  const clerk = await staffAt(here.app, 'clerk');
  for (const n of [4200, 4201, 4202]) {
    const person = here.ctx.population.syntheticPerson(n);
    const { patient_id } = await clerk.post('/api/staff/patients', {
      name: person.name,
      document_type: 'resident_id',
      document_number: person.documentNumber,
    });
    const session_id = draw.sessions[0]?.session_id;
    await clerk.post('/api/staff/appointments', { session_id, patient_id, slot_id: null });
  }
  await here.advance(60); // who took a number in order is in the pool while it is open
  await here.advance(70);
  await here.advance(40);
  const manager = await signedIn('门诊办');
  const { page, shot } = manager;
  await page.getByRole('link', { name: '派号' }).click();
  await page.getByRole('button', { name: '影子试派对照' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('row', { name: '按时间顺序抢到过号的人 3 3 3' }).waitFor();
  await dialog.getByText('两种方式都有号的：3 人。').waitFor();
  await dialog.getByText('只有人数，不列姓名').waitFor();
  await shot('console-shadow', { whole: false });
  await page.getByRole('button', { name: '关闭' }).click();
  // A round that was copied wrongly is refused in words.
  await page.getByLabel('轮次', { exact: true }).fill('1');
  await page.getByLabel(/签名/).fill('ab'.repeat(48));
  await page.getByRole('button', { name: '核对并录入' }).click();
  await page.getByText(/没有通过验证/).waitFor();
  await manager.context.close();
  assert.deepEqual(faults, []);
});

/** A patient hands a record in through the account's own routes. */
async function handsIn(n: number, record: string) {
  const person = here.ctx.population.syntheticPerson(n * 37);
  const account = await patientAt(here.app, person.phone ?? '');
  const { patient_id } = await account.post('/api/patients', {
    name: person.name,
    document_type: 'resident_id',
    document_number: person.documentNumber,
    relation: 'self',
  });
  const { hospitals } = await account.get('/api/hospitals');
  const { review_id } = await account.post('/api/reviews', {
    hospital_id: hospitals[0].id,
    draw_group: 'EYE',
    patient_id,
    record,
  });
  return { account, review_id };
}

test('a clinician answers records; a refusal names a reason and another clinic; appeals stand out', async () => {
  await handsIn(1, '2026年10月在区医院查眼压 28 mmHg，\n视野有缺损，建议到上级医院进一步检查。');
  const second = await handsIn(2, '右眼近视 600 度，想换眼镜，没有其他不舒服。');
  const doctor = await signedIn('医生');
  const { page, shot } = doctor;
  await page.getByRole('link', { name: '资料预审' }).click();
  await page.getByText('右眼近视 600 度').waitFor();
  await page
    .getByRole('region')
    .filter({ hasText: '右眼近视' })
    .getByRole('button', { name: /^不通过/ })
    .click();
  await page.getByLabel('理由（会告诉病人）').fill('验光配镜在普通门诊就能办');
  await page.getByLabel('推荐的门诊').selectOption({ label: '眼科普通门诊' });
  await shot('console-review-refuse', { whole: false });
  await page.getByRole('button', { name: '确定不通过' }).click();
  await page.getByText(/的资料未通过/).waitFor();
  await second.account.post(`/api/reviews/${second.review_id}/appeal`, {
    text: '最近视力下降很快，担心眼底有问题。',
  });
  await page.reload();
  await page.getByText('最近视力下降很快').waitFor();
  await page.getByText('申诉', { exact: true }).waitFor();
  await shot('console-reviews');
  await page
    .getByRole('region')
    .filter({ hasText: '眼压 28' })
    .getByRole('button', { name: /^通过/ })
    .click();
  await page.getByText(/的资料已通过/).waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  await heading(page, 'Record review').waitFor();
  await doctor.context.close();
  assert.deepEqual(faults, []);
});

test('dice are typed by two people in groups of five; a mismatch is explained', async () => {
  dice = await world('browser dice', new Date('2026-11-20T00:00:00Z'), {
    DEMO: '0',
    BEACON: 'dice',
  });
  const to = async (instant: string): Promise<void> => {
    dice.clock.set(new Date(instant));
    await dice.settle();
  };
  const at = await listen(dice);
  const { hospital_id } = await drawnClinic(dice, {
    clinic_day: '2026-11-27',
    other_day: '2026-11-21',
    rhythm: default_rhythm,
  });
  const password = 'a long pass phrase 1';
  const second_person = { username: 'it', display_name: '信息中心', roles: ['information_centre'] };
  await createStaff(dice.ctx, { ...second_person, hospital_id, password, actor: 'test' });
  await to('2026-11-23T00:00:00Z'); // D−4 08:00: the manifest
  const clerk = await managerAt(dice);
  const [draw] = (await clerk.get('/api/staff/draws')).draws as [Drawn];
  await enterAdults(dice, clerk, draw);
  await to('2026-11-24T04:06:00Z'); // closed and sealed
  await to('2026-11-24T04:16:00Z'); // the hour of the dice
  const thrown = '31415 42635 36151 42624 64334 62254 12345 66512 34561 12233'.replaceAll(' ', '');
  await staffInside(dice, 'it', password);
  const first = await typesIn('manager', password, at, recoveryCodeOf(dice, 'manager'));
  const second = await typesIn('it', password, at, recoveryCodeOf(dice, 'it'));
  const type = async ({ page }: Walker, text: string): Promise<void> => {
    await page.getByRole('link', { name: '派号' }).click();
    await page.getByLabel('哪一次派号').selectOption(`${draw.draw_id} 0`);
    await page.getByLabel(/^点数/).fill(text);
  };
  await type(first, `${thrown.slice(0, 46)}７`);
  await first.page.getByText('有不是 1–6 的字符，请改正。').waitFor();
  await type(first, thrown.slice(0, 46));
  await first.page.getByText('已录 46 次 · 还差 4 次').waitFor();
  assert.ok(await first.page.getByRole('button', { name: '提交点数' }).isDisabled());
  await type(first, thrown);
  await first.page.getByText('已录 50 次').waitFor();
  await first.shot('console-dice');
  await first.page.getByRole('button', { name: '提交点数' }).click();
  await first.page.getByText('请另一位负责人在自己的账号里再录一遍。').waitFor();
  await type(second, thrown.replace('63', '36'));
  await second.page.getByRole('button', { name: '提交点数' }).click();
  await second.page.getByText(/两人录入的点数不一致/).waitFor();
  await second.page.getByText(/录对的不用动/).waitFor();
  await second.shot('console-dice-differ');
  await type(second, thrown);
  await second.page.getByRole('button', { name: '提交点数' }).click();
  await second.page.getByText('两人录入一致，已生效，几秒内出结果。').waitFor();
  await dice.settle();
  const { state } = await visitor(dice.app).get(`/api/draws/${draw.draw_id}`);
  assert.equal(state, 'drawn');
  await first.context.close();
  await second.context.close();
  assert.deepEqual(faults, []);
});
