import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { Attempt, Refund } from './model.ts';
import type { ChannelName } from './types.ts';

const lease_ms = 30_000;

/** @returns false when another way to pay this order is open. */
export async function insertAttempt(
  tx: Tx,
  attempt: {
    id: string;
    order_id: string;
    hospital_id: string;
    number: string;
    channel: ChannelName;
    amount_fen: number;
    expires_at: Date;
    at: Date;
    next_try_at: Date;
    actor: string;
    /** Cash is paid when it is written down. */
    receipt_number: string | null;
  },
): Promise<boolean> {
  const cash = attempt.channel === 'cash';
  const made = await tx.run(sql`
    insert into payment.attempt (id, order_id, hospital_id, number, channel, amount_fen, state,
      paid_fen, paid_at, receipt_number, expires_at, created_at, created_by, next_try_at)
    values (${attempt.id}, ${attempt.order_id}, ${attempt.hospital_id}, ${attempt.number},
      ${attempt.channel}, ${attempt.amount_fen}, ${cash ? 'paid' : 'open'},
      ${cash ? attempt.amount_fen : 0}, ${cash ? attempt.at : null}, ${attempt.receipt_number},
      ${attempt.expires_at}, ${attempt.at}, ${attempt.actor}, ${attempt.next_try_at})
    on conflict (order_id) where state = 'open' do nothing`);
  return made === 1;
}

export function findAttempt(
  db: Queryable,
  filter: { id?: string; number?: string; order_id?: string; open?: boolean },
): Promise<Attempt | undefined> {
  return db.maybe<Attempt>(sql`
    select id, order_id, number, channel, amount_fen, state, closing, paid_fen, refund_asked_fen,
      expires_at, paid_at, receipt_number, tries, next_try_at
    from payment.attempt
    where (${filter.id ?? null}::uuid is null or id = ${filter.id ?? null})
      and (${filter.number ?? null}::text is null or number = ${filter.number ?? null})
      and (${filter.order_id ?? null}::uuid is null or order_id = ${filter.order_id ?? null})
      and (not ${filter.open ?? false} or state = 'open')
    order by created_at desc limit 1`);
}

export function selectAttempts(db: Queryable, order_id: string): Promise<Attempt[]> {
  return db.many<Attempt>(sql`
    select id, order_id, number, channel, amount_fen, state, closing, paid_fen, refund_asked_fen,
      expires_at, paid_at, receipt_number, tries, next_try_at
    from payment.attempt where order_id = ${order_id}
    order by paid_at desc nulls last, created_at desc, id desc`);
}

/** Notes what the channel said was paid. @returns false when it was noted before. */
export async function markPaid(
  tx: Tx,
  attempt: {
    id: string;
    paid_fen: number;
    paid_at: Date;
    transaction_id: string | null;
    payer_index: string | null;
  },
): Promise<boolean> {
  const moved = await tx.run(sql`
    update payment.attempt set state = 'paid', paid_fen = ${attempt.paid_fen},
      paid_at = ${attempt.paid_at}, transaction_id = ${attempt.transaction_id},
      payer_index = ${attempt.payer_index}
    where id = ${attempt.id} and state <> 'paid'`);
  return moved === 1;
}

export async function markClosed(tx: Tx, id: string): Promise<boolean> {
  const moved = await tx.run(
    sql`update payment.attempt set state = 'closed' where id = ${id} and state = 'open'`,
  );
  return moved === 1;
}

/** From now on nobody may pay it; the loop and whoever waits close it at the channel. */
export async function markClosing(db: Queryable, order_id: string, at: Date): Promise<void> {
  await db.run(sql`
    update payment.attempt set closing = true, next_try_at = ${at}
    where order_id = ${order_id} and state = 'open' and not closing`);
}

export async function postponeAttempt(db: Queryable, id: string, until: Date): Promise<void> {
  await db.run(sql`
    update payment.attempt set tries = tries + 1, next_try_at = ${until} where id = ${id}`);
}

/** Takes the attempts whose turn it is for a while, so that servers do not ask twice. */
export function claimAttempts(db: Queryable, at: Date): Promise<Attempt[]> {
  return db.many<Attempt>(sql`
    update payment.attempt a set next_try_at = ${new Date(at.getTime() + lease_ms)}, asked_at = ${at}
    from (select id from payment.attempt where state = 'open' and next_try_at <= ${at}
      order by next_try_at limit 50 for update skip locked) d
    where a.id = d.id
    returning a.id, a.order_id, a.number, a.channel, a.amount_fen, a.state, a.closing, a.paid_fen,
      a.refund_asked_fen, a.expires_at, a.paid_at, a.receipt_number, a.tries, a.next_try_at`);
}

/** Takes the open attempt of an order, when its channel was not asked since `before`. */
export function claimStale(
  db: Queryable,
  order_id: string,
  when: { at: Date; before: Date },
): Promise<Attempt | undefined> {
  return db.maybe<Attempt>(sql`
    update payment.attempt set asked_at = ${when.at}
    where order_id = ${order_id} and state = 'open' and (asked_at is null or asked_at <= ${when.before})
    returning id, order_id, number, channel, amount_fen, state, closing, paid_fen, refund_asked_fen,
      expires_at, paid_at, receipt_number, tries, next_try_at`);
}

