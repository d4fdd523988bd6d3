import { shanghaiDate, shanghaiInstant } from '../platform/clock.ts';
import type { Queryable } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { shiftNeedsNote } from './errors.ts';
import type { PaymentContext } from './model.ts';
import {
  insertShift,
  lastShiftEnd,
  lockShifts,
  selectShifts,
  sumCash,
  type CashMoved,
  type ShiftRow,
} from './store-shift.ts';

type Context = Pick<PaymentContext, 'db' | 'clock' | 'random'>;
type ByClerk = { hospital_id: string; actor: string };

export type OpenShift = CashMoved & { began_at: Date };

/** A shift begins where the last count ended; the first of a day without one at midnight. */
async function beginning(db: Queryable, now: Date, by: ByClerk): Promise<Date> {
  const midnight = shanghaiInstant(shanghaiDate(now), '00:00');
  return (await lastShiftEnd(db, by)) ?? midnight;
}

/** The cash one clerk took and handed back since their last count. */
export async function openShift(
  ctx: Pick<Context, 'db' | 'clock'>,
  by: ByClerk,
): Promise<OpenShift> {
  const began_at = await beginning(ctx.db, ctx.clock.now(), by);
  const moved = await sumCash(ctx.db, { ...by, after: began_at, until: ctx.clock.now() });
  return { ...moved, began_at };
}

/**
 * Ends a clerk's shift (交班): what is in the drawer is compared with what went through it. A difference
 * is written down with a word to it, never booked away.
 * @throws Problem payment/shift-needs-note when it does not agree and nothing is noted.
 */
export function endShift(
  ctx: Context,
  input: ByClerk & { float_fen: number; counted_fen: number; note: string | null },
): Promise<{ shift_id: string; expected_fen: number; difference_fen: number }> {
  const { hospital_id, actor, float_fen, counted_fen } = input;
  const note = input.note?.trim() || null;
  const shift_id = newId(ctx);
  return ctx.db.tx(async (tx) => {
    await lockShifts(tx, actor);
    const ended_at = ctx.clock.now();
    const by = { hospital_id, actor };
    const began_at = await beginning(tx, ended_at, by);
    const moved = await sumCash(tx, { ...by, after: began_at, until: ended_at });
    const expected_fen = float_fen + moved.received_fen - moved.refunded_fen;
    const difference_fen = counted_fen - expected_fen;
    if (difference_fen !== 0 && note === null)
      throw new Problem(shiftNeedsNote, { expected_fen, difference_fen });
    const row = { ...moved, shift_id, ...by, began_at, ended_at, float_fen, counted_fen, note };
    await insertShift(tx, row);
    await appendEvents(tx, ctx, [
      {
        name: 'payment.shift.ended',
        hospital_id,
        subject: `cash-shift:${shift_id}`,
        version: 1,
        actor,
        payload: { shift_id, difference_fen },
      },
    ]);
    return { shift_id, expected_fen, difference_fen };
  });
}

const days_shown = 31;

/** Counts of the last month: a clerk's own, or all of the hospital for whoever reconciles. */
export function listShifts(
  ctx: Pick<Context, 'db' | 'clock'>,
  input: { hospital_id: string; actor: string | null },
): Promise<ShiftRow[]> {
  const since = new Date(ctx.clock.now().getTime() - days_shown * 86_400_000);
  return selectShifts(ctx.db, { ...input, since });
}
