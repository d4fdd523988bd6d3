import type { Queryable } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type SweepKind =
  | 'number-held-twice'
  | 'number-and-visit-disagree'
  | 'over-the-maximum'
  | 'number-uncounted'
  | 'change-without-event';

/** What is wrong, in words for whoever reads the sweep; `id` is the row it is about. */
export type SweepFinding = { kind: SweepKind; id: string; sentence: string };

/**
 * Reads every number and every visit afresh and compares them with each other and with the events,
 * without the constraints that should have kept them right: who runs this does not trust those.
 * Read-only; on a database at rest, or in a transaction that sees one moment.
 */
export async function sweepInvariants(db: Queryable): Promise<SweepFinding[]> {
  const found = await Promise.all([
    heldTwice(db),
    disagreeing(db),
    overMaximum(db),
    uncounted(db),
    untoldNumbers(db),
    untoldVisits(db),
  ]);
  return found.flat();
}

/** How much a sweep looks at. */
export function countSwept(
  db: Queryable,
): Promise<{ sessions: number; numbers: number; visits: number }> {
  return db.one(sql`
    select (select count(*) from booking.session_stock) as sessions,
      (select count(*) from booking.slot) as numbers,
      (select count(*) from booking.appointment) as visits`);
}

// Visits that use their number; not the generated column, which a broken schema would break too.
function heldTwice(db: Queryable): Promise<SweepFinding[]> {
  return db.many<SweepFinding>(sql`
    select 'number-held-twice' as kind, slot_id as id,
      'number ' || slot_id || ' is used by ' || count(*) || ' visits: ' || string_agg(id::text, ', ' order by id) as sentence
    from booking.appointment
    where status in ('held', 'booked', 'checked_in', 'called', 'fulfilled', 'noshow')
    group by slot_id having count(*) > 1 order by slot_id`);
}

/** A number used twice disagrees with one of its visits of necessity and is told once, above. */
function disagreeing(db: Queryable): Promise<SweepFinding[]> {
  return db.many<SweepFinding>(sql`
    with used as (
      select slot_id, (array_agg(id order by id))[1] as id, (array_agg(session_id order by id))[1] as session_id,
        (array_agg(status order by id))[1] as status, count(*) as visits
      from booking.appointment
      where status in ('held', 'booked', 'checked_in', 'called', 'fulfilled', 'noshow') group by slot_id
    )
    select 'number-and-visit-disagree' as kind, coalesce(s.id, u.slot_id) as id,
      'number ' || coalesce(s.id, u.slot_id) || ' is ' || coalesce(s.state, 'not there') || ' for visit '
        || coalesce(s.appointment_id::text, 'none') || ', but visit ' || coalesce(u.id::text, 'none') || ' is '
        || coalesce(u.status, 'not there') as sentence
    from booking.slot s full join used u on u.slot_id = s.id
    where coalesce(u.visits, 0) < 2 and (
      s.id is null or s.appointment_id is distinct from u.id
      or (u.id is not null and s.session_id <> u.session_id)
      or case s.state
        when 'held' then u.status is distinct from 'held'
        -- One who stayed away keeps the number as booked or as checked in.
        when 'booked' then coalesce(u.status, '') not in ('booked', 'noshow')
        when 'checked_in' then coalesce(u.status, '') not in ('checked_in', 'called', 'fulfilled', 'noshow')
        else u.id is not null end)
    order by 2`);
}

function overMaximum(db: Queryable): Promise<SweepFinding[]> {
  return db.many<SweepFinding>(sql`
    select 'over-the-maximum' as kind, session_id || ' ' || patient_id as id,
      'patient ' || patient_id || ' has ' || count(*) || ' visits in session ' || session_id || ', '
        || max(bookings_max) || ' at most' as sentence
    from booking.appointment
    where status in ('held', 'booked', 'checked_in', 'called', 'fulfilled', 'noshow')
    group by session_id, patient_id having count(*) > max(bookings_max) order by 2`);
}

