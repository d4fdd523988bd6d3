import { addDays, shanghaiDate, shanghaiInstant, shanghaiTime } from '../../platform/clock.ts';
import type { Channel } from '../types.ts';
import type { CompiledLimit, LimitTold } from './compile.ts';

/** A booking as a limit sees it, whoever asks for it or has it. */
export type JudgedVisit = {
  patient: string;
  account: string | null;
  phone: string | null;
  device: string | null;
  hospital: string;
  session: string;
  department: string | null;
  /** YYYY-MM-DD of the clinic day and its half-day. */
  day: string;
  half_day: string;
  channel: Channel;
  made_at: Date;
};

/** One that was made: whether it was ever confirmed, and when and how it ended, if it did. */
export type PastVisit = JudgedVisit & {
  confirmed: boolean;
  gone_at: Date | null;
  gone_how: 'cancelled' | 'lapsed' | 'stopped' | null;
};

/**
 * The first limit that refuses a booking, given what was booked before; undefined lets it pass. The
 * same decision as the hot statement's, over plain values: dry runs use it, and tests hold the
 * statement against it.
 */
export function judge(
  limits: readonly CompiledLimit[],
  asked: JudgedVisit,
  past: readonly PastVisit[],
): (LimitTold & { used: number }) | undefined {
  for (const limit of limits) {
    if (!limit.channels.includes(asked.channel)) continue;
    if (limit.per !== 'patient' && asked[limit.per] === null) continue;
    const used = usedOf(limit, asked, past);
    if (used >= limit.max) return { ...limit.told, used };
  }
  return undefined;
}

function usedOf(limit: CompiledLimit, asked: JudgedVisit, past: readonly PastVisit[]): number {
  const today = shanghaiDate(asked.made_at);
  if (limit.counts === 'advance') return asked.day > addDays(today, limit.days ?? 0) ? 1 : 0;
  if (limit.counts === 'next_day')
    return asked.day === addDays(today, 1) && shanghaiTime(asked.made_at) >= (limit.stop_at ?? '')
      ? 1
      : 0;
  const since = sinceOf(limit, asked.made_at);
  return past.filter(
    (visit) =>
      visit[limit.per] === asked[limit.per] &&
      visit.hospital === asked.hospital &&
      (visit.channel === 'draw' || limit.channels.includes(visit.channel)) &&
      counts(limit, visit, { at: asked.made_at, since }) &&
      isPart(limit, visit, asked) &&
      isPlace(limit, visit, asked),
  ).length;
}

/** Since when a limit counts what was made, or null where it goes by the clinic day. */
export function sinceOf(limit: Pick<CompiledLimit, 'span' | 'month_day'>, at: Date): Date | null {
  if (limit.month_day !== null) {
    const month = addDays(shanghaiDate(at), 1 - limit.month_day).slice(0, 7);
    return shanghaiInstant(addDays(`${month}-01`, limit.month_day - 1), '00:00');
  }
  if (limit.span === null) return null;
  const [amount = '0', unit] = limit.span.split(' ');
  if (unit === 'minutes') return new Date(at.getTime() - Number(amount) * 60_000);
  if (unit === 'days') return new Date(at.getTime() - Number(amount) * 86_400_000);
  return monthsBack(at, Number(amount));
}

/** As PostgreSQL does it: the same day of an earlier month, or that month's last. */
function monthsBack(at: Date, months: number): Date {
  const wanted = new Date(at);
  wanted.setUTCMonth(at.getUTCMonth() - months, 1);
  const last = new Date(Date.UTC(wanted.getUTCFullYear(), wanted.getUTCMonth() + 1, 0));
  wanted.setUTCDate(Math.min(at.getUTCDate(), last.getUTCDate()));
  return wanted;
}

function counts(
  limit: CompiledLimit,
  visit: PastVisit,
  { at, since }: { at: Date; since: Date | null },
): boolean {
  const gone = visit.gone_at !== null && visit.gone_at <= at ? visit.gone_how : null;
  const after = (moment: Date | null): boolean =>
    moment !== null && (since === null || moment > since);
  switch (limit.counts) {
    case 'active_bookings':
      return gone === null && after(visit.made_at);
    case 'bookings_made':
      return (gone === null || (gone === 'cancelled' && visit.confirmed)) && after(visit.made_at);
    case 'cancellations':
      return gone === 'cancelled' && visit.confirmed && after(visit.gone_at);
    case 'holds_given_up':
      return gone === 'cancelled' && !visit.confirmed && after(visit.gone_at);
    default:
      return false;
  }
}

function isPart({ part }: CompiledLimit, visit: JudgedVisit, asked: JudgedVisit): boolean {
  if (part === 'session') return visit.session === asked.session;
  if (part === null) return true;
  return visit.day === asked.day && (part === 'day' || visit.half_day === asked.half_day);
}

function isPlace({ place }: CompiledLimit, visit: JudgedVisit, asked: JudgedVisit): boolean {
  if (place === 'doctor_session') return visit.session === asked.session;
  return (
    place === 'hospital' || (visit.department !== null && visit.department === asked.department)
  );
}
