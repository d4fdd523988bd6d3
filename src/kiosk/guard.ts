import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { fingerprint, type Idempotency } from '../platform/idempotency.ts';
import { idempotencyOf } from '../platform/http.ts';
import { Problem } from '../platform/problem.ts';
import { terminalUnknown, turnOver } from './errors.ts';
import { hashOf, turn_idle_seconds } from './rules.ts';
import { endTurn, findTerminal, touchTurn } from './store.ts';
import { actorOfTerminal, type AtTerminal, type Terminal, type Turn } from './types.ts';

export const terminal_cookie = 'zh_terminal';
export const turn_header = 'x-kiosk-turn';

declare module 'fastify' {
  interface FastifyRequest {
    /** The kiosk that asks and who stands there; set by its guard alone. */
    kiosk: { terminal: Terminal; turn: Turn | null } | undefined;
  }
}

/**
 * Who may call a kiosk's routes: a machine with a living token. It is asked of the database at every
 * request, so that a terminal that was switched off is refused at once.
 * @throws Problem kiosk/terminal-unknown.
 */
export async function admitTerminal(ctx: { db: Db }, request: FastifyRequest): Promise<void> {
  const token = request.cookies[terminal_cookie];
  const found = token === undefined ? undefined : await findTerminal(ctx.db, hashOf(token));
  if (!found) throw new Problem(terminalUnknown);
  const { turn, ...terminal } = found;
  request.kiosk = { terminal, turn };
}

export function terminalOf(request: FastifyRequest): Terminal {
  if (!request.kiosk) throw new Problem(terminalUnknown);
  return request.kiosk.terminal;
}

/**
 * The person whose turn it is: the page names the turn it began, so a page left open by somebody else
 * finds nobody. A request keeps the turn alive. @throws Problem kiosk/turn-over.
 */
export async function turnOf(
  ctx: { db: Db; clock: Clock },
  request: FastifyRequest,
): Promise<AtTerminal> {
  const terminal = terminalOf(request);
  const turn = request.kiosk?.turn;
  const now = ctx.clock.now();
  if (!turn || request.headers[turn_header] !== turn.turn_id) throw new Problem(turnOver);
  if (now.getTime() - turn.seen_at.getTime() > turn_idle_seconds * 1000) {
    await endTurn(ctx.db, { terminal_id: terminal.terminal_id, by: 'idle', at: now });
    throw new Problem(turnOver);
  }
  await touchTurn(ctx.db, turn.turn_id, now);
  return { terminal, turn };
}

/** A write's idempotency: the turn is part of who asks. */
export function turnIdempotency(
  request: FastifyRequest,
  { terminal, turn }: AtTerminal,
): Idempotency {
  const { key } = idempotencyOf(request);
  return {
    scope: `${actorOfTerminal(terminal)} ${turn.turn_id} ${request.method} ${request.routeOptions.url}`,
    key,
    fingerprint: fingerprint([request.params, request.body]),
  };
}

const years = 5;

export function setTerminalCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  given: { token: string; now: Date },
): void {
  void reply.setCookie(terminal_cookie, given.token, {
    httpOnly: true,
    sameSite: 'strict',
    path: '/api/kiosk',
    secure: request.protocol === 'https',
    expires: new Date(given.now.getTime() + years * 366 * 86_400_000),
  });
}
