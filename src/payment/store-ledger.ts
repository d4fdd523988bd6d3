import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { LedgerAccount } from './model.ts';
import type { CompareLine } from './rules.ts';

export type Entry = {
  movement_id: string;
  kind: 'payment' | 'charge' | 'reversal' | 'refund';
  order_id: string;
  attempt_id: string | null;
  refund_id: string | null;
  account: LedgerAccount;
  amount_fen: number;
  value_at: Date;
};

/** Appends entries; the movements must add up to nothing when the transaction commits. */
export async function insertEntries(
  tx: Tx,
  entries: Entry[],
  by: { at: Date; actor: string },
): Promise<void> {
  if (entries.length === 0) return;
  await tx.run(sql`
    insert into payment.ledger_entry (movement_id, kind, order_id, attempt_id, refund_id, account,
      amount_fen, value_at, recorded_at, actor)
    select movement_id, kind, order_id, attempt_id, refund_id, account, amount_fen, value_at,
      ${by.at}, ${by.actor}
    from json_to_recordset(${JSON.stringify(entries)}) as r(movement_id uuid, kind text,
      order_id uuid, attempt_id uuid, refund_id uuid, account text, amount_fen int, value_at timestamptz)`);
}

/** What the ledger says went through a channel's account in a span of time. */
export function ledgerLines(
  db: Queryable,
  span: { account: LedgerAccount; from: Date; until: Date },
): Promise<(CompareLine & { hospital_id: string })[]> {
  return db.many(sql`
    select coalesce(a.number, b.number) as order_number, r.number as refund_number, l.amount_fen,
      o.hospital_id
    from payment.ledger_entry l
    join payment.payment_order o on o.id = l.order_id
    left join payment.attempt a on a.id = l.attempt_id
    left join payment.refund r on r.id = l.refund_id
    left join payment.attempt b on b.id = r.attempt_id
    where l.account = ${span.account} and l.value_at >= ${span.from} and l.value_at < ${span.until}
    order by l.id`);
}

/** The same for a hospital and every channel, cash included: what its own system should list. */
export function hospitalLines(
  db: Queryable,
  span: { hospital_id: string; from: Date; until: Date },
): Promise<CompareLine[]> {
  return db.many(sql`
    select coalesce(a.number, b.number) as order_number, r.number as refund_number, l.amount_fen
    from payment.ledger_entry l
    join payment.payment_order o on o.id = l.order_id and o.hospital_id = ${span.hospital_id}
    left join payment.attempt a on a.id = l.attempt_id
    left join payment.refund r on r.id = l.refund_id
    left join payment.attempt b on b.id = r.attempt_id
    where l.account in ('wechat', 'alipay', 'cash')
      and l.value_at >= ${span.from} and l.value_at < ${span.until}
    order by l.id`);
}

/** One movement of money for a hospital, for telling its own system. */
export type MoneyRecord = CompareLine & {
  channel: string;
  value_at: Date;
  recorded_at: Date;
  appointment_id: string | null;
  his_bill_id: string | null;
};

/** What was written down for a hospital since an instant, by every channel, in the order of writing. */
export function moneySince(
  db: Queryable,
  of: { hospital_id: string; from: Date; limit: number },
): Promise<MoneyRecord[]> {
  return db.many(sql`
    select coalesce(a.number, b.number) as order_number, r.number as refund_number, l.amount_fen,
      l.account as channel, l.value_at, l.recorded_at, o.appointment_id, i.his_id as his_bill_id
    from payment.ledger_entry l
    join payment.payment_order o on o.id = l.order_id and o.hospital_id = ${of.hospital_id}
    left join payment.bill i on i.id = o.bill_id
    left join payment.attempt a on a.id = l.attempt_id
    left join payment.refund r on r.id = l.refund_id
    left join payment.attempt b on b.id = r.attempt_id
    where l.account in ('wechat', 'alipay', 'cash') and l.recorded_at >= ${of.from}
    order by l.recorded_at, l.id limit ${of.limit}`);
}
