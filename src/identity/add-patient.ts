import { Problem } from '../platform/problem.ts';
import { patientUnknown } from './errors.ts';
import { linkPatient, mayActFor } from './link-patient.ts';
import { registerPatient, type RegisterContext, type RegisterInput } from './register-patient.ts';
import type { Relation } from './rules.ts';

/**
 * An account adds a patient: register with the real-name provider, then link. A repeat finds the
 * same person and the same link.
 * @throws Problem as registerPatient and linkPatient do.
 */
export async function addPatient(
  ctx: RegisterContext,
  input: Omit<RegisterInput, 'how' | 'actor' | 'hospital_id'> & {
    account_id: string;
    relation: Relation;
  },
): Promise<{ patient_id: string }> {
  const { account_id, relation, guardian_patient_id } = input;
  if (
    guardian_patient_id !== undefined &&
    !(await mayActFor(ctx.db, account_id, guardian_patient_id))
  )
    throw new Problem(patientUnknown);
  const actor = `account:${account_id}`;
  const { patient_id } = await registerPatient(ctx, { ...input, how: 'provider', actor });
  await linkPatient(ctx, { account_id, patient_id, relation });
  return { patient_id };
}
