import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/** How far a job of the clock has come; undefined before its first run. */
export async function reachedBy(db: Queryable, job: string): Promise<Date | undefined> {
  const row = await db.maybe<{ reached: Date }>(
    sql`select reached from notify.clock_run where job = ${job}`,
  );
  return row?.reached;
}

export async function noteReached(tx: Tx, job: string, reached: Date): Promise<void> {
  await tx.run(sql`
    insert into notify.clock_run (job, reached) values (${job}, ${reached})
    on conflict (job) do update set reached = greatest(clock_run.reached, excluded.reached)`);
}
