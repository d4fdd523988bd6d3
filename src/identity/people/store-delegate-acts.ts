import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';

/* What helpers did, for the office that answers for them, and their own end. */

export async function hasDelegate(
  db: Queryable,
  delegate_id: string,
  hospital_id: string | null,
): Promise<boolean> {
  const { found } = await db.one<{ found: boolean }>(sql`
    select exists (select from identity.delegate where id = ${delegate_id}
      and hospital_id = ${hospital_id}) as found`);
  return found;
}

/** The newest 200 acts. */
export async function actsOfDelegate(
  db: Queryable,
  delegate_id: string,
): Promise<{ act_id: string; patient_id: string; kind: 'added' | 'booked'; acted_at: Date }[]> {
  return db.many(sql`
    select id as act_id, patient_id, kind, acted_at from identity.delegate_act
    where delegate_id = ${delegate_id} order by acted_at desc, id desc limit 200`);
}

/** Ends the living credential or application of an account; undefined when it has none. */
export async function endOfAccount(
  tx: Tx,
  of: { account_id: string; actor: string; at: Date },
): Promise<{ delegate_id: string; hospital_id: string; version: number } | undefined> {
  return tx.maybe(sql`
    update identity.delegate set state = 'ended', decided_by = ${of.actor}, decided_at = ${of.at},
      version = version + 1
    where account_id = ${of.account_id} and state in ('asked', 'approved')
    returning id as delegate_id, hospital_id, version`);
}
