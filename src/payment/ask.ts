import type { Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import type { Attempt, PaymentContext } from './model.ts';
import { channelOf } from './payment.ts';
import { backOffMs } from './rules.ts';
import { settleOrder } from './settle.ts';
import { findAttempt, markClosed, markPaid, postponeAttempt } from './store-attempt.ts';
import { insertEntries } from './store-ledger.ts';
import { addPaid, findOrder, lockOrder, setEnd } from './store.ts';
import type { ChannelPayment, OnlineChannelName } from './types.ts';

const actor = 'system:payment';

/**
 * Asks the channel what became of an attempt and notes it. Only this answer is believed; a callback
 * or an impatient person merely causes the question.
 * @returns what the attempt is now.
 * @throws Problem payment/channel-unavailable; nothing is assumed then.
 */
export async function askAttempt(ctx: PaymentContext, attempt: Attempt): Promise<Attempt['state']> {
  const channel = channelOf(ctx, attempt.channel as OnlineChannelName);
  const answer = await channel.query(attempt.number);
  if (answer.state === 'paid' || answer.state === 'refunded') {
    await notePaid(ctx, attempt, answer);
    return 'paid';
  }
  if (attempt.state !== 'open') return attempt.state;
  const over = attempt.closing || attempt.expires_at <= ctx.clock.now();
  if (answer.state === 'closed' || over) return closeAttempt(ctx, attempt, answer.state);
  await postponeAttempt(ctx.db, attempt.id, nextQuestion(attempt, ctx.clock.now()));
  return 'open';
}

/** Ever later, but soon after the time to pay is over. */
function nextQuestion(attempt: Attempt, now: Date): Date {
  const end = Math.max(attempt.expires_at.getTime(), now.getTime() + 1_000);
  return new Date(Math.min(end, now.getTime() + backOffMs(attempt.tries)));
}

/**
 * Closes an attempt at its channel first and with us after it. What was paid before it could be
 * closed is noted as paid.
 * @throws Problem payment/channel-unavailable; the attempt then stays open.
 */
export async function closeAttempt(
  ctx: PaymentContext,
  attempt: Attempt,
  known?: ChannelPayment['state'],
): Promise<'paid' | 'closed'> {
  const channel = channelOf(ctx, attempt.channel as OnlineChannelName);
  if (known !== 'closed') {
    await channel.close(attempt.number);
    const answer = await channel.query(attempt.number);
    if (answer.state === 'paid' || answer.state === 'refunded') {
      await notePaid(ctx, attempt, answer);
      return 'paid';
    }
    // Still open: its close was not carried out, so the number must not be given away yet.
    if (answer.state === 'open') throw new Error('a channel left an order open that we closed');
  }
  return ctx.db.tx(async (tx) => {
    await lockOrder(tx, attempt.order_id);
    if (!(await markClosed(tx, attempt.id))) {
      const now = await findAttempt(tx, { id: attempt.id });
      return now?.state === 'paid' ? 'paid' : 'closed';
    }
    await settleOrder(tx, ctx, { order_id: attempt.order_id, actor, reason: 'closed' });
    return 'closed';
  });
}

/** Writes a payment once, however often it is told: attempt, ledger, order, events, in one commit. */
async function notePaid(
  ctx: PaymentContext,
  attempt: Attempt,
  answer: ChannelPayment,
): Promise<void> {
  const paid_fen = answer.paid_fen ?? attempt.amount_fen;
  const paid_at = answer.paid_at ?? ctx.clock.now();
  const payer_index =
    answer.payer_reference === null
      ? null
      : Buffer.from(
          ctx.fields.blindIndex(answer.payer_reference, `payment.${attempt.channel}`),
        ).toString('hex');
  await ctx.db.tx(async (tx) => {
    const order = await lockOrder(tx, attempt.order_id);
    if (!order) throw new Error('an attempt belongs to an order');
    const { transaction_id } = answer;
    const fresh = await markPaid(tx, {
      id: attempt.id,
      paid_fen,
      paid_at,
      transaction_id,
      payer_index,
    });
    if (!fresh) return;
    // Paid when the hold had just lapsed: booking may still have the very number for this person.
    if (order.end_reason === 'lapsed' && order.paid_fen === 0)
      await setEnd(tx, {
        id: order.id,
        ended_at: null,
        end_reason: null,
        kept_fen: 0,
        kept_rule_id: null,
      });
    await bookPayment(tx, ctx, { ...attempt, paid_fen, paid_at }, actor);
  });
}

/** The ledger's movement of a payment, the order's sum, and what the order is by it. */
export async function bookPayment(
  tx: Tx,
  ctx: Pick<PaymentContext, 'clock' | 'random'>,
  attempt: Pick<Attempt, 'id' | 'order_id' | 'channel' | 'paid_fen'> & { paid_at: Date },
  by: string,
): Promise<void> {
  const { order_id, paid_fen, paid_at: value_at } = attempt;
  const shared = {
    movement_id: newId(ctx),
    kind: 'payment' as const,
    order_id,
    attempt_id: attempt.id,
    refund_id: null,
    value_at,
  };
  await insertEntries(
    tx,
    [
      { ...shared, account: attempt.channel, amount_fen: paid_fen },
      { ...shared, account: 'patient', amount_fen: -paid_fen },
    ],
    { at: ctx.clock.now(), actor: by },
  );
  await addPaid(tx, order_id, paid_fen);
  await settleOrder(tx, ctx, { order_id, actor: by, reason: 'paid-twice' });
}

export type ClosedForLapse = 'nothing' | 'closed' | 'paid';

/**
 * Closes what is open of a visit's order, before its number is given away.
 * @returns `paid` when it turns out paid: the visit is to be confirmed, not released.
 * @throws Problem payment/channel-unavailable; then the number stays held for now.
 */
export async function closeVisitOrder(
  ctx: PaymentContext,
  appointment_id: string,
): Promise<ClosedForLapse> {
  const order = await findOrder(ctx.db, { appointment_id });
  if (!order || order.ended_at !== null) return 'nothing';
  if (order.state === 'paid') return 'paid';
  const attempt = await findAttempt(ctx.db, { order_id: order.id, open: true });
  if (!attempt) return 'nothing';
  return closeAttempt(ctx, attempt);
}
