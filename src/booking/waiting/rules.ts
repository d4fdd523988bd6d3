/** Fewer intervals between calls than this measure nothing. */
const intervals_min = 4;
/** The pace of the last so many calls is the pace of now. */
const intervals_max = 8;

/**
 * How long one person takes today, in minutes, by the intervals between the last calls of a session:
 * the median, and of how many. Null while too few were called, or when nobody has been called for so
 * long that the last pace says nothing of now.
 */
export function paceOf(
  called: readonly Date[],
  now: Date,
): { minutes: number; intervals: number } | null {
  const times = called.map((at) => at.getTime()).toSorted((a, b) => a - b);
  const last = times.at(-1);
  if (last === undefined) return null;
  const gaps = times
    .flatMap((at, n) => (n === 0 ? [] : [at - (times[n - 1] ?? at)]))
    .slice(-intervals_max)
    .toSorted((a, b) => a - b);
  if (gaps.length < intervals_min) return null;
  const median = gaps[Math.floor(gaps.length / 2)] ?? 0;
  if (now.getTime() - last > 3 * median + 10 * 60_000) return null;
  return { minutes: median / 60_000, intervals: gaps.length };
}

/** About how long until one's turn, in whole five minutes upwards: 1–5 minutes read as 5. */
export function waitOf(ahead: number, minutes: number): number {
  return Math.max(5, Math.ceil((ahead * minutes) / 5) * 5);
}
