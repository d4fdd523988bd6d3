import type { FastifyReply, FastifyRequest } from 'fastify';
import { staffOf, type App } from '../../platform/http.ts';
import { Problem } from '../../platform/problem.ts';
import { setSessionCookie } from '../session-token.ts';
import { signInStaff } from '../sign-in-staff.ts';
import { StaffSignInRequest } from '../schema.ts';
import type { From } from './attempt.ts';
import { confirmEnrolment, enrolSignedIn, secondFactorState } from './enrol.ts';
import { beginOidc, finishOidc, oidc_cookie, oidc_minutes_max, type OidcContext } from './oidc.ts';
import type { SignInOutcome } from './proceed.ts';
import * as schema from './schema.ts';
import { answerCode, choosePassword, confirmAtSignIn, enrolAtSignIn } from './steps.ts';

const tags = ['identity'];

/** How staff come in: password, second factor, enrolment, the hospital's identity provider. */
export function staffSignInRoutes(app: App, ctx: OidcContext): void {
  passwordRoutes(app, ctx);
  enrolRoutes(app, ctx);
  ownFactorRoutes(app, ctx);
  oidcRoutes(app, ctx);
}

function fromOf(request: FastifyRequest): From {
  return { ip: request.ip, user_agent: request.headers['user-agent'] ?? '' };
}

/** Gives the browser its session when the sign-in is complete, else the ticket for the next step. */
function answer(
  request: FastifyRequest,
  reply: FastifyReply,
  outcome: SignInOutcome & { recovery_codes?: string[] },
) {
  const expires_at = outcome.expires_at.toISOString();
  if (outcome.step !== 'done') return { step: outcome.step, ticket: outcome.ticket, expires_at };
  setSessionCookie(request, reply, outcome);
  const { id: staff_id, display_name, hospital_id, roles } = outcome.staff;
  const { recovery_codes } = outcome;
  const done = { step: outcome.step, staff_id, display_name, hospital_id, roles, expires_at };
  return recovery_codes ? { ...done, recovery_codes } : done;
}

function passwordRoutes(app: App, ctx: OidcContext): void {
  app.post(
    '/api/staff/sign-in',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Sign a staff member in by password; the answer may be a further step',
        body: StaffSignInRequest,
        response: { 200: schema.SignInStepReply },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, ...fromOf(request) };
      return answer(request, reply, await signInStaff(ctx, input));
    },
  );
  app.post(
    '/api/staff/sign-in/code',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'The second step: the code of the phone, or a recovery code',
        body: schema.TicketCodeBody,
        response: { 200: schema.SignInStepReply },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, ...fromOf(request) };
      return answer(request, reply, await answerCode(ctx, input));
    },
  );
  app.post(
    '/api/staff/sign-in/password',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'A password of one’s own instead of the one that was given',
        body: schema.TicketPasswordBody,
        response: { 200: schema.SignInStepReply },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, ...fromOf(request) };
      return answer(request, reply, await choosePassword(ctx, input));
    },
  );
}

function enrolRoutes(app: App, ctx: OidcContext): void {
  app.post(
    '/api/staff/sign-in/enrol',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'A secret to scan, for a sign-in that waits for an enrolment',
        body: schema.TicketBody,
        response: { 200: schema.EnrolmentReply },
      },
    },
    (request) => enrolAtSignIn(ctx, request.body.ticket),
  );
  app.post(
    '/api/staff/sign-in/enrol/confirm',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Confirm the enrolment by a code of it and finish the sign-in',
        body: schema.TicketCodeBody,
        response: { 200: schema.SignInStepReply },
      },
    },
    async (request, reply) => {
      const input = { ...request.body, ...fromOf(request) };
      return answer(request, reply, await confirmAtSignIn(ctx, input));
    },
  );
}

function ownFactorRoutes(app: App, ctx: OidcContext): void {
  app.get(
    '/api/staff/second-factor',
    {
      config: { permission: 'signed-in' },
      schema: {
        tags,
        summary: 'How one’s own second factor stands',
        response: { 200: schema.SecondFactorReply },
      },
    },
    (request) => secondFactorState(ctx, staffOf(request).staff_id),
  );
  app.post(
    '/api/staff/second-factor',
    {
      config: { permission: 'signed-in' },
      schema: {
        tags,
        summary: 'Begin an enrolment of one’s own, for a first or another phone',
        body: schema.PasswordBody,
        response: { 200: schema.EnrolmentReply },
      },
    },
    (request) => {
      const { staff_id } = staffOf(request);
      const { password } = request.body;
      return enrolSignedIn(ctx, { staff_id, password, ...fromOf(request) });
    },
  );
  app.post(
    '/api/staff/second-factor/confirm',
    {
      config: { permission: 'signed-in' },
      schema: {
        tags,
        summary: 'Confirm an enrolment of one’s own; the recovery codes are shown once',
        body: schema.CodeBody,
        response: { 200: schema.RecoveryCodesReply },
      },
    },
    async (request) => ({
      recovery_codes: await confirmEnrolment(ctx, staffOf(request).staff_id, request.body.code),
    }),
  );
}

function oidcRoutes(app: App, ctx: OidcContext): void {
  app.get(
    '/api/staff/oidc',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Whether staff may sign in through the hospital’s identity provider',
        response: { 200: schema.OidcStateReply },
      },
    },
    () => ({ enabled: ctx.config.oidc !== undefined }),
  );
  app.get(
    '/api/staff/oidc/start',
    { config: { permission: 'public' }, schema: { tags, summary: 'Go to the identity provider' } },
    async (request, reply) => {
      const { url, cookie } = await beginOidc(ctx);
      void reply.setCookie(oidc_cookie, cookie, {
        ...oidcCookie(request),
        maxAge: oidc_minutes_max * 60,
      });
      return reply.redirect(url);
    },
  );
  app.get(
    '/api/staff/oidc/callback',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Come back from the identity provider',
        querystring: schema.OidcQuery,
      },
    },
    async (request, reply) => {
      void reply.clearCookie(oidc_cookie, oidcCookie(request));
      return reply.redirect(await comeBack(ctx, request, reply));
    },
  );
}

function oidcCookie(request: FastifyRequest) {
  const secure = request.protocol === 'https';
  return { httpOnly: true, sameSite: 'lax', path: '/api/staff/oidc', secure } as const;
}

/** The page to show: a person comes back here by their browser, so a refusal is told on our own page. */
async function comeBack(
  ctx: OidcContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string> {
  const at = request.url.indexOf('?');
  try {
    const outcome = await finishOidc(ctx, {
      query: at < 0 ? '' : request.url.slice(at),
      cookie: request.cookies[oidc_cookie],
      ...fromOf(request),
    });
    const { step, ticket } = { ticket: '', ...answer(request, reply, outcome) };
    // After the hash: it stays in the browser, out of every server's log.
    return step === 'done' ? '/console/#signed-in' : `/console/#step=${step}&ticket=${ticket}`;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return `/console/#refused=${encodeURIComponent(error.kind.code)}`;
  }
}
