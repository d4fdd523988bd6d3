import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { NumberState, Pool, VisitStatus } from './types.ts';

/** A number of a session with whoever has it. */
export type DayNumber = {
  session_id: string;
  slot_id: string;
  sequence: number;
  starts_at: Date;
  ends_at: Date;
  pool: Pool;
  state: NumberState;
  entrusted: boolean;
  appointment_id: string | null;
  patient_id: string | null;
  status: VisitStatus | null;
  hold_until: Date | null;
  checked_in_at: Date | null;
  called_at: Date | null;
};

/** Every number of these sessions with its active visit, by sequence; one statement. */
export function numbersOfSessions(db: Queryable, session_ids: string[]): Promise<DayNumber[]> {
  return db.many<DayNumber>(sql`
    select s.session_id, s.id as slot_id, s.sequence, s.starts_at, s.ends_at, s.pool, s.state,
      s.entrusted, a.id as appointment_id, a.patient_id, a.status, a.hold_until, a.checked_in_at,
      a.called_at
    from booking.slot s left join booking.appointment a on a.slot_id = s.id and a.is_active
    where s.session_id = any(${session_ids}::uuid[])
    order by s.session_id, s.sequence`);
}

export type LockedStock = { session_id: string; patient_bookings_max: number };

/** Locks the stock of these sessions in key order, as every change of numbers does. */
export function lockStocks(tx: Tx, session_ids: string[]): Promise<LockedStock[]> {
  return tx.many<LockedStock>(sql`
    select session_id, patient_bookings_max from booking.session_stock
    where session_id = any(${session_ids}::uuid[]) order by session_id for update`);
}

/** What every row of one typing-in shares: who, where, when it was typed, and by which record. */
export type PaperBy = { hospital_id: string; actor: string; at: Date; record_id: string };

export type PaperBooking = {
  appointment_id: string;
  event_id: string;
  slot_id: string;
  patient_id: string;
  ordinal: number;
  bookings_max: number;
  true_at: Date;
};

/** Books free numbers for those who came without one: number, visit and event in one statement. */
export function bookOnPaper(tx: Tx, by: PaperBy, rows: PaperBooking[]): Promise<number> {
  return tx.run(sql`
    with given as materialized (
      select * from json_to_recordset(${JSON.stringify(rows)}) as r(appointment_id uuid,
        event_id uuid, slot_id uuid, patient_id uuid, ordinal int, bookings_max int, true_at timestamptz)
    ), numbered as (
      update booking.slot s set state = 'booked', appointment_id = g.appointment_id, version = s.version + 1
      from given g where s.id = g.slot_id and s.state = 'free'
      returning g.*, s.version, s.pool, s.session_id, s.service_date
    ), made as (
      insert into booking.appointment (hospital_id, id, session_id, slot_id, service_date, patient_id, ordinal,
        bookings_max, status, channel, booked_by, created_at, confirmed_at)
      select ${by.hospital_id}::uuid, appointment_id, session_id, slot_id, service_date, patient_id, ordinal,
        bookings_max, 'booked', 'window', ${by.actor}, true_at, true_at
      from numbered
    )
    insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
    select event_id, ${by.hospital_id}::uuid, 'booking.visit.booked', 'slot:' || slot_id, version, patient_id,
      ${by.actor}, jsonb_build_object('appointment_id', appointment_id, 'session_id', session_id,
        'slot_id', slot_id, 'status', 'booked', 'channel', 'window', 'pool', pool,
        'detail', jsonb_build_object('paper', ${by.record_id}::text, 'true_at', true_at)),
      ${by.at}::timestamptz
    from numbered`);
}

export type PaperStep = { appointment_id: string; event_id: string; true_at: Date | null };

/** What a step of `rules.ts` does, as its statement needs it. */
export type PaperRule = {
  event_name: string;
  from: readonly VisitStatus[];
  to_status: VisitStatus;
  checks_in: boolean;
};

/**
 * Moves visits one step with the time that the paper tells; a step whose time nobody wrote down (a
 * no-show) has the time it was typed. Returns how many moved.
 */
export function stepOnPaper(
  tx: Tx,
  by: PaperBy,
  rule: PaperRule,
  rows: PaperStep[],
): Promise<number> {
  return tx.run(sql`
    with given as materialized (
      select *, coalesce(true_at, ${by.at}::timestamptz) as at
      from json_to_recordset(${JSON.stringify(rows)}) as r(appointment_id uuid, event_id uuid, true_at timestamptz)
    ), moved as (
      update booking.appointment a set status = ${rule.to_status}::text,
        checked_in_at = case when ${rule.to_status}::text = 'checked_in' then g.at else a.checked_in_at end,
        identity_checked_by = case when ${rule.checks_in} then ${by.actor}::text else a.identity_checked_by end,
        called_at = case when ${rule.to_status}::text = 'called' then g.at else a.called_at end,
        calls = a.calls + case when ${rule.to_status}::text = 'called' then 1 else 0 end,
        missed = a.missed and ${rule.to_status}::text <> 'called',
        ended_at = case when ${rule.to_status}::text in ('fulfilled', 'noshow') then g.at end
      from given g
      where a.id = g.appointment_id and a.hospital_id = ${by.hospital_id} and a.status = any(${[...rule.from]}::text[])
      returning g.event_id, g.true_at, a.id as appointment_id, a.session_id, a.slot_id, a.patient_id, a.channel, a.status
    ), numbered as (
      update booking.slot s set version = s.version + 1,
        state = case when ${rule.checks_in} then 'checked_in' else s.state end
      from moved m where s.id = m.slot_id and s.appointment_id = m.appointment_id
      returning m.*, s.version, s.state
    )
    insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
    select event_id, ${by.hospital_id}::uuid, ${rule.event_name}::text, 'slot:' || slot_id, version, patient_id,
      ${by.actor}::text, jsonb_build_object('appointment_id', appointment_id, 'session_id', session_id,
        'slot_id', slot_id, 'status', status, 'channel', channel, 'number', state,
        'detail', jsonb_strip_nulls(jsonb_build_object('paper', ${by.record_id}::text, 'true_at', true_at))),
      ${by.at}::timestamptz
    from numbered`);
}
