import { addDays, shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import type { Random } from '../../platform/random.ts';
import { offerUntil, same_doctor_days, same_rank_days } from './rules.ts';
import {
  endRebookings,
  holdOffer,
  lockOffer,
  lockWaiting,
  outwaited,
  sessionsToOffer,
  traceOf,
  waitingRebookings,
} from './store.ts';

export type OfferContext = { db: Db; clock: Clock; random: Random };

const actor = 'system:booking';
const people_a_round = 200;

/**
 * Sets numbers aside for people whose visit a stop ended, before anybody else gets them: in the same
 * clinic within thirty days, else in the same department and rank within fourteen. In the order of
 * the numbers they had; whoever finds none keeps waiting, a month at most.
 * @returns how many were offered a number.
 */
export async function offerRebookings(ctx: OfferContext): Promise<number> {
  const now = ctx.clock.now();
  const late = await outwaited(ctx.db, addDays(shanghaiDate(now), -same_doctor_days));
  if (late.length > 0)
    await ctx.db.tx((tx) => endRebookings(tx, { ids: late, reason: 'expired', at: now, actor }));
  let offered = 0;
  for (const { id } of await waitingRebookings(ctx.db, people_a_round))
    if (await ctx.db.tx((tx) => offerOne(tx, ctx, id))) offered++;
  return offered;
}

async function offerOne(tx: Tx, ctx: OfferContext, id: string): Promise<boolean> {
  const rebooking = await lockWaiting(tx, id);
  if (!rebooking) return false;
  const at = ctx.clock.now();
  const candidates = await sessionsToOffer(tx, {
    rebooking,
    after: at,
    same_doctor_days,
    same_rank_days,
  });
  if (candidates.length === 0) return false;
  const { account_id } = await traceOf(tx, rebooking.appointment_id);
  const { patient_id } = rebooking;
  for (const { session_id } of candidates) {
    const number = await lockOffer(tx, { session_id, patient_id, account_id, after: at });
    const until = number && offerUntil(number.starts_at, at);
    if (!until) continue;
    const { slot_id } = number;
    const appointment_id = newId(ctx);
    await holdOffer(tx, { rebooking_id: id, appointment_id, slot_id, until, at, actor });
    return true;
  }
  return false;
}
