import { addDays, shanghaiDate, shanghaiInstant, shanghaiTime } from '../platform/clock.ts';
import type { Channel } from './channels/types.ts';
import { rules, urgent_hours, type Kind } from './kinds.ts';

/** What rings a phone goes out between these wall times (specification, D8); nobody is woken by a result. */
export const sms_from = '08:00';
export const sms_until = '21:00';

/** A try that was not answered for this long is taken for lost: whoever made it may have died. */
export const try_lost_seconds = 120;

/** After so many tries without success a message has failed. */
export const tries_max = 6;

const first_retry_seconds = 30;

/** The first instant from `instant` on at which a phone may ring; the same by day. */
export function sendableFrom(instant: Date): Date {
  const day = shanghaiDate(instant);
  const time = shanghaiTime(instant);
  if (time >= sms_from && time < sms_until) return instant;
  return shanghaiInstant(time < sms_from ? day : addDays(day, 1), sms_from);
}

/** Whether a message of this channel rings where its reader sleeps; an e-mail waits by itself. */
export function rings(channel: Channel): boolean {
  return channel !== 'email';
}

/**
 * Whether news must not wait for the morning: a change of a clinic that begins so soon that its
 * people would set off, or get up, for nothing.
 */
export function isUrgent(kind: Kind, starts_at: Date | undefined, now: Date): boolean {
  if (!rules[kind].wakes || starts_at === undefined) return false;
  const hours = (starts_at.getTime() - now.getTime()) / 3_600_000;
  return hours > 0 && hours <= urgent_hours;
}

/** When to try again after `tries` failures: half a minute, then four times as long each time. */
export function retryAt(
  now: Date,
  tries: number,
  message: { rings: boolean; urgent: boolean } = { rings: true, urgent: false },
): Date {
  const seconds = first_retry_seconds * 4 ** (tries - 1);
  const at = new Date(now.getTime() + seconds * 1000);
  return message.rings && !message.urgent ? sendableFrom(at) : at;
}
