import type { Queryable } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { ConductKind } from './rules.ts';

/* What patients and staff read of conduct and restrictions. */

export type Restriction = {
  restriction_id: string;
  until: Date;
  kind: ConductKind | null;
};

/**
 * The restrictions that keep persons out of remote registration for drawn clinics of a hospital at
 * this moment, the longest of each by person; one has ended when its time has passed.
 */
export async function restrictionsOf(
  db: Queryable,
  input: { hospital_id: string; patient_ids: readonly string[]; at: Date },
): Promise<Map<string, Restriction>> {
  const rows = await db.many<Restriction & { patient_id: string }>(sql`
    select distinct on (patient_id) patient_id, id as restriction_id, ends_at as until, kind
    from booking.restriction
    where hospital_id = ${input.hospital_id} and patient_id = any(${[...input.patient_ids]}::uuid[])
      and starts_at <= ${input.at} and ends_at > ${input.at} and lifted_at is null
    order by patient_id, ends_at desc`);
  return new Map(rows.map(({ patient_id, ...restriction }) => [patient_id, restriction]));
}

export type RestrictionRow = {
  restriction_id: string;
  hospital_id: string;
  patient_id: string;
  kind: ConductKind | null;
  starts_at: Date;
  ends_at: Date;
  counted: string[];
};

export async function runningRestrictions(
  db: Queryable,
  input: { patient_ids: readonly string[] | null; hospital_id: string | null; at: Date },
): Promise<RestrictionRow[]> {
  return db.many<RestrictionRow>(sql`
    select id as restriction_id, hospital_id, patient_id, kind, starts_at, ends_at, counted
    from booking.restriction
    where (${input.patient_ids}::uuid[] is null or patient_id = any(${input.patient_ids}::uuid[]))
      and (${input.hospital_id}::uuid is null or hospital_id = ${input.hospital_id})
      and lifted_at is null and ends_at > ${input.at}
    order by ends_at, id limit 200`);
}

export type ConductRow = {
  conduct_id: string;
  hospital_id: string;
  patient_id: string;
  appointment_id: string;
  session_id: string;
  service_date: string;
  kind: ConductKind;
  happened_at: Date;
  counts: boolean;
};

/** What stands noted about these people, or in this hospital, since an instant; the newest first. */
export async function selectConduct(
  db: Queryable,
  input: { patient_ids: readonly string[] | null; hospital_id: string | null; since: Date },
): Promise<ConductRow[]> {
  return db.many<ConductRow>(sql`
    select c.id as conduct_id, c.hospital_id, c.patient_id, c.appointment_id, a.session_id,
      a.service_date::text, c.kind, c.happened_at, c.told_by is not null as counts
    from booking.conduct c join booking.appointment a on a.id = c.appointment_id
    where (${input.patient_ids}::uuid[] is null or c.patient_id = any(${input.patient_ids}::uuid[]))
      and (${input.hospital_id}::uuid is null or c.hospital_id = ${input.hospital_id})
      and c.cleared_at is null and c.happened_at > ${input.since}
    order by c.happened_at desc, c.id limit 200`);
}

export type Clearance = { clerk: string; reason: string; visits: number; patients: number };

/** Who of the staff cleared how much, and why, since an instant. */
export async function selectClearances(
  db: Queryable,
  input: { hospital_id: string; since: Date },
): Promise<Clearance[]> {
  return db.many<Clearance>(sql`
    select clerk, reason, count(*)::int as visits, count(distinct patient_id)::int as patients from (
      select cleared_by as clerk, cleared_reason as reason, patient_id from booking.conduct
      where hospital_id = ${input.hospital_id} and cleared_at >= ${input.since}
      union all
      select lifted_by, lifted_reason, patient_id from booking.restriction
      where hospital_id = ${input.hospital_id} and lifted_at >= ${input.since} and kind is null) c
    where clerk like 'staff:%' group by clerk, reason order by visits desc, clerk, reason`);
}
