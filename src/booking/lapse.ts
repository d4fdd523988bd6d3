import type { Clock } from '../platform/clock.ts';
import type { Queryable } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import type { BookingHot } from './hot.ts';
import { step } from './step.ts';
import { selectExpiredHolds } from './store-availability.ts';

export type LapseContext = { db: Queryable; clock: Clock; random: Random; bookingHot: BookingHot };

const holds_a_round = 2_000;

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
  const ended = await Promise.all(holds.map((hold) => lapse(ctx, hold)));
  return ended.filter(Boolean).length;
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
