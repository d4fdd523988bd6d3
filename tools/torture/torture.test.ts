import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectFolder } from '../../src/platform/project.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { kill_kinds, planKills } from './kills.ts';
import { exitCodeOf, reportLines } from './report.ts';

const folder = mkdtempSync(join(tmpdir(), 'torture-test-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ code: number; out: string; told: string }> {
  const program = join(projectFolder, 'tools/torture.ts');
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, told] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, told };
}

test('every acknowledged booking and entry survives a kill -9 of server and database', async (t) => {
  // By its seed: the database is killed, with the server or below it, and one of its processes.
  const { code, out, told } = await run('--kills', '2', '--seed', '6', '--seconds', '4');
  t.diagnostic(out);
  assert.equal(code, 0, told + out);
  const lines = out.trimEnd().split('\n');
  assert.match(lines[0] ?? '', /^asked [1-9]\d*, acknowledged [1-9]\d*, .*, cut off [1-9]\d*$/);
  assert.match(
    lines.at(-1) ?? '',
    /^Checked: [1-9]\d* acknowledged bookings, .*: nothing wrong\.$/,
  );
  assert.deepEqual(readdirSync(folder), []);
});

test('a seed always plans the same kills, and each kind comes in turn', () => {
  const plan = () => planKills(seededRandom('7'), 10, 40);
  assert.deepEqual(plan(), plan());
  for (const kind of kill_kinds)
    assert.equal(plan().filter((one) => one.kind === kind).length, 2, kind);
  const storm_ms = plan().reduce((sum, one) => sum + one.after_ms, 0);
  assert.ok(storm_ms > 20_000 && storm_ms < 60_000, String(storm_ms));
});

test('whatever was found is told and ends with 1; the last line says what was checked', () => {
  const report = {
    findings: [{ kind: 'booking-lost' as const, sentence: 'visit 7 is gone' }],
    checked: {
      ...{ bookings: 12, entries: 3, repeated: 4, sessions: 1 },
      ...{ numbers: 40, visits: 12, leaves: 99 },
    },
    storm: { asked: 20, acknowledged: 15, refused: 5, repeated: 4, cut: 2 },
    kills: { server: 1, database: 0, both: 0, backend: 0, start: 0 },
    ...{ recoveries_s: [1.5], wall_s: 9, folder: '/somewhere' },
  };
  const lines = reportLines(report);
  assert.equal(exitCodeOf(report), 1);
  assert.ok(lines.includes('WRONG (booking-lost): visit 7 is gone'));
  assert.match(lines.at(-1) ?? '', /^Checked: 12 acknowledged bookings, .*: 1 findings\.$/);
  assert.equal(exitCodeOf({ findings: [] }), 0);
});

test('what the torture does not know it says, and exits with 2', async () => {
  for (const args of [['--kills', 'many'], ['--seed', 'a b'], ['--seconds', '0'], ['tea']]) {
    const { code, out, told } = await run(...args);
    assert.equal(code, 2, args.join(' '));
    assert.equal(out, '');
    assert.match(told, /npm run torture/);
  }
  assert.equal((await run('--help')).code, 0);
});
