import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { CancelDeadline, RuleSet } from './limits/rule-set.ts';
import type { Channel, NumberState, Pool, Priority, VisitStatus } from './types.ts';

/** One who waits in the queue of a session, as `queueOrder` of rules.ts reads it. */
export type Waiting = {
  appointment_id: string;
  status: 'checked_in' | 'called';
  starts_at: string;
  sequence: number;
  checked_in_at: string;
  called_at: string | null;
  missed: boolean;
  /** How many others were called since this person missed their call. */
  called_since: number;
  /** When they checked in, if they are called after the others for it. */
  late_at: string | null;
  /** Why they may be called out of turn, how often that happens, and how many came since the last. */
  priority: Priority | null;
  one_in: number | null;
  others_since: number | null;
};

export type VisitRow = {
  appointment_id: string;
  hospital_id: string;
  session_id: string;
  slot_id: string;
  patient_id: string;
  account_id: string | null;
  service_date: string;
  status: VisitStatus;
  channel: Channel;
  hold_until: Date | null;
  cancelled_at: Date | null;
  checked_in_at: Date | null;
  called_at: Date | null;
  calls: number;
  missed: boolean;
  /** Who saw the document of whoever checked in; null until then. */
  identity_checked_by: string | null;
  previous_order_number: string | null;
  sequence: number;
  starts_at: Date;
  ends_at: Date;
  pool: Pool;
  slot_state: NumberState;
  slot_free: boolean;
  /** At the window they gave up undoing the cancellation. */
  undo_closed: boolean;
  draw_id: string | null;
  level: string | null;
  cancel_deadlines: CancelDeadline[] | null;
  booked_at: Date;
  /** The whole queue of the session, only for a visit that is in it. */
  queue: Waiting[] | null;
};

export type VisitFilter = {
  ids?: string[];
  patient_ids?: string[];
  session_id?: string;
  service_date?: string;
  hospital_id?: string | null;
  previous_order_number?: string;
};

const visits_max = 500;

/** Visits with their numbers and queues, the latest clinic day first; one statement. */
export function selectVisits(db: Queryable, filter: VisitFilter): Promise<VisitRow[]> {
  return db.many<VisitRow>(sql`
    select a.id as appointment_id, a.hospital_id, a.session_id, a.slot_id, a.patient_id, a.account_id,
      a.service_date, a.status, a.channel, a.hold_until, a.cancelled_at, a.checked_in_at, a.called_at,
      a.calls, a.missed, a.identity_checked_by, a.previous_order_number, s.sequence, s.starts_at, s.ends_at, s.pool,
      s.state as slot_state, t.level, d.cancel_deadlines, a.created_at as booked_at,
      s.appointment_id is null and (s.state in ('free', 'cooling')
        or s.state = 'unreleased' and s.draw_id is null) as slot_free,
      a.status = 'cancelled' and exists (select from booking.undo_closed u where u.appointment_id = a.id) as undo_closed,
      case when a.channel = 'draw' and s.appointment_id = a.id then s.draw_id end as draw_id,
      case when a.status in ('checked_in', 'called') then (
        select json_agg(json_build_object('appointment_id', w.appointment_id, 'status', w.status,
          'starts_at', w.starts_at, 'sequence', w.sequence, 'checked_in_at', w.checked_in_at,
          'called_at', w.called_at, 'missed', w.missed, 'called_since', w.called_since, 'late_at', w.late_at,
          'priority', w.priority, 'one_in', w.one_in, 'others_since', w.others_since))
        from booking.waiting_view w where w.session_id = a.session_id) end as queue
    from booking.appointment a join booking.slot s on s.id = a.slot_id
    join booking.session_stock t on t.session_id = a.session_id
    left join lateral (select v.rules -> 'cancel_deadlines' as cancel_deadlines from booking.rule_set v
      where v.hospital_id = a.hospital_id and v.effective_from <= (a.created_at at time zone 'Asia/Shanghai')::date
      order by v.version desc limit 1) d on true
    where (${filter.ids ?? null}::uuid[] is null or a.id = any(${filter.ids ?? null}::uuid[]))
      and (${filter.patient_ids ?? null}::uuid[] is null or a.patient_id = any(${filter.patient_ids ?? null}::uuid[]))
      and (${filter.session_id ?? null}::uuid is null or a.session_id = ${filter.session_id ?? null})
      and (${filter.service_date ?? null}::date is null or a.service_date = ${filter.service_date ?? null}::date)
      and (${filter.hospital_id ?? null}::uuid is null or a.hospital_id = ${filter.hospital_id ?? null})
      and (${filter.previous_order_number ?? null}::text is null
        or a.previous_order_number = ${filter.previous_order_number ?? null})
    order by a.service_date desc, s.starts_at, a.created_at limit ${visits_max}`);
}

