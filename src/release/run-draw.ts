import { returnUnplaced } from '../booking/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Tx } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { canonicalText } from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import { endWishes } from './end-wishes.ts';
import { giveOut, tellPlaced, tellUnplaced } from './give-out.ts';
import { leaveTwins } from './merge-entries.ts';
import { leaveForNotice } from './notice.ts';
import {
  allocate,
  beaconFile,
  drawSeed,
  rankEntries,
  type AllocationLine,
  type BeaconOutput,
  type Manifest,
  type PoolLine,
  type RankingLine,
} from './sealed-draw/index.ts';
import { lockDraw, markDrawn, placesOf, type DrawRow } from './store-draw.ts';
import { entriesOfDraw, storeRanking } from './store-entry.ts';
import { serviceDateOf } from './store.ts';

export type RunContext = { db: Db; clock: Clock; random: Random; fields: FieldCrypto };

/**
 * D5–D7: with the output of the beacon the manifest names, ranks the sealed pool and gives out the
 * places, in one transaction: a crash before it leaves nothing, a crash after it changes nothing. A
 * shadow draw ranks and allocates and gives nothing out.
 * @throws DrawError `beacon` when the output is not the beacon's.
 */
export async function runDraw(
  ctx: RunContext,
  draw_id: string,
  output: BeaconOutput,
): Promise<void> {
  await ctx.db.tx(async (tx) => {
    const draw = await lockDraw(tx, draw_id);
    if (draw?.state !== 'sealed' || draw.seal_json === null || ctx.clock.now() < draw.round_at)
      return;
    const manifest = JSON.parse(draw.manifest) as Manifest;
    const beacon = beaconFile(manifest.beacon, output, (randomness) =>
      drawSeed(draw.seal as string, randomness),
    );
    const entries = (await entriesOfDraw(tx, draw_id)).filter(
      (entry) => entry.withdrawn_at === null,
    );
    const drawn = rankAndAllocate(manifest, beacon.seed, entries);
    const version = await markDrawn(tx, draw_id, canonicalText(beacon), ctx.clock.now());
    await appendEvents(tx, ctx, [
      {
        name: 'release.draw.drawn',
        hospital_id: draw.hospital_id,
        subject: `draw:${draw.id}`,
        version,
        actor: 'system:release',
        payload: { draw_id: draw.id, round: draw.round },
      },
    ]);
    const given =
      draw.kind === 'shadow'
        ? new Map<string, string>()
        : await giveOut(tx, ctx, draw, { ...drawn, entries, hold_until: draw.confirm_until });
    await keepRanking(tx, draw_id, drawn, given);
    const twins = new Set(entries.filter((one) => one.twin_of !== null).map((one) => one.id));
    if (draw.kind !== 'shadow') await tellResults(tx, ctx, draw, { ...drawn, given, twins });
  });
}

/** The ranking and allocation of a pool: pure, and the same for everyone who recomputes it. */
export function rankAndAllocate(
  manifest: Manifest,
  seed: string,
  entries: readonly { line: string }[],
): { ranking: RankingLine[]; allocation: AllocationLine[] } {
  const lines = entries.map((entry) => JSON.parse(entry.line) as PoolLine);
  const byId = new Map(lines.map((line) => [line.e, line]));
  const ranking = rankEntries(seed, lines, nodeHasher);
  const allocation = allocate(
    ranking.map(({ e }) => byId.get(e) as PoolLine),
    manifest,
  );
  return { ranking, allocation };
}

type Drawn = { ranking: RankingLine[]; allocation: AllocationLine[] };

function keepRanking(
  tx: Tx,
  draw_id: string,
  { ranking, allocation }: Drawn,
  given: ReadonlyMap<string, string>,
): Promise<void> {
  return storeRanking(
    tx,
    draw_id,
    ranking.map((line, at) => ({
      id: line.e,
      rank: at + 1,
      rank_key: line.key,
      place: allocation[at]?.place ?? null,
      appointment_id: given.get(line.e) ?? null,
    })),
  );
}

/** Everyone hears; places nobody wanted are free; wishes end or go on; short notice leaves standby. */
async function tellResults(
  tx: Tx,
  ctx: RunContext,
  draw: DrawRow,
  facts: Drawn & { given: Map<string, string>; twins: ReadonlySet<string> },
): Promise<void> {
  const won = facts.allocation.filter((line) => line.place !== null);
  const taken = new Set(won.map((line) => line.place));
  const places = await placesOf(tx, draw.id);
  await returnUnplaced(tx, {
    draw_id: draw.id,
    to: 'free',
    slot_ids: places.filter((one) => !taken.has(one.place)).map((one) => one.slot_id),
    at: ctx.clock.now(),
    actor: 'system:release',
  });
  const { confirm_until } = draw;
  await tellPlaced(tx, ctx, draw, { n: 0, confirm_until, given: facts.given, won });
  const lost = facts.allocation
    .filter((line) => line.place === null && !facts.twins.has(line.e))
    .map((line) => line.e);
  const service_date = await serviceDateOf(tx, places[0]?.session_id ?? '');
  await tellUnplaced(tx, ctx, draw, { ids: lost, service_date });
  const seated = won.map((line) => line.e).filter((e) => !facts.twins.has(e));
  await endWishes(tx, ctx, { draw_id: draw.id, won: seated, main: true });
  await leaveTwins(tx, ctx, draw.id);
  await leaveForNotice(tx, ctx, draw.id, 1);
}
