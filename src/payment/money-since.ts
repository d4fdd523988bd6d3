import { addDays, shanghaiDate, shanghaiInstant } from '../platform/clock.ts';
import type { PaymentContext } from './model.ts';
import { days_back_max, statement_time } from './rules.ts';
import { firstDay, hasRun, type Side } from './store-reconcile.ts';

export { moneySince, type MoneyRecord } from './store-ledger.ts';

/**
 * Clinic days (Asia/Shanghai) that are over, have their statements, and were not compared with one side
 * yet; a week back at most.
 */
export async function daysDue(
  ctx: Pick<PaymentContext, 'db' | 'clock'>,
  of: { side: Side; hospital_id: string | null },
): Promise<string[]> {
  const now = ctx.clock.now();
  const today = shanghaiDate(now);
  if (now < shanghaiInstant(today, statement_time)) return [];
  const first = await firstDay(ctx.db, of.side === 'his' ? of.hospital_id : null);
  if (first === null) return [];
  const earliest = addDays(today, -days_back_max);
  const days: string[] = [];
  for (let day = first > earliest ? first : earliest; day < today; day = addDays(day, 1))
    if (!(await hasRun(ctx.db, { service_date: day, ...of }))) days.push(day);
  return days;
}

/** Days that a hospital's own system was not compared for yet. */
export function hisDaysDue(
  ctx: Pick<PaymentContext, 'db' | 'clock'>,
  { hospital_id }: { hospital_id: string },
): Promise<string[]> {
  return daysDue(ctx, { side: 'his', hospital_id });
}
