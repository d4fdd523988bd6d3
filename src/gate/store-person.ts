import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/* What the gate keeps of one person: that a place in a queue was slowed. */

export type StoredCase = {
  id: string;
  patient_id: string;
  extra_s: number;
  opened_at: Date;
  sealed_appeal: Buffer | null;
  appealed_at: Date | null;
};

export async function casesOfPerson(db: Queryable, patient_id: string): Promise<StoredCase[]> {
  return db.many(sql`
    select id, patient_id, extra_s, opened_at, sealed_appeal, appealed_at from gate.slow_case
    where patient_id = ${patient_id} order by opened_at`);
}

export async function casesOfAccount(
  db: Queryable,
  account_id: string,
  since: Date,
): Promise<StoredCase[]> {
  return db.many(sql`
    select id, patient_id, extra_s, opened_at, sealed_appeal, appealed_at from gate.slow_case
    where account_id = ${account_id} and opened_at > ${since} order by opened_at desc limit 50`);
}

export async function deleteCasesOf(tx: Tx, patient_id: string): Promise<void> {
  await tx.run(sql`delete from gate.slow_case where patient_id = ${patient_id}`);
}

export async function deleteOldCases(db: Queryable, before: Date): Promise<number> {
  return db.run(sql`delete from gate.slow_case where opened_at < ${before}`);
}
