import { assignPools, releaseNumbers } from '../booking/index.ts';
import { getSessions } from '../schedule/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import type { Subscription } from '../platform/outbox.ts';
import { drawLogSubscription } from './draw-log.ts';
import { mergedEntriesSubscription, type MergeContext } from './merge-entries.ts';
import { planSessions } from './plan-session.ts';
import { noteSessions, planFor, sessionReleases, type SessionRelease } from './store.ts';

/**
 * Numbers that a session gained after it was planned, by growing or because the HIS entrusted them,
 * are shared out like the others; a pool that is open already gets its part at once.
 */
async function shareLateNumbers(
  tx: Tx,
  ctx: { clock: Clock },
  session: SessionRelease,
): Promise<void> {
  const plan = await planFor(tx, session.healthcare_service_id, session.service_date);
  if (!plan) return;
  const { session_id } = session;
  const { on_site_share: on_site, same_day_share: same_day } = plan;
  await assignPools(tx, [{ session_id, on_site, same_day }]);
  const pools = [
    ...(session.method === 'order' && session.online_done_at ? ['online'] : []),
    ...(session.same_day_done_at ? ['same_day'] : []),
    ...(session.on_site_done_at ? ['on_site'] : []),
  ];
  const at = ctx.clock.now();
  await releaseNumbers(tx, { session_ids: [session_id], pools, at, actor: 'system:release' });
}

/** What the release side hears: numbers that came into being, and what became of drawn places. */
export function releaseSubscriptions(ctx: MergeContext): Subscription[] {
  return [
    {
      name: 'release.sessions',
      events: ['booking.stock.opened', 'booking.number.entrusted'],
      handle: async (tx, events) => {
        const ids = events.map((event) => (event.payload as { session_id: string }).session_id);
        const sessions = await getSessions({ db: tx }, ids);
        await noteSessions(
          tx,
          sessions.map((session) => ({ ...session, session_id: session.id })),
        );
        const known = await sessionReleases(tx, ids);
        await planSessions(
          tx,
          ctx,
          known.filter((session) => session.plan_id === null),
        );
        for (const session of known)
          if (session.plan_id !== null) await shareLateNumbers(tx, ctx, session);
      },
    },
    drawLogSubscription(ctx),
    mergedEntriesSubscription(ctx),
  ];
}
