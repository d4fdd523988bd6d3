import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import type { Random } from '../platform/random.ts';
import type { ChannelName, OnlineChannelName, PaymentChannel } from './types.ts';

/** The channels of this installation; everything else about money is in the database. */
export type Payment = {
  channels: ReadonlyMap<OnlineChannelName, PaymentChannel>;
  /** When this process looks next whether a day still waits for its reconciliation. */
  reconcile_at: Date | null;
};

/** What most verbs of this module need. */
export type PaymentContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  payment: Payment;
};

/** 费别: what the person pays themselves, or what is left after their insurance. */
export type FeeCategory = 'self_pay' | 'insured';

export type OrderState = 'open' | 'paying' | 'paid' | 'closed' | 'refunding' | 'refunded';

export type Line = { code: string; name: string; amount_fen: number };

/** An order as the verbs see it, mostly under its lock. */
export type Order = {
  id: string;
  hospital_id: string;
  kind: 'visit' | 'bill';
  appointment_id: string | null;
  bill_id: string | null;
  patient_id: string;
  account_id: string | null;
  category: FeeCategory;
  settlement: number;
  state: OrderState;
  amount_fen: number;
  charged_fen: number;
  paid_fen: number;
  refund_asked_fen: number;
  refunded_fen: number;
  kept_fen: number;
  pay_until: Date | null;
  ended_at: Date | null;
  end_reason: string | null;
  end_due_at: Date | null;
  visit_starts_at: Date | null;
  paid_at: Date | null;
  answered_at: Date | null;
  version: number;
  /** Whether a way to pay is open at a channel. */
  has_open: boolean;
};

export type Attempt = {
  id: string;
  order_id: string;
  number: string;
  channel: ChannelName;
  amount_fen: number;
  state: 'open' | 'paid' | 'closed';
  closing: boolean;
  paid_fen: number;
  refund_asked_fen: number;
  expires_at: Date;
  paid_at: Date | null;
  receipt_number: string | null;
  tries: number;
  next_try_at: Date;
};

export type Refund = {
  id: string;
  order_id: string;
  attempt_id: string;
  attempt_number: string;
  attempt_paid_fen: number;
  hospital_id: string;
  number: string;
  channel: ChannelName;
  amount_fen: number;
  reason: string;
  state: 'asked' | 'processing' | 'done' | 'abnormal';
  asked_at: Date;
  done_at: Date | null;
  receipt_number: string | null;
  tries: number;
};

export type LedgerAccount = ChannelName | 'patient' | 'visit_income' | 'bill_income';
