import type { FastifyRequest } from 'fastify';
import { actorOf, hospitalOf, idempotencyOf, type App } from '../../platform/http.ts';
import { place } from '../direct/my-routes.ts';
import type { ByStaff, DirectContext } from '../direct/types.ts';
import { escalate, expertTimes } from './escalate.ts';
import * as schema from './schema.ts';
import { listTeams, setTeam, teamChoices } from './teams.ts';

const tags = ['booking'];

function by(request: FastifyRequest): ByStaff {
  return { hospital_id: hospitalOf(request), actor: actorOf(request) };
}

/** 专家团队: who is in a team, for everyone; who set it up; and 升级 to its expert. */
export function teamRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/hospitals/:hospital_id/expert-teams',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '专家团队成员与每月升级总数',
        params: schema.HospitalParams,
        response: { 200: schema.Teams },
      },
    },
    async (request) => {
      const teams = await listTeams(ctx, request.params.hospital_id);
      return { teams: teams.filter((team) => !team.closed) };
    },
  );
  editRoutes(app, ctx);
  escalateRoutes(app, ctx);
}

function editRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/staff/expert-teams',
    {
      config: { permission: 'team.write' },
      schema: {
        tags,
        summary: '专家团队设置：团队、可设的门诊与本院医生',
        response: { 200: schema.TeamsToEdit },
      },
    },
    async (request) => {
      const hospital_id = hospitalOf(request);
      const [teams, choices] = await Promise.all([
        listTeams(ctx, hospital_id),
        teamChoices(ctx, hospital_id),
      ]);
      return { teams, ...choices };
    },
  );
  app.post(
    '/api/staff/expert-teams',
    {
      config: { permission: 'team.write' },
      schema: {
        tags,
        summary: '设定专家团队的专家与成员，或停用',
        body: schema.TeamRequest,
        response: { 200: schema.TeamSet },
      },
    },
    (request) => setTeam(ctx, { ...by(request), ...request.body }),
  );
}

function escalateRoutes(app: App, ctx: DirectContext): void {
  app.get(
    '/api/staff/team-escalations/times',
    {
      config: { permission: 'team.escalate' },
      schema: {
        tags,
        summary: '升级：团队专家有团队号的出诊，最早的在前',
        querystring: schema.SourceQuery,
        response: { 200: schema.ExpertTimes },
      },
    },
    async (request) => {
      const times = await expertTimes(ctx, { ...request.query, ...by(request) });
      return {
        times: times.map(({ session, free }) => ({
          ...place(session),
          session_id: session.id,
          free,
        })),
      };
    },
  );
  app.post(
    '/api/staff/team-escalations',
    {
      config: { permission: 'team.escalate' },
      schema: {
        tags,
        summary: '团队成员接诊后升级到专家（计数公开）',
        body: schema.EscalateRequest,
        response: { 200: schema.Escalated },
      },
    },
    (request) =>
      escalate(ctx, { ...by(request), ...request.body, idempotency: idempotencyOf(request) }),
  );
}
