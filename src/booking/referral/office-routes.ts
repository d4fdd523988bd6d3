import type { FastifyRequest } from 'fastify';
import { actorOf, hospitalOf, type App } from '../../platform/http.ts';
import type { ByStaff, DirectContext } from '../direct/types.ts';
import {
  addInstitution,
  bindReferrer,
  changeInstitution,
  listInstitutions,
  setReferralQuota,
} from './institutions.ts';
import { referralReport, reportCsv } from './report.ts';
import * as schema from './schema.ts';

const tags = ['booking'];

function by(request: FastifyRequest): ByStaff {
  return { hospital_id: hospitalOf(request), actor: actorOf(request) };
}

/** Whom a hospital takes referrals from, how many, and what was given down. */
export function institutionRoutes(app: App, ctx: DirectContext): void {
  listRoutes(app, ctx);
  changeRoutes(app, ctx);
  reportRoutes(app, ctx);
}

function listRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/staff/referring-institutions',
    {
      config: { permission: 'referral.decide' },
      schema: {
        tags,
        summary: '转诊机构、账号与额度',
        response: { 200: schema.Institutions },
      },
    },
    (request) => listInstitutions(ctx, hospitalOf(request)),
  );
  app.post(
    '/api/staff/referring-institutions',
    {
      config: { permission: 'referral.decide' },
      schema: {
        tags,
        summary: '登记一家转诊机构',
        body: schema.AddInstitution,
        response: { 200: schema.InstitutionAdded },
      },
    },
    (request) => addInstitution(ctx, { ...by(request), ...request.body }),
  );
}

function changeRoutes(app: App, ctx: DirectContext): void {
  app.post(
    '/api/staff/referring-institutions/:institution_id',
    {
      config: { permission: 'referral.decide' },
      schema: {
        tags,
        summary: '修改、停用或恢复转诊机构',
        params: schema.InstitutionParams,
        body: schema.ChangeInstitution,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await changeInstitution(ctx, { ...by(request), ...request.params, ...request.body });
      return { done: true };
    },
  );
  app.post(
    '/api/staff/referring-institutions/:institution_id/referrers',
    {
      config: { permission: 'referral.decide' },
      schema: {
        tags,
        summary: '把基层转诊医生账号归到机构',
        params: schema.InstitutionParams,
        body: schema.BindReferrer,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await bindReferrer(ctx, { ...by(request), ...request.params, ...request.body });
      return { done: true };
    },
  );
  app.post(
    '/api/staff/referring-institutions/:institution_id/quotas',
    {
      config: { permission: 'referral.decide' },
      schema: {
        tags,
        summary: '设定转诊额度（保留历史版本）',
        params: schema.InstitutionParams,
        body: schema.QuotaRequest,
        response: { 200: schema.QuotaSet },
      },
    },
    (request) => {
      const { healthcare_service_id = null, ...quota } = request.body;
      const input = { ...by(request), ...request.params, ...quota, healthcare_service_id };
      return setReferralQuota(ctx, input);
    },
  );
}

function reportRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/staff/referral-report',
    {
      config: { permission: 'referral.decide' },
      schema: {
        tags,
        summary: '号源下沉月报：额度、转来与就诊，按机构和科室',
        querystring: schema.MonthQuery,
        response: { 200: schema.Report },
      },
    },
    (request) => referralReport(ctx, { hospital_id: hospitalOf(request), ...request.query }),
  );
  app.get(
    '/api/staff/referral-report.csv',
    {
      config: { permission: 'referral.decide' },
      schema: { tags, summary: '号源下沉月报（CSV）', querystring: schema.MonthQuery },
    },
    async (request, answer) => {
      const input = { hospital_id: hospitalOf(request), ...request.query };
      const report = await referralReport(ctx, input);
      const name = encodeURIComponent(`号源下沉月报-${report.month}.csv`);
      return answer
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
        .send(reportCsv(report));
    },
  );
}
