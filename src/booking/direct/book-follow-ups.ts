import { shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db.ts';
import { appendEvents } from '../../platform/outbox.ts';
import type { Random } from '../../platform/random.ts';
import { expireAdded } from './decide-added.ts';
import { tellBooked } from './follow-up.ts';
import { addMonths, followUpDays, isFollowUpMissed } from './rules.ts';
import {
  advancePlan,
  insertTurn,
  lockPlan,
  openDays,
  plansDue,
  reopenStopped,
  standingVisit,
  type FollowUpPlan,
} from './store-follow-up.ts';
import { takeWithin } from './take-within.ts';

type Source = { db: Db; clock: Clock; random: Random };

const plans_a_round = 200;
const actor = 'system:follow-up';

/**
 * Everything of the numbers given by doctors whose hour has come: follow-ups are booked as soon as
 * the sessions around their date open, requests whose session is over end. Safe to repeat.
 */
export async function tickDirect(ctx: Source): Promise<void> {
  await bookFollowUps(ctx);
  await expireAdded(ctx);
}

/**
 * Books the next visit of every plan whose clinic has a follow-up number near its date; a plan whose
 * time went by without one is told so. @returns how many visits were booked.
 */
export async function bookFollowUps(ctx: Source): Promise<number> {
  const today = shanghaiDate(ctx.clock.now());
  await reopenStopped(ctx.db, today);
  let booked = 0;
  for (const plan_id of await plansDue(ctx.db, { today, limit: plans_a_round }))
    if (await settlePlan(ctx, plan_id, today)) booked++;
  return booked;
}

type Outcome =
  | { outcome: 'booked'; appointment_id: string; session_id: string }
  | { outcome: 'already' | 'unbooked' }
  | 'full'
  | 'wait';

/** Tries the days best first, each in a transaction of its own: two stocks are never held at once. */
async function settlePlan(ctx: Source, plan_id: string, today: string): Promise<boolean> {
  const tried = new Set<string>();
  for (;;) {
    const outcome = await ctx.db.tx(async (tx) => {
      const plan = await lockPlan(tx, plan_id);
      if (!plan) return 'wait';
      const found = await tryOnce(tx, ctx, { plan, today, tried });
      if (typeof found !== 'string') await settle(tx, ctx, plan, found);
      return found;
    });
    if (outcome !== 'full') return typeof outcome !== 'string' && outcome.outcome === 'booked';
  }
}

async function tryOnce(
  tx: Tx,
  ctx: Source,
  input: { plan: FollowUpPlan; today: string; tried: Set<string> },
): Promise<Outcome> {
  const { plan, today, tried } = input;
  if (await standingVisit(tx, plan)) return { outcome: 'already' };
  const { days, planned_until } = await openDays(tx, { ...plan, due: plan.next_due });
  const best = followUpDays(plan.next_due, days, { today, planned_until }).find(
    (day) => !tried.has(day.session_id),
  );
  if (!best) return isFollowUpMissed(plan.next_due, today) ? { outcome: 'unbooked' } : 'wait';
  const { session_id } = best;
  const key = `${plan.id} ${plan.next_n} ${session_id} ${ctx.clock.now().toISOString()}`;
  const { refusal, appointment_id } = await takeWithin(tx, ctx, {
    actor,
    session_id,
    slot_id: null,
    patient_id: plan.patient_id,
    pools: ['follow_up'],
    detail: { plan_id: plan.id },
    idempotency: { scope: 'follow-up', key, fingerprint: '' },
  });
  if (!refusal) return { outcome: 'booked', appointment_id: appointment_id as string, session_id };
  tried.add(session_id);
  return 'full';
}

async function settle(
  tx: Tx,
  ctx: Source,
  plan: FollowUpPlan,
  found: Exclude<Outcome, string>,
): Promise<void> {
  const at = ctx.clock.now();
  const { id: plan_id, hospital_id, patient_id, next_n: n, next_due: due } = plan;
  const appointment_id = found.outcome === 'booked' ? found.appointment_id : null;
  await insertTurn(tx, { plan_id, n, due, outcome: found.outcome, appointment_id, at });
  const events = found.outcome === 'already' ? 0 : 1;
  const next_due = addMonths(plan.anchor_date, (n + 1) * plan.every_months);
  const { version, state } = await advancePlan(tx, {
    plan_id,
    next_n: n + 1,
    next_due,
    at,
    events,
  });
  const told = state === 'ended' ? version - 1 : version;
  const subject = `follow-up:${plan_id}`;
  const about = { hospital_id, subject, person_id: patient_id, actor };
  if (found.outcome === 'booked') {
    const { session_id } = found;
    const payload = { plan_id, n, appointment_id: found.appointment_id, session_id };
    await tellBooked(tx, ctx, { hospital_id, actor, patient_id, subject, version: told, payload });
  }
  if (found.outcome === 'unbooked')
    await appendEvents(tx, ctx, [
      { ...about, name: 'booking.follow-up.unbooked', version: told, payload: { plan_id, n, due } },
    ]);
  if (state === 'ended')
    await appendEvents(tx, ctx, [
      { ...about, name: 'booking.follow-up.ended', version, payload: { plan_id, reason: 'complete' } }, // prettier-ignore
    ]);
}
