import type { Clock } from '../platform/clock.ts';
import type { Queryable } from '../platform/db.ts';
import { findSessions, type SessionView } from '../schedule/index.ts';
import { availabilityOf, type Availability } from './rules.ts';
import { countNumbers, type NumberCounts } from './store-availability.ts';

export type SessionAvailability = {
  session: SessionView;
  method: 'order' | 'draw';
  state: Availability;
  /** Only when free; 10 stands for ten or more, so that a poller learns little about the rest. */
  free_numbers: number | null;
};

/** What release knows of a session and booking does not. */
export type ReleaseFacts = { method: 'order' | 'draw'; draw_open: boolean };

const shown_max = 10;

/**
 * The sessions of a department over some clinic days and what is left of each, in two statements.
 * `facts` lets the caller add what it knows of releases; without it the stock's own method counts.
 */
export async function listAvailability(
  ctx: { db: Queryable; clock: Clock },
  input: { department_id: string; from: string; to: string },
  facts: (session_id: string) => ReleaseFacts | undefined = () => undefined,
): Promise<SessionAvailability[]> {
  const sessions = await findSessions(ctx, input);
  const at = ctx.clock.now();
  const counts = await countNumbers(
    ctx.db,
    sessions.map((session) => session.id),
    at,
  );
  return sessions.map((session) =>
    toAvailability(session, counts.get(session.id), at, facts(session.id)),
  );
}

/** One session's availability from its counts. */
export function toAvailability(
  session: SessionView,
  counts: NumberCounts | undefined,
  at: Date,
  known?: ReleaseFacts,
): SessionAvailability {
  const free = counts?.free ?? 0;
  const state = availabilityOf({
    // The schedule's word counts before the numbers follow it a moment later.
    state: session.status === 'stopped' ? 'stopped' : (counts?.state ?? 'planned'),
    ends_at: session.ends_at,
    now: at,
    free,
    released: counts?.released_at != null,
    draw_open: known?.draw_open ?? false,
  });
  return {
    session,
    method: known?.method ?? counts?.method ?? 'order',
    state,
    free_numbers: state === 'free' ? Math.min(free, shown_max) : null,
  };
}
