import { databaseError } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { Problem } from '../platform/problem.ts';
import { bookPayment, closeAttempt } from './ask.ts';
import { noCashRefund, orderUnknown, paymentUnderWay, receiptUsed } from './errors.ts';
import type { PaymentContext } from './model.ts';
import { newNumber } from './numbers.ts';
import { mustBeDue } from './pay.ts';
import { bookRefund } from './refund.ts';
import { findAttempt, insertAttempt, selectRefunds } from './store-attempt.ts';
import { lockOrder } from './store.ts';

type Counter = { order_id: string; actor: string; receipt_number: string };

/**
 * Takes what is due in cash at a window. A way to pay that is open online is closed at its channel
 * first, so that nobody pays twice.
 * @throws Problem payment/order-unknown, nothing-due, too-late, payment-under-way, receipt-used.
 */
export async function payCash(ctx: PaymentContext, input: Counter): Promise<void> {
  const open = await findAttempt(ctx.db, { order_id: input.order_id, open: true });
  if (open) await closeAttempt(ctx, open);
  const at = ctx.clock.now();
  await named(() =>
    ctx.db.tx(async (tx) => {
      const { order, amount_fen } = mustBeDue(await lockOrder(tx, input.order_id), at);
      // Someone opened another way to pay since; the window asks again.
      if (order.has_open) throw new Problem(paymentUnderWay, {}, { retryAfterSeconds: 1 });
      const id = newId(ctx);
      await insertAttempt(tx, {
        id,
        order_id: order.id,
        hospital_id: order.hospital_id,
        number: newNumber('P', ctx),
        channel: 'cash',
        amount_fen,
        expires_at: at,
        at,
        next_try_at: at,
        actor: input.actor,
        receipt_number: input.receipt_number,
      });
      const paid = { id, order_id: order.id, channel: 'cash', paid_fen: amount_fen, paid_at: at } as const; // prettier-ignore
      await bookPayment(tx, ctx, paid, input.actor);
    }),
  );
}

/**
 * Hands back the cash that is due back on an order: only what was paid in cash and whose visit will
 * not be. Money paid online goes back by itself, by the way it came.
 * @throws Problem payment/order-unknown, no-cash-refund, receipt-used.
 */
export async function refundCash(
  ctx: PaymentContext,
  input: Counter,
): Promise<{ refund_fen: number }> {
  const at = ctx.clock.now();
  return named(() =>
    ctx.db.tx(async (tx) => {
      if (!(await lockOrder(tx, input.order_id))) throw new Problem(orderUnknown);
      const refunds = await selectRefunds(tx, input.order_id);
      const due = refunds.filter((one) => one.channel === 'cash' && one.state === 'asked');
      if (due.length === 0) throw new Problem(noCashRefund);
      for (const [n, refund] of due.entries())
        await bookRefund(tx, ctx, refund, {
          at,
          actor: input.actor,
          channel_refund_id: null,
          receipt_number: n === 0 ? input.receipt_number : `${input.receipt_number}-${n + 1}`,
        });
      return { refund_fen: due.reduce((sum, one) => sum + one.amount_fen, 0) };
    }),
  );
}

async function named<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { constraint } = databaseError(error) ?? {};
    if (constraint === 'attempt_receipt' || constraint === 'refund_receipt')
      throw new Problem(receiptUsed);
    throw error;
  }
}
