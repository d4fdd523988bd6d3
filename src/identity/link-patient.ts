import type { Clock } from '../platform/clock.ts';
import { databaseError, type Db, type Queryable, type Tx } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { PeopleLimits } from '../platform/people-config.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { accountsMax, patientsMax, patientUnknown, removalsMax, selfMax } from './errors.ts';
import {
  endLink,
  insertLink,
  isLinked,
  linkedRelations,
  lockAccountAndPatient,
  raisePatientVersion,
  type LinkVerdict,
} from './patient-store.ts';
import { addsMax } from './people/errors.ts';
import { limitsOf, type WithLimits } from './people/limits.ts';
import type { ConfirmedBy, LinkState } from './people/rules.ts';
import { endConsent } from './people/store-delegates.ts';
import type { Relation } from './rules.ts';

export type LinkContext = { db: Db; clock: Clock; random: Random } & WithLimits;

export type LinkInput = {
  account_id: string;
  patient_id: string;
  relation: Relation | 'delegate';
  /** What the account may do; `active` when whoever calls has the patient's agreement. */
  state?: LinkState;
  confirmed_by?: ConfirmedBy;
  /** Who did it, when it was not the account itself. */
  actor?: string;
};

/**
 * Lets an account act for a patient; linking again changes nothing, except that an agreement that
 * has come since then counts.
 * @throws Problem identity/patients-max, accounts-max, adds-max, self-max, patient-unknown.
 */
export async function linkPatient(ctx: LinkContext, input: LinkInput): Promise<void> {
  await ctx.db.tx((tx) => linkPatientIn(tx, ctx, input)).catch(asSelfMax);
}

/** As linkPatient, in the caller's transaction; there the violation of `related_person_self` comes as it is. */
export async function linkPatientIn(
  tx: Tx,
  ctx: { clock: Clock; random: Random } & WithLimits,
  input: LinkInput,
): Promise<LinkVerdict> {
  const { account_id, patient_id, relation, state = 'active', confirmed_by = 'none' } = input;
  if (!(await lockAccountAndPatient(tx, account_id, patient_id))) throw new Problem(patientUnknown);
  const limits = limitsOf(ctx);
  const link = { account_id, patient_id, relation, state, confirmed_by, at: ctx.clock.now() };
  const verdict = await insertLink(tx, link, limits);
  refuseFull(verdict, limits);
  if (verdict === 'already') return verdict;
  await appendEvents(tx, ctx, [
    {
      name: verdict === 'linked' ? 'identity.patient.linked' : 'identity.patient.confirmed',
      hospital_id: null,
      subject: `patient:${patient_id}`,
      version: await raisePatientVersion(tx, patient_id),
      person_id: patient_id,
      actor: input.actor ?? `account:${account_id}`,
      payload: { patient_id, account_id, relation, state, confirmed_by },
    },
  ]);
  return verdict;
}

function refuseFull(verdict: LinkVerdict, limits: PeopleLimits): void {
  const said = (message: string): { message: string } => ({ message });
  if (verdict === 'unknown') throw new Problem(patientUnknown);
  if (verdict === 'patients-max')
    throw new Problem(
      patientsMax,
      {},
      said(
        `一个账号最多添加 ${limits.patients_account_max} 位就诊人；请先移除不再使用的就诊人，或带证件到窗口办理。`,
      ),
    );
  if (verdict === 'accounts-max')
    throw new Problem(
      accountsMax,
      {},
      said(
        `这位就诊人已被 ${limits.accounts_patient_max} 个账号添加；请先在其他账号移除，或带证件到窗口办理。`,
      ),
    );
  if (verdict === 'adds-max') throw new Problem(addsMax);
}

/** The constraint that an account has one owner, in words. */
export function asSelfMax(error: unknown): never {
  if (databaseError(error)?.constraint === 'related_person_self') throw new Problem(selfMax);
  throw error;
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
  const limits = limitsOf(ctx);
  await ctx.db.tx(async (tx) => {
    if (!(await lockAccountAndPatient(tx, account_id, patient_id)))
      throw new Problem(patientUnknown);
    const at = ctx.clock.now();
    const verdict = await endLink(tx, { ...input, at }, limits);
    if (verdict === 'unknown') throw new Problem(patientUnknown);
    if (verdict === 'removals-max')
      throw new Problem(
        removalsMax,
        {},
        {
          message: `${limits.churn_days} 天内最多移除 ${limits.removals_max} 位就诊人，现在不能再移除；如有需要请到门诊窗口办理。`,
        },
      );
    await endConsent(tx, { account_id, patient_id, at });
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

/** Whether the account may look after this patient's bookings now: confirm, cancel, read. */
export function mayActFor(db: Queryable, account_id: string, patient_id: string): Promise<boolean> {
  return isLinked(db, account_id, patient_id);
}

/**
 * Which of these patients their account declares as its holder or as spouse, parent or child, in the
 * order asked: declared families may share an account without being taken for a ring.
 */
export async function families(
  db: Queryable,
  pairs: readonly { account_id: string; patient_id: string }[],
): Promise<boolean[]> {
  const relations = await linkedRelations(db, pairs);
  return relations.map(
    (relation) => relation !== null && relation !== 'other' && relation !== 'delegate',
  );
}
