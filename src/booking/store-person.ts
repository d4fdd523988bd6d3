import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/* What booking keeps of one person: for a copy, for deletion, for retention. */

export async function visitsForCopy(
  db: Queryable,
  patient_id: string,
): Promise<Record<string, unknown>> {
  return db.one(sql`
    select
      (select coalesce(json_agg(json_build_object('appointment_id', id, 'hospital_id', hospital_id,
        'session_id', session_id, 'service_date', service_date, 'status', status, 'channel', channel,
        'created_at', created_at, 'confirmed_at', confirmed_at, 'cancelled_at', cancelled_at,
        'checked_in_at', checked_in_at, 'ended_at', ended_at, 'device', device_key_id,
        'booked_by', split_part(booked_by, ':', 1)) order by created_at), '[]')
        from booking.appointment where patient_id = ${patient_id}) as visits,
      (select coalesce(json_agg(json_build_object('scope', scope, 'reason', reason, 'source', source,
        'starts_at', starts_at, 'ends_at', ends_at, 'lifted_at', lifted_at) order by starts_at), '[]')
        from booking.restriction where patient_id = ${patient_id}) as restrictions,
      (select coalesce(json_agg(json_build_object('appointment_id', appointment_id, 'kind', kind,
        'happened_at', happened_at, 'told_by', told_by, 'cleared_at', cleared_at,
        'cleared_reason', cleared_reason) order by happened_at), '[]')
        from booking.conduct where patient_id = ${patient_id}) as conduct,
      (select coalesce(json_agg(json_build_object('appointment_id', p.appointment_id, 'kind', p.kind,
        'at', p.at) order by p.at), '[]')
        from booking.queue_priority p join booking.appointment a on a.id = p.appointment_id
        where a.patient_id = ${patient_id} and p.kind is not null) as priorities,
      (select coalesce(json_agg(json_build_object('restriction_id', restriction_id, 'state', state,
        'appealed_at', appealed_at, 'decided_at', decided_at) order by appealed_at), '[]')
        from booking.restriction_appeal where patient_id = ${patient_id}) as appeals,
      (select coalesce(json_agg(json_build_object('session_id', session_id, 'reason', reason,
        'state', state, 'asked_at', asked_at, 'decided_at', decided_at) order by asked_at), '[]')
        from booking.added_order where patient_id = ${patient_id}) as added_numbers,
      (select coalesce(json_agg(json_build_object('session_id', session_id, 'reason', reason,
        'given_at', given_at) order by given_at), '[]')
        from booking.green_upgrade where patient_id = ${patient_id}) as green_channel,
      (select coalesce(json_agg(json_build_object('session_id', session_id, 'reason', reason,
        'urgency', urgency, 'state', state, 'sent_at', sent_at) order by sent_at), '[]')
        from booking.referral where patient_id = ${patient_id}) as referrals,
      (select coalesce(json_agg(json_build_object('session_id', session_id, 'reason', reason,
        'escalated_at', escalated_at) order by escalated_at), '[]')
        from booking.team_escalation where patient_id = ${patient_id}) as team_escalations,
      (select coalesce(json_agg(json_build_object('every_months', every_months, 'times', times,
        'next_due', next_due, 'state', state, 'planned_at', planned_at) order by planned_at), '[]')
        from booking.follow_up_plan where patient_id = ${patient_id}) as follow_up_plans,
      (select coalesce(json_agg(json_build_object('department_id', department_id, 'last_day', last_day,
        'opened_at', opened_at, 'used_at', used_at) order by opened_at), '[]')
        from booking.free_return where patient_id = ${patient_id}) as free_returns,
      (select coalesce(json_agg(json_build_object('hospital_id', hospital_id, 'specialty_code', specialty_code,
        'diagnosed_on', diagnosed_on, 'source', source, 'noted_at', noted_at) order by noted_at), '[]')
        from booking.prior_diagnosis where patient_id = ${patient_id}) as prior_diagnoses`);
}

export async function hasOpenVisit(tx: Tx, patient_id: string): Promise<boolean> {
  const { open } = await tx.one<{ open: boolean }>(sql`
    select exists (select from booking.appointment where patient_id = ${patient_id}
      and status in ('held', 'booked', 'checked_in', 'called')) as open`);
  return open;
}

