import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { actorOf, hospitalOf, staffOf, type App } from '../platform/http.ts';
import type { Random } from '../platform/random.ts';
import { getHospital, listHospitals, listServices } from './directory.ts';
import { changeRoutes } from './change-routes.ts';
import { findRoutes } from './find-routes.ts';
import { badFile } from './import/errors.ts';
import { listImports, runImport } from './import/run.ts';
import { templateFile } from './import/template-file.ts';
import * as schema from './schema.ts';
import { assignPractitioner, findSessions, resumeSession, stopSession } from './sessions.ts';
import { specialtyNames } from './specialties.data.ts';

type ScheduleContext = { db: Db; clock: Clock; random: Random };

const tags = ['schedule'];

/** Hospitals, departments and clinics for everyone; sessions and imports for their own staff. */
export function scheduleRoutes(app: App, ctx: ScheduleContext): void {
  publicRoutes(app, ctx);
  sessionRoutes(app, ctx);
  importRoutes(app, ctx);
  templateRoutes(app, ctx);
  changeRoutes(app, ctx);
  findRoutes(app, ctx);
}

function publicRoutes(app: App, ctx: ScheduleContext): void {
  app.get(
    '/api/hospitals',
    {
      config: { permission: 'public' },
      schema: { tags, summary: '医院列表', response: { 200: schema.Hospitals } },
    },
    async () => ({ hospitals: await listHospitals(ctx) }),
  );

  app.get(
    '/api/hospitals/:hospital_id',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '医院的院区、科室和门诊',
        params: schema.HospitalIdParams,
        response: { 200: schema.HospitalDetail },
      },
    },
    async (request) => {
      const hospital = await getHospital(ctx, request.params);
      const departments = hospital.departments.map((department) => ({
        ...department,
        specialty_name: specialtyNames.get(department.specialty_code) ?? '',
      }));
      return { ...hospital, departments };
    },
  );

  app.get(
    '/api/departments/:department_id/services',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '科室的门诊（号别）',
        params: schema.DepartmentIdParams,
        response: { 200: schema.Services },
      },
    },
    async (request) => ({ services: await listServices(ctx, request.params) }),
  );
}

function sessionRoutes(app: App, ctx: ScheduleContext): void {
  app.get(
    '/api/staff/sessions',
    {
      config: { permission: 'schedule.read' },
      schema: {
        tags,
        summary: '本院排班',
        querystring: schema.SessionsQuery,
        response: { 200: schema.Sessions },
      },
    },
    async (request) => {
      const filter = { ...request.query, hospital_id: hospitalOf(request) };
      const sessions = await findSessions(ctx, filter);
      return {
        sessions: sessions.map((session) => ({
          ...session,
          starts_at: session.starts_at.toISOString(),
          ends_at: session.ends_at.toISOString(),
        })),
      };
    },
  );

  const params = schema.SessionIdParams;
  const response = { 200: schema.Done };
  const actOf = (request: Parameters<typeof hospitalOf>[0]) => ({
    hospital_id: hospitalOf(request),
    actor: actorOf(request),
  });

  app.post(
    '/api/staff/sessions/:session_id/stop',
    {
      config: { permission: 'schedule.stop' },
      schema: { tags, summary: '停诊', params, body: schema.StopBody, response },
    },
    async (request) => {
      const { session_id } = request.params;
      const { reason, cause = 'approved' } = request.body;
      await stopSession(ctx, { ...actOf(request), session_id, cause, reason: reason.trim() });
      return { session_id, status: 'stopped' };
    },
  );

  app.post(
    '/api/staff/sessions/:session_id/resume',
    {
      config: { permission: 'schedule.stop' },
      schema: { tags, summary: '恢复出诊', params, response },
    },
    async (request) => {
      const { session_id } = request.params;
      await resumeSession(ctx, { ...actOf(request), session_id });
      return { session_id, status: 'planned' };
    },
  );

  app.post(
    '/api/staff/sessions/:session_id/practitioner',
    {
      config: { permission: 'schedule.assign' },
      schema: { tags, summary: '分诊时指定医生', params, body: schema.AssignBody, response },
    },
    async (request) => {
      const { session_id } = request.params;
      await assignPractitioner(ctx, { ...actOf(request), session_id, ...request.body });
      return { session_id, status: 'planned' };
    },
  );
}

function importRoutes(app: App, ctx: ScheduleContext): void {
  app.post(
    '/api/staff/imports/:kind',
    {
      config: { permission: 'schedule.import' },
      schema: {
        tags,
        summary: '导入科室、医生与门诊或排班（先校验，全部合格才写入）',
        consumes: ['multipart/form-data'],
        params: schema.KindParams,
        querystring: schema.ImportQuery,
        response: { 200: schema.ImportReport },
      },
    },
    async (request) => {
      const part = await request.file();
      if (part?.fieldname !== 'file') throw badFile('没有选择文件');
      return runImport(ctx, {
        hospital_id: hospitalOf(request),
        kind: request.params.kind,
        file_name: part.filename,
        file: await part.toBuffer(),
        dry_run: request.query.dry_run,
        staff_id: staffOf(request).staff_id,
      });
    },
  );

  app.get(
    '/api/staff/imports',
    {
      config: { permission: 'schedule.import' },
      schema: { tags, summary: '本院的导入记录', response: { 200: schema.ImportRuns } },
    },
    async (request) => {
      const runs = await listImports(ctx, { hospital_id: hospitalOf(request) });
      return {
        imports: runs.map((run) => ({ ...run, committed_at: run.committed_at.toISOString() })),
      };
    },
  );
}

function templateRoutes(app: App, ctx: ScheduleContext): void {
  for (const format of ['csv', 'xlsx'] as const) {
    app.get(
      `/api/staff/imports/:kind/template.${format}`,
      {
        config: { permission: 'schedule.import' },
        schema: { tags, summary: `导入模板（${format.toUpperCase()}）`, params: schema.KindParams },
      },
      async (request, reply) => {
        const { kind } = request.params;
        const file = await templateFile(ctx, { kind, format });
        const name = encodeURIComponent(file.file_name);
        return reply
          .header('content-type', file.content_type)
          .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
          .send(file.bytes);
      },
    );
  }
}
