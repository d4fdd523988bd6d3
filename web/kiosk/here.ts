import { createContext, useContext } from 'react';
import { api, ApiProblem, newKey } from '../shared/api.ts';
import type { HospitalDetail, Visit } from '../shared/types.ts';

export type Terminal = {
  terminal_id: string;
  hospital_id: string;
  name: string;
  place: string;
  idle_warning_seconds: number;
  idle_answer_seconds: number;
};

/** Whoever stands here, in memory alone: nothing of a person is stored on the machine. */
export type Turn = {
  turn_id: string;
  how: 'typed' | 'reader';
  proved: boolean;
  patient: { name_masked: string; document_masked: string; age: number | null };
};

export type Slip = {
  short_code: string;
  secret: string;
  receipt: unknown;
  result_at: string;
  confirm_until: string;
};

/** What a person takes away on paper. */
export type Printed =
  | { kind: 'visit'; visit: Visit }
  | { kind: 'entry'; code: string; wanted: readonly string[]; slip: Slip };

export type View =
  | { at: 'menu' }
  | { at: 'take' }
  | { at: 'mine' }
  | { at: 'pay'; visit: Visit }
  | { at: 'ticket'; printed: Printed };

export type Here = {
  terminal: Terminal;
  hospital: HospitalDetail | undefined;
  turn: Turn;
  setTurn: (turn: Turn) => void;
  go: (view: View) => void;
  leave: () => void;
  /** The turn ended on the server: somebody else's, or too long ago. */
  over: () => void;
};

export const HereContext = createContext<Here | null>(null);

export function useHere(): Here {
  const here = useContext(HereContext);
  if (!here) throw new Error('useHere needs a turn');
  return here;
}

type Ask = { turn: Turn; over: () => void };

async function asked<T>(here: Ask, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof ApiProblem && /^kiosk\/(turn-over|terminal-unknown)$/.test(error.code))
      here.over();
    throw error;
  }
}

/** Reads for the person here. */
export function read<T>(here: Ask, path: string): Promise<T> {
  const headers = { 'x-kiosk-turn': here.turn.turn_id };
  return asked(here, () => api<T>(`/api/kiosk${path}`, { headers }));
}

/** Writes for the person here. */
export function write<T>(
  here: Ask,
  path: string,
  body: unknown = {},
  key: string = newKey(),
): Promise<T> {
  const headers = { 'x-kiosk-turn': here.turn.turn_id };
  return asked(here, () => api<T>(`/api/kiosk${path}`, { method: 'POST', body, key, headers }));
}
