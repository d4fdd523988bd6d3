import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/* What notify keeps of one person: for a copy, for deletion, for retention. */

export async function noticesForCopy(
  db: Queryable,
  patient_id: string,
): Promise<{ kind: string; sealed_title: Buffer; sealed_text: Buffer; created_at: Date }[]> {
  return db.many(sql`
    select kind, sealed_title, sealed_text, created_at from notify.notice
    where patient_id = ${patient_id} order by created_at`);
}

async function deleteNotices(db: Queryable, ids: string[]): Promise<number> {
  await db.run(sql`delete from notify.message where notice_id = any(${ids}::uuid[])`);
  await db.run(sql`delete from notify.notice_read where notice_id = any(${ids}::uuid[])`);
  return db.run(sql`delete from notify.notice where id = any(${ids}::uuid[])`);
}

export async function deleteNoticesOf(tx: Tx, patient_id: string): Promise<number> {
  const rows = await tx.many<{ id: string }>(
    sql`select id from notify.notice where patient_id = ${patient_id}`,
  );
  return deleteNotices(
    tx,
    rows.map((row) => row.id),
  );
}

export async function deleteOldNotices(db: Queryable, before: Date): Promise<number> {
  const rows = await db.many<{ id: string }>(
    sql`select id from notify.notice where created_at < ${before} limit 2000`,
  );
  return deleteNotices(
    db,
    rows.map((row) => row.id),
  );
}

/** Where an account is reached, and what it chose. */
export async function deleteContacts(tx: Tx, account_id: string): Promise<void> {
  await tx.run(sql`delete from notify.contact where account_id = ${account_id}`);
  await tx.run(sql`delete from notify.channel_choice where account_id = ${account_id}`);
  await tx.run(sql`delete from notify.wechat_grant where account_id = ${account_id}`);
  await tx.run(sql`delete from notify.notice_read where account_id = ${account_id}`);
}
