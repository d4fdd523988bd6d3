import type { SweepKind } from '../../src/booking/index.ts';

export type FindingKind =
  | SweepKind
  /** Acknowledged and not there, or not as acknowledged. */
  | 'booking-lost'
  /** A visit that no answer told of: one key booked twice, or a refusal booked all the same. */
  | 'booking-unasked'
  | 'other-answer'
  | 'never-answered'
  | 'entry-lost'
  | 'entry-twice'
  | 'receipt-invalid'
  | 'event-without-leaf'
  /** Anything else that `log:verify` finds. */
  | 'log';

export type Finding = { kind: FindingKind; sentence: string };
