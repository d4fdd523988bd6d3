import type { Queryable } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/** What is left of a session, counted; never shown as it is while a number is unreleased. */
export type NumberCounts = {
  session_id: string;
  state: 'planned' | 'stopped';
  method: 'order' | 'draw';
  released_at: Date | null;
  total: number;
  unreleased: number;
  /** Bookable by remote channels at `at`, with the expired holds that are free at the next look. */
  free: number;
  /** Free in any pool, direct and on-site ones included. */
  free_any: number;
  held: number;
  booked: number;
  checked_in: number;
  cooling: number;
  stopped: number;
  void: number;
  /** Free in the on-site pool. */
  on_site_free: number;
  on_site: number;
};

/** Counts the numbers of sessions in one statement, by session id; sessions without stock are absent. */
export async function countNumbers(
  db: Queryable,
  session_ids: readonly string[],
  at: Date,
): Promise<Map<string, NumberCounts>> {
  const rows = await db.many<NumberCounts>(sql`
    select t.session_id, t.state, t.method, t.released_at, n.*,
      -- An expired hold of a session that is not scarce is free as soon as anyone asks for it.
      n.remote_open + case when t.method = 'order' and n.online_free > 0 then n.expired else 0 end as free
    from booking.session_stock t cross join lateral (
      select count(*) as total,
        count(*) filter (where state = 'unreleased') as unreleased,
        count(*) filter (where state = 'free') as free_any,
        count(*) filter (where state = 'held') as held,
        count(*) filter (where state = 'booked') as booked,
        count(*) filter (where state = 'checked_in') as checked_in,
        count(*) filter (where state = 'cooling') as cooling,
        count(*) filter (where state = 'stopped') as stopped,
        count(*) filter (where state = 'void') as void,
        count(*) filter (where state = 'free' and pool = 'online') as online_free,
        count(*) filter (where state = 'free' and pool in ('online', 'same_day') and ends_at > ${at}) as remote_open,
        count(*) filter (where state = 'held' and hold_until <= ${at} and pool = 'online' and ends_at > ${at}) as expired,
        count(*) filter (where state = 'free' and pool = 'on_site' and ends_at > ${at}) as on_site_free,
        count(*) filter (where pool = 'on_site') as on_site
      from booking.slot s where s.session_id = t.session_id) n
    where t.session_id = any(${[...session_ids]}::uuid[])`);
  return new Map(rows.map((row) => [row.session_id, row]));
}

export type FreeNumber = { slot_id: string; sequence: number; starts_at: Date; ends_at: Date };

/** The numbers of a session that remote channels can book at `at`, by sequence. */
export function freeNumbers(db: Queryable, session_id: string, at: Date): Promise<FreeNumber[]> {
  return db.many<FreeNumber>(sql`
    select s.id as slot_id, s.sequence, s.starts_at, s.ends_at
    from booking.slot s join booking.session_stock t using (session_id)
    where s.session_id = ${session_id} and t.state = 'planned' and s.pool in ('online', 'same_day')
      and s.ends_at > ${at} and (s.state = 'free' or (
        s.state = 'held' and s.hold_until <= ${at} and t.method = 'order' and exists (
          select from booking.slot o where o.session_id = s.session_id and o.pool = 'online' and o.is_free)))
    order by s.sequence`);
}

/** Holds whose deadline has passed, the oldest first. */
export function selectExpiredHolds(
  db: Queryable,
  input: { session_id: string | null; at: Date; limit: number },
): Promise<{ appointment_id: string; hold_until: Date }[]> {
  return input.session_id === null
    ? db.many(sql`
        select a.id as appointment_id, a.hold_until from booking.appointment a
        where a.status = 'held' and a.hold_until <= ${input.at}
          and (not a.contact_due or exists (
            select from booking.slot s where s.id = a.slot_id and s.ends_at <= ${input.at}))
        order by a.hold_until, a.id limit ${input.limit}`)
    : db.many(sql`
        select s.appointment_id, s.hold_until
        from booking.slot s join booking.appointment a on a.id = s.appointment_id
        where s.session_id = ${input.session_id} and s.hold_until <= ${input.at}
          and (not a.contact_due or s.ends_at <= ${input.at})
        order by s.hold_until, s.id limit ${input.limit}`);
}

/** What booking knows of a session besides its numbers; undefined when it has none. */
export async function stockOf(
  db: Queryable,
  session_id: string,
): Promise<{ hospital_id: string; starts_at: Date } | undefined> {
  return db.maybe(sql`
    select hospital_id, starts_at from booking.session_stock where session_id = ${session_id}`);
}
