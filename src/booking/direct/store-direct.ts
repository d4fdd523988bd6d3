import type { Queryable, Tx } from '../../platform/db.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import { sql } from '../../platform/sql.ts';
import type { Pool } from '../types.ts';
import { default_added_share } from './rules.ts';

/* What the three ways of giving a number directly share. */

export type DirectStock = {
  session_id: string;
  hospital_id: string;
  practitioner_id: string | null;
  healthcare_service_id: string;
  service_date: string;
  master: 'own' | 'his';
  ends_at: Date;
  state: 'planned' | 'stopped';
};

/** Locks a session's numbers; everything that is read after it in the transaction is the newest. */
export function lockDirectStock(tx: Tx, session_id: string): Promise<DirectStock | undefined> {
  return tx.maybe<DirectStock>(sql`
    select session_id, hospital_id, practitioner_id, healthcare_service_id, service_date, master,
      ends_at, state
    from booking.session_stock where session_id = ${session_id} for update`);
}

/** The answer a repeated request was given before. */
export function answerBefore<Answer>(
  tx: Tx,
  { scope, key }: Idempotency,
): Promise<{ answer: Answer; fingerprint: string } | undefined> {
  return tx.maybe(sql`
    select answer, fingerprint from platform.idempotency where scope = ${scope} and key = ${key}`);
}

export async function keepAnswer(
  tx: Tx,
  { scope, key, fingerprint }: Idempotency,
  kept: { answer: object; at: Date },
): Promise<void> {
  await tx.run(sql`
    insert into platform.idempotency (scope, key, fingerprint, answer, created_at)
    values (${scope}, ${key}, ${fingerprint}, ${JSON.stringify(kept.answer)}::jsonb, ${kept.at})`);
}

/**
 * Finds a free number of a pool that only forms open, or makes one after the session's last, under
 * the stock's lock. With a department, the quota is counted here, in the statement that makes the
 * number: `slot_id` is null when it is used up. A number made now tells of itself on the stock.
 */
export function openNumber(
  tx: Tx,
  input: {
    session_id: string;
    pool: Extract<Pool, 'added' | 'green_channel' | 'referral' | 'free_return'>;
    slot_id: string;
    /** Counts the department's quota; null: there is none, or somebody approved it. */
    quota_of: string | null;
    at: Date;
    actor: string;
  },
): Promise<{ slot_id: string | null; quota: number; used: number }> {
  return tx.one(sql`
    with stock as (
      select t.* from booking.session_stock t where t.session_id = ${input.session_id}
    ), counted as (
      select count(s.id) filter (where x.slot_id is null and s.state <> 'void') as numbers,
        count(s.id) filter (where s.pool = 'added' and s.appointment_id is not null) as used,
        coalesce(max(s.sequence), 0) as last,
        max(s.starts_at) filter (where x.slot_id is null) as last_starts_at
      from booking.slot s left join booking.extra_number x on x.slot_id = s.id
      where s.session_id = ${input.session_id}
    ), quota as (
      select c.*, coalesce((select q.share from booking.added_quota q, stock t
          where q.hospital_id = t.hospital_id and q.department_id = ${input.quota_of}::uuid
          order by q.version desc limit 1), ${default_added_share}::numeric) as share
      from counted c
    ), judged as (
      -- As addedQuota in rules.ts.
      select q.*, case when share = 0 then 0 else greatest(1, floor(numbers * share))::int end as quota
      from quota q
    ), allowed as (
      select * from judged where ${input.quota_of}::uuid is null or used < quota
    ), again as (
      -- One that came back is given before another is made.
      select s.id from booking.slot s, allowed
      where s.session_id = ${input.session_id} and s.pool = ${input.pool} and s.is_free
        and s.ends_at > ${input.at}
      order by s.sequence limit 1
    ), made as (
      insert into booking.slot (hospital_id, id, session_id, service_date, sequence, starts_at,
        ends_at, pool, state, released_at)
      select t.hospital_id, ${input.slot_id}, t.session_id, t.service_date, a.last + 1,
        -- Added people come at the end; who is urgent need not wait for an hour to come.
        case when ${input.pool} in ('added', 'referral') then coalesce(a.last_starts_at, t.starts_at)
          else greatest(t.starts_at, ${input.at}::timestamptz) end,
        t.ends_at, ${input.pool}, 'free', ${input.at}
      from stock t, allowed a where not exists (select from again)
      returning id, session_id
    ), noted as (
      insert into booking.extra_number (slot_id, session_id, made_at)
      select id, session_id, ${input.at} from made
    ), raised as (
      update booking.session_stock t set version = t.version + 1 from made m
      where t.session_id = m.session_id returning t.session_id, t.hospital_id, t.version, m.id
    ), told as (
      insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
      select uuidv7(), hospital_id, 'booking.number.added', 'stock:' || session_id, version,
        ${input.actor}, jsonb_build_object('session_id', session_id, 'slot_id', id,
          'pool', ${input.pool}::text, 'numbers', 1), ${input.at}
      from raised
    )
    select coalesce((select id from again), (select id from made)) as slot_id, quota, used from judged`);
}

