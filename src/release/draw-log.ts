import { undo_minutes_max } from '../booking/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import type { StoredEvent, Subscription } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { canonicalText } from '../platform/tlog/index.ts';
import { displace } from './displace.ts';
import { chainEvent, type LogEvent, type LogLine } from './sealed-draw/index.ts';
import { getDraw } from './store-draw.ts';
import {
  appendDrawLog,
  drawOfSession,
  entryOfVisit,
  lastLogLine,
  lastOfPlace,
  pendCancel,
  placeOfSlot,
  takeDueCancels,
  touchingDraws,
  unpendCancel,
} from './store-draw-log.ts';
import { leaveStandby, standbyEntryOf } from './store-entry.ts';
import { forgetVisit, settleByVisit } from './store-displaced.ts';

type NewLine = Omit<LogEvent, 'at'>;

/** Appends one event to a draw's chained log (log.jsonl), under the draw's lock. */
export function logDrawEvent(tx: Tx, draw_id: string, event: NewLine, now: Date): Promise<void> {
  return logDrawEvents(tx, draw_id, [event], now);
}

/** Appends events in order to a draw's chained log, under the draw's lock. */
export async function logDrawEvents(
  tx: Tx,
  draw_id: string,
  events: readonly NewLine[],
  now: Date,
): Promise<void> {
  if (events.length === 0) return;
  const { line, closed_at } = await lastLogLine(tx, draw_id);
  let last = line === null ? null : (JSON.parse(line) as LogLine);
  // Lines never run backwards and never behind a return that has closed, even if the machine's clock
  // was put back or another server's runs ahead.
  const at = Math.max(
    Math.floor(now.getTime() / 1000),
    last?.at ?? 0,
    Math.floor((closed_at?.getTime() ?? 0) / 1000),
  );
  const lines = events.map((event) => {
    last = chainEvent(last, { ...event, at });
    return last;
  });
  await appendDrawLog(
    tx,
    lines.map((one) => ({
      draw_id,
      n: one.n,
      line: canonicalText(one),
      place: one.place,
      entry_id: one.e,
      kind: one.t,
      at: new Date(at * 1000),
    })),
  );
}

type Visit = {
  appointment_id: string;
  session_id: string;
  slot_id: string;
  channel: string;
  pool?: string;
  why?: string;
  detail?: { from_slot_id?: string };
};
type Source = { clock: Clock; random: Random };

/**
 * Hears what becomes of the places after the draw. A cancellation is written when it can no longer
 * be undone; a place that was given outside the draw becomes `triage`; an added number (加号) of a
 * drawn session is counted.
 */
export function drawLogSubscription(ctx: Source): Subscription {
  return {
    name: 'release.draw-log',
    events: [
      'booking.visit.booked',
      'booking.visit.confirmed',
      'booking.visit.cancelled',
      'booking.visit.restored',
      'booking.visit.lapsed',
      'booking.visit.moved',
      'booking.visit.stopped',
      'booking.number.returned',
      'booking.number.voided',
    ],
    handle: async (tx, events) => {
      const touching = await touchingDraws(tx, events.map(happeningOf));
      for (const event of events)
        if (touching.has(event.id) || isAdded(event)) await hear(tx, ctx, event);
    },
  };
}

function happeningOf(event: StoredEvent): {
  event_id: string;
  appointment_id: string | null;
  slot_id: string | null;
} {
  const { appointment_id = null, slot_id = null } = event.payload as Partial<Visit>;
  return { event_id: event.id, appointment_id, slot_id };
}

/** An added number (加号) is counted in its session's draw, though no place of it is touched. */
function isAdded(event: StoredEvent): boolean {
  return (event.payload as Partial<Visit>).pool === 'added';
}

async function hear(tx: Tx, ctx: Source, event: StoredEvent): Promise<void> {
  const visit = event.payload as unknown as Visit;
  const entry = visit.appointment_id ? await entryOfVisit(tx, visit.appointment_id) : undefined;
  if (entry) await hearWinner(tx, ctx, { event, visit, entry });
  else await hearOther(tx, ctx, event, visit);
}

type Winner = { draw_id: string; id: string; patient_id: string; place: number };

