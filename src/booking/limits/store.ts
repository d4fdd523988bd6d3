import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { CompiledLimit } from './compile.ts';
import type { HistoryVisit } from './dry-run.ts';
import type { RuleSetVersion } from './rule-set.ts';

/**
 * Adds a version on top of the one the writer has read.
 * @returns false when somebody else wrote one meanwhile.
 */
export async function insertRuleSet(
  tx: Tx,
  row: RuleSetVersion & { limits: CompiledLimit[] },
): Promise<boolean> {
  const written = await tx.run(sql`
    insert into booking.rule_set (hospital_id, version, effective_from, rules, limits, reason, written_by, written_at)
    values (${row.hospital_id}, ${row.version}, ${row.effective_from}, ${JSON.stringify(row.rules)},
      ${JSON.stringify(row.limits)}, ${row.reason}, ${row.written_by}, ${row.written_at})
    on conflict (hospital_id, version) do nothing`);
  return written === 1;
}

/** Every version of a hospital, the newest first. */
export function selectRuleSets(db: Queryable, hospital_id: string): Promise<RuleSetVersion[]> {
  return db.many<RuleSetVersion>(sql`
    select hospital_id, version, effective_from, rules, reason, written_by, written_at
    from booking.rule_set where hospital_id = ${hospital_id} order by version desc`);
}

/** The version in force on a day, if the hospital has one. */
export function selectRuleSetOn(
  db: Queryable,
  input: { hospital_id: string; day: string },
): Promise<RuleSetVersion | undefined> {
  return db.maybe<RuleSetVersion>(sql`
    select hospital_id, version, effective_from, rules, reason, written_by, written_at
    from booking.rule_set where hospital_id = ${input.hospital_id} and effective_from <= ${input.day}
    order by version desc limit 1`);
}

export async function hospitalOfSession(
  db: Queryable,
  session_id: string,
): Promise<string | undefined> {
  const found = await db.maybe<{ hospital_id: string }>(
    sql`select hospital_id from booking.session_stock where session_id = ${session_id}`,
  );
  return found?.hospital_id;
}

export type LimitHit = { told: CompiledLimit['told']; used: number; hospital_id: string };

/**
 * Locks the stock of a visit's session, then its person, account, phone and device, as the take does:
 * nothing is taken for them until the caller's transaction ends. Without rules there is nothing to lock.
 */
export async function lockSubjects(tx: Tx, appointment_id: string): Promise<void> {
  await tx.run(sql`
    select from booking.session_stock where session_id = (
      select session_id from booking.appointment where id = ${appointment_id}) for update`);
  await tx.run(sql`
    insert into booking.limit_subject as g (key, version)
    select distinct k, 1 from booking.appointment a
    cross join lateral unnest(array[uuid_hash_extended(a.patient_id, 0), coalesce(uuid_hash_extended(a.account_id, 1),
      hashtextextended(encode(a.phone_index, 'hex'), 2), hashtextextended(a.device_key_id, 3))]) k
    where a.id = ${appointment_id} and k is not null
      and exists (select from booking.rule_set v where v.hospital_id = a.hospital_id)
    order by 1
    on conflict (key) do update set version = g.version + 1`);
}

/**
 * The first limit of active bookings that a visit would be above if it were (again) active in a session
 * at this moment. Bookings made and cancellations are not asked, for nothing new is made; nor, for a
 * move, what goes by when the visit was booked. Runs after `lockSubjects`, as a statement of its own, so
 * that it sees what the lock waited for.
 */
export function firstLimitOver(
  tx: Tx,
  input: { appointment_id: string; session_id: string; channel: string; at: Date; moves: boolean },
): Promise<LimitHit | undefined> {
  return tx.maybe<LimitHit>(sql`
    select r.told, c.used, t.hospital_id
    from booking.appointment a
    join booking.session_stock t on t.session_id = ${input.session_id} and not t.stays_open
    cross join lateral (
      select v.limits from booking.rule_set v where v.hospital_id = t.hospital_id
        and v.effective_from <= (${input.at}::timestamptz at time zone 'Asia/Shanghai')::date
      order by v.version desc limit 1) v
    cross join lateral jsonb_to_recordset(v.limits) as r(n int, counts text, per text, place text, part text,
      span interval, month_day int, max int, channels text[], told jsonb)
    cross join lateral (
      select count(*) as used from booking.appointment p join booking.session_stock q on q.session_id = p.session_id
      where p.id <> a.id and p.hospital_id = t.hospital_id
        and (r.per = 'patient' and p.patient_id = a.patient_id or r.per = 'account' and p.account_id = a.account_id
          or r.per = 'phone' and p.phone_index = a.phone_index or r.per = 'device' and p.device_key_id = a.device_key_id)
        and booking.limit_counts(r.counts, r.part, r.place,
          booking.limit_since(${input.at}, r.span, r.month_day), r.channels, ${input.at}, t.session_id, t.department_id,
          t.service_date, t.period, p.session_id, q.department_id, p.service_date, q.period, p.channel, p.status,
          p.is_active, p.hold_until, p.contact_due, p.created_at, p.confirmed_at, p.cancelled_at)) c
    where a.id = ${input.appointment_id} and r.counts = 'active_bookings' and (r.part is not null or not ${input.moves})
      and ${input.channel} = any(r.channels) and c.used >= r.max
    order by r.n limit 1`);
}

const history_max = 200_000;

/** What was booked in a hospital since a day and what became of it, in the order it was made. */
export function selectHistory(
  db: Queryable,
  input: { hospital_id: string; from: string },
): Promise<Omit<HistoryVisit, 'age'>[]> {
  return db.many(sql`
    select a.patient_id as patient, a.account_id as account, encode(a.phone_index, 'hex') as phone,
      a.device_key_id as device, a.hospital_id as hospital, a.session_id as session, t.department_id as department,
      a.service_date as day, t.period as half_day, a.channel, a.created_at as made_at,
      a.confirmed_at is not null as confirmed,
      case when a.status in ('cancelled', 'lapsed', 'stopped', 'void') then coalesce(a.ended_at, a.cancelled_at, a.created_at) end as gone_at,
      case a.status when 'cancelled' then 'cancelled' when 'lapsed' then 'lapsed'
        when 'stopped' then 'stopped' when 'void' then 'stopped' end as gone_how,
      case when a.status = 'noshow' and s.pool <> 'free_return' then a.ended_at end as no_show_at,
      case when a.status = 'lapsed' and a.channel = 'draw' then a.ended_at end as unconfirmed_at,
      case when a.status = 'cancelled' and exists (select from platform.event e where e.subject = 'slot:' || a.slot_id
        and e.name = 'booking.visit.cancelled' and e.payload ->> 'appointment_id' = a.id::text
        and (e.payload -> 'detail' ->> 'late')::boolean) then a.cancelled_at end as late_cancel_at
    from booking.appointment a join booking.session_stock t on t.session_id = a.session_id
    join booking.slot s on s.id = a.slot_id
    where a.hospital_id = ${input.hospital_id} and a.created_at >= ${input.from}::date::timestamp at time zone 'Asia/Shanghai'
    order by a.created_at limit ${history_max}`);
}
