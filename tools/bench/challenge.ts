import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { CDPSession, Page } from 'playwright-core';
import { transformWithOxc } from 'vite';
import { makeWork, readWork, work, type Challenge } from '../../src/gate/altcha.ts';
import { readConfig } from '../../src/platform/config.ts';
import { createHttp } from '../../src/platform/http.ts';
import { projectFolder } from '../../src/platform/project.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { secretsFrom } from '../../src/platform/secrets.ts';
import { launchBrowser } from '../../test/support/browser.ts';
import { BenchError, type Case } from './section.ts';

/**
 * Iterations a second on one small core of a phone of 2019, if it has no instructions for SHA-256:
 * OpenSSL's own table (sha512-armv8.pl) gives 15.5 cycles a byte for a Cortex-A53, an iteration is 128
 * bytes, so 1.7 GHz make 0.86 million; a fifth is taken off for what PBKDF2 does besides. With these
 * instructions it is 2.4 cycles, and nearly every phone of 2019 has them.
 */
const phone_iterations_per_s = 700_000;
const ctx = { random: systemRandom, secrets: secretsFrom(systemRandom.bytes(32)) };
const hold = {
  account_id: '0199c0de-0000-7000-8000-000000000001',
  session_id: '0199c0de-0000-7000-8000-000000000002',
  patient_id: '0199c0de-0000-7000-8000-000000000003',
  until: 4_000_000_000_000,
};

type Solved = { ms: number; counter: number; text: string };

/**
 * The proof of work as a page does it: the page's own solver in Chromium, under the content security
 * policy of the product's server, at the product's difficulty; scaled to an old phone on one core.
 */
