import { shanghaiDate, shanghaiInstant } from '../../platform/clock.ts';

/** `2026-11-24 08:10:00` in Asia/Shanghai, as Alipay and both statements write instants. */
export function shanghaiText(instant: Date): string {
  return new Date(instant.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** `2026-11-24T08:10:00+08:00`, as WeChat writes instants. */
export function shanghaiRfc3339(instant: Date): string {
  return `${shanghaiText(instant).replace(' ', 'T')}+08:00`;
}

/** The instant of `2026-11-24 08:10:00` in Asia/Shanghai. @throws RangeError when it is none. */
export function instantOf(text: string): Date {
  const match = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})/.exec(text.trim());
  if (!match) throw new RangeError('not a date and time');
  return shanghaiInstant(match[1] ?? '', match[2] ?? '');
}

/** Whether `day` was over by noon of the next: until then its statement may not be made yet. */
export function statementIsMade(day: string, now: Date): boolean {
  return shanghaiDate(new Date(now.getTime() - 36 * 3_600_000)) >= day;
}
