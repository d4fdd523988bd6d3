import type { Queryable } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type MoneyFinding = { kind: string; subject: string; detail: string };

/** Movements that do not add up to nothing, without trusting the constraint. */
export function unbalanced(db: Queryable): Promise<MoneyFinding[]> {
  return db.many(sql`
    select 'movement-unbalanced' as kind, 'movement:' || movement_id as subject,
      'the entries add up to ' || sum(amount_fen) || ' fen' as detail
    from payment.ledger_entry group by movement_id having sum(amount_fen) <> 0`);
}

/** Orders whose own figures disagree with the ledger, their attempts or their refunds. */
export function wrongSums(db: Queryable): Promise<MoneyFinding[]> {
  return db.many(sql`
    with figures as (
      select o.id, o.state, o.paid_fen, o.charged_fen, o.refund_asked_fen, o.refunded_fen,
        coalesce(l.came, 0) as came, coalesce(l.went, 0) as went, coalesce(l.income, 0) as income,
        coalesce(l.owed, 0) as owed, coalesce(a.paid, 0) as attempts_paid,
        coalesce(r.asked, 0) as refunds_asked, coalesce(r.done, 0) as refunds_done
      from payment.payment_order o
      left join (select order_id,
          sum(amount_fen) filter (where kind = 'payment' and account in ('wechat', 'alipay', 'cash')) as came,
          -sum(amount_fen) filter (where kind = 'refund' and account in ('wechat', 'alipay', 'cash')) as went,
          -sum(amount_fen) filter (where account in ('visit_income', 'bill_income')) as income,
          -sum(amount_fen) filter (where account = 'patient') as owed
        from payment.ledger_entry group by order_id) l on l.order_id = o.id
      left join (select order_id, sum(paid_fen) as paid from payment.attempt group by order_id) a on a.order_id = o.id
      left join (select order_id, sum(amount_fen) as asked,
          sum(amount_fen) filter (where state = 'done') as done
        from payment.refund group by order_id) r on r.order_id = o.id
    )
    select kind, 'order:' || id as subject, detail from figures cross join lateral (values
      ('paid-differs', paid_fen <> came or paid_fen <> attempts_paid,
        format('the order says %s fen paid, the ledger %s, its attempts %s', paid_fen, came, attempts_paid)),
      ('refunded-differs', refunded_fen <> went or refunded_fen <> refunds_done,
        format('the order says %s fen refunded, the ledger %s, its refunds %s', refunded_fen, went, refunds_done)),
      ('income-differs', charged_fen <> income,
        format('the order says %s fen of income, the ledger %s', charged_fen, income)),
      ('refund-above-paid', refunds_asked > attempts_paid,
        format('%s fen are to go back of %s fen paid', refunds_asked, attempts_paid)),
      ('paid-not-accounted', came <> income + went + owed
          or (owed <> refund_asked_fen - refunded_fen and state in ('paid', 'closed', 'refunding', 'refunded')),
        format('%s fen came in, but %s are income, %s went back and %s are owed', came, income, went, owed))
    ) as f(kind, is_wrong, detail) where is_wrong`);
}

/** Lines that do not add up to the amount, and attempts that were repaid more than they paid. */
export function wrongParts(db: Queryable): Promise<MoneyFinding[]> {
  return db.many(sql`
    select 'lines-differ' as kind, 'order:' || o.id as subject,
      format('the lines add up to %s fen, the order says %s', coalesce(l.sum, 0), o.amount_fen) as detail
    from payment.payment_order o left join (
      select order_id, settlement, sum(amount_fen) as sum from payment.order_line group by 1, 2
    ) l on l.order_id = o.id and l.settlement = o.settlement
    where coalesce(l.sum, 0) <> o.amount_fen
    union all
    select 'attempt-repaid-too-much', 'order:' || a.order_id,
      format('attempt %s: %s fen paid, %s to go back', a.number, a.paid_fen, r.sum)
    from payment.attempt a join (
      select attempt_id, sum(amount_fen) as sum from payment.refund group by 1) r on r.attempt_id = a.id
    where r.sum > a.paid_fen`);
}

/** Orders paid for visits that will not be, and payments that booking never answered. */
export function paidWithoutVisit(
  db: Queryable,
  before: { unanswered: Date; ended: Date },
): Promise<MoneyFinding[]> {
  return db.many(sql`
    select 'paid-unanswered' as kind, 'order:' || id as subject,
      'paid, but neither confirmed nor given back' as detail
    from payment.payment_order
    where state = 'paid' and answered_at is null and paid_at < ${before.unanswered}
    union all
    select 'paid-without-visit', 'order:' || o.id, 'paid, but the visit ended by ' || e.name
    from payment.payment_order o cross join lateral (
      select v.name, v.occurred_at from platform.event v
      where v.name like 'booking.visit.%' and v.payload ->> 'appointment_id' = o.appointment_id::text
      order by v.occurred_at desc, v.tx desc, v.id desc limit 1) e
    where o.state = 'paid' and o.ended_at is null and e.occurred_at < ${before.ended}
      and e.name in ('booking.visit.cancelled', 'booking.visit.lapsed', 'booking.visit.stopped',
        'booking.visit.no-show')`);
}

/** Orders whose events have a gap, or whose payment and refunds were never told. */
export function missingEvents(db: Queryable): Promise<MoneyFinding[]> {
  return db.many(sql`
    with told as (
      select subject, count(*) as events, max(version) as last,
        count(*) filter (where name = 'payment.order.paid') as paid,
        count(*) filter (where name = 'payment.refund.asked') as asked,
        count(*) filter (where name = 'payment.refund.done') as done
      from platform.event where subject like 'order:%' group by subject
    )
    select 'event-missing' as kind, 'order:' || o.id as subject, format(
      'the order is at version %s with %s events, %s of a payment; %s of %s refunds asked and %s of %s done are told',
      o.version, coalesce(t.events, 0), coalesce(t.paid, 0), coalesce(t.asked, 0), r.asked,
      coalesce(t.done, 0), r.done) as detail
    from payment.payment_order o left join told t on t.subject = 'order:' || o.id
    cross join lateral (
      select count(*) as asked, count(*) filter (where state = 'done') as done
      from payment.refund where order_id = o.id) r
    where o.version <> coalesce(t.events, 0) or o.version <> coalesce(t.last, 0)
      or (o.state = 'paid' and o.amount_fen > 0 and coalesce(t.paid, 0) = 0)
      or r.asked <> coalesce(t.asked, 0) or r.done <> coalesce(t.done, 0)`);
}
