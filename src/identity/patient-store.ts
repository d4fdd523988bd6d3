import type { Queryable, Tx } from '../platform/db.ts';
import type { PeopleLimits } from '../platform/people-config.ts';
import { prepared, sql } from '../platform/sql.ts';
import type { ConfirmedBy, LinkState } from './people/rules.ts';

/* Persons in care and who may act for them. */

/** A person ready to be stored; byte strings as hex, because rows travel as JSON. */
export type PersonRow = {
  id: string;
  sealed_name: string;
  document_type: string;
  sealed_document_number: string;
  document_index: string;
  birth_date: string | null;
  sex: string;
  sealed_phone: string | null;
  phone_index: string | null;
  phone_proof: 'none' | 'code' | 'counter';
  guardian_patient_id: string | null;
  check_result: string;
  check_source: string;
  check_reference: string;
  checked_at: Date;
};

/**
 * Stores persons not known yet and returns their ids; those known stay untouched, also when known by
 * a document they no longer use. Rows go in by document index, so that two writers of the same persons never wait for each other in a circle.
 */
export async function insertPersons(tx: Tx, rows: PersonRow[], at: Date): Promise<string[]> {
  const made = await tx.many<{ id: string }>(sql`
    insert into identity.patient (id, sealed_name, document_type, sealed_document_number,
      document_index, birth_date, sex, sealed_phone, phone_index, phone_proof, guardian_patient_id,
      check_result, check_source, check_reference, checked_at, created_at)
    select id, decode(sealed_name, 'hex'), document_type, decode(sealed_document_number, 'hex'),
      decode(document_index, 'hex'), birth_date, sex, decode(sealed_phone, 'hex'),
      decode(phone_index, 'hex'), phone_proof, guardian_patient_id, check_result, check_source,
      check_reference, checked_at, ${at}
    from json_to_recordset(${JSON.stringify(rows)}) as r(id uuid, sealed_name text,
      document_type text, sealed_document_number text, document_index text, birth_date date,
      sex text, sealed_phone text, phone_index text, phone_proof text, guardian_patient_id uuid,
      check_result text, check_source text, check_reference text, checked_at timestamptz)
    where not exists (
      select from identity.former_document f where f.document_index = decode(r.document_index, 'hex'))
    order by document_index
    on conflict (document_index) do nothing
    returning id`);
  return made.map((row) => row.id);
}

/** Ids by document index in hex; a former document gives the person who has it no longer. */
export async function idsByDocument(
  db: Queryable,
  document_indexes: string[],
): Promise<Map<string, string>> {
  const rows = await db.many<{ id: string; document_index: string }>(sql`
    with asked as (select decode(x, 'hex') as document_index from unnest(${document_indexes}::text[]) x)
    select coalesce(p.merged_into, p.id) as id, encode(document_index, 'hex') as document_index
    from identity.patient p where document_index in (select document_index from asked)
    union all
    select coalesce(p.merged_into, p.id), encode(f.document_index, 'hex')
    from identity.former_document f join identity.patient p on p.id = f.patient_id
    where f.document_index in (select document_index from asked)`);
  return new Map(rows.map((row) => [row.document_index, row.id]));
}

export type StoredPerson = {
  id: string;
  sealed_name: Buffer;
  document_type: string;
  sealed_document_number: Buffer;
  birth_date: string | null;
  sex: string;
  sealed_phone: Buffer | null;
  phone_index: Buffer | null;
  phone_proof: 'none' | 'code' | 'counter';
  guardian_patient_id: string | null;
  check_result: string;
  check_source: string;
  checked_at: Date;
  sealed_first_document: Buffer | null;
  merged_into: string | null;
  version: number;
};

/** Whoever has this document, had it once, or was merged from the record that had it. */
export async function personByDocument(
  db: Queryable,
  document_index: Uint8Array,
): Promise<StoredPerson | undefined> {
  return db.maybe(sql`
    select id, sealed_name, document_type, sealed_document_number, birth_date, sex, sealed_phone,
      phone_index, phone_proof, guardian_patient_id, check_result, check_source, checked_at,
      sealed_first_document, merged_into, version
    from identity.patient where id = coalesce(
      (select coalesce(merged_into, id) from identity.patient where document_index = ${document_index}),
      (select coalesce(p.merged_into, p.id) from identity.former_document f
        join identity.patient p on p.id = f.patient_id where f.document_index = ${document_index}))`);
}

