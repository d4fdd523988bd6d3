import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { book, call, checkIn, miss, see } from '../src/booking/index.ts';
import { registerPatient } from '../src/identity/index.ts';
import { sql } from '../src/platform/sql.ts';
import { stopSession } from '../src/schedule/index.ts';
import { launchBrowser } from './support/browser.ts';
import { buildPages, desk, phone, walker, type Walker } from './support/walk.ts';
import { patientAt, staffAt, world, type Visitor } from './support/world.ts';

// After the booking: the number's page, giving it back, waiting in the hospital, and the screen there.

let here: Awaited<ReturnType<typeof world>>;
let browser: Browser;
let url: string;
let own: Visitor;
let patient_id: string;
let hospital_id: string;
let who: Walker;
const faults: string[] = [];
const person = () => here.ctx.population.syntheticPerson(61);
const actor = 'staff:test';
let keys = 0;
const key = () => ({ scope: 'test', key: `browser-visit-${++keys}`, fingerprint: 'same' });

before(async () => {
  await buildPages();
  // 08:10 in Shanghai, on a Tuesday.
  here = await world('browser visit', new Date('2026-11-24T00:10:00Z'));
  await here.app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(here.app.server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
  own = await patientAt(here.app, person().phone);
  const { name, documentNumber } = person();
  const added = await own.post('/api/patients', {
    ...{ name, document_type: 'resident_id', document_number: documentNumber, relation: 'self' },
  });
  patient_id = added.patient_id;
  await here.advance(61); // one code a minute
  who = await walker(browser, url, { size: phone, faults });
  await signsIn(who.page);
});
after(async () => {
  await browser?.close();
  await here?.stop();
});

async function signsIn(page: Page): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('手机号').fill(person().phone);
  await page.getByRole('button', { name: '获取验证码' }).click();
  await page.getByLabel('验证码', { exact: true }).waitFor();
  const { messages } = await own.get('/api/demo/outbox');
  const code = /\d{6}/.exec(messages[0].text)?.[0] ?? '';
  await page.getByLabel('验证码', { exact: true }).fill(code);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
}

/** A session of that day with free numbers, by the name of its clinic. */
async function sessionOf(day: string, service: string): Promise<{ id: string; path: string }> {
  const found = await here.ctx.db.one<{ id: string; hospital_id: string }>(sql`
    select id, hospital_id from schedule.session_view
    where service_date = ${day} and service_name = ${service} order by starts_at limit 1`);
  hospital_id = found.hospital_id;
  return { id: found.id, path: `/h/${hospital_id}/s/${found.id}` };
}

async function takes(page: Page, n = 0): Promise<void> {
  await page
    .getByRole('radio', { name: /第 \d+ 号/ })
    .nth(n)
    .check();
  await page.getByRole('group').last().getByRole('radio').first().check();
}
const hold = (page: Page) => page.getByRole('button', { name: '占号，下一步确认' });
const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name });
const held = (page: Page) => page.getByText('号已为您占住，请确认').first();
const visits = async (): Promise<any[]> => (await own.get('/api/appointments')).appointments;

test('[R004] a lost connection, two taps, the back button and a second tab take one number only', async () => {
  const { page, context } = who;
  const { path } = await sessionOf('2026-11-25', '心内科普通门诊');
  await page.goto(path);
  await takes(page);
  // The number is taken, but the answer never arrives.
  let cut = false;
  await page.route('**/api/appointments', async (route) => {
    if (cut || route.request().method() !== 'POST') return route.fallback();
    cut = true;
    await route.fetch();
    return route.abort();
  });
  await hold(page).click();
  await page.getByText('已提交的内容不会重复办理').waitFor();
  await hold(page).dblclick();
  await held(page).waitFor();
  const at = page.url();
  assert.equal((await visits()).length, 1);

  await page.goBack();
  await takes(page, 1);
  await hold(page).click();
  await held(page).waitFor();
  assert.equal(page.url(), at); // led back to the number that is held
  assert.equal((await visits()).length, 1);

  const second = await context.newPage();
  await second.goto('/visits');
  await second.getByText('有一个号等您确认').waitFor();
  await second.getByRole('link', { name: '去付款或确认' }).click();
  await held(second).waitFor();
  await second.getByRole('button', { name: /确认预约/ }).click();
  await heading(second, '预约成功').waitFor();
  // The first tab does not know yet; what it asks is refused in words, and then it does.
  await page.getByRole('button', { name: /确认预约/ }).click();
  await heading(page, '预约成功').waitFor();
  await second.close();
});

