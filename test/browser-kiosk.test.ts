import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { tickPayment } from '../src/payment/index.ts';
import { launchBrowser } from './support/browser.ts';
import { cardLine } from './support/kiosk.ts';
import { buildPages, desk, walker, type Walker } from './support/walk.ts';
import { staffAt, world, type Visitor } from './support/world.ts';

// The machine in the hall and the clerk's window, walked by role and label.

let here: Awaited<ReturnType<typeof world>>;
let browser: Browser;
let url: string;
let clerk: Visitor;
let people = 700;
const faults: string[] = [];
const hall = { width: 1080, height: 1600 };

before(async () => {
  await buildPages();
  here = await world('browser kiosk', new Date('2026-11-24T00:10:00Z'));
  await here.app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(here.app.server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
  clerk = await staffAt(here.app, 'clerk');
});
after(async () => {
  await browser?.close();
  await here?.ctx.paymentSandbox?.stop();
  await here?.stop();
});

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name });
const button = (page: Page, name: string | RegExp, exact = true) =>
  page.getByRole('button', { name, exact });

/** Counts prints instead of opening the printer's dialog. */
async function countPrints(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript('window.prints = 0; window.print = () => { window.prints += 1; };');
  return () => page.evaluate('window.prints') as Promise<number>;
}

async function signsIn({ page }: Walker, role: string, path: string): Promise<void> {
  await page.goto(`/console${path}`);
  await button(page, role).click();
  await button(page, '登录').click();
  await page.getByRole('navigation', { name: '工作台' }).waitFor();
}

async function known() {
  const person = here.ctx.population.syntheticPerson(people++);
  const { name, documentNumber: document_number, phone } = person;
  const body = { name, document_type: 'resident_id', document_number, phone };
  const { patient_id } = await clerk.post('/api/staff/patients', body);
  return { name, document_number, phone, patient_id: patient_id as string };
}

/** Free sessions of today that still lie ahead, with their department. */
async function freeToday() {
  const { hospitals } = await clerk.get('/api/hospitals');
  const { departments } = await clerk.get(`/api/hospitals/${hospitals[0].id}`);
  for (const department of departments) {
    const path = `/api/departments/${department.id}/availability`;
    const { sessions } = await clerk.get(path);
    const now = here.clock.now().getTime();
    const open = sessions.filter((one: { state: string }) => one.state !== 'over');
    const at = open.findIndex(
      (one: { state: string; service_date: string; starts_at: string }) =>
        one.state === 'free' &&
        one.service_date === '2026-11-24' &&
        Date.parse(one.starts_at) > now,
    );
    if (at >= 0 && at < 6) return { department, session: open[at], digit: at + 1 };
  }
  throw new Error('the demo has a free number today');
}

/** The administrator makes a terminal in the console; the machine is switched on with its code. */
async function switchesOn(machine: Walker): Promise<{ reader_key: string }> {
  const office = await walker(browser, url, { size: desk, faults });
  await signsIn(office, '系统管理员', '/terminals');
  await office.page.getByLabel('名称').fill('大厅1号');
  await office.page.getByLabel('位置').fill('门诊楼1层大厅');
  await button(office.page, '生成启用码').click();
  const shown = await office.page.getByRole('note').filter({ hasText: '启用码' }).innerText();
  await office.shot('console-terminals');
  const code = /\d{4} \d{4} \d{4}/.exec(shown)?.[0] ?? '';
  const reader_key = /[0-9a-f]{64}/.exec(shown)?.[0] ?? '';
  await office.context.close();
  await machine.page.goto('/kiosk');
  await machine.page.getByLabel(/启用码/).fill(code);
  await button(machine.page, '启用').click();
  await heading(machine.page, /请刷身份证/).waitFor();
  return { reader_key };
}

/** A finger in a hall needs 60 px. */
async function hasBigTargets(page: Page): Promise<void> {
  const small = await page.evaluate(`[...document.querySelectorAll('button, input, a')]
    .filter((one) => one.offsetParent && Math.min(one.offsetWidth, one.offsetHeight) < 60)
    .map((one) => one.outerHTML.slice(0, 90))`);
  assert.deepEqual(small, []);
}

async function typesNumber(page: Page, number: string): Promise<void> {
  const keypad = page.getByRole('group', { name: '数字键盘' });
  for (const digit of number)
    await keypad.getByRole('button', { name: digit, exact: true }).click();
  await button(page, '开始办理').click();
  await heading(page, /请选择要办的事/).waitFor();
}

async function picksTake(page: Page, free: Awaited<ReturnType<typeof freeToday>>): Promise<void> {
  await page.getByRole('button', { name: /^取号挂号/ }).click();
  await heading(page, '选择科室').waitFor();
  const choice = page.getByRole('button', { name: new RegExp(`^${free.department.name}`) });
  while (!(await choice.isVisible())) await button(page, '下一页').click();
  await choice.click();
  await heading(page, new RegExp(`${free.department.name}：选择门诊`)).waitFor();
  await page
    .locator('.kiosk-choice')
    .nth(free.digit - 1)
    .click();
  await button(page, '取这个号').waitFor();
}

