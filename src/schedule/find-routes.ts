import { actorOf, hospitalOf, type App } from '../platform/http.ts';
import { calledOff } from './called-off.ts';
import { getHospital } from './directory.ts';
import * as schema from './find-schema.ts';
import { placeCampus } from './place-campus.ts';
import { approveRedFlags, listRedFlags } from './red-flags.ts';
import { createDirectory, guide, search } from './search.ts';
import type { SessionContext } from './sessions.ts';
import { specialtyNames } from './specialties.data.ts';
import { bodyParts } from './symptoms.data.ts';

const tags = ['schedule'];

/** The way to a department: search, guide, what is called off, red flags, where a campus stands. */
export function findRoutes(app: App, ctx: SessionContext): void {
  publicFindRoutes(app, ctx);
  staffFindRoutes(app, ctx);
}

function publicFindRoutes(app: App, ctx: SessionContext): void {
  const found = { ...ctx, directory: createDirectory(ctx.db) };
  app.get(
    '/api/search',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '按名称、拼音、首字母或症状找科室、门诊和医生（只是指路，不是诊断）',
        querystring: schema.SearchQuery,
        response: { 200: schema.Found },
      },
    },
    (request) => search(found, request.query),
  );
  app.get(
    '/api/guide/parts',
    {
      config: { permission: 'public' },
      schema: { tags, summary: '导诊：可以选的部位', response: { 200: schema.GuideParts } },
    },
    async () => ({ parts: bodyParts.map(([id, name]) => ({ id, name })) }),
  );
  app.get(
    '/api/guide',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '导诊：按部位和年龄找科室（只是指路，不是诊断）',
        querystring: schema.GuideQuery,
        response: { 200: schema.Guided },
      },
    },
    (request) => guide(found, request.query),
  );
  app.get(
    '/api/called-off',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '停诊公告：今后 14 天的停诊和替诊',
        querystring: schema.CalledOffQuery,
        response: { 200: schema.CalledOff },
      },
    },
    (request) => calledOff(ctx, request.query),
  );
}

function staffFindRoutes(app: App, ctx: SessionContext): void {
  const by = (request: Parameters<typeof hospitalOf>[0]) => ({
    hospital_id: hospitalOf(request),
    actor: actorOf(request),
  });
  app.get(
    '/api/staff/red-flags',
    {
      config: { permission: 'schedule.read' },
      schema: {
        tags,
        summary: '本院各专科的危险信号：已审定的和通用的',
        response: { 200: schema.RedFlagSets },
      },
    },
    async (request) => {
      const { hospital_id } = by(request);
      const { departments } = await getHospital(ctx, { hospital_id });
      const specialty_codes = departments.map(({ specialty_code }) => specialty_code);
      const sets = await listRedFlags(ctx, { hospital_id, specialty_codes });
      return {
        sets: sets.map((set) => ({
          ...set,
          specialty_name: specialtyNames.get(set.specialty_code) ?? '',
          approved_at: set.approved_at?.toISOString() ?? null,
        })),
      };
    },
  );
  app.put(
    '/api/staff/red-flags/:specialty_code',
    {
      config: { permission: 'schedule.stop' },
      schema: {
        tags,
        summary: '门诊办审定一个专科的危险信号（all：没有单独审定的专科）',
        params: schema.RedFlagParams,
        body: schema.RedFlagBody,
        response: { 200: schema.Approved },
      },
    },
    async (request) => {
      const { specialty_code } = request.params;
      const code = specialty_code === 'all' ? '' : specialty_code;
      await approveRedFlags(ctx, { ...by(request), specialty_code: code, ...request.body });
      return { specialty_code };
    },
  );
  app.put(
    '/api/staff/campuses/:campus_id/place',
    {
      config: { permission: 'schedule.import' },
      schema: {
        tags,
        summary: '院区的地址和位置（患者看距离用）',
        params: schema.CampusParams,
        body: schema.PlaceBody,
        response: { 200: schema.Placed },
      },
    },
    async (request) => {
      await placeCampus(ctx, { ...by(request), ...request.params, ...request.body });
      return request.params;
    },
  );
}
