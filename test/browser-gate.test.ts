import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { earlyMac } from '../src/gate/rules.ts';
import { sql } from '../src/platform/sql.ts';
import { launchBrowser } from './support/browser.ts';
import { buildPages, phone, walker, type Walker } from './support/walk.ts';
import { patientAt, world, type Visitor } from './support/world.ts';

// The queue in front of a release, as a person with a phone meets it.

let here: Awaited<ReturnType<typeof world>>;
let browser: Browser;
let url: string;
let path: string;
let room_id: string;
let own: Visitor;
const faults: string[] = [];
const person = () => here.ctx.population.syntheticPerson(61);

before(async () => {
  await buildPages();
  // 07:10 in Shanghai: the numbers of 12-01 are released at 07:30.
  here = await world('browser gate', new Date('2026-11-23T23:08:00Z'));
  await here.app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(here.app.server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
  own = await patientAt(here.app, person().phone);
  await own.post('/api/patients', {
    name: person().name,
    document_type: 'resident_id',
    document_number: person().documentNumber,
    relation: 'self',
  });
  await here.advance(61); // one code a minute
  await here.ctx.gate.rooms.tick();
  const row = await here.ctx.db.one<{ hospital_id: string; session_id: string }>(sql`
    select hospital_id, session_id from release.session_release
    where method = 'order' and online_at = '2026-11-23T23:30:00Z' and service_date = '2026-12-01'
    order by starts_at, session_id limit 1`);
  path = `/h/${row.hospital_id}/s/${row.session_id}`;
  room_id = (await own.get(`/api/gate/rooms?session_id=${row.session_id}`)).room.room_id;
});
after(async () => {
  await browser?.close();
  await here?.stop();
});

async function signsIn({ page }: Walker): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('手机号').fill(person().phone);
  await page.getByRole('button', { name: '获取验证码' }).click();
  await page.getByLabel('验证码', { exact: true }).waitFor();
  const { messages } = await own.get('/api/demo/outbox');
  const code = /\d{6}/.exec(messages[0].text)?.[0] ?? '';
  await page.getByLabel('验证码', { exact: true }).fill(code);
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.getByRole('heading', { name: '选择医院' }).waitFor();
}

/** So many strangers who drew before opening. */
async function strangers(count: number): Promise<void> {
  const room = await here.ctx.gate.rooms.get(room_id);
  assert.ok(room);
  for (let n = 0; n < count; n++) room.early.add(earlyMac(room.release_key, room_id, `other ${n}`));
}

async function goOn(seconds: number): Promise<void> {
  await here.advance(seconds);
  await here.ctx.gate.rooms.tick();
}

test('[R057] a place is drawn before the release, kept over a reload, and leads to a number', async () => {
  const who = await walker(browser, url, { size: phone, faults });
  const { page, shot } = who;
  await signsIn(who);
  await page.goto(path);
  await page.getByRole('heading', { name: '排队取号' }).waitFor();
  await page.getByText('早来不占先').waitFor();
  await page.getByRole('radio').first().check();
  const work = page.waitForResponse((one) => one.url().includes('/api/challenges?'));
  await page.getByRole('button', { name: '排队取号' }).click();
  // The work that a rush may ask for is done while the person waits.
  assert.equal((await work).status(), 200);
  await page.getByText('可以关闭页面，名次不会丢').waitFor();
  await strangers(2000);
  await goOn(1);
  const place = page.getByText(/目前约第 \d+ 位，共约 \d+ 人/);
  await page.getByText(/共约 (19|20)\d\d 人/).waitFor();
  const before = (await place.textContent()) ?? '';
  await page.reload();
  await page.getByText(before).waitFor();

  // Without pushed news (a proxy that closes streams) the page asks by itself.
  await page.route('**/stream', (route) => route.abort());
  await page.reload();
  await page.getByText(before).waitFor();
  await shot('patient-gate-before');
  await page.unroute('**/stream');

  // Whoever is slowed is told for how long and where to appeal, by no rule, and keeps the place.
  const { account_id } = await own.get('/api/me');
  const drawsAgain = async (): Promise<void> => {
    await page.evaluate(() => localStorage.removeItem('zh.gate'));
    await page.reload();
    await page.getByRole('radio').first().check();
    await page.getByRole('button', { name: '排队取号' }).click();
    await page.getByText(before).waitFor();
  };
  for (let n = 0; n < 9; n++)
    here.ctx.guard.risk.note('replayed_steps', { account_id, device_key_id: null });
  await drawsAgain();
  await page.getByText('本次约多等 45 秒').waitFor();
  await page.getByText('原因与申诉').click();
  await page.getByLabel('申诉说明').waitFor();
  await shot('patient-gate-slow');
  here.ctx.guard.risk.forget(account_id);
  await drawsAgain();

  here.clock.set(new Date('2026-11-23T23:30:00Z'));
  await goOn(0);
  await page.getByText(/您前面约 \d+ 人/).waitFor();
  await page.getByText('正在排队，请等候').waitFor();
  for (let second = 0; second < 40; second++) {
    await goOn(1);
    if (await page.getByText('轮到您了').isVisible()) break;
  }
  await page.getByText('轮到您了').waitFor();
  // The network is crowded now, so the hold needs its work.
  const now = here.clock.now().getTime();
  while (here.ctx.guard.limits.network.take('127.0.0.1', 1, now) === 0);
  const asked: string[] = [];
  page.on('request', (one) => asked.push(one.url()));
  await page
    .getByRole('radio', { name: /第 \d+ 号/ })
    .first()
    .check();
  await page.getByRole('group').last().getByRole('radio').first().check();
  await shot('patient-gate-turn');
  const posted = page.waitForRequest((one) => one.url().endsWith('/api/appointments'));
  await page.getByRole('button', { name: '占号，下一步确认' }).click();
  assert.ok((await (await posted).allHeaders())['x-challenge-proof']);
  assert.ok(!asked.some((one) => one.includes('/api/challenges')), 'the work was done before');
  await page.waitForURL(/\/visits\//);
  // The stream that the test cut off is the browser's complaint, not a fault.
  assert.deepEqual(
    faults.filter((fault) => !fault.includes('ERR_FAILED')),
    [],
  );
});
