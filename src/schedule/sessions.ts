import type { Clock } from '../platform/clock.ts';
import type { Db, Queryable, Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import {
  inWords,
  practitionerTitle,
  practitionerUnknown,
  sessionBegun,
  sessionNamed,
  sessionNotPlanned,
  sessionNotStopped,
  sessionOver,
  sessionUnknown,
} from './errors.ts';
import { latenessOf, titleSuffices, type Lateness } from './rules.ts';
import { insertChange, type Cause } from './store-changes.ts';
import {
  assignPractitionerRow,
  resumeSessionRow,
  selectSessions,
  selectSessionsByIds,
  selectSessionState,
  stopSessionRow,
} from './store.ts';
import type { SessionFilter, SessionView } from './types.ts';

export type SessionContext = { db: Db; clock: Clock; random: Random };

/** Sessions of a range of clinic days (both included) with their names and fees; one statement. */
export function findSessions(
  ctx: { db: Queryable },
  filter: SessionFilter,
): Promise<SessionView[]> {
  return selectSessions(ctx.db, filter);
}

/** The sessions of those ids, in order of time; unknown ids are left out. */
export function getSessions(
  ctx: { db: Queryable },
  ids: readonly string[],
): Promise<SessionView[]> {
  return selectSessionsByIds(ctx.db, ids);
}

type Act = { hospital_id: string; session_id: string; actor: string };

/**
 * Stops a session (停诊). Bookings follow by the event `schedule.session.stopped`.
 * @throws Problem schedule/session-unknown, session-not-planned, session-over.
 */
export async function stopSession(
  ctx: SessionContext,
  input: Act & { reason: string; cause?: Cause },
): Promise<{ lateness: Lateness }> {
  const at = ctx.clock.now();
  return ctx.db.tx(async (tx) => {
    const stopped = await stopSessionRow(tx, { ...input, at });
    if (!stopped) {
      const state = await stateOf(tx, input);
      throw new Problem(state.status === 'stopped' ? sessionNotPlanned : sessionOver);
    }
    await tell(tx, ctx, input, {
      name: 'schedule.session.stopped',
      version: stopped.version,
      payload: { session_id: input.session_id, reason: input.reason },
    });
    const lateness = latenessOf(stopped.service_date, at);
    await insertChange(tx, {
      ...input,
      id: newId(ctx),
      kind: 'stop',
      practitioner_id: stopped.practitioner_id,
      substitute_id: null,
      cause: input.cause ?? 'approved',
      lateness,
      at,
    });
    return { lateness };
  });
}

/**
 * Resumes a stopped session before its start.
 * @throws Problem schedule/session-unknown, session-not-stopped, session-begun, practitioner-elsewhere.
 */
export async function resumeSession(ctx: SessionContext, input: Act): Promise<void> {
  const at = ctx.clock.now();
  const work = ctx.db.tx(async (tx) => {
    const resumed = await resumeSessionRow(tx, { ...input, at });
    if (!resumed) {
      const state = await stateOf(tx, input);
      throw new Problem(state.status === 'planned' ? sessionNotStopped : sessionBegun);
    }
    await tell(tx, ctx, input, {
      name: 'schedule.session.resumed',
      version: resumed.version,
      payload: { session_id: input.session_id },
    });
  });
  await inWords(work);
}

/**
 * Names the doctor of an unnamed session at triage; the title may not be lower than the numbers say.
 * @throws Problem schedule/session-unknown, practitioner-unknown, session-named, practitioner-title,
 * session-not-planned, session-over, practitioner-elsewhere.
 */
export async function assignPractitioner(
  ctx: SessionContext,
  input: Act & { practitioner_id: string },
): Promise<void> {
  const at = ctx.clock.now();
  const work = ctx.db.tx(async (tx) => {
    const state = await stateOf(tx, input, input.practitioner_id);
    if (state.offered_title === null) throw new Problem(practitionerUnknown);
    if (!titleSuffices(state.offered_title, state.title)) throw new Problem(practitionerTitle);
    const assigned = await assignPractitionerRow(tx, { ...input, at });
    if (!assigned) {
      if (state.status === 'stopped') throw new Problem(sessionNotPlanned);
      throw new Problem(state.ends_at <= at ? sessionOver : sessionNamed);
    }
    await tell(tx, ctx, input, {
      name: 'schedule.session.changed',
      version: assigned.version,
      payload: { session_id: input.session_id },
    });
  });
  await inWords(work);
}

async function stateOf(tx: Tx, input: Act, practitioner_id: string | null = null) {
  const state = await selectSessionState(tx, { ...input, practitioner_id });
  if (!state) throw new Problem(sessionUnknown);
  return state;
}

type SessionNews =
  | { name: 'schedule.session.stopped'; payload: { session_id: string; reason: string } }
  | {
      name: 'schedule.session.resumed' | 'schedule.session.changed';
      payload: { session_id: string };
    };

async function tell(
  tx: Tx,
  ctx: SessionContext,
  input: Act,
  news: SessionNews & { version: number },
): Promise<void> {
  const { hospital_id, actor } = input;
  await appendEvents(tx, ctx, [
    { ...news, hospital_id, actor, subject: `session:${input.session_id}` },
  ]);
}
