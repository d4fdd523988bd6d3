import type { Asker } from '../booking/index.ts';
import type { Wildcard } from './preferences.ts';

/** One request to enter a draw. */
export type EnterInput = {
  draw_id: string;
  patient_id: string;
  /** Session ids, the most wanted first; at most 10 lines with the wildcard. */
  preferences: string[];
  wildcard?: Wildcard | null | undefined;
  /** 32 random bytes (hex) from the browser or the slip printer. */
  nonce: string;
  /** SHA-256 (hex) of the secret the patient keeps to withdraw. */
  secret_hash: string;
  /** Days of notice the person needs at least before the clinic day. */
  notice_days?: number | undefined;
  asker: Asker;
};
