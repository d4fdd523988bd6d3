import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/** Locks a schedule and notes the revision; false when one as new has been applied already. */
export async function claimRevision(
  tx: Tx,
  input: {
    hospital_id: string;
    schedule_id: string;
    session_id: string;
    revision: number;
    at: Date;
  },
): Promise<boolean> {
  const row = await tx.maybe(sql`
    insert into his.schedule as s (hospital_id, schedule_id, session_id, revision, applied_at)
    values (${input.hospital_id}, ${input.schedule_id}, ${input.session_id}, ${input.revision}, ${input.at})
    on conflict (hospital_id, schedule_id) do update
      set revision = excluded.revision, applied_at = excluded.applied_at
      where s.revision < excluded.revision
    returning s.revision`);
  return row !== undefined;
}

export type WishedOrder = {
  hospital_id: string;
  appointment_id: string;
  number_id: string;
  wanted: 'confirmed' | 'cancelled';
  version: number;
};

/** Notes what the HIS should know; news of a number that is older than what is noted changes nothing. */
export async function wishOrders(tx: Tx, orders: WishedOrder[], at: Date): Promise<void> {
  await tx.run(sql`
    insert into his.booking_order as o (hospital_id, appointment_id, number_id, wanted, version, next_at)
    select distinct on (appointment_id, number_id) hospital_id, appointment_id, number_id, wanted, version, ${at}::timestamptz
    from json_to_recordset(${JSON.stringify(orders)}) as r(hospital_id uuid, appointment_id uuid,
      number_id text, wanted text, version int)
    order by appointment_id, number_id, version desc
    on conflict (appointment_id, number_id) do update set wanted = excluded.wanted,
      version = excluded.version, next_at = excluded.next_at, tries = 0,
      known = case when o.known = 'refused' then 'unknown' else o.known end
      where o.version < excluded.version`);
}

export type DueOrder = {
  appointment_id: string;
  number_id: string;
  wanted: 'confirmed' | 'cancelled';
  known: 'confirmed' | 'cancelled' | 'unknown';
  version: number;
  tries: number;
};

/**
 * Claims what is due for a while. Of several orders of one number only the oldest unsettled is
 * handed out, so the HIS hears of a cancellation before the booking that followed it.
 */
export function claimOrders(
  db: Queryable,
  input: { hospital_id: string; at: Date; until: Date; limit: number },
): Promise<DueOrder[]> {
  return db.many<DueOrder>(sql`
    with due as (
      select o.appointment_id, o.number_id from his.booking_order o
      where o.hospital_id = ${input.hospital_id} and o.wanted <> o.known and o.known <> 'refused'
        and o.next_at <= ${input.at}
        and not exists (select from his.booking_order p where p.number_id = o.number_id
          and p.hospital_id = o.hospital_id and p.version < o.version
          and p.wanted <> p.known and p.known <> 'refused')
      order by o.next_at limit ${input.limit} for update skip locked
    )
    update his.booking_order o set next_at = ${input.until}, tries = o.tries + 1
    from due d where o.appointment_id = d.appointment_id and o.number_id = d.number_id
    returning o.appointment_id, o.number_id, o.wanted, o.known, o.version, o.tries`);
}

/** Notes what the HIS is now known to know of an order. */
export async function settleOrder(
  db: Queryable,
  order: {
    appointment_id: string;
    number_id: string;
    known: 'confirmed' | 'cancelled' | 'unknown' | 'refused';
    next_at: Date;
    error: string | null;
  },
): Promise<void> {
  await db.run(sql`
    update his.booking_order set known = ${order.known}, next_at = ${order.next_at}, error = ${order.error}
    where appointment_id = ${order.appointment_id} and number_id = ${order.number_id}`);
}

export type WorkItem = {
  id: string;
  hospital_id: string;
  kind:
    'taken-back-but-booked' | 'order-refused' | 'bill-unknown-person' | 'bill-changed-in-payment';
  number_id: string;
  appointment_id: string | null;
  reason: string;
  created_at: Date;
};

/** Adds to the work list; the same matter twice stays one item. */
export async function addWorkItems(db: Queryable, items: WorkItem[]): Promise<void> {
  await db.run(sql`
    insert into his.work_item (id, hospital_id, kind, number_id, appointment_id, reason, created_at)
    select id, hospital_id, kind, number_id, appointment_id, reason, created_at
    from json_to_recordset(${JSON.stringify(items)}) as r(id uuid, hospital_id uuid, kind text,
      number_id text, appointment_id uuid, reason text, created_at timestamptz)
    on conflict do nothing`);
}

/** What people of a hospital have to sort out, the oldest first. */
export function openWorkItems(db: Queryable, hospital_id: string): Promise<WorkItem[]> {
  return db.many<WorkItem>(sql`
    select id, hospital_id, kind, number_id, appointment_id, reason, created_at from his.work_item
    where hospital_id = ${hospital_id} and closed_at is null order by created_at, id`);
}
