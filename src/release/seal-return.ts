import { claimFallenFree, claimReturned, lastGivers } from '../booking/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { canonicalText, utf8Text } from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import { clusterOf } from './cluster.ts';
import { ledgerOf } from './ledger-of.ts';
import { missReturn } from './miss-return.ts';
import {
  dueAt,
  returnsHash,
  returnsLeaf,
  type Ledger,
  type Manifest,
  type ReturnLine,
} from './sealed-draw/index.ts';
import { joinPlaces, lockDraw, placesOf, type DrawPlace, type DrawRow } from './store-draw.ts';
import {
  clusterKeysOf,
  lockReturn,
  markReturnEmpty,
  markReturnSealed,
  raiseEntries,
} from './store-return.ts';

type ReturnContext = { db: Db; clock: Clock; random: Random };

const actor = 'system:release';

/**
 * D8: at the close of return `n`, gathers what came back, fixes who is excluded from what, and seals
 * it in the log before the fresh round R′ exists. Running it again changes nothing.
 */
export async function sealReturn(ctx: ReturnContext, draw_id: string, n: number): Promise<void> {
  await ctx.db.tx(async (tx) => {
    const draw = await lockDraw(tx, draw_id);
    const row = await lockReturn(tx, draw_id, n);
    const now = ctx.clock.now();
    if (draw?.state !== 'drawn' || row?.state !== 'waiting' || now < row.closes_at) return;
    const manifest = JSON.parse(draw.manifest) as Manifest;
    const late = now.getTime() >= row.round_at.getTime() - manifest.beacon.margin * 1000;
    // Too late to be sealed before R′: what came back waits for the next return, and all can see it.
    if (late) return missReturn(tx, ctx, { draw, n, reason: 'sealed too late' });
    const lines = await gather(tx, ctx, draw, n);
    if (lines.length === 0) return markReturnEmpty(tx, draw_id, n);
    const hash = returnsHash(lines, nodeHasher);
    const [event_id] = await appendEvents(tx, ctx, [
      {
        name: 'release.return.sealed',
        hospital_id: draw.hospital_id,
        subject: `return:${draw_id}:${n}`,
        version: row.version + 1,
        actor,
        payload: { draw_id, n, leaf: utf8Text(returnsLeaf(manifest.draw, n, hash)) },
      },
    ]);
    const text = lines.map((line) => `${canonicalText(line)}\n`).join('');
    await markReturnSealed(tx, { draw_id, n, text, hash, at: now, event_id: event_id as string });
    await tellExcluded(tx, ctx, { draw, n, lines });
  });
}

/** The places due at this return with what newly fell free, as returns.jsonl lists them. */
async function gather(tx: Tx, ctx: ReturnContext, draw: DrawRow, n: number): Promise<ReturnLine[]> {
  const at = ctx.clock.now();
  const ledger = await ledgerOf(tx, draw, n);
  const places = await placesOf(tx, draw.id);
  const joined = await joinFallenFree(tx, { draw, n, ledger, places, at });
  const all = [...places, ...joined];
  const due = dueAt(ledger, n);
  const slotOf = new Map(all.map((place) => [place.place, place.slot_id]));
  await claimReturned(tx, {
    draw_id: draw.id,
    slot_ids: due.flatMap(({ place }) => slotOf.get(place) ?? []),
    at,
    actor,
  });
  const cluster = clusterOf(await clusterKeysOf(tx, draw.id));
  const back = [...due.map(({ place }) => place), ...joined.map(({ place }) => place)];
  const givers = new Map(
    (
      await lastGivers(
        tx,
        back.flatMap((place) => slotOf.get(place) ?? []),
      )
    ).map((giver) => [giver.slot_id, giver]),
  );
  const giverOf = (place: number) => givers.get(slotOf.get(place) ?? '');
  return [
    ...due.map(({ place, slot, why, by, x }) => ({
      place,
      slot,
      why,
      // A place that waits keeps the exclusions it was first drawn with.
      x: x ?? cluster(giverOf(place), by),
    })),
    ...joined.map(({ place, session_id }) => ({
      place,
      slot: session_id,
      why: 'direct' as const,
      x: cluster(giverOf(place), null),
    })),
  ].sort((a, b) => a.place - b.place);
}

/** Numbers of the draw's sessions that fell free outside it join under new places (why: direct). */
async function joinFallenFree(
  tx: Tx,
  input: { draw: DrawRow; n: number; ledger: Ledger; places: DrawPlace[]; at: Date },
): Promise<{ place: number; slot_id: string; session_id: string }[]> {
  const { draw, ledger, places } = input;
  const free = await claimFallenFree(tx, {
    draw_id: draw.id,
    session_ids: [...new Set(places.map((place) => place.session_id))],
    known: places.map((place) => place.slot_id),
    at: input.at,
    actor,
  });
  const first = ledger.slots.length;
  const joined = free.map((number, at) => ({ ...number, place: first + at }));
  await joinPlaces(tx, draw.id, input.n, joined);
  return joined;
}

/** Each person excluded from a place is told and may appeal. */
async function tellExcluded(
  tx: Tx,
  ctx: ReturnContext,
  facts: { draw: DrawRow; n: number; lines: readonly ReturnLine[] },
): Promise<void> {
  const { draw, n, lines } = facts;
  const places = new Map<string, number[]>();
  for (const { place, x } of lines)
    for (const e of x) places.set(e, [...(places.get(e) ?? []), place]);
  const raised = await raiseEntries(tx, draw.id, [...places.keys()]);
  await appendEvents(
    tx,
    ctx,
    [...raised].map(([entry_id, { version, patient_id }]) => ({
      name: 'release.entry.excluded' as const,
      hospital_id: draw.hospital_id,
      subject: `entry:${entry_id}`,
      version,
      person_id: patient_id,
      actor,
      payload: { draw_id: draw.id, entry_id, n, places: places.get(entry_id) ?? [] },
    })),
  );
}
