import type { Clock } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/db.ts';
import type { Session } from '../platform/http.ts';
import { newId } from '../platform/id.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { sessionEnded } from './errors.ts';
import {
  account_session_days,
  account_token_minutes,
  minutesAfter,
  staff_idle_minutes,
  staff_session_hours,
  staff_token_minutes,
} from './rules.ts';
import { readToken, signToken, type Token } from './session-token.ts';
import { endSession, insertSession, readLivingSession } from './store.ts';

/** By what a session was begun; a second factor is named after the first. */
export type SignInMethod =
  'code' | 'password' | 'oidc' | `${'password' | 'oidc'}-${'totp' | 'recovery'}`;

export type SessionContext = { clock: Clock; random: Random; secrets: Secrets };

/** A signed cookie, until when it is believed, and until when it can be renewed. */
export type IssuedSession = { cookie: string; expires_at: Date; session_until: Date };

type Owner =
  | { kind: 'account'; account_id: string; elder_mode?: true }
  | { kind: 'staff'; staff_id: string; hospital_id: string | null; roles: string[] };

/** An account as the owner of a session; the cookie says whether it uses 长辈版. */
export function accountOwner(
  account_id: string,
  elder_mode: boolean,
): Extract<Owner, { kind: 'account' }> {
  return { kind: 'account', account_id, ...(elder_mode ? { elder_mode } : {}) };
}

/** Starts a session in the transaction that let its owner in. */
export async function startSession(
  tx: Tx,
  ctx: SessionContext,
  owner: Owner,
  begun: { user_agent: string; method: SignInMethod },
): Promise<IssuedSession & { session_id: string }> {
  const at = ctx.clock.now();
  const session_id = newId(ctx);
  const session_until =
    owner.kind === 'account'
      ? minutesAfter(at, account_session_days * 24 * 60)
      : minutesAfter(at, staff_session_hours * 60);
  await insertSession(tx, {
    id: session_id,
    account_id: owner.kind === 'account' ? owner.account_id : null,
    staff_id: owner.kind === 'staff' ? owner.staff_id : null,
    at,
    expires_at: session_until,
    user_agent: begun.user_agent.slice(0, 200),
    method: begun.method,
  });
  return { session_id, ...issue(ctx, { ...owner, session_id }, session_until) };
}

function issue(ctx: SessionContext, session: Session, session_until: Date): IssuedSession {
  const at = ctx.clock.now();
  const minutes = session.kind === 'account' ? account_token_minutes : staff_token_minutes;
  const until = Math.min(minutesAfter(at, minutes).getTime(), session_until.getTime());
  const seconds = (ms: number): number => Math.floor(ms / 1000);
  const token = { ...session, issued_at: seconds(at.getTime()), expires_at: seconds(until) };
  return {
    cookie: signToken(ctx.secrets, token),
    expires_at: new Date(seconds(until) * 1000),
    session_until,
  };
}

/**
 * Issues a fresh cookie for one of ours, expired or not, while its session lasts; staff get the
 * roles they hold now, unless nobody used theirs for twenty minutes.
 * @throws Problem identity/session-ended when the cookie is not ours, the session was ended or ran
 *   out, or the staff member was disabled.
 */
export async function renewSession(
  ctx: SessionContext & { db: Db },
  cookie: string | undefined,
): Promise<IssuedSession & { session: Session }> {
  const token = readToken(ctx.secrets, cookie);
  if (token && isIdle(token, ctx.clock.now())) throw new Problem(sessionEnded);
  const living = token && (await readLivingSession(ctx.db, token.session_id, ctx.clock.now()));
  if (!living) throw new Problem(sessionEnded);
  const session_id = living.id;
  let session: Session;
  if (living.account_id !== null) {
    session = { ...accountOwner(living.account_id, living.elder_mode === true), session_id };
  } else if (living.staff_id !== null && living.roles !== null) {
    const { staff_id, hospital_id, roles } = living;
    session = { kind: 'staff', session_id, staff_id, hospital_id, roles };
  } else {
    throw new Problem(sessionEnded);
  }
  return { session, ...issue(ctx, session, living.expires_at) };
}

/** Nobody used a desk's session since its token ran out, and as long again: it is not taken up. */
function isIdle(token: Token, now: Date): boolean {
  return (
    token.kind === 'staff' && now.getTime() > (token.issued_at + staff_idle_minutes * 60) * 1000
  );
}

/** Ends the session behind a cookie of ours, expired or not; anything else is already signed out. */
export async function signOut(
  ctx: { db: Db; clock: Clock; secrets: Secrets },
  cookie: string | undefined,
): Promise<void> {
  const token = readToken(ctx.secrets, cookie);
  if (token) await endSession(ctx.db, token.session_id, ctx.clock.now());
}
