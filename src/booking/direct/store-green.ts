import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { GreenReason } from './rules.ts';

export type GreenRow = {
  id: string;
  hospital_id: string;
  department_id: string;
  from_appointment_id: string;
  appointment_id: string;
  session_id: string;
  patient_id: string;
  reason: GreenReason;
  given_by: string;
  given_at: Date;
};

export async function insertGreen(tx: Tx, row: GreenRow): Promise<void> {
  await tx.run(sql`
    insert into booking.green_upgrade (id, hospital_id, department_id, from_appointment_id,
      appointment_id, session_id, patient_id, reason, given_by, given_at)
    values (${row.id}, ${row.hospital_id}, ${row.department_id}, ${row.from_appointment_id},
      ${row.appointment_id}, ${row.session_id}, ${row.patient_id}, ${row.reason}, ${row.given_by},
      ${row.given_at})`);
}

/** How many went the green channel in each month of Shanghai, the latest first; nobody is named. */
export function greenMonths(
  db: Queryable,
  input: { hospital_id: string; months: number },
): Promise<{ month: string; total: number }[]> {
  return db.many(sql`
    select to_char(given_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month, count(*)::int as total
    from booking.green_upgrade where hospital_id = ${input.hospital_id}
    group by 1 order by 1 desc limit ${input.months}`);
}
