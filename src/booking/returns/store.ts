import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';

export type FreeReturn = {
  id: string;
  hospital_id: string;
  from_appointment_id: string;
  campus_id: string;
  department_id: string;
  patient_id: string;
  opened_by: string;
  opened_at: Date;
  /** YYYY-MM-DD, the last day on which it can be used. */
  last_day: string;
  appointment_id: string | null;
  used_at: Date | null;
  version: number;
};

/** A visit as a return sees it. */
export type SeenVisit = {
  appointment_id: string;
  hospital_id: string;
  session_id: string;
  patient_id: string;
  service_date: string;
  status: string;
  pool: string;
};

export function selectSeen(
  db: Queryable,
  appointment_ids: readonly string[],
): Promise<SeenVisit[]> {
  return db.many<SeenVisit>(sql`
    select a.id as appointment_id, a.hospital_id, a.session_id, a.patient_id, a.service_date, a.status, s.pool
    from booking.appointment a join booking.slot s on s.id = a.slot_id
    where a.id = any(${[...appointment_ids]}::uuid[])`);
}

/** Opens a visit's one return; undefined when it was opened before. */
export function insertReturn(
  tx: Tx,
  row: Omit<FreeReturn, 'appointment_id' | 'used_at' | 'version'>,
): Promise<FreeReturn | undefined> {
  return tx.maybe<FreeReturn>(sql`
    insert into booking.free_return (id, hospital_id, from_appointment_id, campus_id, department_id,
      patient_id, opened_by, opened_at, last_day)
    values (${row.id}, ${row.hospital_id}, ${row.from_appointment_id}, ${row.campus_id},
      ${row.department_id}, ${row.patient_id}, ${row.opened_by}, ${row.opened_at}, ${row.last_day})
    on conflict (from_appointment_id) do nothing
    returning id, hospital_id, from_appointment_id, campus_id, department_id, patient_id, opened_by,
      opened_at, last_day, appointment_id, used_at, version`);
}

export function returnOf(
  db: Queryable,
  by: { from_appointment_id: string },
): Promise<FreeReturn | undefined> {
  return db.maybe<FreeReturn>(sql`
    select id, hospital_id, from_appointment_id, campus_id, department_id, patient_id, opened_by,
      opened_at, last_day, appointment_id, used_at, version
    from booking.free_return where from_appointment_id = ${by.from_appointment_id}`);
}

/**
 * A person's open return to a department, the one that ends first, locked: who waits for the lock reads
 * what the other has made of it.
 */
export function lockOpenReturn(
  tx: Tx,
  input: { hospital_id: string; patient_id: string; department_id: string; today: string },
): Promise<{ id: string; from_appointment_id: string } | undefined> {
  return tx.maybe(sql`
    select id, from_appointment_id from booking.free_return
    where hospital_id = ${input.hospital_id} and patient_id = ${input.patient_id}
      and department_id = ${input.department_id} and appointment_id is null and last_day >= ${input.today}
    order by last_day, id limit 1 for update`);
}

export async function useReturn(
  tx: Tx,
  input: { id: string; appointment_id: string; at: Date },
): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`
    update booking.free_return set appointment_id = ${input.appointment_id}, used_at = ${input.at},
      version = version + 1
    where id = ${input.id} and appointment_id is null returning version`);
  return version;
}

/** Gives back the return of a visit that a stop ended, with a last day no earlier than told. */
export function giveBackReturn(
  tx: Tx,
  input: { appointment_id: string; last_day: string },
): Promise<FreeReturn | undefined> {
  return tx.maybe<FreeReturn>(sql`
    update booking.free_return set appointment_id = null, used_at = null, version = version + 1,
      last_day = greatest(last_day, ${input.last_day}::date)
    where appointment_id = ${input.appointment_id}
    returning id, hospital_id, from_appointment_id, campus_id, department_id, patient_id, opened_by,
      opened_at, last_day, appointment_id, used_at, version`);
}

/** What patients see: open ones, and those of the last weeks that were used or have ended. */
export function selectReturns(
  db: Queryable,
  input: { patient_ids: readonly string[]; since: string },
): Promise<FreeReturn[]> {
  return db.many<FreeReturn>(sql`
    select id, hospital_id, from_appointment_id, campus_id, department_id, patient_id, opened_by,
      opened_at, last_day, appointment_id, used_at, version
    from booking.free_return
    where patient_id = any(${[...input.patient_ids]}::uuid[]) and last_day >= ${input.since}
    order by last_day desc, id limit 100`);
}

/**
 * Returns stand beside the ordinals of a person's own numbers in a session: whoever comes back to the
 * session they were seen in takes nothing from what they may book there.
 */
const return_ordinals_from = 1000;

/**
 * Seats a return in a free number that was made for it, under the stock's lock: the same rows and the
 * same event as every booking, without the questions a booking is asked. Returns its sequence.
 */
export async function seatReturn(
  tx: Tx,
  input: {
    slot_id: string;
    appointment_id: string;
    event_id: string;
    patient_id: string;
    from_appointment_id: string;
    actor: string;
    at: Date;
  },
): Promise<number> {
  const { sequence } = await tx.one<{ sequence: number }>(sql`
    with taken as (
      update booking.slot s set state = 'booked', appointment_id = ${input.appointment_id}, version = s.version + 1
      where s.id = ${input.slot_id} and s.state = 'free' and s.pool = 'free_return'
      returning s.id, s.hospital_id, s.session_id, s.service_date, s.state, s.pool, s.version, s.sequence
    ), numbered as (
      select t.*, coalesce((select max(a.ordinal) from booking.appointment a
        where a.session_id = t.session_id and a.patient_id = ${input.patient_id} and a.is_active
          and a.ordinal > ${return_ordinals_from}), ${return_ordinals_from}) + 1 as ordinal
      from taken t
    ), made as (
      insert into booking.appointment (hospital_id, id, session_id, slot_id, service_date, patient_id,
        ordinal, bookings_max, status, channel, booked_by, created_at, confirmed_at)
      select hospital_id, ${input.appointment_id}, session_id, id, service_date, ${input.patient_id},
        ordinal, ordinal, 'booked', 'in_clinic', ${input.actor}, ${input.at}, ${input.at}
      from numbered
    ), told as (
    insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
    select ${input.event_id}, hospital_id, 'booking.visit.booked', 'slot:' || id, version, ${input.patient_id},
      ${input.actor}, jsonb_build_object('appointment_id', ${input.appointment_id}::text, 'session_id', session_id,
        'slot_id', id, 'status', state, 'channel', 'in_clinic', 'pool', pool,
        'detail', jsonb_build_object('from_appointment_id', ${input.from_appointment_id}::text)), ${input.at}
    from taken)
    select sequence from taken`);
  return sequence;
}
