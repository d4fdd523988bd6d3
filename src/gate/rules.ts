import { createHmac } from 'node:crypto';
import type { Holder, Mark, Progress, Ticket } from './types.ts';

/** A room is there from so long before the release; early places are drawn in this time. */
export const announce_minutes = 30;
/** An open room without a queue is kept so long, in case the rush comes back. */
export const keep_open_minutes = 15;
/** Nobody in the slow lane waits longer than this beside the normal lane. */
export const slow_extra_s_max = 60;
/** A pass lasts so long: time to choose again when the first number is gone. */
export const pass_minutes = 5;

export const value_min = '0'.repeat(16);
export const value_max = 'f'.repeat(16);
const values = 2n ** 64n;

/**
 * What gives a patient an early place: HMAC-SHA-256 under the room's release key, which is committed
 * in the log before opening. It depends on nothing else, so asking again never re-rolls.
 */
export function earlyMac(release_key: Uint8Array, room_id: string, patient_id: string): Buffer {
  return createHmac('sha256', release_key)
    .update(`zhenghao early place v1\n${room_id}\n${patient_id}\n`)
    .digest();
}

/** The place's value: the first eight bytes, as 16 hexadecimal digits that compare as text. */
export function earlyValue(mac: Buffer): string {
  return mac.toString('hex', 0, 8);
}

/** People at or before a value when so many drew: values are spread evenly. */
export function earlyPlace(value: string, early_count: number): number {
  return Number((BigInt(`0x${value}`) * BigInt(early_count)) / values);
}

/** Whether a ticket's turn has come at a mark. */
export function isDue(ticket: Pick<Ticket, 'kind' | 'value'>, mark: Mark): boolean {
  if (ticket.kind === 'late') return Number(ticket.value) <= mark.late_up_to;
  return mark.early_up_to === value_max || ticket.value < mark.early_up_to;
}

export function hasQueue(progress: Progress): boolean {
  return (
    (progress.early_count > 0 && progress.early_up_to < value_max) ||
    progress.late_up_to < progress.late_issued
  );
}

/**
 * Lets `budget` people in: first the early by value, then the late by number. What nobody needs is
 * not saved up, so a quiet minute is followed by no burst.
 */
export function advance(progress: Progress, budget: number): Progress {
  const before = BigInt(`0x${progress.early_up_to}`);
  const count = progress.early_count;
  const early = (Number(values - before) / Number(values)) * count;
  let left = Math.max(0, budget);
  if (progress.early_up_to < value_max && left < early) {
    const share = BigInt(Math.floor((left / count) * 2 ** 53)) << 11n;
    const moved = (before + share).toString(16).padStart(16, '0');
    return { ...progress, early_up_to: moved < value_max ? moved : value_max };
  }
  if (progress.early_up_to < value_max) left -= early;
  const late_up_to = Math.min(progress.late_issued, progress.late_up_to + Math.ceil(left));
  return { ...progress, early_up_to: value_max, late_up_to };
}

/** People let in a second. */
export const rate_min = 20;
export const rate_start = 200;
export const rate_max = 2000;
/** More waiting writes than this and the gate counts the server as full. */
export const waiting_max = 2000;

/** The server's measured capacity: up gently while its hot writes keep up, halved when they wait. */
export function nextRate(rate: number, waiting: number): number {
  if (waiting > waiting_max) return Math.max(rate_min, rate / 2);
  return waiting > waiting_max / 4 ? rate : Math.min(rate_max, rate * 1.1);
}

/**
 * The mark of so many seconds ago. Before anything is remembered (after a restart) the oldest known
 * counts: that lets people of the slow lane in sooner, never later.
 */
export function markAt(history: readonly (Mark & { at: number })[], at: number): Mark {
  const found = history.findLast((mark) => mark.at <= at) ?? history[0];
  return found ?? { early_up_to: value_min, late_up_to: 0 };
}

/** A ticket or pass works only for the account, patient and key it was made for. */
export function belongsTo(paper: Holder, holder: Holder): boolean {
  return (
    paper.account_id === holder.account_id &&
    paper.patient_id === holder.patient_id &&
    (paper.device_key_id === null || paper.device_key_id === holder.device_key_id)
  );
}
