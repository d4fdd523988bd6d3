import { api, ApiProblem, post } from '../shared/api.ts';
import { solve, type Challenge } from '../shared/proof-of-work.ts';
import type { Visit } from '../shared/types.ts';
import { agreeing } from './consent-gate.tsx';
import { passHeader } from './gate.ts';

/** A number a person is about to take. */
export type Hold = { session_id: string; slot_id: string | null; patient_id: string };

type Brought = Record<string, string>;
type Step = { step: string; challenge: Challenge | null };

let ready: { name: string; brought: Promise<Brought> } | undefined;

const nameOf = (hold: Hold): string => Object.values(hold).join(' ');

/** Asks for the step, and does the work if any is asked, while the person is still reading. */
export function prepareHold(hold: Hold): void {
  if (ready?.name === nameOf(hold)) return;
  const brought = bring(hold);
  ready = { name: nameOf(hold), brought };
  brought.catch(() => {
    // pressing the button asks again, and says what is wrong
    if (ready?.brought === brought) ready = undefined;
  });
}

async function bring(hold: Hold): Promise<Brought> {
  const { step, challenge } = await post<Step>('/api/steps', hold);
  return {
    'x-booking-step': step,
    ...(challenge ? { 'x-challenge-proof': await answer(hold, challenge) } : {}),
  };
}

type Worked = { name: string; at: number; proof: Promise<string | undefined> };

/** The answer to a challenge that was done in the queue; each is good once. */
let worked: Worked | undefined;
/** The server believes an answer for an hour. */
const worked_ms = 50 * 60_000;

const workName = (hold: Omit<Hold, 'slot_id'>): string => `${hold.session_id} ${hold.patient_id}`;

/**
 * Does the work that a rush may ask for while the person still waits in the queue, so that at their
 * turn nobody waits for it.
 */
export function workAhead(hold: Omit<Hold, 'slot_id'>): void {
  const name = workName(hold);
  if (worked?.name === name && Date.now() - worked.at < worked_ms) return;
  const proof = askWork(hold)
    .then(solve)
    .catch(() => undefined); // then it is done when it is asked for
  worked = { name, at: Date.now(), proof };
}

async function askWork({ session_id, patient_id }: Omit<Hold, 'slot_id'>): Promise<Challenge> {
  const query = new URLSearchParams({ session_id, patient_id }).toString();
  return (await api<{ challenge: Challenge }>(`/api/challenges?${query}`)).challenge;
}

async function answer(hold: Hold, given?: Challenge): Promise<string> {
  const done = worked;
  if (done?.name === workName(hold)) worked = undefined;
  const is_good = done?.name === workName(hold) && Date.now() - done.at < worked_ms;
  const kept = is_good ? await done.proof : undefined;
  return kept ?? solve(given ?? (await askWork(hold)));
}

const kept_name = 'zh.hold';
/** After so long a hold of ours has ended, whatever became of it. */
const kept_ms = 30 * 60_000;

type Kept = { name: string; key: string; at: number };

function keptHold(): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(kept_name) ?? 'null') as Kept | null;
    return kept && Date.now() - kept.at < kept_ms ? kept : null;
  } catch {
    return null; // storage is closed to us: then a reload begins anew
  }
}

function keepHold(kept: Kept | null): void {
  try {
    if (kept) localStorage.setItem(kept_name, JSON.stringify(kept));
    else localStorage.removeItem(kept_name);
  } catch {
    // the page itself still keeps the key
  }
}

/** Whether the server has decided; without its answer the same number may already be ours. */
const isAnswer = (error: unknown): boolean =>
  error instanceof ApiProblem && error.status >= 400 && error.status < 500;

/**
 * Takes the number. The key of a wish stays the same until the server has answered, over a reload and
 * in another tab too, so that a lost connection or two taps never take two numbers. Who already holds
 * a number of this session is led back to it.
 */
export async function takeHold(hold: Hold, key: string, proof?: string): Promise<Visit> {
  const name = nameOf(hold);
  const kept = keptHold();
  const own = kept?.name === name ? kept.key : key;
  keepHold({ name, key: own, at: Date.now() });
  try {
    const visit = await sendHold(hold, own, proof);
    keepHold(null);
    return visit;
  } catch (error) {
    if (!isAnswer(error)) throw error;
    keepHold(null);
    const held = await heldAlready(hold, error as ApiProblem);
    if (held) return held;
    throw error;
  }
}

/** The number of this session that the person holds already, where that is what refused another. */
async function heldAlready(hold: Hold, refusal: ApiProblem): Promise<Visit | undefined> {
  if (refusal.code !== 'booking/session-day') return undefined;
  const { appointments } = await api<{ appointments: Visit[] }>('/api/appointments');
  return appointments.find(
    (visit) =>
      visit.status === 'held' &&
      visit.session_id === hold.session_id &&
      visit.patient.patient_id === hold.patient_id,
  );
}

/**
 * A step that was used or ran out is asked for again, and a challenge that came up meanwhile is solved,
 * once; `proof` is what a code by message gave instead of it.
 */
async function sendHold(hold: Hold, key: string, proof?: string): Promise<Visit> {
  const prepared = ready?.name === nameOf(hold) ? ready.brought : bring(hold);
  ready = undefined; // a step is good for one use
  const own: Brought = proof === undefined ? {} : { 'x-challenge-proof': proof };
  const send = (headers: Brought): Promise<Visit> =>
    agreeing(() =>
      api<Visit>('/api/appointments', {
        method: 'POST',
        body: hold,
        key,
        headers: { ...headers, ...passHeader(hold) },
      }),
    );
  try {
    return await send({ ...(await prepared), ...own });
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    if (error.code.startsWith('gate/step-')) return send({ ...(await bring(hold)), ...own });
    if (error.code !== 'gate/challenge-asked') throw error;
    const proved = await answer(hold);
    const brought = await bring(hold);
    return send({ ...brought, 'x-challenge-proof': proved });
  }
}
