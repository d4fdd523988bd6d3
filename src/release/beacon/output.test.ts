import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { bareDraw, beaconConfig, listening } from '../../../test/support/beacon.ts';
import { testDatabase } from '../../../test/support/database.ts';
import { manualClock } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import { seededRandom, systemRandom } from '../../platform/random.ts';
import { secretsFrom } from '../../platform/secrets.ts';
import { sql } from '../../platform/sql.ts';
import { addRound } from '../add-round.ts';
import {
  BEACON_SCHEME,
  QUICKNET,
  roundTime,
  signRound,
  verifyRound,
  type BlsBeacon,
} from '../sealed-draw/index.ts';
import { fromHex } from '../../platform/tlog/index.ts';
import { createHolder } from './holder.ts';
import { outputFor } from './output.ts';
import { createRoundSource } from './round-source.ts';
import { beaconSetting, type BlsSetting } from './setting.ts';
import { combine, deal } from './shares.ts';

const { rounds } = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/quicknet-rounds.json', import.meta.url), 'utf8'),
) as { rounds: { round: number; signature: string }[] };
const recorded = new Map(rounds.map(({ round, signature }) => [round, signature]));

let database: Awaited<ReturnType<typeof testDatabase>>;
const stops: (() => void)[] = [];
before(async () => {
  database = await testDatabase();
});
after(async () => {
  for (const stop of stops) stop();
  await database.stop();
});

const secrets = secretsFrom(new Uint8Array(32));

/** An installation: database, clock, and what its sources said. */
function installation(change: Parameters<typeof beaconConfig>[0], start: number) {
  const clock = manualClock(new Date(start * 1000));
  const said: string[] = [];
  let asked = 0;
  const network: typeof fetch = (input, init) => {
    asked++;
    return fetch(input, init);
  };
  const base = {
    db: database.db,
    clock,
    random: systemRandom,
    config: beaconConfig(change),
    secrets,
    network,
  };
  const roundSource = createRoundSource({ ...base, report: (words) => said.push(words) });
  return {
    ctx: { ...base, roundSource },
    said,
    asked: () => asked,
    to: (second: number) => clock.set(new Date(second * 1000)),
  };
}

const named = (setting: BlsSetting, round: number): BlsBeacon => ({
  ...setting,
  margin: 300,
  offset: 600,
  round,
});
const quicknet = (round: number): BlsBeacon =>
  named({ kind: 'drand', ...QUICKNET, scheme: BEACON_SCHEME }, round);
const wanted = (beacon: BlsBeacon, n = 0) => ({
  beacon,
  draw_id: '00000000-0000-4000-8000-0000000000aa',
  n,
  moment: { round: beacon.round, time: roundTime(beacon, beacon.round) },
});
const sourceOf = async (chain: string, round: number): Promise<string | undefined> =>
  (
    await database.db.maybe<{ source: string }>(
      sql`select source from release.beacon_round where chain = ${chain} and round = ${round}`,
    )
  )?.source;

/** A relay as drand's: answers what it has, 404 else. */
async function relay(has: ReadonlyMap<number, string>): Promise<string> {
  const { url, stop } = await listening((request, reply) => {
    const round = Number(/^\/[0-9a-f]{64}\/public\/(\d+)$/.exec(request.url ?? '')?.[1]);
    const signature = has.get(round);
    if (signature === undefined) reply.writeHead(404).end('{}');
    else reply.end(JSON.stringify({ round, randomness: 'not believed', signature }));
  });
  stops.push(stop);
  return url;
}

test('a real round of drand comes over HTTP once its time has come, not a second before, and is kept', async () => {
  const url = await relay(recorded);
  const wants = wanted(quicknet(123));
  const here = installation({ drand_urls: [url] }, wants.moment.time - 1);
  assert.equal(await outputFor(here.ctx, wants), undefined);
  assert.equal(here.asked(), 0, 'nobody is asked before the time');
  here.to(wants.moment.time);
  const expected = { round: 123, signature: recorded.get(123) };
  assert.deepEqual(await outputFor(here.ctx, wants), expected);
  assert.deepEqual(await outputFor(here.ctx, wants), expected);
  assert.equal(here.asked(), 1, 'the second time it is known');
  assert.equal(await sourceOf(QUICKNET.chain, 123), `drand over HTTP, ${url}`);
  const events = await database.db.many(
    sql`select payload from platform.event where subject = ${`beacon:${QUICKNET.chain}:123`}`,
  );
  assert.deepEqual(events, [{ payload: { chain: QUICKNET.chain, round: 123, source: 'drand' } }]);
});

test('a relay’s wrong signature is told and ignored, and another relay’s right one is taken', async () => {
  const lying = await relay(new Map([[657_413, recorded.get(1000) as string]]));
  const wants = wanted(quicknet(657_413));
  const alone = installation({ drand_urls: [lying] }, wants.moment.time);
  assert.equal(await outputFor(alone.ctx, wants), undefined);
  assert.match(alone.said.join(), /gave a wrong signature, which was ignored/);
  assert.equal(await sourceOf(QUICKNET.chain, 657_413), undefined);
  const both = installation({ drand_urls: [lying, await relay(recorded)] }, wants.moment.time);
  const found = await outputFor(both.ctx, wants);
  assert.deepEqual(found, { round: 657_413, signature: recorded.get(657_413) });
});

