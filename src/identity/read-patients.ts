import { shanghaiDate, type Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Queryable } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { maskDocument, maskName } from './documents/index.ts';
import { patientUnknown } from './errors.ts';
import {
  linkedPersons,
  personByDocument,
  personsById,
  type StoredPerson,
} from './patient-store.ts';
import type { LinkState } from './people/rules.ts';
import { ageOn } from './rules.ts';
import { canonicalDocument, documentIndex, sealedAs, tagOf } from './sealing.ts';

export type ReadContext = { db: Queryable; fields: FieldCrypto; clock: Clock };

/** A person fit for a list or a screen. */
export type MaskedPatient = {
  patient_id: string;
  name_masked: string;
  document_type: string;
  document_masked: string;
  age: number | null;
  sex: string;
  check: string;
};

export type PatientInClear = {
  patient_id: string;
  name: string;
  document_type: string;
  document_number: string;
  birth_date: string | null;
  sex: string;
  phone: string | null;
  check: string;
};

/** What a list shows of a person who had their data deleted. */
const erased_name = '已注销';

/** A field of a person; one whose data was deleted has empty ones. */
function readField(fields: FieldCrypto, sealed: Uint8Array, place: string): string {
  return sealed.length === 0 ? '' : fields.open(sealed, place);
}

function nameOf(fields: FieldCrypto, person: StoredPerson): string {
  return readField(fields, person.sealed_name, sealedAs.patient_name);
}

function maskedName(fields: FieldCrypto, person: StoredPerson): string {
  return maskName(nameOf(fields, person)) || erased_name;
}

function numberOf(fields: FieldCrypto, person: StoredPerson): string {
  return readField(fields, person.sealed_document_number, sealedAs.patient_document);
}

type Mask = Pick<MaskedPatient, 'name_masked' | 'document_masked'>;
type KeptMask = {
  mask: Mask;
  name: Uint8Array;
  number: Uint8Array;
  person: Pick<
    StoredPerson,
    'id' | 'document_type' | 'birth_date' | 'sex' | 'check_result' | 'version'
  >;
};

/** So many persons' masks a process keeps: nobody can be read from them, and a crowd is shown its own. */
const kept_masks_max = 20_000;
const masks = new WeakMap<FieldCrypto, Map<string, KeptMask>>();

/**
 * The masked name and number of a person. Whoever books has just been shown them, so they are opened
 * again only when what is stored is another; a person whose data was deleted has nothing stored.
 */
function maskOf(fields: FieldCrypto, person: StoredPerson): Mask {
  const { id, sealed_name: name, sealed_document_number: number } = person;
  const { document_type, birth_date, sex, check_result, version } = person;
  let kept = masks.get(fields);
  if (!kept) masks.set(fields, (kept = new Map()));
  const known = kept.get(id);
  const isSame =
    known && Buffer.compare(known.name, name) === 0 && Buffer.compare(known.number, number) === 0;
  if (isSame && known.person.version === version) return known.mask;
  const mask = isSame
    ? known.mask
    : {
        name_masked: maskedName(fields, person),
        document_masked: maskDocument(numberOf(fields, person)),
      };
  const [oldest] = kept.keys();
  if (oldest !== undefined && kept.size >= kept_masks_max) kept.delete(oldest);
  kept.delete(id);
  const shown = { id, document_type, birth_date, sex, check_result, version };
  kept.set(id, { mask, name, number, person: shown });
  return mask;
}

/**
 * A person as lists show it, without asking the database, when this process showed them at this version;
 * undefined when it did not.
 */
export function keptPatient(
  ctx: Pick<ReadContext, 'fields' | 'clock'>,
  patient_id: string,
  version: number,
): MaskedPatient | undefined {
  const known = masks.get(ctx.fields)?.get(patient_id);
  return known?.person.version === version ? listed(ctx, known.person, known.mask) : undefined;
}

/** A stored person as lists show it. */
export function maskedPerson(ctx: ReadContext, person: StoredPerson): MaskedPatient {
  return listed(ctx, person, maskOf(ctx.fields, person));
}

function listed(
  ctx: Pick<ReadContext, 'clock'>,
  person: KeptMask['person'],
  { name_masked, document_masked }: Mask,
): MaskedPatient {
  return {
    patient_id: person.id,
    name_masked,
    document_type: person.document_type,
    document_masked,
    age: ageOn(person.birth_date, shanghaiDate(ctx.clock.now())),
    sex: person.sex,
    check: person.check_result,
  };
}

/** The patients an account acts for, masked, oldest link first; those who have agreed only. */
export async function listPatients(
  ctx: ReadContext,
  account_id: string,
): Promise<(MaskedPatient & { relation: string })[]> {
  const people = await listPeople(ctx, account_id, true);
  return people.filter((one) => one.state !== 'pending');
}

/**
 * The people of an account with what it may do for each, also those who have not agreed yet. Records
 * that were merged into another are left out unless `merged`: their old bookings still need looking after.
 */
