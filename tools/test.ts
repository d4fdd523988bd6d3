import { fork, type ChildProcess } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { projectFolder } from '../src/platform/project.ts';
import { buildPages, requireNode } from './pages.ts';
import type { FileOutcome } from './test-worker.ts';

/**
 * `npm test`: every test of the project, or those in the files and folders named as arguments. The
 * run fails when a test fails, is skipped or left to do, and when there is nothing to run.
 *
 * A few processes take one file after the other: most files load the same thousand modules, which
 * takes longer than many of them need for their tests.
 */
const processes = 2;
const file_timeout_ms = 4 * 60_000;
/** A process that has grown this large is followed by a fresh one. */
const memory_max_bytes = 1 << 30;

/** How long each file took the last time it passed, in seconds. */
const timesFile = join(projectFolder, '.cache/test-seconds.json');

/** The test files at `path`, or all of them. */
function testFiles(path: string): string[] {
  const full = resolve(path);
  if (statSync(full).isFile()) return [full];
  const pattern = '**/*.test.ts';
  return globSync(join(full, pattern), { exclude: ['**/node_modules/**', '**/dist/**'] });
}

const name = (file: string): string => relative(projectFolder, file);

function readTimes(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(timesFile, 'utf8'));
  } catch {
    return {}; // The first run.
  }
}

/** The longest first, so that the processes end together; on a first run those known for it. */
function longestFirst(files: string[]): string[] {
  const long = /browser-|statistics\/|draw-demo|verify-cli|database-server/;
  const seconds = (file: string): number =>
    times[name(file)] ?? (long.test(file) ? 30 : statSync(file).size / 4096);
  return files.toSorted((a, b) => seconds(b) - seconds(a));
}

requireNode();
// What the modules compile to is kept for the next process and the next run.
process.env['NODE_COMPILE_CACHE'] ??= join(projectFolder, '.cache', 'compiled');
const asked = process.argv.slice(2);
const roots = asked.length > 0 ? asked : [projectFolder];
const times = readTimes();
const queue = longestFirst([...new Set(roots.flatMap(testFiles))].sort());
const outcomes: FileOutcome[] = [];
const started = performance.now();
if (queue.length > 0) await buildPages();
await Promise.all(Array.from({ length: processes }, work));
conclude();

/** One file after the other in a process, as long as there are any. */
async function work(): Promise<void> {
  let child: ChildProcess | undefined;
  for (let file = queue.shift(); file; file = queue.shift()) {
    child ??= fork(join(import.meta.dirname, 'test-worker.ts'), { stdio: 'inherit' });
    const outcome = await runIn(child, file);
    outcomes.push(outcome);
    tell(outcome);
    if (outcome.memory_bytes < memory_max_bytes) continue;
    finish(child);
    child = undefined;
  }
  if (child) finish(child);
}

/** A process without a file to run ends. */
function finish(child: ChildProcess): void {
  if (child.connected) child.disconnect();
}

/** Runs a file in a process; a file whose process dies or does not end has failed. */
async function runIn(child: ChildProcess, file: string): Promise<FileOutcome> {
  const { promise, resolve: done } = Promise.withResolvers<FileOutcome>();
  const began = performance.now();
  const fails = (text: string): void => {
    const seconds = (performance.now() - began) / 1000;
    const none = { tests: 0, skipped: 0, todo: 0 };
    done({ file, failed: true, text, seconds, counts: none, memory_bytes: Infinity });
  };
  const exited = (code: number | null): void => fails(`Its process ended with ${code}.`);
  const timer = setTimeout(() => {
    fails(`It did not end within ${file_timeout_ms / 60_000} minutes.`);
    child.kill('SIGKILL');
  }, file_timeout_ms);
  child.on('message', done);
  child.on('exit', exited);
  child.send(file);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    child.off('message', done);
    child.off('exit', exited);
  }
}

function tell({ file, failed, text, seconds, counts }: FileOutcome): void {
  console.log(
    `${failed ? '✖' : '✔'} ${name(file)}: ${counts.tests} tests, ${seconds.toFixed(1)} s\n` +
      text.trimEnd().replaceAll(/^(?=.)/gm, '  '),
  );
  if (!failed) times[name(file)] = Math.round(seconds * 10) / 10;
}

function conclude(): void {
  const total = { tests: 0, skipped: 0, todo: 0 };
  for (const { counts } of outcomes)
    for (const kind of ['tests', 'skipped', 'todo'] as const) total[kind] += counts[kind];
  mkdirSync(dirname(timesFile), { recursive: true });
  writeFileSync(timesFile, JSON.stringify(times));
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`\n${total.tests} tests in ${outcomes.length} files, ${seconds} s.`);
  const failed = outcomes.filter((one) => one.failed).map(({ file }) => name(file));
  const left = total.skipped + total.todo;
  if (outcomes.length === 0) fail(`There is no test in ${roots.join(', ')}.`);
  if (failed.length > 0) fail(`Failed in:\n  ${failed.sort().join('\n  ')}`);
  if (total.tests === 0) fail('No test ran.');
  if (left > 0) fail(`${left} tests were skipped or are still to do; none may be.`);
}

function fail(sentence: string): void {
  process.exitCode = 1;
  console.error(sentence);
}
