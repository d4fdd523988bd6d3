import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db.ts';
import type { Session } from '../../platform/http.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { sessionUnknown } from './errors.ts';
import { deviceOf } from './rules.ts';
import {
  endOwnSessions,
  listSessionRows,
  type SessionOwner,
  type SessionRow,
} from './store-sessions.ts';

type SessionsContext = { db: Db; clock: Clock; random: Random };

/** A sign-in as its owner recognises it. */
export type LivingDevice = {
  session_id: string;
  system: string;
  browser: string;
  method: string;
  created_at: string;
  seen_at: string;
  expires_at: string;
};

export function deviceRow(row: SessionRow): LivingDevice {
  const { session_id, method } = row;
  return {
    ...{ session_id, method, ...deviceOf(row.user_agent) },
    created_at: row.created_at.toISOString(),
    seen_at: row.seen_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
  };
}

function ownerOf(session: Session): SessionOwner {
  return session.kind === 'account'
    ? { account_id: session.account_id, staff_id: null }
    : { account_id: null, staff_id: session.staff_id };
}

/** The devices somebody is signed in on, last used first. */
export async function ownSessions(
  ctx: SessionsContext,
  session: Session,
): Promise<(LivingDevice & { current: boolean })[]> {
  const rows = await listSessionRows(ctx.db, ownerOf(session), ctx.clock.now());
  return rows.map((row) => ({ ...deviceRow(row), current: row.session_id === session.session_id }));
}

/**
 * Ends one of one's own sessions. Its cookie is believed until its token runs out: 30 minutes at most,
 * 10 for staff.
 * @throws Problem identity/session-unknown.
 */
export async function endOwnSession(
  ctx: SessionsContext,
  session: Session,
  session_id: string,
): Promise<void> {
  const ended = await end(ctx, session, { only: session_id });
  if (ended === 0) throw new Problem(sessionUnknown);
}

/** Ends every session of one's own but the present one; says how many there were. */
export function endOtherSessions(ctx: SessionsContext, session: Session): Promise<number> {
  return end(ctx, session, { but: session.session_id });
}

async function end(
  ctx: SessionsContext,
  session: Session,
  which: { only: string } | { but: string },
): Promise<number> {
  const actor =
    session.kind === 'account' ? `account:${session.account_id}` : `staff:${session.staff_id}`;
  const hospital_id = session.kind === 'staff' ? session.hospital_id : null;
  return ctx.db.tx(async (tx) => {
    const ids = await endOwnSessions(tx, ownerOf(session), which, ctx.clock.now());
    await tellEnded(tx, ctx, { ids, of: actor, actor, hospital_id });
    return ids.length;
  });
}

/** Tells of sessions that were ended by somebody's act. */
export async function tellEnded(
  tx: Tx,
  ctx: SessionsContext,
  ended: { ids: string[]; of: string; actor: string; hospital_id: string | null },
): Promise<void> {
  const { of, actor, hospital_id } = ended;
  await appendEvents(
    tx,
    ctx,
    ended.ids.map((session_id) => ({
      name: 'identity.session.ended',
      hospital_id,
      // Accounts' sign-ins are no events, so an end is counted by itself.
      subject: `session-end:${session_id}`,
      version: 1,
      actor,
      payload: { session_id, of },
    })),
  );
}
