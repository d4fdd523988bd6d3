import { Type } from 'typebox';

const Id = Type.String({ format: 'uuid' });
const Instant = Type.String({ format: 'date-time' });
const Day = Type.String({ format: 'date' });
const Fen = Type.Integer({ minimum: 0, maximum: 100_000_000 });
const TextOrNull = Type.Union([Type.String(), Type.Null()]);
const InstantOrNull = Type.Union([Instant, Type.Null()]);
const IntOrNull = Type.Union([Type.Integer(), Type.Null()]);
const IdOrNull = Type.Union([Id, Type.Null()]);

const Online = Type.Enum(['wechat', 'alipay']);
export const ChannelParams = Type.Object({ channel: Online });
export const PayRequest = Type.Object({
  channel: Online,
  /** Of a page inside WeChat: then its own pay sheet opens. */
  openid: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  /** Where the page is open: on a phone the channel's app opens, at a desk a code is shown. */
  device: Type.Optional(Type.Enum(['phone', 'desk'])),
});
export const CategoryRequest = Type.Object({ category: Type.Enum(['self_pay', 'insured']) });
export const CashRequest = Type.Object({
  receipt_number: Type.String({ minLength: 1, maxLength: 40, pattern: '^[0-9A-Za-z-]+$' }),
});

export const PaymentLine = Type.Object({
  code: Type.String(),
  name: Type.String(),
  amount_fen: Type.Integer(),
});
const view = {
  lines: Type.Array(PaymentLine),
  state: Type.String(),
  category: Type.String(),
  amount_fen: Type.Integer(),
  due_fen: Type.Integer(),
  paid_fen: Type.Integer(),
  refunded_fen: Type.Integer(),
  kept_fen: Type.Integer(),
  pay_until: InstantOrNull,
  end_reason: TextOrNull,
  refund_from: InstantOrNull,
  attempt: Type.Union([Type.Object({ channel: Type.String(), expires_at: Instant }), Type.Null()]),
  refunds: Type.Array(
    Type.Object({
      amount_fen: Type.Integer(),
      channel: Type.String(),
      state: Type.String(),
      asked_at: Instant,
      done_at: InstantOrNull,
    }),
  ),
  channels: Type.Array(Type.String()),
};
/** `order_id` is null and the state `none` before anybody asked to pay. */
export const PaymentReply = Type.Object({
  order_id: IdOrNull,
  appointment_id: IdOrNull,
  ...view,
});
const Way = Type.Union([
  Type.Object({ kind: Type.Literal('qr'), code_url: Type.String() }),
  Type.Object({ kind: Type.Literal('redirect'), url: Type.String() }),
  Type.Object({
    kind: Type.Literal('jsapi'),
    parameters: Type.Record(Type.String(), Type.String()),
  }),
]);
export const PayingReply = Type.Object({
  state: Type.Enum(['paying', 'paid']),
  way: Type.Union([Way, Type.Null()]),
  expires_at: InstantOrNull,
});
export const CashRefundReply = Type.Object({ refund_fen: Type.Integer() });

export const BillParams = Type.Object({ bill_id: Id });
export const Bills = Type.Object({
  bills: Type.Array(
    Type.Object({
      bill_id: Id,
      patient: Type.Object({ patient_id: Id, name_masked: Type.String() }),
      lines: Type.Array(PaymentLine),
      amount_fen: Type.Integer(),
      state: Type.String(),
      issued_at: Instant,
      paid_at: InstantOrNull,
    }),
  ),
});

export const ReconciliationQuery = Type.Object({ from: Type.Optional(Day) });
export const Reconciliations = Type.Object({
  runs: Type.Array(
    Type.Object({
      service_date: Day,
      side: Type.String(),
      ours_count: Type.Integer(),
      ours_fen: Type.Integer(),
      theirs_count: Type.Integer(),
      theirs_fen: Type.Integer(),
      ran_at: Instant,
      runs: Type.Integer(),
    }),
  ),
  items: Type.Array(
    Type.Object({
      item_id: Id,
      service_date: Day,
      side: Type.String(),
      kind: Type.String(),
      order_number: Type.String(),
      refund_number: TextOrNull,
      ours_fen: IntOrNull,
      theirs_fen: IntOrNull,
      state: Type.String(),
      found_at: Instant,
      settled_at: InstantOrNull,
      settled_by: TextOrNull,
      how: TextOrNull,
      note: TextOrNull,
    }),
  ),
});
export const ItemParams = Type.Object({ item_id: Id });
export const SettleRequest = Type.Object({
  how: Type.Enum(['explained', 'corrected', 'refunded', 'retried', 'next_day']),
  note: Type.String({ minLength: 2, maxLength: 500 }),
});
export const RunRequest = Type.Object({ date: Day });
export const RunReply = Type.Object({ items: Type.Integer() });
export const Done = Type.Object({ ok: Type.Boolean() });

export const PriceRuleRequest = Type.Object({
  kept_percent: Type.Integer({ minimum: 0, maximum: 100 }),
  minutes_before: Type.Integer({ minimum: 0, maximum: 20_160 }),
  document_number: Type.Union([Type.String({ maxLength: 80 }), Type.Null()]),
  scan_sha256: Type.Union([Type.String({ pattern: '^[0-9a-f]{64}$' }), Type.Null()]),
  effective_from: Day,
});
export const FeeItemRequest = Type.Object({
  healthcare_service_id: Id,
  code: Type.String({ pattern: '^[a-z][a-z0-9_]{1,39}$' }),
  name: Type.String({ minLength: 1, maxLength: 40 }),
  self_pay_fen: Fen,
  insured_fen: Fen,
  effective_from: Day,
});
export const Prices = Type.Object({
  rules: Type.Array(
    Type.Object({
      kept_percent: Type.Integer(),
      minutes_before: Type.Integer(),
      document_number: TextOrNull,
      scan_sha256: TextOrNull,
      effective_from: Day,
      effective_to: Type.Union([Day, Type.Null()]),
    }),
  ),
  items: Type.Array(
    Type.Object({
      healthcare_service_id: Id,
      code: Type.String(),
      name: Type.String(),
      self_pay_fen: Type.Integer(),
      insured_fen: Type.Integer(),
      effective_from: Day,
      source: Type.String(),
    }),
  ),
});
export const Scan = Type.Object({ scan_sha256: Type.String() });
export const ScanParams = Type.Object({ scan_sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }) });
