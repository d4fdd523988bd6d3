import { listStaff } from '../../identity/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import { selectClearances, type Clearance } from './store-read.ts';

/**
 * How much each clerk cleared in the last days, and why: one who clears far more than the others is
 * asked about it.
 */
export async function clearancesOf(
  ctx: { db: Db; clock: Clock },
  { hospital_id, days }: { hospital_id: string; days: number },
): Promise<{ days: number; clearances: (Clearance & { clerk_name: string })[] }> {
  const since = new Date(ctx.clock.now().getTime() - days * 86_400_000);
  const [rows, staff] = await Promise.all([
    selectClearances(ctx.db, { hospital_id, since }),
    listStaff(ctx, hospital_id),
  ]);
  const names = new Map(staff.map((one) => [`staff:${one.id}`, one.display_name]));
  return {
    days,
    clearances: rows.map((row) => ({ ...row, clerk_name: names.get(row.clerk) ?? row.clerk })),
  };
}