async function hearWinner(
  tx: Tx,
  ctx: Source,
  heard: { event: StoredEvent; visit: Visit; entry: Winner },
): Promise<void> {
  const { event, visit, entry } = heard;
  const { draw_id, place } = entry;
  const line = { e: entry.id, place };
  const now = ctx.clock.now();
  switch (event.name) {
    case 'booking.visit.confirmed':
      return logDrawEvent(tx, draw_id, { ...line, t: 'confirm' }, now);
    case 'booking.visit.lapsed':
      return logDrawEvent(tx, draw_id, { ...line, t: 'lapse' }, now);
    case 'booking.visit.restored':
      return unpendCancel(tx, draw_id, place);
    case 'booking.visit.cancelled':
      return pendCancel(tx, { draw_id, place, entry_id: entry.id, due_at: undoneBy(event) });
    case 'booking.visit.moved':
      // The person keeps the visit under another number; the place they won comes back.
      await logDrawEvent(tx, draw_id, { ...line, t: 'cancel' }, now);
      await forgetVisit(tx, draw_id, entry.id);
      return isLeft(visit) ? undefined : hearOther(tx, ctx, event, visit);
    case 'booking.visit.stopped': {
      const draw = await getDraw(tx, draw_id);
      if (!draw) return;
      await logDrawEvent(tx, draw_id, { ...line, t: 'stop' }, now);
      return displace(tx, ctx, { draw, entry_id: entry.id, place, session_id: visit.session_id });
    }
    default:
  }
}

/** Numbers of a drawn session in other hands: given on-site, given back, stopped, added. */
async function hearOther(tx: Tx, ctx: Source, event: StoredEvent, visit: Visit): Promise<void> {
  const now = ctx.clock.now();
  if (visit.pool === 'added' && event.name === 'booking.visit.booked') {
    const draw_id = await drawOfSession(tx, visit.session_id);
    if (draw_id) await logDrawEvent(tx, draw_id, { e: null, place: null, t: 'add' }, now);
    return;
  }
  // A number that was set aside for a displaced person.
  if (event.name === 'booking.visit.confirmed')
    await settleByVisit(tx, visit.appointment_id, 'taken');
  if (event.name === 'booking.visit.lapsed' || event.name === 'booking.visit.cancelled')
    await settleByVisit(tx, visit.appointment_id, 'ended');
  const found = await placeOfSlot(tx, visit.slot_id);
  if (found?.state !== 'drawn') return;
  const { draw_id, place } = found;
  const last = await lastOfPlace(tx, draw_id, place);
  const line = { e: null, place };
  switch (event.name) {
    case 'booking.visit.moved':
      if (isLeft(visit) && last !== 'triage') return;
      if (isLeft(visit)) return logDrawEvent(tx, draw_id, { ...line, t: 'cancel' }, now);
      if (last !== 'stop' && last !== 'triage')
        await logDrawEvent(tx, draw_id, { ...line, t: 'triage' }, now);
      return;
    case 'booking.visit.booked':
    case 'booking.visit.confirmed':
      if (last !== 'stop' && last !== 'triage') {
        await leaveServed(tx, ctx, draw_id, event.person_id);
        await logDrawEvent(tx, draw_id, { ...line, t: 'triage' }, now);
      }
      return;
    case 'booking.visit.cancelled':
      if (last === 'triage')
        await pendCancel(tx, { draw_id, place, entry_id: null, due_at: undoneBy(event) });
      return;
    case 'booking.visit.restored':
      return unpendCancel(tx, draw_id, place);
    case 'booking.visit.stopped':
    case 'booking.number.voided':
    case 'booking.number.returned':
      if (event.name === 'booking.number.returned' && visit.why !== 'stop') return;
      if (last !== 'stop') await logDrawEvent(tx, draw_id, { ...line, t: 'stop' }, now);
      return;
    default:
  }
}

/** Whoever took a place on-site needs no return any more: their entry leaves the standby pool first. */
async function leaveServed(
  tx: Tx,
  ctx: Source,
  draw_id: string,
  patient_id: string | null | undefined,
): Promise<void> {
  const id = patient_id && (await standbyEntryOf(tx, draw_id, patient_id));
  const gone = id && (await leaveStandby(tx, { draw_id, id, at: ctx.clock.now() }));
  if (gone)
    await logDrawEvent(tx, draw_id, { e: gone.id, place: null, t: 'withdraw' }, ctx.clock.now());
}

/** Of the two numbers a move tells of, whether this is the one that was left. */
function isLeft(visit: Visit): boolean {
  return visit.detail?.from_slot_id === visit.slot_id;
}

function undoneBy(event: StoredEvent): Date {
  return new Date(event.occurred_at.getTime() + undo_minutes_max * 60_000);
}

/**
 * Writes the cancellations that can no longer be undone, dated when they could not: after a pause of
 * the server they still belong before the returns that were to draw them.
 */
export async function logDueCancels(tx: Tx, now: Date): Promise<void> {
  for (const { draw_id, entry_id, place, due_at } of await takeDueCancels(tx, now))
    await logDrawEvent(tx, draw_id, { e: entry_id, place, t: 'cancel' }, due_at);
}
