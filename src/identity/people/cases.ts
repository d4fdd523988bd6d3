import { shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Db, Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { personsById, updateCheck } from '../patient-store.ts';
import { maskedPatients, type MaskedPatient } from '../read-patients.ts';
import { sealedAs } from '../sealing.ts';
import { caseUnknown } from './errors.ts';
import { isProven } from './rules.ts';
import { demoteLinks, promoteLinks } from './store-links.ts';
import {
  closeDocumentCase,
  insertCase,
  insertCheck,
  openCases,
  setCaseNote,
  settleCase,
  type CaseKind,
} from './store-people.ts';

type Source = { clock: Clock; random: Random };
export type CaseContext = Source & { db: Db; fields: FieldCrypto };

type CheckFacts = { result: string; source: string; reference: string; checked_at: Date };

/** Writes down that a person was checked, by what, with which result. */
export async function noteCheck(
  tx: Tx,
  source: Source,
  patient_id: string,
  check: CheckFacts & { method?: 'two_factor' | 'credential' },
): Promise<void> {
  const { result } = check;
  const method = result === 'counter' || result === 'migrated' ? result : 'two_factor';
  await insertCheck(tx, {
    ...check,
    id: newId(source),
    patient_id,
    method: check.method ?? method,
  });
}

/** What follows when a person's document is proven: links on trial are full, the case is closed. */
export async function settleProven(
  tx: Tx,
  source: Source,
  input: { patient_id: string; actor: string },
): Promise<void> {
  await promoteLinks(tx, input.patient_id);
  const closed = await closeDocumentCase(tx, { ...input, at: source.clock.now() });
  if (!closed) return;
  const { case_id, version } = closed;
  await appendEvents(tx, source, [
    caseEvent(input, { case_id, version, kind: 'document', state: 'accepted' }),
  ]);
}

function caseEvent(
  input: { patient_id: string; actor: string; hospital_id?: string | null },
  decided: { case_id: string; version: number; kind: string; state: string },
) {
  const { case_id, version, kind, state } = decided;
  return {
    name: 'identity.case.decided' as const,
    hospital_id: input.hospital_id ?? null,
    subject: `case:${case_id}`,
    version,
    person_id: input.patient_id,
    actor: input.actor,
    payload: { case_id, kind, state },
  };
}

/** Puts a person on the window's work list; a case that is open already stays as it is. */
export async function openCase(
  tx: Tx,
  source: Source,
  input: {
    kind: Exclude<CaseKind, 'act'>;
    patient_id: string;
    account_id?: string | null;
    hospital_id?: string | null;
    actor: string;
  },
): Promise<void> {
  const { kind, patient_id, account_id = null, hospital_id = null, actor } = input;
  const opened = await insertCase(tx, {
    ...{ id: newId(source), kind, patient_id, account_id, hospital_id, appointment_id: null },
    ...{ sealed_note: null, at: source.clock.now() },
  });
  if (!opened.fresh) return;
  await appendEvents(tx, source, [
    {
      name: 'identity.case.opened',
      hospital_id,
      subject: `case:${opened.id}`,
      version: 1,
      person_id: patient_id,
      actor,
      payload: { case_id: opened.id, kind, patient_id },
    },
  ]);
}

/**
 * A patient says that a booking in their name is not theirs. Nothing is cancelled by that: staff look
 * into who booked. Saying it again changes nothing.
 */
export async function disputeAct(
  ctx: CaseContext,
  input: {
    patient_id: string;
    appointment_id: string;
    hospital_id: string;
    account_id: string;
    note?: string;
  },
): Promise<{ case_id: string }> {
  const { patient_id, appointment_id, hospital_id, account_id, note = '' } = input;
  return ctx.db.tx(async (tx) => {
    const opened = await insertCase(tx, {
      ...{ id: newId(ctx), kind: 'act', patient_id, account_id, hospital_id, appointment_id },
      sealed_note: note === '' ? null : ctx.fields.sealFor(patient_id, note, sealedAs.case_note),
      at: ctx.clock.now(),
    });
    if (opened.fresh)
      await appendEvents(tx, ctx, [
        {
          name: 'identity.act.disputed',
          hospital_id,
          subject: `case:${opened.id}`,
          version: 1,
          person_id: patient_id,
          actor: `account:${account_id}`,
          payload: { case_id: opened.id, patient_id, appointment_id },
        },
      ]);
    return { case_id: opened.id };
  });
}

export type PersonCase = {
  case_id: string;
  kind: CaseKind;
  patient: MaskedPatient;
  appointment_id: string | null;
  note: string | null;
  bookings: number;
  opened_on: string;
};

/** What waits for the window, the oldest first, masked; the document itself is looked at over the counter. */
export async function listCases(
  ctx: CaseContext,
  hospital_id: string | null,
): Promise<PersonCase[]> {
  const rows = await openCases(ctx.db, hospital_id);
  const people = await maskedPatients(
    ctx,
    rows.map((row) => row.patient_id),
  );
  return rows.flatMap((row) => {
    const patient = people.get(row.patient_id);
    if (!patient) return [];
    const { case_id, kind, appointment_id, bookings } = row;
    const note = row.sealed_note && ctx.fields.open(row.sealed_note, sealedAs.case_note);
    const opened_on = shanghaiDate(row.opened_at);
    return [{ case_id, kind, patient, appointment_id, note, bookings, opened_on }];
  });
}

/**
 * Staff settle a case. An accepted document makes the person known for good; a refused one leaves
 * the person without remote bookings until a document is shown. Other kinds are only closed.
 * @throws Problem identity/case-unknown.
 */
export async function decideCase(
  ctx: CaseContext,
  input: {
    case_id: string;
    accept: boolean;
    note?: string;
    actor: string;
    hospital_id: string | null;
  },
): Promise<void> {
  const { case_id, accept, note = '', actor, hospital_id } = input;
  const state = accept ? 'accepted' : 'refused';
  const at = ctx.clock.now();
  await ctx.db.tx(async (tx) => {
    const settled = await settleCase(tx, { case_id, hospital_id, state, actor, at });
    if (!settled) throw new Problem(caseUnknown);
    const { kind, patient_id, version } = settled;
    if (note !== '')
      await setCaseNote(tx, case_id, ctx.fields.sealFor(patient_id, note, sealedAs.case_note));
    const by = { patient_id, actor, hospital_id };
    await appendEvents(tx, ctx, [caseEvent(by, { case_id, version, kind, state })]);
    if (kind !== 'document') return;
    if (accept) await proveByCounter(tx, ctx, by);
    else await demoteLinks(tx, patient_id);
  });
}

async function proveByCounter(
  tx: Tx,
  source: Source,
  input: { patient_id: string; actor: string; hospital_id: string | null },
): Promise<void> {
  const { patient_id, actor, hospital_id } = input;
  const [person] = await personsById(tx, [patient_id]);
  if (!person || isProven(person.check_result)) return;
  const checked_at = source.clock.now();
  const check = { result: 'counter', source: 'counter', reference: actor, checked_at };
  await noteCheck(tx, source, patient_id, check);
  await appendEvents(tx, source, [
    {
      name: 'identity.patient.checked',
      hospital_id,
      subject: `patient:${patient_id}`,
      version: await updateCheck(tx, patient_id, check),
      person_id: patient_id,
      actor,
      payload: { patient_id, check: 'counter' },
    },
  ]);
  await promoteLinks(tx, patient_id);
}
