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
    }
  | {
      kind: 'seconds';
      entry_s: number;
      seal_s: number;
      offset_s: number;
      margin_s: number;
      confirm_s: number;
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
};

export type Plan = PlanDraft & {
  id: string;
  service_name: string;
  version: number;
  created_by: string;
  created_at: string;
};

export type Finding = { code: string; severity: 'refuse' | 'flag' | 'advise'; message: string };

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
