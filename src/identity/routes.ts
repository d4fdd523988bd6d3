import type { FastifyReply, FastifyRequest } from 'fastify';
import { accountOf, type App } from '../platform/http.ts';
import { addPatient } from './add-patient.ts';
import type { DemoLogins } from './demo.ts';
import { unlinkPatient } from './link-patient.ts';
import { readOutbox } from './messages.ts';
import { addWithConsents } from './privacy/consent.ts';
import { listAccountPeople } from './people/list-people.ts';
import { peopleRoutes } from './people/routes.ts';
import { peopleStaffRoutes } from './people/staff-routes.ts';
import { requestCode } from './request-code.ts';
import * as schema from './schema.ts';
import { clearSessionCookie, session_cookie, setSessionCookie } from './session-token.ts';
import { renewSession, signOut } from './sessions.ts';
import { completeSetup, needsSetup } from './setup.ts';
import { readAccount, signIn } from './sign-in.ts';
import { staffRoutes } from './staff-routes.ts';
import { setElderMode } from './store.ts';
import type { IdentityContext } from './types.ts';

const tags = ['identity'];

/**
 * Sign-in, patients, staff, and either the demo's pages or the first administrator's set-up: the
 * routes of the other mode do not exist.
 */
export function identityRoutes(
  app: App,
  ctx: IdentityContext,
  demo?: DemoLogins,
  requestKeyFor?: RequestKeyFor,
): void {
  signInRoutes(app, ctx, requestKeyFor);
  accountRoutes(app, ctx);
  sessionRoutes(app, ctx);
  patientRoutes(app, ctx);
  peopleRoutes(app, ctx);
  staffRoutes(app, ctx);
  peopleStaffRoutes(app, ctx);
  if (ctx.config.demo) demoRoutes(app, ctx, demo);
  else setupRoutes(app, ctx);
}

/** Makes the key a browser signs its writes with; `device_key_id` is the one it had before. */
type RequestKeyFor = (
  account_id: string,
  device_key_id: string | undefined,
) => { device_key_id: string; key: string; now: string };

function signInRoutes(app: App, ctx: IdentityContext, requestKeyFor?: RequestKeyFor): void {
  app.post(
    '/api/sign-in/code',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Send a one-time code to a phone',
        body: schema.CodeRequest,
        response: { 200: schema.CodeReply },
      },
    },
    async (request) => {
      const sent = await requestCode(ctx, { ...request.body, ip: request.ip });
      return { expires_at: sent.expires_at.toISOString() };
    },
  );
  app.post(
    '/api/sign-in',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Sign in with a phone and its code',
        body: schema.SignInRequest,
        response: { 200: schema.SignInReply },
      },
    },
    async (request, reply) => {
      const user_agent = request.headers['user-agent'] ?? '';
      const signed = await signIn(ctx, { ...request.body, user_agent });
      setSessionCookie(request, reply, signed);
      const { account_id, opened, expires_at } = signed;
      const request_key = requestKeyFor?.(account_id, request.body.device_key_id);
      const reply_body = { account_id, opened, expires_at: expires_at.toISOString() };
      return request_key ? { ...reply_body, request_key } : reply_body;
    },
  );
}

function accountRoutes(app: App, ctx: IdentityContext): void {
  app.get(
    '/api/me',
    {
      config: { permission: 'account' },
      schema: { tags, summary: 'The signed-in account', response: { 200: schema.AccountReply } },
    },
    (request) => readAccount(ctx, accountOf(request).account_id),
  );
  app.put(
    '/api/me/elder-mode',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Use 长辈版, or no longer',
        body: schema.ElderModeBody,
        response: { 200: schema.ElderModeBody },
      },
    },
    async (request, reply) => {
      const { elder_mode } = request.body;
      await setElderMode(ctx.db, accountOf(request).account_id, elder_mode);
      // The cookie carries the choice, so that no later request has to look it up.
      setSessionCookie(request, reply, await renewSession(ctx, request.cookies[session_cookie]));
      return { elder_mode };
    },
  );
}

function sessionRoutes(app: App, ctx: IdentityContext): void {
  const leave = async (request: FastifyRequest, reply: FastifyReply): Promise<{ done: true }> => {
    await signOut(ctx, request.cookies[session_cookie]);
    clearSessionCookie(request, reply);
    return { done: true };
  };
  // Public, because whoever holds an expired token may still renew or end their session with it.
  for (const [path, summary] of [
    ['/api/sign-out', 'Sign an account out'],
    ['/api/staff/sign-out', 'Sign a staff member out'],
  ] as const)
    app.post(
      path,
      {
        config: { permission: 'public' },
        schema: { tags, summary, response: { 200: schema.Done } },
      },
      leave,
    );
  app.post(
    '/api/session/renew',
    {
      config: { permission: 'public' },
      schema: { tags, summary: 'Renew the session cookie', response: { 200: schema.SessionReply } },
    },
    async (request, reply) => {
      const renewed = await renewSession(ctx, request.cookies[session_cookie]);
      setSessionCookie(request, reply, renewed);
      return { kind: renewed.session.kind, expires_at: renewed.expires_at.toISOString() };
    },
  );
}

function patientRoutes(app: App, ctx: IdentityContext): void {
  app.get(
    '/api/patients',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'The people of this account and what it may do for each, masked',
        response: { 200: schema.PatientsReply },
      },
    },
    (request) => listAccountPeople(ctx, accountOf(request).account_id),
  );
  app.post(
    '/api/patients',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Add a patient with a real-name check; repeating it changes nothing',
        body: schema.PatientRequest,
        response: { 200: schema.PatientAdded },
      },
    },
    (request) => {
      const { account_id } = accountOf(request);
      const { consents = [], ...person } = request.body;
      const add = () => addPatient(ctx, { ...person, account_id });
      return addWithConsents(ctx, { account_id, person, consents }, add);
    },
  );
  app.delete(
    '/api/patients/:patient_id',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Remove a patient from this account',
        params: schema.PatientParams,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      await unlinkPatient(ctx, { account_id, patient_id: request.params.patient_id });
      return { done: true };
    },
  );
}

function demoRoutes(app: App, ctx: IdentityContext, demo: DemoLogins | undefined): void {
  app.get(
    '/api/demo',
    {
      config: { permission: 'public' },
      schema: { tags, summary: 'Logins of the demo', response: { 200: schema.DemoReply } },
    },
    () => demo ?? { staff: [], phones: [], people: [] },
  );
  app.get(
    '/api/demo/outbox',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'The newest 50 messages of the demo in clear',
        response: { 200: schema.OutboxReply },
      },
    },
    async () => {
      const messages = await readOutbox(ctx);
      return {
        messages: messages.map((one) => ({ ...one, created_at: one.created_at.toISOString() })),
      };
    },
  );
}

function setupRoutes(app: App, ctx: IdentityContext): void {
  app.get(
    '/api/setup',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Whether the first administrator is still to be made',
        response: { 200: schema.SetupStateReply },
      },
    },
    async () => ({ needed: await needsSetup(ctx) }),
  );
  app.post(
    '/api/setup',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Make the first administrator with the code on the terminal',
        body: schema.SetupRequest,
        response: { 200: schema.MemberCreated },
      },
    },
    (request) => completeSetup(ctx, request.body),
  );
}
