import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { Difference } from './rules.ts';

export type Side = 'wechat' | 'alipay' | 'his';

export type Item = {
  item_id: string;
  service_date: string;
  side: string;
  kind: string;
  order_number: string;
  refund_number: string | null;
  ours_fen: number | null;
  theirs_fen: number | null;
  state: 'open' | 'settled';
  found_at: Date;
  settled_at: Date | null;
  settled_by: string | null;
  how: string | null;
  note: string | null;
};

export type Run = {
  service_date: string;
  side: Side;
  ours_count: number;
  ours_fen: number;
  theirs_count: number;
  theirs_fen: number;
  ran_at: Date;
  runs: number;
};

/** The comparison of a day; running it again writes the newer figures. */
export async function upsertReconciliation(
  tx: Tx,
  run: Omit<Run, 'runs' | 'ran_at'> & { id: string; hospital_id: string | null; at: Date },
): Promise<{ id: string; runs: number }> {
  return tx.one(sql`
    insert into payment.reconciliation as r (id, service_date, side, hospital_id, ours_count, ours_fen,
      theirs_count, theirs_fen, ran_at)
    values (${run.id}, ${run.service_date}, ${run.side}, ${run.hospital_id}, ${run.ours_count},
      ${run.ours_fen}, ${run.theirs_count}, ${run.theirs_fen}, ${run.at})
    on conflict (service_date, side, hospital_id) do update set ours_count = excluded.ours_count,
      ours_fen = excluded.ours_fen, theirs_count = excluded.theirs_count,
      theirs_fen = excluded.theirs_fen, ran_at = excluded.ran_at, runs = r.runs + 1
    returning id, runs`);
}

/** Writes the differences that are not on the list yet. @returns how many were new. */
export async function insertItems(
  tx: Tx,
  of: {
    reconciliation_id: string | null;
    hospital_id: string | null;
    service_date: string;
    side: string;
    at: Date;
  },
  items: (Omit<Difference, 'kind'> & { id: string; kind: Difference['kind'] | 'refund' })[],
): Promise<number> {
  return tx.run(sql`
    insert into payment.reconciliation_item (id, reconciliation_id, hospital_id, service_date, side,
      kind, order_number, refund_number, ours_fen, theirs_fen, found_at)
    select r.id, ${of.reconciliation_id}, coalesce(${of.hospital_id}::uuid, (
        select a.hospital_id from payment.attempt a where a.number = r.order_number)),
      ${of.service_date}, ${of.side}, r.kind, r.order_number, r.refund_number, r.ours_fen,
      r.theirs_fen, ${of.at}
    from json_to_recordset(${JSON.stringify(items)}) as r(id uuid, kind text, order_number text,
      refund_number text, ours_fen int, theirs_fen int)
    on conflict do nothing`);
}

export function selectRuns(db: Queryable, from: string, hospital_id: string): Promise<Run[]> {
  return db.many<Run>(sql`
    select service_date, side, ours_count, ours_fen, theirs_count, theirs_fen, ran_at, runs
    from payment.reconciliation
    where service_date >= ${from} and (hospital_id is null or hospital_id = ${hospital_id})
    order by service_date desc, side`);
}

/** The hospital's items and those that nobody knows the hospital of; the open ones first. */
export function selectItems(
  db: Queryable,
  filter: { hospital_id: string; from: string },
): Promise<Item[]> {
  return db.many<Item>(sql`
    select id as item_id, service_date, side, kind, order_number, refund_number, ours_fen, theirs_fen,
      state, found_at, settled_at, settled_by, how, note
    from payment.reconciliation_item
    where (hospital_id is null or hospital_id = ${filter.hospital_id})
      and (state = 'open' or service_date >= ${filter.from})
    order by state, service_date desc, found_at desc limit 500`);
}

export function settleOpenItem(
  tx: Tx,
  item: {
    item_id: string;
    hospital_id: string;
    how: string;
    note: string;
    at: Date;
    actor: string;
  },
): Promise<{ version: number; kind: string; refund_number: string | null } | undefined> {
  return tx.maybe(sql`
    update payment.reconciliation_item set state = 'settled', settled_at = ${item.at},
      settled_by = ${item.actor}, how = ${item.how}, note = ${item.note}, version = version + 1
    where id = ${item.item_id} and state = 'open'
      and (hospital_id is null or hospital_id = ${item.hospital_id})
    returning version, kind, refund_number`);
}

/** Whether a day was compared with a side. */
export async function hasRun(
  db: Queryable,
  of: { service_date: string; side: Side; hospital_id: string | null },
): Promise<boolean> {
  const { has } = await db.one<{ has: boolean }>(sql`
    select exists (select from payment.reconciliation where service_date = ${of.service_date}
      and side = ${of.side} and hospital_id is not distinct from ${of.hospital_id}::uuid) as has`);
  return has;
}

/**
 * The day money first moved, so that no day of a long downtime is left out: by a channel, or for one
 * hospital by any way, cash included.
 */
export async function firstDay(db: Queryable, hospital_id: string | null): Promise<string | null> {
  const { day } = await db.one<{ day: string | null }>(sql`
    select (min(created_at) at time zone 'Asia/Shanghai')::date as day from payment.attempt
    where case when ${hospital_id}::uuid is null then channel <> 'cash'
      else hospital_id = ${hospital_id}::uuid end`);
  return day;
}
