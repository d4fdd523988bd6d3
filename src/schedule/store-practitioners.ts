import type { Queryable } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type Practitioner = { id: string; code: string; name: string; title: string };

/** A hospital's doctors, by their code. */
export function selectPractitioners(db: Queryable, hospital_id: string): Promise<Practitioner[]> {
  return db.many(sql`
    select id, code, name, title from schedule.practitioner
    where hospital_id = ${hospital_id} order by code limit 5000`);
}