test('[R026] the number’s page says when, where, whose and until when, and goes to calendar and family', async () => {
  const { page, shot } = who;
  await heading(page, '预约成功').waitFor();
  const masked = person().name.slice(0, 1);
  await page.getByText('仅限就诊人本人使用 · 不可转让').waitFor();
  await page
    .getByText(new RegExp(`^${masked}.*\\*`))
    .first()
    .waitFor();
  assert.ok(!(await page.locator('body').innerText()).includes(person().name));
  for (const name of ['建议到院', '医院地址', '就诊地点', '怎么取号', '最晚取消'])
    await page.getByRole('term').filter({ hasText: name }).waitFor();
  await page.getByText('江州市江滨大道100号').waitFor();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: '加到日历' }).click(),
  ]);
  const ics = await readFile(await download.path(), 'utf8');
  assert.equal(download.suggestedFilename(), 'visit.ics');
  assert.match(ics, /DTSTART;TZID=Asia\/Shanghai:20261125T0/);
  assert.match(ics, /BEGIN:VALARM/);
  assert.ok(!ics.includes('心'));
  await shot('patient-visit');

  await page.evaluate(() => Reflect.deleteProperty(Navigator.prototype, 'share'));
  await page.getByRole('button', { name: '发给家人' }).click();
  const text = await page.getByLabel('把这段话发给家人').inputValue();
  assert.match(text, /不可转让/);
  assert.match(text, /江州市江滨大道100号/);
  assert.ok(!text.includes(person().name));
  await page.getByRole('button', { name: '复制' }).click();
  await page.getByText(/已复制|长按/).waitFor();
  await page.getByRole('button', { name: '关闭' }).click();
});

test('[R004] giving a number back says first whether it counts, what is refunded and what can be undone', async () => {
  const { page, shot } = who;
  await page.getByRole('button', { name: '取消预约' }).click();
  const dialog = page.getByRole('dialog', { name: '取消这个预约？' });
  await dialog.getByText(/不计次，不影响以后预约/).waitFor();
  await dialog.getByText('这个号还没有付款，不用退款。').waitFor();
  await dialog.getByText('取消后 10 分钟内可以恢复。').waitFor();
  await shot('patient-visit-cancel', { whole: false });
  await dialog.getByRole('button', { name: '确定取消' }).click();
  await heading(page, '已取消').waitFor();
  await page.getByRole('button', { name: '恢复预约' }).waitFor();
});

test('[R004] a hold that nobody paid lapses, and a stopped clinic is told as the hospital’s doing', async () => {
  const { page } = who;
  const lapsing = await sessionOf('2026-11-25', '儿科普通门诊');
  const { appointment_id } = await own.post('/api/appointments', {
    ...{ session_id: lapsing.id, patient_id },
  });
  await page.goto(`/visits/${appointment_id}`);
  await heading(page, '待支付').waitFor();
  await page.getByRole('link', { name: /现在支付 ¥50/ }).click();
  await page.getByText('全额原路退回').first().waitFor();
  await here.advance(601);
  await page.goto(`/visits/${appointment_id}`);
  await heading(page, '已过期').waitFor();
  await page.getByText('没有在时间内确认，号已退回。').waitFor();
  await page.getByRole('link', { name: '看这个科室的其他号' }).waitFor();

  const stopping = await sessionOf('2026-11-25', '全科门诊');
  const booked = await own.post('/api/appointments', {
    ...{ session_id: stopping.id, patient_id, confirm: true },
  });
  await stopSession(here.ctx, {
    ...{ session_id: stopping.id, hospital_id, reason: '医生生病', actor },
  });
  await here.settle();
  await page.goto(`/visits/${booked.appointment_id}`);
  await heading(page, '已停诊').waitFor();
  await page.getByText(/不计入您的任何记录/).waitFor();
});

