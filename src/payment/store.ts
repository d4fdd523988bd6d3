import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { FeeCategory, Line, Order, OrderState } from './model.ts';

const never = '00000000-0000-0000-0000-000000000000';

type OrderFilter = {
  id?: string;
  appointment_id?: string;
  bill_id?: string;
  /** The visit whose lost number another took the place of. */
  reseated_from?: string;
};

/** The order of a visit or bill: the one that is alive, else the latest. */
export function findOrder(db: Queryable, filter: OrderFilter): Promise<Order | undefined> {
  return db.maybe<Order>(sql`
    select o.id, o.hospital_id, o.kind, o.appointment_id, o.bill_id, o.patient_id, o.account_id,
      o.category, o.settlement, o.state, o.amount_fen, o.charged_fen, o.paid_fen, o.refund_asked_fen,
      o.refunded_fen, o.kept_fen, o.pay_until, o.ended_at, o.end_reason, o.end_due_at,
      o.visit_starts_at, o.paid_at, o.answered_at, o.version,
      exists (select from payment.attempt a where a.order_id = o.id and a.state = 'open') as has_open
    from payment.payment_order o
    where o.id = ${filter.id ?? never} or o.appointment_id = ${filter.appointment_id ?? never}
      or o.bill_id = ${filter.bill_id ?? never} or o.reseated_from = ${filter.reseated_from ?? never}
    order by o.ended_at is null desc, o.opened_at desc limit 1`);
}

/** Every act on an order begins here; locks are taken order first, then attempts and refunds. */
export async function lockOrder(tx: Tx, id: string): Promise<Order | undefined> {
  await tx.run(sql`select id from payment.payment_order where id = ${id} for update`);
  return findOrder(tx, { id });
}

/** @returns false when a live order of this visit or bill is there already. */
export async function insertOrder(
  tx: Tx,
  order: {
    id: string;
    hospital_id: string;
    appointment_id: string | null;
    bill_id: string | null;
    patient_id: string;
    account_id: string | null;
    category: FeeCategory;
    amount_fen: number;
    pay_until: Date | null;
    visit_starts_at: Date | null;
    at: Date;
    actor: string;
  },
): Promise<boolean> {
  const made = await tx.run(sql`
    insert into payment.payment_order (id, hospital_id, kind, appointment_id, bill_id, patient_id,
      account_id, category, amount_fen, pay_until, visit_starts_at, opened_at, opened_by, version)
    values (${order.id}, ${order.hospital_id}, ${order.bill_id === null ? 'visit' : 'bill'},
      ${order.appointment_id}, ${order.bill_id}, ${order.patient_id}, ${order.account_id},
      ${order.category}, ${order.amount_fen}, ${order.pay_until}, ${order.visit_starts_at},
      ${order.at}, ${order.actor}, 1)
    on conflict do nothing`);
  return made === 1;
}

export async function insertLines(
  tx: Tx,
  order: { order_id: string; settlement: number },
  lines: readonly (Line & { fee_item_id?: string })[],
): Promise<void> {
  await tx.run(sql`
    insert into payment.order_line (order_id, settlement, position, code, name, amount_fen, fee_item_id)
    select ${order.order_id}, ${order.settlement}, position, code, name, amount_fen, fee_item_id
    from json_to_recordset(${JSON.stringify(lines.map((line, position) => ({ ...line, position })))})
      as r(position int, code text, name text, amount_fen int, fee_item_id uuid)`);
}

export function selectLines(db: Queryable, order: Order): Promise<Line[]> {
  return db.many<Line>(sql`
    select code, name, amount_fen from payment.order_line
    where order_id = ${order.id} and settlement = ${order.settlement} order by position`);
}

/** Until when the visit can be paid, as booking knows it now. */
export async function setPayUntil(tx: Tx, id: string, pay_until: Date | null): Promise<void> {
  await tx.run(sql`update payment.payment_order set pay_until = ${pay_until} where id = ${id}`);
}

/** A new 费别 or price: new lines under a new settlement. */
export async function setSettlement(
  tx: Tx,
  order: { id: string; category: FeeCategory; amount_fen: number },
): Promise<number> {
  // The old state may not fit the new amount; what the order is now is settled in the same transaction.
  const { settlement } = await tx.one<{ settlement: number }>(sql`
    update payment.payment_order set category = ${order.category}, settlement = settlement + 1,
      amount_fen = ${order.amount_fen},
      state = case when state = 'paid' and amount_fen <> ${order.amount_fen} then 'open' else state end
    where id = ${order.id} returning settlement`);
  return settlement;
}

