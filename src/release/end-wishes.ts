import { createHmac } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Tx } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { shareDraw } from './store-draw.ts';
import { entryById } from './store-entry.ts';
import {
  countPassed,
  moveWishes,
  otherEntries,
  wishById,
  wishIdsOf,
  type MovedWish,
  type WishRow,
  type WishState,
} from './store-wish.ts';
import { leave, voidEntry } from './withdraw.ts';

export type WishContext = { clock: Clock; random: Random; fields: FieldCrypto };

/** After so many draws without a place the patient is asked once whether to go on. */
export const draws_before_asking = 4;

/** The secret that withdraws the entry a wish made in one draw; no other entry's. */
export function wishEntrySecret(wishSecret: Uint8Array, manifestHash: string): Buffer {
  return createHmac('sha256', wishSecret).update('withdraw').update(manifestHash, 'hex').digest();
}

export function openWishSecret(fields: FieldCrypto, wish: WishRow): Buffer {
  return Buffer.from(fields.open(wish.sealed_secret, 'release.wish.secret'), 'hex');
}

/**
 * What a draw means for the wishes behind it: who won is done, and their other entries are taken out;
 * who did not after the main draw has passed one more.
 */
export async function endWishes(
  tx: Tx,
  ctx: WishContext,
  facts: { draw_id: string; won: readonly string[]; main: boolean },
): Promise<void> {
  const winners = await wishIdsOf(tx, facts.draw_id, facts.won);
  await endAs(tx, ctx, { ids: winners, from: ['active', 'asked'], to: 'won', reason: 'won' });
  await leaveOtherDraws(tx, ctx, { wish_ids: winners, not_draw: facts.draw_id });
  if (!facts.main) return;
  const ids = await countPassed(tx, facts.draw_id, draws_before_asking);
  await endAs(tx, ctx, { ids, from: ['active'], to: 'asked', reason: 'draws' });
}

/** Moves wishes to their end and tells it. */
export async function endAs(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  input: {
    ids: readonly string[];
    from: WishState[];
    to: WishState;
    reason: string;
    actor?: string;
  },
): Promise<MovedWish[]> {
  if (input.ids.length === 0) return [];
  const moved = await moveWishes(tx, input);
  await appendEvents(
    tx,
    ctx,
    moved.map((wish) => ({
      name: 'release.wish.ended' as const,
      hospital_id: wish.hospital_id,
      subject: `wish:${wish.id}`,
      version: wish.version,
      person_id: wish.patient_id,
      actor: input.actor ?? 'system:release',
      payload: { wish_id: wish.id, reason: input.reason },
    })),
  );
  return moved;
}

/** Takes a wish's entries out of other draws: void in open ones, off standby in drawn ones. */
export async function leaveOtherDraws(
  tx: Tx,
  ctx: WishContext,
  input: { wish_ids: readonly string[]; not_draw: string | null },
): Promise<void> {
  if (input.wish_ids.length === 0) return;
  const actor = 'system:release';
  for (const { draw_id, id, wish_id, state } of await otherEntries(tx, input)) {
    if (state === 'drawn') {
      await leave(tx, ctx, { draw_id, id, actor });
      continue;
    }
    const draw = await shareDraw(tx, draw_id);
    const entry = await entryById(tx, id);
    const wish = await wishById(tx, wish_id);
    if (draw?.state !== 'announced' || !entry || !wish || ctx.clock.now() >= draw.closes_at)
      continue;
    const secret = wishEntrySecret(openWishSecret(ctx.fields, wish), draw.manifest_hash);
    await voidEntry(tx, ctx, { draw, entry, secret: secret.toString('hex'), actor });
  }
}
