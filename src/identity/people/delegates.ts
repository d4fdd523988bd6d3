import { addDays, shanghaiDate, shanghaiInstant, type Clock } from '../../platform/clock.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import { databaseError, type Db, type Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { createPersonKeys } from '../../platform/person-keys.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { maskDocument, maskName, validateDocument } from '../documents/index.ts';
import { asSelfMax, linkPatientIn } from '../link-patient.ts';
import { personsById } from '../patient-store.ts';
import { registerPatient, type RegisterContext, type RegisterInput } from '../register-patient.ts';
import { readName } from '../rules.ts';
import { phoneKeyId, sealedAs } from '../sealing.ts';
import { openCase } from './cases.ts';
import { noteConsent } from './consent.ts';
import {
  delegateAskedAlready,
  delegateInvalid,
  delegateNone,
  delegateQuota,
  delegateQuotaInvalid,
  delegateUnknown,
} from './errors.ts';
import { limitsOf, type WithLimits } from './limits.ts';
import { isProven, type LinkState } from './rules.ts';
import {
  actsUsed,
  delegateOfAccount,
  delegatesOfHospital,
  endDelegateLinks,
  insertAct,
  insertDelegate,
  settleDelegate,
  type DelegateRow,
} from './store-delegates.ts';
import { readAdder } from './store-links.ts';

export type DelegateContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
} & WithLimits;

export const delegateKinds = [
  'village_doctor',
  'social_worker',
  'school_nurse',
  'care_home',
] as const;
export type DelegateKind = (typeof delegateKinds)[number];

/** A helper's credential lasts a year at most, then the hospital looks again. */
const credential_days_max = 366;

/**
 * An account asks to be a helper of a hospital's patients. Until the hospital has agreed it may do
 * nothing it could not do before.
 * @throws Problem identity/delegate-invalid, delegate-asked.
 */
export async function askToHelp(
  ctx: DelegateContext,
  input: {
    account_id: string;
    hospital_id: string;
    organisation: string;
    kind: DelegateKind;
    name: string;
    document_number: string;
    valid_until: string;
  },
): Promise<{ delegate_id: string }> {
  const { account_id, hospital_id, kind, valid_until } = input;
  const today = shanghaiDate(ctx.clock.now());
  const name = readName(input.name);
  const checked = validateDocument({ type: 'resident_id', number: input.document_number }, today);
  const organisation = input.organisation.normalize('NFC').trim();
  const inTime = valid_until > today && valid_until <= addDays(today, credential_days_max);
  if (name === undefined || !checked.ok || organisation === '' || !inTime)
    throw new Problem(delegateInvalid);
  const limits = limitsOf(ctx);
  const id = newId(ctx);
  const adder = await readAdder(ctx.db, account_id);
  if (!adder) throw new Problem(delegateInvalid);
  const key_id = phoneKeyId(adder.phone_index);
  createPersonKeys(ctx, [key_id]);
  await ctx.db.tx(async (tx) => {
    const made = await insertDelegate(tx, {
      ...{ id, account_id, hospital_id, organisation, kind, valid_until, at: ctx.clock.now() },
      sealed_name: ctx.fields.sealFor(key_id, name, sealedAs.delegate_name),
      sealed_number: ctx.fields.sealFor(key_id, checked.document.number, sealedAs.delegate_number),
      day_max: limits.delegate_day_max,
      month_max: limits.delegate_month_max,
    });
    if (!made) throw new Problem(delegateAskedAlready);
    await appendEvents(tx, ctx, [
      {
        name: 'identity.delegate.asked',
        hospital_id,
        subject: `delegate:${id}`,
        version: 1,
        actor: `account:${account_id}`,
        payload: { delegate_id: id, account_id },
      },
    ]);
  });
  return { delegate_id: id };
}

/**
 * The hospital agrees to a helper, refuses, or ends the agreement; with the end go all their links.
 * @throws Problem identity/delegate-unknown, delegate-quota-invalid.
 */
export async function decideDelegate(
  ctx: DelegateContext,
  input: {
    delegate_id: string;
    state: 'approved' | 'refused' | 'ended';
    day_max?: number;
    month_max?: number;
    actor: string;
    hospital_id: string | null;
  },
): Promise<void> {
  const { delegate_id, state, actor, hospital_id } = input;
  const at = ctx.clock.now();
  await ctx.db.tx(async (tx) => {
    const settled = await settleDelegate(tx, {
      ...{ delegate_id, hospital_id, state, actor, at },
      from: state === 'ended' ? 'approved' : 'asked',
      day_max: input.day_max ?? null,
      month_max: input.month_max ?? null,
    }).catch(asQuotaInvalid);
    if (!settled) throw new Problem(delegateUnknown);
    if (state === 'ended') await endDelegateLinks(tx, settled.account_id, at);
    await appendEvents(tx, ctx, [
      {
        name: 'identity.delegate.decided',
        hospital_id,
        subject: `delegate:${delegate_id}`,
        version: settled.version,
        actor,
        payload: { delegate_id, account_id: settled.account_id, state },
      },
    ]);
  });
}

function asQuotaInvalid(error: unknown): never {
  if (databaseError(error)?.constraint === 'delegate_quota')
    throw new Problem(delegateQuotaInvalid);
  throw error;
}

type Period = { today: string; day_from: Date; month_from: Date };

