import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import { follow_up_early_days, follow_up_late_days, type OpenDay } from './rules.ts';

export type FollowUpPlan = {
  id: string;
  hospital_id: string;
  healthcare_service_id: string;
  practitioner_id: string | null;
  patient_id: string;
  every_months: number;
  times: number;
  anchor_date: string;
  next_n: number;
  next_due: string;
  state: 'active' | 'ended';
  planned_by: string;
  version: number;
};

/** @returns false when the person has a plan at this clinic already. */
export async function insertPlan(
  tx: Tx,
  row: Omit<FollowUpPlan, 'version' | 'state'> & { at: Date },
): Promise<boolean> {
  const made = await tx.run(sql`
    insert into booking.follow_up_plan (id, hospital_id, healthcare_service_id, practitioner_id,
      patient_id, every_months, times, anchor_date, next_n, next_due, planned_by, planned_at)
    values (${row.id}, ${row.hospital_id}, ${row.healthcare_service_id}, ${row.practitioner_id},
      ${row.patient_id}, ${row.every_months}, ${row.times}, ${row.anchor_date}, ${row.next_n},
      ${row.next_due}, ${row.planned_by}, ${row.at})
    on conflict (healthcare_service_id, patient_id) where state = 'active' do nothing`);
  return made === 1;
}

export async function insertTurn(
  tx: Tx,
  row: {
    plan_id: string;
    n: number;
    due: string;
    outcome: 'booked' | 'already' | 'unbooked';
    appointment_id: string | null;
    at: Date;
  },
): Promise<void> {
  await tx.run(sql`
    insert into booking.follow_up_turn (plan_id, n, due, outcome, appointment_id, decided_at)
    values (${row.plan_id}, ${row.n}, ${row.due}, ${row.outcome}, ${row.appointment_id}, ${row.at})`);
}

/** Plans whose next turn can be looked after now: a number is free in its time, or its time is over. */
export async function plansDue(
  db: Queryable,
  input: { today: string; limit: number },
): Promise<string[]> {
  const rows = await db.many<{ id: string }>(sql`
    select p.id from booking.follow_up_plan p
    where p.state = 'active' and (p.next_due + ${follow_up_late_days}::int <= ${input.today}::date or exists (
      select from booking.session_stock t
      join booking.slot s on s.session_id = t.session_id and s.is_free and s.pool = 'follow_up'
      where t.hospital_id = p.hospital_id and t.healthcare_service_id = p.healthcare_service_id
        and t.service_date between p.next_due - ${follow_up_early_days}::int and p.next_due + ${follow_up_late_days}::int
        and t.service_date > ${input.today}::date and t.state = 'planned'))
    order by p.next_due, p.id limit ${input.limit}`);
  return rows.map((row) => row.id);
}

/** A running plan, locked; undefined when it ended or another server looks after it. */
export function lockPlan(tx: Tx, plan_id: string): Promise<FollowUpPlan | undefined> {
  return tx.maybe(sql`
    select * from booking.follow_up_plan
    where id = ${plan_id} and state = 'active' for update skip locked`);
}

/** The clinic's days with a free follow-up number around a date, and how far its sessions are planned. */
export async function openDays(
  db: Queryable,
  input: { hospital_id: string; healthcare_service_id: string; due: string },
): Promise<{ days: OpenDay[]; planned_until: string }> {
  const days = await db.many<OpenDay>(sql`
    select t.session_id, t.service_date from booking.session_stock t
    where t.hospital_id = ${input.hospital_id}
      and t.healthcare_service_id = ${input.healthcare_service_id} and t.state = 'planned'
      and t.service_date between ${input.due}::date - ${follow_up_early_days}::int
        and ${input.due}::date + ${follow_up_late_days}::int
      and exists (select from booking.slot s
        where s.session_id = t.session_id and s.is_free and s.pool = 'follow_up')
    order by t.service_date, t.session_id`);
  const last = await db.one<{ day: string | null }>(sql`
    select max(service_date) as day from booking.session_stock
    where hospital_id = ${input.hospital_id} and healthcare_service_id = ${input.healthcare_service_id}`);
  return { days, planned_until: last.day ?? '' };
}

