import { assignPools, releaseNumbers, setMethod } from '../booking/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { releaseInstants } from './rules.ts';
import { planFor, setPlan, type SessionRelease } from './store.ts';

/**
 * Puts a session under the plan in force on its clinic day: shares its numbers out to the pools,
 * notes when each is released, and opens the direct pools (follow-up, in-clinic, referral, team,
 * green channel) to their doctors at once. A session without a plan waits unreleased.
 */
export async function planSession(
  tx: Tx,
  source: { clock: Clock; random: Random },
  session: SessionRelease,
): Promise<boolean> {
  const plan = await planFor(tx, session.healthcare_service_id, session.service_date);
  if (!plan || plan.id === session.plan_id) return false;
  await assignPools(tx, session.session_id, {
    on_site: plan.on_site_share,
    same_day: plan.same_day_share,
  });
  await setMethod(tx, session.session_id, plan.method);
  await releaseNumbers(tx, {
    session_id: session.session_id,
    pools: ['follow_up', 'in_clinic', 'referral', 'team', 'green_channel'],
    at: source.clock.now(),
    actor: 'system:release',
    direct: true,
  });
  await setPlan(tx, session.session_id, plan, releaseInstants(plan, session));
  await appendEvents(tx, source, [
    {
      name: 'release.session.planned',
      hospital_id: session.hospital_id,
      subject: `session-plan:${session.session_id}:${plan.version}`,
      version: 1,
      actor: plan.created_by,
      payload: { session_id: session.session_id, plan_id: plan.id, method: plan.method },
    },
  ]);
  return true;
}
