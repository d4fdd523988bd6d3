import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { StandingSession } from './rules.ts';
import type {
  Campus,
  Department,
  DirectPools,
  Hospital,
  HospitalDetail,
  Level,
  Mode,
  Period,
  PlacedCampus,
  Service,
  SessionFilter,
  SessionRow,
  SessionView,
  TimeCritical,
} from './types.ts';

export async function insertHospital(tx: Tx, row: Hospital & { created_at: Date }): Promise<void> {
  await tx.run(sql`insert into schedule.hospital (id, code, name, level, address, phone, created_at)
    values (${row.id}, ${row.code}, ${row.name}, ${row.level}, ${row.address}, ${row.phone}, ${row.created_at})`);
}

export function selectHospitals(
  db: Queryable,
): Promise<(Hospital & { campuses: PlacedCampus[] })[]> {
  return db.many(sql`
    select h.id, h.code, h.name, h.level, h.address, h.phone,
      coalesce((select json_agg(json_build_object('id', c.id, 'code', c.code, 'name', c.name,
        'address', c.address, 'latitude', c.latitude, 'longitude', c.longitude) order by c.code)
        from schedule.campus c where c.hospital_id = h.id), '[]') as campuses
    from schedule.hospital h order by h.name`);
}

/** Hospital, campuses, departments and clinics in one statement. */
export function selectHospital(db: Queryable, id: string): Promise<HospitalDetail | undefined> {
  return db.maybe(sql`
    select h.id, h.code, h.name, h.level, h.address, h.phone,
      coalesce((select json_agg(json_build_object('id', c.id, 'code', c.code, 'name', c.name,
        'address', c.address, 'latitude', c.latitude, 'longitude', c.longitude) order by c.code)
        from schedule.campus c where c.hospital_id = h.id), '[]') as campuses,
      coalesce((select json_agg(json_build_object('id', d.id, 'campus_id', d.campus_id, 'code', d.code,
        'name', d.name, 'specialty_code', d.specialty_code, 'place', d.place) order by d.code)
        from schedule.department d where d.hospital_id = h.id), '[]') as departments,
      coalesce((select json_agg(to_json(s) order by s.code) from schedule.service_view s
        where s.hospital_id = h.id), '[]') as services
    from schedule.hospital h where h.id = ${id}`);
}

/** The department's clinics; undefined when there is no such department. */
export async function selectDepartmentServices(
  db: Queryable,
  department_id: string,
): Promise<Service[] | undefined> {
  const found = await db.maybe<{ services: Service[] }>(sql`
    select coalesce((select json_agg(to_json(s) order by s.code) from schedule.service_view s
      where s.department_id = d.id), '[]') as services
    from schedule.department d where d.id = ${department_id}`);
  return found?.services;
}

export function selectServicesByIds(db: Queryable, ids: readonly string[]): Promise<Service[]> {
  return db.many(sql`select id, department_id, code, name, level, title, registration_fee_fen,
      consultation_fee_fen, time_critical, practitioner_id, practitioner_name, practitioner_title,
      practitioner_speciality
    from schedule.service_view where id = any(${[...ids]}::uuid[]) order by code`);
}

export async function selectSpecialtyCode(
  db: Queryable,
  healthcare_service_id: string,
): Promise<string | undefined> {
  const row = await db.maybe<{ specialty_code: string }>(sql`
    select d.specialty_code from schedule.service_view s join schedule.department d on d.id = s.department_id
    where s.id = ${healthcare_service_id}`);
  return row?.specialty_code;
}

/** Clinics of the same hospital and official speciality that hold planned sessions on those days. */
export function selectSpecialtyClinics(
  db: Queryable,
  input: { healthcare_service_id: string; from: string; to: string },
): Promise<{ id: string }[]> {
  return db.many(sql`
    select distinct o.id
    from schedule.healthcare_service s
    join schedule.department d on d.id = s.department_id
    join schedule.department e on e.hospital_id = d.hospital_id and e.specialty_code = d.specialty_code
    join schedule.healthcare_service o on o.department_id = e.id and o.id <> s.id
    join schedule.session n on n.healthcare_service_id = o.id and n.status = 'planned'
      and n.service_date between ${input.from} and ${input.to}
    where s.id = ${input.healthcare_service_id}`);
}

export async function insertCampus(db: Queryable, hospital_id: string, row: Campus): Promise<void> {
  await db.run(sql`insert into schedule.campus (id, hospital_id, code, name, address)
    values (${row.id}, ${hospital_id}, ${row.code}, ${row.name}, ${row.address})`);
}

