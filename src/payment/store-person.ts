import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/* What payment keeps about one person: for their copy, for deletion, and when two records become one. */

export type MoneyForCopy = { orders: unknown[]; bills: unknown[] };

/** Orders with their lines, payments and refunds, and bills, of a person; nobody else's. */
export async function moneyForCopy(db: Queryable, patient_id: string): Promise<MoneyForCopy> {
  return db.one(sql`
    select
      (select coalesce(json_agg(json_build_object('order_id', o.id, 'kind', o.kind,
          'appointment_id', o.appointment_id, 'category', o.category, 'state', o.state,
          'amount_fen', o.amount_fen, 'paid_fen', o.paid_fen, 'refunded_fen', o.refunded_fen,
          'opened_at', o.opened_at, 'paid_at', o.paid_at,
          'lines', (select json_agg(json_build_object('name', l.name, 'amount_fen', l.amount_fen)
            order by l.position) from payment.order_line l
            where l.order_id = o.id and l.settlement = o.settlement),
          'payments', (select json_agg(json_build_object('number', a.number, 'channel', a.channel,
            'paid_fen', a.paid_fen, 'paid_at', a.paid_at, 'receipt_number', a.receipt_number)
            order by a.created_at) from payment.attempt a where a.order_id = o.id and a.state = 'paid'),
          'refunds', (select json_agg(json_build_object('number', r.number, 'amount_fen', r.amount_fen,
            'state', r.state, 'asked_at', r.asked_at, 'done_at', r.done_at) order by r.asked_at)
            from payment.refund r where r.order_id = o.id)) order by o.opened_at), '[]')
        from payment.payment_order o where o.patient_id = ${patient_id}) as orders,
      (select coalesce(json_agg(json_build_object('bill_number', b.his_id, 'state', b.state,
          'amount_fen', b.amount_fen, 'lines', b.lines, 'issued_at', b.issued_at,
          'paid_at', b.paid_at) order by b.issued_at), '[]')
        from payment.bill b where b.patient_id = ${patient_id}) as bills`);
}

/** Whether money of a person is on its way: being paid, paid and not answered, or going back. */
export async function moneyMoves(tx: Tx, patient_id: string): Promise<boolean> {
  const { moves } = await tx.one<{ moves: boolean }>(sql`
    select exists (select from payment.payment_order o where o.patient_id = ${patient_id}
      and (o.state in ('paying', 'refunding') or (o.state = 'paid' and o.answered_at is null
        and o.kind = 'visit'))) as moves`);
  return moves;
}

/**
 * Takes away who paid and what for. Amounts, dates and channel numbers stay: the books must add up
 * and a refund must find its payment. A bill's lines name treatments, so one sum is left of them.
 */
export async function cutTraces(tx: Tx, patient_id: string): Promise<void> {
  await tx.run(sql`
    update payment.attempt a set payer_index = null, created_by = split_part(a.created_by, ':', 1)
    from payment.payment_order o where o.id = a.order_id and o.patient_id = ${patient_id}`);
  await tx.run(sql`
    update payment.refund r set asked_by = case when r.asked_by like 'account:%' then 'account'
      else r.asked_by end
    from payment.payment_order o where o.id = r.order_id and o.patient_id = ${patient_id}`);
  await tx.run(sql`
    update payment.order_line l set name = '已删除', code = 'erased'
    from payment.payment_order o where o.id = l.order_id and o.kind = 'bill'
      and o.patient_id = ${patient_id}`);
  await tx.run(sql`
    update payment.bill set lines = jsonb_build_array(jsonb_build_object('code', 'erased',
      'name', '已删除', 'amount_fen', amount_fen))
    where patient_id = ${patient_id}`);
  await tx.run(sql`
    update payment.payment_order set account_id = null, opened_by = split_part(opened_by, ':', 1)
    where patient_id = ${patient_id}`);
}

/** Orders and bills of a record that went into another go with it. @returns how many orders. */
export async function moveMoney(tx: Tx, from: string, into: string): Promise<number> {
  await tx.run(sql`update payment.bill set patient_id = ${into} where patient_id = ${from}`);
  return tx.run(
    sql`update payment.payment_order set patient_id = ${into} where patient_id = ${from}`,
  );
}

/** Who paid, of attempts so old; some at a time, so that nobody waits. */
export async function forgetPayers(db: Queryable, before: Date): Promise<number> {
  return db.run(sql`
    update payment.attempt set payer_index = null where id in (
      select id from payment.attempt where created_at < ${before} and payer_index is not null
      limit 5000)`);
}
