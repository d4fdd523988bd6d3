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
    ...(challenge ? { 'x-challenge-proof': await solve(challenge) } : {}),
  };
}

/**
 * Takes the number. A step that was used or ran out is asked for again, and a challenge that came up
 * meanwhile is solved, once; `proof` is what a code by message gave instead of it.
 */
export async function takeHold(hold: Hold, key: string, proof?: string): Promise<Visit> {
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
    const { session_id, patient_id } = hold;
    const query = new URLSearchParams({ session_id, patient_id }).toString();
    const { challenge } = await api<{ challenge: Challenge }>(`/api/challenges?${query}`);
    const brought = await bring(hold);
    return send({ ...brought, 'x-challenge-proof': await solve(challenge) });
  }
}
