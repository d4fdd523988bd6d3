import type { RefusedLimit } from './limits/words.ts';

/** The channels a booking can come through; each may use certain pools (see `rules.ts`). */
export type Channel =
  'web' | 'wechat' | 'kiosk' | 'phone' | 'window' | 'in_clinic' | 'draw' | 'his' | 'migrated';

export type VisitStatus =
  | 'held'
  | 'booked'
  | 'checked_in'
  | 'called'
  | 'fulfilled'
  | 'noshow'
  | 'cancelled'
  | 'lapsed'
  | 'stopped'
  | 'void';

export type NumberState =
  'unreleased' | 'free' | 'held' | 'booked' | 'checked_in' | 'cooling' | 'stopped' | 'void';

export type Pool =
  | 'online'
  | 'same_day'
  | 'on_site'
  | 'follow_up'
  | 'in_clinic'
  | 'referral'
  | 'team'
  | 'green_channel'
  | 'added'
  | 'free_return';

/** Who asks, and with what traces; recorded with every hold, booking and entry from the start. */
export type Asker = {
  actor: string;
  channel: Channel;
  account_id: string | null;
  device_key_id: string | null;
  payer_reference: string | null;
  /** Hex of the keyed index of the verified phone. */
  phone_index: string | null;
};

/** One line of the batched take; instants as ISO strings. */
export type TakeRequest = Asker & {
  /** Goes into the event, e.g. why an on-site number was given. */
  detail: Record<string, unknown> | null;
  appointment_id: string;
  event_id: string;
  session_id: string;
  slot_id: string | null;
  patient_id: string;
  pools: string;
  at: Date;
  hold_until: Date | null;
  scope: string;
  key: string;
  fingerprint: string;
};

/** One line of the batched step. */
export type StepRequest = {
  event_id: string;
  event_name: string;
  appointment_id: string;
  at: Date;
  today: string;
  from_statuses: string;
  to_status: VisitStatus;
  number: 'keep' | 'book' | 'give-back' | 'take-back' | 'check-in';
  before_hold_end: boolean;
  after_hold_end: boolean;
  /** Refuses once the number's time has begun. */
  before_start: boolean;
  cooling_until: Date | null;
  owner_account_id: string | null;
  hospital_id: string | null;
  actor: string;
  detail: Record<string, unknown> | null;
  identity_checked_by: string | null;
  scope: string;
  key: string;
  fingerprint: string;
};

export type Refusal =
  | 'session-unknown'
  | 'slot-unknown'
  | 'visit-unknown'
  | 'stopped'
  | 'over'
  | 'session-day'
  | 'limit-reached'
  | 'not-released'
  | 'other-channel'
  | 'slot-taken'
  | 'sold-out'
  | 'not-now'
  | 'hold-over'
  | 'undo-over'
  | 'begun'
  | 'stale-hold'
  | 'retry';

export type Answer = {
  appointment_id?: string;
  slot_id?: string;
  sequence?: number;
  status?: VisitStatus;
  number?: NumberState;
  /** The number's time, for whoever has just taken it: never part of a stored answer. */
  starts_at?: Date;
  ends_at?: Date;
  refusal?: Refusal;
  /** Which rule of the hospital refused, where the refusal is `limit-reached`. */
  limit?: RefusedLimit;
};

/** Why somebody is called before others by the hospital's rule: 老年人, 军人, 残疾人优先. */
export type Priority = 'elder' | 'military' | 'disabled';
