import { readFileSync } from 'node:fs';
import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify';
import type { Config } from './config.ts';
import { fingerprint, type Idempotency } from './idempotency.ts';
import { Problem, problem } from './problem.ts';
import { loggerOptions } from './log.ts';
import { shareTurns } from './turns.ts';

/** Who is signed in, as the signed cookie says; no database is asked. */
export type Session =
  | {
      kind: 'account';
      session_id: string;
      account_id: string;
      /** The account uses 长辈版: it is asked no challenge. */
      elder_mode?: true;
    }
  | {
      kind: 'staff';
      session_id: string;
      staff_id: string;
      hospital_id: string | null;
      roles: string[];
    };

/** `public`, `account`, `signed-in`, or the name of a staff permission of the role matrix. */
export type Permission = string;

declare module 'fastify' {
  interface FastifyInstance {
    /** What every answer says, whatever it is. */
    securityHeaders: Record<string, string>;
  }
  interface FastifyRequest {
    session: Session | undefined;
  }
  interface FastifyContextConfig {
    permission?: Permission;
    /** What a request costs against the limits, in reads; a write costs ten unless it says so. */
    cost?: number;
    /** A write that an account may send without the browser's signature. */
    unsigned?: true;
    /** Takes a number by choice, so it needs its step and, in a rush, a challenge. */
    takes_number?: true;
  }
}

/** The app every module adds its routes to; schemas are TypeBox. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

const signInFirst = problem(
  'platform/sign-in-first',
  401,
  '请先登录，再继续刚才的操作。',
  'Sign in first.',
);
const notAllowed = problem(
  'platform/not-allowed',
  403,
  '您的账号没有这项权限；如有需要，请联系本院系统管理员。',
  'Your role does not include this permission.',
);
const invalid = problem(
  'platform/invalid',
  400,
  '填写的内容有误，请按提示修改后再提交。',
  'The request does not match its schema.',
);
export const notFound = problem(
  'platform/not-found',
  404,
  '没有找到这个页面或内容，请检查地址。',
  'Nothing is found at this address.',
);
const foreignSite = problem(
  'platform/foreign-site',
  403,
  '这次请求不是从本网站页面发出的，已拒绝；请在本网站页面上操作。',
  'A write must come from our own pages.',
);
const keyMissing = problem(
  'platform/idempotency-key-missing',
  400,
  '请求缺少编号，请刷新页面后重试。',
  'A write needs an Idempotency-Key header.',
);
const broken = problem(
  'platform/internal',
  500,
  '系统出了问题，我们已记录；您的号和资料没有丢失，请稍后再试。',
  'Something failed on our side; it was recorded.',
);
const tooLarge = problem(
  'platform/too-large',
  413,
  '提交的内容太大，请分成几份再提交。',
  'The request body is too large.',
);

/**
 * The HTTP edge: schemas, sign-in from a signed cookie, default-deny permissions, problems, and
 * headers that keep other sites out. A route without `config.permission` does not register.
 */
export async function createHttp(options: {
  config: Config;
  authenticate(request: FastifyRequest): Session | undefined;
  can(roles: string[], permission: Permission): boolean;
  log?: boolean;
}): Promise<App> {
  const { config } = options;
  const app = Fastify({
    logger: options.log === false ? false : loggerOptions(config.log_level),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => crypto.randomUUID(),
    trustProxy: config.trusted_proxies.length > 0 ? config.trusted_proxies : false,
    bodyLimit: 1 << 20,
    ajv: { customOptions: { coerceTypes: true, removeAdditional: false, allErrors: true } },
    ...(config.tls
      ? {
          https: {
            cert: readFileSync(config.tls.cert_file),
            key: readFileSync(config.tls.key_file),
          },
        }
      : {}),
  }) as unknown as App;
  shareTurns(app.server);
  await app.register(cookie);
  await app.register(multipart, { limits: { fileSize: 64 << 20, files: 1 } });
  app.decorateRequest('session', undefined);

  app.addHook('onRoute', (route) => {
    // The static plugin adds its routes itself; built assets are public.
    if (route.url.startsWith('/assets/')) route.config = { ...route.config, permission: 'public' };
    if (route.config?.permission === undefined)
      throw new Error(
        `${String(route.method)} ${route.url} has no permission: say who may call it`,
      );
  });
  app.addHook(
    'onRequest',
    hook((request) => {
      request.session = options.authenticate(request);
      refuseForeignWrites(request);
      checkPermission(request, options.can);
    }),
  );
  const headers = securityHeaders(config);
  app.decorate('securityHeaders', headers);
  app.addHook('onSend', (_request, reply, payload, done) => {
    void reply.headers(headers);
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    done(null, payload);
  });
  app.setErrorHandler(sendProblem);
  app.setNotFoundHandler({}, (request, reply) =>
    sendProblem(new Problem(notFound), request, reply),
  );
  return app;
}

/**
 * A hook that usually decides without waiting: an `async` one costs every request three turns of the
 * microtask queue. What `check` throws, or its promise when it gives one, is the reply.
 */
