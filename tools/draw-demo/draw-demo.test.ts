import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { projectFolder } from '../../src/platform/project.ts';
import { nodeHasher } from '../../src/platform/tlog/node-hasher.ts';
import { verifyBundle, type Manifest } from '../../src/release/sealed-draw/index.ts';
import { readBundle, readJsonFile, readLog } from '../../src/release/sealed-draw/read-bundle.ts';
import { drawDemo } from './index.ts';

const home = mkdtempSync(join(tmpdir(), 'zhenghao-draw-demo-test-'));
after(() => rmSync(home, { recursive: true, force: true }));

const off = { reserves: false, returns: false, tell: () => undefined };

/** Every file of a folder, by path. */
function filesOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true });
  return new Map(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length), readFileSync(path, 'base64')]),
  );
}

test('a synthetic draw with reserves and returns passes every check of the verifier', async () => {
  const out = join(home, 'whole');
  const [receipt, log] = [join(home, 'receipt.json'), join(home, 'log')];
  const options = { ...off, entries: 60, seed: 'whole', reserves: true, returns: true };
  const left = await drawDemo({ ...options, out, receipt, log });
  assert.deepEqual(
    left.map((one) => one.what),
    ['bundle', 'receipt', 'log'],
  );
  const files = await readBundle(out);
  const checks = verifyBundle(files, {
    hasher: nodeHasher,
    receipt: await readJsonFile(receipt),
    log: await readLog(log),
  });
  assert.deepEqual(
    checks.filter((check) => check.status !== 'pass'),
    [],
  );
  const text = (path: string): string => Buffer.from(files.get(path) ?? []).toString();
  const manifest = JSON.parse(text('manifest.json')) as Manifest;
  assert.deepEqual(
    manifest.classes.map((one) => one.id),
    ['general', 'age-60'],
  );
  assert.ok(manifest.reserves.length > 0);
  assert.equal(text('pool.jsonl').trim().split('\n').length, 60);
  assert.notEqual(text('void.jsonl'), '', 'somebody withdrew before the close');
  assert.notEqual(text('returns/001/returns.jsonl'), '');
  for (const word of ['confirm', 'cancel', 'lapse', 'promote'])
    assert.match(text('log.jsonl'), new RegExp(`"t":"${word}"`));
});

test('the same entries and seed give the same bundle, byte for byte, and another seed another', async () => {
  const run = async (name: string, seed: string) => {
    await drawDemo({ ...off, entries: 24, seed, returns: true, out: join(home, name) });
    return filesOf(join(home, name));
  };
  const [first, again, other] = await Promise.all([
    run('first', 'seed-1'),
    run('again', 'seed-1'),
    run('other', 'seed-2'),
  ]);
  assert.deepEqual([...again], [...first]);
  assert.notEqual(other.get('/pool.jsonl'), first.get('/pool.jsonl'));
});

/** Runs the command line as a person does. */
function command(...args: string[]) {
  const file = join(projectFolder, 'tools/draw-demo.ts');
  // A group of its own, as a terminal gives it: Ctrl-C reaches every process of the group.
  const child = spawn(process.execPath, [file, ...args], { detached: true });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<{ code: number | null; said: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, said })),
  );
  return { child, ended };
}

test('what was not understood ends with code 2 and a sentence that says what to do', async () => {
  const mine = join(home, 'mine');
  mkdirSync(mine);
  writeFileSync(join(mine, 'letter.txt'), 'dear');
  const [n, s, out] = [
    ['--entries', '5'],
    ['--seed', 'a'],
    ['--out', join(home, 'new')],
  ];
  const cases: [string[], RegExp][] = [
    [[], /--entries needs a whole number from 1 to 100000/],
    [['--entries', '100001', ...s, ...out], /from 1 to 100000/],
    [['--entries', 'ten', ...s, ...out], /from 1 to 100000/],
    [[...n, ...out], /--seed needs/],
    [[...n, ...s], /--out needs the folder/],
    [[...n, ...s, '--out', mine], /is not empty and is not a bundle: give a new folder/],
    [[...n, ...s, ...out, '--log', mine], /is not empty and is not a log/],
    [[...n, ...s, ...out, '--receipt', mine], /is a folder/],
    [[...n, ...s, ...out, '--reserve'], /Unknown option '--reserve'/],
  ];
  for (const [args, sentence] of cases) {
    const { code, said } = await command(...args).ended;
    assert.equal(code, 2, said);
    assert.match(said, sentence);
  }
  assert.deepEqual(readdirSync(mine), ['letter.txt']);
});

test('an interrupted run leaves neither a database nor a bundle behind', async () => {
  const temporary = join(home, 'temporary');
  mkdirSync(temporary);
  const out = join(home, 'never');
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = temporary;
  const run = command('--entries', '3000', '--seed', 'a', '--out', out);
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  await new Promise<void>((resolve) =>
    run.child.stderr.on('data', (chunk: Buffer) => {
      if (chunk.includes('places in')) resolve();
    }),
  );
  assert.notDeepEqual(readdirSync(temporary), []);
  process.kill(-(run.child.pid as number), 'SIGINT');
  assert.equal((await run.ended).code, 130);
  assert.deepEqual(readdirSync(temporary), []);
  assert.ok(!readdirSync(home).includes('never'));
});
