import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { sql } from '../../src/platform/sql.ts';
import { default_rhythm } from '../../src/release/index.ts';
import { verifyBundle } from '../../src/release/sealed-draw/verify.ts';
import { bundleOf, drawnClinic, enterAdults, managerAt } from '../support/drawn-clinic.ts';
import { visitor, world } from '../support/world.ts';

// Real drand quicknet round 1000, published on 2023-08-23 at 15:59:24 UTC.
const vector = JSON.parse(
  readFileSync(new URL('../fixtures/sealed-draw-kat.json', import.meta.url), 'utf8'),
) as { beaconSignature: string; randomness: string };

let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('drand flow', new Date('2023-08-20T00:00:00Z'), {
    DEMO: '0',
    DRAND_URL: 'off',
  });
});
after(() => here.stop());

const clinic_day = '2023-08-26';
/** Seals at 23:45 in Shanghai on D−3, so that the first round at or after +864 s is round 1000. */
const rhythm = {
  ...default_rhythm,
  close: { days_before: 3, time: '23:40' },
  seal_by: { days_before: 3, time: '23:45' },
  offset_s: 864,
  margin_s: 300,
  confirm_by: { days_before: 2, time: '12:00' },
  returns: [],
} as typeof default_rhythm;

const to = (instant: string) => async () => {
  here.clock.set(new Date(instant));
  await here.settle();
};

test('a draw in days waits for real drand round 1000, which a person pastes, and verifies', async () => {
  await drawnClinic(here, { clinic_day, other_day: '2023-08-21', rhythm });
  await to('2023-08-22T00:00:00Z')(); // D−4 08:00: the manifest
  const manager = await managerAt(here);
  const [draw] = (await manager.get('/api/staff/draws')).draws;
  assert.equal(draw.state, 'open');
  assert.equal(draw.round, 1000);
  assert.deepEqual([draw.beacon.kind, draw.beacon.independent], ['drand', true]);
  await enterAdults(here, manager, draw);
  await to('2023-08-23T15:40:00Z')(); // closed and sealed, in the log well before the round
  await to('2023-08-23T16:05:00Z')(); // the round's time has passed; nobody has brought it yet
  const waiting = await (await managerAt(here)).get(`/api/draws/${draw.draw_id}`);
  assert.equal(waiting.state, 'sealed', 'it waits for the same round, whose value cannot change');

  const brings = await managerAt(here);
  const forged = vector.beaconSignature.replace(/^../, 'b5');
  const refused = await brings.send('POST', '/api/staff/beacon-rounds', {
    round: 1000,
    signature: forged,
  });
  assert.equal(refused.body.code, 'release/round-refused');
  await brings.post('/api/staff/beacon-rounds', {
    round: 1000,
    signature: ` ${vector.beaconSignature.toUpperCase()} `,
  });
  await here.settle();
  const drawn = await brings.get(`/api/draws/${draw.draw_id}`);
  assert.equal(drawn.state, 'drawn');
  assert.equal(drawn.beacon.signature, vector.beaconSignature);

  const zip = await brings.send('GET', `/api/draws/${draw.draw_id}/bundle.zip`);
  assert.equal(zip.raw.subarray(0, 2).toString(), 'PK');
  const checks = verifyBundle(await bundleOf(brings, draw.draw_id), {});
  assert.deepEqual(
    checks.filter((check) => check.status === 'fail'),
    [],
  );
});

test('the demo’s pages and the demo beacon do not exist outside the demo', async () => {
  const anyone = visitor(here.app);
  for (const url of ['/api/demo', '/api/demo/outbox'])
    assert.equal((await anyone.send('GET', url)).status, 404, url);
  const manifests = await here.ctx.db.many<{ manifest: string }>(
    sql`select manifest from release.draw`,
  );
  for (const { manifest } of manifests) assert.equal(JSON.parse(manifest).beacon.kind, 'drand');
});