export async function* benchChallenge(args: string[]): AsyncGenerator<Case> {
  const options = { solutions: { type: 'string' }, phone: { type: 'string' } } as const;
  const { values } = parseArgs({ args, options });
  const count = Number(values.solutions ?? 120);
  const phone = Number(values.phone ?? phone_iterations_per_s);
  if (!Number.isInteger(count) || count < 2 || count > 10_000)
    throw new BenchError('--solutions is a whole number from 2 to 10000.', true);
  if (!(phone >= 1000)) throw new BenchError('--phone is iterations a second, 1000 or more.', true);
  const app = await solverApp();
  await app.listen({ host: '127.0.0.1', port: 0 });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`);
    const solved = await solveAll(page, count);
    yield await here(solved);
    yield await onPhone(page, solved, phone);
    yield await throttled(page, await page.context().newCDPSession(page));
  } finally {
    await browser.close();
    await app.close();
  }
}

/** The product's edge with its headers, an empty page and the solver as the pages are built. */
async function solverApp(): ReturnType<typeof createHttp> {
  const config = readConfig({ LOG_LEVEL: 'silent', DATA_DIR: 'unused' });
  const app = await createHttp({ config, authenticate: () => undefined, can: () => false, log: false }); // prettier-ignore
  const file = join(projectFolder, 'web/shared/proof-of-work.ts');
  const { code: solver } = await transformWithOxc(readFileSync(file, 'utf8'), file);
  const access = { config: { permission: 'public' } };
  app.get('/', access, (_request, reply) => reply.type('text/html').send('<!doctype html><title>.</title>')); // prettier-ignore
  app.get('/solve.js', access, (_request, reply) => reply.type('text/javascript').send(solver));
  return app;
}

/** One after the other, as people meet them; every answer is checked as the server does. */
async function solveAll(page: Page, count: number): Promise<Solved[]> {
  const solved: Solved[] = [];
  for (let n = -2; n < count; n++) {
    const challenge = await makeWork(ctx, { ...hold });
    const one = await solveIn(page, challenge);
    if (!(await readWork(ctx, one.text))) throw new BenchError('An answer was not believed.');
    if (n >= 0) solved.push(one); // the first two are for warming up
  }
  return solved;
}

function solveIn(page: Page, challenge: Challenge): Promise<Solved> {
  return page.evaluate(async (given) => {
    const file: string = '/solve.js';
    const { solve } = (await import(file)) as { solve(given: unknown): Promise<string> };
    const started = performance.now();
    const text = await solve(given);
    const ms = performance.now() - started;
    const { solution } = JSON.parse(atob(text)) as { solution: { counter: number } };
    return { ms, text, counter: solution.counter };
  }, challenge);
}

async function here(solved: readonly Solved[]): Promise<Case> {
  const [p50, p95, max] = spread(solved.map(({ ms }) => ms));
  const made = performance.now();
  for (let n = 0; n < 50; n++) await makeWork(ctx, { ...hold });
  const make_ms = (performance.now() - made) / 50;
  const read = performance.now();
  for (let n = 0; n < 50; n++) await readWork(ctx, solved[n % solved.length]?.text ?? '');
  const read_ms = (performance.now() - read) / 50;
  return {
    figures: { case: 'here', solutions: solved.length, iterations: work.iterations, p50_ms: p50, p95_ms: p95, max_ms: max, make_ms: rounded(make_ms), verify_ms: rounded(read_ms) }, // prettier-ignore
    table: [
      ['solutions in Chromium on this machine', String(solved.length)],
      ['half are done after', `${p50} ms`],
      ['95 of 100 after', `${p95} ms`],
      ['the longest', `${max} ms`],
      ['the server makes one in', `${make_ms.toFixed(2)} ms`],
      ['and checks one in', `${read_ms.toFixed(2)} ms`],
    ],
  };
}

/**
 * What the same solutions cost a phone that has one core for them. A browser derives keys on threads
 * that no throttling of the page reaches, so the work is counted and not timed: keys of so many
 * iterations at the phone's rate, and what a key costs besides, slower in the same proportion.
 */
async function onPhone(page: Page, solved: readonly Solved[], phone: number): Promise<Case> {
  const { per_second, key_ms } = await page.evaluate(rates);
  const slower = per_second / phone;
  const one = (counter: number): number => {
    const keys = Math.ceil((counter + 1) / 4) * 4; // four are derived side by side
    return keys * ((work.iterations / phone) * 1000 + key_ms * slower);
  };
  const [p50, p95, max] = spread(solved.map(({ counter }) => one(counter)));
  const worst = Math.round(one(work.counter_max - 1));
  return {
    figures: { case: 'phone', phone_iterations_per_s: phone, iterations_per_s: Math.round(per_second), key_overhead_ms: rounded(key_ms), p50_ms: p50, p95_ms: p95, max_ms: max, worst_ms: worst }, // prettier-ignore
    table: [
      ['a thread of Chromium here, iterations a second', String(Math.round(per_second))],
      ['one core of a phone of 2019 counted at', `${phone}, ${slower.toFixed(1)} times slower`],
      ['half are done after', `${p50} ms`],
      ['95 of 100 after', `${p95} ms`],
      ['the longest', `${max} ms`],
      ['the longest that can be asked', `${worst} ms`],
    ],
  };
}

/** Runs in the page: iterations a second of one derivation alone, and what a derivation costs besides. */
async function rates(): Promise<{ per_second: number; key_ms: number }> {
  const derive = async (iterations: number): Promise<void> => {
    const key = await crypto.subtle.importKey('raw', new Uint8Array(20), 'PBKDF2', false, ['deriveBits']); // prettier-ignore
    const way = { name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(16), iterations };
    await crypto.subtle.deriveBits(way, key, 256);
  };
  const timed = async (act: () => Promise<void>): Promise<number> => {
    const started = performance.now();
    await act();
    return performance.now() - started;
  };
  await derive(100_000);
  const many = 2_000_000;
  const alone = [];
  for (let n = 0; n < 5; n++) alone.push(await timed(() => derive(many)));
  const small = 400;
  const spent = await timed(async () => {
    for (let n = 0; n < small; n += 4) await Promise.all([1, 2, 3, 4].map(() => derive(1)));
  });
  const median = alone.toSorted((a, b) => a - b)[2] ?? 1;
  return { per_second: (many / median) * 1000, key_ms: spent / small };
}

const rate = 6;

/** Whether throttling of the page reaches the work at all. */
async function throttled(page: Page, cdp: CDPSession): Promise<Case> {
  const loop = (): Promise<number> =>
    page.evaluate(() => {
      const started = performance.now();
      let sum = 0;
      for (let n = 0; n < 3e7; n++) sum = (sum + n * n) % 1_000_003;
      return sum < 0 ? 0 : performance.now() - started;
    });
  const challenge = await makeWork(ctx, { ...hold });
  const measure = async (): Promise<{ script: number; solving: number }> => {
    await loop();
    const script = await loop();
    const times: number[] = [];
    for (let n = 0; n < 5; n++) times.push((await solveIn(page, challenge)).ms);
    return { script, solving: times.toSorted((a, b) => a - b)[2] ?? 0 };
  };
  const free = await measure();
  await cdp.send('Emulation.setCPUThrottlingRate', { rate });
  const slowed = await measure();
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
  const script = rounded(slowed.script / free.script);
  const solving = rounded(slowed.solving / free.solving);
  return {
    figures: { case: 'throttled', rate, script_slower: script, solving_slower: solving },
    table: [
      [`the page throttled ${rate} times: its scripts are slower by`, `${script} times`],
      ['its solving by', `${solving} times`],
    ],
  };
}

function spread(times: readonly number[]): [p50: number, p95: number, max: number] {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0); // prettier-ignore
  return [at(0.5), at(0.95), at(1)];
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
