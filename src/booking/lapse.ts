import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { closeVisitOrder, selectOpenOfVisits, type Payment } from '../payment/index.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import type { BookingHot } from './hot.ts';
import { confirmHeld } from './confirm-held.ts';
import { step } from './step.ts';
import { selectExpiredHolds } from './store-availability.ts';

export type LapseContext = {
  db: Db;
  clock: Clock;
  random: Random;
  bookingHot: BookingHot;
  /** Without the channels, holds that are being paid are left to whoever has them. */
  payment?: Payment;
  fields?: FieldCrypto;
};

const holds_a_round = 2_000;
/** So long a number waits for a channel that is silent; its own deadline has then passed by far. */
const silent_minutes_max = 30;

/**
 * Ends holds whose deadline has passed; their numbers go where a cancelled number goes. Without a
 * session it sweeps all of them, the oldest first, `holds_a_round` at most.
 * @returns how many holds were ended.
 */
export function lapseHolds(
  ctx: LapseContext,
  input: { session_id?: string } = {},
): Promise<number> {
  const name = input.session_id ?? '';
  const running = ctx.bookingHot.lapsing.get(name);
  if (running) return running;
  const started = sweep(ctx, input.session_id ?? null).finally(() =>
    ctx.bookingHot.lapsing.delete(name),
  );
  ctx.bookingHot.lapsing.set(name, started);
  return started;
}

async function sweep(ctx: LapseContext, session_id: string | null): Promise<number> {
  const holds = await selectExpiredHolds(ctx.db, {
    session_id,
    at: ctx.clock.now(),
    limit: holds_a_round,
  });
  if (holds.length === 0) return 0;
  const ids = holds.map((hold) => hold.appointment_id);
  const orders = await selectOpenOfVisits(ctx.db, ids);
  const paying = new Map(orders.map((order) => [order.appointment_id, order]));
  const ended = await Promise.all(
    holds.map(async (hold) => {
      const order = paying.get(hold.appointment_id);
      const may = !order || (await mayLapse(ctx, hold, order));
      return may && (await lapse(ctx, hold));
    }),
  );
  return ended.filter(Boolean).length;
}

/**
 * Whether nobody can pay for the hold any more: its order is closed at the channel before the number
 * is given away. What turns out paid is confirmed instead.
 */
async function mayLapse(
  ctx: LapseContext,
  hold: { appointment_id: string; hold_until: Date },
  order: { state: string; has_open: boolean },
): Promise<boolean> {
  const { appointment_id } = hold;
  if (order.state !== 'paid' && !order.has_open) return true;
  const { payment, fields } = ctx;
  const silent_ms = ctx.clock.now().getTime() - hold.hold_until.getTime();
  try {
    if (order.state !== 'paid') {
      if (!payment || !fields) return false;
      if ((await closeVisitOrder({ ...ctx, payment, fields }, appointment_id)) !== 'paid')
        return true;
    }
    await confirmHeld(ctx, appointment_id, 'at lapse');
    return false;
  } catch {
    // The channel is silent: the number waits, but not for ever. What was paid after all goes back.
    return silent_ms > silent_minutes_max * 60_000;
  }
}

async function lapse(
  ctx: LapseContext,
  hold: { appointment_id: string; hold_until: Date },
): Promise<boolean> {
  const { appointment_id, hold_until } = hold;
  // The deadline is part of the key: a visit that is held again later can lapse again.
  const key = `${appointment_id} ${hold_until.toISOString()}`;
  try {
    await step(ctx, 'lapse', {
      appointment_id,
      actor: 'system:lapse',
      idempotency: { scope: 'lapse', key, fingerprint: '' },
    });
    return true;
  } catch (error) {
    // Somebody confirmed, cancelled or lapsed it first.
    if (error instanceof Problem) return false;
    throw error;
  }
}
