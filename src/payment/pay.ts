import { newId } from '../platform/id.ts';
import { Problem } from '../platform/problem.ts';
import { askAttempt, closeAttempt } from './ask.ts';
import { nothingDue, orderUnknown, paymentUnderWay, tooLate } from './errors.ts';
import type { Attempt, Order, PaymentContext } from './model.ts';
import { newNumber } from './numbers.ts';
import { channelOf } from './payment.ts';
import { attempt_minutes_max, backOffMs, dueOf, stale_ms } from './rules.ts';
import { settleOrder } from './settle.ts';
import { claimStale, findAttempt, insertAttempt } from './store-attempt.ts';
import { lockOrder } from './store.ts';
import type { OnlineChannelName, PayWay, PaymentChannel } from './types.ts';

export type PayInput = {
  order_id: string;
  channel: OnlineChannelName;
  openid: string | null;
  /** What the payer holds: on a phone a channel's own app opens, at a desk a code is shown. */
  device?: 'phone' | 'desk' | undefined;
  actor: string;
};
export type Paying = { state: 'paying'; way: PayWay; expires_at: Date } | { state: 'paid' };

const closes_max = 3;

/**
 * Gives the way to pay what is due on an order by a channel. Asking again gives the same attempt; a
 * way by another channel, or for another amount, is closed at its channel first, so that one order
 * is never open at two.
 * @throws Problem payment/order-unknown, nothing-due, too-late, channel-unknown, channel-unavailable,
 * payment-under-way.
 */
export async function pay(ctx: PaymentContext, input: PayInput): Promise<Paying> {
  const channel = channelOf(ctx, input.channel);
  for (let round = 0; round < closes_max; round++) {
    const open = await openAttempt(ctx, input);
    if (open.fits) return { state: 'paying', ...(await prepay(open.attempt, input, channel)) };
    if ((await closeAttempt(ctx, open.attempt)) === 'paid') return { state: 'paid' };
  }
  throw new Problem(paymentUnderWay, {}, { retryAfterSeconds: 1 });
}

/** The attempt that is open, whether it fits what is wanted, or a new one. */
async function openAttempt(
  ctx: PaymentContext,
  input: PayInput,
): Promise<{ attempt: Attempt; fits: boolean }> {
  const at = ctx.clock.now();
  return ctx.db.tx(async (tx) => {
    const order = await lockOrder(tx, input.order_id);
    const due = mustBeDue(order, at);
    const known = await findAttempt(tx, { order_id: due.order.id, open: true });
    if (known) {
      const fits =
        known.channel === input.channel &&
        known.amount_fen === due.amount_fen &&
        !known.closing &&
        known.expires_at > at;
      return { attempt: known, fits };
    }
    const id = newId(ctx);
    await insertAttempt(tx, {
      id,
      order_id: due.order.id,
      hospital_id: due.order.hospital_id,
      number: newNumber('P', ctx),
      channel: input.channel,
      amount_fen: due.amount_fen,
      expires_at: expiryOf(due.order, at),
      at,
      next_try_at: new Date(at.getTime() + backOffMs(1)),
      actor: input.actor,
      receipt_number: null,
    });
    await settleOrder(tx, ctx, { order_id: due.order.id, actor: input.actor, reason: 'paying' });
    return { attempt: (await findAttempt(tx, { id })) as Attempt, fits: true };
  });
}

/** The order and what is due on it. @throws Problem payment/order-unknown, nothing-due, too-late. */
export function mustBeDue(
  order: Order | undefined,
  at: Date,
): { order: Order; amount_fen: number } {
  if (!order) throw new Problem(orderUnknown);
  const amount_fen = dueOf(order);
  if (amount_fen === 0 || order.state === 'refunding') throw new Problem(nothingDue);
  if (order.pay_until !== null && order.pay_until <= at) throw new Problem(tooLate);
  return { order, amount_fen };
}

function expiryOf(order: Order, at: Date): Date {
  const latest = new Date(at.getTime() + attempt_minutes_max * 60_000);
  return order.pay_until !== null && order.pay_until < latest ? order.pay_until : latest;
}

async function prepay(
  attempt: Attempt,
  input: PayInput,
  channel: PaymentChannel,
): Promise<{ way: PayWay; expires_at: Date }> {
  const way = await channel.prepay({
    order_number: attempt.number,
    amount_fen: attempt.amount_fen,
    // Never a department: who sees the payer's list of payments must not learn what ails them.
    description: '医院费用',
    expires_at: attempt.expires_at,
    payer: { openid: input.openid, device: input.device ?? 'desk' },
  });
  return { way, expires_at: attempt.expires_at };
}

/** Asks the channel about what is open of an order, unless somebody has just done so. */
export async function refreshOrder(ctx: PaymentContext, order_id: string): Promise<void> {
  const at = ctx.clock.now();
  const attempt = await claimStale(ctx.db, order_id, {
    at,
    before: new Date(at.getTime() - stale_ms),
  });
  if (!attempt) return;
  try {
    await askAttempt(ctx, attempt);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // The channel is silent; the loop asks on.
  }
}
