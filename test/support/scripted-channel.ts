import { createHash } from 'node:crypto';
import { channelUnavailable } from '../../src/payment/errors.ts';
import { Problem } from '../../src/platform/problem.ts';
import { shanghaiDate, type Clock } from '../../src/platform/clock.ts';
import type {
  ChannelPayment,
  ChannelRefund,
  OrderToPay,
  PaymentChannel,
  StatementLine,
} from '../../src/payment/types.ts';

type Kept = OrderToPay & { state: ChannelPayment['state']; paid_at: Date | null; refunded: number };
type Call = 'prepay' | 'query' | 'close' | 'refund' | 'queryRefund';

/**
 * A channel in memory for tests of the core: it keeps what a channel keeps, and fails when told, before
 * or after it did what it was asked.
 */
export function scriptedChannel(name: 'wechat' | 'alipay', clock: Clock) {
  const orders = new Map<string, Kept>();
  const refunds = new Map<string, ChannelRefund & { order_number: string; wanted: number }>();
  const faults: { call: Call; when: 'before' | 'after'; error: Error }[] = [];
  const calls: string[] = [];
  const extra: StatementLine[] = [];
  let silent = false;
  let refundsAre: ChannelRefund['state'] = 'refunded';

  const guarded = async <T>(call: Call, about: string, work: () => T): Promise<T> => {
    calls.push(`${call} ${about}`);
    if (silent) throw new Problem(channelUnavailable);
    const at = faults.findIndex((fault) => fault.call === call);
    const fault = at < 0 ? undefined : faults.splice(at, 1)[0];
    if (fault?.when === 'before') throw fault.error;
    const answer = work();
    if (fault) throw fault.error;
    return answer;
  };
  const none: ChannelRefund = { state: 'unknown', refund_id: null, refunded_fen: null, refunded_at: null }; // prettier-ignore

  const channel: PaymentChannel = {
    name,
    prepay: (order) =>
      guarded('prepay', order.order_number, () => {
        if (!orders.has(order.order_number))
          orders.set(order.order_number, { ...order, state: 'open', paid_at: null, refunded: 0 });
        return { kind: 'qr' as const, code_url: `pay://${order.order_number}` };
      }),
    query: (number) =>
      guarded('query', number, () => {
        const order = orders.get(number);
        const paid = order?.paid_at !== null && order !== undefined;
        return {
          state: order?.state ?? 'unknown',
          transaction_id: paid ? `T${number}` : null,
          paid_fen: paid ? order.amount_fen : null,
          paid_at: order?.paid_at ?? null,
          payer_reference: paid ? 'openid-of-the-payer' : null,
        };
      }),
    close: (number) =>
      guarded('close', number, () => {
        const order = orders.get(number);
        if (order?.state === 'open') order.state = 'closed';
      }),
    refund: (wanted) =>
      guarded('refund', wanted.refund_number, () => {
        const known = refunds.get(wanted.refund_number);
        if (known) return known;
        const order = orders.get(wanted.order_number);
        if (!order || order.refunded + wanted.refund_fen > order.amount_fen)
          throw new Error('the channel refuses: more than was paid');
        order.refunded += wanted.refund_fen;
        const made = {
          state: refundsAre,
          refund_id: `F${wanted.refund_number}`,
          refunded_fen: wanted.refund_fen,
          refunded_at: refundsAre === 'refunded' ? clock.now() : null,
          order_number: wanted.order_number,
          wanted: wanted.refund_fen,
        };
        refunds.set(wanted.refund_number, made);
        return made;
      }),
    queryRefund: ({ refund_number }) =>
      guarded('queryRefund', refund_number, () => refunds.get(refund_number) ?? none),
    readCallback: async ({ headers, body }) => {
      const sign = createHash('sha256').update(body).digest('hex');
      return headers['x-sign'] === sign ? JSON.parse(body) : undefined;
    },
    callbackReply: { status: 200, type: 'text/plain', body: 'success' },
    statement: async (date) => [
      ...[...orders.values()]
        .filter((order) => order.paid_at && shanghaiDate(order.paid_at) === date)
        .map((order) => ({
          order_number: order.order_number,
          refund_number: null,
          transaction_id: `T${order.order_number}`,
          amount_fen: order.amount_fen,
          at: order.paid_at as Date,
        })),
      ...[...refunds]
        .filter(([, refund]) => refund.refunded_at && shanghaiDate(refund.refunded_at) === date)
        .map(([refund_number, refund]) => ({
          order_number: refund.order_number,
          refund_number,
          transaction_id: `F${refund_number}`,
          amount_fen: -refund.wanted,
          at: refund.refunded_at as Date,
        })),
      ...extra.filter((line) => shanghaiDate(line.at) === date),
    ],
  };
  return {
    channel,
    orders,
    refunds,
    calls,
    extra,
    /** The payer pays what the code asks for. */
    pays: (way: { kind: string; code_url?: string } | null | undefined) => {
      const order = orders.get((way?.code_url ?? '').replace('pay://', ''));
      if (order?.state !== 'open') throw new Error('the channel lets nobody pay this');
      order.state = 'paid';
      order.paid_at = clock.now();
      return order.order_number;
    },
    /** A payment that the channel takes although it was closed, as some do for a moment. */
    paysLate: (number: string) => {
      const order = orders.get(number) as Kept;
      order.state = 'paid';
      order.paid_at = clock.now();
    },
    /** From now on refunds are processing, done, or impossible. */
    refundsAre: (state: ChannelRefund['state']) => {
      refundsAre = state;
      for (const refund of refunds.values()) {
        refund.state = state;
        refund.refunded_at ??= state === 'refunded' ? clock.now() : null;
      }
    },
    /** The channel answers nothing any more, or again. */
    falls: (state: 'silent' | 'well') => {
      silent = state === 'silent';
    },
    fails: (call: Call, when: 'before' | 'after', error: Error) =>
      faults.push({ call, when, error }),
    /** What the channel has taken and not given back, in fen. */
    holds: () =>
      [...orders.values()].reduce(
        (sum, order) => sum + (order.paid_at ? order.amount_fen - order.refunded : 0),
        0,
      ),
    callback: (about: object) => {
      const body = JSON.stringify(about);
      return { body, headers: { 'x-sign': createHash('sha256').update(body).digest('hex') } };
    },
  };
}
export type ScriptedChannel = ReturnType<typeof scriptedChannel>;
