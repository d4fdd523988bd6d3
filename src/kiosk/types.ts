import type { PayContext } from '../booking/index.ts';
import type { RegisterContext } from '../identity/index.ts';
import type { Secrets } from '../platform/secrets.ts';

/** What the kiosk's verbs need. */
export type KioskContext = PayContext & RegisterContext & { secrets: Secrets };

/** A kiosk that is switched on, as its token says. */
export type Terminal = {
  terminal_id: string;
  hospital_id: string;
  name: string;
  place: string;
  generation: number;
};

export type How = 'typed' | 'reader';

/** The person who stands at a terminal now. */
export type Turn = {
  turn_id: string;
  patient_id: string;
  how: How;
  /** Their card was read, or they named the phone on record. */
  proved: boolean;
  proof_tries: number;
  made: string[];
  began_at: Date;
  seen_at: Date;
};

export type AtTerminal = { terminal: Terminal; turn: Turn };

export const actorOfTerminal = (terminal: Pick<Terminal, 'terminal_id'>): string =>
  `terminal:${terminal.terminal_id}`;
