import type { Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';

/* What follows when two records turn out to be one person, or a person is erased. */

/** A plan or a request that ended; `session_id` only of a request. */
export type Ended = { id: string; hospital_id: string; session_id: string | null; version: number };

/**
 * Ends running plans and waiting requests of a person. With `kept`, only those that the kept record
 * has too: of two plans at one clinic, and two requests for one session, the kept one's stays.
 */
export function endDirect(
  tx: Tx,
  input: { patient_id: string; kept: string | null; at: Date },
): Promise<Ended[]> {
  const { patient_id, kept, at } = input;
  return tx.many<Ended>(sql`
    with plans as (
      update booking.follow_up_plan p set state = 'ended', ended_reason = 'patient',
        ended_by = 'system:booking', ended_at = ${at}, version = p.version + 1
      where p.patient_id = ${patient_id} and p.state = 'active' and (${kept}::uuid is null or exists (
        select from booking.follow_up_plan k where k.patient_id = ${kept} and k.state = 'active'
          and k.healthcare_service_id = p.healthcare_service_id))
      returning p.id, p.hospital_id, p.version
    ), orders as (
      update booking.added_order o set state = 'expired', decided_by = 'system:booking',
        decided_at = ${at}, version = o.version + 1
      where o.patient_id = ${patient_id} and o.state = 'asked' and (${kept}::uuid is null or exists (
        select from booking.added_order k where k.patient_id = ${kept} and k.state = 'asked'
          and k.session_id = o.session_id))
      returning o.id, o.hospital_id, o.session_id, o.version
    )
    select id, hospital_id, null::uuid as session_id, version from plans
    union all
    select id, hospital_id, session_id, version from orders`);
}

/** What doctors gave one record goes on under the other. */
export async function moveDirect(tx: Tx, from: string, into: string): Promise<void> {
  await tx.run(
    sql`update booking.follow_up_plan set patient_id = ${into} where patient_id = ${from}`,
  );
  await tx.run(sql`update booking.added_order set patient_id = ${into} where patient_id = ${from}`);
  await tx.run(
    sql`update booking.green_upgrade set patient_id = ${into} where patient_id = ${from}`,
  );
}
