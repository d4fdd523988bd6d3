import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import type { StoredEvent, Subscription } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { getSessions, type SessionView } from '../schedule/index.ts';
import { staysOpen } from './limits/scope.ts';
import { returnSubscriptions } from './returns/index.ts';
import { stoppedSubscription } from './stopped/index.ts';
import { openStock, resumeStock, stopStock, type StockSession } from './store-stock.ts';

const actor = 'system:booking';

type SessionEvent = StoredEvent & { payload: { session_id: string } };

/**
 * Booking follows the schedule: new and grown sessions get their numbers, a stopped one loses them
 * and a resumed one gets them back. What a session is now decides, not the order in which news
 * arrives, so events repeated or out of turn change nothing.
 */
export function bookingSubscriptions(ctx: { clock: Clock; random: Random }): Subscription[] {
  return [
    {
      name: 'booking.schedule',
      events: [
        'schedule.session.created',
        'schedule.session.changed',
        'schedule.session.stopped',
        'schedule.session.resumed',
        'schedule.session.substituted',
      ],
      handle: (tx, events) => follow(tx, ctx, events as SessionEvent[]),
    },
    stoppedSubscription(ctx),
    ...returnSubscriptions(ctx),
  ];
}

async function follow(tx: Tx, ctx: { clock: Clock }, events: SessionEvent[]): Promise<void> {
  const at = ctx.clock.now();
  const ids = [...new Set(events.map((event) => event.payload.session_id))].sort();
  const sessions = await getSessions({ db: tx }, ids);
  await openStock(tx, sessions.map(toStock), { at, actor });
  const touched = new Set(
    events
      .filter((event) => event.name.endsWith('.stopped') || event.name.endsWith('.resumed'))
      .map((event) => event.payload.session_id),
  );
  // In key order, as every writer of stock locks it.
  for (const session of sessions.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    if (!touched.has(session.id) && session.status !== 'stopped') continue;
    const follows = session.status === 'stopped' ? stopStock : resumeStock;
    await follows(tx, { session_id: session.id, at, actor });
  }
}

function toStock(session: SessionView): StockSession {
  const direct_pools = { ...session.direct_pools };
  return { ...session, session_id: session.id, direct_pools, stays_open: staysOpen(session) };
}
