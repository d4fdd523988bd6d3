import { grantPlaces, returnUnplaced, type Grant } from '../booking/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { canonicalText } from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import {
  allocate,
  beaconFile,
  drawSeed,
  rankEntries,
  type AllocationLine,
  type Manifest,
  type PoolLine,
  type RankingLine,
} from './sealed-draw/index.ts';
import {
  forgetAppointments,
  lockDraw,
  markDrawn,
  placesOf,
  type DrawPlace,
  type DrawRow,
} from './store-draw.ts';
import { entriesOfDraw, storeRanking, type EntryRow } from './store-entry.ts';

/**
 * D5–D7: with the signature of the round the manifest names, ranks the sealed pool and gives out the
 * places, in one transaction: a crash before it leaves nothing, a crash after it changes nothing.
 * @throws DrawError `beacon` when the signature is not the beacon's.
 */
export async function runDraw(
  ctx: { db: Db; clock: Clock; random: Random },
  draw_id: string,
  signature: string,
): Promise<void> {
  await ctx.db.tx(async (tx) => {
    const draw = await lockDraw(tx, draw_id);
    if (draw?.state !== 'sealed' || draw.seal_json === null || ctx.clock.now() < draw.round_at)
      return;
    const manifest = JSON.parse(draw.manifest) as Manifest;
    const beacon = beaconFile(
      manifest.beacon,
      { round: draw.round as number, signature },
      (randomness) => drawSeed(draw.seal as string, randomness),
    );
    const entries = (await entriesOfDraw(tx, draw_id)).filter(
      (entry) => entry.withdrawn_at === null,
    );
    const { ranking, allocation } = rankAndAllocate(manifest, beacon.seed, entries);
    const places = await placesOf(tx, draw_id);
    const placed = toGrants(ctx, { entries, allocation, places });
    await storeRanking(
      tx,
      draw_id,
      ranking.map((line, rank) => ({
        id: line.e,
        rank: rank + 1,
        rank_key: line.key,
        place: allocation[rank]?.place ?? null,
        appointment_id: placed.get(line.e)?.appointment_id ?? null,
      })),
    );
    const version = await markDrawn(tx, draw_id, canonicalText(beacon), ctx.clock.now());
    await giveOut(tx, ctx, draw, { grants: [...placed.values()], places });
    await appendEvents(tx, ctx, [
      {
        name: 'release.draw.drawn',
        hospital_id: draw.hospital_id,
        subject: `draw:${draw.id}`,
        version,
        actor: 'system:release',
        payload: { draw_id: draw.id, round: draw.round as number },
      },
    ]);
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

function toGrants(
  source: { clock: Clock; random: Random },
  facts: { entries: EntryRow[]; allocation: AllocationLine[]; places: DrawPlace[] },
): Map<string, Grant> {
  const entries = new Map(facts.entries.map((entry) => [entry.id, entry]));
  const grants = new Map<string, Grant>();
  for (const { e, place } of facts.allocation) {
    const entry = entries.get(e);
    const number = place === null ? undefined : facts.places[place];
    if (!entry || !number) continue;
    grants.set(e, {
      appointment_id: newId(source),
      slot_id: number.slot_id,
      patient_id: entry.patient_id,
      account_id: entry.account_id,
      device_key_id: entry.device_key_id,
      payer_reference: entry.payer_reference,
      phone_index: entry.phone_index?.toString('hex') ?? null,
    });
  }
  return grants;
}

async function giveOut(
  tx: Parameters<typeof grantPlaces>[0],
  ctx: { clock: Clock },
  draw: DrawRow,
  facts: { grants: Grant[]; places: DrawPlace[] },
): Promise<void> {
  const at = ctx.clock.now();
  const common = { draw_id: draw.id, at, actor: 'system:release' };
  const made = await grantPlaces(tx, {
    ...common,
    grants: facts.grants,
    hold_until: draw.confirm_until,
  });
  const given = new Set(made.map((one) => one.slot_id));
  const missed = facts.grants.filter((grant) => !given.has(grant.slot_id));
  if (missed.length > 0)
    await forgetAppointments(
      tx,
      draw.id,
      missed.map((grant) => grant.appointment_id),
    );
  await returnUnplaced(tx, {
    ...common,
    to: 'free',
    slot_ids: facts.places.map((place) => place.slot_id).filter((slot) => !given.has(slot)),
  });
}
