import { shanghaiDate } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import { patientUnknown } from './errors.ts';
import { asSelfMax, linkPatientIn, mayActFor } from './link-patient.ts';
import { personsById, type StoredPerson } from './patient-store.ts';
import { openCase } from './people/cases.ts';
import { limitsOf, type WithLimits } from './people/limits.ts';
import { adult_age_min, agreementOf, isProven, stateOf, type LinkState } from './people/rules.ts';
import {
  hasOtherSelf,
  insertGuardian,
  readAdder,
  readLink,
  setPatientPhone,
} from './people/store-links.ts';
import { registerPatient, type RegisterContext, type RegisterInput } from './register-patient.ts';
import { ageOn, type Relation } from './rules.ts';
import { sealedAs } from './sealing.ts';
import { readAccountPhone } from './store.ts';

type AddContext = RegisterContext & WithLimits;
type Added = { patient_id: string; state: LinkState };

/**
 * An account adds a patient: register with the real-name provider, then link. Unless the patient has
 * agreed already (it is the account's owner, a child of its owner, or the window wrote down this
 * phone), the link waits as `pending` and books nothing. A repeat finds the same person and link.
 * @throws Problem as registerPatient and linkPatient do.
 */
export async function addPatient(
  ctx: AddContext,
  input: Omit<RegisterInput, 'how' | 'actor' | 'hospital_id'> & {
    account_id: string;
    relation: Relation;
  },
): Promise<Added> {
  const { account_id, relation, guardian_patient_id } = input;
  if (
    guardian_patient_id !== undefined &&
    !(await mayActFor(ctx.db, account_id, guardian_patient_id))
  )
    throw new Problem(patientUnknown);
  const actor = `account:${account_id}`;
  const { patient_id } = await registerPatient(ctx, { ...input, how: 'provider', actor });
  const link = { account_id, patient_id, relation, guardian_patient_id };
  return ctx.db.tx((tx) => linkAdded(tx, ctx, link)).catch(asSelfMax);
}

type NewLink = {
  account_id: string;
  patient_id: string;
  relation: Relation;
  guardian_patient_id: string | undefined;
};

async function linkAdded(tx: Tx, ctx: AddContext, link: NewLink): Promise<Added> {
  const { account_id, patient_id, relation } = link;
  const [person] = await personsById(tx, [patient_id]);
  const adder = await readAdder(tx, account_id);
  if (!person || !adder) throw new Problem(patientUnknown);
  const guardian_id = link.guardian_patient_id ?? guardianOf(ctx, adder);
  const guarded = guardian_id !== undefined && (await recordGuardian(tx, ctx, link, guardian_id));
  const known = person.phone_proof !== 'none' && person.phone_index !== null;
  const same = known && person.phone_index?.equals(adder.phone_index) === true;
  const confirmed_by = agreementOf({
    relation,
    age: ageOn(person.birth_date, shanghaiDate(ctx.clock.now())),
    guarded,
    same_phone: same,
    other_phone: known && !same,
    other_self: relation === 'self' && (await hasOtherSelf(tx, account_id, patient_id)),
  });
  const state = stateOf(confirmed_by, isProven(person.check_result));
  const verdict = await linkPatientIn(tx, ctx, {
    ...{ account_id, patient_id, relation, state, confirmed_by },
  });
  if (confirmed_by === 'self' && !known) await ownPhone(tx, ctx, account_id, person);
  if (!isProven(person.check_result))
    await openCase(tx, ctx, {
      ...{ kind: 'document', patient_id, account_id, actor: `account:${account_id}` },
    });
  return { patient_id, state: verdict === 'already' ? await stateNow(tx, link, state) : state };
}

/** The account's owner, when known to be an adult, answers for a child the account adds. */
function guardianOf(
  ctx: AddContext,
  adder: { self_patient_id: string | null; self_birth_date: string | null },
): string | undefined {
  const age = ageOn(adder.self_birth_date, shanghaiDate(ctx.clock.now()));
  return age !== null && age >= adult_age_min ? (adder.self_patient_id ?? undefined) : undefined;
}

async function recordGuardian(
  tx: Tx,
  ctx: AddContext,
  link: NewLink,
  guardian_patient_id: string,
): Promise<boolean> {
  if (link.relation !== 'child' || guardian_patient_id === link.patient_id) return false;
  return insertGuardian(tx, {
    child_patient_id: link.patient_id,
    guardian_patient_id,
    basis: link.guardian_patient_id === undefined ? 'declared' : 'certificate',
    recorded_by: `account:${link.account_id}`,
    at: ctx.clock.now(),
    guardians_max: limitsOf(ctx).guardians_child_max,
  });
}

/** The owner signed in by a code to this phone, so it is theirs. */
async function ownPhone(
  tx: Tx,
  ctx: AddContext,
  account_id: string,
  person: StoredPerson,
): Promise<void> {
  const account = await readAccountPhone(tx, account_id);
  const adder = await readAdder(tx, account_id);
  if (!account || !adder) return;
  const phone = ctx.fields.open(account.sealed_phone, sealedAs.account_phone);
  await setPatientPhone(tx, {
    patient_id: person.id,
    sealed_phone: ctx.fields.sealFor(person.id, phone, sealedAs.patient_phone),
    phone_index: adder.phone_index,
    proof: 'code',
  });
}

async function stateNow(tx: Tx, link: NewLink, state: LinkState): Promise<LinkState> {
  return (await readLink(tx, link.account_id, link.patient_id))?.state ?? state;
}
