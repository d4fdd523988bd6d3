import type { Clock } from '../platform/clock.ts';
import type { Queryable } from '../platform/db.ts';
import { findSessions } from '../schedule/index.ts';
import { countNumbers, type NumberCounts } from './store-availability.ts';

/** How many numbers of each session are in which state (R039), for staff; free counts every pool. */
export async function supplyOf(
  ctx: { db: Queryable; clock: Clock },
  input: { hospital_id: string; department_id?: string | undefined; from: string; to: string },
): Promise<NumberCounts[]> {
  const sessions = await findSessions(ctx, input);
  const ids = sessions.map((session) => session.id);
  const counts = await countNumbers(ctx.db, ids, ctx.clock.now());
  return [...counts.values()].map((row) => ({ ...row, free: row.free_any }));
}
