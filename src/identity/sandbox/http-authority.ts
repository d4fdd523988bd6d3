import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../../platform/clock.ts';
import { isDocumentType } from '../documents/index.ts';
import type { RealNameProvider, RealNameQuery, RealNameResult } from '../real-name.ts';
import { isSignedBody, signBody } from './signature.ts';

/** A message older or newer than this is refused, and its id is remembered for twice as long. */
const CLOCK_SKEW_MS = 5 * 60_000;
const BODY_LIMIT = 4096;

type Options = { authority: RealNameProvider; secret: Uint8Array; clock: Clock };

class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

function header(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}

/** Ids seen lately, so that a captured message cannot be sent twice. */
function createReplayGuard(clock: Clock): (requestId: string) => boolean {
  const seen = new Map<string, number>();
  return (requestId) => {
    const now = clock.now().getTime();
    // Insertion order is time order: the loop ends at the first id that still counts.
    for (const [id, at] of seen) {
      if (now - at <= 2 * CLOCK_SKEW_MS) break;
      seen.delete(id);
    }
    if (seen.has(requestId)) return false;
    seen.set(requestId, now);
    return true;
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function readQuery(body: string): RealNameQuery {
  const value = parseJson(body);
  if (typeof value !== 'object' || value === null) throw new Refusal(400, 'body_invalid');
  const { name, documentType, documentNumber } = value as Record<string, unknown>;
  if (typeof name !== 'string' || name.trim() === '') throw new Refusal(400, 'name_invalid');
  if (!isDocumentType(documentType)) throw new Refusal(400, 'document_type_invalid');
  if (typeof documentNumber !== 'string' || documentNumber.trim() === '') {
    throw new Refusal(400, 'document_number_invalid');
  }
  return { name, documentType, documentNumber };
}

/** A field beside the three, or undefined. @throws Refusal when it is there and no text. */
function readText(body: string, field: string): string | undefined {
  const value = (parseJson(body) as Record<string, unknown>)[field];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > 200) throw new Refusal(400, `${field}_invalid`);
  return value;
}

/** The signed body of a fresh message. The signature is checked first: nothing else is trusted. */
function authenticate(
  request: FastifyRequest,
  { secret, clock }: Options,
  isFresh: (requestId: string) => boolean,
): { requestId: string; body: string } {
  const requestId = header(request, 'x-request-id');
  const time = header(request, 'x-request-time');
  const body = typeof request.body === 'string' ? request.body : '';
  const parts = { direction: 'request', requestId, time } as const;
  if (!isSignedBody(secret, parts, body, header(request, 'x-signature'))) {
    throw new Refusal(401, 'signature_invalid');
  }
  if (!/^[\w-]{8,64}$/.test(requestId)) throw new Refusal(400, 'request_id_invalid');
  // Written so that a time that is no number is refused as well.
  if (!(Math.abs(clock.now().getTime() - Number(time)) <= CLOCK_SKEW_MS)) {
    throw new Refusal(401, 'time_out_of_range');
  }
  if (!isFresh(requestId)) throw new Refusal(409, 'request_replayed');
  return { requestId, body };
}

function sendSigned(
  reply: FastifyReply,
  { secret, clock }: Options,
  requestId: string,
  answer: object,
): FastifyReply {
  const body = JSON.stringify(answer);
  const time = String(clock.now().getTime());
  return reply
    .header('x-request-id', requestId)
    .header('x-request-time', time)
    .header('x-signature', signBody(secret, { direction: 'response', requestId, time }, body))
    .type('application/json')
    .send(body);
}

/**
 * An identity authority over HTTP that speaks the contract of docs/real-name.md: two-factor checks
 * (with a phone as a third, where it is asked) and checks of a 网证. Each message is signed, fresh
 * and used once. Nothing is logged: requests are names and document numbers.
 */
export function buildSandboxAuthorityApp(options: Options): FastifyInstance {
  const app = fastify({ logger: false, bodyLimit: BODY_LIMIT });
  const isFresh = createReplayGuard(options.clock);
  // The signature covers the bytes as sent, so the body stays text until it has been checked.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof Refusal) return reply.status(error.status).send({ code: error.code });
    // Fastify's own errors (too large, wrong type) have a status; their text may quote the body.
    return reply.status(error.statusCode ?? 500).send({ code: 'request_failed' });
  });
  const serve = (path: string, ask: (body: string) => Promise<RealNameResult>): void => {
    app.post(path, async (request, reply) => {
      const { requestId, body } = authenticate(request, options, isFresh);
      const { result, reference, checkedAt, phone } = await ask(body);
      const answer = { result, reference, checkedAt: checkedAt.toISOString(), phone };
      return sendSigned(reply, options, requestId, answer);
    });
  };
  serve('/v1/real-name-checks', (body) => {
    const query = readQuery(body);
    const phone = readText(body, 'phone');
    return options.authority.check({ ...query, ...(phone === undefined ? {} : { phone }) });
  });
  serve('/v1/credential-checks', (body) => {
    const query = readQuery(body);
    const credential = readText(body, 'credential');
    const { checkCredential } = options.authority;
    if (credential === undefined) throw new Refusal(400, 'credential_invalid');
    if (!checkCredential) throw new Refusal(404, 'not_served');
    return checkCredential({ ...query, credential });
  });
  return app;
}
