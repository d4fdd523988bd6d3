import type { Queryable } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/**
 * Whether news of a visit reached its patient before an instant: a message that its gateway took, or a
 * notice that somebody who acts for the patient read, or a call in which they were reached.
 */
export async function wasTold(
  db: Queryable,
  input: { patient_id: string; appointment_id: string; before: Date },
): Promise<boolean> {
  const { told } = await db.one<{ told: boolean }>(sql`
    select exists (select from notify.notice n
      where n.patient_id = ${input.patient_id} and n.created_at < ${input.before}
        and (n.appointment_id = ${input.appointment_id} or n.link = ${`/visits/${input.appointment_id}`})
        and (exists (select from notify.message m where m.notice_id = n.id and m.state = 'sent'
            and m.sent_at < ${input.before})
          or exists (select from notify.notice_read r where r.notice_id = n.id
            and r.read_at < ${input.before})
          or exists (select from notify.notice_call c where c.notice_id = n.id
            and c.outcome = 'reached'))) as told`);
  return told;
}
