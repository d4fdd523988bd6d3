import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db.ts';
import type { Random } from '../../platform/random.ts';
import { refused } from '../errors.ts';
import { createBookingHot } from '../hot.ts';
import { step, type StepInput, type Stepped } from '../step.ts';
import type { Channel } from '../types.ts';
import { isUndoClosed } from '../store-pay.ts';
import { firstLimitOver, lockSubjects } from './store.ts';

/**
 * A move (改约) to another session is a booking there as far as limits of active bookings go. Called
 * under the locks of both sessions.
 * @throws Problem booking/limit-reached.
 */
export async function assertMoveWithinLimits(
  tx: Tx,
  move: {
    appointment_id: string;
    from: { session_id: string };
    to: { session_id: string };
    channel: Channel;
    at: Date;
  },
): Promise<void> {
  if (move.to.session_id === move.from.session_id) return;
  const { appointment_id, channel, at } = move;
  await lockSubjects(tx, appointment_id);
  const { session_id } = move.to;
  await assertNone(tx, { appointment_id, session_id, channel, at, moves: true });
}

/**
 * Undoes a cancellation, unless what was booked since uses the limit up.
 * @throws Problem booking/limit-reached, and as `step`.
 */
export function restoreWithinLimits(
  ctx: { db: Db; clock: Clock; random: Random },
  visit: { appointment_id: string; session_id: string },
  wanted: StepInput,
): Promise<Stepped> {
  return ctx.db.tx(async (tx) => {
    const { appointment_id, session_id } = visit;
    await lockSubjects(tx, appointment_id);
    // Whoever gives the undo up at a window waits for the same lock.
    if (await isUndoClosed(tx, appointment_id)) throw refused('undo-over');
    const at = ctx.clock.now();
    await assertNone(tx, { appointment_id, session_id, channel: 'web', at, moves: false });
    return step({ ...ctx, bookingHot: createBookingHot(tx) }, 'restore', wanted);
  });
}

async function assertNone(tx: Tx, input: Parameters<typeof firstLimitOver>[1]): Promise<void> {
  const hit = await firstLimitOver(tx, input);
  if (hit)
    throw refused('limit-reached', { ...hit.told, used: hit.used, hospital_id: hit.hospital_id });
}