function periodOf(clock: Clock): Period {
  const today = shanghaiDate(clock.now());
  return {
    today,
    day_from: shanghaiInstant(today, '00:00'),
    month_from: shanghaiInstant(`${today.slice(0, 8)}01`, '00:00'),
  };
}

/** What a helper sees of their own credential. */
export type OwnDelegate = {
  delegate_id: string;
  organisation: string;
  kind: DelegateKind;
  valid_until: string;
  state: DelegateRow['state'] | 'expired';
  day_max: number;
  month_max: number;
  used_today: number;
  used_month: number;
};

/** An account's credential as a helper and what is left of its quota; undefined for everybody else. */
export async function readDelegate(
  ctx: { db: Db; clock: Clock },
  account_id: string,
): Promise<OwnDelegate | undefined> {
  const row = await delegateOfAccount(ctx.db, account_id);
  if (!row) return undefined;
  const { today, day_from: day, month_from: month } = periodOf(ctx.clock);
  const used = await actsUsed(ctx.db, row.delegate_id, { day, month });
  const { delegate_id, organisation, kind, valid_until, day_max, month_max } = row;
  const expired = row.state === 'approved' && valid_until < today;
  return {
    ...{ delegate_id, organisation, kind, valid_until, day_max, month_max },
    state: expired ? 'expired' : row.state,
    used_today: used.today,
    used_month: used.month,
  };
}

/** A helper as the hospital's office reads the list. */
export type ListedDelegate = {
  delegate_id: string;
  organisation: string;
  kind: DelegateKind;
  name_masked: string;
  document_masked: string;
  valid_until: string;
  state: DelegateRow['state'];
  day_max: number;
  month_max: number;
  month_used: number;
  patients: number;
};

export async function listDelegates(
  ctx: { db: Db; clock: Clock; fields: FieldCrypto },
  hospital_id: string | null,
): Promise<ListedDelegate[]> {
  const rows = await delegatesOfHospital(ctx.db, hospital_id, periodOf(ctx.clock).month_from);
  return rows.map((row) => {
    const { delegate_id, organisation, kind, valid_until, state, day_max, month_max } = row;
    const { month_used, patients } = row;
    return {
      ...{ delegate_id, organisation, kind, valid_until, state, day_max, month_max },
      ...{ month_used, patients },
      name_masked: maskName(ctx.fields.open(row.sealed_name, sealedAs.delegate_name)),
      document_masked: maskDocument(ctx.fields.open(row.sealed_number, sealedAs.delegate_number)),
    };
  });
}

/**
 * A helper adds a patient: with the number of a sheet the patient signed, at once; without, the
 * patient confirms by code or at the window as for a family.
 * @throws Problem identity/delegate-none, delegate-quota, and as registerPatient.
 */
export async function addHelped(
  ctx: RegisterContext & WithLimits,
  input: Omit<RegisterInput, 'how' | 'actor' | 'hospital_id' | 'guardian_patient_id'> & {
    account_id: string;
    paper_reference?: string;
  },
): Promise<{ patient_id: string; state: LinkState }> {
  const { account_id, paper_reference = '' } = input;
  const delegate = await readDelegate(ctx, account_id);
  if (delegate?.state !== 'approved') throw new Problem(delegateNone);
  const actor = `account:${account_id}`;
  const { patient_id } = await registerPatient(ctx, { ...input, how: 'provider', actor });
  const paper = paper_reference.trim();
  const state = paper === '' ? 'pending' : 'delegate';
  const by = paper === '' ? 'none' : 'paper';
  await ctx.db
    .tx(async (tx) => {
      await countAct(tx, ctx, { account_id, patient_id, kind: 'added' });
      const verdict = await linkPatientIn(tx, ctx, {
        ...{ account_id, patient_id, relation: 'delegate', state, confirmed_by: by },
      });
      if (verdict !== 'already' && paper !== '')
        await noteConsent(tx, ctx, { account_id, patient_id, by: 'paper', paper_reference: paper });
      const [person] = await personsById(tx, [patient_id]);
      if (person && !isProven(person.check_result))
        await openCase(tx, ctx, { kind: 'document', patient_id, account_id, actor });
    })
    .catch(asSelfMax);
  return { patient_id, state };
}

/**
 * Counts and records an act of a helper in the caller's transaction.
 * @returns the act's id, to take it back when the booking it stood for was refused.
 * @throws Problem identity/delegate-none, delegate-quota.
 */
export async function countAct(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  act: { account_id: string; patient_id: string; kind: 'added' | 'booked' },
): Promise<string> {
  const id = newId(ctx);
  const at = ctx.clock.now();
  const counted = await insertAct(tx, { ...act, ...periodOf(ctx.clock), id, at });
  const { verdict, delegate_id, version } = counted;
  if (delegate_id === null || verdict === 'no-delegate') throw new Problem(delegateNone);
  if (verdict !== 'counted') throw new Problem(delegateQuota, { reached: verdict });
  await appendEvents(tx, ctx, [
    {
      name: 'identity.delegate.acted',
      hospital_id: null,
      subject: `delegate:${delegate_id}`,
      version,
      person_id: act.patient_id,
      actor: `account:${act.account_id}`,
      payload: { delegate_id, patient_id: act.patient_id, kind: act.kind },
    },
  ]);
  return id;
}
