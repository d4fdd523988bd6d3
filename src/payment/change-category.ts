import type { Tx } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { closeAttempt } from './ask.ts';
import { nothingDue, orderUnknown, paymentUnderWay, refundUnderWay } from './errors.ts';
import type { FeeCategory, Line, Order, PaymentContext } from './model.ts';
import { visitLines, type VisitToPay } from './open-order.ts';
import { sumOf } from './rules.ts';
import { aboutOrder, orderFacts, settleOrder, type Source } from './settle.ts';
import { findAttempt } from './store-attempt.ts';
import {
  findOrder,
  insertLines,
  lockOrder,
  nextVersion,
  setSettlement,
  setVisitStart,
} from './store.ts';

/**
 * Changes the 费别 of an order: the old settlement is reversed and the new one charged, two movements
 * in one commit. What is too much goes back by the way it was paid, what is missing is due; the visit
 * and its number do not notice.
 * @throws Problem payment/order-unknown, nothing-due (the visit ended), refund-under-way,
 * payment-under-way.
 */
export async function changeCategory(
  ctx: PaymentContext,
  input: { order_id: string; category: FeeCategory; visit: VisitToPay; actor: string },
): Promise<Order> {
  const open = await findAttempt(ctx.db, { order_id: input.order_id, open: true });
  // What is open asks for the old amount.
  if (open) await closeAttempt(ctx, open);
  return ctx.db.tx(async (tx) => {
    const order = await lockOrder(tx, input.order_id);
    if (!order) throw new Problem(orderUnknown);
    if (order.ended_at !== null || order.end_due_at !== null) throw new Problem(nothingDue);
    if (order.state === 'refunding') throw new Problem(refundUnderWay);
    if (order.has_open) throw new Problem(paymentUnderWay, {}, { retryAfterSeconds: 1 });
    if (order.category === input.category) return order;
    const lines = await visitLines(tx, ctx, input.visit, input);
    return resettle(tx, ctx, order, { ...input, lines });
  });
}

/**
 * Fits an order to where its visit is now (改约): another start, perhaps another price. What is open at
 * a channel is left alone; the payment fits the order again when it arrives.
 */
export async function refitOrder(tx: Tx, source: Source, visit: VisitToPay): Promise<void> {
  const found = await findOrder(tx, { appointment_id: visit.appointment_id });
  const order = found && found.ended_at === null ? await lockOrder(tx, found.id) : undefined;
  if (!order || order.ended_at !== null) return;
  await setVisitStart(tx, order.id, visit.starts_at);
  if (order.has_open || order.state === 'refunding') return;
  const actor = 'system:payment';
  const lines = await visitLines(tx, source, visit, { category: order.category, actor });
  if (sumOf(lines) === order.amount_fen) return;
  await resettle(tx, source, order, { category: order.category, lines, actor });
}

/** Writes new lines under a new settlement and brings the order to what it then is. */
export async function resettle(
  tx: Tx,
  source: Source,
  order: Order,
  to: { category: FeeCategory; lines: (Line & { fee_item_id?: string })[]; actor: string },
): Promise<Order> {
  const amount_fen = sumOf(to.lines);
  const settlement = await setSettlement(tx, { id: order.id, category: to.category, amount_fen });
  await insertLines(tx, { order_id: order.id, settlement }, to.lines);
  const now = await settleOrder(tx, source, {
    order_id: order.id,
    actor: to.actor,
    reason: 'resettled',
  });
  const version = await nextVersion(tx, order.id);
  await appendEvents(tx, source, [
    {
      name: 'payment.order.resettled',
      ...aboutOrder(now, to.actor),
      version,
      payload: { ...orderFacts(now), category: to.category, amount_before_fen: order.amount_fen },
    },
  ]);
  return now;
}
