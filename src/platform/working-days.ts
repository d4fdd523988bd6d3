import { addDays, shanghaiDate, shanghaiInstant } from './clock.ts';

type Year = {
  /** Days off, from and to, both included. */
  off: readonly (readonly [string, string])[];
  /** Saturdays and Sundays that are worked (调休上班). */
  worked: readonly string[];
};

/**
 * Official holidays by year, as the State Council tells them each November (2026: 国办发明电, 4 November
 * 2025). `missingYears` says which year is to be added.
 */
const holidays: Readonly<Record<string, Year>> = {
  '2026': {
    off: [
      ['2026-01-01', '2026-01-03'],
      ['2026-02-15', '2026-02-23'],
      ['2026-04-04', '2026-04-06'],
      ['2026-05-01', '2026-05-05'],
      ['2026-06-19', '2026-06-21'],
      ['2026-09-25', '2026-09-27'],
      ['2026-10-01', '2026-10-07'],
    ],
    worked: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
  },
};

/** Whether people work on a day (`YYYY-MM-DD`). Of a year that is not told yet, weekends and 1 January only. */
export function isWorkingDay(day: string): boolean {
  const year = holidays[day.slice(0, 4)];
  if (year?.worked.includes(day)) return true;
  if (year?.off.some(([from, to]) => from <= day && day <= to) || day.endsWith('-01-01'))
    return false;
  return ![0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
}

/** One working day on: the same hour of the next day on which people work, Asia/Shanghai. */
export function oneWorkingDayAfter(from: Date): Date {
  const time = new Date(from.getTime() + 8 * 3_600_000).toISOString().slice(11, 16);
  let day = addDays(shanghaiDate(from), 1);
  while (!isWorkingDay(day)) day = addDays(day, 1);
  return shanghaiInstant(day, time);
}

/** Years that are to be added to the table now: this one, and from December on the next. */
export function missingYears(now: Date): string[] {
  const [year = '', month = ''] = shanghaiDate(now).split('-');
  const wanted = month === '12' ? [year, String(Number(year) + 1)] : [year];
  return wanted.filter((one) => !(one in holidays));
}