/** @returns the department's id, or undefined when the campus is not one of this hospital's. */
export async function upsertDepartmentRow(
  db: Queryable,
  hospital_id: string,
  row: Department,
): Promise<string | undefined> {
  const found = await db.maybe<{ id: string }>(sql`
    insert into schedule.department (id, hospital_id, campus_id, code, name, specialty_code, place)
    select ${row.id}, hospital_id, id, ${row.code}, ${row.name}, ${row.specialty_code}, ${row.place}
    from schedule.campus where hospital_id = ${hospital_id} and id = ${row.campus_id}
    on conflict (hospital_id, code) do update set campus_id = excluded.campus_id, name = excluded.name,
      specialty_code = excluded.specialty_code, place = excluded.place
    returning id`);
  return found?.id;
}

export type PractitionerRow = {
  id: string;
  code: string;
  name: string;
  title: string;
  speciality: string;
  licence_number: string | null;
};

/** Writes doctors by their code; a new licence reaches their sessions from `today` on. */
export async function upsertPractitionerRows(
  db: Queryable,
  place: { hospital_id: string; today: string },
  rows: PractitionerRow[],
): Promise<{ id: string; code: string }[]> {
  return db.many(sql`
    with written as (
      insert into schedule.practitioner (id, hospital_id, code, name, title, speciality, licence_number)
      select id, ${place.hospital_id}, code, name, title, speciality, licence_number
      from json_to_recordset(${JSON.stringify(rows)}) as r(id uuid, code text, name text, title text,
        speciality text, licence_number text)
      on conflict (hospital_id, code) do update set name = excluded.name, title = excluded.title,
        speciality = excluded.speciality,
        licence_number = coalesce(excluded.licence_number, schedule.practitioner.licence_number)
      returning id, code, licence_number
    ), known as (
      update schedule.session s set practitioner_licence = w.licence_number
      from written w where s.practitioner_id = w.id and s.service_date >= ${place.today}
        and s.practitioner_licence is distinct from w.licence_number
    )
    select id, code from written`);
}

export type ServiceRow = {
  id: string;
  department_id: string;
  practitioner_id: string | null;
  code: string;
  name: string;
  level: Level;
  title: string;
  registration_fee_fen: number;
  consultation_fee_fen: number;
  time_critical: TimeCritical | null;
};

/**
 * Writes clinics by their code. A clinic whose department or doctor would change, or whose
 * department or doctor is not of this hospital, is left out of the answer and of the table.
 */
export async function upsertServiceRows(
  db: Queryable,
  hospital_id: string,
  rows: ServiceRow[],
): Promise<{ id: string; code: string }[]> {
  return db.many(sql`
    insert into schedule.healthcare_service as t (id, hospital_id, department_id, practitioner_id, code,
      name, level, title, registration_fee_fen, consultation_fee_fen, time_critical)
    select r.id, d.hospital_id, d.id, p.id, r.code, r.name, r.level, r.title,
      r.registration_fee_fen, r.consultation_fee_fen, r.time_critical
    from json_to_recordset(${JSON.stringify(rows)}) as r(id uuid, department_id uuid,
      practitioner_id uuid, code text, name text, level text, title text,
      registration_fee_fen int, consultation_fee_fen int, time_critical text)
    join schedule.department d on d.id = r.department_id and d.hospital_id = ${hospital_id}
    left join schedule.practitioner p on p.id = r.practitioner_id and p.hospital_id = ${hospital_id}
    where (r.practitioner_id is null) = (p.id is null)
    on conflict (hospital_id, code) do update set name = excluded.name, level = excluded.level,
      title = excluded.title, registration_fee_fen = excluded.registration_fee_fen,
      consultation_fee_fen = excluded.consultation_fee_fen, time_critical = excluded.time_critical
      where t.department_id = excluded.department_id
        and t.practitioner_id is not distinct from excluded.practitioner_id
    returning t.id, t.code`);
}

