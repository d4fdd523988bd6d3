import { shanghaiDate, type Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { createPersonKeys } from '../platform/person-keys.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { isDocumentType, validateDocument, type ValidDocument } from './documents/index.ts';
import {
  documentInvalid,
  nameDiffers,
  nameInvalid,
  patientUnknown,
  realNameLimit,
  realNameMismatch,
  realNameUnavailable,
  realNameUnknown,
} from './errors.ts';
import { insertPersons, personByDocument, personsById, updateCheck } from './patient-store.ts';
import type { PersonRow, StoredPerson } from './patient-store.ts';
import { comparableName, type RealNameProvider, type RealNameResult } from './real-name.ts';
import { readPhone } from './request-code.ts';
import { isBetterCheck, readName, type Check } from './rules.ts';
import { documentIndex, hex, phoneIndex, sealedAs } from './sealing.ts';
import { insertRealNameAttempt, lockKeys } from './store.ts';

export type RegisterContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  realName: RealNameProvider;
};

export type RegisterInput = {
  name: string;
  document_type: string;
  document_number: string;
  /** YYYY-MM-DD, for documents whose number does not tell it. */
  birth_date?: string;
  sex?: 'male' | 'female';
  phone?: string;
  /** The registered adult who answers for a child known by its birth certificate. */
  guardian_patient_id?: string;
  /** `provider` asks the real-name authority; `counter`: staff saw the paper; `migrated`: from another system. */
  how: 'provider' | 'counter' | 'migrated';
  /** The account that asks; its checks are limited a day. */
  account_id?: string;
  actor: string;
  hospital_id?: string | null;
};

type CheckRecord = { result: Check; source: string; reference: string; checked_at: Date };

/**
 * Registers a person in care, or finds the one with this document: one row a person, whoever asks.
 * Asks the real-name provider outside any transaction.
 * @throws Problem identity/name-invalid, document-invalid (detail.field), phone-invalid,
 *   real-name-mismatch, real-name-unknown, real-name-unavailable, real-name-limit; name-differs
 *   (detail.patient_id) at the counter; patient-unknown for the guardian.
 */
export async function registerPatient(
  ctx: RegisterContext,
  input: RegisterInput,
): Promise<{ patient_id: string; created: boolean }> {
  const name = readName(input.name);
  if (name === undefined) throw new Problem(nameInvalid);
  const document = await checkedDocument(ctx, input);
  const phone = input.phone === undefined ? undefined : readPhone(input.phone);
  if (input.account_id !== undefined) await claimAttempt(ctx, input.account_id);
  const index = documentIndex(ctx.fields, document.type, document.number);
  const known = await personByDocument(ctx.db, index);
  if (known) assertSameName(ctx.fields, known, name, input.how);
  const check = await decideCheck(ctx, { name, document, known, input });
  const row = sealPerson(ctx, { ...input, name, document, phone, check });
  return ctx.db.tx(async (tx) => {
    if ((await insertPersons(tx, [row], ctx.clock.now())).length === 1) {
      await createPersonKeys(tx, ctx, [row.id]);
      await tellRegistered(tx, ctx, [row], input);
      return { patient_id: row.id, created: true };
    }
    const person = await personByDocument(tx, index);
    if (!person) throw new Error('a person in conflict is there: persons are never deleted alone');
    assertSameName(ctx.fields, person, name, input.how);
    if (isBetterCheck(check.result, person.check_result as Check))
      await recordCheck(tx, ctx, { person, check, input });
    return { patient_id: person.id, created: false };
  });
}

async function checkedDocument(ctx: RegisterContext, input: RegisterInput): Promise<ValidDocument> {
  const { document_type: type, document_number: number } = input;
  if (!isDocumentType(type)) throw new Problem(documentInvalid, { field: 'type' });
  const guardian =
    input.guardian_patient_id && (await guardianDocument(ctx, input.guardian_patient_id));
  const checked = validateDocument(
    {
      type,
      number,
      paperSeen: input.how === 'counter',
      ...(input.birth_date === undefined ? {} : { birthDate: input.birth_date }),
      ...(guardian ? { guardian } : {}),
    },
    shanghaiDate(ctx.clock.now()),
  );
  if (!checked.ok) {
    const { field, code, message } = checked;
    throw new Problem(documentInvalid, { field, reason: code }, { message });
  }
  return checked.document;
}

async function guardianDocument(
  ctx: RegisterContext,
  id: string,
): Promise<NonNullable<Parameters<typeof validateDocument>[0]['guardian']>> {
  const [person] = await personsById(ctx.db, [id]);
  if (!person || !isDocumentType(person.document_type)) throw new Problem(patientUnknown);
  return {
    type: person.document_type,
    number: ctx.fields.open(person.sealed_document_number, sealedAs.patient_document),
    ...(person.birth_date === null ? {} : { birthDate: person.birth_date }),
  };
}

