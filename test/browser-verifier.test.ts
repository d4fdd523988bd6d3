import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { zipFiles } from '../src/platform/zip.ts';
import type { BundleFiles } from '../src/release/sealed-draw/index.ts';
import { verifierHtml } from '../tools/verifier-html.ts';
import { launchBrowser } from './support/browser.ts';
import { makeSyntheticDraw } from './support/synthetic-draw.ts';
import { CHEATS, evidence, HONEST, MORE_CHEATS, type Evidence } from './support/tampered-draws.ts';
import { desk, phone, walker, type Walker } from './support/walk.ts';

// The single-file verifier as people use it: from disk, without a network. With SCREENS=docs/screens it
// also renews its pictures.

const page_file = fileURLToPath(new URL('../src/release/verify.html', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'verifier-'));
const faults: string[] = [];
let browser: Browser;
let person: Walker;

before(async () => {
  browser = await launchBrowser();
  person = await opened(phone);
});
after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true });
});

/** The page opened from disk by somebody who is offline; any request but for the page itself is a fault. */
async function opened(size: { width: number; height: number }, dark = false): Promise<Walker> {
  const who = await walker(browser, 'http://nowhere.invalid', { size, faults, dark });
  who.page.on('request', (request) => {
    if (!/^(file|data):/.test(request.url())) faults.push(`asked for ${request.url()}`);
  });
  await who.context.setOffline(true);
  await who.page.goto(pathToFileURL(page_file).href);
  return who;
}

const archive = (name: string, files: BundleFiles) => ({
  name,
  mimeType: 'application/zip',
  buffer: zipFiles(files),
});

async function gives(page: Page, { files, receipt, other }: Partial<Evidence>): Promise<void> {
  if (files) {
    await page.getByLabel('选择 .zip 文件').first().setInputFiles(archive('bundle.zip', files));
    await page.getByText('已放入：bundle.zip').waitFor();
  }
  if (receipt) {
    await page.getByLabel('粘贴').fill(JSON.stringify(receipt, null, 2));
    await page.getByText(/已放入回执，短码/).waitFor();
  }
  if (other) {
    await page.getByLabel('选择 .zip 文件').last().setInputFiles(archive('other.zip', other));
    await page.getByText('已放入：other.zip').waitFor();
  }
}

/** Starts the verification and gives each check's outcome as the page shows it. */
async function verified(page: Page): Promise<Record<string, string>> {
  await page.getByRole('button', { name: '开始核验' }).click();
  await page.locator('#verdict').waitFor({ timeout: 60_000 });
  const rows = await page.locator('[data-check]').evaluateAll((nodes) =>
    nodes.map((node) => {
      const { check, status } = (node as HTMLElement).dataset;
      const tag = node.querySelector('.tag')?.textContent ?? '';
      return [check ?? '', status === 'fail' ? `fail ${tag}` : `${status} ${tag}`] as const;
    }),
  );
  return Object.fromEntries(rows);
}

const PASSED = 'pass ✓ 通过';
const FAILED = 'fail ✗ 不通过';
const OPEN = 'not-checked – 未检查';
const all = (outcome: string) =>
  Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`V${i + 1}`, outcome]));

