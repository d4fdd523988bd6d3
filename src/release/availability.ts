import {
  availabilityOf,
  cancelTerms,
  countNumbers,
  freeNumbers,
  rulesOn,
} from '../booking/index.ts';
import { findSessions, getSessions, type SessionView } from '../schedule/index.ts';
import { addDays, shanghaiDate, type Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import { releaseText } from './rules.ts';
import { sessionReleases, type SessionRelease } from './store.ts';
import { openDraws } from './store-draw.ts';
import { sessionUnknown } from './errors.ts';

export type ViewContext = { db: Db; clock: Clock };

/** The most a page says of how many numbers are left; beyond it says "more". */
const free_shown_max = 10;

/** One session as a date strip shows it; never how many numbers are unreleased (R021). */
export type SessionAvailability = Awaited<ReturnType<typeof describe>>[number];

/** A department's sessions over some days with what is left of each. */
export async function departmentAvailability(
  ctx: ViewContext,
  input: { department_id: string; from?: string | undefined; to?: string | undefined },
): Promise<{ days: string[]; sessions: SessionAvailability[] }> {
  const from = input.from ?? shanghaiDate(ctx.clock.now());
  const to = input.to ?? addDays(from, 13);
  const sessions = await findSessions(ctx, { department_id: input.department_id, from, to });
  const days: string[] = [];
  for (let day = from; day <= to && days.length < 31; day = addDays(day, 1)) days.push(day);
  return { days, sessions: await describe(ctx, sessions) };
}

/** One session with the free times of the order method. @throws Problem release/session-unknown. */
export async function sessionAvailability(ctx: ViewContext, session_id: string) {
  const [session] = await getSessions(ctx, [session_id]);
  if (!session) throw new Problem(sessionUnknown);
  const [described] = await describe(ctx, [session]);
  if (!described) throw new Problem(sessionUnknown);
  const numbers =
    described.state === 'free' ? await freeNumbers(ctx.db, session_id, ctx.clock.now()) : [];
  // By the rules in force today, as for whoever books now; each number's own time may be later.
  const { cancel_deadlines, hold_minutes, internet_prior_days } = await rulesOn(ctx, session);
  const booked_at = ctx.clock.now();
  const { until, late_from } = cancelTerms({ ...session, cancel_deadlines, booked_at });
  const terms = { cancel_until: late_from ?? until, late_from, hold_minutes, internet_prior_days };
  return { ...described, ...terms, numbers };
}

/** What is left of each session, in their order; three statements however many there are. */
export async function describe(ctx: ViewContext, sessions: SessionView[]) {
  const ids = sessions.map((session) => session.id);
  const now = ctx.clock.now();
  const [counts, releases, draws] = await Promise.all([
    countNumbers(ctx.db, ids, now),
    sessionReleases(ctx.db, ids),
    openDraws(ctx.db, ids),
  ]);
  const releaseOf = new Map(releases.map((release) => [release.session_id, release]));
  const drawOf = new Map(draws.map((draw) => [draw.session_id, draw]));
  return sessions.map((session) => {
    const release = releaseOf.get(session.id);
    const draw = drawOf.get(session.id);
    const count = counts.get(session.id);
    const draw_open = draw?.state === 'announced' && draw.opens_at <= now && now < draw.closes_at;
    const state = availabilityOf({
      state: session.status,
      ends_at: session.ends_at,
      now,
      free: count?.free ?? 0,
      released: isReleased(release, now, draw !== undefined),
      draw_open,
    });
    const next =
      state === 'unreleased' && release?.online_at && release.online_at > now
        ? release.online_at
        : null;
    return {
      session_id: session.id,
      service_date: session.service_date,
      mode: session.mode,
      period: session.period,
      starts_at: session.starts_at,
      ends_at: session.ends_at,
      room: session.room,
      hospital_id: session.hospital_id,
      hospital_name: session.hospital_name,
      campus_name: session.campus_name,
      campus_address: session.campus_address,
      department_id: session.department_id,
      department_name: session.department_name,
      service: serviceOf(session),
      practitioner: practitionerOf(session),
      method: release?.method ?? ('order' as const),
      state,
      release_at: next,
      release_text: next ? releaseText(next, release?.method ?? 'order') : null,
      draw_id: draw?.draw_id ?? null,
      free_numbers: state === 'free' ? Math.min(count?.free ?? 0, free_shown_max) : 0,
    };
  });
}

function serviceOf(session: SessionView) {
  return {
    id: session.healthcare_service_id,
    name: session.service_name,
    level: session.level,
    registration_fee_fen: session.registration_fee_fen,
    consultation_fee_fen: session.consultation_fee_fen,
  };
}

function practitionerOf(session: SessionView) {
  if (!session.practitioner_id) return null;
  return {
    id: session.practitioner_id,
    name: session.practitioner_name ?? '',
    title: session.practitioner_title ?? '',
  };
}

function isReleased(release: SessionRelease | undefined, now: Date, drawn: boolean): boolean {
  if (!release?.online_at) return false;
  return release.method === 'draw'
    ? drawn || release.online_done_at !== null
    : release.online_at <= now;
}
