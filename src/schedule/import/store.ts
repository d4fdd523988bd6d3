import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { Level, Period, TimeCritical } from '../types.ts';

/** Imports of one hospital take turns under its row; bookings and other hospitals do not wait. */
export async function lockHospital(tx: Tx, hospital_id: string): Promise<boolean> {
  const row = await tx.maybe(
    sql`select id from schedule.hospital where id = ${hospital_id} for no key update`,
  );
  return row !== undefined;
}

export type KnownCampus = { id: string; code: string; name: string };

export function selectCampuses(
  db: Queryable,
  hospital_id: string,
  codes: string[],
): Promise<KnownCampus[]> {
  return db.many(sql`select id, code, name from schedule.campus
    where hospital_id = ${hospital_id} and code = any(${codes})`);
}

export type KnownDepartment = {
  id: string;
  code: string;
  name: string;
  campus_code: string;
  specialty_code: string;
  place: string;
};

export function selectDepartments(
  db: Queryable,
  hospital_id: string,
  codes: string[],
): Promise<KnownDepartment[]> {
  return db.many(sql`
    select d.id, d.code, d.name, c.code as campus_code, d.specialty_code, d.place
    from schedule.department d join schedule.campus c on c.id = d.campus_id
    where d.hospital_id = ${hospital_id} and d.code = any(${codes})`);
}

export async function insertCampuses(
  tx: Tx,
  hospital_id: string,
  rows: KnownCampus[],
): Promise<void> {
  await tx.run(sql`
    insert into schedule.campus (id, hospital_id, code, name)
    select id, ${hospital_id}, code, name
    from json_to_recordset(${JSON.stringify(rows)}) as r(id uuid, code text, name text)`);
}

export async function upsertDepartments(
  tx: Tx,
  hospital_id: string,
  rows: KnownDepartment[],
): Promise<void> {
  await tx.run(sql`
    insert into schedule.department (id, hospital_id, campus_id, code, name, specialty_code, place)
    select r.id, ${hospital_id}, c.id, r.code, r.name, r.specialty_code, r.place
    from json_to_recordset(${JSON.stringify(rows)}) as r(id uuid, code text, name text,
      campus_code text, specialty_code text, place text)
    join schedule.campus c on c.hospital_id = ${hospital_id} and c.code = r.campus_code
    on conflict (hospital_id, code) do update set campus_id = excluded.campus_id, name = excluded.name,
      specialty_code = excluded.specialty_code, place = excluded.place`);
}

export type KnownPractitioner = {
  id: string;
  code: string;
  name: string;
  title: string;
  speciality: string;
  licence_number: string | null;
};

export function selectPractitioners(
  db: Queryable,
  hospital_id: string,
  codes: string[],
): Promise<KnownPractitioner[]> {
  return db.many(sql`
    select id, code, name, title, speciality, licence_number from schedule.practitioner
    where hospital_id = ${hospital_id} and code = any(${codes})`);
}

export type KnownService = {
  id: string;
  code: string;
  name: string;
  department_code: string;
  practitioner_id: string | null;
  practitioner_code: string | null;
  practitioner_title: string | null;
  practitioner_licence: string | null;
  level: Level;
  title: string;
  registration_fee_fen: number;
  consultation_fee_fen: number;
  time_critical: TimeCritical | null;
};

export function selectServices(
  db: Queryable,
  hospital_id: string,
  codes: string[],
): Promise<KnownService[]> {
  return db.many(sql`
    select s.id, s.code, s.name, d.code as department_code, s.practitioner_id,
      p.code as practitioner_code, p.title as practitioner_title,
      p.licence_number as practitioner_licence, s.level, s.title, s.registration_fee_fen,
      s.consultation_fee_fen, s.time_critical
    from schedule.healthcare_service s join schedule.department d on d.id = s.department_id
    left join schedule.practitioner p on p.id = s.practitioner_id
    where s.hospital_id = ${hospital_id} and s.code = any(${codes})`);
}

export type BusyDoctor = {
  id: string;
  hospital_id: string;
  practitioner_id: string;
  practitioner_licence: string | null;
  service_date: string;
  period: Period;
};

/** Where these doctors sit on those days, in whatever hospital. */
export function selectBusyDoctors(
  db: Queryable,
  input: { practitioners: string[]; licences: string[]; from: string; to: string },
): Promise<BusyDoctor[]> {
  return db.many(sql`
    select id, hospital_id, practitioner_id, practitioner_licence, service_date, period
    from schedule.session
    where status = 'planned' and service_date between ${input.from} and ${input.to}
      and (practitioner_id = any(${input.practitioners}::uuid[])
        or practitioner_licence = any(${input.licences}))`);
}

export type ImportRun = {
  id: string;
  hospital_id: string;
  kind: string;
  file_name: string;
  file_sha256: string;
  rows: number;
  created: number;
  updated: number;
  staff_id: string | null;
  committed_at: Date;
};

export async function insertImportRun(tx: Tx, run: ImportRun): Promise<void> {
  await tx.run(sql`
    insert into schedule.import_run (id, hospital_id, kind, file_name, file_sha256, rows, created,
      updated, staff_id, committed_at)
    values (${run.id}, ${run.hospital_id}, ${run.kind}, ${run.file_name}, ${run.file_sha256},
      ${run.rows}, ${run.created}, ${run.updated}, ${run.staff_id}, ${run.committed_at})`);
}

export function selectImportRuns(db: Queryable, hospital_id: string): Promise<ImportRun[]> {
  return db.many(sql`
    select id, hospital_id, kind, file_name, file_sha256, rows, created, updated, staff_id, committed_at
    from schedule.import_run where hospital_id = ${hospital_id}
    order by committed_at desc, id desc limit 200`);
}