/** A visit as its doctor sees it: where it is and whose. */
export type SourceVisit = {
  appointment_id: string;
  hospital_id: string;
  session_id: string;
  patient_id: string;
  service_date: string;
  status: string;
};

export function selectSource(
  db: Queryable,
  input: { appointment_id: string; hospital_id: string },
): Promise<SourceVisit | undefined> {
  return db.maybe(sql`
    select id as appointment_id, hospital_id, session_id, patient_id, service_date, status
    from booking.appointment
    where id = ${input.appointment_id} and hospital_id = ${input.hospital_id}`);
}

/** Who was seen lately by the doctor of a session (of its clinic, where no doctor is named). */
export async function recentPatients(
  db: Queryable,
  input: { session_id: string; hospital_id: string; since: string; limit: number },
): Promise<string[]> {
  const rows = await db.many<{ patient_id: string }>(sql`
    select a.patient_id from booking.session_stock t
    join booking.session_stock o on o.hospital_id = t.hospital_id
      and o.service_date between ${input.since} and t.service_date
      and case when t.practitioner_id is null then o.healthcare_service_id = t.healthcare_service_id
        else o.practitioner_id = t.practitioner_id end
    join booking.appointment a on a.session_id = o.session_id
      and a.status in ('checked_in', 'called', 'fulfilled')
    where t.session_id = ${input.session_id} and t.hospital_id = ${input.hospital_id}
      -- Who is in the session already needs no number added to it.
      and not exists (select from booking.appointment b
        where b.session_id = t.session_id and b.patient_id = a.patient_id and b.is_active)
    group by a.patient_id
    order by max(coalesce(a.called_at, a.checked_in_at)) desc nulls last limit ${input.limit}`);
  return rows.map((row) => row.patient_id);
}

/** Free numbers of direct pools, by session; sessions without one are absent. */
export function freeDirect(
  db: Queryable,
  input: { session_ids: readonly string[]; pools: readonly Pool[]; at: Date },
): Promise<{ session_id: string; free: number }[]> {
  return db.many(sql`
    select s.session_id, count(*)::int as free from booking.slot s
    join booking.session_stock t using (session_id)
    where s.session_id = any(${[...input.session_ids]}::uuid[]) and t.state = 'planned'
      and s.is_free and s.pool = any(${[...input.pools]}) and s.ends_at > ${input.at}
    group by s.session_id`);
}

/** The numbers behind `freeDirect` of some sessions, for a patient who moves a visit. */
export function freeDirectNumbers(
  db: Queryable,
  input: { session_ids: readonly string[]; pools: readonly Pool[]; at: Date; limit: number },
): Promise<{ slot_id: string; session_id: string; starts_at: Date; ends_at: Date }[]> {
  return db.many(sql`
    select s.id as slot_id, s.session_id, s.starts_at, s.ends_at from booking.slot s
    join booking.session_stock t using (session_id)
    where s.session_id = any(${[...input.session_ids]}::uuid[]) and t.state = 'planned'
      and s.is_free and s.pool = any(${[...input.pools]}) and s.ends_at > ${input.at}
    order by s.starts_at, s.sequence limit ${input.limit}`);
}
