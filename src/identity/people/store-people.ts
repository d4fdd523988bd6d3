import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';

/* Checks, earlier names and documents, merged records, archives, cases. */

export async function insertCheck(
  tx: Tx,
  check: {
    id: string;
    patient_id: string;
    method: 'two_factor' | 'credential' | 'counter' | 'migrated';
    result: string;
    source: string;
    reference: string;
    checked_at: Date;
  },
): Promise<void> {
  await tx.run(sql`
    insert into identity.real_name_check
      (id, patient_id, method, result, source, reference, checked_at)
    values (${check.id}, ${check.patient_id}, ${check.method}, ${check.result}, ${check.source},
      ${check.reference}, ${check.checked_at})`);
}

export async function checksOf(
  db: Queryable,
  patient_id: string,
): Promise<{ method: string; result: string; source: string; checked_at: Date }[]> {
  return db.many(sql`
    select method, result, source, checked_at from identity.real_name_check
    where patient_id = ${patient_id} order by checked_at desc, id desc limit 20`);
}

/** Keeps the name that is replaced, sealed, and sets the new one; the person's new version. */
export async function replaceName(
  tx: Tx,
  name: {
    id: string;
    patient_id: string;
    sealed_former: Uint8Array;
    sealed_name: Uint8Array;
    proof: string;
    actor: string;
    at: Date;
  },
): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`
    with kept as (
      insert into identity.former_name (id, patient_id, sealed_name, proof, changed_by, changed_at)
      values (${name.id}, ${name.patient_id}, ${name.sealed_former}, ${name.proof}, ${name.actor}, ${name.at})
    )
    update identity.patient set sealed_name = ${name.sealed_name}, version = version + 1
    where id = ${name.patient_id} returning version`);
  return version;
}

export type NewDocument = {
  patient_id: string;
  sealed_name: Uint8Array;
  document_type: string;
  sealed_document_number: Uint8Array;
  document_index: Uint8Array;
  birth_date: string | null;
  sex: string;
  /** The document until now, sealed as a former one, and as the person's first. */
  sealed_former: Uint8Array;
  sealed_first: Uint8Array;
  check: { result: string; source: string; reference: string; checked_at: Date };
  actor: string;
  at: Date;
};

/** The person gets a new document; the old one goes on finding them. Their new version. */
export async function replaceDocument(tx: Tx, fresh: NewDocument): Promise<number> {
  await tx.run(sql`
    insert into identity.former_document (document_index, patient_id, document_type,
      sealed_document_number, replaced_by, replaced_at)
    select document_index, id, document_type, ${fresh.sealed_former}, ${fresh.actor}, ${fresh.at}
    from identity.patient where id = ${fresh.patient_id}`);
  const { version } = await tx.one<{ version: number }>(sql`
    update identity.patient set sealed_name = ${fresh.sealed_name},
      document_type = ${fresh.document_type}, sealed_document_number = ${fresh.sealed_document_number},
      document_index = ${fresh.document_index}, birth_date = ${fresh.birth_date}, sex = ${fresh.sex},
      sealed_first_document = coalesce(sealed_first_document, ${fresh.sealed_first}),
      check_result = ${fresh.check.result}, check_source = ${fresh.check.source},
      check_reference = ${fresh.check.reference}, checked_at = ${fresh.check.checked_at},
      version = version + 1
    where id = ${fresh.patient_id} returning version`);
  return version;
}

/** Both records, locked in key order; fewer rows when one is not there. */
export async function lockBoth(
  tx: Tx,
  ids: [string, string],
): Promise<{ id: string; merged_into: string | null }[]> {
  return tx.many(sql`
    select id, merged_into from identity.patient where id = any(${ids}::uuid[])
    order by id for update`);
}

/**
 * Points one record at the other; records that pointed at the first follow. What the kept record
 * does not know it takes over. Returns the first record's new version.
 */
export async function markMerged(tx: Tx, from: string, into: string): Promise<number> {
  await tx.run(sql`update identity.patient set merged_into = ${into} where merged_into = ${from}`);
  await tx.run(sql`
    update identity.patient p set
      guardian_patient_id = coalesce(p.guardian_patient_id, nullif(f.guardian_patient_id, p.id)),
      birth_date = coalesce(p.birth_date, f.birth_date), version = p.version + 1
    from identity.patient f where p.id = ${into} and f.id = ${from}`);
  const { version } = await tx.one<{ version: number }>(sql`
    update identity.patient set merged_into = ${into}, version = version + 1
    where id = ${from} returning version`);
  return version;
}

/** All living archives of a person, whatever the hospital. */
export async function livingArchives(
  tx: Tx,
  patient_id: string,
): Promise<{ id: string; sealed_number: Buffer }[]> {
  return tx.many(sql`
    select id, sealed_number from identity.his_archive where patient_id = ${patient_id} for update`);
}

