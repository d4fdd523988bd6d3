import { maskedPatients, readPatient } from '../identity/index.ts';
import { getSessions } from '../schedule/index.ts';
import { actorOf, hospitalOf, idempotencyOf, type App } from '../platform/http.ts';
import { refused } from './errors.ts';
import type { BookingContext } from './for-account.ts';
import { callList, logCall } from './log-call.ts';
import * as schema from './schema.ts';
import { step } from './step.ts';
import { selectVisitFacts } from './store-visits.ts';

const tags = ['booking'];

/** The work list of winners to call, and what came of each call. */
export function contactRoutes(app: App, ctx: BookingContext): void {
  app.get(
    '/api/staff/calls',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: '待电话通知：派到号还没确认的人，没有账户的在前',
        response: { 200: schema.CallList },
      },
    },
    async (request) => ({ calls: await viewCalls(ctx, hospitalOf(request)) }),
  );
  app.post(
    '/api/staff/appointments/:appointment_id/phone',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: '查看要拨打的电话（留下查阅记录）',
        params: schema.VisitParams,
        response: { 200: schema.Phone },
      },
    },
    async (request) => {
      const visit = await selectVisitFacts(ctx.db, request.params.appointment_id);
      const hospital_id = hospitalOf(request);
      if (visit?.hospital_id !== hospital_id) throw refused('visit-unknown');
      const by = { actor: actorOf(request), purpose: 'call', hospital_id };
      const { phone } = await readPatient(ctx, visit.patient_id, by);
      return { phone };
    },
  );
  app.post(
    '/api/staff/appointments/:appointment_id/call-log',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: '登记一次电话及结果；确认、放弃同时办理',
        params: schema.VisitParams,
        body: schema.CallBody,
        response: { 200: schema.CallLogged },
      },
    },
    async (request) => {
      const { appointment_id } = request.params;
      const { outcome } = request.body;
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      await logCall(ctx, { ...by, appointment_id, outcome });
      const name =
        outcome === 'confirmed' ? 'confirm' : outcome === 'declined' ? 'cancel' : undefined;
      if (name)
        await step(ctx, name, { ...by, appointment_id, idempotency: idempotencyOf(request) });
      return { outcome };
    },
  );
}

async function viewCalls(ctx: BookingContext, hospital_id: string) {
  const calls = await callList(ctx, hospital_id);
  const people = await maskedPatients(
    ctx,
    calls.map((call) => call.patient_id),
  );
  const sessions = new Map(
    (await getSessions(ctx, [...new Set(calls.map((call) => call.session_id))])).map((one) => [
      one.id,
      one,
    ]),
  );
  return calls.map((call) => {
    const session = sessions.get(call.session_id);
    const person = people.get(call.patient_id);
    return {
      ...call,
      hold_until: call.hold_until.toISOString(),
      name_masked: person?.name_masked ?? '',
      age: person?.age ?? null,
      service_date: session?.service_date ?? '',
      period: session?.period ?? '',
      department_name: session?.department_name ?? '',
      service_name: session?.service_name ?? '',
    };
  });
}
