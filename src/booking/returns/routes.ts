import { accountOf, actorOf, hospitalOf, idempotencyOf, type App } from '../../platform/http.ts';
import type { BookingContext } from '../for-account.ts';
import { joinByReturn } from './join-return.ts';
import { listMyReturns, returnOfVisit } from './mine.ts';
import { openReturn } from './open-return.ts';
import * as schema from './schema.ts';

const tags = ['booking'];

/** 免费回诊 (三天有效): doctors open it, the desk lets it join the line, patients see its last day. */
export function returnRoutes(app: App, ctx: BookingContext): void {
  doctorRoutes(app, ctx);
  app.post(
    '/api/staff/free-returns/check-in',
    {
      config: { permission: 'desk.check-in' },
      schema: {
        tags,
        summary: '回诊签到：核对证件后直接排队，不占号、不收费，用完一次',
        body: schema.JoinRequest,
        response: { 200: schema.Joined },
      },
    },
    (request) => {
      const { document_type = 'resident_id', ...body } = request.body;
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      const idempotency = idempotencyOf(request);
      return joinByReturn(ctx, { ...by, ...body, document_type, idempotency });
    },
  );
  app.get(
    '/api/free-returns',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '我的就诊人的免费回诊：去哪里、最后一天、用过没有',
        response: { 200: schema.Mine },
      },
    },
    async (request) => ({ returns: await listMyReturns(ctx, accountOf(request).account_id) }),
  );
}

function doctorRoutes(app: App, ctx: BookingContext): void {
  app.get(
    '/api/staff/appointments/:appointment_id/free-return',
    {
      config: { permission: 'booking.follow_up' },
      schema: {
        tags,
        summary: '一次就诊的回诊',
        params: schema.VisitParams,
        response: { 200: schema.ReturnOfVisit },
      },
    },
    async (request) => {
      const { appointment_id } = request.params;
      const hospital_id = hospitalOf(request);
      return { found: await returnOfVisit(ctx, { appointment_id, hospital_id }) };
    },
  );
  app.post(
    '/api/staff/appointments/:appointment_id/free-return',
    {
      config: { permission: 'booking.follow_up' },
      schema: {
        tags,
        summary: '医生开回诊：几天内回同一科室一次，不占号、不收费',
        params: schema.VisitParams,
        response: { 200: schema.Opened },
      },
    },
    async (request) => {
      idempotencyOf(request);
      // A repeat meets the return that is there.
      const { appointment_id } = request.params;
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      const { id, last_day } = await openReturn(ctx, { ...by, appointment_id });
      return { return_id: id, last_day };
    },
  );
}
