// What the server answers, as far as the pages read it. Instants are ISO 8601, dates YYYY-MM-DD in
// Asia/Shanghai, money whole fen.

export type Info = {
  name: string;
  version: string;
  demo: boolean;
  demo_banner: boolean;
  now: string;
};

/** A campus; its position (degrees) where the hospital has said it. */
export type Campus = {
  id: string;
  name: string;
  address: string;
  latitude: number | null;
  longitude: number | null;
};

export type Hospital = {
  id: string;
  name: string;
  level: string;
  address: string;
  phone: string;
  campuses: Campus[];
};

export type Department = {
  id: string;
  campus_id: string;
  name: string;
  specialty_code: string;
  specialty_name: string;
  place: string;
};

export type HospitalDetail = Hospital & {
  departments: Department[];
  services: Clinic[];
};

/** A clinic of a hospital's directory, with its doctor if it has one. */
export type Clinic = {
  id: string;
  department_id: string;
  name: string;
  level: Level;
  practitioner_name: string | null;
  practitioner_title: string | null;
  practitioner_speciality: string | null;
};

export type Level =
  | 'ordinary'
  | 'associate_chief'
  | 'chief'
  | 'disease'
  | 'special'
  | 'team'
  | 'emergency'
  | 'convenience';

export type Period = 'morning' | 'afternoon' | 'evening';

export type Practitioner = { id: string; name: string; title: string };

export type Service = {
  id: string;
  name: string;
  level: Level;
  registration_fee_fen: number;
  consultation_fee_fen: number;
};

export type SessionState = 'free' | 'full' | 'stopped' | 'unreleased' | 'register' | 'over';

export type Session = {
  session_id: string;
  service_date: string;
  mode: 'in_person' | 'internet';
  period: Period;
  starts_at: string;
  ends_at: string;
  room: string;
  hospital_id: string;
  campus_name: string;
  campus_address: string;
  department_id: string;
  department_name: string;
  service: Service;
  practitioner: Practitioner | null;
  method: 'order' | 'draw';
  state: SessionState;
  release_text: string | null;
  release_at: string | null;
  draw_id: string | null;
  free_numbers: number | null;
};

export type Availability = { days: string[]; sessions: Session[] };

export type FreeNumber = {
  slot_id: string;
  sequence: number;
  starts_at: string;
  ends_at: string;
};

export type SessionDetail = Session & {
  cancel_until: string | null;
  /** Internet clinics are for people seen here in the specialty within so many days. */
  internet_prior_days: number;
  on_site_numbers_text?: string | null;
  numbers: FreeNumber[];
};

export type DrawState = 'announced' | 'open' | 'sealed' | 'drawn' | 'closed' | 'burnt';

export type DrawSession = {
  /** Also how a preference names the session. */
  session_id: string;
  service_date: string;
  period: Period;
  service_name: string;
  practitioner_name: string | null;
  department_name: string;
  campus_name: string;
  fee_fen: number;
  places: number;
};

/** A time at which given-back places are allocated again; `empty`: none had come back. */
export type DrawReturn = {
  n: number;
  closes_at: string;
  round_at: string;
  confirm_until: string;
  state: 'waiting' | 'empty' | 'sealed' | 'drawn' | 'missed';
};

/** Places and people of a draw that is over. */
export type Odds = { places: number; entries: number };

export type Draw = {
  draw_id: string;
  code: string;
  number: number;
  group: string;
  state: DrawState;
  /** A shadow allocates for comparison only and gives no number out. */
  kind: 'first' | 'batch' | 'shadow';
  opens_at: string;
  closes_at: string;
  round: number | null;
  round_at: string;
  confirm_until: string | null;
  sessions: DrawSession[];
  entries: number | null;
  manifest_hash: string;
  root: string | null;
  seal: string | null;
  seed: string | null;
  beacon: {
    kind: string;
    independent: boolean;
    chain: string;
    round: number | null;
    signature: string | null;
  };
  pool: 'public' | 'entrants-and-witnesses';
  witnesses: number;
  wildcards: boolean;
  eligibility: 'open' | 'prior-visit' | 'pre-review';
  returns: DrawReturn[];
  /** How the draw before it of the same group went. */
  last: Odds | null;
};

/** What is published of a draw that has run: counts only. */
export type DrawResult = Odds & {
  draw_id: string;
  code: string;
  state: DrawState;
  classes: (Odds & { id: string })[];
  returns: { n: number; state: DrawReturn['state']; places: number; given: number }[];
  attendance: { given: number; attended: number; no_show: number } | null;
};

export type DemandMonth = Odds & { month: string; department_name: string; draws: number };

export type Me = { account_id: string; phone_masked: string; elder_mode: boolean };

