import type { FeeCategory, Line, Order, OrderState, PaymentContext } from './model.ts';
import { dueOf } from './rules.ts';
import { findAttempt, selectRefunds } from './store-attempt.ts';
import { findOrder, selectLines } from './store.ts';
import type { ChannelName } from './types.ts';

/** A payment as its payer reads it: what for, how much, until when, where the money is now. */
export type PaymentView = {
  order_id: string;
  /** The visit it is for now: another than asked for when a lost number was found free again. */
  appointment_id: string | null;
  state: OrderState;
  category: FeeCategory;
  lines: Line[];
  amount_fen: number;
  due_fen: number;
  paid_fen: number;
  refunded_fen: number;
  kept_fen: number;
  pay_until: string | null;
  end_reason: string | null;
  /** When the money of a cancellation goes back, unless it is undone before. */
  refund_from: string | null;
  attempt: { channel: ChannelName; expires_at: string } | null;
  refunds: {
    amount_fen: number;
    channel: ChannelName;
    state: 'asked' | 'processing' | 'done' | 'abnormal';
    asked_at: string;
    done_at: string | null;
  }[];
  /** The ways of paying online that this installation offers. */
  channels: string[];
};

/** The payment of a visit or bill; undefined before anybody asked to pay. */
export async function readPayment(
  ctx: Pick<PaymentContext, 'db' | 'payment'>,
  filter: { id?: string; appointment_id?: string; bill_id?: string },
): Promise<PaymentView | undefined> {
  const asked = filter.appointment_id;
  const order =
    (await findOrder(ctx.db, filter)) ??
    (asked === undefined ? undefined : await findOrder(ctx.db, { reseated_from: asked }));
  if (!order) return undefined;
  const [lines, refunds, open] = await Promise.all([
    selectLines(ctx.db, order),
    selectRefunds(ctx.db, order.id),
    order.has_open ? findAttempt(ctx.db, { order_id: order.id, open: true }) : undefined,
  ]);
  return {
    ...facts(order),
    lines,
    attempt: open ? { channel: open.channel, expires_at: open.expires_at.toISOString() } : null,
    refunds: refunds.map((refund) => ({
      amount_fen: refund.amount_fen,
      channel: refund.channel,
      state: refund.state,
      asked_at: refund.asked_at.toISOString(),
      done_at: refund.done_at?.toISOString() ?? null,
    })),
    channels: [...ctx.payment.channels.keys()],
  };
}

function facts(order: Order): Omit<PaymentView, 'lines' | 'attempt' | 'refunds' | 'channels'> {
  return {
    order_id: order.id,
    appointment_id: order.appointment_id,
    state: order.state,
    category: order.category,
    amount_fen: order.amount_fen,
    due_fen: dueOf(order),
    paid_fen: order.paid_fen,
    refunded_fen: order.refunded_fen,
    kept_fen: order.kept_fen,
    pay_until: order.pay_until?.toISOString() ?? null,
    end_reason: order.end_reason,
    refund_from: order.end_due_at?.toISOString() ?? null,
  };
}
