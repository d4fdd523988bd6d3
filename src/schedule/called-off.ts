import { addDays, shanghaiDate, type Clock } from '../platform/clock.ts';
import type { Queryable } from '../platform/db.ts';
import { selectCalledOff, type CalledOffRow } from './store-find.ts';

/** How many days ahead stops and substitutions are announced, today included. */
const days_ahead = 14;
const rows_max = 500;

/** 停诊公告: what was stopped or taken over in the next days, of one hospital or of all. */
export async function calledOff(
  ctx: { db: Queryable; clock: Clock },
  input: { hospital_id?: string | undefined },
): Promise<{ from: string; to: string; sessions: CalledOffRow[] }> {
  const from = shanghaiDate(ctx.clock.now());
  const to = addDays(from, days_ahead - 1);
  const hospital_id = input.hospital_id ?? null;
  return {
    from,
    to,
    sessions: await selectCalledOff(ctx.db, { hospital_id, from, to, limit: rows_max }),
  };
}
