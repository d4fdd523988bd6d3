import { getServices, serviceHasUndrawnNumbers } from '../schedule/index.ts';
import { addDays, shanghaiDate, type Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { planRefused } from './errors.ts';
import { planSessions } from './plan-session.ts';
import { lintPlan, type Finding, type PlanDraft } from './rules.ts';
import { insertPlan, lockUnreleased, plansOf, recentReleaseTimes, type Plan } from './store.ts';

export type PlanContext = { db: Db; clock: Clock; random: Random; config: Config };

/** What the lint says of a draft for a clinic, without storing anything. */
export async function checkPlan(
  ctx: PlanContext,
  input: { hospital_id: string; healthcare_service_id: string; draft: PlanDraft },
): Promise<Finding[]> {
  const today = shanghaiDate(ctx.clock.now());
  const [service] = await getServices(ctx.db, [input.healthcare_service_id]);
  const drawn = (await plansOf(ctx.db, input.hospital_id)).filter((plan) => plan.method === 'draw');
  return lintPlan(input.draft, {
    time_critical: service?.time_critical ?? null,
    undrawn_within_3_days: service
      ? await serviceHasUndrawnNumbers(ctx.db, {
          healthcare_service_id: service.id,
          from: today,
          to: addDays(today, 3),
          drawn_service_ids: [...drawn.map((plan) => plan.healthcare_service_id), service.id],
        })
      : false,
    outside_channel_open: false,
    recent_release_times: await recentReleaseTimes(ctx.db, input.healthcare_service_id),
    sold_out_under_10_minutes: 0,
    demo: ctx.config.demo,
  });
}

/**
 * Stores the next version of a clinic's release plan and puts every session that nothing was
 * released or announced of under it. Versions are never changed afterwards (R001).
 * @throws Problem release/plan-refused with the lint's findings.
 */
export async function changePlan(
  ctx: PlanContext,
  input: { hospital_id: string; healthcare_service_id: string; draft: PlanDraft; actor: string },
): Promise<{ plan: Plan; findings: Finding[] }> {
  const findings = await checkPlan(ctx, input);
  if (findings.some((finding) => finding.severity === 'refuse'))
    throw new Problem(planRefused, { findings });
  const { draft } = input;
  const plan = await ctx.db.tx(async (tx) => {
    const stored = await insertPlan(tx, {
      ...draft,
      id: newId(ctx),
      hospital_id: input.hospital_id,
      healthcare_service_id: input.healthcare_service_id,
      on_site_zero_reason: draft.on_site_zero_reason ?? null,
      draw_rhythm: draft.method === 'draw' ? (draft.draw_rhythm ?? null) : null,
      created_by: input.actor,
      created_at: ctx.clock.now(),
    });
    await appendEvents(tx, ctx, [
      {
        name: 'release.plan.changed',
        hospital_id: input.hospital_id,
        subject: `plan:${input.healthcare_service_id}`,
        version: stored.version,
        actor: input.actor,
        payload: {
          plan_id: stored.id,
          healthcare_service_id: input.healthcare_service_id,
          version: stored.version,
          method: stored.method,
        },
      },
    ]);
    const sessions = await lockUnreleased(tx, input.healthcare_service_id, ctx.clock.now());
    await planSessions(tx, ctx, sessions);
    return stored;
  });
  return { plan, findings };
}
