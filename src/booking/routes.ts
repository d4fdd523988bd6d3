import type { FastifyRequest } from 'fastify';
import { accountOf, idempotencyOf, type App } from '../platform/http.ts';
import {
  moveForAccount,
  stepForAccount,
  takeForAccount,
  type BookingContext,
} from './for-account.ts';
import { directRoutes, type DirectContext } from './direct/index.ts';
import { payRoutes } from './pay-routes.ts';
import type { PayContext } from './pay-visit.ts';
import { actRoutes } from './act-routes.ts';
import { limitRoutes } from './limits/routes.ts';
import { restrictionRoutes } from './restrictions/index.ts';
import { channelRoutes } from './channel-report.ts';
import { phoneRoutes } from './phone/routes.ts';
import { readTaken } from './read-taken.ts';
import * as schema from './schema.ts';
import { beginTelling, tellTaken } from './tell-taken.ts';
import { staffRoutes, type BookingRoutesOptions } from './staff-routes.ts';
import { stoppedRoutes } from './stopped/index.ts';
import { listMyVisits, readMyVisit } from './visits.ts';

const tags = ['booking'];

/** The browser's device key, once it has one; never more than an id. */
function deviceKeyOf(request: FastifyRequest): string | null {
  const value = request.headers['x-device-key-id'];
  return typeof value === 'string' && /^[\w-]{1,100}$/.test(value) ? value : null;
}

/** Bookings of patients and of staff. `options.entriesOf` adds release's entries to a patient's page. */
export function bookingRoutes(
  app: App,
  ctx: DirectContext & PayContext,
  options: BookingRoutesOptions = {},
): void {
  myVisitRoutes(app, ctx, options);
  myStepRoutes(app, ctx);
  myChangeRoutes(app, ctx);
  staffRoutes(app, ctx, options);
  limitRoutes(app, ctx);
  restrictionRoutes(app, ctx);
  stoppedRoutes(app, ctx);
  directRoutes(app, ctx);
  payRoutes(app, ctx);
  actRoutes(app, ctx);
  phoneRoutes(app, ctx);
  channelRoutes(app, ctx);
}

/** The gate's pass, when the page has one. */
function passOf(request: FastifyRequest): string | undefined {
  const value = request.headers['x-gate-pass'];
  return typeof value === 'string' ? value : undefined;
}

function myVisitRoutes(app: App, ctx: BookingContext, options: BookingRoutesOptions): void {
  app.post(
    '/api/appointments',
    {
      config: { permission: 'account', cost: 20, takes_number: true },
      schema: {
        tags,
        summary: '占号或预约（confirm=true 为直接预约，到院付费）',
        body: schema.BookRequest,
        response: { 200: schema.Visit },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const { session_id, slot_id = null, patient_id, confirm = false } = request.body;
      const device_key_id = deviceKeyOf(request);
      const pass = passOf(request);
      await options.admit?.({ account_id, patient_id, session_id, device_key_id, pass });
      beginTelling(ctx, session_id);
      const taken = await takeForAccount(ctx, {
        account_id,
        device_key_id,
        session_id,
        slot_id,
        patient_id,
        confirm,
        idempotency: idempotencyOf(request),
        known: request.account_facts,
      });
      const patient_version = request.account_facts?.patient_version ?? null;
      return tellTaken(ctx, { taken, session_id, patient_id, patient_version, channel: 'web' });
    },
  );
  app.get(
    '/api/appointments',
    {
      config: { permission: 'account' },
      schema: { tags, summary: '我的号', response: { 200: schema.Visits } },
    },
    async (request) => ({ appointments: await listMyVisits(ctx, accountOf(request).account_id) }),
  );
  app.get(
    '/api/appointments/:appointment_id',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '一个预约，就诊当天含候诊位置',
        params: schema.VisitParams,
        response: { 200: schema.Visit },
      },
    },
    (request) => readMyVisit(ctx, { ...request.params, account_id: accountOf(request).account_id }),
  );
}

function myStepRoutes(app: App, ctx: BookingContext): void {
  for (const [name, summary] of [
    ['confirm', '确认占号（到院付费）'],
    ['restore', '撤销取消（10 分钟内）'],
  ] as const)
    app.post(
      `/api/appointments/:appointment_id/${name}`,
      {
        config: { permission: 'account' },
        schema: { tags, summary, params: schema.VisitParams, response: { 200: schema.Visit } },
      },
      async (request) => {
        const { account_id } = accountOf(request);
        const { appointment_id } = request.params;
        const idempotency = idempotencyOf(request);
        await stepForAccount(ctx, name, { account_id, appointment_id, idempotency });
        return readTaken(ctx, appointment_id);
      },
    );
}

function myChangeRoutes(app: App, ctx: BookingContext): void {
  app.post(
    '/api/appointments/:appointment_id/cancel',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '退号',
        params: schema.VisitParams,
        body: schema.CancelRequest,
        response: { 200: schema.Visit },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const { appointment_id } = request.params;
      const idempotency = idempotencyOf(request);
      const reason = request.body?.reason;
      await stepForAccount(ctx, 'cancel', {
        account_id,
        appointment_id,
        ...(reason === undefined ? {} : { reason }),
        idempotency,
      });
      return readTaken(ctx, appointment_id);
    },
  );
  app.post(
    '/api/appointments/:appointment_id/move',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '改约到同一位医生的其他时间',
        params: schema.VisitParams,
        body: schema.MoveRequest,
        response: { 200: schema.Visit },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const { appointment_id } = request.params;
      const { slot_id } = request.body;
      const idempotency = idempotencyOf(request);
      await moveForAccount(ctx, { account_id, appointment_id, slot_id, idempotency });
      return readTaken(ctx, appointment_id);
    },
  );
}