/** Sessions with every name a page needs, in one statement. */
export function selectSessions(db: Queryable, filter: SessionFilter): Promise<SessionView[]> {
  return db.many(sql`
    select v.* from schedule.session_view v
    where v.service_date between ${filter.from} and ${filter.to}
      and (${filter.hospital_id ?? null}::uuid is null or v.hospital_id = ${filter.hospital_id ?? null})
      and (${filter.department_id ?? null}::uuid is null or v.department_id = ${filter.department_id ?? null})
      and (${filter.specialty_code ?? null}::text is null or v.specialty_code = ${filter.specialty_code ?? null})
      and (${filter.healthcare_service_id ?? null}::uuid is null
        or v.healthcare_service_id = ${filter.healthcare_service_id ?? null})
      and (${filter.practitioner_id ?? null}::uuid is null
        or v.practitioner_id = ${filter.practitioner_id ?? null})
    order by v.service_date, v.starts_at, v.department_name, v.service_name, v.id`);
}

export function selectSessionsByIds(db: Queryable, ids: readonly string[]): Promise<SessionView[]> {
  return db.many(sql`
    select v.* from schedule.session_view v where v.id = any(${[...ids]}::uuid[])
    order by v.service_date, v.starts_at, v.id`);
}

/** Inserts sessions; those that meet another session of the same service or doctor stay out. */
export async function insertSessions(
  tx: Tx,
  hospital_id: string,
  rows: SessionRow[],
  created_at: Date,
): Promise<string[]> {
  const written = await tx.many<{ id: string }>(sql`
    insert into schedule.session (id, hospital_id, healthcare_service_id, practitioner_id,
      practitioner_licence, service_date, period, room, starts_at, ends_at, numbers, direct_pools,
      patient_bookings_max, master, mode, created_at)
    select id, ${hospital_id}, healthcare_service_id, practitioner_id, practitioner_licence,
      service_date, period, room, starts_at, ends_at, numbers, direct_pools, patient_bookings_max,
      master, mode, ${created_at}
    from json_to_recordset(${JSON.stringify(rows)}) as r(id uuid, healthcare_service_id uuid,
      practitioner_id uuid, practitioner_licence text, service_date date, period text, room text,
      starts_at timestamptz, ends_at timestamptz, numbers int, direct_pools jsonb,
      patient_bookings_max int, master text, mode text)
    on conflict do nothing returning id`);
  return written.map((row) => row.id);
}

/** Applies changes that `harms` found harmless. */
export function updateSessions(
  tx: Tx,
  rows: SessionRow[],
): Promise<{ id: string; version: number }[]> {
  return tx.many(sql`
    update schedule.session s set practitioner_id = r.practitioner_id,
      practitioner_licence = r.practitioner_licence, room = r.room, numbers = r.numbers,
      direct_pools = r.direct_pools, patient_bookings_max = r.patient_bookings_max,
      version = s.version + 1
    from json_to_recordset(${JSON.stringify(rows)}) as r(id uuid, practitioner_id uuid,
      practitioner_licence text, room text, numbers int, direct_pools jsonb, patient_bookings_max int)
    where s.id = r.id returning s.id, s.version`);
}

/** Every session those services hold on those days, locked so that a change finds what was judged. */
export function selectStanding(
  db: Queryable,
  input: { hospital_id: string; services: string[]; from: string; to: string; lock: boolean },
): Promise<StandingSession[]> {
  const statement = sql`
    select id, healthcare_service_id, practitioner_id, practitioner_licence, service_date, period, room, starts_at, ends_at,
      numbers, direct_pools, patient_bookings_max, master, mode, status
    from schedule.session
    where hospital_id = ${input.hospital_id} and service_date between ${input.from} and ${input.to}
      and healthcare_service_id = any(${input.services}::uuid[])
    order by id`;
  return db.many(input.lock ? { ...statement, text: `${statement.text} for update` } : statement);
}

export type Change = { hospital_id: string; session_id: string; at: Date };

export function stopSessionRow(
  tx: Tx,
  change: Change & { reason: string },
): Promise<{ version: number; service_date: string; practitioner_id: string | null } | undefined> {
  return tx.maybe(sql`
    update schedule.session set status = 'stopped', stop_reason = ${change.reason}, version = version + 1
    where id = ${change.session_id} and hospital_id = ${change.hospital_id}
      and status = 'planned' and ends_at > ${change.at}
    returning version, service_date, practitioner_id`);
}

export function resumeSessionRow(tx: Tx, change: Change): Promise<{ version: number } | undefined> {
  return tx.maybe(sql`
    update schedule.session set status = 'planned', stop_reason = null, version = version + 1
    where id = ${change.session_id} and hospital_id = ${change.hospital_id}
      and status = 'stopped' and starts_at > ${change.at}
    returning version`);
}

