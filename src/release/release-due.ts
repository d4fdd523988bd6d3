import { freeToOnSite, releaseNumbers } from '../booking/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { lockDue, lockEvening, markReleased } from './store.ts';

/**
 * Releases every pool whose hour has come (放号), by the server's clock and nobody else's (R052).
 * Several servers may run it: each takes the sessions the others have not locked.
 * @returns the sessions that something was released of.
 */
export async function releaseDue(ctx: { db: Db; clock: Clock }): Promise<number> {
  const now = ctx.clock.now();
  return ctx.db.tx(async (tx) => {
    const sessions = await lockDue(tx, now, 500);
    const due = (at: Date | null, done: Date | null): boolean =>
      at !== null && at <= now && done === null;
    const released = sessions.map((session) => ({
      session_id: session.session_id,
      online: session.method === 'order' && due(session.online_at, session.online_done_at),
      same_day: due(session.same_day_at, session.same_day_done_at),
      on_site: due(session.on_site_at, session.on_site_done_at),
    }));
    for (const pool of ['online', 'same_day', 'on_site'] as const) {
      const session_ids = released.filter((one) => one[pool]).map((one) => one.session_id);
      if (session_ids.length === 0) continue;
      const actor = 'system:release';
      await releaseNumbers(tx, { session_ids, pools: [pool], at: now, actor });
    }
    if (released.length > 0) await markReleased(tx, released, now);
    return sessions.length;
  });
}

/** From 20:00 of the day before, what is free of a drawn clinic goes on-site (specification, rhythm). */
export async function openEvening(ctx: { db: Db; clock: Clock }): Promise<number> {
  const at = ctx.clock.now();
  return ctx.db.tx(async (tx) => {
    const sessions = await lockEvening(tx, at);
    for (const { session_id } of sessions)
      await freeToOnSite(tx, { session_id, at, actor: 'system:release' });
    return sessions.length;
  });
}
