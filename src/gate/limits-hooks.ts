import type { FastifyReply, FastifyRequest } from 'fastify';
import { networkOf } from '../identity/index.ts';
import { hook, sendAtOnce, type App } from '../platform/http.ts';
import { busy } from '../platform/batch.ts';
import { Problem } from '../platform/problem.ts';
import { waitedForTurn } from '../platform/turns.ts';
import { needsChallenge, verifyProof } from './challenge.ts';
import {
  challengeAsked,
  challengeWrong,
  clockWrong,
  replayed,
  stepExpired,
  stepMissing,
  stepReplayed,
  tooMany,
  unsigned,
} from './errors.ts';
import { crowded_factor, read_cost, write_cost } from './limits.ts';
import type { GuardContext } from './limits-guard.ts';
import { verifySignature } from './request-key.ts';
import type { RiskSubject } from './risk-signals.ts';
import { markOf, useStep } from './steps.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The JSON body as it came, for its signature. */
    body_text: string;
    /** Whether the request's network asks more than its share. */
    crowded: boolean;
    /** The key the request was signed with; null for staff and strangers. */
    device_key_id: string | null;
  }
}

type Hold = { session_id: string; slot_id?: string | null; patient_id: string };

/**
 * Puts the guards before every route that is added afterwards: limits before the body is read, the
 * signature before it is checked, step and challenge before the route runs. None asks the database.
 */
export function guardHooks(app: App, ctx: GuardContext): void {
  keepBodyText(app);
  app.decorateRequest('crowded', false);
  app.decorateRequest('device_key_id', null);
  app.addHook(
    'onRequest',
    hook((request, reply) => {
      limitAccount(ctx, request);
      if (request.routeOptions.config.takes_number) meetDoor(ctx, request, reply);
    }),
  );
  app.addHook(
    'preValidation',
    hook((request) => checkSignature(ctx, request)),
  );
  app.addHook(
    'preHandler',
    hook((request) => {
      limitSubjects(ctx, request);
      return request.routeOptions.config.takes_number ? checkHold(ctx, request) : undefined;
    }),
  );
  app.addHook('onError', async (request, _reply, error) => noteFailure(ctx, request, error));
}

/** The parser Fastify has by itself, which keeps the text besides. */
function keepBodyText(app: App): void {
  app.decorateRequest('body_text', '');
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    request.body_text = body as string;
    void parse(request, body as string, done);
  });
}

const isRead = (request: FastifyRequest): boolean =>
  request.method === 'GET' || request.method === 'HEAD';

function costOf(request: FastifyRequest): number {
  const cost = request.routeOptions.config.cost ?? (isRead(request) ? read_cost : write_cost);
  return request.crowded ? cost * crowded_factor : cost;
}

function whoOf(request: FastifyRequest): RiskSubject | undefined {
  if (request.session?.kind !== 'account') return undefined;
  return { account_id: request.session.account_id, device_key_id: request.device_key_id };
}

function refuse(ctx: GuardContext, request: FastifyRequest, wait_ms: number): void {
  if (wait_ms === 0) return;
  const who = whoOf(request);
  if (who) ctx.guard.risk.note('limit_refusals', who);
  const seconds = Math.ceil(wait_ms / 1000);
  throw new Problem(
    tooMany,
    {},
    {
      message: `操作太频繁了，请等 ${seconds} 秒再试；您已有的号和登记不受影响。`,
      retryAfterSeconds: seconds,
    },
  );
}

function limitAccount(ctx: GuardContext, request: FastifyRequest): void {
  if (!ctx.guard.on.limits || request.is404 || request.session?.kind === 'staff') return;
  if (!request.url.startsWith('/api/')) return;
  const { limits, risk } = ctx.guard;
  const now = ctx.clock.now().getTime();
  // A campus, a ward's Wi-Fi or a carrier's address is many people: it only makes things dearer.
  request.crowded = limits.network.take(networkOf(request.ip), costOf(request), now) > 0;
  if (request.session === undefined) return;
  const { account_id } = request.session;
  const cost = costOf(request);
  refuse(ctx, request, limits.account.take(account_id, cost, now));
  if (limits.sustained.take(account_id, 1, now) > 0)
    risk.noteSustained({ account_id, device_key_id: null });
}

/** Whoever is let in leaves the door when the answer is sent, or when they have gone. */
function meetDoor(ctx: GuardContext, request: FastifyRequest, reply: FastifyReply): void {
  const { door, on } = ctx.guard;
  if (!on.door || request.session?.kind !== 'account') return;
  const now = ctx.clock.now().getTime();
  const waited_ms = waitedForTurn(request.raw);
  const wait_ms = door.enter(request.session.account_id, now, waited_ms);
  if (wait_ms > 0) {
    // The header knows whole seconds; a page that reads the body comes back sooner.
    const detail = { retry_after_ms: wait_ms };
    const full = new Problem(busy, detail, { retryAfterSeconds: Math.ceil(wait_ms / 1000) });
    sendAtOnce(full, request, reply);
    return;
  }
  // Their answer is late by the time they stood before the door, too.
  const came_at = now - waited_ms;
  reply.raw.once('close', () => door.leave(came_at, ctx.clock.now().getTime()));
}