test('[R002] at the kiosk a typed ID card takes a number, prints, pays by code and gives it back', async () => {
  const machine = await walker(browser, url, { size: hall, faults });
  const { page, shot } = machine;
  const prints = await countPrints(page);
  await page.clock.install();
  const { reader_key } = await switchesOn(machine);
  const free = await freeToday();
  const person = await known();
  await shot('kiosk-start');
  await hasBigTargets(page);
  await typesNumber(page, person.document_number);
  await shot('kiosk-menu');
  await hasBigTargets(page);
  await picksTake(page, free);
  await shot('kiosk-confirm');
  await button(page, '取这个号').click();
  const ticket = page.getByRole('region', { name: '挂号凭条' });
  await ticket.getByText('限本人使用，不可转让').waitFor();
  assert.match(await ticket.innerText(), /\*/);
  assert.ok(!(await ticket.innerText()).includes(person.name));
  await button(page, '打印凭条').click();
  assert.equal(await prints(), 1);
  await shot('kiosk-ticket');
  await hasBigTargets(page);
  await paysByCode(page, shot);
  await button(page, '回到首页').click();
  await page.getByRole('button', { name: /^我的号/ }).click();
  await page.getByText(/身份证号别人也可能知道/).waitFor();
  await page.getByLabel('留存的手机号').fill(person.phone);
  await button(page, '查看我的号').click();
  await page.getByText(/身份证号别人也可能知道/).waitFor({ state: 'hidden' });
  await button(page, '退号').click();
  await page.getByText(/可能约不到同一时间/).waitFor();
  await shot('kiosk-cancel', { whole: false });
  await button(page, '确定退号').click();
  await page.getByText(/这个号已经退掉/).waitFor();
  await forgetsTheIdle(machine, person.document_number);
  await checksInByCard(machine, reader_key, free.session.session_id);
  await refusesTheRevoked(page);
  await machine.context.close();
  assert.deepEqual(faults, []);
});

async function paysByCode(page: Page, shot: Walker['shot']): Promise<void> {
  await button(page, '扫码付费').click();
  await button(page, '医保').click();
  await page.locator('button[aria-pressed="true"]', { hasText: '医保' }).waitFor();
  const asked = page.waitForResponse((reply) => reply.url().endsWith('/pay') && reply.ok());
  await button(page, '用微信付').click();
  const { way } = (await (await asked).json()) as { way: { code_url: string } };
  await page.getByRole('img', { name: '付款二维码' }).waitFor();
  await shot('kiosk-pay');
  await fetch(way.code_url, { method: 'POST' });
  here.clock.set(new Date(here.clock.now().getTime() + 11_000));
  await page.clock.fastForward(3_100);
  await page.getByText(/^已付 ¥/).waitFor();
}

/** Nobody is hurried: a question first, more time for who asks, and then nothing is left. */
async function forgetsTheIdle({ page, context, shot }: Walker, number: string): Promise<void> {
  await page.clock.fastForward(61_000);
  await heading(page, '还在办理吗？').waitFor();
  await shot('kiosk-idle', { whole: false });
  await button(page, '继续办理').click();
  await heading(page, '还在办理吗？').waitFor({ state: 'hidden' });
  await heading(page, '我的号').waitFor();
  await page.clock.fastForward(61_000);
  await heading(page, '还在办理吗？').waitFor();
  await page.clock.fastForward(31_000);
  await heading(page, /请刷身份证/).waitFor();
  const left = await page.evaluate(
    '[document.body.innerText, ...Object.values(localStorage), ...Object.values(sessionStorage)].join(" ")',
  );
  assert.ok(!String(left).includes(number) && !String(left).includes('*'));
  assert.deepEqual(
    (await context.cookies()).map(({ name }) => name),
    ['zh_terminal'],
  );
  assert.equal(await page.getByLabel('身份证号').inputValue(), '');
}

async function checksInByCard(
  { page, shot }: Walker,
  reader_key: string,
  session_id: string,
): Promise<void> {
  const person = await known();
  await clerk.post('/api/staff/appointments', { session_id, patient_id: person.patient_id });
  const card = { number: person.document_number, name: person.name };
  await page.getByLabel('身份证号').focus();
  await page.keyboard.type(cardLine(reader_key, card, here));
  await page.keyboard.press('Enter');
  await heading(page, /请选择要办的事/).waitFor();
  await page.getByRole('button', { name: /^我的号/ }).click();
  await button(page, '签到取号').click();
  await page.getByText(/已签到，前面还有 \d+ 位/).waitFor();
  await shot('kiosk-mine');
  await button(page, '退出').click();
  await heading(page, /请刷身份证/).waitFor();
}

async function refusesTheRevoked(page: Page): Promise<void> {
  const admin = await staffAt(here.app, 'admin');
  const { terminals } = await admin.get('/api/staff/terminals');
  assert.deepEqual([terminals[0].people_today, terminals[0].made_today], [2, 1]);
  await admin.post(`/api/staff/terminals/${terminals[0].terminal_id}/revoke`);
  const person = await known();
  await page.getByLabel('身份证号').fill(person.document_number);
  await button(page, '开始办理').click();
  await page.getByText(/已经停用；请到窗口办理/).waitFor();
}

