import { ReplayError } from './errors.ts';

/** The limits of the rule engine that a replay can set; undefined leaves one off. */
export type Limits = {
  /** Bookings of one person in one session (clinic and day). */
  session_day?: number;
};

const known: Record<string, keyof Limits> = { 'session-day': 'session_day' };

/** Reads `--limit name=N` options. @throws ReplayError naming the limits there are. */
export function readLimits(options: readonly string[]): Limits {
  const limits: Limits = {};
  for (const option of options) {
    const [name = '', value = ''] = option.split('=', 2);
    const limit = known[name];
    if (limit === undefined)
      throw new ReplayError(
        `There is no limit "${name}". The limits are: ${Object.keys(known).join(', ')}.`,
      );
    if (!/^[1-9]\d{0,2}$/.test(value))
      throw new ReplayError(`--limit ${name} needs a whole number from 1 to 999, not "${value}".`);
    limits[limit] = Number(value);
  }
  return limits;
}