/** The device key and the person a write names; reads name nobody who could be worn down. */
function limitSubjects(ctx: GuardContext, request: FastifyRequest): void {
  if (!ctx.guard.on.limits || isRead(request) || request.session?.kind !== 'account') return;
  const now = ctx.clock.now().getTime();
  const cost = costOf(request);
  const { limits } = ctx.guard;
  if (request.device_key_id !== null)
    refuse(ctx, request, limits.device.take(request.device_key_id, cost, now));
  const patient_id = (request.body as { patient_id?: unknown } | undefined)?.patient_id;
  if (typeof patient_id === 'string')
    refuse(ctx, request, limits.patient.take(patient_id, cost, now));
}

/** Every write of an account is signed, except what a browser without a key needs to get one. */
function checkSignature(ctx: GuardContext, request: FastifyRequest): void {
  const { session } = request;
  const { permission, unsigned: exempt } = request.routeOptions.config;
  const signs =
    session?.kind === 'account' && !isRead(request) && permission !== 'public' && !exempt;
  if (ctx.guard.on.signatures && signs) {
    const verdict = verifySignature(
      { clock: ctx.clock, secrets: ctx.secrets, nonces: ctx.guard.nonces },
      {
        account_id: session.account_id,
        method: request.method,
        path: request.url,
        body: request.body_text,
        headers: request.headers,
      },
    );
    if (verdict === 'unsigned') throw new Problem(unsigned);
    if (verdict === 'clock')
      throw new Problem(clockWrong, { server_time: ctx.clock.now().toISOString() });
    const who = { account_id: session.account_id, device_key_id: deviceOf(request) };
    if (verdict === 'replayed') {
      ctx.guard.risk.note('replayed_steps', who);
      throw new Problem(replayed);
    }
    request.device_key_id = who.device_key_id;
    return;
  }
  if (signs) request.device_key_id = deviceOf(request);
  // What nobody signed is nobody's device: the modules record only keys that were proved.
  else delete request.headers['x-device-key-id'];
}

function deviceOf(request: FastifyRequest): string | null {
  const found = request.headers['x-device-key-id'];
  return typeof found === 'string' ? found : null;
}

const headerOf = (request: FastifyRequest, name: string): string => {
  const found = request.headers[name];
  return typeof found === 'string' ? found : '';
};

/** Step and challenge of a booking by an account; the window and the phone never come this way. */
function checkHold(ctx: GuardContext, request: FastifyRequest): Promise<void> | undefined {
  const { session } = request;
  if (session?.kind !== 'account') return undefined;
  const body = request.body as Hold;
  const { guard } = ctx;
  const who = { account_id: session.account_id, device_key_id: request.device_key_id };
  if (!guard.delegates.has(who.account_id)) guard.risk.notePatient(who, body.patient_id);
  if (guard.on.steps) checkStep(ctx, request, { who, body, sign_in_id: session.session_id });
  if (!guard.on.challenges) return undefined;
  const asked = needsChallenge({
    crowded: request.crowded,
    elder_mode: session.elder_mode === true,
    signals: guard.risk.read(who),
  });
  return asked ? checkProof(ctx, request, { account_id: session.account_id, body }) : undefined;
}

async function checkProof(
  ctx: GuardContext,
  request: FastifyRequest,
  input: { account_id: string; body: Hold },
): Promise<void> {
  const { account_id } = input;
  const { session_id, patient_id } = input.body;
  const verdict = await verifyProof(
    { clock: ctx.clock, secrets: ctx.secrets, proofs: ctx.guard.proofs },
    {
      text: headerOf(request, 'x-challenge-proof'),
      hold: { account_id, session_id, patient_id },
      mark: markOf(headerOf(request, 'idempotency-key')),
    },
  );
  if (verdict === 'missing') throw new Problem(challengeAsked);
  if (verdict !== 'good') throw new Problem(challengeWrong);
}

function checkStep(
  ctx: GuardContext,
  request: FastifyRequest,
  input: { who: RiskSubject; body: Hold; sign_in_id: string },
): void {
  const { who, body, sign_in_id } = input;
  const verdict = useStep(
    { clock: ctx.clock, secrets: ctx.secrets, steps: ctx.guard.steps },
    {
      step: headerOf(request, 'x-booking-step'),
      use: {
        account_id: who.account_id,
        sign_in_id,
        device_key_id: who.device_key_id ?? '',
        session_id: body.session_id,
        slot_id: body.slot_id ?? null,
        patient_id: body.patient_id,
      },
      idempotency_key: headerOf(request, 'idempotency-key'),
    },
  );
  if (verdict === 'good') return;
  if (verdict === 'expired') throw new Problem(stepExpired);
  ctx.guard.risk.note(verdict === 'replayed' ? 'replayed_steps' : 'skipped_steps', who);
  throw new Problem(verdict === 'replayed' ? stepReplayed : stepMissing);
}

const failed_checks = new Set([
  'identity/document-invalid',
  'identity/real-name-mismatch',
  'identity/name-differs',
]);

function noteFailure(ctx: GuardContext, request: FastifyRequest, error: unknown): void {
  const who = whoOf(request);
  if (who && error instanceof Problem && failed_checks.has(error.kind.code))
    ctx.guard.risk.note('failed_documents', who);
}
