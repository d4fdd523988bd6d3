import { accountOf, actorOf, type App } from '../../platform/http.ts';
import { listPatients } from '../../identity/index.ts';
import type { SessionView } from '../../schedule/index.ts';
import { endFollowUps } from './follow-up.ts';
import { listMine, moveTimes } from './mine.ts';
import * as schema from './schema.ts';
import type { DirectContext } from './types.ts';

const tags = ['booking'];

/** Where and when a session is, as replies tell it. */
export function place(session: SessionView) {
  const { service_date, period, department_name, service_name, practitioner_name, room } = session;
  return {
    service_date,
    period,
    department_name,
    service_name,
    practitioner_name,
    room,
    starts_at: session.starts_at.toISOString(),
    ends_at: session.ends_at.toISOString(),
  };
}

/** What patients see of numbers that doctors gave them, and what they can change. */
export function mineRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/direct-numbers',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '医生为我的就诊人加的号与复诊计划',
        response: { 200: schema.Mine },
      },
    },
    async (request) => {
      const { added, plans } = await listMine(ctx, accountOf(request).account_id);
      return {
        plans,
        added: added.flatMap(({ session, ...order }) =>
          session
            ? [
                {
                  ...order,
                  ...place(session),
                  order_id: order.id,
                  asked_at: order.asked_at.toISOString(),
                },
              ]
            : [],
        ),
      };
    },
  );
  app.get(
    '/api/appointments/:appointment_id/direct-times',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '医生约的复诊可改到的时间',
        params: schema.VisitParams,
        response: { 200: schema.MoveTimes },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const numbers = await moveTimes(ctx, { ...request.params, account_id });
      return {
        numbers: numbers.map((one) => ({
          ...one,
          starts_at: one.starts_at.toISOString(),
          ends_at: one.ends_at.toISOString(),
        })),
      };
    },
  );
  app.post(
    '/api/follow-up-plans/:plan_id/end',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '结束我的复诊计划（已约的号不受影响）',
        params: schema.PlanParams,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const patients = await listPatients(ctx, account_id);
      await endFollowUps(ctx, {
        plan_id: request.params.plan_id,
        actor: actorOf(request),
        hospital_id: null,
        patient_ids: patients.map((one) => one.patient_id),
        reason: 'patient',
      });
      return { done: true };
    },
  );
}
