import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { PersonRow } from '../patient-store.ts';

/* Persons whose data was deleted. Consents and requests: store-consent.ts, store-request.ts. */

/** Patient ids by pseudonym in hex. */
export async function idsOfErased(
  db: Queryable,
  pseudonyms: string[],
): Promise<Map<string, string>> {
  if (pseudonyms.length === 0) return new Map();
  const rows = await db.many<{ id: string; pseudonym: string }>(sql`
    select id, encode(document_index, 'hex') as pseudonym from identity.patient
    where document_index in (select decode(x, 'hex') from unnest(${pseudonyms}::text[]) x)
      and erased_at is not null
    union all
    select p.id, encode(f.document_index, 'hex') from identity.former_document f
      join identity.patient p on p.id = f.patient_id
    where f.document_index in (select decode(x, 'hex') from unnest(${pseudonyms}::text[]) x)
      and p.erased_at is not null`);
  return new Map(rows.map((row) => [row.pseudonym, row.id]));
}

/** Fills persons who had their data deleted again; versions by id of those it did. */
export async function revivePersons(
  tx: Tx,
  rows: PersonRow[],
  at: Date,
): Promise<Map<string, number>> {
  const revived = await tx.many<{ id: string; version: number }>(sql`
    update identity.patient p set sealed_name = decode(r.sealed_name, 'hex'),
      document_type = r.document_type,
      sealed_document_number = decode(r.sealed_document_number, 'hex'),
      document_index = decode(r.document_index, 'hex'), birth_date = r.birth_date, sex = r.sex,
      sealed_phone = decode(r.sealed_phone, 'hex'), phone_index = decode(r.phone_index, 'hex'),
      guardian_patient_id = r.guardian_patient_id, check_result = r.check_result,
      check_source = r.check_source, check_reference = r.check_reference,
      checked_at = r.checked_at, created_at = ${at}, version = version + 1, erased_at = null,
      erased_until = null
    from json_to_recordset(${JSON.stringify(rows)}) as r(id uuid, sealed_name text,
      document_type text, sealed_document_number text, document_index text, birth_date date,
      sex text, sealed_phone text, phone_index text, guardian_patient_id uuid, check_result text,
      check_source text, check_reference text, checked_at timestamptz)
    where p.id = r.id and p.erased_at is not null
    returning p.id, p.version`);
  return new Map(revived.map((row) => [row.id, row.version]));
}

/**
 * Empties a person's record and ends everything that leads to it. `pseudonym` holds the document's
 * place until `until`. @returns the person's new version; undefined when it was erased before.
 */
export async function erasePatient(
  tx: Tx,
  person: { id: string; pseudonym: Uint8Array; at: Date; until: Date | null },
): Promise<number | undefined> {
  const { id, at } = person;
  const row = await tx.maybe<{ version: number }>(sql`
    update identity.patient set sealed_name = '', sealed_document_number = '', sealed_phone = null,
      phone_index = null, phone_proof = 'none', document_index = ${person.pseudonym},
      sealed_first_document = null, birth_date = null, sex = 'unknown', guardian_patient_id = null,
      check_result = 'unknown', check_source = 'erased', check_reference = '',
      erased_at = ${at}, erased_until = ${person.until}, version = version + 1
    where id = ${id} and erased_at is null returning version`);
  if (!row) return undefined;
  await tx.run(sql`update identity.related_person set ended_at = ${at}
    where patient_id = ${id} and ended_at is null`);
  await tx.run(sql`delete from identity.guardian
    where child_patient_id = ${id} or guardian_patient_id = ${id}`);
  await tx.run(sql`update identity.patient set guardian_patient_id = null
    where guardian_patient_id = ${id}`);
  await tx.run(sql`delete from identity.former_name where patient_id = ${id}`);
  await tx.run(sql`delete from identity.his_archive where patient_id = ${id}`);
  await tx.run(sql`update identity.real_name_check set reference = '' where patient_id = ${id}`);
  await tx.run(sql`update identity.person_case set sealed_note = null where patient_id = ${id}`);
  await tx.run(sql`update identity.consent set withdrawn_at = ${at}, version = version + 1
    where patient_id = ${id} and withdrawn_at is null and replaced_at is null`);
  await tx.run(sql`update identity.data_request set sealed_text = null, sealed_answer = null
    where patient_id = ${id}`);
  return row.version;
}

/** Documents a person had before, sealed, with their present index. */
export async function formerDocuments(
  tx: Tx,
  patient_id: string,
): Promise<{ document_type: string; document_index: Buffer; sealed_document_number: Buffer }[]> {
  return tx.many(sql`
    select document_type, document_index, sealed_document_number from identity.former_document
    where patient_id = ${patient_id}`);
}

export async function eraseFormerDocument(
  tx: Tx,
  document: { index: Uint8Array; pseudonym: Uint8Array },
): Promise<void> {
  await tx.run(sql`
    update identity.former_document set document_index = ${document.pseudonym},
      sealed_document_number = '' where document_index = ${document.index}`);
}

/** Whether the person's data was deleted, and how an account stands to them. */
export async function personOf(
  db: Queryable,
  account_id: string,
  patient_id: string,
): Promise<{ relation: string; birth_date: string | null } | undefined> {
  return db.maybe(sql`
    select l.relation, p.birth_date from identity.related_person l
      join identity.patient p on p.id = l.patient_id
    where l.account_id = ${account_id} and l.patient_id = ${patient_id} and l.ended_at is null
      and l.state <> 'pending' and p.erased_at is null`);
}

/** Cuts the last tie of erased persons whose restrictions, losses and no-shows have run out. */
export async function forgetErased(db: Queryable, at: Date): Promise<number> {
  await db.run(sql`delete from identity.former_document f using identity.patient p
    where p.id = f.patient_id and p.erased_at is not null and p.erased_until <= ${at}`);
  return db.run(sql`
    update identity.patient set erased_until = null,
      document_index = sha256(uuid_send(gen_random_uuid()))
    where erased_at is not null and erased_until <= ${at}`);
}

/** Ids of persons erased since `since`: their keys must be gone, also after a restore of the keys. */
export async function erasedSince(db: Queryable, since: Date): Promise<string[]> {
  const rows = await db.many<{ id: string }>(
    sql`select id from identity.patient where erased_at >= ${since}`,
  );
  return rows.map((row) => row.id);
}

/** Which of these keys are nobody's: neither of a person nor of an account's phone. */
export async function nobodys(db: Queryable, ids: readonly string[]): Promise<string[]> {
  const rows = await db.many<{ id: string }>(sql`
    select x::text as id from unnest(${ids}::uuid[]) x
    where not exists (select from identity.patient p where p.id = x and p.erased_at is null)
      and not exists (select from identity.account a
        where a.closed_at is null and substring(a.phone_index for 16) = uuid_send(x))`);
  return rows.map((row) => row.id);
}
