import { createHash, timingSafeEqual } from 'node:crypto';
import { installationMac } from '../../platform/mac.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Secrets } from '../../platform/secrets.ts';
import { step_minutes_max } from './rules.ts';

/** What a person has shown so far in one sign-in. */
export type Passed = {
  staff_id: string;
  username: string;
  first: 'password' | 'oidc';
  second: 'totp' | 'recovery' | null;
};

type Ticket = Passed & { mark: string; until: number };

/** Names the stored password without telling of it: a ticket dies with a change of password. */
function markOf(password_hash: string): string {
  return createHash('sha256').update(password_hash).digest('base64url').slice(0, 16);
}

/** A signed note of what was shown, for the next step: five minutes, nothing is stored. */
export function signTicket(
  ctx: { clock: Clock; secrets: Secrets },
  passed: Passed,
  password_hash: string,
): { ticket: string; expires_at: Date } {
  const until = ctx.clock.now().getTime() + step_minutes_max * 60_000;
  const note: Ticket = { ...passed, mark: markOf(password_hash), until };
  const body = Buffer.from(JSON.stringify(note)).toString('base64url');
  const signature = installationMac(ctx.secrets, 'staff sign-in step')(body);
  return { ticket: `${body}.${signature.toString('base64url')}`, expires_at: new Date(until) };
}

/** The note behind a ticket of ours that has not run out. */
export function readTicket(
  ctx: { clock: Clock; secrets: Secrets },
  text: string,
): (Passed & { isFor(password_hash: string): boolean }) | undefined {
  const [body = '', signature = '', ...rest] = text.split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = installationMac(ctx.secrets, 'staff sign-in step')(body);
  if (rest.length > 0 || given.length !== expected.length) return undefined;
  if (!timingSafeEqual(given, expected)) return undefined;
  // Only we can have signed it, so its shape is the one signTicket wrote.
  const { mark, until, ...passed } = JSON.parse(
    Buffer.from(body, 'base64url').toString('utf8'),
  ) as Ticket;
  if (until <= ctx.clock.now().getTime()) return undefined;
  return { ...passed, isFor: (password_hash) => markOf(password_hash) === mark };
}
