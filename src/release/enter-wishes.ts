import { createHmac } from 'node:crypto';
import { isRemote, restrictedAmong } from '../booking/index.ts';
import type { Tx } from '../platform/db.ts';
import { openWishSecret, wishEntrySecret } from './end-wishes.ts';
import type { EnterContext } from './enter.ts';
import { offeredSessions, preference_lines_max, type Offered } from './preferences.ts';
import { wishNonce, type Manifest } from './sealed-draw/index.ts';
import { hashOf } from './slip.ts';
import { shareDraw, type DrawRow } from './store-draw.ts';
import { entriesToCarry, type EntryRow } from './store-entry.ts';
import { lockWishes, passWishes, wishesFor, type WishRow } from './store-wish.ts';
import { writeEntries, type Entrant } from './write-entries.ts';

const wishes_a_round = 2_000;
const before_all = '00000000-0000-0000-0000-000000000000';

/**
 * Lets standing wishes enter an open draw by themselves, and the entries of burnt draws the draw that
 * their places went to. Safe to repeat: a person enters a draw once.
 * @returns how many entries were made.
 */
export async function enterWishes(ctx: EnterContext, draw_id: string): Promise<number> {
  let made = 0;
  let after = before_all;
  for (;;) {
    const round = await ctx.db.tx((tx) => enterRound(tx, ctx, { draw_id, after }));
    made += round.made;
    // A full round in which nobody could enter is no reason to stop, unless it would only come again.
    const isStuck = round.made === 0 && round.last === after;
    if (round.seen < wishes_a_round || isStuck) return made;
    after = round.last;
  }
}

async function enterRound(
  tx: Tx,
  ctx: EnterContext,
  { draw_id, after }: { draw_id: string; after: string },
): Promise<{ seen: number; made: number; last: string }> {
  const draw = await shareDraw(tx, draw_id);
  const now = ctx.clock.now();
  const none = { seen: 0, made: 0, last: after };
  if (draw?.state !== 'announced' || now < draw.opens_at || now >= draw.closes_at) return none;
  const manifest = JSON.parse(draw.manifest) as Manifest;
  // Whoever must show a visit or a record before shows it by entering in person.
  if (manifest.eligibility !== 'open' || draw.kind === 'shadow') return none;
  await lockWishes(tx, draw);
  const wishes = await wishesFor(tx, draw, { after, limit: wishes_a_round });
  const carried = await entriesToCarry(tx, draw.id, wishes_a_round);
  if (wishes.length + carried.length === 0) return none;
  const offered = await offeredSessions(tx, manifest);
  const kept = await restrictedAmong(tx, {
    hospital_id: draw.hospital_id,
    patient_ids: [...wishes, ...carried].map((one) => one.patient_id),
    at: now,
  });
  const closed = (one: { patient_id: string; channel: string }): boolean =>
    isRemote(one.channel) && kept.has(one.patient_id);
  const fit = new Map<string, Entrant>();
  for (const wish of wishes) {
    const preferences = wishList(wish, offered);
    if (preferences.length > 0 && !closed(wish))
      fit.set(wish.id, wishEntrant(ctx, draw, wish, preferences));
  }
  const again = carried.flatMap((entry) => {
    const preferences = carryList(entry, manifest);
    if (preferences.length === 0 || closed(entry)) return [];
    return [carriedEntrant(ctx, draw, entry, preferences)];
  });
  const written = await writeEntries(tx, ctx, draw, [...again, ...fit.values()]);
  const missing = wishes.filter((wish) => !written.has(wish.patient_id)).map((wish) => wish.id);
  await passWishes(tx, draw.id, missing);
  const last = wishes.at(-1)?.id ?? after;
  return { seen: Math.max(wishes.length, carried.length), made: written.size, last };
}

/** A wish's list in a draw: its clinics in order, then with any_service the rest in manifest order. */
function wishList(wish: WishRow, offered: readonly Offered[]): string[] {
  const named = wish.healthcare_service_ids.flatMap((service) =>
    offered.filter((one) => one.healthcare_service_id === service).map((one) => one.session_id),
  );
  const lines = named.slice(0, preference_lines_max);
  if (!wish.any_service) return lines;
  return [...new Set([...lines, ...offered.map((one) => one.session_id)])];
}

function wishEntrant(
  ctx: EnterContext,
  draw: DrawRow,
  wish: WishRow,
  preferences: string[],
): Entrant {
  const secret = openWishSecret(ctx.fields, wish);
  return {
    patient_id: wish.patient_id,
    preferences,
    nonce: Buffer.from(wishNonce(secret, draw.manifest_hash)).toString('hex'),
    secret_hash: hashOf(wishEntrySecret(secret, draw.manifest_hash)),
    channel: wish.channel,
    account_id: wish.account_id,
    device_key_id: wish.device_key_id,
    payer_reference: wish.payer_reference,
    phone_index: wish.phone_index?.toString('hex') ?? null,
    is_family: wish.is_family,
    wish_id: wish.id,
    carried_from: null,
    notice_days: wish.notice_days,
    actor: 'system:release',
  };
}

/** What of a burnt draw's list is in the new one. */
function carryList(entry: EntryRow, manifest: Manifest): string[] {
  const known = new Set(manifest.slots);
  return (JSON.parse(entry.line) as { p: string[] }).p.filter((session) => known.has(session));
}

/** An entry of a burnt draw goes on like a wish: a new nonce, a new receipt, the same secret. */
function carriedEntrant(
  ctx: EnterContext,
  draw: DrawRow,
  entry: EntryRow,
  preferences: string[],
): Entrant {
  const nonce = ctx.fields.open(entry.sealed_nonce as Buffer, 'release.entry.nonce');
  return {
    patient_id: entry.patient_id,
    preferences,
    nonce: createHmac('sha256', Buffer.from(nonce, 'hex'))
      .update(draw.manifest_hash, 'hex')
      .digest('hex'),
    secret_hash: entry.secret_hash,
    channel: entry.channel,
    account_id: entry.account_id,
    device_key_id: entry.device_key_id,
    payer_reference: entry.payer_reference,
    phone_index: entry.phone_index?.toString('hex') ?? null,
    is_family: entry.is_family,
    // The wish behind it, if any, counts this draw as its own.
    wish_id: entry.wish_id,
    carried_from: entry.id,
    notice_days: entry.notice_days,
    actor: 'system:release',
  };
}
