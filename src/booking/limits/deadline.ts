import { addDays, shanghaiDate, shanghaiInstant } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import type { VisitStatus } from '../types.ts';
import { cancelDeadlinePassed } from './errors.ts';
import type { CancelDeadline } from './rule-set.ts';

/** A visit's number as the deadline for giving it back sees it. */
export type Cancellable = {
  starts_at: Date;
  level?: string | null;
  /** Of the rules in force when it was booked; none in a hospital without rules. */
  cancel_deadlines?: readonly CancelDeadline[] | null;
  /** When it was booked; none for a number that nobody has yet. */
  booked_at?: Date | null;
};

/**
 * 退号截止 of a number: by the line for its 号别, else by the line for every other; never after its time
 * begins. A hospital without rules has none but that, and a deadline that had passed when the number was
 * booked is nobody's to keep: such a number goes back freely until its time.
 */
export function cancelDeadline(number: Cancellable): {
  until: Date;
  after: CancelDeadline['after'];
} {
  const lines = number.cancel_deadlines ?? [];
  const line =
    lines.find((one) => one.levels.some((level) => level === number.level)) ??
    lines.find((one) => one.levels.length === 0);
  if (!line) return { until: number.starts_at, after: 'window_only' };
  const until = instantOf(line, number);
  if (number.booked_at && number.booked_at >= until)
    return { until: number.starts_at, after: line.after };
  const earliest = until < number.starts_at ? until : number.starts_at;
  return { until: earliest, after: line.after };
}

/**
 * What a person is told of giving a number back: until when it can be done online, and from when it is
 * counted as late; null where the two are one.
 */
export function cancelTerms(number: Cancellable): { until: Date; late_from: Date | null } {
  const { until, after } = cancelDeadline(number);
  if (after === 'window_only') return { until, late_from: null };
  return { until: number.starts_at, late_from: until < number.starts_at ? until : null };
}

function instantOf(line: CancelDeadline, number: Cancellable): Date {
  if (line.minutes_before !== null)
    return new Date(number.starts_at.getTime() - line.minutes_before * 60_000);
  const day = addDays(shanghaiDate(number.starts_at), -line.days_before);
  // Without an hour, the whole of that day.
  return line.time === null
    ? shanghaiInstant(addDays(day, 1), '00:00')
    : shanghaiInstant(day, line.time);
}

/**
 * Whether giving a booked visit back now comes late. A number that is only held can always be declined.
 * @throws Problem booking/cancel-deadline where the rules leave late ones to the window.
 */
export function isLateCancel(visit: Cancellable & { status: VisitStatus }, now: Date): boolean {
  if (visit.status !== 'booked' || now >= visit.starts_at) return false;
  const { until, after } = cancelDeadline(visit);
  if (now <= until) return false;
  if (after === 'window_only')
    throw new Problem(cancelDeadlinePassed, { cancel_until: until.toISOString() });
  return true;
}
