import type { FastifyRequest } from 'fastify';
import {
  accountOf,
  actorOf,
  hospitalOf,
  idempotencyOf,
  staffOf,
  type App,
} from '../../platform/http.ts';
import { place } from '../direct/my-routes.ts';
import type { ByStaff, DirectContext } from '../direct/types.ts';
import { decideReferral, withdrawReferral } from './decide.ts';
import { institutionRoutes } from './office-routes.ts';
import { listAsked, listMine, listSent, openReferral, type ReadReferral } from './read.ts';
import * as schema from './schema.ts';
import { sendReferral } from './send.ts';
import { referralTimes } from './times.ts';

const tags = ['booking'];

/** 转诊: what primary care sends, what the hospital's office decides, what patients see of it. */
export function referralRoutes(app: App, ctx: DirectContext): void {
  sendRoutes(app, ctx);
  ownRoutes(app, ctx);
  decideRoutes(app, ctx);
  letterRoutes(app, ctx);
  mineRoutes(app, ctx);
  institutionRoutes(app, ctx);
}

function by(request: FastifyRequest): ByStaff {
  return { hospital_id: hospitalOf(request), actor: actorOf(request) };
}

function bySender(request: FastifyRequest) {
  return { ...by(request), staff_id: staffOf(request).staff_id };
}

function reply<Row extends ReadReferral>(row: Row, actor: string) {
  return {
    ...row,
    ...place(row.session),
    referral_id: row.id,
    sent_at: row.sent_at.toISOString(),
    number_at: row.number_at?.toISOString() ?? null,
    mine: row.sent_by === actor,
  };
}

function sendRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/staff/referrals/times',
    {
      config: { permission: 'referral.send' },
      schema: {
        tags,
        summary: '转诊：本机构可转入的出诊、剩余预留号与额度',
        response: { 200: schema.Times },
      },
    },
    async (request) => {
      const { institution_name, times } = await referralTimes(ctx, bySender(request));
      return {
        institution_name,
        times: times.map(({ session, ...time }) => ({
          ...time,
          ...place(session),
          session_id: session.id,
          department_id: session.department_id,
          campus_name: session.campus_name,
        })),
      };
    },
  );
  app.post(
    '/api/staff/referrals',
    {
      config: { permission: 'referral.send' },
      schema: {
        tags,
        summary: '转诊：为实名患者提交，额度内立即得号，否则等转诊办确认',
        body: schema.SendRequest,
        response: { 200: schema.Sent },
      },
    },
    (request) => {
      const { note = '', ...body } = request.body;
      const written = note.trim() === '' ? null : note.trim();
      const idempotency = idempotencyOf(request);
      return sendReferral(ctx, { ...bySender(request), ...body, note: written, idempotency });
    },
  );
}

function ownRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/staff/referrals/sent',
    {
      config: { permission: 'referral.send' },
      schema: { tags, summary: '我提交的转诊', response: { 200: schema.Referrals } },
    },
    async (request) => {
      const sender = by(request);
      const rows = await listSent(ctx, sender);
      return { referrals: rows.map((row) => reply(row, sender.actor)) };
    },
  );
  app.post(
    '/api/staff/referrals/:referral_id/withdraw',
    {
      config: { permission: 'referral.send' },
      schema: {
        tags,
        summary: '撤回我提交的转诊，已得的号退回',
        params: schema.ReferralParams,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const idempotency = idempotencyOf(request);
      await withdrawReferral(ctx, { ...by(request), ...request.params, idempotency });
      return { done: true };
    },
  );
}

function decideRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/staff/referrals/asked',
    {
      config: { permission: 'referral.decide' },
      schema: { tags, summary: '等转诊办确认的转诊', response: { 200: schema.Referrals } },
    },
    async (request) => {
      const { hospital_id, actor } = by(request);
      const rows = await listAsked(ctx, hospital_id);
      return { referrals: rows.map((row) => reply(row, actor)) };
    },
  );
  app.post(
    '/api/staff/referrals/:referral_id/accept',
    {
      config: { permission: 'referral.decide' },
      schema: {
        tags,
        summary: '同意转诊，给号',
        params: schema.ReferralParams,
        response: { 200: schema.Decided },
      },
    },
    (request) => decideReferral(ctx, { ...by(request), ...request.params, refusal: null }),
  );
  app.post(
    '/api/staff/referrals/:referral_id/refuse',
    {
      config: { permission: 'referral.decide' },
      schema: {
        tags,
        summary: '不接收转诊，说明原因',
        params: schema.ReferralParams,
        body: schema.RefuseRequest,
        response: { 200: schema.Decided },
      },
    },
    (request) => decideReferral(ctx, { ...by(request), ...request.params, ...request.body }),
  );
}

/** What the sender wrote: for the office before it decides, and for whoever sees the patient. */
function letterRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/staff/referrals/:referral_id',
    {
      config: { permission: 'referral.decide' },
      schema: {
        tags,
        summary: '打开转诊单（查阅留记录）',
        params: schema.ReferralParams,
        response: { 200: schema.Opened },
      },
    },
    async (request) => {
      const reader = by(request);
      return reply(await openReferral(ctx, { ...reader, ...request.params }), reader.actor);
    },
  );
  app.get(
    '/api/staff/referral-letter',
    {
      config: { permission: 'booking.in_clinic' },
      schema: {
        tags,
        summary: '接诊医生看这次就诊的转诊单（查阅留记录）',
        querystring: schema.VisitQuery,
        response: { 200: schema.Opened },
      },
    },
    async (request) => {
      const reader = by(request);
      return reply(await openReferral(ctx, { ...reader, ...request.query }), reader.actor);
    },
  );
}

function mineRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/referrals',
    {
      config: { permission: 'account' },
      schema: { tags, summary: '我的就诊人的转诊', response: { 200: schema.Mine } },
    },
    async (request) => {
      const rows = await listMine(ctx, accountOf(request).account_id);
      return { referrals: rows.map((row) => reply(row, '')) };
    },
  );
}
