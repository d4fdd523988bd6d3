import type { FastifyRequest } from 'fastify';
import { actorOf, hospitalOf, idempotencyOf, type App } from '../../platform/http.ts';
import { internetRoutes } from '../internet-notes.ts';
import { returnRoutes } from '../returns/index.ts';
import { addNumber } from './add-number.ts';
import { decideAdded } from './decide-added.ts';
import { findForDoctor, type FindInput } from './find-person.ts';
import { bookNext, endFollowUps, followUpTimes } from './follow-up.ts';
import { greenOffers, greenTotals, upgradeGreen } from './green.ts';
import { mineRoutes, place } from './my-routes.ts';
import { listAsked, sessionAdded, type ReadOrder } from './read-added.ts';
import { addedReport, reportCsv } from './report.ts';
import * as schema from './schema.ts';
import { listQuotas, setQuota } from './settings.ts';
import type { ByStaff, DirectContext } from './types.ts';

const tags = ['booking'];

/** Numbers that doctors give directly: 加号, green channel, next visits; and what patients see of it. */
export function directRoutes(app: App, ctx: DirectContext): void {
  findRoutes(app, ctx);
  addRoutes(app, ctx);
  officeRoutes(app, ctx);
  reportRoutes(app, ctx);
  greenRoutes(app, ctx);
  followUpRoutes(app, ctx);
  mineRoutes(app, ctx);
  returnRoutes(app, ctx);
  internetRoutes(app, ctx);
}

function by(request: FastifyRequest): ByStaff {
  return { hospital_id: hospitalOf(request), actor: actorOf(request) };
}

function orderReply(order: ReadOrder, actor: string) {
  return {
    ...order,
    ...place(order.session),
    order_id: order.id,
    asked_at: order.asked_at.toISOString(),
    mine: order.asked_by === actor,
  };
}

function findRoutes(app: App, ctx: DirectContext): void {
  app.post(
    '/api/staff/direct/people',
    {
      config: { permission: 'booking.add' },
      schema: {
        tags,
        summary: '医生找到面前的患者：证件号、手机号、就诊码或最近看过的（查阅留记录）',
        body: schema.FindRequest,
        response: { 200: schema.People },
      },
    },
    async (request) => {
      const { body } = request;
      const input: FindInput =
        body.by === 'document'
          ? {
              ...by(request),
              by: 'document',
              document_type: body.document_type ?? 'resident_id',
              text: body.text,
              name: body.name ?? null,
            }
          : { ...by(request), ...body };
      return { people: await findForDoctor(ctx, input) };
    },
  );
}

function addRoutes(app: App, ctx: DirectContext): void {
  app.post(
    '/api/staff/added-numbers',
    {
      config: { permission: 'booking.add' },
      schema: {
        tags,
        summary: '加号：限额内立即生效，超过限额等门诊办同意',
        body: schema.AddRequest,
        response: { 200: schema.Added },
      },
    },
    (request) =>
      addNumber(ctx, { ...by(request), ...request.body, idempotency: idempotencyOf(request) }),
  );
  app.get(
    '/api/staff/added-numbers',
    {
      config: { permission: 'booking.add' },
      schema: {
        tags,
        summary: '一次出诊的加号与剩余限额',
        querystring: schema.SessionQuery,
        response: { 200: schema.SessionAdded },
      },
    },
    async (request) => {
      const { hospital_id, actor } = by(request);
      const found = await sessionAdded(ctx, { ...request.query, hospital_id });
      return { ...found, orders: found.orders.map((order) => orderReply(order, actor)) };
    },
  );
}

function officeRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/staff/added-numbers/asked',
    {
      config: { permission: 'booking.add_approve' },
      schema: { tags, summary: '等门诊办同意的加号', response: { 200: schema.Asked } },
    },
    async (request) => {
      const { hospital_id, actor } = by(request);
      const orders = await listAsked(ctx, hospital_id);
      return { orders: orders.map((order) => orderReply(order, actor)) };
    },
  );
  app.post(
    '/api/staff/added-numbers/:order_id/approve',
    {
      config: { permission: 'booking.add_approve' },
      schema: {
        tags,
        summary: '同意超限额的加号',
        params: schema.OrderParams,
        response: { 200: schema.Decided },
      },
    },
    (request) => decideAdded(ctx, { ...by(request), ...request.params, refusal: null }),
  );
  app.post(
    '/api/staff/added-numbers/:order_id/refuse',
    {
      config: { permission: 'booking.add_approve' },
      schema: {
        tags,
        summary: '不同意加号，说明原因',
        params: schema.OrderParams,
        body: schema.RefuseRequest,
        response: { 200: schema.Decided },
      },
    },
    (request) => decideAdded(ctx, { ...by(request), ...request.params, ...request.body }),
  );
  app.get(
    '/api/staff/added-quotas',
    {
      config: { permission: 'booking.add_approve' },
      schema: { tags, summary: '各科室加号限额', response: { 200: schema.Quotas } },
    },
    async (request) => ({ quotas: await listQuotas(ctx, hospitalOf(request)) }),
  );
  app.post(
    '/api/staff/added-quotas',
    {
      config: { permission: 'booking.add_approve' },
      schema: {
        tags,
        summary: '设定科室加号限额（保留历史版本）',
        body: schema.QuotaRequest,
        response: { 200: schema.QuotaSet },
      },
    },
    (request) => setQuota(ctx, { ...by(request), ...request.body }),
  );
}

function reportRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/staff/added-numbers/report',
    {
      config: { permission: 'booking.add_approve' },
      schema: {
        tags,
        summary: '加号月报：按科室、医生、原因，职工单列',
        querystring: schema.MonthQuery,
        response: { 200: schema.Report },
      },
    },
    (request) => addedReport(ctx, { ...by(request), ...request.query }),
  );
  app.get(
    '/api/staff/added-numbers/report.csv',
    {
      config: { permission: 'booking.add_approve' },
      schema: { tags, summary: '加号月报（CSV）', querystring: schema.MonthQuery },
    },
    async (request, reply) => {
      const report = await addedReport(ctx, { ...by(request), ...request.query });
      const name = encodeURIComponent(`加号月报-${report.month}.csv`);
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
        .send(reportCsv(report));
    },
  );
}

function greenRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/staff/green-channel/offers',
    {
      config: { permission: 'booking.green' },
      schema: {
        tags,
        summary: '绿色通道：可转的专家出诊，最早的在前',
        querystring: schema.SourceQuery,
        response: { 200: schema.GreenOffers },
      },
    },
    async (request) => {
      const { hospital_id } = by(request);
      const offers = await greenOffers(ctx, { ...request.query, hospital_id });
      return {
        offers: offers.map((one) => ({
          ...one,
          starts_at: one.starts_at.toISOString(),
          ends_at: one.ends_at.toISOString(),
        })),
      };
    },
  );
  app.post(
    '/api/staff/green-channel',
    {
      config: { permission: 'booking.green' },
      schema: {
        tags,
        summary: '绿色通道：普通门诊的急症患者转专家号（计数公开）',
        body: schema.GreenRequest,
        response: { 200: schema.Given },
      },
    },
    (request) =>
      upgradeGreen(ctx, { ...by(request), ...request.body, idempotency: idempotencyOf(request) }),
  );
  app.get(
    '/api/hospitals/:hospital_id/green-channel',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '绿色通道每月总数',
        params: schema.HospitalParams,
        response: { 200: schema.GreenTotals },
      },
    },
    async (request) => ({ months: await greenTotals(ctx, request.params.hospital_id) }),
  );
}

function followUpRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/staff/follow-ups/times',
    {
      config: { permission: 'booking.follow_up' },
      schema: {
        tags,
        summary: '复诊可约的日期与患者的复诊计划',
        querystring: schema.SourceQuery,
        response: { 200: schema.FollowUpTimes },
      },
    },
    async (request) => {
      const { hospital_id } = by(request);
      const { times, plan } = await followUpTimes(ctx, { ...request.query, hospital_id });
      return {
        sessions: times.map(({ session, free }) => ({
          ...place(session),
          session_id: session.id,
          free,
        })),
        plan,
      };
    },
  );
  app.post(
    '/api/staff/follow-ups',
    {
      config: { permission: 'booking.follow_up' },
      schema: {
        tags,
        summary: '诊间约下次，可按每几个月定期复诊',
        body: schema.NextRequest,
        response: { 200: schema.NextBooked },
      },
    },
    (request) => {
      const { session_id = null, every_months = null, first_due = null, ...rest } = request.body;
      const next = { session_id, every_months, first_due, ...rest };
      return bookNext(ctx, { ...by(request), ...next, idempotency: idempotencyOf(request) });
    },
  );
  app.post(
    '/api/staff/follow-up-plans/:plan_id/end',
    {
      config: { permission: 'booking.follow_up' },
      schema: {
        tags,
        summary: '医生结束复诊计划',
        params: schema.PlanParams,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const { plan_id } = request.params;
      await endFollowUps(ctx, { ...by(request), plan_id, patient_ids: null, reason: 'doctor' });
      return { done: true };
    },
  );
}
