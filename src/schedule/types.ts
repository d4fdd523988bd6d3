export type Period = 'morning' | 'afternoon' | 'evening';
export type Mode = 'in_person' | 'internet';
export type Master = 'own' | 'his';

export type Level =
  | 'ordinary'
  | 'associate_chief'
  | 'chief'
  | 'disease'
  | 'special'
  | 'team'
  | 'emergency'
  | 'convenience';

export type TimeCritical =
  | 'emergency'
  | 'fever'
  | 'pediatric_ordinary'
  | 'antenatal'
  | 'dialysis'
  | 'oncology_follow_up'
  | 'rabies'
  | 'other';

/** Numbers set aside by purpose; the names are booking's pools. */
export type DirectPools = Partial<
  Record<'follow_up' | 'in_clinic' | 'referral' | 'team' | 'green_channel', number>
>;

export type Hospital = {
  id: string;
  code: string;
  name: string;
  level: string;
  address: string;
  phone: string;
};

export type Campus = { id: string; code: string; name: string; address: string };

/** A campus with where it stands (WGS 84, degrees), where that is known. */
export type PlacedCampus = Campus & { latitude: number | null; longitude: number | null };

export type Department = {
  id: string;
  campus_id: string;
  code: string;
  name: string;
  specialty_code: string;
  place: string;
};

/** A clinic (号别) with its doctor, if it has one, in words. Fees in fen. */
export type Service = {
  id: string;
  department_id: string;
  code: string;
  name: string;
  level: Level;
  title: string;
  registration_fee_fen: number;
  consultation_fee_fen: number;
  time_critical: TimeCritical | null;
  practitioner_id: string | null;
  practitioner_name: string | null;
  practitioner_title: string | null;
  practitioner_speciality: string | null;
};

export type HospitalDetail = Hospital & {
  campuses: PlacedCampus[];
  departments: Department[];
  services: Service[];
};

/** A dated session with the names a page or another module needs. Fees in fen. */
export type SessionView = {
  id: string;
  hospital_id: string;
  hospital_name: string;
  campus_id: string;
  campus_name: string;
  /** The hospital's where the campus has none of its own. */
  campus_address: string;
  department_id: string;
  department_name: string;
  specialty_code: string;
  place: string;
  /** Nothing of it is named outside the signed-in site. */
  sensitive: boolean;
  healthcare_service_id: string;
  service_name: string;
  level: Level;
  time_critical: TimeCritical | null;
  registration_fee_fen: number;
  consultation_fee_fen: number;
  practitioner_id: string | null;
  practitioner_name: string | null;
  practitioner_title: string | null;
  service_date: string;
  period: Period;
  room: string;
  starts_at: Date;
  ends_at: Date;
  numbers: number;
  direct_pools: DirectPools;
  patient_bookings_max: number;
  master: Master;
  mode: Mode;
  status: 'planned' | 'stopped';
  stop_reason: string | null;
  /** Whose session it was before a substitute took it over (替诊). */
  substitute_for: string | null;
  version: number;
};

export type SessionFilter = {
  hospital_id?: string | undefined;
  department_id?: string | undefined;
  /** An official 诊疗科目 code. */
  specialty_code?: string | undefined;
  healthcare_service_id?: string | undefined;
  practitioner_id?: string | undefined;
  /** Clinic days, both included. */
  from: string;
  to: string;
};

/** What the sessions of one insert look like; instants as ISO strings or dates. */
export type SessionRow = {
  id: string;
  healthcare_service_id: string;
  practitioner_id: string | null;
  practitioner_licence: string | null;
  service_date: string;
  period: Period;
  room: string;
  starts_at: string | Date;
  ends_at: string | Date;
  numbers: number;
  direct_pools: DirectPools;
  patient_bookings_max: number;
  master: Master;
  mode: Mode;
};
