import type { Period } from '../shared/types.ts';

export const addReasons = [
  'condition',
  'post_discharge',
  'result',
  'far',
  'medicine',
  'staff',
] as const;
export type AddReason = (typeof addReasons)[number];
export const addRefusals = ['room', 'other_day', 'other_doctor'] as const;

export type FoundPerson = {
  patient_id: string;
  name_masked: string;
  document_masked: string;
  age: number | null;
};

type Place = {
  service_date: string;
  period: Period;
  starts_at: string;
  ends_at: string;
  department_name: string;
  service_name: string;
  practitioner_name: string | null;
  room: string;
};

export type AddedOrder = Place & {
  order_id: string;
  session_id: string;
  reason: AddReason;
  state: 'asked' | 'given' | 'refused' | 'expired';
  quota: number;
  name_masked: string;
  document_masked: string;
  age: number | null;
  mine: boolean;
};

export type SessionAdded = { quota: number; used: number; orders: AddedOrder[] };

export type Counts = { within_quota: number; approved: number; refused: number; expired: number };

export type AddedReport = {
  month: string;
  rows: (Counts & {
    department_name: string;
    practitioner_name: string | null;
    reason: AddReason;
  })[];
  patients: Counts;
  staff: Counts;
  concentrated: { staff_name: string; name_masked: string; given: number }[];
};

export type GreenOffer = Place & { session_id: string; reserved_free: number };

export type FollowUps = {
  sessions: (Place & { session_id: string; free: number })[];
  plan: {
    plan_id: string;
    every_months: number;
    times: number;
    done: number;
    next_due: string;
  } | null;
};
