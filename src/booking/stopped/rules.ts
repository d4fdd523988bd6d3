import { shanghaiDate } from '../../platform/clock.ts';
import { remoteUntil } from '../store-stock.ts';

/** How long a number is held for somebody whose visit a stop ended. */
export const offer_hours = 48;
/** How far ahead another number of the same doctor, or of the same department and rank, is looked for. */
export const same_doctor_days = 30;
export const same_rank_days = 14;
/** An offer that leaves less time to answer helps nobody. */
export const answer_minutes_min = 60;
/** So long before its time a number of the coming morning is offered no more. */
const travel_hours = 2;

/**
 * Until when an offered number is held: two days, at most until remote stock ends the evening before,
 * or, for a number so near, until people must set off. Undefined when too little time is left.
 */
export function offerUntil(starts_at: Date, now: Date): Date | undefined {
  const whole = now.getTime() + offer_hours * 3_600_000;
  const evening = remoteUntil(shanghaiDate(starts_at)).getTime();
  const earliest = now.getTime() + answer_minutes_min * 60_000;
  const latest = evening >= earliest ? evening : starts_at.getTime() - travel_hours * 3_600_000;
  const until = Math.min(whole, latest);
  return until >= earliest ? new Date(until) : undefined;
}
