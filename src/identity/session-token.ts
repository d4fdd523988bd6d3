import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Session } from '../platform/http.ts';
import { installationMac } from '../platform/mac.ts';
import type { Secrets } from '../platform/secrets.ts';

export const session_cookie = 'zh_session';

/** A session and the seconds since 1970 between which its cookie is believed. */
export type Token = Session & { issued_at: number; expires_at: number };

function mac(secrets: Secrets, body: string): Buffer {
  return installationMac(secrets, 'session')(body);
}

/** `<payload>.<HMAC-SHA-256>`, both base64url. */
export function signToken(secrets: Secrets, token: Token): string {
  const body = Buffer.from(JSON.stringify(token)).toString('base64url');
  return `${body}.${mac(secrets, body).toString('base64url')}`;
}

/** The token behind a cookie of ours, expired ones included; undefined for anything else. */
export function readToken(secrets: Secrets, text: string | undefined): Token | undefined {
  const [body, signature, ...rest] = text?.split('.') ?? [];
  if (!body || !signature || rest.length > 0) return undefined;
  const given = Buffer.from(signature, 'base64url');
  const expected = mac(secrets, body);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  // Only we can have signed it, so its shape is the one signToken wrote.
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Token;
}

/**
 * Who a request comes from, by its cookie's signature and dates alone: no I/O, so a session that
 * was ended elsewhere is believed until its token runs out (30 minutes, 10 for staff).
 */
export function createAuthenticator(ctx: {
  clock: Clock;
  secrets: Secrets;
}): (request: FastifyRequest) => Session | undefined {
  return (request) => {
    const token = readToken(ctx.secrets, request.cookies[session_cookie]);
    if (!token || token.expires_at * 1000 <= ctx.clock.now().getTime()) return undefined;
    const { issued_at: _issued, expires_at: _expires, ...session } = token;
    return session;
  };
}

/** Gives the browser its session; Secure whenever the client came by https, proxies included. */
export function setSessionCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  issued: { cookie: string; session_until: Date },
): void {
  void reply.setCookie(session_cookie, issued.cookie, {
    ...cookieOptions(request),
    // Longer than the token: an expired token can still be renewed while the session lasts.
    expires: issued.session_until,
  });
}

export function clearSessionCookie(request: FastifyRequest, reply: FastifyReply): void {
  void reply.clearCookie(session_cookie, cookieOptions(request));
}

function cookieOptions(request: FastifyRequest): {
  httpOnly: true;
  sameSite: 'lax';
  path: '/';
  secure: boolean;
} {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: request.protocol === 'https' };
}