export type Patient = {
  patient_id: string;
  name_masked: string;
  document_type: string;
  document_masked: string;
  relation: string;
  age: number | null;
  /** What the account may do for them; `pending` until the patient has agreed. */
  state?: 'pending' | 'trial' | 'active' | 'delegate';
  /** Staff's look at the document: open, accepted, refused; null without one. */
  document_case?: string | null;
  phone_known?: boolean;
};

export type VisitStatus =
  | 'held'
  | 'booked'
  | 'checked_in'
  | 'called'
  | 'fulfilled'
  | 'noshow'
  | 'cancelled'
  | 'lapsed'
  | 'stopped';

export type Visit = {
  appointment_id: string;
  session_id: string;
  status: VisitStatus;
  channel: string;
  hold_until: string | null;
  service_date: string;
  period: Period;
  starts_at: string;
  ends_at: string;
  sequence: number;
  room: string;
  hospital_name: string;
  campus_name: string;
  department_name: string;
  service_name: string;
  practitioner_name: string | null;
  fee_fen: number;
  patient: { patient_id: string; name_masked: string; document_masked: string };
  cancel_until: string | null;
  undo_until: string | null;
  queue: { place: number; ahead: number } | null;
  draw_id: string | null;
};

export type Receipt = {
  draw: string;
  e: string;
  leaf: string;
  sig: string;
  time: number;
  v: string;
};

export type EntryState = 'registered' | 'withdrawn' | 'placed' | 'unplaced' | 'waiting' | 'burnt';

export type Entry = {
  draw_id: string;
  e: string;
  short_code: string;
  patient: { patient_id: string; name_masked: string };
  preferences: string[];
  receipt: Receipt;
  state: EntryState;
  rank: number | null;
  session_id: string | null;
  appointment_id: string | null;
  confirm_until: string | null;
  /** 0 the main draw, else the return that gave the place. */
  n: number;
  wish_id: string | null;
  notice_days: number;
  next_return_at: string | null;
  draw: Draw;
};

export type WishState = 'active' | 'asked' | 'won' | 'withdrawn' | 'expired';

/** A standing wish: it enters each draw of its group by itself. */
export type Wish = {
  wish_id: string;
  hospital_id: string;
  draw_group: string;
  patient_id: string;
  patient_name_masked: string;
  services: { id: string; name: string }[];
  any_service: boolean;
  from_date: string;
  to_date: string;
  notice_days: number;
  state: WishState;
  draws_passed: number;
};

/** A drawn visit that the hospital stopped, and what is held for the person instead. */
export type Displaced = {
  displaced_id: string;
  patient_name_masked: string;
  service_date: string;
  service_name: string;
  practitioner_name: string | null;
  state: 'waiting' | 'offered' | 'taken' | 'refunded' | 'ended';
  offer: {
    appointment_id: string;
    session_id: string;
    service_date: string;
    starts_at: string;
    service_name: string;
  } | null;
};

export type ReviewState = 'waiting' | 'accepted' | 'refused' | 'appealed';

/** A record handed in for a clinic that reviews before it draws. */
export type Review = {
  review_id: string;
  patient_id: string;
  patient_name_masked: string;
  draw_group: string;
  state: ReviewState;
  submitted_at: string;
  due_at: string;
  decided_at: string | null;
  reason: string | null;
  other_service_id: string | null;
  record: string;
  appeal: string | null;
};

export type Entered = {
  draw_id: string;
  e: string;
  preferences: string[];
  receipt: Receipt;
  short_code: string;
  entered_at: string;
};

export type NoticeKind =
  | 'placed'
  | 'placed_return'
  | 'unplaced'
  | 'excluded'
  | 'displaced'
  | 'offer'
  | 'wish_asked'
  | 'wish_ended'
  | 'lapsed'
  | 'stopped'
  | 'to_pay'
  | 'booked'
  | 'moved'
  | 'cancelled'
  | 'eve'
  | 'check_in'
  | 'near'
  | 'missed'
  | 'no_show'
  | 'substituted'
  | 'refused_substitute'
  | 'rebooked'
  | 'rebooking_lapsed'
  | 'rebooking_expired'
  | 'pay_refused'
  | 'bill'
  | 'refunded'
  | 'refund_failed'
  | 'restricted'
  | 'restriction_lifted'
  | 'appeal_answered'
  | 'added'
  | 'added_refused'
  | 'green'
  | 'referred'
  | 'referral_asked'
  | 'referral_refused'
  | 'team'
  | 'follow_up'
  | 'free_return'
  | 'return_back'
  | 'acted_for';

/** What a patient was told; `link` is a path of these pages. */
export type PatientNotice = {
  notice_id: string;
  at: string;
  title: string;
  text: string;
  kind: NoticeKind;
  patient_name_masked: string;
  link: string | null;
  read: boolean;
};

export type NoticePage = { notices: PatientNotice[]; unread: number };