export async function personsById(db: Queryable, ids: string[]): Promise<StoredPerson[]> {
  return db.many(
    prepared(
      'identity.persons',
      sql`
    select id, sealed_name, document_type, sealed_document_number, birth_date, sex, sealed_phone,
      phone_index, phone_proof, guardian_patient_id, check_result, check_source, checked_at,
      sealed_first_document, merged_into, version
    from identity.patient where id = any(${ids}::uuid[])`,
    ),
  );
}

/** Records a check that says more than the one before; returns the person's new version. */
export async function updateCheck(
  tx: Tx,
  id: string,
  check: { result: string; source: string; reference: string; checked_at: Date },
): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`
    update identity.patient set check_result = ${check.result}, check_source = ${check.source},
      check_reference = ${check.reference}, checked_at = ${check.checked_at}, version = version + 1
    where id = ${id} returning version`);
  return version;
}

/** Links and unlinks of one account, and of one patient, go one after the other from here on. */
export async function lockAccountAndPatient(
  tx: Tx,
  account_id: string,
  patient_id: string,
): Promise<boolean> {
  await tx.run(sql`select from identity.account where id = ${account_id} for no key update`);
  const found = await tx.run(
    sql`select from identity.patient where id = ${patient_id} for no key update`,
  );
  return found === 1;
}

export async function raisePatientVersion(tx: Tx, patient_id: string): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`
    update identity.patient set version = version + 1 where id = ${patient_id} returning version`);
  return version;
}

export type LinkVerdict =
  'linked' | 'raised' | 'already' | 'patients-max' | 'adds-max' | 'accounts-max' | 'unknown';

export type NewLink = {
  account_id: string;
  patient_id: string;
  relation: string;
  state: LinkState;
  confirmed_by: ConfirmedBy;
  at: Date;
};

/**
 * Links under the locks of lockAccountAndPatient, unless a limit is reached; a link that waits for
 * the patient's agreement is raised when the agreement is there. Helpers count towards no limit of
 * families: their own quota holds them.
 */
export async function insertLink(
  tx: Tx,
  link: NewLink,
  limits: PeopleLimits,
): Promise<LinkVerdict> {
  const { verdict } = await tx.one<{ verdict: LinkVerdict }>(sql`
    with mine as (
      select patient_id, relation, state from identity.related_person
      where account_id = ${link.account_id} and ended_at is null
    ), verdict as materialized (
      select case
        when exists (select from identity.patient where id = ${link.patient_id} and merged_into is not null)
          then 'unknown'
        when exists (select from mine where patient_id = ${link.patient_id} and state = 'pending')
          and ${link.state} <> 'pending' then 'raised'
        when exists (select from mine where patient_id = ${link.patient_id}) then 'already'
        when ${link.relation} = 'delegate' then 'linked'
        when (select count(*) from mine where relation <> 'delegate' and state <> 'merged')
          >= ${limits.patients_account_max} then 'patients-max'
        when (select count(*) from identity.related_person where account_id = ${link.account_id}
          and relation <> 'delegate'
          and created_at > ${link.at}::timestamptz - make_interval(days => ${limits.churn_days}))
          >= ${limits.adds_max} then 'adds-max'
        when ${link.state} <> 'pending' and (select count(*) from identity.related_person
          where patient_id = ${link.patient_id} and ended_at is null and relation <> 'delegate'
            and state in ('active', 'trial')) >= ${limits.accounts_patient_max}
          then 'accounts-max'
        else 'linked' end as verdict
    ), made as (
      insert into identity.related_person
        (account_id, patient_id, relation, state, confirmed_by, confirmed_at, created_at)
      select ${link.account_id}::uuid, ${link.patient_id}::uuid, ${link.relation}, ${link.state},
        ${link.confirmed_by}, case when ${link.confirmed_by} <> 'none' then ${link.at}::timestamptz end,
        ${link.at}::timestamptz from verdict where verdict = 'linked'
    ), raised as (
      update identity.related_person set state = ${link.state}, confirmed_by = ${link.confirmed_by},
        confirmed_at = ${link.at}
      where account_id = ${link.account_id} and patient_id = ${link.patient_id} and ended_at is null
        and (select verdict from verdict) = 'raised'
    )
    select verdict from verdict`);
  return verdict;
}

