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
import { isProven, mayGoManual } from './people/rules.ts';
import { noteCheck, settleProven } from './people/cases.ts';
import { demoteLinks, setPatientPhone } from './people/store-links.ts';
import { replaceName } from './people/store-people.ts';
import { comparableName, type RealNameProvider, type RealNameResult } from './real-name.ts';
import { readPhone } from './request-code.ts';
import { isBetterCheck, readName, type Check } from './rules.ts';
import { erasedPerson, revivePersons } from './privacy/revive.ts';
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
  /** Goes on without the authority's word where it has none; staff then look at the document. */
  manual?: boolean;
  actor: string;
  hospital_id?: string | null;
};

export type CheckRecord = { result: Check; source: string; reference: string; checked_at: Date };

/**
 * Registers a person in care, or finds the one with this document: one row a person, whoever asks.
 * Asks the real-name provider outside any transaction.
 * @throws Problem identity/name-invalid, document-invalid (detail.field), phone-invalid,
 *   real-name-mismatch, real-name-unknown, real-name-unavailable (detail.manual: the manual lane is
 *   open), real-name-limit; name-differs (detail.patient_id) at the counter; patient-unknown for the
 *   guardian.
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
  if (known && !mayReplaceName(known, input.how))
    assertSameName(ctx.fields, known, name, input.how);
  const check = await decideCheck(ctx, { name, document, known, input });
  const erased_id = known ? undefined : await erasedPerson(ctx, document);
  const row = known
    ? undefined
    : sealPerson(ctx, { ...input, name, document, phone, check }, erased_id);
  return ctx.db.tx(async (tx) => {
    const made = row && (await storePersons(tx, ctx, [row], { ...input, erased_ids: [erased_id] }));
    if (row && made?.has(row.id)) {
      await noteCheck(tx, ctx, row.id, check);
      return { patient_id: row.id, created: true };
    }
    const person = await personByDocument(tx, index);
    if (!person) throw new Error('a person in conflict is there: persons are never deleted alone');
    await meetAgain(tx, ctx, { person, name, phone, check, input });
    return { patient_id: person.id, created: false };
  });
}

/** A name that nobody ever confirmed gives way to one that the authority confirms. */
function mayReplaceName(person: StoredPerson, how: RegisterInput['how']): boolean {
  return how === 'provider' && !isProven(person.check_result);
}