export function assignPractitionerRow(
  tx: Tx,
  change: Change & { practitioner_id: string },
): Promise<{ version: number } | undefined> {
  return tx.maybe(sql`
    update schedule.session s
    set practitioner_id = p.id, practitioner_licence = p.licence_number, version = s.version + 1
    from schedule.practitioner p
    where s.id = ${change.session_id} and s.hospital_id = ${change.hospital_id}
      and p.id = ${change.practitioner_id} and p.hospital_id = s.hospital_id
      and s.practitioner_id is null and s.status = 'planned' and s.ends_at > ${change.at}
    returning s.version`);
}

/** What decides whether, and why not, a session can change. */
export function selectSessionState(
  db: Queryable,
  input: { hospital_id: string; session_id: string; practitioner_id: string | null },
): Promise<
  | {
      status: string;
      starts_at: Date;
      ends_at: Date;
      practitioner_id: string | null;
      title: string;
      offered_title: string | null;
    }
  | undefined
> {
  return db.maybe(sql`
    select s.status, s.starts_at, s.ends_at, s.practitioner_id, c.title, p.title as offered_title
    from schedule.session s join schedule.healthcare_service c on c.id = s.healthcare_service_id
    left join schedule.practitioner p on p.id = ${input.practitioner_id} and p.hospital_id = s.hospital_id
    where s.id = ${input.session_id} and s.hospital_id = ${input.hospital_id}`);
}

export type TemplateRow = {
  id: string;
  healthcare_service_id: string;
  weekday: number;
  period: Period;
  room: string;
  starts_at: string;
  ends_at: string;
  numbers: number;
  direct_pools: DirectPools;
  patient_bookings_max: number;
  mode: Mode;
  effective_from: string;
  effective_to: string | null;
};

/** @returns how many rows were written: 0 when the service is not one of this hospital's. */
export function insertTemplate(
  tx: Tx,
  hospital_id: string,
  row: TemplateRow,
  created_at: Date,
): Promise<number> {
  return tx.run(sql`
    insert into schedule.template (id, hospital_id, healthcare_service_id, weekday, period, room,
      starts_at, ends_at, numbers, direct_pools, patient_bookings_max, mode, effective_from,
      effective_to, created_at)
    select ${row.id}, hospital_id, id, ${row.weekday}, ${row.period}, ${row.room}, ${row.starts_at}::time,
      ${row.ends_at}::time, ${row.numbers}, ${JSON.stringify(row.direct_pools)}::jsonb,
      ${row.patient_bookings_max}, ${row.mode}, ${row.effective_from}::date, ${row.effective_to}::date,
      ${created_at}
    from schedule.healthcare_service
    where id = ${row.healthcare_service_id} and hospital_id = ${hospital_id}`);
}

/** Template days without a session yet. Of templates for one half-day the youngest in force counts. */
export function selectDueTemplateDays(
  db: Queryable,
  range: { from: string; to: string; hospital_id: string | null; at: Date },
): Promise<(SessionRow & { hospital_id: string; template_id: string })[]> {
  return db.many(sql`
    select distinct on (t.healthcare_service_id, day.service_date, t.period)
      t.id as template_id, t.hospital_id, t.healthcare_service_id, c.practitioner_id,
      p.licence_number as practitioner_licence, day.service_date, t.period, t.room,
      (day.service_date + t.starts_at) at time zone 'Asia/Shanghai' as starts_at,
      (day.service_date + t.ends_at) at time zone 'Asia/Shanghai' as ends_at,
      t.numbers, t.direct_pools, t.patient_bookings_max, 'own' as master, t.mode
    from generate_series(${range.from}::date, ${range.to}::date, '1 day') g
    cross join lateral (select g::date as service_date) day
    join schedule.template t on t.weekday = extract(isodow from day.service_date)
      and day.service_date >= t.effective_from
      and (t.effective_to is null or day.service_date <= t.effective_to)
    join schedule.healthcare_service c on c.id = t.healthcare_service_id
    left join schedule.practitioner p on p.id = c.practitioner_id
    where (${range.hospital_id}::uuid is null or t.hospital_id = ${range.hospital_id})
      and (day.service_date + t.starts_at) at time zone 'Asia/Shanghai' > ${range.at}
      and not exists (select from schedule.session s
        where s.healthcare_service_id = t.healthcare_service_id
          and s.service_date = day.service_date and s.period = t.period)
    order by t.healthcare_service_id, day.service_date, t.period, t.effective_from desc`);
}