/** Somebody else who has come to a session and checked in at the desk. */
async function arrives(session_id: string, n: number): Promise<string> {
  const one = here.ctx.population.syntheticPerson(n);
  const document = { document_type: one.documentType, document_number: one.documentNumber };
  const other = await registerPatient(here.ctx, {
    ...{ name: one.name, ...document, how: 'counter', actor },
  });
  const asker = { actor, channel: 'window', account_id: null } as const;
  const { appointment_id } = await book(here.ctx, {
    asker: { ...asker, device_key_id: null, payer_reference: null, phone_index: null },
    ...{ session_id, slot_id: null, patient_id: other.patient_id, idempotency: key() },
  });
  await checkIn(here.ctx, {
    ...{ appointment_id, hospital_id, actor, ...document, idempotency: key() },
  });
  return appointment_id;
}

/** The screen of the waiting room, linked by the nurse, with its voice written down. */
async function hangsScreen(): Promise<Walker> {
  const nurse = await staffAt(here.app, 'nurse');
  const { campuses } = await nurse.get(`/api/hospitals/${hospital_id}`);
  const campus = campuses.find(({ name }: { name: string }) => name === '东院区');
  const { token } = await nurse.post('/api/staff/screens', { campus_id: campus.id, name: '三楼' });
  const screen = await walker(browser, url, { size: { width: 1920, height: 1080 }, faults });
  await screen.page.addInitScript(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    speechSynthesis.speak = (words) => said.push(words.text);
  });
  await screen.page.goto(`/screen#${token}`);
  await screen.page.getByRole('button', { name: '打开声音' }).click();
  assert.ok(!screen.page.url().includes(token));
  return screen;
}

test('[R004] a phone checks in by the code on the wall, waits, is called, misses the call and rejoins', async () => {
  const { page, shot } = who;
  const today = await sessionOf('2026-11-24', '眼科普通门诊');
  const others = [await arrives(today.id, 81), await arrives(today.id, 82), await arrives(today.id, 83)]; // prettier-ignore
  const { appointment_id } = await own.post('/api/appointments', {
    ...{ session_id: today.id, patient_id, confirm: true },
  });
  const screen = await hangsScreen();
  const code = ((await screen.page.getByText(/^\d{3} \d{3}$/).innerText()) ?? '').replace(' ', '');
  const step = { hospital_id, actor };
  const on = async (act: typeof call, id: string): Promise<void> => {
    await act(here.ctx, { ...step, appointment_id: id, idempotency: key() });
  };

  await page.goto('/waiting?code=000000');
  await page.getByRole('button', { name: '签到', exact: true }).click();
  await page.getByText(/签到码不对，或已经换了新的/).waitFor();
  await page.getByText(/到分诊台（东院区/).waitFor();
  await page.getByLabel('医院屏幕上的 6 位签到码').fill(code);
  await shot('patient-check-in');
  await page.getByRole('button', { name: '签到', exact: true }).click();
  await page.getByText('前面还有 3 位').waitFor();
  await page.getByText('这个诊室今天还没有开始叫号。').waitFor();
  await page.getByText(/本人的身份证件，就诊前要核对/).waitFor();
  await shot('patient-waiting');

  await on(call, others[0] ?? '');
  await on(see, others[0] ?? '');
  await on(call, appointment_id);
  await screen.page.getByText(/请 \d+ 号 .*\*.* 到 .+ 就诊/).waitFor();
  assert.ok(!(await screen.page.locator('body').innerText()).includes(person().name));
  const said = await screen.page.evaluate(() => (window as unknown as { said: string[] }).said);
  assert.match(said[0] ?? '', /^请 \d+ 号，到.+就诊$/);
  await screen.shot('screen-called', { whole: false });
  // Pushed: nobody reloads anything.
  await page.getByText(/^请到 .+ 就诊$/).waitFor();
  await shot('patient-waiting-called');

  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await on(miss, appointment_id);
  await page.getByText('刚才叫到您，没有等到您').waitFor();
  assert.ok(!asked.includes('/api/waiting'), 'the place is pushed, not asked for');
  await page.getByText('前面还有 2 位').waitFor();
  await screen.page
    .getByRole('cell', { name: /\d+ 号/ })
    .last()
    .waitFor();
  await shot('patient-waiting-missed');
  await on(call, others[1] ?? '');
  await on(call, others[2] ?? '');
  await on(call, appointment_id);
  // Without pushed news (a proxy that closes streams) the page asks by itself.
  await page.route('**/api/waiting/stream', (route) => route.abort());
  await page.reload();
  await page.getByText(/^请到 .+ 就诊$/).waitFor();
  // Without a connection the page says so and keeps what it knew.
  await page.route('**/api/waiting', (route) => route.abort());
  await page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await page.getByText(/网络断开了，正在重新连接/).waitFor();
  await page.unroute('**/api/waiting');
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await page.getByText(/^请到 .+ 就诊$/).waitFor();
  await screen.context.close();
});