async function meetAgain(
  tx: Tx,
  ctx: RegisterContext,
  given: {
    person: StoredPerson;
    name: string;
    phone: string | undefined;
    check: CheckRecord;
    input: RegisterInput;
  },
): Promise<void> {
  const { person, name, phone, check, input } = given;
  if (!isSameName(ctx.fields, person, name)) {
    if (!mayReplaceName(person, input.how) || check.result !== 'match')
      assertSameName(ctx.fields, person, name, input.how);
    await replaceName(tx, {
      id: newId(ctx),
      patient_id: person.id,
      sealed_former: ctx.fields.sealFor(
        person.id,
        ctx.fields.open(person.sealed_name, sealedAs.patient_name),
        sealedAs.former_name,
      ),
      sealed_name: ctx.fields.sealFor(person.id, name, sealedAs.patient_name),
      proof: 'clerical',
      actor: input.actor,
      at: ctx.clock.now(),
    });
    // Whoever had written another name onto this number has to be agreed to anew.
    await demoteLinks(tx, person.id);
  }
  if (input.how === 'counter' && phone !== undefined)
    await setPatientPhone(tx, {
      patient_id: person.id,
      sealed_phone: ctx.fields.sealFor(person.id, phone, sealedAs.patient_phone),
      phone_index: phoneIndex(ctx.fields, phone),
      proof: 'counter',
    });
  if (isBetterCheck(check.result, person.check_result as Check))
    await recordCheck(tx, ctx, { person, check, input });
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

/** Counts a question to the authority against the account's day. @throws Problem identity/real-name-limit. */
export async function claimAttempt(
  ctx: { db: Db; clock: Clock; random: Random },
  account_id: string,
): Promise<void> {
  const attempt = { id: newId(ctx), account_id, at: ctx.clock.now() };
  const claimed = await ctx.db.tx(async (tx) => {
    await lockKeys(tx, [`real-name ${account_id}`]);
    return insertRealNameAttempt(tx, attempt);
  });
  if (!claimed) throw new Problem(realNameLimit, {}, { retryAfterSeconds: 3600 });
}

function isSameName(fields: FieldCrypto, person: StoredPerson, name: string): boolean {
  const recorded = fields.open(person.sealed_name, sealedAs.patient_name);
  return comparableName(recorded) === comparableName(name);
}

/** Online, another name is answered like a wrong one, so that nobody learns who is registered. */
function assertSameName(
  fields: FieldCrypto,
  person: StoredPerson,
  name: string,
  how: RegisterInput['how'],
): void {
  if (isSameName(fields, person, name)) return;
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
  return askAuthority(ctx, { name, document, known, manual: input.manual === true });
}

/**
 * Asks the authority about a name and a number. Where it has no word, `manual` goes on without it.
 * @throws Problem identity/real-name-mismatch, real-name-unknown, real-name-unavailable.
 */
export async function askAuthority(
  ctx: Pick<RegisterContext, 'fields' | 'realName'>,
  about: {
    name: string;
    document: ValidDocument;
    known?: StoredPerson | undefined;
    manual?: boolean;
  },
): Promise<CheckRecord> {
  const { name, document, known } = about;
  const query = { name, documentType: document.type, documentNumber: document.number };
  const answer = await ctx.realName.check(query);
  if (answer.result === 'match') return recordOf(answer);
  if (answer.result === 'mismatch') throw new Problem(realNameMismatch);
  if (known && isProven(known.check_result) && answer.result === 'unknown') return recordOf(answer);
  const manual = mayGoManual(document.type, answer.result);
  if (manual && about.manual === true && (!known || isSameName(ctx.fields, known, name)))
    return recordOf(answer);
  if (answer.result === 'unknown') throw new Problem(realNameUnknown, { manual });
  throw new Problem(realNameUnavailable, { manual }, { retryAfterSeconds: 60 });
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

/** What the window or another system has written down is the person's phone; what an account types is not yet. */
function phoneProof(person: SealablePerson): PersonRow['phone_proof'] {
  const { result } = person.check;
  const seen = result === 'counter' || result === 'migrated';
  return person.phone !== undefined && seen ? 'counter' : 'none';
}

type SealContext = { clock: Clock; random: Random; fields: FieldCrypto };

/** A person as stored, under a key of its own that is made here; `id` for one who was erased before. */
export function sealPerson(ctx: SealContext, person: SealablePerson, id = newId(ctx)): PersonRow {
  createPersonKeys(ctx, [id]);
  return sealedRow(ctx.fields, id, person);
}

/** As `sealPerson` for many, whose keys are made at once; `ids` of those who were erased before. */
export function sealPersons(
  ctx: SealContext,
  persons: readonly SealablePerson[],
  ids: readonly (string | undefined)[],
): PersonRow[] {
  const known = persons.map((_, at) => ids[at] ?? newId(ctx));
  createPersonKeys(ctx, known);
  return persons.map((person, at) => sealedRow(ctx.fields, known[at] as string, person));
}

/** Name, number and phone sealed, document and phone indexed. */
function sealedRow(fields: FieldCrypto, id: string, person: SealablePerson): PersonRow {
  const seal = (plain: string, place: string): string => hex(fields.sealFor(id, plain, place));
  const { document, phone, check } = person;
  return {
    id,
    sealed_name: seal(person.name, sealedAs.patient_name),
    document_type: document.type,
    sealed_document_number: seal(document.number, sealedAs.patient_document),
    document_index: hex(documentIndex(fields, document.type, document.number)),
    birth_date: document.birthDate ?? null,
    sex: document.sex ?? person.sex ?? 'unknown',
    sealed_phone: phone === undefined ? null : seal(phone, sealedAs.patient_phone),
    phone_index: phone === undefined ? null : hex(phoneIndex(fields, phone)),
    phone_proof: phoneProof(person),
    guardian_patient_id: person.guardian_patient_id ?? null,
    check_result: check.result,
    check_source: check.source,
    check_reference: check.reference,
    checked_at: check.checked_at,
  };
}

/**
 * Stores persons not known yet, and those again who once had their data deleted, with their
 * `identity.patient.registered`. @returns the ids of those stored.
 */
export async function storePersons(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  rows: PersonRow[],
  by: { actor: string; hospital_id?: string | null; erased_ids: readonly (string | undefined)[] },
): Promise<Set<string>> {
  const at = ctx.clock.now();
  const old = rows.filter((row) => by.erased_ids.includes(row.id));
  const revived = old.length > 0 ? await revivePersons(tx, old, at) : new Map<string, number>();
  const fresh = rows.filter((row) => !revived.has(row.id));
  const made = new Set(await insertPersons(tx, fresh, at));
  const stored = rows.filter((row) => revived.has(row.id) || made.has(row.id));
  await appendEvents(
    tx,
    ctx,
    stored.map((row) => ({
      name: 'identity.patient.registered',
      hospital_id: by.hospital_id ?? null,
      subject: `patient:${row.id}`,
      version: revived.get(row.id) ?? 1,
      person_id: row.id,
      actor: by.actor,
      payload: { patient_id: row.id, document_type: row.document_type, check: row.check_result },
    })),
  );
  return new Set(stored.map((row) => row.id));
}

async function recordCheck(
  tx: Tx,
  ctx: RegisterContext,
  given: { person: StoredPerson; check: CheckRecord; input: RegisterInput },
): Promise<void> {
  const { person, check, input } = given;
  await noteCheck(tx, ctx, person.id, check);
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
  await settleProven(tx, ctx, { patient_id: person.id, actor: input.actor });
}
