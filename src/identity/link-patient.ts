import type { Clock } from '../platform/clock.ts';
import { databaseError, type Db, type Queryable } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { accountsMax, patientsMax, patientUnknown, removalsMax, selfMax } from './errors.ts';
import {
  endLink,
  insertLink,
  isLinked,
  linkedRelation,
  lockAccountAndPatient,
  raisePatientVersion,
} from './patient-store.ts';
import type { Relation } from './rules.ts';

export type LinkContext = { db: Db; clock: Clock; random: Random };

/**
 * Lets an account act for a patient; linking again changes nothing.
 * @throws Problem identity/patients-max, accounts-max, self-max, patient-unknown.
 */
export async function linkPatient(
  ctx: LinkContext,
  input: { account_id: string; patient_id: string; relation: Relation },
): Promise<void> {
  const { account_id, patient_id, relation } = input;
  try {
    await ctx.db.tx(async (tx) => {
      if (!(await lockAccountAndPatient(tx, account_id, patient_id)))
        throw new Problem(patientUnknown);
      const verdict = await insertLink(tx, { ...input, at: ctx.clock.now() });
      if (verdict === 'patients-max') throw new Problem(patientsMax);
      if (verdict === 'accounts-max') throw new Problem(accountsMax);
      if (verdict === 'already') return;
      await appendEvents(tx, ctx, [
        {
          name: 'identity.patient.linked',
          hospital_id: null,
          subject: `patient:${patient_id}`,
          version: await raisePatientVersion(tx, patient_id),
          person_id: patient_id,
          actor: `account:${account_id}`,
          payload: { patient_id, account_id, relation },
        },
      ]);
    });
  } catch (error) {
    if (databaseError(error)?.constraint === 'related_person_self') throw new Problem(selfMax);
    throw error;
  }
}

/**
 * Ends an account's right to act for a patient. Removals are few, so that accounts cannot rotate
 * through many persons.
 * @throws Problem identity/patient-unknown, removals-max.
 */
export async function unlinkPatient(
  ctx: LinkContext,
  input: { account_id: string; patient_id: string },
): Promise<void> {
  const { account_id, patient_id } = input;
  await ctx.db.tx(async (tx) => {
    if (!(await lockAccountAndPatient(tx, account_id, patient_id)))
      throw new Problem(patientUnknown);
    const verdict = await endLink(tx, { ...input, at: ctx.clock.now() });
    if (verdict === 'unknown') throw new Problem(patientUnknown);
    if (verdict === 'removals-max') throw new Problem(removalsMax);
    await appendEvents(tx, ctx, [
      {
        name: 'identity.patient.unlinked',
        hospital_id: null,
        subject: `patient:${patient_id}`,
        version: await raisePatientVersion(tx, patient_id),
        person_id: patient_id,
        actor: `account:${account_id}`,
        payload: { patient_id, account_id },
      },
    ]);
  });
}

/** Whether the account may book, confirm and cancel for this patient now. */
export function mayActFor(db: Queryable, account_id: string, patient_id: string): Promise<boolean> {
  return isLinked(db, account_id, patient_id);
}

/**
 * Whether the account declares this patient as its holder or as spouse, parent or child: declared
 * families may share an account without being taken for a ring.
 */
export async function isFamily(
  db: Queryable,
  account_id: string,
  patient_id: string,
): Promise<boolean> {
  const relation = await linkedRelation(db, account_id, patient_id);
  return relation !== undefined && relation !== 'other';
}