export function hook(
  check: (request: FastifyRequest, reply: FastifyReply) => Promise<void> | void,
): (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void {
  return (request, reply, done) => {
    let checking: Promise<void> | void;
    try {
      checking = check(request, reply);
    } catch (error) {
      done(error as Error);
      return;
    }
    if (checking) void awaited(checking, done);
    else done();
  };
}

async function awaited(checking: Promise<void>, done: (error?: Error) => void): Promise<void> {
  let fault: Error | undefined;
  try {
    await checking;
  } catch (error) {
    fault = error as Error;
  }
  done(fault);
}

function checkPermission(
  request: FastifyRequest,
  can: (roles: string[], permission: Permission) => boolean,
): void {
  if (request.is404) return;
  const permission = request.routeOptions.config.permission;
  const { session } = request;
  if (permission === 'public') return;
  if (!session) throw new Problem(signInFirst);
  if (permission === 'signed-in') return;
  if (permission === 'account') {
    if (session.kind !== 'account') throw new Problem(notAllowed);
    return;
  }
  if (session.kind !== 'staff' || permission === undefined || !can(session.roles, permission))
    throw new Problem(notAllowed);
}

/** A browser says where a write comes from; a form on another site cannot add our header. */
function refuseForeignWrites(request: FastifyRequest): void {
  if (request.method === 'GET' || request.method === 'HEAD' || !request.session) return;
  const site = request.headers['sec-fetch-site'];
  if (site === 'same-origin' || site === 'none') return;
  if (site === undefined && request.headers['x-requested-with'] === 'zhenghao') return;
  throw new Problem(foreignSite);
}

function securityHeaders(config: Config): Record<string, string> {
  return {
    'content-security-policy':
      "default-src 'self'; img-src 'self' data: blob:; style-src 'self'; script-src 'self'; " +
      "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(self)',
    ...(config.tls ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const found = toProblem(error);
  if (found.kind.status >= 500 && !(error instanceof Problem))
    request.log.error({ err: error, url: request.routeOptions.url }, 'request failed');
  if (found.retryAfterSeconds !== undefined)
    void reply.header('retry-after', String(found.retryAfterSeconds));
  return reply.status(found.kind.status).type(problem_type).send(textOf(found, request));
}

const problem_type = 'application/problem+json; charset=utf-8';

function textOf({ kind, message, detail }: Problem, request: FastifyRequest): string {
  return JSON.stringify({
    type: `/docs/errors#${kind.code}`,
    title: kind.english,
    status: kind.status,
    code: kind.code,
    detail: message,
    request_id: request.id,
    ...detail,
  });
}

/**
 * Sends a problem from within a hook, past everything that comes after it: for who is turned away by
 * the thousand a second. It says what the same problem thrown would say.
 */
export function sendAtOnce(found: Problem, request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  const text = textOf(found, request);
  reply.raw.writeHead(found.kind.status, {
    ...request.server.securityHeaders,
    'cache-control': 'no-store',
    'content-type': problem_type,
    'content-length': Buffer.byteLength(text),
    'retry-after': String(found.retryAfterSeconds ?? 1),
  });
  reply.raw.end(text);
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const known = error as Partial<FastifyError>;
  if (known.validation) {
    const fields = known.validation.map((fault) => ({
      field: `${known.validationContext ?? 'body'}${fault.instancePath}`,
      message: fault.message ?? '',
    }));
    return new Problem(invalid, { fields });
  }
  if (known.statusCode === 413) return new Problem(tooLarge);
  if (known.statusCode !== undefined && known.statusCode >= 400 && known.statusCode < 500)
    return new Problem(invalid, { fields: [{ field: 'body', message: known.message ?? '' }] });
  return new Problem(broken);
}

/** The signed-in account; only for routes with permission `account`. */
export function accountOf(request: FastifyRequest): Extract<Session, { kind: 'account' }> {
  if (request.session?.kind !== 'account') throw new Problem(signInFirst);
  return request.session;
}

/** The signed-in staff member; only for routes with a staff permission. */
export function staffOf(request: FastifyRequest): Extract<Session, { kind: 'staff' }> {
  if (request.session?.kind !== 'staff') throw new Problem(signInFirst);
  return request.session;
}

/** The hospital a staff member works for. @throws Problem platform/not-allowed for staff of none. */
export function hospitalOf(request: FastifyRequest): string {
  const { hospital_id } = staffOf(request);
  if (hospital_id === null) throw new Problem(notAllowed);
  return hospital_id;
}

/** `account:<id>` or `staff:<id>`, as events record it. */
export function actorOf(request: FastifyRequest): string {
  const { session } = request;
  if (!session) return 'anonymous';
  return session.kind === 'account' ? `account:${session.account_id}` : `staff:${session.staff_id}`;
}

/** The write's idempotency: who, which route, which key, and what the body was. */
export function idempotencyOf(request: FastifyRequest): Idempotency {
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || key.length < 8 || key.length > 200) throw new Problem(keyMissing);
  return {
    scope: `${actorOf(request)} ${request.method} ${request.routeOptions.url}`,
    key,
    fingerprint: fingerprint([request.params, request.body]),
  };
}
