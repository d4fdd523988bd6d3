import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';
import { desk, phone } from '../test/support/walk.ts';
import { projectFolder } from '../src/platform/project.ts';
import { buildPages, requireNode } from './pages.ts';
import { countSteps } from './screens/booking-steps.ts';
import { pagesOf, type Shown } from './screens/pages-shown.ts';
import { prepareWorld, signIn, staffSignIn, type Prepared } from './screens/prepared.ts';

/**
 * `npm run screens`: pictures of the pages people meet most, of the demo in this process, into
 * docs/screens/site-*.png; `-- --only NAME` for some, `-- --steps` counts the steps of a booking instead.
 */
const folder = join(projectFolder, 'docs/screens');
const bytes_max = 150_000;
const total_max = 2_500_000;
/** A list of fifty rows teaches no more than one of ten. */
const heights = [1700, 1300, 1000, 844];

async function windowFor(browser: Browser, prepared: Prepared, shown: Shown): Promise<Page> {
  const context = await browser.newContext({
    baseURL: prepared.url,
    viewport: shown.face === 'desk' ? desk : phone,
    locale: 'zh-CN',
    reducedMotion: 'reduce',
    colorScheme: shown.dark ? 'dark' : 'light',
  });
  context.setDefaultTimeout(15_000);
  if (shown.kept)
    await context.addInitScript((kept: Record<string, string>) => {
      for (const [key, value] of Object.entries(kept)) localStorage.setItem(key, value);
    }, shown.kept);
  const page = await context.newPage();
  if (shown.staff) await staffSignIn(page, prepared.url, shown.staff);
  return page;
}

/** Until nothing is on its way any more. */
async function isThere(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle');
  const coming = page.locator('.spinner, .pending');
  for (let round = 0; round < 100 && (await coming.count()) > 0; round++)
    await page.waitForTimeout(100);
  await page.waitForLoadState('networkidle');
}

/** A window as high as the page, or as much of it as the picture may weigh. */
async function picture(page: Page, file: string): Promise<number> {
  const size = page.viewportSize() ?? phone;
  const whole = await page.evaluate('document.documentElement.scrollHeight');
  for (const height of heights) {
    const shown = Math.max(size.height, Math.min(Number(whole), height));
    await page.setViewportSize({ width: size.width, height: shown });
    const bytes = (await page.screenshot({ path: file })).length;
    if (bytes <= bytes_max) return bytes;
  }
  throw new Error(`${file} weighs more than ${bytes_max} bytes`);
}

async function take(
  browser: Browser,
  prepared: Prepared,
  own: Page,
  shown: Shown,
): Promise<number> {
  const page = shown.signed ? own : await windowFor(browser, prepared, shown);
  await page.setViewportSize(shown.face === 'desk' ? desk : phone);
  await page.goto(prepared.url + shown.path);
  await isThere(page);
  await shown.act?.(page);
  await isThere(page);
  const bytes = await picture(page, join(folder, `site-${shown.name}.png`));
  if (!shown.signed) await page.context().close();
  return bytes;
}

async function takeAll(
  browser: Browser,
  prepared: Prepared,
  only: string | undefined,
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const own = await windowFor(browser, prepared, { name: 'own', path: '/' });
  await signIn(own, prepared);
  const missed: string[] = [];
  for (const shown of await pagesOf(prepared)) {
    if (only !== undefined && !shown.name.includes(only)) continue;
    try {
      const bytes = await take(browser, prepared, own, shown);
      console.log(`${String(Math.round(bytes / 1000)).padStart(4)} kB  site-${shown.name}.png`);
    } catch (error) {
      missed.push(shown.name);
      console.error(`${shown.name}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  const own_files = readdirSync(folder).filter((name) => name.startsWith('site-'));
  const total = own_files.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  console.log(`${own_files.length} pictures, ${Math.round(total / 1000)} kB`);
  if (total > total_max) throw new Error(`together they weigh more than ${total_max} bytes`);
  if (missed.length > 0) throw new Error(`not taken: ${missed.join(', ')}`);
}

requireNode();
const at = process.argv.indexOf('--only');
const only = at < 0 ? undefined : process.argv[at + 1];
await buildPages();
const prepared = await prepareWorld();
const browser = await launchBrowser();
try {
  if (process.argv.includes('--steps')) await countSteps(browser, prepared);
  else {
    if (only === undefined && process.argv.includes('--clean'))
      for (const name of readdirSync(folder))
        if (name.startsWith('site-')) rmSync(join(folder, name));
    await takeAll(browser, prepared, only);
  }
} finally {
  await browser.close();
  await prepared.stop();
}
