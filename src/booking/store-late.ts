import type { Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/** Notes a late check-in once; false when it was noted before. */
export async function insertLateCheckIn(
  tx: Tx,
  row: {
    appointment_id: string;
    hospital_id: string;
    session_id: string;
    to_end: boolean;
    after_deadline: boolean;
    reason: string | null;
    actor: string;
    at: Date;
  },
): Promise<boolean> {
  const written = await tx.run(sql`
    insert into booking.late_check_in (appointment_id, hospital_id, session_id, to_end, after_deadline,
      reason, checked_in_by, at)
    values (${row.appointment_id}, ${row.hospital_id}, ${row.session_id}, ${row.to_end},
      ${row.after_deadline}, ${row.reason}, ${row.actor}, ${row.at})
    on conflict (appointment_id) do nothing`);
  return written === 1;
}
