import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { keyReused, type Idempotency } from '../../platform/idempotency.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { refused } from '../errors.ts';
import { takeNumbers } from '../store-hot.ts';
import type { Answer, Pool } from '../types.ts';
import { answerBefore, keepAnswer } from './store-direct.ts';

/**
 * Books a number inside the caller's transaction, by the very statement every booking goes through,
 * so that limits, events and counting are the same. The answer may be a refusal.
 */
export async function takeWithin(
  tx: Tx,
  source: { clock: Clock; random: Random },
  input: {
    actor: string;
    session_id: string;
    slot_id: string | null;
    patient_id: string;
    pools: readonly Pool[];
    detail: Record<string, unknown>;
    idempotency: Idempotency;
  },
): Promise<Answer> {
  const [answered] = await takeNumbers(tx, [
    {
      ...input.idempotency,
      actor: input.actor,
      channel: 'in_clinic',
      account_id: null,
      device_key_id: null,
      payer_reference: null,
      phone_index: null,
      detail: input.detail,
      appointment_id: newId(source),
      event_id: newId(source),
      session_id: input.session_id,
      slot_id: input.slot_id,
      patient_id: input.patient_id,
      pools: input.pools.join(','),
      at: source.clock.now(),
      hold_until: null,
    },
  ]);
  if (!answered) throw new Error('the statement answered fewer requests than it was given');
  return answered.answer;
}

/** As `takeWithin`; a refusal ends the transaction. @throws Problem as `book` throws. */
export async function bookWithin(
  ...given: Parameters<typeof takeWithin>
): Promise<{ appointment_id: string; sequence: number }> {
  const { refusal, appointment_id, sequence } = await takeWithin(...given);
  if (refusal) throw refused(refusal);
  return { appointment_id: appointment_id as string, sequence: sequence as number };
}

/**
 * Does a thing once a key, within a transaction: a repeat gets the first answer. The caller holds the
 * lock under which repeats follow one another.
 * @throws Problem platform/idempotency-key-reused.
 */
export async function once<Result extends object>(
  tx: Tx,
  input: { idempotency: Idempotency; at: Date },
  work: () => Promise<Result>,
): Promise<Result> {
  const before = await answerBefore<Result>(tx, input.idempotency);
  if (before) {
    if (before.fingerprint !== input.idempotency.fingerprint) throw new Problem(keyReused);
    return before.answer;
  }
  const answer = await work();
  await keepAnswer(tx, input.idempotency, { answer, at: input.at });
  return answer;
}

/** The key of the booking inside a thing that is itself done once. */
export function innerKey({ scope, key, fingerprint }: Idempotency): Idempotency {
  return { scope: `${scope} number`, key, fingerprint };
}
