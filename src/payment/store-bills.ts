import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { Line } from './model.ts';

export type Bill = {
  bill_id: string;
  hospital_id: string;
  his_id: string;
  patient_id: string;
  lines: Line[];
  amount_fen: number;
  state: 'unpaid' | 'paid' | 'withdrawn';
  issued_at: Date;
  paid_at: Date | null;
  version: number;
};

/** @returns whether the bill is new. A bill that an order is about keeps its amount. */
export async function upsertBill(
  tx: Tx,
  bill: {
    id: string;
    hospital_id: string;
    his_id: string;
    patient_id: string;
    lines: Line[];
    amount_fen: number;
    issued_at: Date;
  },
): Promise<Bill & { fresh: boolean; fits: boolean }> {
  return tx.one(sql`
    insert into payment.bill as b (id, hospital_id, his_id, patient_id, lines, amount_fen, issued_at)
    values (${bill.id}, ${bill.hospital_id}, ${bill.his_id}, ${bill.patient_id},
      ${JSON.stringify(bill.lines)}::jsonb, ${bill.amount_fen}, ${bill.issued_at})
    on conflict (hospital_id, his_id) do update set
      lines = case when b.state = 'unpaid' and b.patient_id = excluded.patient_id and not exists (
        select from payment.payment_order o where o.bill_id = b.id) then excluded.lines else b.lines end,
      amount_fen = case when b.state = 'unpaid' and b.patient_id = excluded.patient_id and not exists (
        select from payment.payment_order o where o.bill_id = b.id) then excluded.amount_fen else b.amount_fen end
    returning id as bill_id, hospital_id, his_id, patient_id, lines, amount_fen, state, issued_at,
      paid_at, version, id = ${bill.id} as fresh,
      amount_fen = ${bill.amount_fen} and patient_id = ${bill.patient_id} as fits`);
}

export function selectBills(
  db: Queryable,
  filter: { id?: string; patient_ids?: string[]; hospital_id?: string; his_id?: string },
): Promise<Bill[]> {
  return db.many<Bill>(sql`
    select id as bill_id, hospital_id, his_id, patient_id, lines, amount_fen, state, issued_at,
      paid_at, version
    from payment.bill
    where (${filter.id ?? null}::uuid is null or id = ${filter.id ?? null})
      and (${filter.patient_ids ?? null}::uuid[] is null or patient_id = any(${filter.patient_ids ?? null}::uuid[]))
      and (${filter.hospital_id ?? null}::uuid is null or hospital_id = ${filter.hospital_id ?? null})
      and (${filter.his_id ?? null}::text is null or his_id = ${filter.his_id ?? null})
    order by issued_at desc limit 200`);
}

export function setBillPaid(
  tx: Tx,
  id: string,
  at: Date,
): Promise<{ version: number; hospital_id: string; his_id: string }> {
  return tx.one(sql`
    update payment.bill set state = 'paid', paid_at = coalesce(paid_at, ${at}::timestamptz),
      version = version + 1
    where id = ${id} returning version, hospital_id, his_id`);
}

/** @returns the version of the event, or undefined when it was withdrawn before. */
export function setBillWithdrawn(tx: Tx, id: string): Promise<{ version: number } | undefined> {
  return tx.maybe(sql`
    update payment.bill set state = 'withdrawn', version = version + 1
    where id = ${id} and state <> 'withdrawn' returning version`);
}