/** What a session's page needs beside the session itself: its 号别 and the deadlines in force at `at`. */
export function selectSessionTerms(
  db: Queryable,
  session_ids: readonly string[],
  at: Date,
): Promise<Pick<VisitRow, 'session_id' | 'level' | 'cancel_deadlines'>[]> {
  return db.many(sql`
    select t.session_id, t.level, d.cancel_deadlines from booking.session_stock t
    left join lateral (select v.rules -> 'cancel_deadlines' as cancel_deadlines from booking.rule_set v
      where v.hospital_id = t.hospital_id and v.effective_from <= (${at}::timestamptz at time zone 'Asia/Shanghai')::date
      order by v.version desc limit 1) d on true
    where t.session_id = any(${session_ids}::uuid[])`);
}

/** What a verb must know of a visit before its step: whose it is, where and on which day. */
export type VisitFacts = {
  appointment_id: string;
  hospital_id: string;
  session_id: string;
  patient_id: string;
  service_date: string;
  starts_at: Date;
  status: VisitStatus;
  identity_checked_by: string | null;
  level: string | null;
  /** The hospital's rules of giving back and checking in that were in force when the visit was booked. */
  cancel_deadlines: CancelDeadline[] | null;
  check_in: RuleSet['check_in'] | null;
  booked_at: Date;
  ends_at: Date;
  period: string | null;
};

export async function selectVisitFacts(db: Queryable, id: string): Promise<VisitFacts | undefined> {
  return (await selectFactsOfVisits(db, [id]))[0];
}

/** The same of many visits, in no order. */
export function selectFactsOfVisits(db: Queryable, ids: readonly string[]): Promise<VisitFacts[]> {
  return db.many<VisitFacts>(sql`
    select a.id as appointment_id, a.hospital_id, a.session_id, a.patient_id, a.service_date,
      s.starts_at, s.ends_at, a.status, a.identity_checked_by, a.created_at as booked_at, t.level, t.period,
      d.cancel_deadlines, d.check_in
    from booking.appointment a join booking.slot s on s.id = a.slot_id
    join booking.session_stock t on t.session_id = a.session_id
    left join lateral (select v.rules -> 'cancel_deadlines' as cancel_deadlines, v.rules -> 'check_in' as check_in
      from booking.rule_set v
      where v.hospital_id = a.hospital_id and v.effective_from <= (a.created_at at time zone 'Asia/Shanghai')::date
      order by v.version desc limit 1) d on true
    where a.id = any(${ids}::uuid[])`);
}

export type Ticket = {
  ticket_id: string;
  patient_id: string;
  taken_at: Date;
  place: number | null;
  appointment_id: string | null;
  outcome: string | null;
};

/** One ticket a person a session: asking again gives the ticket that is there. */
export function upsertTicket(
  db: Queryable,
  ticket: { id: string; session_id: string; patient_id: string; at: Date; actor: string },
): Promise<{ ticket_id: string; taken_at: Date; fresh: boolean } | undefined> {
  return db.maybe(sql`
    insert into booking.hall_ticket as t (id, hospital_id, session_id, patient_id, taken_at, taken_by)
    select ${ticket.id}::uuid, hospital_id, session_id, ${ticket.patient_id}::uuid, ${ticket.at}::timestamptz, ${ticket.actor}
    from booking.session_stock where session_id = ${ticket.session_id}
    on conflict (session_id, patient_id) do update set taken_by = t.taken_by
    returning t.id as ticket_id, t.taken_at, t.id = ${ticket.id}::uuid as fresh`);
}

/** The tickets of a session by place, the undrawn ones by id, locked with the session's stock. */
export async function lockTickets(
  tx: Tx,
  session_id: string,
): Promise<{ hospital_id: string; tickets: Ticket[] } | undefined> {
  const stock = await tx.maybe<{ hospital_id: string }>(sql`
    select hospital_id from booking.session_stock where session_id = ${session_id} for update`);
  if (!stock) return undefined;
  const tickets = await selectTickets(tx, session_id);
  return { ...stock, tickets };
}

export function selectTickets(db: Queryable, session_id: string): Promise<Ticket[]> {
  return db.many<Ticket>(sql`
    select id as ticket_id, patient_id, taken_at, place, appointment_id, outcome
    from booking.hall_ticket where session_id = ${session_id} order by place nulls last, id`);
}

/** Notes the places that the lot gave and raises the version of the stock the event speaks of. */
export async function placeTickets(
  tx: Tx,
  input: { session_id: string; places: { ticket_id: string; place: number }[]; at: Date },
): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`
    with placed as (
      update booking.hall_ticket t set place = r.place, drawn_at = ${input.at}
      from json_to_recordset(${JSON.stringify(input.places)}) as r(ticket_id uuid, place int)
      where t.id = r.ticket_id and t.place is null
    )
    update booking.session_stock set version = version + 1 where session_id = ${input.session_id}
    returning version`);
  return version;
}

export async function settleTickets(
  db: Queryable,
  outcomes: { ticket_id: string; appointment_id: string | null; outcome: string }[],
): Promise<void> {
  await db.run(sql`
    update booking.hall_ticket t set appointment_id = r.appointment_id, outcome = r.outcome
    from json_to_recordset(${JSON.stringify(outcomes)}) as r(ticket_id uuid, appointment_id uuid, outcome text)
    where t.id = r.ticket_id`);
}
