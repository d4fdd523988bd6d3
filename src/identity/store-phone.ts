import type { Queryable } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/** The persons a phone stands for: their own, and whom the account with it may act for. */
export async function idsByPhone(
  db: Queryable,
  phone_index: Uint8Array,
  limit: number,
): Promise<string[]> {
  const rows = await db.many<{ id: string }>(sql`
    select id from identity.patient where phone_index = ${phone_index}
    union
    select r.patient_id from identity.account a
    join identity.related_person r on r.account_id = a.id and r.ended_at is null
    where a.phone_index = ${phone_index}
    order by id limit ${limit}`);
  return rows.map((row) => row.id);
}
