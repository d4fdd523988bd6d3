import { undo_minutes_max } from '../booking/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import type { StoredEvent, Subscription } from '../platform/outbox.ts';
import { canonicalText } from '../platform/tlog/index.ts';
import { chainEvent, type LogEvent, type LogLine } from './sealed-draw/index.ts';
import {
  appendDrawLog,
  entryOfVisit,
  lastLogLine,
  pendCancel,
  placeOfSlot,
  takeDueCancels,
  unpendCancel,
} from './store-draw.ts';

/** Appends one event to a draw's chained log (log.jsonl), under the draw's lock. */
export async function logDrawEvent(
  tx: Tx,
  draw_id: string,
  event: Omit<LogEvent, 'at'>,
  now: Date,
): Promise<void> {
  const text = await lastLogLine(tx, draw_id);
  const last = text === undefined ? null : (JSON.parse(text) as LogLine);
  // Lines never run backwards, even if the machine's clock was put back.
  const at = Math.max(Math.floor(now.getTime() / 1000), last?.at ?? 0);
  const line = chainEvent(last, { ...event, at });
  await appendDrawLog(tx, [
    {
      draw_id,
      n: line.n,
      line: canonicalText(line),
      place: event.place,
      entry_id: event.e,
      kind: event.t,
      at: new Date(at * 1000),
    },
  ]);
}

type Visit = { appointment_id: string; slot_id: string; channel: string };

/**
 * Hears what becomes of the places after the draw. A cancellation is written when it can no longer
 * be undone; a place that was given on-site becomes `triage`.
 */
export function drawLogSubscription(ctx: { clock: Clock }): Subscription {
  return {
    name: 'release.draw-log',
    events: [
      'booking.visit.booked',
      'booking.visit.confirmed',
      'booking.visit.cancelled',
      'booking.visit.restored',
      'booking.visit.lapsed',
      'booking.visit.stopped',
    ],
    handle: async (tx, events) => {
      for (const event of events) await hear(tx, event, ctx.clock.now());
    },
  };
}

async function hear(tx: Tx, event: StoredEvent, now: Date): Promise<void> {
  const visit = event.payload as unknown as Visit;
  if (event.name === 'booking.visit.booked') {
    const place = await placeOfSlot(tx, visit.slot_id);
    if (place?.state === 'drawn')
      await logDrawEvent(tx, place.draw_id, { e: null, place: place.place, t: 'triage' }, now);
    return;
  }
  if (visit.channel !== 'draw') return;
  const entry = await entryOfVisit(tx, visit.appointment_id);
  if (!entry) return;
  const line = { e: entry.id, place: entry.place };
  if (event.name === 'booking.visit.confirmed')
    await logDrawEvent(tx, entry.draw_id, { ...line, t: 'confirm' }, now);
  else if (event.name === 'booking.visit.lapsed')
    await logDrawEvent(tx, entry.draw_id, { ...line, t: 'lapse' }, now);
  else if (event.name === 'booking.visit.stopped')
    await logDrawEvent(tx, entry.draw_id, { ...line, t: 'stop' }, now);
  else if (event.name === 'booking.visit.restored') await unpendCancel(tx, entry.draw_id, entry.id);
  else
    await pendCancel(tx, {
      draw_id: entry.draw_id,
      entry_id: entry.id,
      place: entry.place,
      due_at: new Date(event.occurred_at.getTime() + undo_minutes_max * 60_000),
    });
}

/** Writes the cancellations that can no longer be undone. */
export async function logDueCancels(tx: Tx, now: Date): Promise<void> {
  for (const due of await takeDueCancels(tx, now))
    await logDrawEvent(tx, due.draw_id, { e: due.entry_id, place: due.place, t: 'cancel' }, now);
}
