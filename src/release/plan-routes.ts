import { getServices } from '../schedule/index.ts';
import { actorOf, hospitalOf, type App } from '../platform/http.ts';
import { changePlan, checkPlan } from './change-plan.ts';
import type { ReleaseContext } from './announce.ts';
import * as schema from './schema.ts';
import { plansOf, type Plan } from './store.ts';

const tags = ['release'];

async function named(ctx: ReleaseContext, plans: Plan[]) {
  const services = await getServices(
    ctx.db,
    plans.map((plan) => plan.healthcare_service_id),
  );
  const names = new Map(services.map((service) => [service.id, service.name]));
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
      const { healthcare_service_id, ...draft } = request.body;
      const findings = await checkPlan(ctx, {
        hospital_id: hospitalOf(request),
        healthcare_service_id,
        draft,
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
      const { healthcare_service_id, ...draft } = request.body;
      const { plan, findings } = await changePlan(ctx, {
        hospital_id: hospitalOf(request),
        healthcare_service_id,
        draft,
        actor: actorOf(request),
      });
      const [shown] = await named(ctx, [plan]);
      return { plan: shown as Plan & { service_name: string }, findings };
    },
  );
}
