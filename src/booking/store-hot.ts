import type { Queryable } from '../platform/db.ts';
import { prepared, sql } from '../platform/sql.ts';
import type { Answer, StepRequest, TakeRequest } from './types.ts';

type OrderedAnswer = { ord: number; answer: Answer; replay_fingerprint: string | null };

/** A request without its nulls: what is absent is null to the database, and need not be parsed. */
function compact(request: object, ord: number): Record<string, unknown> {
  const row: Record<string, unknown> = { ord };
  for (const [name, value] of Object.entries(request)) if (value !== null) row[name] = value;
  return row;
}

/**
 * Takes numbers for many requests in one statement and one commit. Per session the stock row is
 * locked in key order; limits and pools are judged inside; each taken number, its appointment, its
 * event and the stored answer are written together. A request that found no number while others
 * remain (two requests met on one) answers `retry`, one that an expired hold stands in the way of
 * answers `stale-hold`; neither is stored.
 */
export async function takeNumbers(
  db: Queryable,
  requests: TakeRequest[],
): Promise<OrderedAnswer[]> {
  const rows = requests.map(compact);
  const answers = await db.many<OrderedAnswer & { starts_at: Date | null; ends_at: Date | null }>(
    prepared(
      'booking.take',
      sql`
with request as materialized (
  select * from json_to_recordset(${JSON.stringify(rows)}) as r(
    ord int, appointment_id uuid, event_id uuid, session_id uuid, slot_id uuid, patient_id uuid,
    pools text, at timestamptz, hold_until timestamptz, channel text, account_id uuid,
    device_key_id text, payer_reference text, phone_index text, actor text, detail jsonb,
    scope text, key text, fingerprint text)
), known as (
  -- Looked up one by one, here and below: a join without fresh statistics reads the whole table,
  -- and an "is null" would be believed to leave one row, for which the rest of the plan is wrong.
  select r.ord, i.answer, i.fingerprint from request r cross join lateral (
    select k.answer, k.fingerprint from platform.idempotency k
    where k.scope = r.scope and k.key = r.key limit 1) i
), fresh as materialized (
  select * from request r where coalesce((
    select false from platform.idempotency i where i.scope = r.scope and i.key = r.key), true)
), stock as materialized (
  select t.* from booking.session_stock t
  where t.session_id in (select session_id from fresh) order by t.session_id for update
), turn as (
  select f.*, t.hospital_id, t.service_date, t.ends_at as session_ends_at,
    t.patient_bookings_max, t.state as session_state, t.department_id, t.period,
    row_number() over (partition by f.session_id, f.patient_id order by f.ord) as attempt
  from fresh f left join stock t using (session_id)
), rule as materialized (
  -- The limits (限约) in force where each session is: few sessions, a handful of limits.
  select t.session_id, l.* from stock t cross join lateral (
    select v.limits from booking.rule_set v
    where v.hospital_id = t.hospital_id and v.effective_from <= (
      select (max(at) at time zone 'Asia/Shanghai')::date from fresh)
    order by v.version desc limit 1) v
  cross join lateral jsonb_to_recordset(v.limits) as l(n int, counts text, per text, place text, part text,
    span interval, month_day int, days int, stop_at time, max int, channels text[], told jsonb)
  where not t.stays_open
), ruled as materialized (
  select session_id, array_agg(distinct per) filter (where counts not in ('advance', 'next_day')) as pers
  from rule group by session_id
), asker as materialized (
  -- What each has booked is looked up once for all limits that count it; most have nothing there. An
  -- account has one phone and its devices are its own, so one holder stands for all three.
  select k.*, h.hits, count(*) over (partition by k.person) > 1 or count(*) over (partition by k.holder) > 1 as is_together
  from (
    select t.ord, t.session_id, t.patient_id, t.account_id, t.phone_index, t.device_key_id, t.channel, t.at,
      t.hospital_id, t.service_date, t.department_id, t.period, u.pers, t.at at time zone 'Asia/Shanghai' as wall,
      uuid_hash_extended(t.patient_id, 0) as person, coalesce(uuid_hash_extended(t.account_id, 1),
        hashtextextended(t.phone_index, 2), hashtextextended(t.device_key_id, 3), -t.ord) as holder
    from turn t join ruled u using (session_id)
    where string_to_array(t.pools, ',') <@ '{online,same_day,on_site}') k
  cross join lateral (
    select array_agg(r.n) as hits from (
      select 'patient' as per, * from booking.appointment where 'patient' = any(k.pers) and patient_id = k.patient_id
        and service_date >= least(k.service_date, k.wall::date - 93)
      union all
      select 'account', * from booking.appointment where 'account' = any(k.pers) and account_id = k.account_id
        and created_at > k.at - interval '200 days'
      union all
      select 'phone', * from booking.appointment where 'phone' = any(k.pers) and phone_index = decode(k.phone_index, 'hex')
        and service_date >= least(k.service_date, k.wall::date - 93)
      union all
      select 'device', * from booking.appointment where 'device' = any(k.pers) and device_key_id = k.device_key_id
        and service_date >= least(k.service_date, k.wall::date - 93)) a
    cross join lateral (select s.department_id, s.period from booking.session_stock s where s.session_id = a.session_id) w
    join rule r on r.session_id = k.session_id and r.per = a.per
    where a.hospital_id = k.hospital_id and booking.limit_counts(r.counts, r.part, r.place, booking.limit_since(k.at, r.span, r.month_day),
      r.channels, k.at, k.session_id, k.department_id, k.service_date, k.period, a.session_id, w.department_id, a.service_date,
      w.period, a.channel, a.status, a.is_active, a.hold_until, a.contact_due, a.created_at, a.confirmed_at, a.cancelled_at)) h
), asked as materialized (
  select k.ord, k.session_id, k.person, k.holder, r.n, r.per, r.counts in ('active_bookings', 'bookings_made') as is_counted, r.max,
    case r.counts
      when 'advance' then (k.service_date > k.wall::date + r.days)::int
      when 'next_day' then (k.service_date = k.wall::date + 1 and k.wall::time >= r.stop_at)::int
      else coalesce(cardinality(array_positions(k.hits, r.n)), 0) end as used,
    -- Only those asked for together in this batch can be before one another.
    case when k.is_together and r.counts in ('active_bookings', 'bookings_made') then hash_record_extended(row(r.n, k.hospital_id,
      case r.per when 'patient' then k.person else k.holder end, case when r.per in ('phone', 'device') then k.device_key_id end,
      case r.place when 'department' then k.department_id when 'doctor_session' then k.session_id end,
      case when r.part = 'session' then k.session_id end, case when r.part in ('day', 'half_day') then k.service_date end,
      case when r.part = 'half_day' then k.period end), 0) end as bucket
  from asker k join rule r using (session_id)
  where k.channel = any(r.channels) and case r.per when 'patient' then true when 'account' then k.account_id is not null
    when 'phone' then k.phone_index is not null else k.device_key_id is not null end
), over_limit as materialized (
  select distinct on (ord) ord, used >= max as is_over,
    case when used >= max then (select r.told from rule r where r.session_id = u.session_id and r.n = u.n)
      || jsonb_build_object('used', used) end as told
  from (
    select ord, session_id, n, used, max, 0 as before from asked where bucket is null and used >= max
    union all
    select ord, session_id, n, used, max, row_number() over (partition by bucket order by ord) - 1 from asked where bucket is not null) u
  where used + before >= max order by ord, used >= max desc, n
), guard as materialized (
  select distinct ord, case per when 'patient' then person else holder end as key from asked
  where is_counted and ord not in (select ord from over_limit)
), guarded as (
  -- Whoever is limited takes numbers under a lock of theirs. Its version tells whether somebody else
  -- took one after this statement began to count.
  insert into booking.limit_subject as g (key, version)
  select distinct key, 1 from guard order by key
  on conflict (key) do update set version = g.version + 1
  returning g.key, g.version
), outrun as materialized (
  select key from guarded g
  where version <> 1 + coalesce((select s.version from booking.limit_subject s where s.key = g.key), 0)
), limited as materialized (
  select ord, case when is_over then 'limit-reached' else 'retry' end as refusal, told from over_limit
  union all
  select distinct ord, 'retry', null::jsonb from guard where key in (select key from outrun)
), judged as materialized (
  select u.*, o.ordinal, m.told,
    -- Whoever gave a number of this session back may take any but that one.
    (select count(*) from booking.slot x where x.session_id = u.session_id
      and x.is_free and (x.excluded_patient_id is not null or x.excluded_account_id is not null)
      and (x.excluded_patient_id = u.patient_id or x.excluded_account_id = u.account_id)) > 0 as is_excluded,
    case
      when u.hospital_id is null then 'session-unknown'
      when u.session_state = 'stopped' then 'stopped'
      when u.at >= u.session_ends_at then 'over'
      when o.ordinal > u.patient_bookings_max then 'session-day'
      else m.refusal
    end as refusal
  from turn u left join limited m using (ord) cross join lateral (
    -- The attempt-th ordinal this patient does not use in this session.
    select g as ordinal from generate_series(1, u.attempt + (
      select count(*) from booking.appointment a
      where a.session_id = u.session_id and a.patient_id = u.patient_id
        and a.is_active)) g
    where not exists (
      select from booking.appointment a
      where a.session_id = u.session_id and a.patient_id = u.patient_id and a.ordinal = g
        and a.is_active)
    order by g offset u.attempt - 1 limit 1) o
), demand as (
  select session_id, pools, is_excluded, max(at) as at, array_agg(ord order by ord) as ords,
    count(*) as wanted
  from judged where refusal is null and slot_id is null group by session_id, pools, is_excluded
), pick as (
  -- Those who take any number get the free ones in sequence, in the order they asked.
  select u.ord, u.slot_id from demand d cross join lateral (
    select array_agg(p.id order by p.sequence) as ids from (
      select s.id, s.sequence from booking.slot s
      where s.session_id = d.session_id and s.is_free and s.pool = any(string_to_array(d.pools, ','))
        and s.ends_at > d.at and not (d.is_excluded and num_nonnulls(s.excluded_patient_id, s.excluded_account_id) > 0)
        and s.id <> all(array(select j.slot_id from judged j where j.slot_id is not null))
      order by s.sequence limit d.wanted) p) f
  cross join lateral unnest(d.ords, f.ids) as u(ord, slot_id) where u.slot_id is not null
  union all
  select ord, slot_id from (
    select ord, slot_id, row_number() over (partition by slot_id order by ord) as turn
    from judged where refusal is null and slot_id is not null) k where turn = 1
), chosen as materialized (
  select distinct on (p.slot_id) p.slot_id as number_id, j.* from pick p join judged j using (ord)
  order by p.slot_id, j.ord
), taken as (
  -- The conditions are written so that only the primary key can serve the join: without statistics
  -- the planner would else walk every free number of the session for each request.
  update booking.slot s set
    state = case when c.hold_until is null then 'booked' else 'held' end,
    hold_until = c.hold_until, appointment_id = c.appointment_id, version = s.version + 1
  from chosen c
  where s.id = c.number_id and s.session_id is not distinct from c.session_id and s.state || '' = 'free'
    and s.pool = any(string_to_array(c.pools, ',')) and s.ends_at > c.at
    and s.excluded_patient_id is distinct from c.patient_id
    and (c.account_id is null or s.excluded_account_id is distinct from c.account_id)
  returning c.*, s.version, s.state, s.sequence, s.pool, s.starts_at, s.ends_at
), made as (
  insert into booking.appointment (hospital_id, id, session_id, slot_id, service_date, patient_id,
    ordinal, bookings_max, status, channel, hold_until, account_id, device_key_id, payer_reference,
    phone_index, booked_by, created_at, confirmed_at)
  select hospital_id, appointment_id, session_id, number_id, service_date, patient_id,
    ordinal, patient_bookings_max, state, channel, hold_until, account_id,
    device_key_id, payer_reference, decode(phone_index, 'hex'), actor, at,
    case when hold_until is null then at end
  from taken
), told as (
  insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
  select event_id, hospital_id,
    case when hold_until is null then 'booking.visit.booked' else 'booking.visit.held' end,
    'slot:' || number_id, version, patient_id, actor,
    jsonb_strip_nulls(jsonb_build_object('appointment_id', appointment_id, 'session_id', session_id,
      'slot_id', number_id, 'status', state, 'channel', channel, 'pool', pool, 'detail', detail)), at
  from taken
), missed as materialized (
  -- What they hear who found no number: looked up once for all who asked alike.
  select d.session_id, d.pools, d.is_excluded, (
    select jsonb_build_object('refusal', case
      when count(*) filter (where s.state = 'free' and s.ends_at > d.at
        and not (d.is_excluded and num_nonnulls(s.excluded_patient_id, s.excluded_account_id) > 0)) > (
        select count(*) from taken x where x.session_id = d.session_id and x.pools = d.pools) then 'retry'
      when count(*) > 0 and count(*) filter (where s.state <> 'unreleased') = 0 then 'not-released'
      else 'sold-out' end)
    from booking.slot s
    where s.session_id = d.session_id and s.pool = any(string_to_array(d.pools, ','))) as answer
  from demand d
  where d.wanted > (select count(*) from taken x where x.ord = any(d.ords))
), found as materialized (
  select j.ord, j.session_id, j.scope, j.key, j.fingerprint, j.at, case
    when t.ord is not null then jsonb_build_object('appointment_id', j.appointment_id,
      'slot_id', t.number_id, 'sequence', t.sequence, 'status', t.state)
    when j.refusal = 'limit-reached' then jsonb_build_object('refusal', j.refusal, 'limit',
      j.told || jsonb_build_object('hospital_id', j.hospital_id))
    when j.refusal is not null then jsonb_build_object('refusal', j.refusal)
    when j.slot_id is not null then (
      select jsonb_build_object('refusal', case
        when s.id is null then 'slot-unknown'
        when s.state = 'unreleased' then 'not-released'
        when s.state = 'free' and not s.pool = any(string_to_array(j.pools, ',')) then 'other-channel'
        when s.ends_at <= j.at then 'over'
        when s.state in ('stopped', 'void') then 'stopped'
        else 'slot-taken' end)
      from (select) one left join booking.slot s on s.id = j.slot_id and s.session_id = j.session_id)
    else (select m.answer from missed m where (m.session_id, m.pools, m.is_excluded) = (j.session_id, j.pools, j.is_excluded)) end as answer
  from judged j left join taken t using (ord)
), verdict as materialized (
  select f.ord, f.scope, f.key, f.fingerprint, f.at, case
    when f.answer ->> 'refusal' in ('slot-taken', 'sold-out', 'session-day') and f.at >= (
      select min(h.hold_until) from booking.slot h
      where h.session_id = f.session_id and h.hold_until is not null)
      then jsonb_build_object('refusal', 'stale-hold') else f.answer end as answer
  from found f
), stored as (
  insert into platform.idempotency (scope, key, fingerprint, answer, created_at)
  select scope, key, fingerprint, answer, at from verdict
  where coalesce(answer ->> 'refusal', '') not in ('retry', 'stale-hold')
)
select ord, v.answer, null as replay_fingerprint, t.starts_at, t.ends_at
from verdict v left join taken t using (ord)
union all
select ord, answer, fingerprint, null, null from known
order by ord`,
    ),
  );
  return answers.map(({ starts_at, ends_at, ...answered }) =>
    starts_at && ends_at
      ? { ...answered, answer: { ...answered.answer, starts_at, ends_at } }
      : answered,
  );
}

