import { shanghaiDate, type Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Tx } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { normaliseDocumentNumber, validateDocument } from './documents/index.ts';
import type { DocumentType, ValidDocument } from './documents/index.ts';
import { documentInvalid } from './errors.ts';
import { idsByDocument } from './patient-store.ts';
import { erasedPersons } from './privacy/revive.ts';
import { sealPersons, storePersons, type SealablePerson } from './register-patient.ts';
import { readPhone } from './request-code.ts';
import { documentIndex, hex } from './sealing.ts';

export type MigratedPerson = {
  name: string;
  document_type: DocumentType;
  document_number: string;
  /** YYYY-MM-DD, for documents whose number does not tell it. */
  birth_date?: string;
  sex?: 'male' | 'female';
  phone?: string;
};

const chunk_size = 5_000;

/**
 * Registers many persons from another system in a few statements, in the caller's transaction.
 * A person whose document is known is reused as recorded, whatever name the row has.
 * @returns patient ids in the order of `persons`; the same document twice gives the same id twice.
 * @throws Problem identity/document-invalid with detail.rows (places in `persons`, at most 100)
 *   before anything is written; identity/phone-invalid.
 */
export async function bulkRegisterPersons(
  tx: Tx,
  source: { clock: Clock; random: Random; fields: FieldCrypto },
  persons: readonly MigratedPerson[],
  by: { actor: string; hospital_id?: string | null; check_source?: string },
): Promise<string[]> {
  const documents = validDocuments(persons, shanghaiDate(source.clock.now()));
  const check = {
    result: 'migrated',
    source: by.check_source ?? 'migrated',
    reference: '',
    checked_at: source.clock.now(),
  } as const;
  const ids: string[] = [];
  for (let start = 0; start < persons.length; start += chunk_size) {
    const chunk = persons.slice(start, start + chunk_size).map((person, at) => {
      const phone = person.phone === undefined ? undefined : readPhone(person.phone);
      const document = documents[start + at] as ValidDocument;
      return { ...person, document, phone, check };
    });
    ids.push(...(await registerChunk(tx, source, chunk, by)));
  }
  return ids;
}

async function registerChunk(
  tx: Tx,
  source: { clock: Clock; random: Random; fields: FieldCrypto },
  chunk: SealablePerson[],
  by: { actor: string; hospital_id?: string | null },
): Promise<string[]> {
  const indexes = chunk.map(({ document }) =>
    hex(documentIndex(source.fields, document.type, document.number)),
  );
  const known = await idsByDocument(tx, indexes);
  const first = new Map(indexes.map((index, at) => [index, at] as const).toReversed());
  // Only those who are new get a key; the same person twice in a file is one.
  const fresh = chunk.filter(
    (_, at) => !known.has(indexes[at] ?? '') && first.get(indexes[at] ?? '') === at,
  );
  const erased = await erasedPersons(
    tx,
    source.fields,
    fresh.map((person) => person.document),
  );
  const erased_ids = erased.filter((id) => id !== undefined);
  await storePersons(tx, source, sealPersons(source, fresh, erased), { ...by, erased_ids });
  const all = await idsByDocument(tx, indexes);
  return indexes.map((index) => all.get(index) as string);
}

function validDocuments(persons: readonly MigratedPerson[], today: string): ValidDocument[] {
  const faulty: number[] = [];
  const documents = persons.map((person, at): ValidDocument => {
    const { document_type: type, document_number, birth_date } = person;
    const birthDate = birth_date === undefined ? {} : { birthDate: birth_date };
    const checked = validateDocument({ type, number: document_number, ...birthDate }, today);
    if (checked.ok) return checked.document;
    // The other system knew the guardian; the number itself was in order.
    if (checked.code !== 'guardian_required') faulty.push(at);
    return { type, number: normaliseDocumentNumber(document_number), ...birthDate };
  });
  if (faulty.length > 0) throw new Problem(documentInvalid, { rows: faulty.slice(0, 100) });
  return documents;
}
