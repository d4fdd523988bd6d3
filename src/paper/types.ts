import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import type { Random } from '../platform/random.ts';
import type { EditionKind } from './rules.ts';

export type PaperContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  config: { paper_dir: string };
};

/** One line of a session's list: a number, and who has it, masked. */
export type ListedNumber = {
  sequence: number;
  /** 08:00-08:06 */
  time: string;
  pool: string;
  status: string;
  name_masked: string;
  document_masked: string;
  /** `visit` is on the list, `blank` on the sheet for walk-ins, `other` only counted. */
  place: 'visit' | 'blank' | 'other';
};

export type ListedSession = {
  session_id: string;
  service_code: string;
  service_name: string;
  practitioner: string;
  room: string;
  period: string;
  hours: string;
  /** Why it does not take place; null when it does. */
  stopped: string | null;
  numbers: ListedNumber[];
};

/** A department's paper for one clinic day. */
export type DepartmentList = {
  department_id: string;
  department_code: string;
  department_name: string;
  place: string;
  campus_code: string;
  campus_name: string;
  sessions: ListedSession[];
};

/** What stands on every page of one edition. */
export type EditionFacts = {
  hospital_code: string;
  hospital_name: string;
  service_date: string;
  kind: EditionKind;
  printed_at: Date;
  /** The newest checkpoint of the log: how many leaves, and their root in hex; null before the first. */
  checkpoint: { size: number; root: string } | null;
};

export type EditionRow = {
  edition_id: string;
  hospital_id: string;
  kind: EditionKind;
  due_at: Date;
  service_date: string;
  attempts: number;
  written_at: Date | null;
  sessions: number;
  numbers: number;
  booked: number;
  on_site_free: number;
  failed: number;
};

export type FileRow = {
  file_id: string;
  edition_id: string;
  campus_name: string;
  department_name: string;
  format: 'pdf' | 'csv';
  path: string;
  bytes: number;
  sha256: string;
};
