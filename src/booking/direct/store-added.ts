import { databaseError, type Queryable, type Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import { concentrated_min, type AddReason, type AddRefusal } from './rules.ts';

export type AddedState = 'asked' | 'given' | 'refused' | 'expired';

export type AddedOrder = {
  id: string;
  hospital_id: string;
  department_id: string;
  session_id: string;
  practitioner_id: string | null;
  patient_id: string;
  reason: AddReason;
  state: AddedState;
  quota: number;
  within_quota: boolean;
  asked_by: string;
  asked_at: Date;
  decided_at: Date | null;
  refusal: AddRefusal | null;
  appointment_id: string | null;
  version: number;
};

/** @returns false when the person's earlier request for this session still waits. */
export async function insertOrder(
  tx: Tx,
  row: Omit<AddedOrder, 'version' | 'decided_at' | 'refusal' | 'state'>,
): Promise<boolean> {
  const state = row.appointment_id === null ? 'asked' : 'given';
  const decided_at = row.appointment_id === null ? null : row.asked_at;
  try {
    await tx.run(sql`
      insert into booking.added_order (id, hospital_id, department_id, session_id, practitioner_id,
        patient_id, reason, state, quota, within_quota, asked_by, asked_at, decided_by, decided_at,
        appointment_id)
      values (${row.id}, ${row.hospital_id}, ${row.department_id}, ${row.session_id},
        ${row.practitioner_id}, ${row.patient_id}, ${row.reason}, ${state}, ${row.quota},
        ${row.within_quota}, ${row.asked_by}, ${row.asked_at},
        ${decided_at === null ? null : row.asked_by}, ${decided_at}, ${row.appointment_id})`);
    return true;
  } catch (error) {
    if (databaseError(error)?.constraint === 'added_order_open') return false;
    throw error;
  }
}

/** Whether the person may still have a visit in the session, under the stock's lock. */
export async function hasRoomInSession(
  tx: Tx,
  input: { session_id: string; patient_id: string },
): Promise<boolean> {
  const { room } = await tx.one<{ room: boolean }>(sql`
    select t.patient_bookings_max > (select count(*) from booking.appointment a
      where a.session_id = t.session_id and a.patient_id = ${input.patient_id} and a.is_active) as room
    from booking.session_stock t where t.session_id = ${input.session_id}`);
  return room;
}

export function selectOrder(
  db: Queryable,
  input: { order_id: string; hospital_id: string },
): Promise<AddedOrder | undefined> {
  return db.maybe(sql`
    select * from booking.added_order where id = ${input.order_id} and hospital_id = ${input.hospital_id}`);
}

/** What waits for the office: the session that begins first comes first. */
export function selectAsked(db: Queryable, hospital_id: string): Promise<AddedOrder[]> {
  return db.many(sql`
    select * from booking.added_order o where hospital_id = ${hospital_id} and state = 'asked'
    order by (select t.starts_at from booking.session_stock t where t.session_id = o.session_id),
      asked_at limit 200`);
}

/** A session's added numbers, for its doctor, and how much of the quota is used. */
export function selectSessionOrders(
  db: Queryable,
  input: { session_id: string; hospital_id: string },
): Promise<AddedOrder[]> {
  return db.many(sql`
    select * from booking.added_order where session_id = ${input.session_id}
      and hospital_id = ${input.hospital_id} order by asked_at desc limit 100`);
}

/** The added numbers of persons, newest first. */
export function selectPatientsOrders(
  db: Queryable,
  patient_ids: readonly string[],
): Promise<AddedOrder[]> {
  return db.many(sql`
    select * from booking.added_order where patient_id = any(${[...patient_ids]}::uuid[])
    order by asked_at desc limit 50`);
}

/** Decides a request that still waits; undefined when it was decided meanwhile. */
export function decideOrder(
  tx: Tx,
  decision: {
    order_id: string;
    actor: string;
    at: Date;
    appointment_id: string | null;
    refusal: AddRefusal | null;
  },
): Promise<{ version: number } | undefined> {
  return tx.maybe(sql`
    update booking.added_order set
      state = case when ${decision.appointment_id}::uuid is null then 'refused' else 'given' end,
      appointment_id = ${decision.appointment_id}, refusal = ${decision.refusal},
      decided_by = ${decision.actor}, decided_at = ${decision.at},
      version = version + case when ${decision.appointment_id}::uuid is null then 1 else 2 end
    where id = ${decision.order_id} and state = 'asked' returning version`);
}

/** Requests whose session is over end unanswered. */
export function expireOrders(
  tx: Tx,
  at: Date,
): Promise<
  { id: string; hospital_id: string; session_id: string; patient_id: string; version: number }[]
> {
  return tx.many(sql`
    update booking.added_order o set state = 'expired', decided_at = ${at},
      decided_by = 'system:booking', version = o.version + 1
    from booking.session_stock t
    where o.state = 'asked' and t.session_id = o.session_id
      and (t.ends_at <= ${at} or t.state = 'stopped')
    returning o.id, o.hospital_id, o.session_id, o.patient_id, o.version`);
}

/** A department's quota; null where it uses the default. */
export function selectQuotas(
  db: Queryable,
  hospital_id: string,
): Promise<
  { department_id: string; version: number; share: number; set_by: string; set_at: Date }[]
> {
  return db.many(sql`
    select distinct on (department_id) department_id, version, share::float8 as share, set_by, set_at
    from booking.added_quota where hospital_id = ${hospital_id}
    order by department_id, version desc`);
}

/** The next version of a department's quota; versions follow one another under the advisory lock. */
export async function insertQuota(
  tx: Tx,
  row: { hospital_id: string; department_id: string; share: number; actor: string; at: Date },
): Promise<number> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtext(${`added-quota ${row.department_id}`}))`);
  const { version } = await tx.one<{ version: number }>(sql`
    insert into booking.added_quota (hospital_id, department_id, version, share, set_by, set_at)
    select ${row.hospital_id}, ${row.department_id}, coalesce(max(version), 0) + 1,
      ${row.share}::numeric, ${row.actor}, ${row.at}
    from booking.added_quota
    where hospital_id = ${row.hospital_id} and department_id = ${row.department_id}
    returning version`);
  return version;
}

export type ReportRow = {
  department_id: string;
  practitioner_id: string | null;
  reason: AddReason;
  within_quota: number;
  approved: number;
  refused: number;
  expired: number;
};

/** What was decided in a span of time, by department, doctor of the session, and reason. */
export function reportRows(
  db: Queryable,
  input: { hospital_id: string; from: Date; to: Date },
): Promise<ReportRow[]> {
  return db.many<ReportRow>(sql`
    select department_id, practitioner_id, reason,
      count(*) filter (where state = 'given' and within_quota) as within_quota,
      count(*) filter (where state = 'given' and not within_quota) as approved,
      count(*) filter (where state = 'refused') as refused,
      count(*) filter (where state = 'expired') as expired
    from booking.added_order
    where hospital_id = ${input.hospital_id} and decided_at >= ${input.from} and decided_at < ${input.to}
    group by department_id, practitioner_id, reason`);
}

/** Pairs of who asked and who got them, that come up often in a span of time (R034). */
export function concentratedPairs(
  db: Queryable,
  input: { hospital_id: string; from: Date; to: Date },
): Promise<{ asked_by: string; patient_id: string; given: number }[]> {
  return db.many(sql`
    select asked_by, patient_id, count(*)::int as given from booking.added_order
    where hospital_id = ${input.hospital_id} and state = 'given'
      and decided_at >= ${input.from} and decided_at < ${input.to}
    group by asked_by, patient_id having count(*) >= ${concentrated_min}
    order by given desc, asked_by, patient_id limit 100`);
}

/** A session's own numbers and the added ones in use, as the quota counts them. */
export function countAdded(
  db: Queryable,
  session_id: string,
): Promise<{ numbers: number; used: number }> {
  return db.one(sql`
    select count(*) filter (where x.slot_id is null and s.state <> 'void') as numbers,
      count(*) filter (where s.pool = 'added' and s.appointment_id is not null) as used
    from booking.slot s left join booking.extra_number x on x.slot_id = s.id
    where s.session_id = ${session_id}`);
}
