import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { askAttempt } from './ask.ts';
import { endOrder } from './end-order.ts';
import type { PaymentContext } from './model.ts';
import { daysDue } from './money-since.ts';
import { reconcileChannel } from './reconcile.ts';
import { pursueRefund } from './refund.ts';
import { backOffMs, undo_wait_ms } from './rules.ts';
import { aboutOrder, orderFacts } from './settle.ts';
import { claimAttempts, claimRefunds, postponeAttempt, postponeRefund } from './store-attempt.ts';
import { lockOrder, nextVersion, selectEndsDue, selectUnanswered, touchTold } from './store.ts';

const actor = 'system:payment';
/** Booking answers within moments; a payment unanswered for so long is told again. */
const unanswered_ms = 120_000;
const reconcile_pause_ms = 600_000;

/**
 * One round of everything about money that must go on whoever crashed: open payments are asked for,
 * ended orders close, refunds are pursued, unanswered payments told again, yesterday is compared.
 * All of it is read from the database, so a restart loses nothing.
 */
export async function tickPayment(ctx: PaymentContext): Promise<void> {
  const faults: unknown[] = [];
  for (const part of [askOpen, endDue, pursueRefunds, tellAgain, reconcileDue])
    await part(ctx).catch((error: unknown) => faults.push(error));
  if (faults.length > 0) throw faults[0];
}

async function askOpen(ctx: PaymentContext): Promise<void> {
  const now = ctx.clock.now();
  await each(await claimAttempts(ctx.db, now), async (attempt) => {
    // Postponed first: what fails below is tried again later, and ever more seldom.
    await postponeAttempt(ctx.db, attempt.id, new Date(now.getTime() + backOffMs(attempt.tries)));
    await askAttempt(ctx, attempt);
  });
}

async function pursueRefunds(ctx: PaymentContext): Promise<void> {
  const now = ctx.clock.now();
  await each(await claimRefunds(ctx.db, now), async (refund) => {
    await pursueRefund(ctx, refund).catch(async (error: unknown) => {
      const wait = backOffMs(refund.tries + 1);
      await postponeRefund(ctx.db, refund.id, new Date(now.getTime() + wait));
      throw error;
    });
  });
}

/** All of them are tried; a silent channel is no fault, anything else is reported. */
async function each<T>(list: T[], work: (one: T) => Promise<void>): Promise<void> {
  const results = await Promise.allSettled(list.map(work));
  for (const result of results)
    if (result.status === 'rejected' && !(result.reason instanceof Problem)) throw result.reason;
}

async function endDue(ctx: PaymentContext): Promise<void> {
  const now = ctx.clock.now();
  for (const { id } of await selectEndsDue(ctx.db, now))
    await ctx.db.tx(async (tx) => {
      const order = await lockOrder(tx, id);
      // Restored since it was read.
      if (!order?.end_due_at || order.end_due_at > now) return;
      const at = new Date(order.end_due_at.getTime() - undo_wait_ms);
      await endOrder(tx, ctx, { order_id: id, reason: 'cancelled', at, actor });
    });
}

async function tellAgain(ctx: PaymentContext): Promise<void> {
  const now = ctx.clock.now();
  const before = new Date(now.getTime() - unanswered_ms);
  for (const { id } of await selectUnanswered(ctx.db, before))
    await ctx.db.tx(async (tx) => {
      const order = await lockOrder(tx, id);
      if (order?.state !== 'paid' || order.answered_at !== null) return;
      await touchTold(tx, id, now);
      const version = await nextVersion(tx, id);
      const payload = orderFacts(order);
      await appendEvents(tx, ctx, [
        { name: 'payment.order.paid', ...aboutOrder(order, actor), version, payload },
      ]);
    });
}

/** Compares every day that is over and was not compared yet, a week back at most. */
async function reconcileDue(ctx: PaymentContext): Promise<void> {
  const now = ctx.clock.now();
  const { payment } = ctx;
  if (payment.reconcile_at !== null && now < payment.reconcile_at) return;
  payment.reconcile_at = new Date(now.getTime() + reconcile_pause_ms);
  for (const channel of payment.channels.values())
    for (const day of await daysDue(ctx, { side: channel.name, hospital_id: null }))
      await reconcileChannel(ctx, channel, day);
}