export type UnlinkVerdict = 'unlinked' | 'unknown' | 'removals-max';

/**
 * Ends a link under the locks of lockAccountAndPatient, unless too many were ended lately. What the
 * patient never agreed to, and what a helper gives up, is no rotation and does not count.
 */
export async function endLink(
  tx: Tx,
  link: { account_id: string; patient_id: string; at: Date },
  limits: PeopleLimits,
): Promise<UnlinkVerdict> {
  const { verdict } = await tx.one<{ verdict: UnlinkVerdict }>(sql`
    with mine as (
      select relation, state from identity.related_person where account_id = ${link.account_id}
        and patient_id = ${link.patient_id} and ended_at is null
    ), verdict as materialized (
      select case
        when not exists (select from mine) then 'unknown'
        when (select relation <> 'delegate' and state <> 'pending' from mine)
          and (select count(*) from identity.related_person where account_id = ${link.account_id}
            and relation <> 'delegate' and state <> 'pending'
            and ended_at > ${link.at}::timestamptz - make_interval(days => ${limits.churn_days}))
          >= ${limits.removals_max} then 'removals-max'
        else 'unlinked' end as verdict
    ), ended as (
      update identity.related_person set ended_at = ${link.at}
      where account_id = ${link.account_id} and patient_id = ${link.patient_id}
        and ended_at is null and (select verdict from verdict) = 'unlinked'
    )
    select verdict from verdict`);
  return verdict;
}

/** Whether the account may look after this patient's bookings: the patient has agreed. */
export async function isLinked(
  db: Queryable,
  account_id: string,
  patient_id: string,
): Promise<boolean> {
  const { linked } = await db.one<{ linked: boolean }>(sql`
    select exists (select from identity.related_person where account_id = ${account_id}
      and patient_id = ${patient_id} and ended_at is null and state <> 'pending') as linked`);
  return linked;
}

/** What accounts declare patients to be to their holders, in the order asked; null: nothing. */
export async function linkedRelations(
  db: Queryable,
  pairs: readonly { account_id: string; patient_id: string }[],
): Promise<(string | null)[]> {
  const rows = pairs.map((pair, ord) => ({ ...pair, ord }));
  const found = await db.many<{ relation: string | null }>(sql`
    select (select p.relation from identity.related_person p where p.account_id = r.account_id
      and p.patient_id = r.patient_id and p.ended_at is null and p.state <> 'pending') as relation
    from json_to_recordset(${JSON.stringify(rows)}) as r(ord int, account_id uuid, patient_id uuid)
    order by r.ord`);
  return found.map((row) => row.relation);
}

/** The patients of an account, also those who have not agreed yet, oldest link first. */
export async function linkedPersons(
  db: Queryable,
  account_id: string,
): Promise<(StoredPerson & { relation: string; state: LinkState })[]> {
  return db.many(sql`
    select p.id, p.sealed_name, p.document_type, p.sealed_document_number, p.birth_date, p.sex,
      p.sealed_phone, p.phone_index, p.phone_proof, p.guardian_patient_id, p.check_result,
      p.check_source, p.checked_at, p.sealed_first_document, p.merged_into, p.version, l.relation,
      l.state
    from identity.related_person l join identity.patient p on p.id = l.patient_id
    where l.account_id = ${account_id} and l.ended_at is null order by l.created_at, p.id`);
}

/** One row an account that acts for a patient, then one with the patient's own phone. */
export async function personsToTell(
  db: Queryable,
  patient_ids: string[],
): Promise<
  {
    patient_id: string;
    sealed_name: Buffer;
    account_id: string | null;
    sealed_phone: Buffer | null;
    phone_index: string | null;
  }[]
> {
  return db.many(sql`
    select p.id as patient_id, p.sealed_name, t.account_id, t.sealed_phone,
      encode(t.phone_index, 'hex') as phone_index
    from identity.patient p cross join lateral (
      select a.id as account_id, a.sealed_phone, a.phone_index, l.created_at
      from identity.related_person l join identity.account a on a.id = l.account_id
      where l.patient_id = p.id and l.ended_at is null and l.state <> 'pending'
      union all
      select null, p.sealed_phone, p.phone_index, null
    ) t
    where p.id = any(${patient_ids}::uuid[])
    order by p.id, t.created_at nulls last, t.account_id`);
}
