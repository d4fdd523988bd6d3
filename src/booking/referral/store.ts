import { databaseError, type Queryable, type Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { ReferralReason, ReferralRefusal, ReferralState, Urgency } from './rules.ts';

export type Referral = {
  id: string;
  hospital_id: string;
  institution_id: string;
  session_id: string;
  department_id: string;
  scope_id: string;
  service_date: string;
  patient_id: string;
  reason: ReferralReason;
  urgency: Urgency;
  sealed_note: Buffer | null;
  state: ReferralState;
  quota: number | null;
  within_quota: boolean;
  sent_by: string;
  sent_at: Date;
  decided_by: string | null;
  decided_at: Date | null;
  refusal: ReferralRefusal | null;
  appointment_id: string | null;
  version: number;
};

/** A referral with what became of its visit. */
export type ReferralRow = Referral & {
  visit_status: string | null;
  sequence: number | null;
  number_at: Date | null;
};

/** @returns false when an earlier referral of the person to this session still waits. */
export async function insertReferral(
  tx: Tx,
  row: Omit<
    Referral,
    'version' | 'decided_by' | 'decided_at' | 'refusal' | 'state' | 'sealed_note'
  > & {
    sealed_note: Uint8Array | null;
  },
): Promise<boolean> {
  const given = row.appointment_id !== null;
  try {
    await tx.run(sql`
      insert into booking.referral (id, hospital_id, institution_id, session_id, department_id,
        scope_id, service_date, patient_id, reason, urgency, sealed_note, state, quota, within_quota,
        sent_by, sent_at, decided_by, decided_at, appointment_id)
      values (${row.id}, ${row.hospital_id}, ${row.institution_id}, ${row.session_id},
        ${row.department_id}, ${row.scope_id}, ${row.service_date}, ${row.patient_id}, ${row.reason},
        ${row.urgency}, ${row.sealed_note && Buffer.from(row.sealed_note)},
        ${given ? 'given' : 'asked'}, ${row.quota}, ${row.within_quota}, ${row.sent_by},
        ${row.sent_at}, ${given ? 'system:booking' : null}, ${given ? row.sent_at : null},
        ${row.appointment_id})`);
    return true;
  } catch (error) {
    if (databaseError(error)?.constraint === 'referral_open') return false;
    throw error;
  }
}

/**
 * How many of a quota are used on clinic days from `from` until before `to`: visits that stand. One
 * that was given back counts no more, so its place is free again.
 */
export async function countUsed(
  db: Queryable,
  input: { institution_id: string; scope_id: string; from: string; to: string },
): Promise<number> {
  const { used } = await db.one<{ used: number }>(sql`
    select count(*) as used from booking.referral r
    join booking.appointment a on a.id = r.appointment_id and a.is_active
    where r.institution_id = ${input.institution_id} and r.scope_id = ${input.scope_id}
      and r.service_date >= ${input.from} and r.service_date < ${input.to}`);
  return used;
}

/** The same by scope and clinic day, for a page of times. */
export function usedByDay(
  db: Queryable,
  input: { institution_id: string; from: string; to: string },
): Promise<{ scope_id: string; service_date: string; used: number }[]> {
  return db.many(sql`
    select r.scope_id, r.service_date, count(*) as used from booking.referral r
    join booking.appointment a on a.id = r.appointment_id and a.is_active
    where r.institution_id = ${input.institution_id}
      and r.service_date >= ${input.from} and r.service_date < ${input.to}
    group by r.scope_id, r.service_date`);
}

export function selectReferral(
  db: Queryable,
  input: { referral_id: string; hospital_id: string },
): Promise<ReferralRow | undefined> {
  return db.maybe(sql`
    select r.*, a.status as visit_status, s.sequence, s.starts_at as number_at
    from booking.referral r
    left join booking.appointment a on a.id = r.appointment_id
    left join booking.slot s on s.id = a.slot_id
    where r.id = ${input.referral_id} and r.hospital_id = ${input.hospital_id}`);
}

/** When the time of a number begins. */
export async function numberAt(tx: Tx, appointment_id: string): Promise<Date> {
  const { starts_at } = await tx.one<{ starts_at: Date }>(sql`
    select s.starts_at from booking.appointment a join booking.slot s on s.id = a.slot_id
    where a.id = ${appointment_id}`);
  return starts_at;
}

/** The referral a visit came by. */
export function referralOfVisit(
  db: Queryable,
  input: { appointment_id: string; hospital_id: string },
): Promise<{ id: string } | undefined> {
  return db.maybe(sql`
    select id from booking.referral
    where appointment_id = ${input.appointment_id} and hospital_id = ${input.hospital_id}`);
}

/** What one sender sent, newest first. */
export function selectSent(
  db: Queryable,
  input: { hospital_id: string; sent_by: string },
): Promise<ReferralRow[]> {
  return db.many(sql`
    select r.*, a.status as visit_status, s.sequence, s.starts_at as number_at
    from booking.referral r
    left join booking.appointment a on a.id = r.appointment_id
    left join booking.slot s on s.id = a.slot_id
    where r.hospital_id = ${input.hospital_id} and r.sent_by = ${input.sent_by}
    order by r.sent_at desc, r.id limit 100`);
}

/** What waits for the office: the urgent first, then the day that is nearest. */
export function selectAsked(db: Queryable, hospital_id: string): Promise<ReferralRow[]> {
  return db.many(sql`
    select r.*, null as visit_status, null::int as sequence, null::timestamptz as number_at
    from booking.referral r
    where r.hospital_id = ${hospital_id} and r.state = 'asked'
    order by array_position(array['urgent', 'soon', 'routine'], r.urgency), r.service_date, r.sent_at
    limit 200`);
}

/** The referrals of persons, newest first. */
export function selectPatientsReferrals(
  db: Queryable,
  patient_ids: readonly string[],
): Promise<ReferralRow[]> {
  return db.many(sql`
    select r.*, a.status as visit_status, s.sequence, s.starts_at as number_at
    from booking.referral r
    left join booking.appointment a on a.id = r.appointment_id
    left join booking.slot s on s.id = a.slot_id
    where r.patient_id = any(${[...patient_ids]}::uuid[]) order by r.sent_at desc, r.id limit 50`);
}

/** Decides a referral that still waits; undefined when it was decided meanwhile. */
export function decideReferralRow(
  tx: Tx,
  decision: {
    referral_id: string;
    actor: string;
    at: Date;
    state: 'given' | 'refused' | 'withdrawn';
    appointment_id: string | null;
    refusal: ReferralRefusal | null;
  },
): Promise<{ version: number } | undefined> {
  return tx.maybe(sql`
    update booking.referral set state = ${decision.state}, appointment_id = ${decision.appointment_id},
      refusal = ${decision.refusal}, decided_by = ${decision.actor}, decided_at = ${decision.at},
      version = version + case when ${decision.state} = 'given' then 2 else 1 end
    where id = ${decision.referral_id} and state = 'asked' returning version`);
}

export type Expired = Pick<
  Referral,
  'id' | 'hospital_id' | 'session_id' | 'patient_id' | 'version'
>;

/** Referrals whose session is over or stopped end unanswered. */
export function expireReferralRows(tx: Tx, at: Date): Promise<Expired[]> {
  return tx.many(sql`
    update booking.referral r set state = 'expired', decided_at = ${at},
      decided_by = 'system:booking', version = r.version + 1
    from booking.session_stock t
    where r.state = 'asked' and t.session_id = r.session_id
      and (t.ends_at <= ${at} or t.state = 'stopped')
    returning r.id, r.hospital_id, r.session_id, r.patient_id, r.version`);
}

/** Ends what waits for a person who is gone; with `kept`, only what the kept record asked for too. */
export function endReferrals(
  tx: Tx,
  input: { patient_id: string; kept: string | null; at: Date },
): Promise<Expired[]> {
  const { patient_id, kept, at } = input;
  return tx.many(sql`
    update booking.referral r set state = 'expired', decided_at = ${at},
      decided_by = 'system:booking', version = r.version + 1
    where r.patient_id = ${patient_id} and r.state = 'asked' and (${kept}::uuid is null or exists (
      select from booking.referral k where k.patient_id = ${kept} and k.state = 'asked'
        and k.session_id = r.session_id))
    returning r.id, r.hospital_id, r.session_id, r.patient_id, r.version`);
}

export function notesOf(
  tx: Tx,
  patient_id: string,
): Promise<{ id: string; sealed_note: Buffer }[]> {
  return tx.many(sql`
    select id, sealed_note from booking.referral
    where patient_id = ${patient_id} and sealed_note is not null`);
}

/** A referral goes on under another record of the same person, its note sealed under that one's key. */
export async function moveReferral(
  tx: Tx,
  input: { id: string; sealed_note: Uint8Array },
): Promise<void> {
  await tx.run(
    sql`update booking.referral set sealed_note = ${Buffer.from(input.sealed_note)} where id = ${input.id}`,
  );
}

export async function moveReferrals(tx: Tx, from: string, into: string): Promise<void> {
  await tx.run(sql`update booking.referral set patient_id = ${into} where patient_id = ${from}`);
}
