import type { Clock } from '../../platform/clock.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Db } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { maskedPatients } from '../read-patients.ts';
import { delegateNone, delegateUnknown } from './errors.ts';
import { endDelegateLinks } from './store-delegates.ts';
import { actsOfDelegate, endOfAccount, hasDelegate } from './store-delegate-acts.ts';

type ActContext = { db: Db; clock: Clock; random: Random; fields: FieldCrypto };

/** One act of a helper as the office reads it. */
export type DelegateAct = {
  act_id: string;
  kind: 'added' | 'booked';
  name_masked: string;
  document_masked: string;
  acted_at: Date;
};

/**
 * What a helper did, the newest first, for the hospital's office; the read is recorded for each
 * person in it.
 * @throws Problem identity/delegate-unknown.
 */
export async function readDelegateActs(
  ctx: ActContext,
  input: { delegate_id: string; hospital_id: string | null; actor: string },
): Promise<DelegateAct[]> {
  const { delegate_id, hospital_id, actor } = input;
  if (!(await hasDelegate(ctx.db, delegate_id, hospital_id))) throw new Problem(delegateUnknown);
  const acts = await actsOfDelegate(ctx.db, delegate_id);
  const ids = [...new Set(acts.map((act) => act.patient_id))];
  if (ids.length > 0) await ctx.db.tx((tx) => appendEvents(tx, ctx, ids.map(readBy)));
  const persons = await maskedPatients(ctx, ids);
  return acts.map(({ patient_id, ...act }) => ({
    ...act,
    name_masked: persons.get(patient_id)?.name_masked ?? '',
    document_masked: persons.get(patient_id)?.document_masked ?? '',
  }));

  function readBy(patient_id: string) {
    return {
      name: 'identity.patient.read' as const,
      ...{ hospital_id, actor, person_id: patient_id },
      subject: `patient-read:${newId(ctx)}`,
      version: 1,
      payload: { patient_id, purpose: 'delegate-acts' },
    };
  }
}

/**
 * A helper stops by themselves: the credential or the application ends, and with it every link.
 * What was booked stays with the patients.
 * @throws Problem identity/delegate-none.
 */
export async function stopHelping(
  ctx: { db: Db; clock: Clock; random: Random },
  account_id: string,
): Promise<void> {
  const actor = `account:${account_id}`;
  const at = ctx.clock.now();
  await ctx.db.tx(async (tx) => {
    const ended = await endOfAccount(tx, { account_id, actor, at });
    if (!ended) throw new Problem(delegateNone);
    await endDelegateLinks(tx, account_id, at);
    const { delegate_id, hospital_id, version } = ended;
    await appendEvents(tx, ctx, [
      {
        name: 'identity.delegate.decided',
        ...{ hospital_id, subject: `delegate:${delegate_id}`, version, actor },
        payload: { delegate_id, account_id, state: 'ended' },
      },
    ]);
  });
}
