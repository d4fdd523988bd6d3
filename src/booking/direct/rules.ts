import { addDays, shanghaiInstant } from '../../platform/clock.ts';

/** Why a doctor adds a number. `staff` is for colleagues and relatives: same form, counted apart. */
export const addReasons = [
  'condition',
  'post_discharge',
  'result',
  'far',
  'medicine',
  'staff',
] as const;
export type AddReason = (typeof addReasons)[number];

/** Why the office refuses one above the quota. */
export const addRefusals = ['room', 'other_day', 'other_doctor'] as const;
export type AddRefusal = (typeof addRefusals)[number];

/** Why a patient goes the green channel. */
export const greenReasons = ['severe', 'difficult', 'worse'] as const;
export type GreenReason = (typeof greenReasons)[number];

/** A department's quota of added numbers until it sets its own: a share of a session's numbers. */
export const default_added_share = 0.2;

/** How many numbers may be added to a session without asking: rounded down, one at least. */
export function addedQuota(numbers: number, share: number): number {
  return share === 0 ? 0 : Math.max(1, Math.floor(numbers * share));
}

/** Clinics any doctor of which may send a patient up the green channel, and those that receive. */
export const green_from: readonly string[] = ['ordinary', 'convenience', 'emergency'];
export const green_to: readonly string[] = ['associate_chief', 'chief', 'disease', 'team'];

/**
 * The date so many months after a date. A month that is too short gives its last day; counting is
 * always from the anchor, so 31 January comes back as 28 February and then as 31 March.
 */
export function addMonths(anchor: string, months: number): string {
  const [year, month, day] = anchor.split('-').map(Number) as [number, number, number];
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  first.setUTCDate(Math.min(day, last));
  return first.toISOString().slice(0, 10);
}

/** A follow-up may be so many days before its date, and so many after. */
export const follow_up_early_days = 7;
export const follow_up_late_days = 21;

/** A day on which the clinic has a follow-up number left. */
export type OpenDay = { session_id: string; service_date: string };

/**
 * The days to try for a follow-up, best first: nearest to the date, the later one of two that are
 * equally near. While no session on or after the date is planned yet an earlier day waits, because a
 * better one may come; a holiday simply has no session. Empty: wait.
 */
export function followUpDays(
  due: string,
  open: readonly OpenDay[],
  known: { today: string; planned_until: string },
): OpenDay[] {
  const days = (a: string, b: string): number => (Date.parse(a) - Date.parse(b)) / 86_400_000;
  const within = open.filter(
    ({ service_date }) =>
      service_date > known.today &&
      days(service_date, due) >= -follow_up_early_days &&
      days(service_date, due) <= follow_up_late_days,
  );
  const mayBeEarly = known.planned_until >= due || days(due, known.today) <= 2;
  return within
    .filter(({ service_date }) => mayBeEarly || service_date >= due)
    .toSorted(
      (a, b) =>
        Math.abs(days(a.service_date, due)) - Math.abs(days(b.service_date, due)) ||
        days(b.service_date, a.service_date),
    );
}

/** Whether the time for a follow-up is over and nothing was found. */
export function isFollowUpMissed(due: string, today: string): boolean {
  return addDays(due, follow_up_late_days) <= today;
}

/** The instants between which a month (YYYY-MM) of Shanghai lies. */
export function monthSpan(month: string): { from: Date; to: Date } {
  const first = `${month}-01`;
  return {
    from: shanghaiInstant(first, '00:00'),
    to: shanghaiInstant(addMonths(first, 1), '00:00'),
  };
}

/** From so many numbers added by one doctor for one person in a month, the report names the pair. */
export const concentrated_min = 3;
