import { shanghaiTime } from '../../platform/clock.ts';
import type { RuleSet } from './rule-set.ts';

/** A visit as checking in sees it, with the rule in force when it was booked; none without rules. */
export type Arriving = {
  ends_at: Date;
  period: string | null;
  check_in: RuleSet['check_in'] | null;
};

export type Arrival = {
  /** The hour (HH:mm) by which this half-day checks in, if it has passed: the desk decides. */
  deadline: string | null;
  /** Called after those who came in time. */
  to_end: boolean;
};

/**
 * How a check-in at this moment of the clinic day goes. Late is who comes when the time on the number
 * is over; numbers keep their own time to the minute, so that nobody is late within it.
 */
export function arrivalOf(visit: Arriving, now: Date): Arrival {
  const { check_in, period } = visit;
  if (!check_in) return { deadline: null, to_end: false };
  const hours = { morning: check_in.morning, afternoon: check_in.afternoon, evening: check_in.evening }; // prettier-ignore
  const by = hours[period as keyof typeof hours] ?? null;
  return {
    deadline: by !== null && shanghaiTime(now) > by ? by : null,
    to_end: check_in.late === 'end_of_half_day' && now > visit.ends_at,
  };
}
