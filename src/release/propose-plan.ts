import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { databaseError } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import { applyPlan, checkPlan, type PlanContext } from './change-plan.ts';
import { planRefused, proposalOpen, proposalOwn, proposalUnknown } from './errors.ts';
import type { Finding, PlanDraft } from './rules.ts';
import type { Plan } from './store.ts';
import { decideProposal, insertProposal, proposalById } from './store-plan.ts';

/**
 * Proposes a change of a clinic's plan that needs a second person: between draw and order, and of
 * what the draw's manifests offer.
 * @throws Problem release/plan-refused, proposal-open.
 */
export async function proposePlan(
  ctx: PlanContext,
  input: {
    hospital_id: string;
    healthcare_service_id: string;
    draft: PlanDraft;
    reason: string | null;
    actor: string;
  },
): Promise<{ proposal_id: string; findings: Finding[] }> {
  const findings = await checkPlan(ctx, input);
  if (findings.some((finding) => finding.severity === 'refuse'))
    throw new Problem(planRefused, { findings });
  const id = newId(ctx);
  const { actor, ...kept } = input;
  await ctx.db.tx(async (tx) => {
    const stored = await insertProposal(tx, {
      ...kept,
      id,
      proposed_by: actor,
      proposed_at: ctx.clock.now(),
    });
    if (!stored) throw new Problem(proposalOpen);
    await appendEvents(tx, ctx, [
      {
        name: 'release.plan.proposed',
        hospital_id: input.hospital_id,
        subject: `proposal:${id}`,
        version: 1,
        actor,
        payload: {
          proposal_id: id,
          healthcare_service_id: input.healthcare_service_id,
          method: input.draft.method,
        },
      },
    ]);
  });
  return { proposal_id: id, findings };
}

/**
 * A second person's decision. An approved change becomes the clinic's plan at once: sessions that
 * nothing was released or announced of are under it from then on, within the same transaction.
 * @throws Problem release/proposal-unknown, proposal-own, plan-refused when it breaks a rule by now.
 */
export async function decidePlan(
  ctx: PlanContext,
  input: { proposal_id: string; hospital_id: string; approve: boolean; actor: string },
): Promise<{ plan: Plan | null }> {
  const proposal = await proposalById(ctx.db, input.proposal_id);
  if (proposal?.hospital_id !== input.hospital_id || proposal.state !== 'proposed')
    throw new Problem(proposalUnknown);
  const { healthcare_service_id, draft, reason, hospital_id } = proposal;
  const facts = { hospital_id, healthcare_service_id, draft, reason };
  if (input.approve) {
    const findings = await checkPlan(ctx, facts);
    if (findings.some((finding) => finding.severity === 'refuse'))
      throw new Problem(planRefused, { findings });
  }
  try {
    return await ctx.db.tx(async (tx) => {
      const row = await decideProposal(tx, {
        id: proposal.id,
        state: input.approve ? 'approved' : 'refused',
        decided_by: input.actor,
        at: ctx.clock.now(),
      });
      if (!row) throw new Problem(proposalUnknown);
      await appendEvents(tx, ctx, [
        {
          name: 'release.plan.decided',
          hospital_id,
          subject: `proposal:${row.id}`,
          version: 2,
          actor: input.actor,
          payload: { proposal_id: row.id, state: row.state },
        },
      ]);
      const plan = input.approve
        ? await applyPlan(tx, ctx, { ...facts, actor: input.actor })
        : null;
      return { plan };
    });
  } catch (error) {
    if (databaseError(error)?.constraint === 'plan_proposal_two_people')
      throw new Problem(proposalOwn);
    throw error;
  }
}
