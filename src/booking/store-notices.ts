import type { Queryable } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { CancelDeadline } from './limits/rule-set.ts';
import type { Waiting } from './store-visits.ts';

/* What the module that tells patients must know of visits. */

export type VisitMoment = {
  appointment_id: string;
  session_id: string;
  hospital_id: string;
  patient_id: string;
  status: string;
  hold_until: Date | null;
  sequence: number;
  starts_at: Date;
  /** What the deadline for giving back goes by, as in `cancelTerms`. */
  level?: string | null;
  cancel_deadlines?: CancelDeadline[] | null;
  booked_at?: Date;
};

/** When these visits are, and until when they are held. */
export async function visitMoments(db: Queryable, ids: readonly string[]): Promise<VisitMoment[]> {
  return db.many<VisitMoment>(sql`
    select a.id as appointment_id, a.session_id, a.hospital_id, a.patient_id, a.status, a.hold_until,
      s.sequence, s.starts_at, a.created_at as booked_at, t.level, d.cancel_deadlines
    from booking.appointment a join booking.slot s on s.id = a.slot_id
    join booking.session_stock t on t.session_id = a.session_id
    left join lateral (select v.rules -> 'cancel_deadlines' as cancel_deadlines from booking.rule_set v
      where v.hospital_id = a.hospital_id and v.effective_from <= (a.created_at at time zone 'Asia/Shanghai')::date
      order by v.version desc limit 1) d on true
    where a.id = any(${[...ids]}::uuid[])`);
}

/** The booked visits of planned sessions whose number's time lies in `(after, until]`, by id. */
export async function bookedBetween(
  db: Queryable,
  input: { service_date: string; after: Date; until: Date; limit: number; above: string | null },
): Promise<VisitMoment[]> {
  return db.many<VisitMoment>(sql`
    select a.id as appointment_id, a.session_id, a.hospital_id, a.patient_id, a.status, a.hold_until,
      s.sequence, s.starts_at
    from booking.session_stock t join booking.slot s using (session_id)
    join booking.appointment a on a.id = s.appointment_id
    where t.service_date = ${input.service_date} and t.state = 'planned' and s.state = 'booked'
      and a.status = 'booked' and s.starts_at > ${input.after} and s.starts_at <= ${input.until}
      and (${input.above}::uuid is null or a.id > ${input.above}::uuid)
    order by a.id limit ${input.limit}`);
}

export type InSessionQueue = Waiting & { session_id: string; patient_id: string };

/** Everyone who waits in these sessions, for `queueOrder`. */
export async function queuesOf(
  db: Queryable,
  session_ids: readonly string[],
): Promise<InSessionQueue[]> {
  return db.many<InSessionQueue>(sql`
    select session_id, patient_id, appointment_id, status, to_json(starts_at) #>> '{}' as starts_at, sequence,
      to_json(checked_in_at) #>> '{}' as checked_in_at, to_json(called_at) #>> '{}' as called_at, missed,
      called_since, to_json(late_at) #>> '{}' as late_at, priority, one_in, others_since
    from booking.waiting_view where session_id = any(${[...session_ids]}::uuid[])`);
}
