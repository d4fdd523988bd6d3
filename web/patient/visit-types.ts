import type { Visit } from '../shared/types.ts';

/** What giving a visit back now would mean; fen. */
export type CancelTerms = {
  may: 'now' | 'late' | 'window' | 'over';
  free_until: string;
  undo_minutes: number;
  ladder: { count: number; within_days: number; restrict_days: number }[];
  first_free_in_days: number;
  paid_fen: number;
  back_fen: number;
  kept_fen: number;
};

/** A visit with where to go, when, and what cancelling means. */
export type VisitGuide = {
  visit: Visit;
  hospital_id: string;
  department_id: string;
  hospital_phone: string;
  campus_address: string;
  place: string;
  /** Nothing of it is named in what leaves the site. */
  sensitive: boolean;
  internet: boolean;
  /** Put together without a network, from the visit alone. */
  partial?: true;
  arrive_from: string;
  check_in_until: string;
  cancel: CancelTerms;
};

/** What of a visit is known without a network: enough to find the way, nothing to act on. */
export function partialGuide(visit: Visit): VisitGuide {
  const nothing = { paid_fen: 0, back_fen: 0, kept_fen: 0 };
  return {
    visit,
    hospital_id: '',
    department_id: '',
    hospital_phone: '',
    campus_address: '',
    place: '',
    sensitive: true,
    internet: false,
    partial: true,
    arrive_from: visit.starts_at,
    check_in_until: visit.ends_at,
    cancel: {
      may: 'over',
      free_until: visit.starts_at,
      undo_minutes: 0,
      ladder: [],
      first_free_in_days: 0,
      ...nothing,
    },
  };
}

type Priority = 'elder' | 'military' | 'disabled';

/** A visit of today as whoever waits reads it. */
export type WaitingVisit = {
  visit: Visit;
  desk: string;
  internet: boolean;
  check_in_until: string;
  identity_seen: boolean;
  missed: boolean;
  calls: number;
  called_at: string | null;
  begun: boolean;
  hospital_id: string;
  /** Why this person may be called before others. */
  priority: Priority | null;
  /** The hospital's rule of the day: of so many called, one of these may go first. */
  rule: {
    one_in: number;
    elder_age: number | null;
    military: boolean;
    disabled: boolean;
  } | null;
  wait: { minutes: number; intervals: number } | null;
};