test('[R027] the doctor books the next visit three months ahead in the room, and the phone is told and shows it', async () => {
  const doctor = await walker(browser, url, { size: desk, faults });
  const room = doctor.page;
  await room.goto('/console/');
  await room.getByRole('button', { name: '医生', exact: true }).click();
  await room.getByRole('button', { name: '登录', exact: true }).click();
  await room.getByRole('link', { name: '叫号台' }).click();
  await room.getByLabel('科室').selectOption({ label: '眼科' });
  await room.getByRole('button', { name: '打开队列' }).first().click();
  const row = room.getByRole('row').filter({ hasText: '待核对证件' });
  await row.getByRole('button', { name: '约下次' }).click();
  const dialog = room.getByRole('dialog', { name: /约下次就诊/ });
  const days = dialog.getByLabel('下次就诊');
  await days.selectOption({ label: (await days.getByRole('option').nth(2).innerText()).trim() });
  await doctor.shot('console-next-visit', { whole: false });
  await dialog.getByRole('button', { name: '约好' }).click();
  await dialog.getByText('已约好 2月24日').waitFor();
  await doctor.context.close();
  await here.settle();

  const { page, shot } = who;
  await page.goto('/notices');
  const told = page.getByRole('listitem').filter({ hasText: '医生已为您约好下次复诊' });
  await told
    .getByText(/2月24日/)
    .first()
    .waitFor();
  await shot('patient-next-visit-notice');
  await told.getByRole('link').first().click();
  await page.getByRole('button', { name: '改到其他日期' }).waitFor();
  await heading(page, '预约成功').waitFor();
  await shot('patient-next-visit');
});

test('[R010] the nurse sees the document of whoever checked in by phone before the visit ends', async () => {
  const nurse = await walker(browser, url, { size: desk, faults });
  const { page } = nurse;
  await page.goto('/console/');
  await page.getByRole('button', { name: '分诊护士', exact: true }).click();
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.getByRole('link', { name: '叫号屏' }).click();
  await page.getByRole('heading', { name: '三楼' }).waitFor();
  await nurse.shot('console-screens');
  await page.getByRole('link', { name: '叫号台' }).click();
  await page.getByLabel('科室').selectOption({ label: '眼科' });
  await page.getByRole('button', { name: '打开队列' }).first().click();
  const row = page.getByRole('row').filter({ hasText: '待核对证件' });
  await row.getByRole('button', { name: '就诊完成' }).click();
  await row.getByText(/还没有核对证件/).waitFor();
  await row.getByRole('button', { name: '核对证件' }).click();
  await page.getByRole('dialog').getByLabel('证件号码').fill(person().documentNumber);
  await page.getByRole('button', { name: '核对', exact: true }).click();
  await page.getByText('待核对证件').waitFor({ state: 'detached' });
  await nurse.context.close();
  // What the tests cut off is the browser's complaint, not a fault.
  assert.deepEqual(
    faults.filter((fault) => !fault.includes('ERR_FAILED')),
    [],
  );
});
