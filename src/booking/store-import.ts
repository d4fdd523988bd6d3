import type { Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { NumberState, Pool } from './types.ts';

export type ImportSlot = {
  slot_id: string;
  session_id: string;
  sequence: number;
  state: NumberState;
  pool: Pool;
  entrusted: boolean;
  draw_id: string | null;
};

export type ImportStock = {
  patient_bookings_max: number;
  state: 'planned' | 'stopped';
  slots: ImportSlot[];
};

/** Locks the stock of these sessions in key order and reads their numbers by sequence. */
export async function lockStockForImport(
  tx: Tx,
  session_ids: string[],
): Promise<Map<string, ImportStock>> {
  const stocks = await tx.many<{ session_id: string } & Omit<ImportStock, 'slots'>>(sql`
    select session_id, patient_bookings_max, state from booking.session_stock
    where session_id = any(${session_ids}::uuid[]) order by session_id for update`);
  const slots = await tx.many<ImportSlot>(sql`
    select id as slot_id, session_id, sequence, state, pool, entrusted, draw_id from booking.slot
    where session_id = any(${session_ids}::uuid[]) order by session_id, sequence`);
  const found = new Map(
    stocks.map(({ session_id, ...stock }): [string, ImportStock] => [
      session_id,
      { ...stock, slots: [] },
    ]),
  );
  for (const slot of slots) found.get(slot.session_id)?.slots.push(slot);
  return found;
}

/** Which of these order numbers the hospital has already brought over. */
export async function knownOrderNumbers(
  tx: Tx,
  hospital_id: string,
  numbers: string[],
): Promise<Set<string>> {
  const rows = await tx.many<{ number: string }>(sql`
    select previous_order_number as number from booking.appointment
    where hospital_id = ${hospital_id} and previous_order_number = any(${numbers})`);
  return new Set(rows.map((row) => row.number));
}

/** The ordinals in use, by `session patient`. */
export async function usedOrdinals(
  tx: Tx,
  session_ids: string[],
): Promise<Map<string, Set<number>>> {
  const rows = await tx.many<{ session_id: string; patient_id: string; ordinal: number }>(sql`
    select session_id, patient_id, ordinal from booking.appointment
    where session_id = any(${session_ids}::uuid[])
      and is_active`);
  const used = new Map<string, Set<number>>();
  for (const row of rows) {
    const key = `${row.session_id} ${row.patient_id}`;
    used.set(key, (used.get(key) ?? new Set()).add(row.ordinal));
  }
  return used;
}

export type MigratedVisit = {
  appointment_id: string;
  event_id: string;
  session_id: string;
  slot_id: string;
  patient_id: string;
  ordinal: number;
  bookings_max: number;
  previous_order_number: string;
  status: 'booked' | 'stopped';
};

/** Writes bookings sold elsewhere: visit, number and event in one statement. */
export function insertMigratedVisits(
  tx: Tx,
  input: { hospital_id: string; visits: MigratedVisit[]; at: Date; actor: string },
): Promise<number> {
  return tx.run(sql`
    with visit as materialized (
      select r.*, s.service_date from json_to_recordset(${JSON.stringify(input.visits)}) as r(appointment_id uuid,
        event_id uuid, session_id uuid, slot_id uuid, patient_id uuid, ordinal int, bookings_max int,
        previous_order_number text, status text)
      join booking.slot s on s.id = r.slot_id
    ), numbered as (
      update booking.slot s set version = s.version + 1,
        state = case when v.status = 'booked' then 'booked' else s.state end,
        appointment_id = case when v.status = 'booked' then v.appointment_id end
      from visit v where s.id = v.slot_id returning v.*, s.version, s.state
    ), made as (
      insert into booking.appointment (hospital_id, id, session_id, slot_id, service_date, patient_id, ordinal,
        bookings_max, status, channel, booked_by, previous_order_number, created_at, confirmed_at, ended_at)
      select ${input.hospital_id}::uuid, appointment_id, session_id, slot_id, service_date, patient_id, ordinal,
        bookings_max, status, 'migrated', ${input.actor}, previous_order_number, ${input.at}::timestamptz,
        ${input.at}::timestamptz, case when status = 'stopped' then ${input.at}::timestamptz end
      from numbered
    )
    insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
    select event_id, ${input.hospital_id}::uuid, 'booking.visit.migrated', 'slot:' || slot_id, version, patient_id,
      ${input.actor}, jsonb_build_object('appointment_id', appointment_id, 'session_id', session_id,
        'slot_id', slot_id, 'status', status, 'channel', 'migrated', 'number', state), ${input.at}
    from numbered`);
}

export type MigratedRestriction = {
  id: string;
  event_id: string;
  patient_id: string;
  ends_at: string;
};

/** Writes restrictions that another system imposed; one that is there already stays as it is. */
export function insertMigratedRestrictions(
  tx: Tx,
  input: { hospital_id: string; restrictions: MigratedRestriction[]; at: Date; actor: string },
): Promise<number> {
  return tx.run(sql`
    with fresh as materialized (
      select distinct on (r.patient_id, r.ends_at) r.*
      from json_to_recordset(${JSON.stringify(input.restrictions)}) as r(id uuid, event_id uuid,
        patient_id uuid, ends_at timestamptz)
      where not exists (select from booking.restriction o where o.hospital_id = ${input.hospital_id}
        and o.patient_id = r.patient_id and o.ends_at = r.ends_at)
    ), made as (
      insert into booking.restriction (id, hospital_id, patient_id, scope, reason, source, starts_at, ends_at)
      select id, ${input.hospital_id}::uuid, patient_id, 'drawn_clinics_remote', '原系统的限制', 'migrated',
        ${input.at}::timestamptz, ends_at from fresh
    )
    insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
    select event_id, ${input.hospital_id}::uuid, 'booking.restriction.migrated', 'restriction:' || id, 1, patient_id,
      ${input.actor}, jsonb_build_object('restriction_id', id, 'scope', 'drawn_clinics_remote'), ${input.at}
    from fresh`);
}

/** Writes how often patients did not come, as the other system counted; the same count changes nothing. */
export function upsertNoShowCounts(
  tx: Tx,
  input: {
    hospital_id: string;
    counts: { event_id: string; patient_id: string; no_shows: number }[];
    at: Date;
    actor: string;
  },
): Promise<number> {
  return tx.run(sql`
    with given as materialized (
      select * from json_to_recordset(${JSON.stringify(input.counts)}) as r(event_id uuid, patient_id uuid, no_shows int)
    ), written as (
      insert into booking.no_show_count as c (hospital_id, patient_id, migrated)
      select ${input.hospital_id}::uuid, patient_id, no_shows from given
      on conflict (hospital_id, patient_id) do update set migrated = excluded.migrated, version = c.version + 1
        where c.migrated <> excluded.migrated
      returning patient_id, migrated, version
    )
    insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
    select g.event_id, ${input.hospital_id}::uuid, 'booking.no-shows.migrated',
      'no-shows:' || ${input.hospital_id}::text || ':' || w.patient_id, w.version, w.patient_id, ${input.actor},
      jsonb_build_object('patient_id', w.patient_id, 'no_shows', w.migrated), ${input.at}
    from written w join given g using (patient_id)`);
}
