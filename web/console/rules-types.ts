/** Booking rules as the console's page reads and writes them; what it does not show it sends back. */
export type LimitRow = {
  code: string;
  counts: 'active_bookings' | 'bookings_made' | 'cancellations';
  window: 'session' | 'service_half_day' | 'service_day' | 'rolling_7_days' | 'rolling_3_months' | 'calendar_month' | 'hospital_month'; // prettier-ignore
  per: 'patient' | 'account' | 'phone' | 'device';
  within: 'doctor_session' | 'department' | 'hospital';
  max: number;
  channels: string[];
};

type Deadline = {
  levels: string[];
  days_before: number;
  time: string | null;
  minutes_before: number | null;
  after: 'window_only' | 'counts_as_late';
};

export type Rules = {
  limits: LimitRow[];
  booking_horizon: { advance_days: number; next_day_stop_time: string | null };
  cancel_deadlines: Deadline[];
  cooling: { after_hold_minutes: number; after_cancel_minutes: number };
  hold_minutes: number;
  check_in: { morning: string | null; afternoon: string | null; evening: string | null; late: 'keeps_place' | 'end_of_half_day' }; // prettier-ignore
  priority: { one_in: number; elder_age: number | null; military: boolean; disabled: boolean };
  free_return: { opens: 'by_doctor' | 'every_visit' | 'never'; days: number };
  internet_prior_days: number;
  appeal: string;
};

export type RuleSets = {
  versions: { version: number; effective_from: string; rules: Rules; reason: string; in_force: boolean }[]; // prettier-ignore
  plain: Rules;
  presets: { code: string; name: string; about: string; rules: Rules }[];
};

type Ages = { '0-13': number; '14-59': number; '60+': number; unknown: number };

export type Tried = {
  bookings: number;
  refused: number;
  refused_persons: number;
  rules: { code: string; words: string; bookings: number; persons: number; ages: Ages }[];
  ladders: { kind: 'no_show' | 'late_cancel' | 'unconfirmed_win'; count: number; restrict_days: number; persons: number; ages: Ages }[]; // prettier-ignore
};
