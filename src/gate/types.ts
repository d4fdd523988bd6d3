export type Lane = 'normal' | 'slow';

/**
 * Which lane a person waits in. Decided by the small rules of lane.ts until a risk engine does;
 * `extra_s` is at most 60, `case_id` names the case an appeal is about.
 */
export type RiskDecision = { lane: Lane; extra_s: number; case_id: string | null };

/** What the browser carries: everything about a place in the queue; the server keeps none of it. */
export type Ticket = {
  room_id: string;
  account_id: string;
  patient_id: string;
  /** The browser key that drew it; null before a browser has one. */
  device_key_id: string | null;
  kind: 'early' | 'late';
  /** Early: 16 hexadecimal digits. Late: the number in order, in decimal. */
  value: string;
} & RiskDecision;

/** The right to book for a few minutes, given when the ticket's turn has come. */
export type Pass = {
  room_id: string;
  account_id: string;
  patient_id: string;
  device_key_id: string | null;
  lane: Lane;
  /** Seconds since 1970. */
  expires_at: number;
};

/** How far a room's queue has come: every early value below, every late number up to. */
export type Mark = { early_up_to: string; late_up_to: number };

/** What moves a room's marks. */
export type Progress = Mark & { early_count: number; late_issued: number };

/** When numbers are released and of which sessions: told by the module of releases. */
export type Moments = {
  /** Moments in (from, to]. */
  coming(from: Date, to: Date): Promise<{ hospital_id: string; opens_at: Date }[]>;
  sessionsAt(hospital_id: string, opens_at: Date): Promise<string[]>;
};

/** What a ticket or a pass is checked against. */
export type Holder = { account_id: string; patient_id: string; device_key_id: string | null };