test('a silent relay is asked at growing intervals, and never holds a tick for more than two seconds', async () => {
  const { url, stop } = await listening(() => undefined);
  stops.push(stop);
  const wants = wanted(quicknet(2));
  const here = installation({ drand_urls: [url] }, wants.moment.time);
  const began = performance.now();
  assert.equal(await outputFor(here.ctx, wants), undefined);
  assert.ok(performance.now() - began < 2_000);
  assert.match(here.said.join(), /did not answer within 1500 ms/);
  assert.equal(await outputFor(here.ctx, wants), undefined);
  assert.equal(here.asked(), 1, 'left alone for a second');
  here.to(wants.moment.time + 1);
  await outputFor(here.ctx, wants);
  here.to(wants.moment.time + 2);
  await outputFor(here.ctx, wants);
  assert.equal(here.asked(), 2, 'then for two');
});

test('without a way out a drand round is pasted, and the draw waits until then', async () => {
  const wants = wanted(quicknet(3));
  const here = installation({}, wants.moment.time + 5_000);
  assert.equal(await outputFor(here.ctx, wants), undefined);
  const paste = (signature: string) =>
    addRound(here.ctx, { round: 3, signature, actor: 'staff:1', hospital_id: null });
  await assert.rejects(paste(recorded.get(2) as string), Problem);
  await assert.rejects(paste('ab'), Problem);
  await paste(`  ${recorded.get(3)?.toUpperCase()}\n`);
  await paste(recorded.get(3) as string);
  assert.deepEqual(await outputFor(here.ctx, wants), { round: 3, signature: recorded.get(3) });
  assert.equal(here.asked(), 0);
  assert.equal(await sourceOf(QUICKNET.chain, 3), 'pasted by staff:1');
});

const genesis = 1_700_000_000;
const { group, shares } = deal(
  { threshold: 2, names: ['a', 'b', 'c'], genesis, period: 30 },
  seededRandom('city'),
);
const home = mkdtempSync(join(tmpdir(), 'city-'));
stops.push(() => rmSync(home, { recursive: true }));
const group_file = join(home, 'group.json');
writeFileSync(group_file, JSON.stringify(group));

test('a city beacon of three holders gives its rounds with one of them dead; a pasted round will do too', async () => {
  const here = installation({ kind: 'city' }, genesis);
  const holders = ['http://127.0.0.1:9'];
  for (const share of shares.slice(1)) {
    const server = createHolder({ group, share, clock: here.ctx.clock });
    const { url, stop } = await listening((request, reply) =>
      server.emit('request', request, reply),
    );
    stops.push(stop);
    holders.push(url);
  }
  const ctx = {
    ...here.ctx,
    config: beaconConfig({ kind: 'city', city: { group_file, holders } }),
  };
  const said: string[] = [];
  const roundSource = createRoundSource({ ...ctx, report: (words) => said.push(words) });
  const setting = await beaconSetting(ctx);
  if (setting.kind === 'dice') assert.fail();
  assert.deepEqual([setting.kind, setting.chain, setting.period], ['city', group.chain, 30]);
  const wants = wanted(named(setting, 5));
  assert.equal(await outputFor({ ...ctx, roundSource }, wants), undefined);
  here.to(wants.moment.time);
  const found = await outputFor({ ...ctx, roundSource }, wants);
  assert.ok(found && 'signature' in found && verifyRound(group.publicKey, 5, found.signature));
  assert.match(said.join(), /key holder at http:\/\/127\.0\.0\.1:9 cannot be reached/);
  assert.equal(await sourceOf(group.chain, 5), 'city beacon, holders 2, 3');

  // A round of a city beacon that no draw here names is of no use; once one does, it is taken.
  const parts = shares.map(({ index, secret }) => ({
    index,
    signature: signRound(fromHex(secret), 6),
  }));
  const pasted = { round: 6, signature: combine(group, 6, parts) as string };
  const paste = () => addRound(ctx, { ...pasted, actor: 'staff:1', hospital_id: null });
  await assert.rejects(paste(), Problem);
  await bareDraw(database.db, named(setting, 6));
  await paste();
  const next = wanted(named(setting, 6), 1);
  here.to(next.moment.time);
  assert.deepEqual(await outputFor({ ...here.ctx }, next), pasted);
});

test('a city beacon whose group file was changed stops the start with a sentence', () => {
  const changed = join(home, 'changed.json');
  writeFileSync(changed, JSON.stringify({ ...group, period: 3 }));
  const city = { group_file: changed, holders: ['http://127.0.0.1:9'] };
  assert.throws(
    () => installation({ kind: 'city', city }, genesis),
    /changed\.json: This group file cannot be used: its chain is not the hash/,
  );
});

test('the demo beacon signs a round at its time, by itself and saying so', async () => {
  const start = 1_800_000_000;
  const here = installation({ kind: 'demo' }, start);
  const setting = await beaconSetting(here.ctx);
  if (setting.kind === 'dice') assert.fail();
  const wants = wanted(named(setting, 11));
  assert.equal(wants.moment.time, start + 30);
  assert.equal(await outputFor(here.ctx, wants), undefined);
  here.to(start + 30);
  const found = await outputFor(here.ctx, wants);
  assert.ok(found && 'signature' in found && verifyRound(setting.publicKey, 11, found.signature));
  assert.equal(await sourceOf(setting.chain, 11), 'demo beacon (not independent)');
  const foreign = { ...wants, beacon: { ...wants.beacon, chain: 'ab'.repeat(32) } };
  assert.equal(await outputFor(here.ctx, foreign), undefined, 'it signs for no other chain');
});
