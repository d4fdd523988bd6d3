import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from './support/browser.ts';
import { buildPages, phone, walker, type Walker } from './support/walk.ts';
import { patientAt, world, type Visitor } from './support/world.ts';
import { sql } from '../src/platform/sql.ts';

// What the pages do about the guards by themselves: sign, renew a lost key, work for a challenge.

let here: Awaited<ReturnType<typeof world>>;
let browser: Browser;
let url: string;
let own: Visitor;
const faults: string[] = [];

before(async () => {
  await buildPages();
  here = await world('browser guards', new Date('2026-11-24T00:10:00Z'));
  await here.app.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(here.app.server.address() as AddressInfo).port}`;
  browser = await launchBrowser();
  const { name, phone: number, documentNumber } = here.ctx.population.syntheticPerson(37);
  own = await patientAt(here.app, number);
  await own.post('/api/patients', {
    name,
    document_type: 'resident_id',
    document_number: documentNumber,
    relation: 'self',
  });
  await here.advance(61); // one code a minute
});
after(async () => {
  await browser?.close();
  await here?.stop();
});

async function newestCode(): Promise<string> {
  const { messages } = await own.get('/api/demo/outbox');
  return /\d{6}/.exec(messages[0].text)?.[0] ?? '';
}

async function signsIn({ page }: Walker): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('手机号').fill(here.ctx.population.syntheticPerson(37).phone);
  await page.getByRole('button', { name: '获取验证码' }).click();
  await page.getByLabel('验证码', { exact: true }).waitFor();
  await page.getByLabel('验证码', { exact: true }).fill(await newestCode());
  await page.getByRole('button', { name: '登录', exact: true }).click();
  await page.getByRole('heading', { name: '选择医院' }).waitFor();
}

/** The page of a session with free numbers for whoever asks online. */
async function freeSession(nth: number): Promise<string> {
  const rows = await here.ctx.db.many<{ path: string }>(sql`
    select '/h/' || hospital_id || '/s/' || session_id as path from booking.slot
    where state = 'free' and pool = 'online' and starts_at > ${here.clock.now()}
    group by hospital_id, session_id order by count(*) desc, 1 limit 5`);
  return rows[nth]?.path ?? '';
}

async function chooses(page: Page): Promise<void> {
  const number = page.getByRole('radio', { name: /第 \d+ 号/ });
  await number.first().check();
  await page.getByRole('group').last().getByRole('radio').first().check();
}

test('a browser that lost its key asks for one code and goes on with what was pressed', async () => {
  const who = await walker(browser, url, { size: phone, faults });
  const { page, shot } = who;
  await signsIn(who);
  const kept = await page.evaluate(
    () =>
      new Promise<{ extractable: boolean; type: string }>((resolve, reject) => {
        const opening = indexedDB.open('zhenghao', 1);
        opening.addEventListener('error', () => reject(new Error('no store')));
        opening.addEventListener('success', () => {
          const asked = opening.result.transaction('keys').objectStore('keys').get('request');
          asked.addEventListener('success', () => {
            const { extractable, type } = (asked.result as { key: CryptoKey }).key;
            opening.result.close();
            resolve({ extractable, type });
          });
        });
      }),
  );
  assert.deepEqual(kept, { extractable: false, type: 'secret' });
  await page.evaluate(() => {
    indexedDB.deleteDatabase('zhenghao');
  });
  await here.advance(61);
  await page.goto(await freeSession(0));
  await chooses(page);
  const dialog = page.getByRole('dialog', { name: '安全验证' });
  await dialog.waitFor();
  await dialog.getByRole('button', { name: '打电话告诉我' }).click();
  await dialog.getByText('验证码已发出').waitFor();
  await shot('patient-key-renewal', { whole: false });
  await dialog.getByLabel('验证码', { exact: true }).fill(await newestCode());
  await dialog.getByRole('button', { name: '验证', exact: true }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: /占号/ }).click();
  await page.getByText('号已为您占住，请确认').waitFor();
  await who.context.close();
  assert.deepEqual(faults, []);
});

test('[R057] in a crowded network the page does the work itself and the hold succeeds', async () => {
  await here.advance(61);
  const who = await walker(browser, url, { size: phone, faults });
  const { page } = who;
  await signsIn(who);
  const now = here.clock.now().getTime();
  while (here.ctx.guard.limits.network.take('127.0.0.1', 1, now) === 0);
  await page.goto(await freeSession(1));
  const posted = page.waitForRequest((one) => one.url().endsWith('/api/appointments'));
  await chooses(page);
  await page.getByRole('button', { name: /占号/ }).click();
  const headers = await (await posted).allHeaders();
  assert.ok(headers['x-challenge-proof'], 'the first request already brings the work');
  await page.getByText('号已为您占住，请确认').waitFor();
  await who.context.close();
  assert.deepEqual(faults, []);
});

test('at a full door the page waits, comes back by itself and holds the number', async () => {
  await here.advance(61);
  const who = await walker(browser, url, { size: phone, faults });
  const { page, shot } = who;
  await signsIn(who);
  await page.goto(await freeSession(2));
  await chooses(page);
  const { door } = here.ctx.guard;
  const entered = here.clock.now().getTime();
  let strangers = 0;
  while (door.enter(`stranger ${strangers}`, entered) === 0) strangers++;
  const turnedAway = page.waitForResponse((one) => one.url().endsWith('/api/appointments'));
  await page.getByRole('button', { name: /占号/ }).click();
  assert.equal((await turnedAway).status(), 503);
  const waits = page.getByRole('status').filter({ hasText: '正在为您排队' });
  await waits.waitFor();
  await page.getByRole('button', { name: '正在排队…' }).waitFor();
  await shot('patient-full-door', { whole: false });
  for (; strangers > 0; strangers--) door.leave(entered, entered);
  await here.advance(3);
  await page.getByText('号已为您占住，请确认').waitFor();
  await waits.waitFor({ state: 'detached' });
  await who.context.close();
  assert.deepEqual(
    faults.filter((fault) => !fault.includes('503')),
    [],
  );
});
