import { giveBackDoubled, standingVisits } from '../booking/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Tx } from '../platform/db.ts';
import { appendEvents, type StoredEvent, type Subscription } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { endAs, leaveOtherDraws, openWishSecret, wishEntrySecret } from './end-wishes.ts';
import { lockDraw, type DrawRow } from './store-draw.ts';
import type { EntryRow } from './store-entry.ts';
import {
  doubledWishes,
  drawsOfPair,
  entriesOfPair,
  markTwin,
  moveEntries,
  twinsOnStandby,
} from './store-merge.ts';
import { wishById } from './store-wish.ts';
import { leave, voidEntry } from './withdraw.ts';

export type MergeContext = { clock: Clock; random: Random; fields: FieldCrypto };

const actor = 'system:release';

/** Hears that two records are one person: who entered a draw under both has one chance in it. */
export function mergedEntriesSubscription(ctx: MergeContext): Subscription {
  return {
    name: 'release.people',
    events: ['identity.patient.merged'],
    handle: async (tx, events) => {
      for (const event of events as StoredEvent<'identity.patient.merged'>[])
        await mergeEntries(tx, ctx, event.payload);
    },
  };
}

/**
 * Leaves one person one entry a draw: the earlier. The other is withdrawn as its holder withdraws it
 * where we hold its secret (a standing wish). Where only the person holds it, nobody can void the entry
 * in their name and a receipt must stay in the pool: it stands, is marked, and whatever it is drawn for
 * goes to the next return.
 */
export async function mergeEntries(
  tx: Tx,
  ctx: MergeContext,
  { from, into }: { from: string; into: string },
): Promise<void> {
  for (const draw_id of await drawsOfPair(tx, from, into)) {
    const draw = await lockDraw(tx, draw_id);
    const pair = await entriesOfPair(tx, { draw_id, from, into });
    if (draw && pair.length > 1) await keepOne(tx, ctx, draw, pair);
  }
  const doubled = await doubledWishes(tx, from, into);
  const ended = { ids: doubled, from: ['active' as const, 'asked' as const] };
  await endAs(tx, ctx, { ...ended, to: 'withdrawn', reason: 'merged' });
  await leaveOtherDraws(tx, ctx, { wish_ids: doubled, not_draw: null });
  await moveEntries(tx, from, into);
}

async function keepOne(tx: Tx, ctx: MergeContext, draw: DrawRow, pair: EntryRow[]): Promise<void> {
  // After the draw the entry that holds a number stays: its holder was told, and may have confirmed.
  const standing = await standingVisits(
    tx,
    pair.flatMap((entry) => entry.appointment_id ?? []),
  );
  const isSeated = (entry: EntryRow): boolean => standing.has(entry.appointment_id ?? '');
  const kept = pair.find(isSeated) ?? pair[0];
  if (!kept) return;
  for (const entry of pair) {
    if (entry.id === kept.id) continue;
    if (draw.state === 'announced' && ctx.clock.now() < draw.closes_at) {
      const secret = await secretOf(tx, ctx, draw, entry);
      if (secret !== undefined) {
        await voidEntry(tx, ctx, { draw, entry, secret, actor });
        continue;
      }
    }
    await setAside(tx, ctx, draw, { entry, kept });
    if (draw.state !== 'drawn') continue;
    if (entry.appointment_id !== null && isSeated(entry))
      await giveBackDoubled(tx, ctx, entry.appointment_id);
    else if (entry.appointment_id === null)
      await leave(tx, ctx, { draw_id: draw.id, id: entry.id, actor });
  }
}

async function secretOf(
  tx: Tx,
  ctx: MergeContext,
  draw: DrawRow,
  entry: EntryRow,
): Promise<string | undefined> {
  const wish = entry.wish_id === null ? undefined : await wishById(tx, entry.wish_id);
  return (
    wish && wishEntrySecret(openWishSecret(ctx.fields, wish), draw.manifest_hash).toString('hex')
  );
}

async function setAside(
  tx: Tx,
  ctx: MergeContext,
  draw: DrawRow,
  { entry, kept }: { entry: EntryRow; kept: EntryRow },
): Promise<void> {
  const version = await markTwin(tx, { draw_id: draw.id, id: entry.id, twin_of: kept.id });
  await appendEvents(tx, ctx, [
    {
      name: 'release.entry.doubled',
      hospital_id: draw.hospital_id,
      subject: `entry:${entry.id}`,
      version,
      person_id: entry.patient_id,
      actor,
      payload: { draw_id: draw.id, entry_id: entry.id, kept_entry_id: kept.id },
    },
  ]);
}

/** After a draw no second entry of a person stays on standby. */
export async function leaveTwins(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  draw_id: string,
): Promise<void> {
  for (const id of await twinsOnStandby(tx, draw_id)) await leave(tx, ctx, { draw_id, id, actor });
}