/** Gives an archive to the kept record, sealed for it; what that record uses stays chosen. */
export async function moveArchive(
  tx: Tx,
  id: string,
  into: string,
  sealed_number: Uint8Array,
): Promise<void> {
  await tx.run(sql`
    update identity.his_archive a set patient_id = ${into}, sealed_number = ${sealed_number},
      chosen = a.chosen and not exists (select from identity.his_archive k
        where k.patient_id = ${into} and k.hospital_id = a.hospital_id and k.chosen)
    where id = ${id}`);
}

export type ArchiveRow = {
  id: string;
  hospital_id: string;
  patient_id: string;
  sealed_number: Buffer;
  chosen: boolean;
  checked: boolean;
  source: string;
  created_at: Date;
  ended_at: Date | null;
};

/**
 * Notes an archive of the hospital's own system; the first of a person is chosen.
 * @returns the archive's patient, which is another when the number is taken.
 */
export async function insertArchive(
  tx: Tx,
  archive: {
    id: string;
    hospital_id: string;
    patient_id: string;
    sealed_number: Uint8Array;
    number_index: Uint8Array;
    source: string;
    actor: string;
    at: Date;
  },
): Promise<{ id: string; patient_id: string; fresh: boolean }> {
  return tx.one(sql`
    with made as (
      insert into identity.his_archive (id, hospital_id, patient_id, sealed_number, number_index,
        chosen, source, recorded_by, created_at)
      select ${archive.id}::uuid, ${archive.hospital_id}::uuid, ${archive.patient_id}::uuid,
        ${archive.sealed_number}::bytea, ${archive.number_index}::bytea, not exists (
          select from identity.his_archive where hospital_id = ${archive.hospital_id}
            and patient_id = ${archive.patient_id} and chosen),
        ${archive.source}, ${archive.actor}, ${archive.at}::timestamptz
      on conflict (hospital_id, number_index) where ended_at is null and checked do nothing
      returning id, patient_id
    )
    select id, patient_id, true as fresh from made
    union all
    select id, patient_id, false from identity.his_archive where hospital_id = ${archive.hospital_id}
      and number_index = ${archive.number_index} and ended_at is null and checked
      and not exists (select from made)`);
}

export async function archivesOf(
  db: Queryable,
  hospital_id: string,
  patient_id: string,
): Promise<ArchiveRow[]> {
  return db.many<ArchiveRow>(sql`
    select id, hospital_id, patient_id, sealed_number, chosen, checked, source, created_at, ended_at
    from identity.his_archive where hospital_id = ${hospital_id} and patient_id = ${patient_id}
    order by ended_at is not null, not chosen, created_at`);
}

/** Makes one archive the one that is used; `end_others` closes the rest. The archive's new version. */
export async function chooseArchiveRow(
  tx: Tx,
  choice: {
    archive_id: string;
    hospital_id: string;
    patient_id: string;
    end_others: boolean;
    at: Date;
  },
): Promise<number | undefined> {
  const found = await tx.maybe<{ version: number }>(sql`
    update identity.his_archive set version = version + 1
    where id = ${choice.archive_id} and ended_at is null and checked and hospital_id = ${choice.hospital_id}
      and patient_id = ${choice.patient_id} returning version`);
  if (!found) return undefined;
  await tx.run(sql`
    update identity.his_archive set chosen = false,
      ended_at = case when ${choice.end_others} then coalesce(ended_at, ${choice.at}::timestamptz) else ended_at end
    where hospital_id = ${choice.hospital_id} and patient_id = ${choice.patient_id}
      and id <> ${choice.archive_id}`);
  await tx.run(sql`update identity.his_archive set chosen = true where id = ${choice.archive_id}`);
  return found.version;
}

export async function closeArchivesCase(
  tx: Tx,
  input: { patient_id: string; actor: string; at: Date },
): Promise<{ case_id: string; version: number }[]> {
  return tx.many(sql`
    update identity.person_case set state = 'accepted', decided_by = ${input.actor},
      decided_at = ${input.at}, version = version + 1
    where patient_id = ${input.patient_id} and kind = 'archives' and state = 'open'
    returning id as case_id, version`);
}

export type CaseKind = 'document' | 'archives' | 'act';

/** Opens a case, or finds the one that is open; a booking is disputed once. */
export async function insertCase(
  tx: Tx,
  fresh: {
    id: string;
    kind: CaseKind;
    hospital_id: string | null;
    patient_id: string;
    account_id: string | null;
    appointment_id: string | null;
    sealed_note: Uint8Array | null;
    at: Date;
  },
): Promise<{ id: string; fresh: boolean }> {
  const made = await tx.maybe<{ id: string }>(sql`
    insert into identity.person_case (id, kind, hospital_id, patient_id, account_id, appointment_id,
      sealed_note, opened_at)
    values (${fresh.id}, ${fresh.kind}, ${fresh.hospital_id}, ${fresh.patient_id},
      ${fresh.account_id}, ${fresh.appointment_id}, ${fresh.sealed_note}, ${fresh.at})
    on conflict do nothing returning id`);
  if (made) return { ...made, fresh: true };
  const known = await tx.one<{ id: string }>(sql`
    select id from identity.person_case where kind = ${fresh.kind} and case
      when ${fresh.kind} = 'act' then appointment_id = ${fresh.appointment_id}
      else patient_id = ${fresh.patient_id} and state = 'open' end`);
  return { ...known, fresh: false };
}

