import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import type { Events } from '../../events.ts';
import type { StoredEvent, Subscription } from '../../platform/outbox.ts';
import { endRebookings, noteSubstitution, openRebookings, type EndReason } from './store.ts';

const actor = 'system:booking';

/** What becomes of a visit that was offered, by the event of its step. */
const endings: Record<string, EndReason> = {
  'booking.visit.confirmed': 'taken',
  'booking.visit.lapsed': 'lapsed',
  'booking.visit.cancelled': 'declined',
  'booking.visit.stopped': 'stopped',
};

/** Stops make people wait for another number; what they do with an offered one settles it. */
export function stoppedSubscription(ctx: { clock: Clock }): Subscription {
  return {
    name: 'booking.stopped',
    events: [
      'schedule.session.substituted',
      'booking.visit.stopped',
      'booking.visit.confirmed',
      'booking.visit.lapsed',
      'booking.visit.cancelled',
    ],
    handle: (tx, events) => follow(tx, ctx.clock.now(), events),
  };
}

async function follow(tx: Tx, at: Date, events: StoredEvent[]): Promise<void> {
  for (const event of events) {
    if (event.name !== 'schedule.session.substituted') continue;
    const payload = event.payload as Events['schedule.session.substituted'];
    await noteSubstitution(tx, { ...payload, at: event.occurred_at, actor });
  }
  for (const [name, reason] of Object.entries(endings)) {
    const ids = events
      .filter((event) => event.name === name)
      .map((event) => (event.payload as { appointment_id: string }).appointment_id);
    if (ids.length === 0) continue;
    if (name === 'booking.visit.stopped') await openRebookings(tx, ids, at);
    await endRebookings(tx, { offered_appointment_ids: ids, reason, at, actor });
  }
}