export async function listPeople(
  ctx: ReadContext,
  account_id: string,
  merged = false,
): Promise<(MaskedPatient & { relation: string; state: LinkState })[]> {
  const persons = await linkedPersons(ctx.db, account_id);
  return persons
    .filter((person) => merged || person.state !== 'merged')
    .map((person) => ({
      ...maskedPerson(ctx, person),
      relation: person.relation,
      state: person.state,
    }));
}

/** Masked persons by id, for lists; ids of nobody are absent. */
export async function maskedPatients(
  ctx: ReadContext,
  patient_ids: string[],
): Promise<Map<string, MaskedPatient>> {
  const persons = await personsById(ctx.db, [...new Set(patient_ids)]);
  return new Map(persons.map((person) => [person.id, maskedPerson(ctx, person)]));
}

/** The names of persons as waiting-room screens show them (张*丰), by id. */
export async function patientNames(
  ctx: { db: Queryable; fields: FieldCrypto },
  patient_ids: string[],
): Promise<Map<string, string>> {
  const persons = await personsById(ctx.db, [...new Set(patient_ids)]);
  return new Map(persons.map((person) => [person.id, maskedName(ctx.fields, person)]));
}

/** The person with this document, however it was typed, or undefined. */
export async function findPatientByDocument(
  ctx: ReadContext,
  document_type: string,
  document_number: string,
): Promise<MaskedPatient | undefined> {
  const index = documentIndex(ctx.fields, document_type, document_number);
  const person = await personByDocument(ctx.db, index);
  return person && maskedPerson(ctx, person);
}

/**
 * A person in clear, for staff; every read leaves an `identity.patient.read` event.
 * `purpose` is a short code such as `window` or `check-in`.
 * @throws Problem identity/patient-unknown.
 */
export async function readPatient(
  ctx: { db: Db; fields: FieldCrypto; clock: Clock; random: Random },
  patient_id: string,
  by: { actor: string; purpose: string; hospital_id?: string | null },
): Promise<PatientInClear> {
  return ctx.db.tx(async (tx) => {
    const [person] = await personsById(tx, [patient_id]);
    if (!person) throw new Problem(patientUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'identity.patient.read',
        hospital_id: by.hospital_id ?? null,
        // A read changes nothing of the person, so it is a subject of its own.
        subject: `patient-read:${newId(ctx)}`,
        version: 1,
        person_id: patient_id,
        actor: by.actor,
        payload: { patient_id, purpose: by.purpose },
      },
    ]);
    return {
      patient_id,
      name: nameOf(ctx.fields, person),
      document_type: person.document_type,
      document_number: numberOf(ctx.fields, person),
      birth_date: person.birth_date,
      sex: person.sex,
      phone: person.sealed_phone && ctx.fields.open(person.sealed_phone, sealedAs.patient_phone),
      check: person.check_result,
    };
  });
}

/** What a class of a draw may rest on: age today, and the province a resident identity number begins with. */
export async function personFacts(
  ctx: ReadContext,
  patient_ids: string[],
): Promise<Map<string, { age: number | null; province: string | null }>> {
  const today = shanghaiDate(ctx.clock.now());
  const persons = await personsById(ctx.db, [...new Set(patient_ids)]);
  return new Map(
    persons.map((person) => [
      person.id,
      {
        age: ageOn(person.birth_date, today),
        province:
          person.document_type === 'resident_id' ? numberOf(ctx.fields, person).slice(0, 2) : null,
      },
    ]),
  );
}

/**
 * A document's tag in the draws of one group and year (the sealed draw's `personTag`, 32 bytes).
 * The same person has the same tag however the number was typed and whoever asks.
 */
export function personTag(
  secrets: Secrets,
  document: { type: string; number: string },
  group: string,
  year: number,
): Uint8Array {
  return tagOf(secrets, canonicalDocument(document.type, document.number), { group, year });
}

/** The tags of registered persons in one group and year, by patient id. */
export async function personTags(
  ctx: { db: Queryable; fields: FieldCrypto; secrets: Secrets },
  patient_ids: string[],
  draw: { group: string; year: number },
): Promise<Map<string, Uint8Array>> {
  const persons = await personsById(ctx.db, [...new Set(patient_ids)]);
  return new Map(
    persons.map((person) => {
      // By the first document, so that a child's new card is no second chance in a draw.
      const document = person.sealed_first_document
        ? ctx.fields.open(person.sealed_first_document, sealedAs.first_document)
        : canonicalDocument(person.document_type, numberOf(ctx.fields, person));
      return [person.id, tagOf(ctx.secrets, document, draw)];
    }),
  );
}

/** One registered person's tag in a group and year. @throws Problem identity/patient-unknown. */
export async function personTagOf(
  db: Queryable,
  ctx: { fields: FieldCrypto; secrets: Secrets },
  of: { patient_id: string; group: string; year: number },
): Promise<Uint8Array> {
  const { fields, secrets } = ctx;
  const tag = (await personTags({ db, fields, secrets }, [of.patient_id], of)).get(of.patient_id);
  if (!tag) throw new Problem(patientUnknown);
  return tag;
}
