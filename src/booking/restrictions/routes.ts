import { accountOf, actorOf, hospitalOf, idempotencyOf, type App } from '../../platform/http.ts';
import type { BookingContext } from '../for-account.ts';
import { appeal, decideAppeal } from './appeal.ts';
import { clear } from './clear.ts';
import { listAppeals, listConduct, listMyRestrictions } from './read.ts';
import { clearancesOf } from './clearances.ts';
import * as schema from './schema.ts';

const tags = ['booking'];

/** 限制与申诉: patients see why and object; staff clear, answer, and are watched. */
export function restrictionRoutes(app: App, ctx: BookingContext): void {
  mineRoutes(app, ctx);
  clerkRoutes(app, ctx);
  appealRoutes(app, ctx);
}

function mineRoutes(app: App, ctx: BookingContext): void {
  app.get(
    '/api/restrictions',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '我的就诊人有没有被限制：原因、哪几次、哪家医院的名单、到什么时候、怎样申诉',
        response: { 200: schema.Mine },
      },
    },
    (request) => listMyRestrictions(ctx, accountOf(request).account_id),
  );
  app.post(
    '/api/restrictions/:restriction_id/appeal',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '申诉一条限制，一个工作日内答复',
        params: schema.RestrictionParams,
        body: schema.AppealRequest,
        response: { 200: schema.Appealed },
      },
    },
    async (request) => {
      idempotencyOf(request);
      // A repeat meets the appeal that waits and is refused, so it cannot be handed in twice.
      const { text, document = null } = request.body;
      const { account_id } = accountOf(request);
      const made = await appeal(ctx, { ...request.params, text, document, account_id });
      return { appeal_id: made.appeal_id, due_at: made.due_at.toISOString() };
    },
  );
}

function clerkRoutes(app: App, ctx: BookingContext): void {
  app.get(
    '/api/staff/conduct',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: '本院的爽约、超时退号、未确认记录与限制（留下查阅记录）',
        querystring: schema.ConductQuery,
        response: { 200: schema.Conduct },
      },
    },
    (request) =>
      listConduct(ctx, {
        hospital_id: hospitalOf(request),
        patient_id: request.query.patient_id ?? null,
        actor: actorOf(request),
      }),
  );
  app.post(
    '/api/staff/conduct/:conduct_id/clear',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: '消除一条记录或一条限制，选一个理由',
        params: schema.ClearParams,
        body: schema.ClearRequest,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      idempotencyOf(request);
      await clear(ctx, {
        id: request.params.conduct_id,
        hospital_id: hospitalOf(request),
        reason: request.body.reason,
        actor: actorOf(request),
      });
      return { done: true };
    },
  );
  app.get(
    '/api/staff/clearances',
    {
      config: { permission: 'booking.appeals' },
      schema: {
        tags,
        summary: '谁消除了多少条记录，按工作人员与理由',
        querystring: schema.ClearancesQuery,
        response: { 200: schema.Clearances },
      },
    },
    (request) =>
      clearancesOf(ctx, { hospital_id: hospitalOf(request), days: request.query.days ?? 30 }),
  );
}

function appealRoutes(app: App, ctx: BookingContext): void {
  app.get(
    '/api/staff/restriction-appeals',
    {
      config: { permission: 'booking.appeals' },
      schema: {
        tags,
        summary: '等待答复的限制申诉，最急的在前（留下查阅记录）',
        response: { 200: schema.Appeals },
      },
    },
    async (request) => {
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      return { appeals: await listAppeals(ctx, by) };
    },
  );
  app.post(
    '/api/staff/restriction-appeals/:appeal_id/decide',
    {
      config: { permission: 'booking.appeals' },
      schema: {
        tags,
        summary: '答复申诉：支持就消除记录、解除限制；都要写明答复',
        params: schema.AppealParams,
        body: schema.DecideRequest,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      idempotencyOf(request);
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      await decideAppeal(ctx, { ...request.params, ...request.body, ...by });
      return { done: true };
    },
  );
}