test('[R008] at the window the keyboard alone books, prints and takes cash; cash goes back; a call is noted', async () => {
  const window = await walker(browser, url, { size: desk, faults });
  const { page, shot } = window;
  const prints = await countPrints(page);
  await signsIn(window, '挂号员', '/window');
  const free = await freeToday();
  await booksByKeys(page, free, await known());
  await button(page, '打印').waitFor();
  await page.keyboard.press('F2');
  const keys = await booksByKeys(page, free, await known());
  await page.keyboard.press('Enter');
  assert.equal(await prints(), 1);
  assert.ok(keys <= 5, `${keys} keys besides the person's own data, then one to print`);
  await takesCash(page, shot);
  await givesBack(page);
  await page.keyboard.press('F2');
  await notesACall(page, shot, free);
  await page.getByRole('link', { name: '交班清点' }).click();
  await page.getByText(/自 11-24/).waitFor();
  await shot('console-shift');
  await page.getByRole('link', { name: '预约渠道' }).click();
  await page.getByText('非人工预约占比').waitFor();
  await shot('console-channels');
  await window.context.close();
  assert.deepEqual(faults, []);
});

type Known = Awaited<ReturnType<typeof known>>;

/** Books the first number of a session for a person; gives how many keys that took besides their data. */
async function booksByKeys(
  page: Page,
  free: Awaited<ReturnType<typeof freeToday>>,
  person: Known,
): Promise<number> {
  let keys = 0;
  const press = async (key: string): Promise<void> => {
    keys += 1;
    await page.keyboard.press(key);
  };
  await page.getByLabel('姓名').waitFor();
  await page.keyboard.type(person.name);
  await press('Tab');
  await page.keyboard.type(person.document_number);
  await press('Enter');
  const list = page.getByRole('list', { name: /可选门诊/ });
  const select = page.getByLabel('科室');
  await select.waitFor();
  if ((await select.inputValue()) === '') {
    const names = await select.locator('option').allInnerTexts();
    const down = names.findIndex((name) => name.startsWith(free.department.name));
    for (let n = 0; n < down; n++) await press('ArrowDown');
  }
  await list.waitFor();
  await page.waitForFunction('document.activeElement?.closest("ul[aria-label]") !== null');
  await press(String(free.digit));
  await button(page, /第一个|最早/, false)
    .first()
    .waitFor();
  await page.waitForFunction('document.activeElement?.tagName === "BUTTON"');
  await press('Enter');
  await page.getByRole('region', { name: '凭条' }).waitFor();
  await page.waitForFunction('document.activeElement?.closest(".slip") !== null');
  return keys;
}

async function takesCash(page: Page, shot: Walker['shot']): Promise<void> {
  await page.keyboard.press('F4');
  const given = page.getByLabel('收到现金（元）');
  await given.waitFor();
  await page.keyboard.type('500');
  await page.getByText(/^找零 ¥/).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('A0001');
  await shot('console-cash', { whole: false });
  await page.keyboard.press('Enter');
  await page.getByText(/^已收 ¥.*找零 ¥/).waitFor();
  await page.keyboard.press('Escape');
}

async function givesBack(page: Page): Promise<void> {
  await button(page, '取消预约').click();
  await button(page, '恢复').waitFor();
  here.clock.set(new Date(here.clock.now().getTime() + 11 * 60_000));
  await here.ctx.outbox.drain();
  await tickPayment(here.ctx);
  const standing = page.getByRole('region', { name: '预约和登记' });
  await standing.getByRole('button', { name: '收费' }).first().click();
  await page.getByText(/^应退现金 ¥/).waitFor();
  assert.equal(await page.getByLabel('票据号').inputValue(), 'A0002');
  await button(page, '退还现金').click();
  await page.getByText(/^已退还现金 ¥/).waitFor();
  await page.keyboard.press('Escape');
}

async function notesACall(
  page: Page,
  shot: Walker['shot'],
  free: Awaited<ReturnType<typeof freeToday>>,
): Promise<void> {
  clerk = await staffAt(here.app, 'clerk');
  const person = await known();
  await page.getByLabel('姓名').fill(person.name);
  await page.getByLabel('证件号码').fill(person.document_number);
  await page.keyboard.press('Enter');
  await page.getByRole('radio', { name: /电话/ }).check();
  await page.getByLabel('来电号码').fill(person.phone);
  await page.getByLabel('备注（可不填）').fill('女儿代约，提醒带既往病历');
  const list = page.getByRole('list', { name: /可选门诊/ });
  await list.getByRole('button').first().focus();
  await page.keyboard.press(String(free.digit));
  await button(page, /第一个|最早/, false)
    .first()
    .click();
  await page.getByText('这个号码近 30 天为 1 人预约过。').waitFor();
  await shot('console-phone');
}
