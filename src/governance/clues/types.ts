import type { Clock } from '../../platform/clock.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Db } from '../../platform/db.ts';
import type { Random } from '../../platform/random.ts';
import type { Secrets } from '../../platform/secrets.ts';
import type { Category, ClueState, Outcome, PlaceKind, Receiver } from './rules.ts';

export type CluesContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  secrets: Secrets;
};

/** The free words of a report, kept together under one seal. */
export type ClueWords = {
  /** What was offered, by whom, how it went. */
  text: string;
  /** Where exactly: a gate, a name of a shop, a group. */
  place: string;
  /** How the tout is reached: a phone, a WeChat name, an address of a page. */
  reach: string;
};

export type ClueFacts = {
  category: Category;
  involves_staff: boolean;
  place_kind: PlaceKind;
  asked_fen: number | null;
  face_fen: number | null;
  happened_on: string | null;
  happened_time: string | null;
};

export type ClueProgress = {
  state: ClueState;
  handed_to: Receiver | null;
  outcome: Outcome | null;
  received_at: Date;
  changed_at: Date;
};

/** Whose reports a member of staff may read: of their hospital, and those about staff or not. */
export type ClueReader = { hospital_id: string; reads_staff_matters: boolean };
