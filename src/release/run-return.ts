import { returnUnplaced } from '../booking/index.ts';
import type { Tx } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import { canonicalText } from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import { giveOut, tellPlaced } from './give-out.ts';
import { ledgerOf, returnLines } from './ledger-of.ts';
import { leaveForNotice } from './notice.ts';
import {
  beaconFile,
  closeReturn,
  drawReturn,
  returnSeed,
  type BeaconOutput,
  type Manifest,
  type PoolLine,
  type RankingLine,
  type AllocationLine,
} from './sealed-draw/index.ts';
import { logDrawEvents } from './draw-log.ts';
import type { RunContext } from './run-draw.ts';
import { lockDraw, placesOf, type DrawRow } from './store-draw.ts';
import { entriesOfDraw, type EntryRow } from './store-entry.ts';
import {
  lockReturn,
  markReturnDrawn,
  storeReturnRanking,
  storeReturnWins,
  type ReturnRow,
} from './store-return.ts';
import { endWishes } from './end-wishes.ts';

const actor = 'system:release';

/**
 * Draws return `n` with the fresh round: ranks the standby pool by seed′, gives each returned place
 * to the first who may have it, and promotes the winners, in one transaction.
 * @throws DrawError `beacon` when the output is not the beacon's.
 */
export async function runReturn(
  ctx: RunContext,
  draw_id: string,
  n: number,
  output: BeaconOutput,
): Promise<void> {
  await ctx.db.tx(async (tx) => {
    const draw = await lockDraw(tx, draw_id);
    const row = await lockReturn(tx, draw_id, n);
    const now = ctx.clock.now();
    if (draw?.state !== 'drawn' || row?.state !== 'sealed' || row.seal_json === null) return;
    if (now < row.round_at) return;
    const manifest = JSON.parse(draw.manifest) as Manifest;
    const beacon = beaconFile(manifest.beacon, output, (randomness) =>
      returnSeed({
        seal: draw.seal as string,
        returnsHash: row.returns_hash as string,
        randomness,
      }),
    );
    const entries = await entriesOfDraw(tx, draw_id);
    const drawn = await drawNow(tx, { draw, row, entries, seed: beacon.seed });
    await storeReturnRanking(
      tx,
      draw_id,
      n,
      drawn.ranking.map((line, at) => ({
        rank: at + 1,
        entry_id: line.e,
        rank_key: line.key,
        place: drawn.allocation[at]?.place ?? null,
      })),
    );
    const version = await markReturnDrawn(tx, {
      draw_id,
      n,
      beacon_json: canonicalText(beacon),
      at: now,
    });
    await appendEvents(tx, ctx, [
      {
        name: 'release.return.drawn',
        hospital_id: draw.hospital_id,
        subject: `return:${draw_id}:${n}`,
        version,
        actor,
        payload: { draw_id, n, round: row.round },
      },
    ]);
    await promote(tx, ctx, { draw, row, entries, allocation: drawn.allocation });
    await leaveForNotice(tx, ctx, draw_id, n + 1);
  });
}

async function drawNow(
  tx: Tx,
  facts: { draw: DrawRow; row: ReturnRow; entries: EntryRow[]; seed: string },
): Promise<{ ranking: RankingLine[]; allocation: AllocationLine[] }> {
  const { draw, row } = facts;
  const ledger = await ledgerOf(tx, draw, row.n);
  const candidates = facts.entries
    .filter((entry) => entry.withdrawn_at === null && ledger.standby.has(entry.id))
    .map((entry) => JSON.parse(entry.line) as PoolLine);
  const lines = returnLines(row);
  const drawn = drawReturn({ lines, candidates, seed: facts.seed }, nodeHasher);
  closeReturn(ledger, row.n, { lines, allocation: drawn.allocation, seed: facts.seed }, nodeHasher);
  // What nobody wanted and no later return draws goes to the people who come in person.
  const waiting = new Set([...ledger.due.keys()]);
  const given = new Set(drawn.allocation.map((line) => line.place));
  const left = lines.filter(({ place }) => !given.has(place) && !waiting.has(place));
  const slotOf = new Map((await placesOf(tx, draw.id)).map((one) => [one.place, one.slot_id]));
  await returnUnplaced(tx, {
    draw_id: draw.id,
    slot_ids: left.flatMap(({ place }) => slotOf.get(place) ?? []),
    to: 'cooling',
    at: row.round_at,
    actor,
  });
  return drawn;
}

async function promote(
  tx: Tx,
  ctx: RunContext,
  facts: { draw: DrawRow; row: ReturnRow; entries: EntryRow[]; allocation: AllocationLine[] },
): Promise<void> {
  const { draw, row } = facts;
  const won = facts.allocation.filter((line) => line.place !== null);
  if (won.length === 0) return;
  await logDrawEvents(
    tx,
    draw.id,
    won.map(({ e, place }) => ({ e, place, t: 'promote' as const })),
    ctx.clock.now(),
  );
  const given = await giveOut(tx, ctx, draw, {
    entries: facts.entries,
    allocation: won,
    hold_until: row.confirm_until,
  });
  await storeReturnWins(
    tx,
    draw.id,
    row.n,
    won.map(({ e, place }) => ({
      entry_id: e,
      place: place as number,
      appointment_id: given.get(e) ?? null,
    })),
  );
  await tellPlaced(tx, ctx, draw, { n: row.n, confirm_until: row.confirm_until, given, won });
  await endWishes(tx, ctx, {
    draw_id: draw.id,
    won: won.map((line) => line.e),
    main: false,
  });
}
