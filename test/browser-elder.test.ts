import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { sql } from '../src/platform/sql.ts';
import { launchBrowser } from './support/browser.ts';
import { elderFigures, shortcomings, usualFigures } from './support/elder-figures.ts';
import { agrees, buildPages, checkAccess, phone, walker, type Walker } from './support/walk.ts';
import { patientAt, staffAt, world, type Visitor } from './support/world.ts';

// 长辈版, the ways pages can look, and what a phone shows without a network, by role and label.

let here: Awaited<ReturnType<typeof world>>;
let browser: Browser;
let url: string;
let own: Visitor;
let person: { name: string; phone: string; documentNumber: string };
/** One person at one phone through all of it: the first test signs in, the last one out. */
let who: Walker;
const faults: string[] = [];

/** A number of today's afternoon, and the doctor whose it is. */
async function visitToday(patient_id: string): Promise<{ doctor: string; id: string }> {
  const session = await here.ctx.db.one<{ session_id: string; slot_id: string }>(sql`
    select session_id, min(id::text) as slot_id from booking.slot
    where state = 'free' and pool = 'online' and service_date = '2026-11-24'
      and starts_at > ${here.clock.now()}
    group by session_id order by count(*) desc, 1 limit 1`);
  const visit = await own.post('/api/appointments', { ...session, patient_id, confirm: true });
  return { doctor: visit.practitioner_name, id: visit.appointment_id };
}

let doctor = '';

