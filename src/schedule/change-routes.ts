import { actorOf, hospitalOf, type App } from '../platform/http.ts';
import { checkChange, countChanges, reportRange, setSensitive, substituteDoctor } from './changes.ts'; // prettier-ignore
import * as schema from './schema.ts';
import type { SessionContext } from './sessions.ts';

const tags = ['schedule'];

/** 替诊, the notice a change gives, the count of changes by doctor, and which departments are sensitive. */
export function changeRoutes(app: App, ctx: SessionContext): void {
  const by = (request: Parameters<typeof hospitalOf>[0]) => ({
    hospital_id: hospitalOf(request),
    actor: actorOf(request),
  });
  app.get(
    '/api/staff/sessions/:session_id/change-check',
    {
      config: { permission: 'schedule.stop' },
      schema: {
        tags,
        summary: '停诊、替诊前：提前了多久，哪些医生可以替诊',
        params: schema.SessionIdParams,
        response: { 200: schema.ChangeCheck },
      },
    },
    (request) => checkChange(ctx, { ...by(request), ...request.params }),
  );
  app.post(
    '/api/staff/sessions/:session_id/substitute',
    {
      config: { permission: 'schedule.stop' },
      schema: {
        tags,
        summary: '替诊：同科、同级或更高职称的医生接替，号和时间不变',
        params: schema.SessionIdParams,
        body: schema.SubstituteBody,
        response: { 200: schema.Substituted },
      },
    },
    async (request) => {
      const { practitioner_id, cause = 'approved', reason } = request.body;
      const { session_id } = request.params;
      const act = { ...by(request), session_id, practitioner_id, cause, reason: reason.trim() };
      return { session_id, ...(await substituteDoctor(ctx, act)) };
    },
  );
  app.get(
    '/api/staff/changes/report',
    {
      config: { permission: 'schedule.read' },
      schema: {
        tags,
        summary: '医生停诊、替诊统计（默认今年）；擅自停诊单列',
        querystring: schema.ReportQuery,
        response: { 200: schema.ChangeReport },
      },
    },
    async (request) => {
      const range = reportRange(ctx, request.query);
      const { hospital_id } = by(request);
      return { ...range, doctors: await countChanges(ctx, { hospital_id, ...range }) };
    },
  );
  app.put(
    '/api/staff/departments/:department_id/privacy',
    {
      config: { permission: 'schedule.import' },
      schema: {
        tags,
        summary: '标明隐私科室：站外消息不出现它的任何信息',
        params: schema.DepartmentIdParams,
        body: schema.Privacy,
        response: { 200: schema.Privacy },
      },
    },
    async (request) => {
      await setSensitive(ctx, { ...by(request), ...request.params, ...request.body });
      return request.body;
    },
  );
}