/**
 * The numbers that a session was given, in the words of its events, against the sum of what its
 * numbers are now: those that wait unreleased, and of the published ones booked (a hold is on the way
 * there), free, cooling and void (or stopped). One that is gone or in no known state makes the sum
 * another; that each is published or not as told is looked at below.
 */
function uncounted(db: Queryable): Promise<SweepFinding[]> {
  return db.many<SweepFinding>(sql`
    with opened as (
      select (payload ->> 'session_id')::uuid as session_id, sum((payload ->> 'numbers')::int) as numbers
      from platform.event where name in ('booking.stock.opened', 'booking.number.added') group by 1
    ), counted as (
      select session_id, count(*) filter (where state = 'unreleased') as unreleased,
        count(*) filter (where state = 'free') as free,
        count(*) filter (where state in ('held', 'booked', 'checked_in')) as booked,
        count(*) filter (where state = 'cooling') as cooling,
        count(*) filter (where state in ('stopped', 'void')) as void
      from booking.slot group by session_id
    )
    select 'number-uncounted' as kind, t.session_id as id,
      'session ' || t.session_id || ' has ' || coalesce(o.numbers, 0) || ' numbers, but unreleased '
        || coalesce(c.unreleased, 0) || ' + booked ' || coalesce(c.booked, 0) || ' + free ' || coalesce(c.free, 0)
        || ' + cooling ' || coalesce(c.cooling, 0) || ' + void ' || coalesce(c.void, 0) || ' is another sum' as sentence
    from booking.session_stock t left join opened o using (session_id) left join counted c using (session_id)
    where coalesce(o.numbers, 0) <>
      coalesce(c.unreleased + c.booked + c.free + c.cooling + c.void, 0)
    order by 2`);
}

/** A number's versions and its last event tell what it is; one in no known state is counted above. */
function untoldNumbers(db: Queryable): Promise<SweepFinding[]> {
  return db.many<SweepFinding>(sql`
    with told as (
      select subject, count(*) as events, max(version) as version,
        (array_agg(name order by version desc))[1] as name,
        (array_agg(payload order by version desc))[1] as payload
      from platform.event where subject like 'slot:%' group by subject
    ), expected as (
      select s.id, s.state, s.version, coalesce(t.events, 0) as events, coalesce(t.version, 0) as last_version,
        case when t.name is null then 'unreleased' else
          coalesce(t.payload ->> 'number', t.payload ->> 'state', case t.name
            when 'booking.visit.held' then 'held'
            when 'booking.call.logged' then 'held'
            when 'booking.visit.booked' then 'booked'
            when 'booking.visit.stopped' then 'stopped'
            when 'booking.number.released' then 'free'
            when 'booking.number.claimed' then 'unreleased' end) end as told_state
      from booking.slot s left join told t on t.subject = 'slot:' || s.id
    )
    select 'change-without-event' as kind, id,
      'number ' || id || ' is ' || state || ' at version ' || version || ', but its ' || events
        || ' events end at version ' || last_version || ' with ' || coalesce(told_state, 'no state') as sentence
    from expected
    where state in ('unreleased', 'free', 'held', 'booked', 'checked_in', 'cooling', 'stopped', 'void')
      and (version <> events or version <> last_version or state is distinct from told_state)
    order by id`);
}

function untoldVisits(db: Queryable): Promise<SweepFinding[]> {
  return db.many<SweepFinding>(sql`
    with told as (
      -- A visit that moved has events of two numbers; the last one is of the number it has.
      select distinct on (a.id) a.id, e.payload ->> 'status' as status
      from booking.appointment a join platform.event e on e.subject = 'slot:' || a.slot_id
        and e.payload ->> 'appointment_id' = a.id::text and e.payload ? 'status'
      order by a.id, e.version desc
    )
    select 'change-without-event' as kind, a.id,
      'visit ' || a.id || ' is ' || a.status || ', but its last event says ' || coalesce(t.status, 'nothing') as sentence
    from booking.appointment a left join told t using (id)
    where t.status is distinct from a.status
    order by a.id`);
}