/** Takes away what a person wrote, and which account, device, phone and payer their visits came by. */
export async function cutTraces(tx: Tx, patient_id: string): Promise<void> {
  await tx.run(sql`
    update booking.appointment set account_id = null, device_key_id = null, payer_reference = null,
      phone_index = null, booked_by = split_part(booked_by, ':', 1)
    where patient_id = ${patient_id}`);
  await tx.run(sql`delete from booking.prior_diagnosis where patient_id = ${patient_id}`);
  // What they wrote goes; what it was about stays until it has run out.
  await tx.run(sql`delete from booking.restriction_appeal where patient_id = ${patient_id}`);
  await tx.run(
    sql`update booking.referral set sealed_note = null where patient_id = ${patient_id}`,
  );
  await tx.run(sql`
    delete from booking.queue_priority where appointment_id in (
      select id from booking.appointment where patient_id = ${patient_id})`);
  await tx.run(sql`delete from booking.phone_call where patient_id = ${patient_id}`);
}

/** Until when something a person did still counts: a restriction, a no-show or a cancellation of a year. */
export async function countsUntil(tx: Tx, patient_id: string, at: Date): Promise<Date | null> {
  const { until } = await tx.one<{ until: Date | null }>(sql`
    select greatest(
      (select max(ends_at) from booking.restriction
        where patient_id = ${patient_id} and lifted_at is null and ends_at > ${at}),
      (select max(service_date)::timestamptz + interval '365 days' from booking.appointment
        where patient_id = ${patient_id} and status = 'noshow'
          and service_date > (${at}::timestamptz - interval '365 days')::date),
      (select max(cancelled_at) + interval '365 days' from booking.appointment
        where patient_id = ${patient_id} and status = 'cancelled'
          and cancelled_at > ${at}::timestamptz - interval '365 days'),
      (select max(happened_at) + interval '365 days' from booking.conduct
        where patient_id = ${patient_id} and cleared_at is null and told_by is not null
          and happened_at > ${at}::timestamptz - interval '365 days'),
      (select ${at}::timestamptz + interval '365 days' from booking.no_show_count
        where patient_id = ${patient_id} and migrated > 0 limit 1)) as until`);
  return until;
}

export type RunningRestriction = {
  id: string;
  patient_id: string;
  reason: string;
  starts_at: Date;
  ends_at: Date;
};

export async function runningRestrictions(
  db: Queryable,
  patient_ids: readonly string[],
  at: Date,
): Promise<RunningRestriction[]> {
  return db.many(sql`
    select id, patient_id, reason, starts_at, ends_at from booking.restriction
    where patient_id = any(${patient_ids}::uuid[]) and lifted_at is null and ends_at > ${at}`);
}

/** Devices and payers of visits that ended so long ago; some at a time, so that nobody waits. */
export async function forgetDevices(db: Queryable, before: Date): Promise<number> {
  return db.run(sql`
    update booking.appointment set device_key_id = null, payer_reference = null
    where id in (select id from booking.appointment
      where service_date < (${before}::timestamptz at time zone 'Asia/Shanghai')::date
        and (device_key_id is not null or payer_reference is not null) limit 5000)`);
}

/** Who was called before others as a soldier or disabled person: of no use when the day is long over. */
export async function forgetPriorities(db: Queryable, before: Date): Promise<number> {
  return db.run(sql`
    delete from booking.queue_priority where appointment_id in (
      select appointment_id from booking.queue_priority where at < ${before} limit 5000)`);
}

/** The ids of a person's visits, for what other modules keep under them. */
export async function visitIdsOf(db: Queryable, patient_id: string): Promise<string[]> {
  const rows = await db.many<{ id: string }>(
    sql`select id from booking.appointment where patient_id = ${patient_id} order by id`,
  );
  return rows.map((row) => row.id);
}

/** Hospitals and clinic days of a person's visits from a day on. */
export function visitDaysOf(
  db: Queryable,
  of: { patient_id: string; from: string },
): Promise<{ hospital_id: string; service_date: string }[]> {
  return db.many(sql`
    select distinct hospital_id, service_date from booking.appointment
    where patient_id = ${of.patient_id} and service_date >= ${of.from}
    order by service_date, hospital_id`);
}
