import type { Level, Period, VisitStatus } from '../shared/types.ts';

export type Staff = {
  staff_id: string;
  username: string;
  display_name: string;
  hospital_id: string | null;
  roles: string[];
  permissions: string[];
};

export type DemoLogins = {
  staff: { username: string; password: string; display_name: string; role: string }[];
};

export type StaffSession = {
  id: string;
  campus_name: string;
  department_id: string;
  department_name: string;
  healthcare_service_id: string;
  service_name: string;
  level: Level;
  practitioner_name: string | null;
  practitioner_title: string | null;
  service_date: string;
  period: Period;
  room: string;
  starts_at: string;
  ends_at: string;
  numbers: number;
  status: 'planned' | 'stopped';
  stop_reason: string | null;
  supply?: Supply;
};

/** How many numbers of a session are in which state. */
export type Supply = {
  session_id: string;
  total: number;
  unreleased: number;
  free: number;
  held: number;
  booked: number;
  checked_in: number;
  cooling: number;
  stopped: number;
  void: number;
};

export type ImportKind = 'departments' | 'doctors' | 'sessions' | 'sold';

export type ImportReport = {
  kind: string;
  rows: number;
  valid: number;
  created: number;
  updated: number;
  errors: { line: number; column: string; value_masked?: string; reason: string }[];
  errors_total: number;
  committed: boolean;
};

export type RhythmPoint = { days_before: number; time: string };

export type Rhythm =
  | {
      kind: 'days';
      announce: RhythmPoint;
      close: RhythmPoint;
      seal_by: RhythmPoint;
      offset_s: number;
      margin_s: number;
      confirm_by: RhythmPoint;
      returns?: { close: RhythmPoint; confirm_by: RhythmPoint }[];
    }
  | {
      kind: 'seconds';
      entry_s: number;
      seal_s: number;
      offset_s: number;
      margin_s: number;
      confirm_s: number;
      returns?: { wait_s: number; confirm_s: number }[];
    };

export type ClassRule = 'age-60' | 'other-province';

/** What a clinic's draws offer beyond equal weights; what is left out is as by default. */
export type DrawRules = {
  eligibility?: 'open' | 'prior-visit' | 'pre-review';
  pool?: 'entrants-and-witnesses' | 'public';
  impact_assessment?: string;
  weights?: 'equal' | 'loss-1-6-8';
  classes?: { id: string; rule: ClassRule; province?: string; reserved: number }[];
  wildcards?: boolean;
  later?: number;
};

export type PlanDraft = {
  healthcare_service_id: string;
  method: 'order' | 'draw';
  effective_from: string;
  advance_days: number;
  release_time: string;
  same_day_share: number;
  same_day_time: string;
  on_site_share: number;
  on_site_time: string;
  on_site_zero_reason?: string | null;
  draw_group: string;
  draw_rhythm?: Rhythm | null;
  shadow?: boolean;
  draw_rules?: DrawRules;
  reason?: string | null;
};

export type Plan = PlanDraft & {
  id: string;
  service_name: string;
  version: number;
  created_by: string;
  created_at: string;
};

export type Finding = { code: string; severity: 'refuse' | 'flag' | 'advise'; message: string };

export type PlanProposal = {
  proposal_id: string;
  healthcare_service_id: string;
  service_name: string;
  method: 'order' | 'draw';
  shadow: boolean;
  effective_from: string;
  draft: { draw_rules?: DrawRules };
  reason: string | null;
  proposed_at: string;
  mine: boolean;
};

export type Recommendation = {
  id: string;
  healthcare_service_id: string;
  service_name: string;
  month: string;
  /** Of the last five sessions, how many sold out within ten minutes, and the fastest in seconds. */
  fast_sessions: number;
  fastest_s: number;
};

export const callOutcomes = [
  'confirmed',
  'will_decide',
  'no_answer',
  'no_phone',
  'declined',
] as const;
export type CallOutcome = (typeof callOutcomes)[number];

/** A person who won a number and has not confirmed. */
export type Call = {
  appointment_id: string;
  name_masked: string;
  age: number | null;
  service_date: string;
  period: Period;
  department_name: string;
  service_name: string;
  hold_until: string;
  /** Has no account: the number cannot lapse before one call. */
  must_call: boolean;
  calls: number;
  last_outcome: CallOutcome | null;
};

export type ShadowReport = {
  entries: number;
  places: number;
  served_in_order: number;
  served_by_draw: number;
  served_by_both: number;
  groups: {
    group: 'took-a-number' | 'registered-only';
    entries: number;
    in_order: number;
    by_draw: number;
  }[];
};

export type Wildcard = 'chief' | 'any';
export type Channel = 'window' | 'phone';

export type WindowPatient = {
  patient_id: string;
  name_masked: string;
  document_masked: string;
  age: number | null;
  created: boolean;
};

export type DeskVisit = {
  appointment_id: string;
  patient_id: string;
  sequence: number;
  status: VisitStatus;
  name_masked: string;
  document_masked: string;
  starts_at: string;
  checked_in_at: string | null;
  called_at: string | null;
  calls: number;
  missed: boolean;
  queue_place: number | null;
  tags: string[];
};

export type Desk = {
  session: { session_id: string; room: string; service_name: string; status: string };
  visits: DeskVisit[];
};

export type AuditEvent = {
  id: string;
  name: string;
  subject: string;
  version: number;
  actor: string;
  occurred_at: string;
  leaf_index: number | null;
};
