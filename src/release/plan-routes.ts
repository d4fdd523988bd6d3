import { getServices } from '../schedule/index.ts';
import { actorOf, hospitalOf, type App } from '../platform/http.ts';
import { changePlan, checkPlan, needsSecondPerson } from './change-plan.ts';
import { decidePlan, proposePlan } from './propose-plan.ts';
import { answerRecommendation } from './recommend.ts';
import { openProposals, openRecommendations } from './store-plan.ts';
import type { ReleaseContext } from './announce.ts';
import * as schema from './schema.ts';
import { plansOf, type Plan } from './store.ts';

const tags = ['release'];

async function serviceNames(
  ctx: ReleaseContext,
  rows: readonly { healthcare_service_id: string }[],
): Promise<Map<string, string>> {
  const services = await getServices(
    ctx.db,
    rows.map((row) => row.healthcare_service_id),
  );
  return new Map(services.map((service) => [service.id, service.name]));
}

async function named(ctx: ReleaseContext, plans: Plan[]) {
  const names = await serviceNames(ctx, plans);
  return plans.map((plan) => ({
    ...plan,
    service_name: names.get(plan.healthcare_service_id) ?? '',
  }));
}

/** Release plans: read, check a draft, store the next version. */
export function planRoutes(app: App, ctx: ReleaseContext): void {
  app.get(
    '/api/staff/plans',
    {
      config: { permission: 'plan.read' },
      schema: {
        tags,
        summary: 'Newest release plan of each clinic',
        response: { 200: schema.Plans },
      },
    },
    async (request) => ({ plans: await named(ctx, await plansOf(ctx.db, hospitalOf(request))) }),
  );
  app.post(
    '/api/staff/plans/lint',
    {
      config: { permission: 'plan.read' },
      schema: {
        tags,
        summary: 'What the rules say of a draft plan',
        body: schema.PlanBody,
        response: { 200: schema.Findings },
      },
    },
    async (request) => {
      const { healthcare_service_id, reason, ...draft } = request.body;
      const findings = await checkPlan(ctx, {
        hospital_id: hospitalOf(request),
        healthcare_service_id,
        draft,
        reason,
      });
      return { findings };
    },
  );
  app.post(
    '/api/staff/plans',
    {
      config: { permission: 'plan.write' },
      schema: {
        tags,
        summary: 'Store the next version of a clinic’s plan',
        body: schema.PlanBody,
        response: { 200: schema.PlanChanged },
      },
    },
    async (request) => {
      const { healthcare_service_id, reason = null, ...draft } = request.body;
      const change = {
        hospital_id: hospitalOf(request),
        healthcare_service_id,
        draft,
        reason,
        actor: actorOf(request),
      };
      if (await needsSecondPerson(ctx, change))
        return { plan: null, ...(await proposePlan(ctx, change)) };
      const { plan, findings } = await changePlan(ctx, change);
      const [shown] = await named(ctx, [plan]);
      return { plan: shown as Plan & { service_name: string }, proposal_id: null, findings };
    },
  );
  proposalRoutes(app, ctx);
  recommendationRoutes(app, ctx);
}

function proposalRoutes(app: App, ctx: ReleaseContext): void {
  app.get(
    '/api/staff/plan-proposals',
    {
      config: { permission: 'plan.read' },
      schema: {
        tags,
        summary: 'Changes of plans that wait for a second person',
        response: { 200: schema.Proposals },
      },
    },
    async (request) => {
      const rows = await openProposals(ctx.db, hospitalOf(request));
      const names = await serviceNames(ctx, rows);
      return {
        proposals: rows.map((row) => ({
          proposal_id: row.id,
          healthcare_service_id: row.healthcare_service_id,
          service_name: names.get(row.healthcare_service_id) ?? '',
          method: row.draft.method,
          shadow: row.draft.shadow ?? false,
          effective_from: row.draft.effective_from,
          draft: row.draft,
          reason: row.reason,
          proposed_by: row.proposed_by,
          proposed_at: row.proposed_at,
          mine: row.proposed_by === actorOf(request),
        })),
      };
    },
  );
  app.post(
    '/api/staff/plan-proposals/:proposal_id/decide',
    {
      config: { permission: 'plan.approve' },
      schema: {
        tags,
        summary: 'Approve or refuse another person’s change of plan',
        params: schema.ProposalParams,
        body: schema.ApproveBody,
        response: { 200: schema.PlanDecided },
      },
    },
    async (request) => {
      await decidePlan(ctx, {
        ...request.params,
        ...request.body,
        hospital_id: hospitalOf(request),
        actor: actorOf(request),
      });
      return { state: request.body.approve ? 'approved' : 'refused' };
    },
  );
}

function recommendationRoutes(app: App, ctx: ReleaseContext): void {
  app.get(
    '/api/staff/recommendations',
    {
      config: { permission: 'plan.read' },
      schema: {
        tags,
        summary: 'Clinics proposed for the draw this month',
        response: { 200: schema.Recommendations },
      },
    },
    async (request) => {
      const rows = await openRecommendations(ctx.db, hospitalOf(request));
      const names = await serviceNames(ctx, rows);
      return {
        recommendations: rows.map((row) => ({
          ...row,
          service_name: names.get(row.healthcare_service_id) ?? '',
        })),
      };
    },
  );
  app.post(
    '/api/staff/recommendations/:id',
    {
      config: { permission: 'plan.write' },
      schema: {
        tags,
        summary: 'Take or decline a recommendation',
        params: schema.RecommendationParams,
        body: schema.TakeBody,
        response: { 200: schema.State },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { take } = request.body;
      const facts = { id, take, hospital_id: hospitalOf(request), actor: actorOf(request) };
      await answerRecommendation(ctx, facts);
      return { state: take ? 'taken' : 'declined' };
    },
  );
}