/** The keyed index of whoever paid last, for booking's record of the visit. */
export function payerIndexOf(
  db: Queryable,
  order_id: string,
): Promise<{ payer_index: string | null } | undefined> {
  return db.maybe(sql`
    select payer_index from payment.attempt where order_id = ${order_id} and state = 'paid'
    order by paid_at desc limit 1`);
}

export type NewRefund = {
  id: string;
  order_id: string;
  attempt_id: string;
  number: string;
  amount_fen: number;
  reason: string;
};

/**
 * Writes refunds and promises their money in one statement. The constraint attempt_refund_asked
 * refuses what would be more than was paid.
 */
export async function insertRefunds(
  tx: Tx,
  refunds: NewRefund[],
  by: { at: Date; actor: string },
): Promise<void> {
  await tx.run(sql`
    with wanted as (
      select * from json_to_recordset(${JSON.stringify(refunds)}) as r(id uuid, order_id uuid,
        attempt_id uuid, number text, amount_fen int, reason text)
    ), promised as (
      update payment.attempt a set refund_asked_fen = a.refund_asked_fen + w.amount_fen
      from wanted w where a.id = w.attempt_id
      returning a.id, a.hospital_id, a.channel
    )
    insert into payment.refund (id, order_id, attempt_id, hospital_id, number, channel, amount_fen,
      reason, asked_at, asked_by, next_try_at)
    select w.id, w.order_id, w.attempt_id, p.hospital_id, w.number, p.channel, w.amount_fen, w.reason,
      ${by.at}, ${by.actor}, ${by.at}
    from wanted w join promised p on p.id = w.attempt_id`);
}

export function selectRefunds(db: Queryable, order_id: string): Promise<Refund[]> {
  return db.many<Refund>(sql`
    select r.id, r.order_id, r.attempt_id, a.number as attempt_number, a.paid_fen as attempt_paid_fen,
      r.hospital_id, r.number, r.channel, r.amount_fen, r.reason, r.state, r.asked_at, r.done_at,
      r.receipt_number, r.tries
    from payment.refund r join payment.attempt a on a.id = r.attempt_id
    where r.order_id = ${order_id} order by r.asked_at, r.id`);
}

export function findRefund(db: Queryable, number: string): Promise<Refund | undefined> {
  return db.maybe<Refund>(sql`
    select r.id, r.order_id, r.attempt_id, a.number as attempt_number, a.paid_fen as attempt_paid_fen,
      r.hospital_id, r.number, r.channel, r.amount_fen, r.reason, r.state, r.asked_at, r.done_at,
      r.receipt_number, r.tries
    from payment.refund r join payment.attempt a on a.id = r.attempt_id where r.number = ${number}`);
}

/** Takes the refunds whose turn it is for a while; cash waits at its window. */
export async function claimRefunds(db: Queryable, at: Date): Promise<Refund[]> {
  return db.many<Refund>(sql`
    update payment.refund r set next_try_at = ${new Date(at.getTime() + lease_ms)}
    from (select id from payment.refund where state in ('asked', 'processing') and channel <> 'cash'
      and next_try_at <= ${at} order by next_try_at limit 50 for update skip locked) d,
      payment.attempt a
    where r.id = d.id and a.id = r.attempt_id
    returning r.id, r.order_id, r.attempt_id, a.number as attempt_number,
      a.paid_fen as attempt_paid_fen, r.hospital_id, r.number, r.channel, r.amount_fen, r.reason,
      r.state, r.asked_at, r.done_at, r.receipt_number, r.tries`);
}

export async function postponeRefund(db: Queryable, id: string, until: Date): Promise<void> {
  await db.run(sql`
    update payment.refund set tries = tries + 1, next_try_at = ${until} where id = ${id}`);
}

export async function markProcessing(db: Queryable, id: string): Promise<void> {
  await db.run(
    sql`update payment.refund set state = 'processing' where id = ${id} and state = 'asked'`,
  );
}

/** @returns false when it was noted before. */
export async function markRefunded(
  tx: Tx,
  refund: {
    id: string;
    at: Date;
    actor: string;
    channel_refund_id: string | null;
    receipt_number: string | null;
  },
): Promise<boolean> {
  const moved = await tx.run(sql`
    update payment.refund set state = 'done', done_at = ${refund.at}, done_by = ${refund.actor},
      channel_refund_id = ${refund.channel_refund_id}, receipt_number = ${refund.receipt_number}
    where id = ${refund.id} and state <> 'done'`);
  return moved === 1;
}

export async function markAbnormal(tx: Tx, id: string): Promise<boolean> {
  const moved = await tx.run(sql`
    update payment.refund set state = 'abnormal' where id = ${id} and state in ('asked', 'processing')`);
  return moved === 1;
}

/** An abnormal refund that a person sends on its way again. */
export async function retryRefund(tx: Tx, number: string, at: Date): Promise<void> {
  await tx.run(sql`
    update payment.refund set state = 'asked', tries = 0, next_try_at = ${at}
    where number = ${number} and state = 'abnormal'`);
}
