import { assignPools, releaseNumbers, setMethod } from '../booking/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { getSessions } from '../schedule/index.ts';
import { releaseInstants } from './rules.ts';
import { plansFor, setPlans, type Plan, type SessionRelease } from './store.ts';

/** The pools that open to their doctors as soon as a session is planned. */
const direct_pools = ['follow_up', 'in_clinic', 'referral', 'team', 'green_channel'];

/**
 * Puts sessions under the plan in force on their clinic day: shares their numbers out to the pools,
 * notes when each is released, and opens the direct pools at once. A session without a plan waits
 * unreleased. The number of statements does not grow with the number of sessions.
 */
export async function planSessions(
  tx: Tx,
  source: { clock: Clock; random: Random },
  sessions: readonly SessionRelease[],
): Promise<void> {
  const plans = await directOnInternet(tx, await plansFor(tx, sessions));
  const changed = sessions.flatMap((session) => {
    const plan = plans.get(session.session_id);
    return plan && plan.id !== session.plan_id ? [{ session, plan }] : [];
  });
  if (changed.length === 0) return;
  await assignPools(
    tx,
    changed.map(({ session, plan }) => ({
      session_id: session.session_id,
      on_site: plan.on_site_share,
      same_day: plan.same_day_share,
    })),
  );
  for (const method of ['order', 'draw'] as const)
    await setMethod(tx, idsOf(changed, method), method);
  await releaseNumbers(tx, {
    session_ids: idsOf(changed),
    pools: direct_pools,
    at: source.clock.now(),
    actor: 'system:release',
    direct: true,
  });
  await setPlans(
    tx,
    changed.map(({ session, plan }) => ({
      session_id: session.session_id,
      plan_id: plan.id,
      method: plan.method,
      ...releaseInstants(plan, session),
    })),
  );
  await appendEvents(
    tx,
    source,
    changed.map(({ session, plan }) => ({
      name: 'release.session.planned' as const,
      hospital_id: session.hospital_id,
      subject: `session-plan:${session.session_id}:${plan.version}`,
      version: 1,
      actor: plan.created_by,
      payload: { session_id: session.session_id, plan_id: plan.id, method: plan.method },
    })),
  );
}

/**
 * Internet clinics ask for a visit before, which a draw cannot: it gives to whoever entered. Their
 * numbers are released in order, also where the clinic's own are drawn.
 */
async function directOnInternet(
  tx: Tx,
  plans: ReadonlyMap<string, Plan>,
): Promise<ReadonlyMap<string, Plan>> {
  const drawn = [...plans].filter(([, plan]) => plan.method === 'draw').map(([id]) => id);
  if (drawn.length === 0) return plans;
  const sessions = await getSessions({ db: tx }, drawn);
  const internet = new Set(
    sessions.filter(({ mode }) => mode === 'internet').map((session) => session.id),
  );
  return new Map(
    [...plans].map(([id, plan]) => [id, internet.has(id) ? { ...plan, method: 'order' } : plan]),
  );
}

function idsOf(
  changed: readonly { session: SessionRelease; plan: Plan }[],
  method?: Plan['method'],
): string[] {
  return changed
    .filter(({ plan }) => method === undefined || plan.method === method)
    .map(({ session }) => session.session_id);
}
