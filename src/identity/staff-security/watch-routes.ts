import type { FastifyRequest } from 'fastify';
import { hospitalOf, staffOf, type App, type Session } from '../../platform/http.ts';
import { Problem } from '../../platform/problem.ts';
import { sessionEnded } from '../errors.ts';
import { always_second_factor, needsSecondFactor } from './rules.ts';
import * as schema from './schema.ts';
import { endOtherSessions, endOwnSession, ownSessions } from './sessions.ts';
import { readRule, watchedMembers } from './store-sessions.ts';
import {
  endStaffSession,
  resetSecondFactor,
  securityEvents,
  setSecurityRule,
  staffSessions,
  unlockStaff,
} from './watch.ts';
import type { OidcContext } from './oidc.ts';

const tags = ['identity'];

/** One's own devices, and what the security administrator sees and does. */
export function securityRoutes(app: App, ctx: OidcContext): void {
  ownSessionRoutes(app, ctx);
  watchRoutes(app, ctx);
  actRoutes(app, ctx);
  ruleRoutes(app, ctx);
}

function sessionOf(request: FastifyRequest): Session {
  if (!request.session) throw new Problem(sessionEnded);
  return request.session;
}

function ownSessionRoutes(app: App, ctx: OidcContext): void {
  app.get(
    '/api/sessions',
    {
      config: { permission: 'signed-in' },
      schema: {
        tags,
        summary: 'The devices one is signed in on',
        response: { 200: schema.SessionsReply },
      },
    },
    async (request) => ({ sessions: await ownSessions(ctx, sessionOf(request)) }),
  );
  app.post(
    '/api/sessions/:session_id/end',
    {
      config: { permission: 'signed-in' },
      schema: {
        tags,
        summary: 'Sign out on one device',
        params: schema.SessionParams,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await endOwnSession(ctx, sessionOf(request), request.params.session_id);
      return { done: true };
    },
  );
  app.post(
    '/api/sessions/end-others',
    {
      config: { permission: 'signed-in' },
      schema: {
        tags,
        summary: 'Sign out on every other device',
        response: { 200: schema.EndedReply },
      },
    },
    async (request) => ({ ended: await endOtherSessions(ctx, sessionOf(request)) }),
  );
}

function watchRoutes(app: App, ctx: OidcContext): void {
  app.get(
    '/api/staff/security/members',
    {
      config: { permission: 'security.read' },
      schema: {
        tags,
        summary: 'Who is locked, who has a second factor, who is signed in',
        response: { 200: schema.WatchedReply },
      },
    },
    async (request) => {
      const { hospital_id } = staffOf(request);
      const rule = hospital_id === null ? [] : await readRule(ctx.db, hospital_id);
      const members = await watchedMembers(ctx.db, hospital_id, ctx.clock.now());
      return {
        members: members.map(({ locked_until, last_sign_in, ...member }) => ({
          ...member,
          needs_second_factor: needsSecondFactor(member.roles, rule),
          locked_until: locked_until?.toISOString() ?? null,
          last_sign_in: last_sign_in?.toISOString() ?? null,
        })),
      };
    },
  );
  app.get(
    '/api/staff/security/sessions',
    {
      config: { permission: 'security.read' },
      schema: {
        tags,
        summary: 'Where staff are signed in',
        response: { 200: schema.StaffSessionsReply },
      },
    },
    async (request) => ({ sessions: await staffSessions(ctx, staffOf(request).hospital_id) }),
  );
  app.get(
    '/api/staff/security/events',
    {
      config: { permission: 'security.read' },
      schema: {
        tags,
        summary: 'What happened at the doors: sign-ins, locks, second factors, keys',
        querystring: schema.EventsQuery,
        response: { 200: schema.EventsReply },
      },
    },
    async (request) => {
      const { hospital_id } = staffOf(request);
      const page = await securityEvents(ctx, hospital_id, request.query.before ?? null);
      const events = page.events.map((event) => ({
        ...event,
        occurred_at: event.occurred_at.toISOString(),
      }));
      return { events, next: page.next };
    },
  );
}

function actRoutes(app: App, ctx: OidcContext): void {
  app.post(
    '/api/staff/security/sessions/:session_id/end',
    {
      config: { permission: 'security.manage' },
      schema: {
        tags,
        summary: 'End a staff member’s session',
        params: schema.SessionParams,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await endStaffSession(ctx, staffOf(request), request.params.session_id);
      return { done: true };
    },
  );
  app.post(
    '/api/staff/security/members/:staff_id/unlock',
    {
      config: { permission: 'security.manage' },
      schema: {
        tags,
        summary: 'Let a locked staff member try again at once',
        params: schema.MemberParams,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await unlockStaff(ctx, staffOf(request), request.params.staff_id);
      return { done: true };
    },
  );
  app.post(
    '/api/staff/security/members/:staff_id/reset-second-factor',
    {
      config: { permission: 'security.manage' },
      schema: {
        tags,
        summary: 'Take a lost phone’s second factor away; never one’s own',
        params: schema.MemberParams,
        body: schema.ReasonBody,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const { staff_id } = request.params;
      await resetSecondFactor(ctx, staffOf(request), { staff_id, reason: request.body.reason });
      return { done: true };
    },
  );
}

function ruleRoutes(app: App, ctx: OidcContext): void {
  app.get(
    '/api/staff/security/rule',
    {
      config: { permission: 'security.read' },
      schema: {
        tags,
        summary: 'Which roles need a second factor here',
        response: { 200: schema.RuleReply },
      },
    },
    async (request) => ({
      always: [...always_second_factor],
      second_factor_roles: await readRule(ctx.db, hospitalOf(request)),
    }),
  );
  app.post(
    '/api/staff/security/rule',
    {
      config: { permission: 'security.manage' },
      schema: {
        tags,
        summary: 'Choose which further roles need a second factor',
        body: schema.RuleBody,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const by = { staff_id: staffOf(request).staff_id, hospital_id: hospitalOf(request) };
      await setSecurityRule(ctx, by, request.body.second_factor_roles);
      return { done: true };
    },
  );
}
