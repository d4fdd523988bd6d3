import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/* What the kiosks keep of one person: for a copy, for deletion, for retention. */

export function turnsForCopy(
  db: Queryable,
  patient_id: string,
): Promise<{ place: string; how: string; began_at: Date; ended_at: Date | null }[]> {
  return db.many(sql`
    select t.place, u.how, u.began_at, u.ended_at from kiosk.turn u join kiosk.terminal t on t.id = u.terminal_id
    where u.patient_id = ${patient_id} order by u.began_at`);
}

export async function deleteTurnsOf(tx: Tx, patient_id: string): Promise<void> {
  await tx.run(sql`delete from kiosk.turn where patient_id = ${patient_id}`);
}

export function deleteTurnsBefore(db: Queryable, before: Date): Promise<number> {
  return db.run(sql`
    delete from kiosk.turn where id in
      (select id from kiosk.turn where began_at < ${before} and ended_at is not null limit 5000)`);
}
