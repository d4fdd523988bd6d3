import type { Clock } from '../../platform/clock.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Db, Queryable, Tx } from '../../platform/db.ts';
import type { Random } from '../../platform/random.ts';
import type { Secrets } from '../../platform/secrets.ts';
import type { SmsSender } from '../messages.ts';

export type PrivacyContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  secrets: Secrets;
  sms: SmsSender;
};

/** A decision that no human made, about a person of the account, in words. */
export type AutomatedDecision = {
  id: string;
  /** What kind, e.g. `slow_lane`. */
  kind: string;
  patient_id: string | null;
  at: Date;
  until: Date | null;
  /** What was decided, and from what, so that one can object. */
  title: string;
  reason: string;
  title_en: string;
  reason_en: string;
  appealed_at: Date | null;
};

/**
 * What one module knows of a person. Wired in `app.ts`, because identity imports no module above it.
 */
export type PersonData = {
  module: string;
  /** Everything kept about the person, fit for a machine; of nobody else. */
  read(person: { patient_id: string }): Promise<Record<string, unknown>>;
  /**
   * Ends what leads to the person and empties what was written about them. Rows that rules still count
   * stay under the person's id. @returns until when such a rule runs, or null.
   * @throws Problem telling what has to be finished first.
   */
  erase(tx: Tx, person: { patient_id: string; at: Date }): Promise<Date | null>;
  /** What is kept about an account itself; emptied when it is closed. */
  closeAccount?(tx: Tx, account: { account_id: string }): Promise<void>;
  decisions?(account: { account_id: string }): Promise<AutomatedDecision[]>;
  appeal?(input: { decision_id: string; account_id: string; text: string }): Promise<boolean>;
  /** Deletes what is older than its time. @returns rows deleted by what they were. */
  sweep?(db: Queryable, at: Date): Promise<Record<string, number>>;
};
