import { createHmac, timingSafeEqual } from 'node:crypto';

/** The JSON contract with a hospital's own system; README.md tells it in words. */
export type NumbersReply = {
  schedule_id: string;
  /** Grows with every change of the schedule, so that an old answer is known as old. */
  revision: number;
  numbers: {
    number_id: string;
    sequence: number;
    /** `platform`: entrusted to us, and sold by us alone until we hand it back. */
    owner: 'his' | 'platform';
    /** Why the HIS wants an entrusted number back; null when it does not. */
    recall_reason: string | null;
  }[];
};

export type OrderRequest = { order_id: string; number_id: string };
export type OrderReply = OrderRequest & { state: 'confirmed' | 'cancelled' };
/** A bill (门诊缴费) of a patient, by their number in the HIS. */
export type BillReply = {
  bill_id: string;
  archive_number: string;
  state: 'unpaid' | 'withdrawn';
  lines: { code: string; name: string; amount_fen: number }[];
  issued_at: string;
};
/** Bills that changed after `cursor`, a count the HIS keeps. */
export type BillsReply = { cursor: number; bills: BillReply[] };
/** Money that came in (plus) or went back (minus), in fen; told again, it is written once. */
export type MoneyLine = {
  order_number: string;
  refund_number: string | null;
  amount_fen: number;
  channel: string;
  bill_id: string | null;
  order_id: string | null;
  at: string;
};
/** What the HIS has written down of a day (Asia/Shanghai). */
export type StatementReply = {
  date: string;
  lines: { order_number: string; refund_number: string | null; amount_fen: number }[];
};
export type ReturnRequest = { number_id: string; accepted: boolean };
export type Refusal = {
  code: 'number-unknown' | 'number-not-entrusted' | 'number-sold' | 'bill-unknown';
};

/** How far the clocks of both sides may be apart. */
export const clock_skew_ms_max = 5 * 60_000;

export type Signed = {
  direction: 'request' | 'answer';
  /** Unique a request; its answer repeats it. */
  id: string;
  /** Milliseconds since 1970. */
  time: string;
  /** `GET /v1/numbers?…` for a request, the status for an answer. */
  subject: string;
  body: string;
};

export const headers = {
  id: 'x-his-request-id',
  time: 'x-his-time',
  signature: 'x-his-signature',
} as const;

/**
 * HMAC-SHA-256 in hex over direction, id, time, subject and body, a line each. The direction keeps a
 * captured request from being sent back as its own answer.
 */
export function sign(secret: Uint8Array, signed: Signed): string {
  return createHmac('sha256', secret)
    .update([signed.direction, signed.id, signed.time, signed.subject, signed.body].join('\n'))
    .digest('hex');
}

/** Whether the signature is the one of these parts, compared in constant time. */
export function isSigned(secret: Uint8Array, signed: Signed, signature: string): boolean {
  const expected = Buffer.from(sign(secret, signed), 'hex');
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
