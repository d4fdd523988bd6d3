import type { PeopleLimits } from '../../platform/people-config.ts';
import { listPeople, type MaskedPatient, type ReadContext } from '../read-patients.ts';
import { limitsOf, type WithLimits } from './limits.ts';
import type { LinkState } from './rules.ts';
import { newestCases, phonesKnown } from './store-people.ts';

export type AccountPerson = MaskedPatient & {
  relation: string;
  state: LinkState;
  document_case: string | null;
  phone_known: boolean;
};

/** The people of an account as its owner sees them, and the limits that hold. */
export async function listAccountPeople(
  ctx: ReadContext & WithLimits,
  account_id: string,
): Promise<{ patients: AccountPerson[]; limits: PeopleLimits }> {
  const people = await listPeople(ctx, account_id);
  const ids = people.map((one) => one.patient_id);
  const cases = new Map(
    (await newestCases(ctx.db, ids, 'document')).map((one) => [one.patient_id, one.state]),
  );
  const known = new Set(await phonesKnown(ctx.db, ids));
  const patients = people.map((one) => ({
    ...one,
    document_case: cases.get(one.patient_id) ?? null,
    phone_known: known.has(one.patient_id),
  }));
  return { patients, limits: limitsOf(ctx) };
}
