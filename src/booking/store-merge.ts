import type { Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/* Rows of a person whose two records became one. */

export type DoubledVisit = { appointment_id: string };

/**
 * Visits to come that one person has twice in a session because they were known twice, the later of
 * each pair. The sessions are locked in key order, as every writer of stock locks them.
 */
export async function lockDoubledVisits(
  tx: Tx,
  input: { from: string; into: string; at: Date },
): Promise<DoubledVisit[]> {
  await tx.run(sql`
    select from booking.session_stock where session_id in (
      select session_id from booking.appointment
      where patient_id in (${input.from}, ${input.into}) and is_active)
    order by session_id for update`);
  return tx.many<DoubledVisit>(sql`
    select case when a.created_at > b.created_at then a.id else b.id end as appointment_id
    from booking.appointment a
      join booking.appointment b on b.session_id = a.session_id and b.ordinal = a.ordinal
      join booking.slot s on s.id = case when a.created_at > b.created_at then a.slot_id else b.slot_id end
    where a.patient_id = ${input.from} and b.patient_id = ${input.into} and a.is_active and b.is_active
      and a.status in ('held', 'booked') and b.status in ('held', 'booked')
      and s.starts_at > ${input.at}
    order by 1`);
}

/**
 * Gives the kept record everything of the other: visits, restrictions, no-shows, tickets, orders. A
 * visit that both had in one session and that has begun stays where it is: the person came or did not
 * come once. Returns how many visits moved.
 */
export async function moveRows(tx: Tx, from: string, into: string): Promise<number> {
  // The trigger that keeps a visit with its person lets this transaction through.
  await tx.run(sql`select set_config('booking.merging', 'on', true)`);
  const visits = await tx.run(sql`
    update booking.appointment a set patient_id = ${into} where a.patient_id = ${from}
      and not (a.is_active and exists (select from booking.appointment b
        where b.session_id = a.session_id and b.patient_id = ${into} and b.ordinal = a.ordinal
          and b.is_active))`);
  await tx.run(sql`select set_config('booking.merging', 'off', true)`);
  await tx.run(sql`update booking.restriction set patient_id = ${into} where patient_id = ${from}`);
  await tx.run(sql`
    insert into booking.no_show_count as k (hospital_id, patient_id, migrated, version)
    select hospital_id, ${into}::uuid, migrated, 1 from booking.no_show_count where patient_id = ${from}
    on conflict (hospital_id, patient_id) do update
      set migrated = k.migrated + excluded.migrated, version = k.version + 1`);
  await tx.run(sql`delete from booking.no_show_count where patient_id = ${from}`);
  await tx.run(
    sql`update booking.slot set excluded_patient_id = ${into} where excluded_patient_id = ${from} and is_free`,
  );
  await moveTickets(tx, from, into);
  await moveOrders(tx, from, into);
  return visits;
}

async function moveTickets(tx: Tx, from: string, into: string): Promise<void> {
  await tx.run(sql`
    delete from booking.hall_ticket t where t.patient_id = ${from} and t.place is null
      and exists (select from booking.hall_ticket k where k.session_id = t.session_id
        and k.patient_id = ${into})`);
  await tx.run(sql`
    update booking.hall_ticket t set patient_id = ${into} where t.patient_id = ${from}
      and not exists (select from booking.hall_ticket k where k.session_id = t.session_id
        and k.patient_id = ${into})`);
}

/** What a doctor asked or planned for the person; of two alike the kept record's own stands. */
async function moveOrders(tx: Tx, from: string, into: string): Promise<void> {
  await tx.run(sql`
    update booking.added_order o set patient_id = ${into} where o.patient_id = ${from}
      and not (o.state = 'asked' and exists (select from booking.added_order k
        where k.session_id = o.session_id and k.patient_id = ${into} and k.state = 'asked'))`);
  await tx.run(sql`update booking.free_return set patient_id = ${into} where patient_id = ${from}`);
  await tx.run(sql`
    insert into booking.prior_diagnosis (id, hospital_id, patient_id, specialty_code, diagnosed_on, source,
      noted_by, noted_at)
    select uuidv7(), hospital_id, ${into}::uuid, specialty_code, diagnosed_on, source, noted_by, noted_at
    from booking.prior_diagnosis where patient_id = ${from} on conflict do nothing`);
  await tx.run(sql`delete from booking.prior_diagnosis where patient_id = ${from}`);
  await tx.run(
    sql`update booking.green_upgrade set patient_id = ${into} where patient_id = ${from}`,
  );
  await tx.run(sql`
    update booking.follow_up_plan o set patient_id = ${into} where o.patient_id = ${from}
      and not (o.state = 'active' and exists (select from booking.follow_up_plan k
        where k.healthcare_service_id = o.healthcare_service_id and k.patient_id = ${into}
          and k.state = 'active'))`);
}

/** Which of these visits are still to come about: held or booked. */
export async function standingVisits(tx: Tx, ids: string[]): Promise<Set<string>> {
  const rows = await tx.many<{ id: string }>(sql`
    select id from booking.appointment where id = any(${ids}::uuid[]) and is_active
      and status in ('held', 'booked')`);
  return new Set(rows.map((row) => row.id));
}
