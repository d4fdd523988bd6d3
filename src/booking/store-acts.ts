import type { Queryable } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type ActRow = {
  appointment_id: string;
  hospital_id: string;
  booked_by: string;
  account_id: string | null;
  channel: string;
  created_at: Date;
};

/** Who booked each visit of a person, whatever became of it, the newest first. */
export function selectActs(db: Queryable, patient_id: string): Promise<ActRow[]> {
  return db.many<ActRow>(sql`
    select id as appointment_id, hospital_id, booked_by, account_id, channel, created_at
    from booking.appointment where patient_id = ${patient_id}
    order by created_at desc, id desc limit 200`);
}

export function selectAct(
  db: Queryable,
  input: { appointment_id: string; patient_id: string },
): Promise<{ hospital_id: string } | undefined> {
  return db.maybe(sql`
    select hospital_id from booking.appointment
    where id = ${input.appointment_id} and patient_id = ${input.patient_id}`);
}
