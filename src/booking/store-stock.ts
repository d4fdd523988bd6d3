import { shanghaiInstant } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/** A session as booking needs to know it; `schedule` owns the rest. */
export type StockSession = {
  session_id: string;
  hospital_id: string;
  healthcare_service_id: string;
  practitioner_id: string | null;
  service_date: string;
  starts_at: Date;
  ends_at: Date;
  numbers: number;
  direct_pools: Record<string, number>;
  patient_bookings_max: number;
  master: 'own' | 'his';
  /** What limits go by; a session that stays open is never limited (see `limits/`). */
  department_id?: string;
  period?: string;
  level?: string;
  stays_open?: boolean;
};

/**
 * Makes the numbers of sessions: one row each, unreleased, spread evenly over the session's time.
 * Numbers set aside for a purpose come last in sequence. Running it again adds only what is missing,
 * so a repeated event changes nothing; a session that grew gets its new numbers at the end, and of
 * them only as many are set aside as the purpose still lacks. Numbers of a session that the HIS
 * masters are not entrusted to us until it says so.
 * @returns how many numbers were made.
 */
export async function openStock(
  tx: Tx,
  sessions: StockSession[],
  by: { at: Date; actor: string },
): Promise<number> {
  const rows = JSON.stringify(sessions);
  await tx.run(sql`
    insert into booking.session_stock (session_id, hospital_id, healthcare_service_id, practitioner_id,
      service_date, starts_at, ends_at, patient_bookings_max, master, department_id, period, level, stays_open)
    select session_id, hospital_id, healthcare_service_id, practitioner_id,
      service_date, starts_at, ends_at, patient_bookings_max, master, department_id, period, level,
      coalesce(stays_open, false)
    from json_to_recordset(${rows}) as r(session_id uuid, hospital_id uuid, healthcare_service_id uuid,
      practitioner_id uuid, service_date date, starts_at timestamptz, ends_at timestamptz,
      patient_bookings_max int, master text, department_id uuid, period text, level text, stays_open boolean)
    order by session_id
    on conflict (session_id) do update set practitioner_id = excluded.practitioner_id,
      patient_bookings_max = excluded.patient_bookings_max, level = excluded.level,
      stays_open = excluded.stays_open`);
  const opened = await tx.many<{ numbers: number }>(sql`
    with session as materialized (
      select * from json_to_recordset(${rows}) as r(session_id uuid, hospital_id uuid, service_date date,
        starts_at timestamptz, ends_at timestamptz, numbers int, direct_pools jsonb, master text)
    ), lack as materialized (
      -- What each purpose still lacks, laid end to end before the last number.
      select session_id, pool, numbers - sum(missing) over w as after,
        numbers - sum(missing) over w + missing as upto
      from (
        select r.session_id, r.numbers, p.key as pool, greatest(0, p.value::int - (
          select count(*) from booking.slot s where s.session_id = r.session_id and s.pool = p.key)) as missing
        from session r cross join lateral jsonb_each_text(r.direct_pools) p) m
      window w as (partition by session_id order by pool desc)
    ), made as (
      insert into booking.slot (hospital_id, id, session_id, service_date, sequence, starts_at, ends_at, pool, entrusted)
      select r.hospital_id, uuidv7(), r.session_id, r.service_date, h.last + n - h.regular,
        r.starts_at + (r.ends_at - r.starts_at) * (n - 1) / r.numbers,
        r.starts_at + (r.ends_at - r.starts_at) * n / r.numbers,
        case when r.direct_pools = '{}' then 'online' else coalesce((select l.pool from lack l
          where l.session_id = r.session_id and n > l.after and n <= l.upto), 'online') end,
        r.master = 'own'
      from session r cross join lateral (
        -- Numbers that doctors added stand beside the session's own and take none of their places.
        select (count(*) - count(x.slot_id))::int as regular, coalesce(max(s.sequence), 0) as last
        from booking.slot s left join booking.extra_number x on x.slot_id = s.id
        where s.session_id = r.session_id) h
      cross join lateral generate_series(h.regular + 1, r.numbers) n
      on conflict (session_id, sequence) do nothing
      returning session_id
    ), raised as (
      update booking.session_stock t set version = t.version + 1
      from (select session_id, count(*) as numbers from made group by session_id) m
      where t.session_id = m.session_id
      returning t.session_id, t.hospital_id, t.version, m.numbers
    ), told as (
      insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
      select uuidv7(), hospital_id, 'booking.stock.opened', 'stock:' || session_id, version, ${by.actor},
        jsonb_build_object('session_id', session_id, 'numbers', numbers), ${by.at}
      from raised
    )
    select numbers from raised`);
  return opened.reduce((sum, row) => sum + row.numbers, 0);
}

