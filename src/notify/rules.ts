import { addDays, shanghaiDate, shanghaiInstant, shanghaiTime } from '../platform/clock.ts';

/** Short messages go out between these wall times (specification, D8); nobody is woken by a result. */
export const sms_from = '08:00';
export const sms_until = '21:00';

/** A try that was not answered for this long is taken for lost: whoever made it may have died. */
export const try_lost_seconds = 120;

/** After so many tries without success a message has failed. */
export const tries_max = 6;

const first_retry_seconds = 30;

/** The first instant from `instant` on at which a short message may go out; the same by day. */
export function sendableFrom(instant: Date): Date {
  const day = shanghaiDate(instant);
  const time = shanghaiTime(instant);
  if (time >= sms_from && time < sms_until) return instant;
  return shanghaiInstant(time < sms_from ? day : addDays(day, 1), sms_from);
}

/** When to try again after `tries` failures: half a minute, then four times as long each time. */
export function retryAt(now: Date, tries: number): Date {
  const seconds = first_retry_seconds * 4 ** (tries - 1);
  return sendableFrom(new Date(now.getTime() + seconds * 1000));
}
