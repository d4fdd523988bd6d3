import { fastSessions } from '../booking/index.ts';
import { getServices, serviceHasUndrawnNumbers, specialtyOf } from '../schedule/index.ts';
import { addDays, shanghaiDate, type Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { Db, Tx } from '../platform/db.ts';
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
  input: {
    hospital_id: string;
    healthcare_service_id: string;
    draft: PlanDraft;
    reason?: string | null | undefined;
  },
): Promise<Finding[]> {
  const today = shanghaiDate(ctx.clock.now());
  const [service] = await getServices(ctx.db, [input.healthcare_service_id]);
  const plans = await plansOf(ctx.db, input.hospital_id);
  const drawn = plans.filter((plan) => plan.method === 'draw');
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
    sold_out_under_10_minutes: await fastSessions(ctx.db, input.healthcare_service_id),
    specialty_name: await specialtyOf(ctx.db, input.healthcare_service_id),
    today,
    current:
      plans.find((plan) => plan.healthcare_service_id === input.healthcare_service_id) ?? null,
    reason: input.reason?.trim() || null,
    demo: ctx.config.demo,
  });
}

/** What a change of plan is. */
export type PlanChange = {
  hospital_id: string;
  healthcare_service_id: string;
  draft: PlanDraft;
  reason?: string | null | undefined;
  actor: string;
};

/**
 * Whether a change needs a second person: between draw and order, a shadow beside the order, or what
 * the manifests offer. Times and shares one person may set.
 */
export async function needsSecondPerson(ctx: PlanContext, change: PlanChange): Promise<boolean> {
  const plans = await plansOf(ctx.db, change.hospital_id);
  const current = plans.find((one) => one.healthcare_service_id === change.healthcare_service_id);
  if (!current) return change.draft.method === 'draw';
  const rules = (value: object | undefined): string => JSON.stringify(sorted(value ?? {}));
  return (
    current.method !== change.draft.method ||
    current.shadow !== (change.draft.shadow ?? false) ||
    rules(current.draw_rules) !== rules(change.draft.draw_rules)
  );
}

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Stores the next version of a clinic's release plan and puts every session that nothing was
 * released or announced of under it. Versions are never changed afterwards (R001).
 * @throws Problem release/plan-refused with the lint's findings.
 */
export async function changePlan(
  ctx: PlanContext,
  change: PlanChange,
): Promise<{ plan: Plan; findings: Finding[] }> {
  const findings = await checkPlan(ctx, change);
  if (findings.some((finding) => finding.severity === 'refuse'))
    throw new Problem(planRefused, { findings });
  const plan = await ctx.db.tx((tx) => applyPlan(tx, ctx, change));
  return { plan, findings };
}

/** Stores a checked change and plans the sessions it governs, in the caller's transaction. */
export async function applyPlan(tx: Tx, ctx: PlanContext, change: PlanChange): Promise<Plan> {
  const { draft, hospital_id, healthcare_service_id, actor } = change;
  const now = ctx.clock.now();
  const stored = await insertPlan(tx, {
    ...draft,
    id: newId(ctx),
    hospital_id,
    healthcare_service_id,
    on_site_zero_reason: draft.on_site_zero_reason ?? null,
    draw_rhythm: draft.method === 'draw' || draft.shadow ? (draft.draw_rhythm ?? null) : null,
    shadow: draft.shadow ?? false,
    draw_rules: draft.draw_rules ?? {},
    created_by: actor,
    created_at: now,
  });
  await appendEvents(tx, ctx, [
    {
      name: 'release.plan.changed',
      hospital_id,
      subject: `plan:${healthcare_service_id}`,
      version: stored.version,
      actor,
      payload: {
        plan_id: stored.id,
        healthcare_service_id,
        version: stored.version,
        method: stored.method,
      },
    },
  ]);
  const sessions = await lockUnreleased(tx, healthcare_service_id, now);
  await planSessions(tx, ctx, sessions);
  return stored;
}