/** How a plan shares out the numbers of a session that have no purpose of their own. */
export type Shares = { session_id: string; on_site: number; same_day: number };

/**
 * Divides sessions' unreleased online numbers into online, same-day and on-site pools. The on-site
 * share is rounded up and spread over the session, so that those who come in person wait no longer.
 */
export async function assignPools(tx: Tx, sessions: readonly Shares[]): Promise<void> {
  const ids = sessions.map((session) => session.session_id);
  // A session can come under a new plan: what the last one shared out starts again as online.
  await tx.run(sql`
    update booking.slot set pool = 'online'
    where session_id = any(${ids}::uuid[]) and state = 'unreleased' and pool in ('on_site', 'same_day')`);
  const shared = sessions.filter((session) => session.on_site > 0 || session.same_day > 0);
  if (shared.length === 0) return;
  await tx.run(sql`
    with share as (
      select * from json_to_recordset(${JSON.stringify(shared)}) as r(session_id uuid, on_site numeric, same_day numeric)
    ), open as (
      select s.id, s.session_id, h.on_site as on_site_share, h.same_day as same_day_share,
        row_number() over (partition by s.session_id order by s.sequence) - 1 as seat,
        count(*) over (partition by s.session_id) as total
      from booking.slot s join share h using (session_id)
      where s.pool = 'online' and s.state = 'unreleased' and s.entrusted
    ), counted as (
      select id, session_id, seat, total,
        least(total, case when on_site_share > 0 then greatest(1, ceil(total * on_site_share)) else 0 end) as on_site,
        floor(total * same_day_share) as same_day
      from open
    ), marked as (
      -- Bresenham: seat k is on-site where the running share crosses a whole number.
      select *, floor((seat + 1) * on_site / total) > floor(seat * on_site / total) as is_on_site from counted
    ), rest as (
      select id, same_day, row_number() over (partition by session_id order by seat) - 1 as place,
        count(*) over (partition by session_id) as left_over
      from marked where not is_on_site
    ), assigned as (
      select id, 'on_site' as pool from marked where is_on_site
      union all
      select id, 'same_day' from rest
      where floor((place + 1) * least(same_day, left_over) / left_over) > floor(place * least(same_day, left_over) / left_over)
    )
    update booking.slot s set pool = a.pool from assigned a where a.id = s.id`);
}

/**
 * Publishes sessions' unreleased numbers of some pools (放号); only entrusted ones, never of a
 * stopped session, never one that a draw will give out. Each number that changed state bumps its
 * version and tells an event in the same statement.
 */
export async function releaseNumbers(
  tx: Tx,
  input: {
    session_ids: readonly string[];
    pools: readonly string[];
    at: Date;
    actor: string;
    /** Opening a direct pool to its doctors does not count as the session's release. */
    direct?: boolean;
  },
): Promise<number> {
  return tx.run(sql`
    with stock as materialized (
      update booking.session_stock set
        released_at = case when ${input.direct ?? false} then released_at else coalesce(released_at, ${input.at}) end
      where session_id = any(${input.session_ids}::uuid[]) and state = 'planned' returning session_id, hospital_id
    ), freed as (
      update booking.slot s set state = 'free', released_at = ${input.at}, version = s.version + 1
      from stock t where s.session_id = t.session_id and s.state = 'unreleased'
        and s.pool = any(${input.pools}) and s.entrusted and s.draw_id is null
      returning s.id, s.session_id, s.version, s.pool, s.hospital_id
    )
    insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
    select uuidv7(), hospital_id, 'booking.number.released', 'slot:' || id, version, ${input.actor},
      jsonb_build_object('session_id', session_id, 'pool', pool, 'numbers', 1), ${input.at}
    from freed`);
}

