import type { Period } from '../shared/types.ts';

export const referralReasons = ['beyond', 'unclear', 'worse', 'procedure', 'specialist'] as const;
export type ReferralReason = (typeof referralReasons)[number];
export const urgencies = ['routine', 'soon', 'urgent'] as const;
export type Urgency = (typeof urgencies)[number];
export const referralRefusals = ['local', 'other_department', 'emergency', 'full'] as const;
export const documentTypes = [
  'resident_id',
  'household_register',
  'passport',
  'hk_macao_permit',
  'taiwan_permit',
  'hk_macao_taiwan_residence',
  'foreign_permanent_residence',
] as const;

export type Place = {
  service_date: string;
  period: Period;
  starts_at: string;
  ends_at: string;
  department_name: string;
  service_name: string;
  practitioner_name: string | null;
  room: string;
};

export type ReferralTime = Place & {
  session_id: string;
  department_id: string;
  campus_name: string;
  free: number;
  left: number | null;
  at_once: boolean;
};
export type ReferralTimes = { institution_name: string; times: ReferralTime[] };

export type Referral = Place & {
  referral_id: string;
  institution_name: string;
  institution_phone: string;
  reason: ReferralReason;
  urgency: Urgency;
  state: 'asked' | 'given' | 'refused' | 'expired' | 'withdrawn';
  refusal: (typeof referralRefusals)[number] | null;
  quota: number | null;
  name_masked: string;
  document_masked: string;
  age: number | null;
  sent_at: string;
  appointment_id: string | null;
  visit_status: string | null;
  sequence: number | null;
  number_at: string | null;
  has_note: boolean;
  mine: boolean;
};

export type Institution = {
  institution_id: string;
  code: string;
  name: string;
  phone: string;
  closed: boolean;
  referrers: { staff_id: string; display_name: string }[];
  quotas: {
    department_id: string;
    department_name: string;
    healthcare_service_id: string | null;
    service_name: string | null;
    per: 'week' | 'month';
    numbers: number;
  }[];
};
export type Institutions = {
  institutions: Institution[];
  unbound: { staff_id: string; display_name: string }[];
};

type Figures =
  | 'quota'
  | 'sent'
  | 'at_once'
  | 'by_office'
  | 'refused'
  | 'expired'
  | 'waiting'
  | 'seen'
  | 'missed'
  | 'given_back';
export type ReferralReport = {
  month: string;
  rows: (Record<Figures, number> & { institution_name: string; department_name: string })[];
  departments: { department_name: string; reserved: number; used: number }[];
  total: { quota: number; sent: number; given: number; seen: number };
};

export type Doctor = { practitioner_id: string; name: string; title: string };
export type Team = {
  healthcare_service_id: string;
  service_name: string;
  department_name: string;
  closed: boolean;
  expert: Doctor;
  members: Doctor[];
  months: { month: string; total: number }[];
};
export type Teams = {
  teams: Team[];
  clinics: { healthcare_service_id: string; name: string; department_name: string }[];
  doctors: Doctor[];
};
