import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectFolder } from '../../src/platform/project.ts';

const folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
after(() => rmSync(folder, { recursive: true }));

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const program = join(projectFolder, 'tools/bench.ts');
  const env = { ...process.env, TMPDIR: folder };
  return spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', env });
}

test('a small draw is measured: one line of JSON, a table for people, no files left', () => {
  const { status, stdout, stderr } = bench('draw', '--entries', '2000');
  assert.equal(status, 0, stderr);
  assert.equal(stdout.trimEnd().split('\n').length, 1);
  const figures = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual(Object.keys(figures), ['section', 'entries', 'draw_s', 'baseline_s', 'rss_mib']);
  assert.equal(figures['section'], 'draw');
  assert.equal(figures['entries'], 2000);
  for (const name of ['draw_s', 'baseline_s', 'rss_mib'])
    assert.ok(Number(figures[name]) > 0, name);
  assert.match(stderr, /draw \/ baseline/);
  assert.deepEqual(readdirSync(folder), []);
});

test('what the bench does not know it says, and exits with 2', () => {
  for (const args of [[], ['tea'], ['draw', '--cups', '3'], ['draw', '--entries', 'many']]) {
    const { status, stdout, stderr } = bench(...args);
    assert.equal(status, 2, args.join(' '));
    assert.equal(stdout, '');
    assert.notEqual(stderr, '');
  }
  assert.match(bench('tea').stderr, /no section "tea".*draw/i);
  assert.equal(bench('--help').status, 0);
});