export async function addPaid(tx: Tx, id: string, paid_fen: number): Promise<void> {
  await tx.run(sql`
    update payment.payment_order set paid_fen = paid_fen + ${paid_fen},
      state = case when state = 'paid' then 'open' else state end
    where id = ${id}`);
}

/** Ends an order, whose money then goes back, or takes its end back. */
export async function setEnd(
  tx: Tx,
  order: {
    id: string;
    ended_at: Date | null;
    end_reason: string | null;
    kept_fen: number;
    kept_rule_id: string | null;
  },
): Promise<void> {
  await tx.run(sql`
    update payment.payment_order set ended_at = ${order.ended_at}, end_reason = ${order.end_reason},
      kept_fen = ${order.kept_fen}, kept_rule_id = ${order.kept_rule_id}, end_due_at = null
    where id = ${order.id}`);
}

export async function setEndDue(tx: Tx, id: string, end_due_at: Date | null): Promise<void> {
  await tx.run(sql`
    update payment.payment_order set end_due_at = ${end_due_at}
    where id = ${id} and ended_at is null`);
}

/**
 * Writes what an order is now. `events` is how many its version rises by; a payment that is told
 * waits for booking's answer.
 * @returns the version before the events.
 */
export async function writeState(
  tx: Tx,
  order: {
    id: string;
    state: OrderState;
    charged_fen: number;
    refund_fen: number;
    refunded_fen: number;
    events: number;
    paid_now: boolean;
    at: Date;
  },
): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`
    update payment.payment_order set state = ${order.state}, charged_fen = ${order.charged_fen},
      refund_asked_fen = refund_asked_fen + ${order.refund_fen},
      refunded_fen = refunded_fen + ${order.refunded_fen},
      paid_at = case when ${order.paid_now} then coalesce(paid_at, ${order.at}::timestamptz) else paid_at end,
      answered_at = case when ${order.paid_now} then null else answered_at end,
      told_at = case when ${order.paid_now} then ${order.at}::timestamptz else told_at end,
      version = version + ${order.events}
    where id = ${order.id} returning version`);
  return version - order.events;
}

/** Raises the version for one more event. */
export async function nextVersion(tx: Tx, id: string): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`
    update payment.payment_order set version = version + 1 where id = ${id} returning version`);
  return version;
}

export async function setAnswered(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.run(sql`
    update payment.payment_order set answered_at = ${at} where id = ${id} and answered_at is null`);
}

/** Carries an order over to the visit that took the lost one's place. */
export async function setVisit(tx: Tx, id: string, appointment_id: string): Promise<void> {
  await tx.run(sql`
    update payment.payment_order set reseated_from = appointment_id, appointment_id = ${appointment_id}
    where id = ${id} and appointment_id <> ${appointment_id}`);
}

export async function setVisitStart(tx: Tx, id: string, starts_at: Date): Promise<void> {
  await tx.run(
    sql`update payment.payment_order set visit_starts_at = ${starts_at} where id = ${id}`,
  );
}

/** Orders whose cancellation can no longer be undone. */
export function selectEndsDue(db: Queryable, at: Date): Promise<{ id: string }[]> {
  return db.many(sql`
    select id from payment.payment_order where end_due_at <= ${at} order by end_due_at limit 100`);
}

/** Paid orders that booking has not answered for long: they are told again. */
export function selectUnanswered(db: Queryable, before: Date): Promise<{ id: string }[]> {
  return db.many(sql`
    select id from payment.payment_order
    where state = 'paid' and answered_at is null and told_at < ${before} order by told_at limit 100`);
}

export async function touchTold(tx: Tx, id: string, at: Date): Promise<void> {
  await tx.run(sql`update payment.payment_order set told_at = ${at} where id = ${id}`);
}

/** Live orders of these visits that a channel could still take money for. */
export function selectOpenOfVisits(
  db: Queryable,
  appointment_ids: string[],
): Promise<{ id: string; appointment_id: string; state: OrderState; has_open: boolean }[]> {
  return db.many(sql`
    select o.id, o.appointment_id, o.state,
      exists (select from payment.attempt a where a.order_id = o.id and a.state = 'open') as has_open
    from payment.payment_order o
    where o.appointment_id = any(${appointment_ids}::uuid[]) and o.ended_at is null`);
}