before(async () => {
  await buildPages();
  here = await world('browser elder', new Date('2026-11-24T00:10:00Z'));
  await here.app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(here.app.server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
  person = here.ctx.population.syntheticPerson(4711);
  own = await patientAt(here.app, person.phone);
  const { patient_id } = await own.post('/api/patients', {
    name: person.name,
    document_type: 'resident_id',
    document_number: person.documentNumber,
    relation: 'self',
  });
  const visit = await visitToday(patient_id);
  doctor = visit.doctor;
  here.clock.set(new Date('2026-11-24T05:30:00Z'));
  await here.settle();
  const nurse = await staffAt(here.app, 'nurse');
  const desk = `/api/staff/appointments/${visit.id}`;
  await nurse.post(`${desk}/check-in`, { document_number: person.documentNumber });
  await nurse.post(`${desk}/call`);
  await nurse.post(`${desk}/seen`);
  await here.advance(61); // one code a minute
  who = await walker(browser, url, { size: phone, faults });
  await who.page.addInitScript(listen);
});
after(async () => {
  await browser?.close();
  await here?.stop();
});

async function newestCode(): Promise<string> {
  const { messages } = await own.get('/api/demo/outbox');
  const code = messages.find((one: { to: string; text: string }) => one.to === person.phone);
  return /\d{6}/.exec(code?.text ?? '')?.[0] ?? '';
}

async function signsIn(page: Page): Promise<void> {
  await page.getByRole('link', { name: '登录' }).click();
  await page.getByLabel('手机号').fill(person.phone);
  await page.getByRole('button', { name: '获取验证码' }).click();
  const field = page.getByLabel('验证码', { exact: true });
  await field.waitFor();
  await field.fill(await newestCode());
  await page.getByRole('button', { name: '登录', exact: true }).click();
}

/** Keeps what the page would say instead of saying it. */
function listen(): void {
  const said: string[] = [];
  const voice = { speak: (one: SpeechSynthesisUtterance) => said.push(one.text), cancel() {} };
  Object.defineProperty(globalThis, 'speechSynthesis', { value: voice });
  Object.defineProperty(globalThis, 'said', { value: said });
}

test('长辈版: three buttons, the doctor again with one press, and the number read aloud', async () => {
  const { page, shot } = who;
  await page.goto('/');
  await page.getByRole('banner').getByRole('button', { name: '长辈版' }).click();
  const main = page.getByRole('main');
  await main.getByRole('heading', { name: '您好，要办什么？' }).waitFor();
  const words = await main.getByRole('link').allInnerTexts();
  assert.deepEqual(
    words.map((text) => text.split('\n')[0]),
    ['我的号', '我的医生', '打电话', '全部功能'],
  );
  const call = main.getByRole('link', { name: /打电话/ });
  assert.equal(await call.getAttribute('href'), 'tel:0000-1234567');
  // One line on a small phone, with the number to call on it.
  const top = page.getByRole('banner');
  await top.getByRole('link', { name: /打给.*0000-1234567/ }).waitFor();
  assert.ok(((await top.boundingBox())?.height ?? 999) < 85);
  await shot('elder-home');
  await main.getByRole('link', { name: /我的医生/ }).click();
  await signsIn(page);
  const again = page.getByRole('button', { name: /^约 \d+月\d+日/ });
  await again.waitFor();
  await page.getByRole('heading', { name: new RegExp(doctor) }).waitFor();
  await page.getByText('到医院再付，不限时间').waitFor();
  await shot('elder-doctors');
  await again.click();
  const booked = page.getByRole('article', { name: doctor });
  await agrees(page, booked);
  await booked.getByText('预约成功').waitFor();
  await booked.getByRole('link', { name: /打电话 0000-1234567/ }).waitFor();
  await shot('elder-number');
  await page.getByRole('button', { name: '读给我听' }).click();
  const said = await page.evaluate<string[]>('said');
  assert.match(said.join('\n'), /我的号[^]*11月\d+日[^]*第 \d+ 号[^]*江州市第一人民医院/);
  assert.doesNotMatch(said.join(''), /\*/, 'a masked name is said as a word');
  await page.getByRole('button', { name: '停下' }).click();
  await page.getByRole('navigation').getByRole('link', { name: '我的医生' }).click();
  await page.getByText('已经约好了').waitFor();
  const { elder_mode } = await answerOf(page, '/api/me');
  assert.equal(elder_mode, true, 'the account keeps it, so no challenge is asked');
  assert.deepEqual(faults, []);
});

/** What the server tells this page's account. */
function answerOf(page: Page, path: string): Promise<any> {
  return page.evaluate(async (from) => (await fetch(from)).json(), path);
}

/** Every page of the patients: those with an address of their own, and one of each other kind. */
async function pagesOf(page: Page): Promise<string[]> {
  const { hospitals } = await answerOf(page, '/api/hospitals');
  const { appointments } = await answerOf(page, '/api/appointments');
  const coming = appointments.find((one: { status: string }) => one.status === 'booked');
  const { departments } = await answerOf(page, `/api/hospitals/${hospitals[0].id}`);
  const hospital = `/h/${hospitals[0].id}`;
  const app = await readFile(join(import.meta.dirname, '../web/patient/app.tsx'), 'utf8');
  const plain = [...app.matchAll(/^ {2}\['(\/[^':*.]*)', </gm)].map(([, path = '']) => path);
  assert.ok(plain.length > 15);
  return [
    ...new Set(plain),
    ...[hospital, `${hospital}/rules`, `${hospital}/d/${departments[0].id}`],
    ...[`${hospital}/s/${coming.session_id}`, `/visits/${coming.appointment_id}`, '/nowhere'],
  ];
}

/** Goes to a page within the site, as a link does, and waits until it is all there. */
async function opens(page: Page, path: string): Promise<void> {
  await page.evaluate((to) => {
    const shown = document.querySelector<HTMLElement>('main > *');
    if (location.pathname !== to && shown) shown.dataset.before = '';
    history.pushState(null, '', to);
    dispatchEvent(new PopStateEvent('popstate'));
  }, path);
  await page.locator('main > [data-before]').waitFor({ state: 'detached' });
  await page.getByText('正在读取…').first().waitFor({ state: 'hidden' });
  await page.evaluate(untilQuiet);
}

/** Runs in the page: nothing has changed for a moment. */
function untilQuiet(): Promise<void> {
  return new Promise((done) => {
    const after = (): number => setTimeout(done, 60) as unknown as number;
    let timer = after();
    const watcher = new MutationObserver(() => {
      clearTimeout(timer);
      timer = after();
    });
    watcher.observe(document.body, { childList: true, subtree: true });
  });
}

test('every page of 长辈版 keeps the figures: letters, lines, targets, contrast, the telephone', async () => {
  const { page } = who;
  await page.goto('/');
  const short: string[] = [];
  for (const path of await pagesOf(page)) {
    await opens(page, path);
    short.push(...(await shortcomings(page, elderFigures)).map((one) => `${path} ${one}`));
    await checkAccess(page, path);
    const tel = page.getByRole('contentinfo').getByRole('link', { name: '0000-1234567' });
    assert.equal(await tel.getAttribute('href'), 'tel:0000-1234567', path);
  }
  assert.deepEqual(short, []);
  assert.deepEqual(faults, []);
});

test('letters of 30 px fit, dark keeps its contrast, and both ways to write Chinese come from one source', async () => {
  const { page, shot } = who;
  await page.goto('/display');
  const chooses = (name: string): Promise<void> => page.getByRole('radio', { name }).check();
  await chooses('长辈版（特大字）');
  const paths = (await pagesOf(page)).filter((_path, at) => at % 2 === 0);
  const largest = { ...elderFigures, letters: 26 };
  const short: string[] = [];
  for (const path of paths) {
    await opens(page, path);
    short.push(...(await shortcomings(page, largest)).map((one) => `${path} ${one}`));
  }
  assert.deepEqual(short, []);
  const body = await page.evaluate(() => getComputedStyle(document.body).fontSize);
  assert.ok(Number.parseFloat(body) >= 30, body);
  await opens(page, '/elder/number');
  await shot('elder-largest');
  await opens(page, '/display');
  await chooses('标准');
  await chooses('深色');
  const small: string[] = [];
  for (const path of paths) {
    await opens(page, path);
    await checkAccess(page, `${path} in the dark`);
    small.push(...(await shortcomings(page, usualFigures)).map((one) => `${path} ${one}`));
  }
  assert.deepEqual(small, []);
  await opens(page, '/display');
  // Its table is loaded first, so the choice shows a moment after the press.
  await page.getByRole('radio', { name: '繁體中文' }).click();
  await page.getByRole('heading', { name: '顯示和語言' }).waitFor();
  assert.equal(await page.getAttribute('html', 'lang'), 'zh-Hant');
  await shot('display-hant-dark');
  await opens(page, `/visits/${crypto.randomUUID()}`);
  const refusal = await page.getByRole('alert').innerText();
  assert.match(refusal, /[這個沒請號]/, 'what the server says is rewritten too');
  assert.doesNotMatch(refusal, /[这个没请号]/);
  await opens(page, '/display');
  await page.getByRole('radio', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Display and language' }).waitFor();
  assert.equal(await page.getAttribute('html', 'lang'), 'en');
  await chooses('简体中文');
  await chooses('跟随手机');
  assert.deepEqual(faults, []);
});

test('a keyboard skips to the page, and a new page is named and has the focus', async () => {
  const { page } = who;
  await page.goto('/display');
  const focused = (): Promise<string> =>
    page.evaluate(() => document.activeElement?.outerHTML.slice(0, 60) ?? '');
  await page.getByRole('heading', { name: '显示和语言' }).waitFor();
  await page.keyboard.press('Tab');
  assert.match(await focused(), /class="skip"/);
  await page.keyboard.press('Enter');
  assert.match(await focused(), /^<main/);
  await page.getByRole('navigation').getByRole('link', { name: '我的号' }).press('Enter');
  await page.waitForFunction(() => document.title === '我的号 · 正号');
  assert.match(await focused(), /^<h1[^>]*>我的号/);
  const visits = page.getByRole('main').getByRole('link', { name: new RegExp(doctor) });
  await visits.first().waitFor();
  const order: string[] = [];
  for (let press = 0; press < 4; press++) {
    await page.keyboard.press('Tab');
    order.push(await page.evaluate(() => document.activeElement?.textContent ?? ''));
  }
  assert.match(order.join('|'), new RegExp(`^${doctor}[^|]*\\|.*\\|门诊缴费`));
  const moves = await page.evaluate(() =>
    [...document.querySelectorAll('*')].some(
      (one) => getComputedStyle(one).transitionDuration !== '0s',
    ),
  );
  assert.equal(moves, false, 'nothing moves for who asked for less motion');
  assert.deepEqual(faults, []);
});

test('without a network the own number is shown as last known, masked, until the sign-out', async () => {
  const { page, context, shot } = who;
  await page.goto('/elder/number');
  const card = page.getByRole('article', { name: doctor });
  await card.getByRole('link', { name: '看详情、改约或取消' }).click();
  await page.getByRole('button', { name: '取消预约' }).waitFor();
  await page.goBack();
  await card.waitFor();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await context.setOffline(true);
  await page.reload();
  await card.getByText(/第 \d+ 号/).waitFor();
  await page
    .getByRole('status')
    .getByText(/离线 · 最后更新 \d\d-\d\d \d\d:\d\d/)
    .waitFor();
  await shot('elder-offline');
  await card.getByRole('link', { name: '看详情、改约或取消' }).click();
  await page.getByRole('button', { name: '取消预约' }).waitFor();
  const kept = await page.evaluate(async () => {
    const requests = await Promise.all(
      (await caches.keys()).map(async (name) => (await caches.open(name)).keys()),
    );
    return {
      text: localStorage.getItem('zh.kept') ?? '',
      files: requests.flat().map((one) => new URL(one.url).pathname),
    };
  });
  assert.match(kept.text, /"sequence"/);
  for (const secret of [person.name, person.documentNumber, person.phone])
    assert.ok(!kept.text.includes(secret), 'only what is masked is kept');
  assert.ok(kept.files.includes('/'));
  assert.deepEqual(
    kept.files.filter((path) => !path.startsWith('/assets/') && path !== '/'),
    [],
    'no answer of the server is kept by the worker',
  );
  await context.setOffline(false);
  await page.goto('/patients');
  await page.getByRole('button', { name: '退出登录' }).click();
  await page.getByText('请先登录').waitFor();
  await context.setOffline(true);
  await page.goto('/elder/number');
  await page.getByRole('heading', { name: '我的号' }).waitFor();
  await page.getByRole('link', { name: '登录' }).waitFor();
  assert.equal(await card.count(), 0);
});
