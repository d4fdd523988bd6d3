import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

type Who = { hospital_id: string; patient_id: string; since: string };

/** The departments in which a person was seen since a day. */
export async function departmentsSeen(db: Queryable, who: Who): Promise<string[]> {
  const rows = await db.many<{ department_id: string }>(sql`
    select distinct t.department_id from booking.appointment a
    join booking.session_stock t on t.session_id = a.session_id
    where a.patient_id = ${who.patient_id} and a.hospital_id = ${who.hospital_id}
      and a.service_date >= ${who.since} and a.status = 'fulfilled' and t.department_id is not null`);
  return rows.map((row) => row.department_id);
}

export async function hasPriorDiagnosis(
  db: Queryable,
  who: Who & { specialty_code: string },
): Promise<boolean> {
  const { has } = await db.one<{ has: boolean }>(sql`
    select exists (select from booking.prior_diagnosis where hospital_id = ${who.hospital_id}
      and patient_id = ${who.patient_id} and specialty_code = ${who.specialty_code}
      and diagnosed_on >= ${who.since}) as has`);
  return has;
}

/** Where a number is and whose visit wants to move to it. */
export function sessionOfSlot(
  db: Queryable,
  input: { slot_id: string; appointment_id: string },
): Promise<{ session_id: string; patient_id: string } | undefined> {
  return db.maybe(sql`
    select s.session_id, a.patient_id from booking.slot s, booking.appointment a
    where s.id = ${input.slot_id}::uuid and a.id = ${input.appointment_id}::uuid and s.session_id <> a.session_id`);
}

/** Notes a diagnosis once; undefined when it was noted before. */
export function insertPriorDiagnosis(
  tx: Tx,
  row: {
    id: string;
    hospital_id: string;
    patient_id: string;
    specialty_code: string;
    diagnosed_on: string;
    source: 'paper' | 'his';
    noted_by: string;
    at: Date;
  },
): Promise<{ id: string } | undefined> {
  return tx.maybe(sql`
    insert into booking.prior_diagnosis (id, hospital_id, patient_id, specialty_code, diagnosed_on, source,
      noted_by, noted_at)
    values (${row.id}, ${row.hospital_id}, ${row.patient_id}, ${row.specialty_code}, ${row.diagnosed_on},
      ${row.source}, ${row.noted_by}, ${row.at})
    on conflict on constraint prior_diagnosis_once do nothing returning id`);
}