test('verify.html is what the sources make, one file under 200 kB that asks for nothing', async () => {
  const text = readFileSync(page_file, 'utf8');
  assert.ok(text === (await verifierHtml()), 'Run npm run gen.');
  assert.ok(Buffer.byteLength(text) < 200_000, `${Buffer.byteLength(text)} bytes`);
  assert.doesNotMatch(text, /<(link|img|iframe)|\bsrc=|url\(/);
  assert.match(text, /default-src 'none'/);
});

test('[R016] an honest draw passes all twelve checks in the page, from a folder too', async () => {
  const draw = makeSyntheticDraw({ ...HONEST, verifier: readFileSync(page_file) });
  const { page } = person;
  await gives(page, evidence(draw));
  assert.deepEqual(await verified(page), all(PASSED));
  assert.match((await page.locator('#verdict').textContent()) ?? '', /12 项检查全部通过/);
  const place = draw.parts.ranking?.findIndex(({ e }) => e === draw.receipts[3]?.e) ?? -1;
  await page.getByText(`${place + 1} / 30`).waitFor();
  // The folder that the page itself lies in.
  for (const [path, bytes] of draw.files) {
    mkdirSync(dirname(join(folder, 'bundle', path)), { recursive: true });
    writeFileSync(join(folder, 'bundle', path), bytes);
  }
  await page.goto(pathToFileURL(join(folder, 'bundle', 'verify.html')).href);
  await page.getByLabel('选择文件夹').first().setInputFiles(join(folder, 'bundle'));
  await page.getByText('已放入：bundle，').waitFor();
  const bare = { ...all(PASSED), V5: OPEN, V12: OPEN };
  assert.deepEqual(await verified(page), bare);
  const verdict = (await page.locator('#verdict').textContent()) ?? '';
  assert.equal(verdict, '没有发现问题：10 项通过，2 项未检查。');
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByText('No fault found: 10 passed, 2 not checked.').waitFor();
  await page.getByText('not checked: needs a receipt.').waitFor();
  await person.shot('verifier-english');
  await page.goto(pathToFileURL(page_file).href);
});

for (const [what, { check, make }] of Object.entries({ ...CHEATS, ...MORE_CHEATS })) {
  test(`[R016] the page: ${what}, and ${check} alone fails`, async () => {
    const { page } = person;
    await page.reload();
    await gives(page, make());
    assert.deepEqual(await verified(page), { ...all(PASSED), [check]: FAILED });
    assert.match((await page.locator('#verdict').textContent()) ?? '', /有 1 项检查没有通过/);
  });
}

test('single files, a wrong file and the vector are taken for what they are', async () => {
  const { page } = person;
  await page.reload();
  const { files } = makeSyntheticDraw({ kind: 'demo' });
  const loose = [...files].filter(([path]) => !path.includes('/'));
  await page.getByLabel('选择几个文件').setInputFiles(
    loose.map(([name, bytes]) => ({
      name,
      mimeType: 'application/json',
      buffer: Buffer.from(bytes),
    })),
  );
  await page.getByText(/已放入 \d+ 个散文件/).waitFor();
  assert.deepEqual(await verified(page), { ...all(PASSED), V5: OPEN, V11: OPEN, V12: OPEN });
  await page.getByText(/演示信标，不独立：钥匙/).waitFor();
  const text = (name: string, content: string) => ({
    name,
    mimeType: 'text/plain',
    buffer: Buffer.from(content),
  });
  await page.getByLabel('选择 .zip 文件').first().setInputFiles(text('bundle.zip', 'hello'));
  await page.getByText('压缩包读不出来：它不是 .zip 文件，或者没有下载完整。').waitFor();
  assert.ok(await page.getByRole('button', { name: '开始核验' }).isDisabled());
  await page.getByLabel('选择回执文件').setInputFiles(text('secret.json', '{"e":"","secret":""}'));
  await page.getByText(/这是撤回用的密码，不是回执/).waitFor();
  const vector = fileURLToPath(new URL('fixtures/sealed-draw-kat.json', import.meta.url));
  await page.getByLabel('选择 .zip 文件').first().setInputFiles(vector);
  await page.getByText('已放入公开的核对样例').waitFor();
  const known = { V4: PASSED, V6: PASSED, V7: PASSED, V8: PASSED, V9: PASSED };
  assert.deepEqual(await verified(page), { ...all(OPEN), ...known });
  await page.getByText('not in the vector').waitFor({ state: 'hidden' });
});

test('it reads well at the desk and on a phone, by day and by night', async () => {
  const draw = makeSyntheticDraw(HONEST);
  const at_desk = await opened(desk);
  await gives(at_desk.page, evidence(draw));
  await verified(at_desk.page);
  await at_desk.shot('verifier-desk');
  const cheat = CHEATS['an entry is dropped']?.make() ?? assert.fail();
  await person.page.reload();
  await person.shot('verifier-start');
  await gives(person.page, { files: cheat.files, receipt: cheat.receipt });
  await verified(person.page);
  await person.shot('verifier-phone');
  const at_night = await opened(phone, true);
  await gives(at_night.page, { files: draw.files });
  await verified(at_night.page);
  await at_night.shot('verifier-dark');
  const wide = await person.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= phone.width, `${wide} px wide`);
});

test('nothing was asked of a network, and no script failed', () => assert.deepEqual(faults, []));
