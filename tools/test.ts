import { globSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { projectFolder } from '../src/platform/project.ts';
import { buildPages, requireNode } from './pages.ts';

/**
 * `npm test`: every test of the project, or those in the files and folders named as arguments. The
 * run fails when a test fails, is skipped or left to do, and when there is nothing to run.
 */
const concurrency = 2;
const file_timeout_ms = 10 * 60_000;

/** The test files at `path`, or all of them. */
function testFiles(path: string): string[] {
  const full = resolve(path);
  if (statSync(full).isFile()) return [full];
  const pattern = '**/*.test.ts';
  return globSync(join(full, pattern), { exclude: ['**/node_modules/**', '**/dist/**'] });
}

requireNode();
// Every test file is a process that loads the same thousand modules: what they compile to is kept.
process.env['NODE_COMPILE_CACHE'] ??= join(projectFolder, '.cache', 'compiled');
const asked = process.argv.slice(2);
const roots = asked.length > 0 ? asked : [projectFolder];
const files = [...new Set(roots.flatMap(testFiles))].sort();
if (files.length === 0) fail(`There is no test in ${roots.join(', ')}.`);
await buildPages();

const counts = { tests: 0, skipped: 0, todo: 0 };
const failed = new Set<string>();
const stream = run({ files, concurrency, timeout: file_timeout_ms });
stream.on('test:fail', (event) => {
  // A test that is still to do may fail without failing the run; here it may not.
  failed.add(relative(projectFolder, event.file ?? event.name));
});
stream.on('test:summary', (event) => {
  if (event.file !== undefined) return;
  Object.assign(counts, event.counts);
});
stream.compose(new spec()).pipe(process.stdout);
stream.on('end', () => {
  if (failed.size > 0) fail(`Failed in:\n  ${[...failed].sort().join('\n  ')}`);
  if (counts.tests === 0) fail('No test ran.');
  if (counts.skipped + counts.todo > 0)
    fail(`${counts.skipped + counts.todo} tests were skipped or are still to do; none may be.`);
});

function fail(sentence: string): never | void {
  process.exitCode = 1;
  // After what the reporter has still to write.
  process.on('exit', () => console.error(sentence));
  if (files.length === 0) process.exit(1);
}
