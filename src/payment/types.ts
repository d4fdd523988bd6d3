/** Where money comes from and goes back to. Cash is paid at a window and given back there. */
export type ChannelName = 'wechat' | 'alipay' | 'cash';
export type OnlineChannelName = Exclude<ChannelName, 'cash'>;

/** What the payer is shown to pay with. */
export type PayWay =
  | { kind: 'qr'; code_url: string }
  | { kind: 'redirect'; url: string }
  | { kind: 'jsapi'; parameters: Record<string, string> };

/** What a channel knows of an order of ours. `unknown`: it never heard of it. Amounts are integer fen. */
export type ChannelPayment = {
  state: 'unknown' | 'open' | 'paid' | 'closed' | 'refunded';
  /** The channel's own number, once paid. */
  transaction_id: string | null;
  paid_fen: number | null;
  paid_at: Date | null;
  /** The payer as the channel names them (openid, buyer id), once paid. */
  payer_reference: string | null;
};

export type ChannelRefund = {
  state: 'unknown' | 'processing' | 'refunded' | 'closed' | 'abnormal';
  refund_id: string | null;
  refunded_fen: number | null;
  refunded_at: Date | null;
};

/** A verified callback: it only says that asking again is worth it, never by itself what is true. */
export type ChannelCallback =
  | { about: 'payment'; order_number: string }
  | { about: 'refund'; order_number: string; refund_number: string };

/** One line of a channel's statement of a day; a refund has a negative amount. */
export type StatementLine = {
  order_number: string;
  refund_number: string | null;
  transaction_id: string;
  amount_fen: number;
  at: Date;
};

export type OrderToPay = {
  order_number: string;
  amount_fen: number;
  /** At most 40 characters, never naming a department. */
  description: string;
  expires_at: Date;
  /** What the payer is on: a WeChat browser can be given `jsapi`, others a QR code or a redirect. */
  payer: { openid: string | null; device?: 'phone' | 'desk' };
};

/**
 * An online channel. Every call may be repeated: order and refund numbers are the idempotency keys.
 * A time-out means unknown: ask with `query`, never assume a failure.
 */
export type PaymentChannel = {
  name: OnlineChannelName;
  /** @throws Problem payment/channel-unavailable when the channel does not answer in time. */
  prepay(order: OrderToPay): Promise<PayWay>;
  query(order_number: string): Promise<ChannelPayment>;
  /** Closes an unpaid order; afterwards it can no longer be paid. Paid orders stay paid: ask `query`. */
  close(order_number: string): Promise<void>;
  refund(wanted: {
    order_number: string;
    refund_number: string;
    total_fen: number;
    refund_fen: number;
    reason: string;
  }): Promise<ChannelRefund>;
  queryRefund(of: { order_number: string; refund_number: string }): Promise<ChannelRefund>;
  /** Undefined when the signature, certificate, age or decryption is wrong: a forged or replayed call. */
  readCallback(call: {
    headers: Record<string, string | string[] | undefined>;
    body: string;
  }): Promise<ChannelCallback | undefined>;
  /** What the channel answers a callback it should not repeat. */
  callbackReply: { status: number; type: string; body: string };
  /** Everything paid and given back on a day in Asia/Shanghai, `YYYY-MM-DD`. */
  statement(date: string): Promise<StatementLine[]>;
};
