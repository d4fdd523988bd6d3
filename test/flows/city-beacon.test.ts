import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { default_rhythm } from '../../src/release/index.ts';
import { verifyBundle } from '../../src/release/sealed-draw/verify.ts';
import { beaconCli, holderProcess } from '../support/beacon.ts';
import { bundleOf, drawnClinic, enterAdults, managerAt } from '../support/drawn-clinic.ts';
import { world } from '../support/world.ts';

// The draw lies in the past by the holders' own clocks, so that they give its round to the product,
// whose clock the test sets; that they refuse a round of the future is tested beside them.
const genesis = '1692576000'; // 2023-08-21 08:00 in Shanghai

const folder = join(mkdtempSync(join(tmpdir(), 'city-')), 'ceremony');
let here: Awaited<ReturnType<typeof world>>;
let holders: Awaited<ReturnType<typeof holderProcess>>[];

before(async () => {
  const facts = ['--threshold', '2', '--holders', '3', '--period', '30', '--genesis', genesis];
  const dealt = spawnSync(process.execPath, [beaconCli, 'deal', ...facts, '--out', folder]);
  assert.equal(dealt.status, 0, String(dealt.stderr));
  holders = await Promise.all([1, 2, 3].map((n) => holderProcess(folder, n)));
  here = await world('city flow', new Date('2023-08-20T00:00:00Z'), {
    DEMO: '0',
    BEACON: 'city',
    CITY_BEACON: join(folder, 'group.json'),
    CITY_BEACON_HOLDERS: holders.map(({ url }) => url).join(' '),
  });
});
after(async () => {
  for (const holder of holders) await holder.end();
  rmSync(join(folder, '..'), { recursive: true });
  await here.stop();
});

const to = async (instant: string): Promise<void> => {
  here.clock.set(new Date(instant));
  await here.settle();
};

test('a draw with a city beacon waits while too few of its three holders answer, and two are enough', async () => {
  await drawnClinic(here, {
    clinic_day: '2023-08-26',
    other_day: '2023-08-21',
    rhythm: default_rhythm,
  });
  await to('2023-08-22T00:00:00Z'); // D−4 08:00: the manifest
  const manager = await managerAt(here);
  const [draw] = (await manager.get('/api/staff/draws')).draws;
  const group = JSON.parse(readFileSync(join(folder, 'group.json'), 'utf8')) as { chain: string };
  assert.deepEqual([draw.beacon.kind, draw.beacon.independent], ['city', true]);
  assert.equal(draw.beacon.chain, group.chain);
  await enterAdults(here, manager, draw);
  await to('2023-08-23T04:01:00Z'); // closed and sealed, well before the round

  await holders[0]?.end();
  await holders[1]?.end();
  await to('2023-08-23T04:16:00Z'); // the round's time has passed
  const waiting = await (await managerAt(here)).get(`/api/draws/${draw.draw_id}`);
  assert.equal(waiting.state, 'sealed', 'one holder alone cannot make the round');

  const { port } = new URL(holders[1]?.url ?? '');
  holders.push(await holderProcess(folder, 2, port));
  await to('2023-08-23T04:18:00Z');
  const someone = await managerAt(here);
  const drawn = await someone.get(`/api/draws/${draw.draw_id}`);
  assert.equal(drawn.state, 'drawn');
  assert.match(drawn.beacon.signature, /^[0-9a-f]{96}$/);
  const checks = verifyBundle(await bundleOf(someone, draw.draw_id), {});
  assert.deepEqual(
    checks.filter((check) => check.status === 'fail'),
    [],
  );
  assert.equal(checks.find((check) => check.id === 'V6')?.status, 'pass');

  const asked = ['--group', join(folder, 'group.json'), '--round', String(draw.round)];
  const urls = holders.flatMap(({ url }) => ['--holder', url]);
  const again = spawnSync(process.execPath, [beaconCli, 'round', ...asked, ...urls]);
  assert.equal(String(again.stdout).trim(), drawn.beacon.signature, 'anyone can ask them again');
});
