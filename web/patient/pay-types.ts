/** A visit's payment as the server tells it; `none` before anybody asked to pay. */
export type PaymentInfo = {
  order_id: string | null;
  appointment_id: string | null;
  state: 'none' | 'open' | 'paying' | 'paid' | 'closed' | 'refunding' | 'refunded';
  category: 'self_pay' | 'insured';
  lines: { code: string; name: string; amount_fen: number }[];
  amount_fen: number;
  due_fen: number;
  paid_fen: number;
  refunded_fen: number;
  kept_fen: number;
  pay_until: string | null;
  end_reason: string | null;
  refund_from: string | null;
  refunds: {
    amount_fen: number;
    channel: 'wechat' | 'alipay' | 'cash';
    state: 'asked' | 'processing' | 'done' | 'abnormal';
  }[];
  channels: ('wechat' | 'alipay')[];
};

export type PayWay =
  { kind: 'qr'; code_url: string } | { kind: 'redirect'; url: string } | { kind: 'jsapi' };

export type Paying = { state: 'paying' | 'paid'; way: PayWay | null; expires_at: string | null };
