import type { Queryable } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export { addWorkItems } from './store.ts';

/* How far the exchange of bills and money with each HIS has come. */

export async function readMoneyState(
  db: Queryable,
  hospital_id: string,
): Promise<{ bill_cursor: number; told_until: Date }> {
  const row = await db.maybe<{ bill_cursor: number; told_until: Date }>(sql`
    select bill_cursor::int as bill_cursor, told_until from his.money_state
    where hospital_id = ${hospital_id}`);
  return row ?? { bill_cursor: 0, told_until: new Date(0) };
}

export async function saveBillCursor(
  db: Queryable,
  hospital_id: string,
  cursor: number,
): Promise<void> {
  await db.run(sql`
    insert into his.money_state (hospital_id, bill_cursor) values (${hospital_id}, ${cursor})
    on conflict (hospital_id) do update set bill_cursor = excluded.bill_cursor`);
}

export async function saveToldUntil(db: Queryable, hospital_id: string, at: Date): Promise<void> {
  await db.run(sql`
    insert into his.money_state (hospital_id, told_until) values (${hospital_id}, ${at})
    on conflict (hospital_id) do update
      set told_until = greatest(his.money_state.told_until, excluded.told_until)`);
}

/** Which of these lines the HIS has been told. */
export async function toldAmong(
  db: Queryable,
  hospital_id: string,
  names: string[],
): Promise<Set<string>> {
  const rows = await db.many<{ name: string }>(sql`
    select name from his.money_told where hospital_id = ${hospital_id} and name = any(${names}::text[])`);
  return new Set(rows.map((row) => row.name));
}

export async function noteTold(
  db: Queryable,
  told: { hospital_id: string; name: string; at: Date },
): Promise<void> {
  await db.run(sql`
    insert into his.money_told (hospital_id, name, told_at)
    values (${told.hospital_id}, ${told.name}, ${told.at}) on conflict do nothing`);
}

/** Bills on the work list whose archive nobody knew, the oldest first. */
export function billsWaiting(
  db: Queryable,
  hospital_id: string,
): Promise<{ id: string; number_id: string }[]> {
  return db.many(sql`
    select id, number_id from his.work_item where hospital_id = ${hospital_id}
      and kind = 'bill-unknown-person' and closed_at is null order by created_at, id limit 100`);
}

export async function closeWorkItem(db: Queryable, id: string, at: Date): Promise<void> {
  await db.run(
    sql`update his.work_item set closed_at = ${at} where id = ${id} and closed_at is null`,
  );
}

/** What a HIS was told of some visits, for their person's copy. */
export function ordersOfVisits(db: Queryable, appointment_ids: string[]): Promise<unknown[]> {
  return db.many(sql`
    select appointment_id, number_id, wanted, known from his.booking_order
    where appointment_id = any(${appointment_ids}::uuid[]) order by appointment_id, number_id`);
}

/** Orders that were settled and work that was closed before this instant. */
export async function deleteOldOrders(
  db: Queryable,
  before: Date,
): Promise<{ orders: number; work_items: number; money_told: number }> {
  return {
    orders: await db.run(sql`
      delete from his.booking_order where next_at < ${before} and (wanted = known or known = 'refused')`),
    work_items: await db.run(sql`delete from his.work_item where closed_at < ${before}`),
    money_told: await db.run(sql`delete from his.money_told where told_at < ${before}`),
  };
}
