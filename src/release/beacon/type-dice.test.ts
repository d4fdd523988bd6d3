import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bareDraw, beaconConfig } from '../../../test/support/beacon.ts';
import { testDatabase } from '../../../test/support/database.ts';
import { manualClock } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import { systemRandom } from '../../platform/random.ts';
import { secretsFrom } from '../../platform/secrets.ts';
import { sql } from '../../platform/sql.ts';
import { beaconLabel } from './label.ts';
import { outputFor } from './output.ts';
import { beaconSetting } from './setting.ts';
import { typeDice } from './type-dice.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
before(async () => {
  database = await testDatabase();
});
after(() => database.stop());

const time = 1_800_000_000;
const beacon = { chain: 'dice', kind: 'dice', margin: 300, offset: 600 } as const;
const here = () => ({
  db: database.db,
  clock: manualClock(new Date(time * 1000)),
  random: systemRandom,
  config: beaconConfig({ kind: 'dice' }),
  secrets: secretsFrom(new Uint8Array(32)),
});

const thrown = '314154263536151426246433462254'.padEnd(50, '5');
const spaced = ` ${thrown.replaceAll(/(.{10})/g, '$1 ')}\n`;
const other = thrown.replace(/^3/, '4');

/** Types for a fresh draw, or a return of it. */
async function table(n = 0) {
  const ctx = { ...here() };
  const draw_id = await bareDraw(database.db, beacon);
  return {
    ctx,
    draw_id,
    type: (actor: string, throws: string) => typeDice(ctx, { draw_id, n, throws, actor }),
    output: (at = time) =>
      outputFor(ctx, { beacon, draw_id, n, moment: { round: null, time: at } }),
  };
}
const refusedAs = (code: string) => (error: unknown) =>
  error instanceof Problem && error.kind.code === code;

test('dice count once two different people have typed the same', async () => {
  const { type, output } = await table();
  assert.deepEqual(await beaconSetting(here()), { chain: 'dice', kind: 'dice' });
  assert.deepEqual(await type('staff:a', spaced), { state: 'waiting' });
  assert.deepEqual(await type('staff:a', thrown), { state: 'waiting' });
  assert.equal(await output(), undefined, 'one person alone settles nothing');
  assert.deepEqual(await type('staff:b', thrown), { state: 'agreed' });
  assert.deepEqual(await output(), { throws: thrown });
  assert.equal(await output(time + 1), undefined, 'and not before the hour');
});

test('who types something else is told to look again, and whoever was wrong types anew', async () => {
  const { type, output } = await table();
  await type('staff:a', other);
  await assert.rejects(type('staff:b', thrown), refusedAs('release/dice-differ'));
  await assert.rejects(type('staff:b', `${thrown}6`), refusedAs('release/dice-differ'));
  await assert.rejects(type('staff:b', thrown), refusedAs('release/dice-differ'));
  assert.equal(await output(), undefined);
  assert.deepEqual(await type('staff:a', thrown), { state: 'agreed' });
  assert.deepEqual(await output(), { throws: thrown });
});

test('what two people agreed on can no longer change', async () => {
  const { type, output } = await table();
  await type('staff:a', thrown);
  await type('staff:b', thrown);
  assert.deepEqual(await type('staff:a', thrown), { state: 'agreed' }, 'a repeat harms nothing');
  await assert.rejects(type('staff:a', other), refusedAs('release/dice-settled'));
  await assert.rejects(type('staff:c', other), refusedAs('release/dice-settled'));
  assert.deepEqual(await output(), { throws: thrown });
});

test('two people who type at the same moment see each other', async () => {
  for (let turn = 0; turn < 5; turn++) {
    const { type, output } = await table();
    const states = await Promise.all([type('staff:a', thrown), type('staff:b', thrown)]);
    assert.deepEqual(states.map(({ state }) => state).sort(), ['agreed', 'waiting']);
    assert.deepEqual(await output(), { throws: thrown });
  }
});

test('fewer than 50 throws, or anything but 1 to 6, is refused', async () => {
  const { type, draw_id } = await table();
  for (const throws of [thrown.slice(1), `${thrown}7`, `${thrown}0`, `${thrown},1`, ''])
    await assert.rejects(type('staff:a', throws), refusedAs('release/dice-refused'));
  const wide = [...thrown]
    .map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))
    .join('');
  assert.deepEqual(await type('staff:a', wide), { state: 'waiting' }, 'full-width digits will do');
  const stored = await database.db.one<{ throws: string }>(
    sql`select throws from release.dice_throw where draw_id = ${draw_id}`,
  );
  assert.equal(stored.throws, thrown);
  const nowhere = { draw_id: crypto.randomUUID(), n: 0, throws: thrown, actor: 'staff:a' };
  await assert.rejects(typeDice(here(), nowhere), refusedAs('release/draw-unknown'));
});

test('a return has throws of its own', async () => {
  const main = await table();
  await main.type('staff:a', thrown);
  await main.type('staff:b', thrown);
  const ask = (n: number) =>
    outputFor(main.ctx, { beacon, draw_id: main.draw_id, n, moment: { round: null, time } });
  assert.equal(await ask(1), undefined);
  for (const actor of ['staff:a', 'staff:b'])
    await typeDice(main.ctx, { draw_id: main.draw_id, n: 1, throws: other, actor });
  assert.deepEqual(await ask(1), { throws: other });
});

test('every typing leaves an event with the hash of its throws, so that trying out would show', async () => {
  const { type, draw_id } = await table();
  await type('staff:a', other);
  await type('staff:a', thrown);
  await type('staff:b', thrown);
  const events = await database.db.many<{ actor: string; payload: Record<string, unknown> }>(sql`
    select actor, payload from platform.event
    where name = 'release.dice.typed' and payload ->> 'draw_id' = ${draw_id} order by tx`);
  assert.deepEqual(
    events.map(({ actor, payload }) => [actor, payload.agreed]),
    [
      ['staff:a', false],
      ['staff:a', false],
      ['staff:b', true],
    ],
  );
  const hashes = events.map(({ payload }) => payload.throws_hash);
  assert.notEqual(hashes[0], hashes[1]);
  assert.equal(hashes[1], hashes[2]);
  assert.ok(!JSON.stringify(events).includes(thrown));
});

test('the demo beacon is labelled as not independent, drand as run abroad', () => {
  assert.equal(beaconLabel('demo').independent, false);
  assert.match(beaconLabel('demo').zh, /不独立/);
  assert.match(beaconLabel('drand').zh, /境外运行/);
  assert.match(beaconLabel('drand').en, /run abroad/);
  for (const kind of ['city', 'dice', 'drand'] as const) assert.ok(beaconLabel(kind).independent);
});