/** The person's visit at the clinic that already stands around a date, if there is one. */
export function standingVisit(
  db: Queryable,
  plan: FollowUpPlan,
): Promise<{ appointment_id: string } | undefined> {
  return db.maybe(sql`
    select a.id as appointment_id from booking.appointment a
    join booking.session_stock t on t.session_id = a.session_id
    where a.patient_id = ${plan.patient_id} and a.status in ('held', 'booked')
      and t.healthcare_service_id = ${plan.healthcare_service_id}
      and a.service_date between ${plan.next_due}::date - ${follow_up_early_days}::int
        and ${plan.next_due}::date + ${follow_up_late_days}::int
    order by a.service_date limit 1`);
}

/** Moves a locked plan to its next turn, or ends it when that was the last. */
export async function advancePlan(
  tx: Tx,
  input: { plan_id: string; next_n: number; next_due: string; at: Date; events: 0 | 1 },
): Promise<{ version: number; state: 'active' | 'ended' }> {
  return tx.one(sql`
    update booking.follow_up_plan set next_n = ${input.next_n}, next_due = ${input.next_due},
      state = case when ${input.next_n} >= times then 'ended' else 'active' end,
      ended_reason = case when ${input.next_n} >= times then 'complete' end,
      ended_by = case when ${input.next_n} >= times then 'system:booking' end,
      ended_at = case when ${input.next_n} >= times then ${input.at}::timestamptz end,
      version = version + ${input.events}::int + case when ${input.next_n} >= times then 1 else 0 end
    where id = ${input.plan_id} returning version, state`);
}

/**
 * Turns whose session was stopped are looked after again: the visit ended through no fault of the
 * patient's. Only the last turn of a running plan, and only before its time is over.
 */
export async function reopenStopped(db: Queryable, today: string): Promise<number> {
  return db.run(sql`
    with stopped as (
      select t.plan_id, t.n, t.due from booking.follow_up_plan p
      join booking.follow_up_turn t on t.plan_id = p.id and t.n = p.next_n - 1
      join booking.appointment a on a.id = t.appointment_id and a.status = 'stopped'
      where p.state = 'active' and t.outcome = 'booked'
        and t.due + ${follow_up_late_days}::int > ${today}::date
      for update of p skip locked
    ), gone as (
      delete from booking.follow_up_turn t using stopped s where t.plan_id = s.plan_id and t.n = s.n
    )
    update booking.follow_up_plan p set next_n = s.n, next_due = s.due
    from stopped s where p.id = s.plan_id`);
}

/** Ends a running plan; a doctor's own hospital's only, or a patient's whom the account acts for. */
export function endPlanRow(
  tx: Tx,
  input: {
    plan_id: string;
    hospital_id: string | null;
    patient_ids: readonly string[] | null;
    reason: 'patient' | 'doctor';
    actor: string;
    at: Date;
  },
): Promise<{ version: number; hospital_id: string; patient_id: string } | undefined> {
  return tx.maybe(sql`
    update booking.follow_up_plan set state = 'ended', ended_reason = ${input.reason},
      ended_by = ${input.actor}, ended_at = ${input.at}, version = version + 1
    where id = ${input.plan_id} and state = 'active'
      and (${input.hospital_id}::uuid is null or hospital_id = ${input.hospital_id})
      and (${input.patient_ids === null ? null : [...input.patient_ids]}::uuid[] is null
        or patient_id = any(${input.patient_ids === null ? null : [...input.patient_ids]}::uuid[]))
    returning version, hospital_id, patient_id`);
}

/** Running plans of persons, with the visit of their last turn when it still stands. */
export function selectPlans(
  db: Queryable,
  filter: { patient_ids: readonly string[]; hospital_id: string | null },
): Promise<(FollowUpPlan & { planned_at: Date; appointment_id: string | null })[]> {
  return db.many(sql`
    select p.*, (
      select t.appointment_id from booking.follow_up_turn t
      join booking.appointment a on a.id = t.appointment_id and a.status in ('held', 'booked')
      where t.plan_id = p.id order by t.n desc limit 1) as appointment_id
    from booking.follow_up_plan p
    where p.state = 'active' and p.patient_id = any(${[...filter.patient_ids]}::uuid[])
      and (${filter.hospital_id}::uuid is null or p.hospital_id = ${filter.hospital_id})
    order by p.next_due, p.id`);
}