/**
 * Moves many visits one step in one statement: confirm, cancel, lapse, check in, call, see … What a
 * step may start from and where it leads comes from `rules.ts`; which state a returned number goes
 * to is decided here, under the lock, because it depends on what is left of the session.
 */
export async function stepVisits(db: Queryable, requests: StepRequest[]): Promise<OrderedAnswer[]> {
  const rows = requests.map(compact);
  return db.many<OrderedAnswer>(
    prepared(
      'booking.step',
      sql`
with request as materialized (
  select * from json_to_recordset(${JSON.stringify(rows)}) as r(
    ord int, event_id uuid, event_name text, appointment_id uuid, at timestamptz, today date,
    from_statuses text, to_status text, number text, before_hold_end boolean, after_hold_end boolean,
    before_start boolean,
    cooling_until timestamptz, owner_account_id uuid, hospital_id uuid, actor text, detail jsonb,
    identity_checked_by text, scope text, key text, fingerprint text)
), known as (
  -- Looked up one by one, here and below: a join without fresh statistics reads the whole table,
  -- and an "is null" would be believed to leave one row, for which the rest of the plan is wrong.
  select r.ord, i.answer, i.fingerprint from request r cross join lateral (
    select k.answer, k.fingerprint from platform.idempotency k
    where k.scope = r.scope and k.key = r.key limit 1) i
), fresh as materialized (
  -- Two steps of one visit in one batch: the first is taken, the other answers retry.
  select *, row_number() over (partition by appointment_id order by ord) as turn from request r
  where coalesce((select false from platform.idempotency i where i.scope = r.scope and i.key = r.key), true)
), seen as materialized (
  select f.*, a.id as found_id, a.session_id, a.slot_id, a.patient_id, a.account_id, a.status as old_status,
    a.hold_until, a.contact_due, a.channel, a.service_date, a.cancelled_at, a.created_at, a.ordinal,
    s.state as slot_state, s.pool, s.starts_at as number_starts_at, s.ends_at as number_ends_at, s.appointment_id as slot_appointment_id, s.draw_id as slot_draw_id
  from fresh f
  left join booking.appointment a on a.id = f.appointment_id
  left join booking.slot s on s.id = a.slot_id
), stock as materialized (
  select t.* from booking.session_stock t where t.session_id in (select session_id from seen)
  order by t.session_id for update
), scarce as materialized (
  -- Asked only where a number comes back, and by index: dead entries of sold numbers are many.
  select t.session_id, t.method = 'draw' or (select o.id from booking.slot o
    where o.session_id = t.session_id and o.pool = 'online' and o.is_free
    order by o.sequence limit 1) is null as is_scarce
  from stock t where t.session_id in (select session_id from seen where number = 'give-back')
), target as materialized (
  -- Apart from what was seen, so that the sessions are joined once for the batch, not for each visit.
  select v.*, t.hospital_id as session_hospital_id, t.state as session_state, t.method, t.released_at, c.is_scarce
  from seen v left join stock t using (session_id) left join scarce c using (session_id)
), judged as materialized (
  select g.*, g.to_status as new_status, case
      when g.found_id is null or (g.owner_account_id is not null and g.owner_account_id is distinct from g.account_id)
        or (g.hospital_id is not null and g.hospital_id is distinct from g.session_hospital_id) then 'visit-unknown'
      when not g.old_status = any(string_to_array(g.from_statuses, ',')) then
        case when g.old_status = 'stopped' then 'stopped' else 'not-now' end
      when g.turn > 1 then 'retry'
      when g.before_start and g.number_starts_at <= g.at then 'begun'
      -- Who must be called first keeps the number until the call, or until its time is over.
      when g.before_hold_end and g.hold_until <= g.at and not g.contact_due then 'hold-over'
      when g.after_hold_end and (g.hold_until > g.at or g.contact_due and g.number_ends_at > g.at) then 'not-now'
      when g.number = 'take-back' and (g.cancelled_at is null or g.at > g.cancelled_at + interval '10 minutes') then 'undo-over'
      when g.number = 'take-back' and g.session_state = 'stopped' then 'stopped'
      when g.number = 'take-back' and g.number_ends_at <= g.at then 'over'
      when g.number = 'take-back' and (g.slot_appointment_id is not null or not (g.slot_state in ('free', 'cooling')
        or g.slot_state = 'unreleased' and g.slot_draw_id is null)) then 'slot-taken'
      when g.number = 'take-back' and exists (
        select from booking.appointment o where o.session_id = g.session_id and o.patient_id = g.patient_id
          and o.ordinal = g.ordinal and o.id <> g.found_id
          and o.is_active) then 'session-day'
    end as refusal,
    case g.number
      when 'keep' then g.slot_state
      when 'take-back' then 'booked'
      when 'book' then 'booked'
      when 'check-in' then 'checked_in'
      when 'give-back' then case
        when g.service_date <= g.today then 'free'
        when g.pool = 'online' and g.method = 'order' and g.released_at is null then 'unreleased'
        when g.pool = 'online' and g.is_scarce then 'cooling'
        else 'free' end
    end as new_slot_state
  from target g
), moved as (
  update booking.appointment a set status = j.to_status,
    hold_until = case when j.to_status = 'held' then a.hold_until end,
    contact_due = a.contact_due and j.to_status = 'held',
    confirmed_at = case when j.number = 'book' then j.at else a.confirmed_at end,
    cancelled_at = case when j.to_status = 'cancelled' then j.at when j.number = 'take-back' then null else a.cancelled_at end,
    checked_in_at = case when j.to_status = 'checked_in' then j.at else a.checked_in_at end,
    identity_checked_by = coalesce(j.identity_checked_by, a.identity_checked_by),
    called_at = case when j.to_status = 'called' then j.at else a.called_at end,
    calls = a.calls + case when j.to_status = 'called' then 1 else 0 end,
    missed = case when j.event_name = 'booking.visit.missed' then true when j.to_status = 'called' then false else a.missed end,
    missed_at = case when j.event_name = 'booking.visit.missed' then j.at else a.missed_at end,
    ended_at = case when j.to_status in ('fulfilled', 'noshow', 'cancelled', 'lapsed') then j.at end
  from judged j
  where a.id = j.appointment_id and j.refusal is null and a.status || '' = j.old_status
    and a.slot_id = j.slot_id
  returning j.*
), numbered as (
  update booking.slot s set state = j.new_slot_state, version = s.version + 1,
    hold_until = case when j.new_slot_state = 'held' then s.hold_until end,
    appointment_id = case when j.new_slot_state in ('held', 'booked', 'checked_in') then j.appointment_id end,
    pool = case when j.number = 'give-back' and j.service_date <= j.today and s.pool in ('online', 'same_day') then 'on_site' else s.pool end,
    cooling_until = case when j.new_slot_state = 'cooling' then j.cooling_until end,
    excluded_account_id = case when j.number = 'give-back' and j.new_slot_state = 'cooling' then j.account_id
      when j.number = 'take-back' then null else s.excluded_account_id end,
    excluded_patient_id = case when j.number = 'give-back' and j.new_slot_state = 'cooling' then j.patient_id
      when j.number = 'take-back' then null else s.excluded_patient_id end
  from moved j
  where s.id = j.slot_id
  returning j.*, s.version, s.state
), told as (
  insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
  select event_id, session_hospital_id, event_name, 'slot:' || slot_id, version, patient_id, actor,
    jsonb_strip_nulls(jsonb_build_object('appointment_id', appointment_id, 'session_id', session_id,
      'slot_id', slot_id, 'status', new_status, 'channel', channel, 'number', state, 'detail', detail)), at
  from numbered
), verdict as materialized (
  select j.ord, j.scope, j.key, j.fingerprint, j.at, case
    when n.ord is not null then jsonb_build_object('appointment_id', j.appointment_id,
      'slot_id', j.slot_id, 'status', j.new_status, 'number', n.state)
    else jsonb_build_object('refusal', coalesce(j.refusal, 'retry'), 'status', j.old_status) end as answer
  from judged j left join numbered n using (ord)
), stored as (
  insert into platform.idempotency (scope, key, fingerprint, answer, created_at)
  select scope, key, fingerprint, answer, at from verdict where answer ->> 'refusal' is distinct from 'retry'
)
select ord, answer, null as replay_fingerprint from verdict
union all
select ord, answer, fingerprint from known
order by ord`,
    ),
  );
}
