import type { Queryable } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
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
};

/** When these visits are, and until when they are held. */
export async function visitMoments(db: Queryable, ids: readonly string[]): Promise<VisitMoment[]> {
  return db.many<VisitMoment>(sql`
    select a.id as appointment_id, a.session_id, a.hospital_id, a.patient_id, a.status, a.hold_until,
      s.sequence, s.starts_at
    from booking.appointment a join booking.slot s on s.id = a.slot_id
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
    select q.session_id, q.patient_id, q.id as appointment_id, q.status, to_json(z.starts_at) #>> '{}' as starts_at,
      z.sequence, to_json(q.checked_in_at) #>> '{}' as checked_in_at,
      to_json(q.called_at) #>> '{}' as called_at, q.missed, (
        select count(*)::int from booking.appointment c
        where c.session_id = q.session_id and c.id <> q.id and c.called_at > q.missed_at) as called_since
    from booking.appointment q join booking.slot z on z.id = q.slot_id
    where q.session_id = any(${[...session_ids]}::uuid[]) and q.status in ('checked_in', 'called')`);
}
