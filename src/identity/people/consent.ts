import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { delegateNone } from './errors.ts';
import { delegateOfAccount, insertConsent } from './store-delegates.ts';

/** Writes down how a patient agreed to a helper. @throws Problem identity/delegate-none. */
export async function noteConsent(
  tx: Tx,
  source: { clock: Clock; random: Random },
  consent: {
    account_id: string;
    patient_id: string;
    by: 'code' | 'counter' | 'credential' | 'paper';
    paper_reference?: string;
  },
): Promise<void> {
  const { account_id, patient_id, by, paper_reference = null } = consent;
  const delegate = await delegateOfAccount(tx, account_id);
  if (delegate?.state !== 'approved') throw new Problem(delegateNone);
  await insertConsent(tx, {
    id: newId(source),
    delegate_id: delegate.delegate_id,
    patient_id,
    basis: by === 'credential' ? 'code' : by,
    paper_reference,
    at: source.clock.now(),
  });
}
