import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/* What people find a doctor by: the directory as search reads it, what was called off, red flags. */

export type DirectoryRow = {
  hospital_id: string;
  hospital_name: string;
  department_id: string;
  department_name: string;
  specialty_code: string;
  place: string;
  campus_name: string;
  campus_address: string;
  clinics: {
    id: string;
    name: string;
    level: string;
    practitioner_name: string | null;
    practitioner_title: string | null;
    practitioner_speciality: string | null;
  }[];
};

/** Every department of the platform with its clinics. */
export function selectDirectory(db: Queryable): Promise<DirectoryRow[]> {
  return db.many(sql`
    select d.hospital_id, h.name as hospital_name, d.id as department_id, d.name as department_name,
      d.specialty_code, d.place, c.name as campus_name,
      coalesce(nullif(c.address, ''), h.address) as campus_address,
      coalesce((select json_agg(json_build_object('id', s.id, 'name', s.name, 'level', s.level,
        'practitioner_name', s.practitioner_name, 'practitioner_title', s.practitioner_title,
        'practitioner_speciality', s.practitioner_speciality) order by s.code)
        from schedule.service_view s where s.department_id = d.id), '[]') as clinics
    from schedule.department d
    join schedule.hospital h on h.id = d.hospital_id
    join schedule.campus c on c.id = d.campus_id
    order by h.name, d.code, d.id`);
}

export type CalledOffRow = {
  session_id: string;
  hospital_id: string;
  hospital_name: string;
  campus_name: string;
  department_id: string;
  department_name: string;
  service_name: string;
  service_date: string;
  period: string;
  practitioner_name: string | null;
  /** 停诊, or the doctor whom the one named above stands in for (替诊). */
  kind: 'stopped' | 'substituted';
  instead_of: string | null;
};

/** Sessions of those days that were stopped or taken over by another doctor. Reasons stay inside. */
export function selectCalledOff(
  db: Queryable,
  input: { hospital_id: string | null; from: string; to: string; limit: number },
): Promise<CalledOffRow[]> {
  return db.many(sql`
    select v.id as session_id, v.hospital_id, v.hospital_name, v.campus_name, v.department_id,
      v.department_name, v.service_name, v.service_date, v.period, v.practitioner_name,
      case when v.status = 'stopped' then 'stopped' else 'substituted' end as kind,
      p.name as instead_of
    from schedule.session_view v left join schedule.practitioner p on p.id = v.substitute_for
    where v.service_date between ${input.from} and ${input.to}
      and (v.status = 'stopped' or v.substitute_for is not null)
      and (${input.hospital_id}::uuid is null or v.hospital_id = ${input.hospital_id})
    order by v.service_date, v.starts_at, v.hospital_name, v.department_name, v.service_name, v.id
    limit ${input.limit}`);
}

export type RedFlagRow = {
  specialty_code: string;
  lines: string[];
  approved_by: string;
  approved_at: Date;
  version: number;
};

export function selectRedFlags(db: Queryable, hospital_id: string): Promise<RedFlagRow[]> {
  return db.many(sql`
    select specialty_code, lines, approved_by, approved_at, version
    from schedule.red_flag where hospital_id = ${hospital_id} order by specialty_code`);
}

export async function upsertRedFlags(
  tx: Tx,
  row: {
    hospital_id: string;
    specialty_code: string;
    lines: readonly string[];
    actor: string;
    at: Date;
  },
): Promise<{ version: number }> {
  return tx.one(sql`
    insert into schedule.red_flag as f (hospital_id, specialty_code, lines, approved_by, approved_at)
    values (${row.hospital_id}, ${row.specialty_code}, ${[...row.lines]}::text[], ${row.actor}, ${row.at})
    on conflict (hospital_id, specialty_code) do update set lines = excluded.lines,
      approved_by = excluded.approved_by, approved_at = excluded.approved_at, version = f.version + 1
    returning version`);
}

export async function placeCampusRow(
  tx: Tx,
  input: {
    hospital_id: string;
    campus_id: string;
    address: string;
    latitude: number | null;
    longitude: number | null;
  },
): Promise<{ version: number } | undefined> {
  return tx.maybe(sql`
    update schedule.campus set address = ${input.address}, latitude = ${input.latitude},
      longitude = ${input.longitude}, version = version + 1
    where id = ${input.campus_id} and hospital_id = ${input.hospital_id} returning version`);
}
