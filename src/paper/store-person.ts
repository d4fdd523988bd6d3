import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/* Paper on which somebody stands whose data was deleted. */

export type Rewrite = { hospital_id: string; service_date: string };

/** Notes days whose paper is to be written anew, or removed when the day is over. */
export async function askRewrites(tx: Tx, days: readonly Rewrite[], at: Date): Promise<void> {
  await tx.run(sql`
    insert into paper.rewrite (hospital_id, service_date, asked_at)
    select hospital_id, service_date, ${at}::timestamptz
    from json_to_recordset(${JSON.stringify(days)}) as r(hospital_id uuid, service_date date)
    on conflict do nothing`);
}

export function openRewrites(db: Queryable): Promise<(Rewrite & { asked_at: Date })[]> {
  return db.many(sql`
    select hospital_id, service_date, asked_at from paper.rewrite
    order by asked_at, hospital_id, service_date limit 20`);
}

/** Files of editions of a day that were written before an instant, but for the newest edition. */
export function filesBefore(
  db: Queryable,
  day: Rewrite & { before: Date; newest: string | null },
): Promise<{ file_id: string; path: string }[]> {
  return db.many(sql`
    select f.id as file_id, f.path from paper.file f join paper.edition e on e.id = f.edition_id
    where e.hospital_id = ${day.hospital_id} and e.service_date = ${day.service_date}
      and coalesce(e.written_at, e.due_at) <= ${day.before} and e.id is distinct from ${day.newest}::uuid`);
}

export async function forgetFiles(db: Queryable, file_ids: readonly string[]): Promise<void> {
  await db.run(sql`delete from paper.file where id = any(${[...file_ids]}::uuid[])`);
}

export async function endRewrite(db: Queryable, day: Rewrite): Promise<void> {
  await db.run(sql`
    delete from paper.rewrite
    where hospital_id = ${day.hospital_id} and service_date = ${day.service_date}`);
}
