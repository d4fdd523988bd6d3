import type { Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { shanghaiDate } from '../platform/clock.ts';
import type { Order, PaymentContext, Refund } from './model.ts';
import { channelOf } from './payment.ts';
import { backOffMs } from './rules.ts';
import { aboutOrder, orderFacts, settleOrder } from './settle.ts';
import { markAbnormal, markProcessing, markRefunded, postponeRefund } from './store-attempt.ts';
import { insertEntries } from './store-ledger.ts';
import { insertItems } from './store-reconcile.ts';
import { findOrder, lockOrder, nextVersion } from './store.ts';
import type { ChannelRefund, OnlineChannelName } from './types.ts';

const actor = 'system:payment';

/**
 * Sends a refund on its way, or asks what became of it. The refund's number makes repeating harmless,
 * so whoever crashed between asking and noting is healed by doing it again.
 * @throws Problem payment/channel-unavailable; nothing is assumed then.
 */
export async function pursueRefund(ctx: PaymentContext, refund: Refund): Promise<void> {
  const channel = channelOf(ctx, refund.channel as OnlineChannelName);
  const name = { order_number: refund.attempt_number, refund_number: refund.number };
  let answer: ChannelRefund = { state: 'unknown', refund_id: null, refunded_fen: null, refunded_at: null }; // prettier-ignore
  if (refund.state === 'processing' || refund.tries > 0) answer = await channel.queryRefund(name);
  if (answer.state === 'unknown')
    answer = await channel.refund({
      ...name,
      total_fen: refund.attempt_paid_fen,
      refund_fen: refund.amount_fen,
      reason: '未就诊退费',
    });
  await noteRefund(ctx, refund, answer);
}

async function noteRefund(
  ctx: PaymentContext,
  refund: Refund,
  answer: ChannelRefund,
): Promise<void> {
  if (answer.state === 'refunded')
    return ctx.db.tx((tx) =>
      bookRefund(tx, ctx, refund, {
        at: answer.refunded_at ?? ctx.clock.now(),
        actor,
        channel_refund_id: answer.refund_id,
        receipt_number: null,
      }),
    );
  if (answer.state === 'closed' || answer.state === 'abnormal') return failRefund(ctx, refund);
  if (answer.state === 'processing') await markProcessing(ctx.db, refund.id);
  const wait = Math.max(10_000, backOffMs(refund.tries));
  await postponeRefund(ctx.db, refund.id, new Date(ctx.clock.now().getTime() + wait));
}

/** Writes that a refund arrived, once: refund, ledger, order and event in one commit. */
export async function bookRefund(
  tx: Tx,
  ctx: Pick<PaymentContext, 'clock' | 'random'>,
  refund: Refund,
  done: {
    at: Date;
    actor: string;
    channel_refund_id: string | null;
    receipt_number: string | null;
  },
): Promise<void> {
  await lockOrder(tx, refund.order_id);
  if (!(await markRefunded(tx, { id: refund.id, ...done }))) return;
  const shared = {
    movement_id: newId(ctx),
    kind: 'refund' as const,
    order_id: refund.order_id,
    attempt_id: null,
    refund_id: refund.id,
    value_at: done.at,
  };
  await insertEntries(
    tx,
    [
      { ...shared, account: 'patient', amount_fen: refund.amount_fen },
      { ...shared, account: refund.channel, amount_fen: -refund.amount_fen },
    ],
    { at: ctx.clock.now(), actor: done.actor },
  );
  await settleOrder(tx, ctx, {
    order_id: refund.order_id,
    actor: done.actor,
    reason: refund.reason,
    refunded_fen: refund.amount_fen,
  });
  await tell(tx, ctx, { name: 'payment.refund.done', refund, by: done.actor });
}

/** The channel cannot give it back (e.g. the card is gone): a person must, and the payer is told. */
async function failRefund(ctx: PaymentContext, refund: Refund): Promise<void> {
  const at = ctx.clock.now();
  await ctx.db.tx(async (tx) => {
    await lockOrder(tx, refund.order_id);
    if (!(await markAbnormal(tx, refund.id))) return;
    await insertItems(
      tx,
      {
        reconciliation_id: null,
        hospital_id: refund.hospital_id,
        service_date: shanghaiDate(at),
        side: refund.channel,
        at,
      },
      [
        {
          id: newId(ctx),
          kind: 'refund',
          order_number: refund.attempt_number,
          refund_number: refund.number,
          ours_fen: -refund.amount_fen,
          theirs_fen: null,
        },
      ],
    );
    await tell(tx, ctx, { name: 'payment.refund.failed', refund, by: actor });
  });
}

type ToldRefund = 'payment.refund.done' | 'payment.refund.failed';

async function tell(
  tx: Tx,
  ctx: Pick<PaymentContext, 'clock' | 'random'>,
  { name, refund, by }: { name: ToldRefund; refund: Refund; by: string },
): Promise<void> {
  const version = await nextVersion(tx, refund.order_id);
  const order = (await findOrder(tx, { id: refund.order_id })) as Order;
  await appendEvents(tx, ctx, [
    {
      name,
      ...aboutOrder(order, by),
      version,
      payload: {
        ...orderFacts(order),
        refund_id: refund.id,
        refund_fen: refund.amount_fen,
        reason: refund.reason,
        channel: refund.channel,
      },
    },
  ]);
}