/** Marks sessions as drawn or in order; a drawn session's returned numbers always cool. */
export async function setMethod(
  tx: Tx,
  session_ids: readonly string[],
  method: 'order' | 'draw',
): Promise<void> {
  await tx.run(sql`
    update booking.session_stock set method = ${method}
    where session_id = any(${session_ids}::uuid[]) and method <> ${method}`);
}

/**
 * 停诊: every number of the session stops and every visit not yet over ends as `stopped`, which
 * never counts against the patient. Runs again without effect.
 */
export async function stopStock(
  tx: Tx,
  input: { session_id: string; at: Date; actor: string },
): Promise<number> {
  await tx.run(
    sql`update booking.session_stock set state = 'stopped' where session_id = ${input.session_id}`,
  );
  return tx.run(sql`
    with visits as (
      update booking.appointment set status = 'stopped', hold_until = null, ended_at = ${input.at}
      where session_id = ${input.session_id} and status in ('held', 'booked', 'checked_in', 'called')
      returning id, slot_id, patient_id, channel
    ), numbers as (
      update booking.slot set state = 'stopped', hold_until = null, appointment_id = null,
        cooling_until = null, version = version + 1
      where session_id = ${input.session_id} and state not in ('stopped', 'void')
        -- A visit that is over keeps its number.
        and id not in (select slot_id from booking.appointment
          where session_id = ${input.session_id} and status in ('fulfilled', 'noshow'))
      returning id, version, hospital_id, pool
    )
    insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
    select uuidv7(), n.hospital_id,
      case when v.id is null then 'booking.number.returned' else 'booking.visit.stopped' end,
      'slot:' || n.id, n.version, v.patient_id, ${input.actor},
      case when v.id is null
        then jsonb_build_object('session_id', ${input.session_id}::text, 'slot_id', n.id, 'state', 'stopped', 'why', 'stop')
        else jsonb_build_object('appointment_id', v.id, 'session_id', ${input.session_id}::text, 'slot_id', n.id,
          'status', 'stopped', 'channel', v.channel, 'pool', n.pool) end, ${input.at}
    from numbers n left join visits v on v.slot_id = n.id`);
}

/**
 * A stopped session that is held after all. A number goes back to where it was on its way: released
 * ones are free, those of a coming draw wait for it, drawn ones cool for the next batch, the rest
 * stays unreleased. Visits that the stop ended stay ended.
 */
export async function resumeStock(
  tx: Tx,
  input: { session_id: string; at: Date; actor: string },
): Promise<number> {
  await tx.run(
    sql`update booking.session_stock set state = 'planned' where session_id = ${input.session_id}`,
  );
  return tx.run(sql`
    with numbers as (
      update booking.slot s set version = s.version + 1, state = d.state,
        cooling_until = case when d.state = 'cooling' then ${input.at}::timestamptz end
      from (
        select id, case
            when not entrusted then 'unreleased'
            when draw_id is not null and exists (
              select from booking.appointment a where a.slot_id = o.id) then 'cooling'
            when draw_id is null and released_at is not null then 'free'
            else 'unreleased' end as state
        from booking.slot o where session_id = ${input.session_id} and state = 'stopped') d
      where s.id = d.id returning s.id, s.version, s.hospital_id, s.state
    )
    insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
    select uuidv7(), hospital_id, 'booking.number.returned', 'slot:' || id, version, ${input.actor},
      jsonb_build_object('session_id', ${input.session_id}::text, 'slot_id', id, 'state', state, 'why', 'resume'), ${input.at}
    from numbers`);
}

/** The last instant at which a number of a clinic day is still remote stock: 20:00 of the day before. */
export function remoteUntil(service_date: string): Date {
  return new Date(shanghaiInstant(service_date, '20:00').getTime() - 86_400_000);
}
