import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { after, test } from 'node:test';
import { beaconCli, holderProcess } from '../../../test/support/beacon.ts';
import { projectFolder } from '../../platform/project.ts';
import { verifyRound } from '../sealed-draw/index.ts';
import type { Group } from './group-file.ts';

const home = mkdtempSync(join(tmpdir(), 'beacon-'));
const holders: Awaited<ReturnType<typeof holderProcess>>[] = [];
after(async () => {
  for (const holder of holders) await holder.end();
  rmSync(home, { recursive: true });
});

const run = (...args: string[]) =>
  spawnSync(process.execPath, [beaconCli, ...args], { encoding: 'utf8' });
const folder = join(home, 'ceremony');
const file = (name: string): string => join(folder, name);
const dealing = ['deal', '--threshold', '2', '--holders', '3', '--period', '30', '--genesis'];

async function hold(n: number) {
  const holder = await holderProcess(folder, n);
  holders.push(holder);
  return holder;
}

test('a ceremony gives each holder a secret share that it can check, and publishes the rest', () => {
  const dealt = run(
    ...dealing,
    '1700000000',
    '--out',
    folder,
    '--name',
    '卫健委',
    '--name',
    '公证处',
  );
  assert.equal(dealt.status, 0, dealt.stderr);
  assert.match(
    dealt.stdout,
    /share-1\.json is for 卫健委\nshare-2\.json is for 公证处\nshare-3\.json is for 3\n/,
  );
  for (const n of [1, 2, 3]) {
    assert.equal(statSync(file(`share-${n}.json`)).mode & 0o777, 0o600);
    const checked = run('check', '--share', file(`share-${n}.json`), '--group', file('group.json'));
    assert.match(checked.stdout, new RegExp(`This is share ${n} .* of 3; any 2 make a round`));
  }
  const again = run(...dealing, '1700000000', '--out', folder);
  assert.equal(again.status, 1);
  assert.match(again.stderr, /is not empty/);
});

test('a share of another ceremony is refused', () => {
  const other = join(home, 'other');
  assert.equal(run(...dealing, '1700000000', '--out', other).status, 0);
  const wrong = run('check', '--share', join(other, 'share-1.json'), '--group', file('group.json'));
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /share-1\.json: This share is of the beacon/);
});

test('three holders in processes of their own make a round; two are enough, one is not', async () => {
  const group = JSON.parse(readFileSync(file('group.json'), 'utf8')) as Group;
  const [one, two, three] = await Promise.all([hold(1), hold(2), hold(3)]);
  const round = (...urls: string[]) =>
    run(
      'round',
      '--group',
      file('group.json'),
      '--round',
      '5',
      ...urls.flatMap((url) => ['--holder', url]),
    );
  const whole = round(one.url, two.url, three.url);
  assert.equal(whole.status, 0, whole.stderr);
  assert.match(whole.stdout, /^[0-9a-f]{96}\n$/);
  assert.ok(verifyRound(group.publicKey, 5, whole.stdout.trim()));

  assert.equal(await two.end(), 0, 'it ends in good order when its standard input does');
  const without = round(one.url, two.url, three.url);
  assert.equal(without.stdout, whole.stdout);
  assert.match(without.stderr, new RegExp(`key holder at ${two.url} cannot be reached`));

  await three.end();
  const alone = round(one.url, two.url, three.url);
  assert.equal(alone.status, 1);
  assert.equal(alone.stdout, '');
  assert.match(alone.stderr, /1 good parts; 2 are needed/);
});

test('a round of the future is not to be had, whoever asks', async () => {
  const urls = await Promise.all([hold(1), hold(2)]);
  const far = run(
    'round',
    '--group',
    file('group.json'),
    '--round',
    '999999999',
    ...urls.flatMap(({ url }) => ['--holder', url]),
  );
  assert.equal(far.status, 1);
  assert.match(far.stderr, /answered 425 Round 999999999 is not due before/);
});

test('what was not understood is told with the usage', () => {
  for (const [args, said] of [
    [[], /A command is missing/],
    [['deel'], /No command "deel"/],
    [['deal', '--threshold', '2'], /--holders is missing/],
    [['deal', '--holders', 'three'], /--holders must be a whole number/],
    [['round', '--group', file('group.json'), '--round', '1'], /--holder is missing/],
    [['hold', '--shares', 'x'], /Unknown option '--shares'/],
  ] as const) {
    const { status, stderr } = run(...args);
    assert.equal(status, 2);
    assert.match(stderr, said);
    assert.match(stderr, /npm run beacon -- deal/);
  }
  const one = run(
    'deal',
    '--threshold',
    '1',
    '--holders',
    '3',
    '--period',
    '3',
    '--genesis',
    '1',
    '--out',
    join(home, 'x'),
  );
  assert.equal(one.status, 1);
  assert.match(one.stderr, /at least 2/);
});

test('a key holder loads nothing of the database, the configuration or the rest of the product', () => {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const text = readFileSync(path, 'utf8').replaceAll(/^import type [^;]*;/gm, '');
    for (const [, from = ''] of text.matchAll(/from '([^']+)'/g))
      if (from.startsWith('.')) visit(resolve(dirname(path), from));
      else seen.add(from);
  };
  visit(beaconCli);
  const loaded = [...seen].map((path) =>
    path.startsWith('/') ? relative(projectFolder, path) : path,
  );
  const allowed =
    /^(node:|@noble\/|src\/release\/(beacon|sealed-draw)\/|src\/platform\/(clock|random)\.ts|src\/platform\/tlog\/)/;
  assert.deepEqual(
    loaded.filter((path) => !allowed.test(path) || path.endsWith('/store.ts')),
    [],
  );
});