export type CaseRow = {
  case_id: string;
  kind: CaseKind;
  hospital_id: string | null;
  patient_id: string;
  account_id: string | null;
  appointment_id: string | null;
  state: 'open' | 'accepted' | 'refused';
  sealed_note: Buffer | null;
  bookings: number;
  opened_at: Date;
  decided_at: Date | null;
};

/** Open cases that a hospital's staff may settle, the oldest first. */
export async function openCases(db: Queryable, hospital_id: string | null): Promise<CaseRow[]> {
  return db.many<CaseRow>(sql`
    select id as case_id, kind, hospital_id, patient_id, account_id, appointment_id, state,
      sealed_note, bookings, opened_at, decided_at
    from identity.person_case where state = 'open'
      and (hospital_id is null or hospital_id = ${hospital_id}) order by opened_at, id limit 200`);
}

/** The newest case of each of these patients, of one kind. */
export async function newestCases(
  db: Queryable,
  patient_ids: string[],
  kind: CaseKind,
): Promise<{ patient_id: string; state: string; bookings: number }[]> {
  return db.many(sql`
    select distinct on (patient_id) patient_id, state, bookings from identity.person_case
    where patient_id = any(${patient_ids}::uuid[]) and kind = ${kind}
    order by patient_id, opened_at desc, id desc`);
}

export async function disputedAmong(
  db: Queryable,
  appointment_ids: string[],
): Promise<{ appointment_id: string; state: string }[]> {
  return db.many(sql`
    select appointment_id, state from identity.person_case
    where kind = 'act' and appointment_id = any(${appointment_ids}::uuid[])`);
}

/** Settles an open case; undefined when it is not there, not open, or another hospital's. */
export async function settleCase(
  tx: Tx,
  decision: {
    case_id: string;
    hospital_id: string | null;
    state: 'accepted' | 'refused';
    actor: string;
    at: Date;
  },
): Promise<{ kind: CaseKind; patient_id: string; version: number } | undefined> {
  return tx.maybe(sql`
    update identity.person_case set state = ${decision.state}, decided_by = ${decision.actor},
      decided_at = ${decision.at}, version = version + 1
    where id = ${decision.case_id} and state = 'open'
      and (hospital_id is null or hospital_id = ${decision.hospital_id})
    returning kind, patient_id, version`);
}

export async function setCaseNote(tx: Tx, case_id: string, sealed_note: Uint8Array): Promise<void> {
  await tx.run(
    sql`update identity.person_case set sealed_note = ${sealed_note} where id = ${case_id}`,
  );
}

/** Closes what a proof has settled by itself. */
export async function closeDocumentCase(
  tx: Tx,
  input: { patient_id: string; actor: string; at: Date },
): Promise<{ case_id: string; version: number } | undefined> {
  return tx.maybe(sql`
    update identity.person_case set state = 'accepted', decided_by = ${input.actor},
      decided_at = ${input.at}, version = version + 1
    where patient_id = ${input.patient_id} and kind = 'document' and state = 'open'
    returning id as case_id, version`);
}

/** Counts a booking against what is allowed before the document was seen; false when used up. */
export async function countTrialBooking(
  db: Queryable,
  patient_id: string,
  by: 1 | -1,
  bookings_max: number,
): Promise<boolean> {
  const counted = await db.run(sql`
    update identity.person_case set bookings = bookings + ${by}
    where patient_id = ${patient_id} and kind = 'document' and state = 'open'
      and bookings + ${by} between 0 and ${bookings_max}`);
  return counted === 1;
}

/** Which of these patients have a phone that is proven to be theirs. */
export async function phonesKnown(db: Queryable, patient_ids: string[]): Promise<string[]> {
  const rows = await db.many<{ id: string }>(sql`
    select id from identity.patient where id = any(${patient_ids}::uuid[]) and phone_proof <> 'none'
      and phone_index is not null`);
  return rows.map((row) => row.id);
}

/** The person of an archive, the one in use first. */
export async function archiveOwner(
  db: Queryable,
  of: { hospital_id: string; number_index: Uint8Array },
): Promise<string | undefined> {
  const row = await db.maybe<{ patient_id: string }>(sql`
    select patient_id from identity.his_archive where hospital_id = ${of.hospital_id}
      and number_index = ${of.number_index} and checked order by (ended_at is null) desc, created_at desc limit 1`);
  return row?.patient_id;
}
