import { databaseError, type Queryable, type Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { Per, Quota } from './rules.ts';

/* Who may refer to a hospital, and how much. */

export type Institution = {
  id: string;
  hospital_id: string;
  code: string;
  name: string;
  phone: string;
  closed_at: Date | null;
  version: number;
};

/** @returns false when the hospital knows the code already. */
export async function insertInstitution(
  tx: Tx,
  row: Pick<Institution, 'id' | 'hospital_id' | 'code' | 'name' | 'phone'>,
): Promise<boolean> {
  try {
    await tx.run(sql`
      insert into booking.referring_institution (id, hospital_id, code, name, phone)
      values (${row.id}, ${row.hospital_id}, ${row.code}, ${row.name}, ${row.phone})`);
    return true;
  } catch (error) {
    if (databaseError(error)?.constraint === 'referring_institution_code') return false;
    throw error;
  }
}

/** Undefined when the hospital has no such institution. */
export function updateInstitution(
  tx: Tx,
  row: Pick<Institution, 'id' | 'hospital_id' | 'name' | 'phone' | 'closed_at'>,
): Promise<{ version: number } | undefined> {
  return tx.maybe(sql`
    update booking.referring_institution set name = ${row.name}, phone = ${row.phone},
      closed_at = case when ${row.closed_at}::timestamptz is null then null
        else coalesce(closed_at, ${row.closed_at}) end,
      version = version + 1
    where id = ${row.id} and hospital_id = ${row.hospital_id} returning version`);
}

export function selectInstitutions(db: Queryable, hospital_id: string): Promise<Institution[]> {
  return db.many(sql`
    select id, hospital_id, code, name, phone, closed_at, version
    from booking.referring_institution where hospital_id = ${hospital_id}
    order by closed_at is not null, code limit 1000`);
}

export function institutionsById(
  db: Queryable,
  ids: readonly string[],
): Promise<Pick<Institution, 'id' | 'name' | 'phone'>[]> {
  return db.many(sql`
    select id, name, phone from booking.referring_institution where id = any(${[...ids]}::uuid[])`);
}

/** The institution a member of staff sends patients for, unless it was closed. */
export function institutionOf(
  db: Queryable,
  sender: { staff_id: string; hospital_id: string },
): Promise<Pick<Institution, 'id' | 'name'> | undefined> {
  return db.maybe(sql`
    select i.id, i.name from booking.referrer r
    join booking.referring_institution i on i.id = r.institution_id
    where r.staff_id = ${sender.staff_id} and r.hospital_id = ${sender.hospital_id}
      and i.closed_at is null`);
}

/** Locks the institution whose quotas are about to be counted; undefined when it is closed or gone. */
export function lockInstitution(
  tx: Tx,
  input: { institution_id: string; hospital_id: string },
): Promise<{ id: string } | undefined> {
  return tx.maybe(sql`
    select id from booking.referring_institution
    where id = ${input.institution_id} and hospital_id = ${input.hospital_id} and closed_at is null
    for update`);
}

/** Raises the version of an institution's events; undefined when the hospital has no such one. */
export function raiseInstitution(
  tx: Tx,
  input: { institution_id: string; hospital_id: string },
): Promise<{ version: number } | undefined> {
  return tx.maybe(sql`
    update booking.referring_institution set version = version + 1
    where id = ${input.institution_id} and hospital_id = ${input.hospital_id} returning version`);
}

export async function setReferrer(
  tx: Tx,
  row: { staff_id: string; hospital_id: string; institution_id: string; actor: string; at: Date },
): Promise<void> {
  await tx.run(sql`
    insert into booking.referrer as r (staff_id, hospital_id, institution_id, added_by, added_at)
    values (${row.staff_id}, ${row.hospital_id}, ${row.institution_id}, ${row.actor}, ${row.at})
    on conflict (staff_id) do update set institution_id = excluded.institution_id,
      hospital_id = excluded.hospital_id, added_by = excluded.added_by, added_at = excluded.added_at`);
}

export function selectReferrers(
  db: Queryable,
  hospital_id: string,
): Promise<{ staff_id: string; institution_id: string }[]> {
  return db.many(sql`
    select staff_id, institution_id from booking.referrer where hospital_id = ${hospital_id}`);
}

/** The quotas in force of some institutions: the newest version of each scope. */
export function selectQuotas(
  db: Queryable,
  institution_ids: readonly string[],
): Promise<(Quota & { institution_id: string })[]> {
  return db.many(sql`
    select distinct on (institution_id, scope_id) institution_id, scope_id, department_id,
      healthcare_service_id, version, per, numbers
    from booking.referral_quota where institution_id = any(${[...institution_ids]}::uuid[])
    order by institution_id, scope_id, version desc`);
}

/** Writes the next version of a quota; the institution's row is locked. */
export async function insertQuota(
  tx: Tx,
  row: {
    hospital_id: string;
    institution_id: string;
    department_id: string;
    healthcare_service_id: string | null;
    per: Per;
    numbers: number | null;
    actor: string;
    at: Date;
  },
): Promise<number> {
  const scope_id = row.healthcare_service_id ?? row.department_id;
  const { version } = await tx.one<{ version: number }>(sql`
    insert into booking.referral_quota (hospital_id, institution_id, scope_id, version,
      department_id, healthcare_service_id, per, numbers, set_by, set_at)
    select ${row.hospital_id}, ${row.institution_id}, ${scope_id}, coalesce(max(version), 0) + 1,
      ${row.department_id}, ${row.healthcare_service_id}, ${row.per}, ${row.numbers}::int,
      ${row.actor}, ${row.at}
    from booking.referral_quota
    where institution_id = ${row.institution_id} and scope_id = ${scope_id}
    returning version`);
  return version;
}
