import { releaseNumbers } from '../booking/index.ts';
import { getSessions } from '../schedule/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import type { Subscription } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { drawLogSubscription } from './draw-log.ts';
import { planSession } from './plan-session.ts';
import { noteSessions, sessionReleases, type SessionRelease } from './store.ts';

/** Numbers that a session gained after its release are released at once, for the pool is open. */
async function releaseGrown(tx: Tx, ctx: { clock: Clock }, session: SessionRelease): Promise<void> {
  if (session.method !== 'order' || session.online_done_at === null) return;
  await releaseNumbers(tx, {
    session_id: session.session_id,
    pools: ['online'],
    at: ctx.clock.now(),
    actor: 'system:release',
  });
}

/** What the release side hears: numbers that came into being, and what became of drawn places. */
export function releaseSubscriptions(ctx: { clock: Clock; random: Random }): Subscription[] {
  return [
    {
      name: 'release.sessions',
      events: ['booking.stock.opened'],
      handle: async (tx, events) => {
        const ids = events.map((event) => (event.payload as { session_id: string }).session_id);
        const sessions = await getSessions({ db: tx }, ids);
        await noteSessions(
          tx,
          sessions.map((session) => ({ ...session, session_id: session.id })),
        );
        for (const session of await sessionReleases(tx, ids))
          if (session.plan_id === null) await planSession(tx, ctx, session);
          else await releaseGrown(tx, ctx, session);
      },
    },
    drawLogSubscription(ctx),
  ];
}
