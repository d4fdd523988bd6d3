import { shanghaiDate } from '../platform/clock.ts';
import type { Queryable } from '../platform/db.ts';
import { keptOf } from './rules.ts';
import { priceRuleOn } from './store-fees.ts';
import { findOrder } from './store.ts';

/**
 * What giving a visit back at `at` would do to its money, in fen: what was paid and is still here, what
 * goes back and what a local price rule keeps. Zeros where nothing was paid.
 */
export async function quoteCancel(
  db: Queryable,
  input: { appointment_id: string; at: Date },
): Promise<{ paid_fen: number; back_fen: number; kept_fen: number }> {
  const order = await findOrder(db, { appointment_id: input.appointment_id });
  const held = order ? order.paid_fen - order.refund_asked_fen : 0;
  if (!order || held <= 0) return { paid_fen: 0, back_fen: 0, kept_fen: 0 };
  const rule = await priceRuleOn(
    db,
    order.hospital_id,
    shanghaiDate(order.visit_starts_at ?? input.at),
  );
  const kept_fen = keptOf(order, { reason: 'cancelled', at: input.at }, rule);
  return { paid_fen: held, back_fen: held - kept_fen, kept_fen };
}
