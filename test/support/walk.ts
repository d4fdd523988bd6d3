import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Locator, Page, Request } from 'playwright-core';

const root = join(import.meta.dirname, '..', '..');
const require = createRequire(import.meta.url);

export const phone = { width: 390, height: 844 };
export const desk = { width: 1280, height: 800 };
/** Pictures end here: a list of fifty rows teaches no more than one of twenty. */
const HEIGHT_MAX = 2000;

/** Builds the pages where they are missing or older than their sources; a build under way empties them. */
export { buildPages } from '../../tools/pages.ts';

/** Agrees to each notice that is shown, until what was waited for is there. */
export async function agrees(page: Page, until: Locator): Promise<void> {
  const button = page.getByRole('button', { name: '我同意', exact: true });
  for (;;) {
    await until.or(button).first().waitFor();
    if (!(await button.isVisible())) return;
    await button.click();
  }
}

/** A person at a screen of their own, with what the screen must never show them. */
export type Walker = {
  context: BrowserContext;
  page: Page;
  /** Checks accessibility and, with SCREENS=folder, keeps a picture of the page. */
  shot(name: string, options?: { whole?: boolean }): Promise<void>;
};

/**
 * A browser window of a person. Script errors, broken pages and refusals of the content security policy
 * fail the test when the walk ends.
 */
export async function walker(
  browser: Browser,
  url: string,
  options: {
    size: { width: number; height: number };
    faults: string[];
    dark?: boolean;
    userAgent?: string;
  },
): Promise<Walker> {
  const { size, faults } = options;
  const context = await browser.newContext({
    baseURL: url,
    viewport: size,
    locale: 'zh-CN',
    timezoneId: 'America/New_York', // the pages must show the hospital's time anywhere
    reducedMotion: 'reduce',
    colorScheme: options.dark === true ? 'dark' : 'light',
    ...(options.userAgent === undefined ? {} : { userAgent: options.userAgent }),
  });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
      faults.push(`${page.url()}: ${message.text()}`);
  });
  const settled = quiet(page);
  const shot: Walker['shot'] = async (name, { whole = true } = {}) => {
    await settled();
    await checkAccess(page, name);
    const folder = process.env.SCREENS;
    if (folder === undefined) return;
    // The bar at the foot of the phone page stays at its foot only if the window is as tall as the page.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    if (whole)
      await page.setViewportSize({
        width: size.width,
        height: Math.min(Math.max(height, size.height), HEIGHT_MAX),
      });
    await page.screenshot({ path: join(root, folder, `${name}.png`) });
    if (whole) await page.setViewportSize(size);
  };
  return { context, page, shot };
}

type AxeResult = { violations: { id: string; help: string; nodes: { html: string }[] }[] };

/** WCAG 2.2 A and AA as far as a machine can judge. */
export async function checkAccess(page: Page, name: string): Promise<void> {
  if (!(await page.evaluate(`typeof axe === 'object'`)))
    await page.evaluate(await readFile(require.resolve('axe-core/axe.min.js'), 'utf8'));
  const { violations } = await page.evaluate<AxeResult>(
    `axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'],
      preload: false, // no sound or film
    })`,
  );
  const said = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0]?.html}`);
  assert.deepEqual(said, [], `accessibility of ${name}`);
}

/** How often a page is looked at, and how many looks in a row must find nothing under way. */
const look_ms = 25;
const quiet_looks = 4;

/** Waits until the page is loaded and no request of it has been under way for a moment. */
function quiet(page: Page): () => Promise<void> {
  const underWay = new Set<Request>();
  page.on('request', (request) => {
    // A stream of news stays open as long as the page.
    if (request.resourceType() !== 'eventsource') underWay.add(request);
  });
  page.on('requestfinished', (request) => underWay.delete(request));
  page.on('requestfailed', (request) => underWay.delete(request));
  return async () => {
    await page.waitForLoadState('load');
    for (let looks = 0; looks < quiet_looks; looks = underWay.size > 0 ? 0 : looks + 1)
      await sleep(look_ms);
  };
}