async function claimAttempt(ctx: RegisterContext, account_id: string): Promise<void> {
  const attempt = { id: newId(ctx), account_id, at: ctx.clock.now() };
  const claimed = await ctx.db.tx(async (tx) => {
    await lockKeys(tx, [`real-name ${account_id}`]);
    return insertRealNameAttempt(tx, attempt);
  });
  if (!claimed) throw new Problem(realNameLimit, {}, { retryAfterSeconds: 3600 });
}

/** Online, another name is answered like a wrong one, so that nobody learns who is registered. */
function assertSameName(
  fields: FieldCrypto,
  person: StoredPerson,
  name: string,
  how: RegisterInput['how'],
): void {
  const recorded = fields.open(person.sealed_name, sealedAs.patient_name);
  if (comparableName(recorded) === comparableName(name)) return;
  if (how === 'provider') throw new Problem(realNameMismatch);
  throw new Problem(nameDiffers, { patient_id: person.id });
}

async function decideCheck(
  ctx: RegisterContext,
  given: {
    name: string;
    document: ValidDocument;
    known: StoredPerson | undefined;
    input: RegisterInput;
  },
): Promise<CheckRecord> {
  const { name, document, known, input } = given;
  const checked_at = ctx.clock.now();
  if (input.how !== 'provider')
    return { result: input.how, source: input.how, reference: input.actor, checked_at };
  // Whoever a provider or the window has already confirmed under this name is not asked about again.
  if (known && (known.check_result === 'match' || known.check_result === 'counter'))
    return { result: known.check_result, source: known.check_source, reference: '', checked_at };
  const query = { name, documentType: document.type, documentNumber: document.number };
  const answer = await ctx.realName.check(query);
  if (answer.result === 'match' || (known && answer.result === 'unknown')) return recordOf(answer);
  if (answer.result === 'mismatch') throw new Problem(realNameMismatch);
  if (answer.result === 'unknown') throw new Problem(realNameUnknown);
  throw new Problem(realNameUnavailable, {}, { retryAfterSeconds: 60 });
}

function recordOf(answer: RealNameResult): CheckRecord {
  const { result, source, reference, checkedAt: checked_at } = answer;
  return { result, source, reference, checked_at };
}

export type SealablePerson = {
  name: string;
  document: ValidDocument;
  sex?: 'male' | 'female';
  phone: string | undefined;
  guardian_patient_id?: string;
  check: CheckRecord;
};

/** A person as stored: name, number and phone sealed, document and phone indexed. */
export function sealPerson(
  ctx: { clock: Clock; random: Random; fields: FieldCrypto },
  person: SealablePerson,
): PersonRow {
  const { fields } = ctx;
  const { document, phone, check } = person;
  return {
    id: newId(ctx),
    sealed_name: hex(fields.seal(person.name, sealedAs.patient_name)),
    document_type: document.type,
    sealed_document_number: hex(fields.seal(document.number, sealedAs.patient_document)),
    document_index: hex(documentIndex(fields, document.type, document.number)),
    birth_date: document.birthDate ?? null,
    sex: document.sex ?? person.sex ?? 'unknown',
    sealed_phone: phone === undefined ? null : hex(fields.seal(phone, sealedAs.patient_phone)),
    phone_index: phone === undefined ? null : hex(phoneIndex(fields, phone)),
    guardian_patient_id: person.guardian_patient_id ?? null,
    check_result: check.result,
    check_source: check.source,
    check_reference: check.reference,
    checked_at: check.checked_at,
  };
}

/** Writes `identity.patient.registered` for each of these new persons. */
export async function tellRegistered(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  rows: PersonRow[],
  by: { actor: string; hospital_id?: string | null },
): Promise<void> {
  await appendEvents(
    tx,
    ctx,
    rows.map((row) => ({
      name: 'identity.patient.registered',
      hospital_id: by.hospital_id ?? null,
      subject: `patient:${row.id}`,
      version: 1,
      person_id: row.id,
      actor: by.actor,
      payload: { patient_id: row.id, document_type: row.document_type, check: row.check_result },
    })),
  );
}

async function recordCheck(
  tx: Tx,
  ctx: RegisterContext,
  given: { person: StoredPerson; check: CheckRecord; input: RegisterInput },
): Promise<void> {
  const { person, check, input } = given;
  await appendEvents(tx, ctx, [
    {
      name: 'identity.patient.checked',
      hospital_id: input.hospital_id ?? null,
      subject: `patient:${person.id}`,
      version: await updateCheck(tx, person.id, check),
      person_id: person.id,
      actor: input.actor,
      payload: { patient_id: person.id, check: check.result },
    },
  ]);
}
