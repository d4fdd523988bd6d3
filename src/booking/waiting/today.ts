import { shanghaiDate } from '../../platform/clock.ts';
import { listPatients } from '../../identity/index.ts';
import { getSessions, type SessionView } from '../../schedule/index.ts';
import type { RuleSet } from '../limits/rule-set.ts';
import { selectFactsOfVisits } from '../store-visits.ts';
import { findVisits, type Visit } from '../visits.ts';
import { checkInUntil, type WaitingContext } from './check-in.ts';
import { paceOf, waitOf } from './rules.ts';
import { selectCalls, selectWaitingFacts } from './store.ts';

/** A visit of today as whoever waits reads it; instants ISO 8601. */
type WaitingVisit = {
  visit: Visit;
  /** Where to go when the phone does not help. */
  desk: string;
  /** An internet clinic (互联网门诊): nobody has to come. */
  internet: boolean;
  check_in_until: string;
  identity_seen: boolean;
  missed: boolean;
  calls: number;
  called_at: string | null;
  /** Whether anybody of the session has been called today. */
  begun: boolean;
  /** By the pace of the last calls; null where it was not measured. */
  wait: { minutes: number; intervals: number } | null;
};

const shown: readonly Visit['status'][] = ['booked', 'checked_in', 'called', 'fulfilled', 'noshow'];

/** 候诊查询: today's visits of the patients an account may act for, in the order of their time. */
export async function listWaiting(
  ctx: WaitingContext,
  account_id: string,
): Promise<WaitingVisit[]> {
  const now = ctx.clock.now();
  const patients = await listPatients(ctx, account_id);
  if (patients.length === 0) return [];
  const found = await findVisits(ctx, {
    patient_ids: patients.map((patient) => patient.patient_id),
    service_date: shanghaiDate(now),
  });
  const visits = found.filter(({ status }) => shown.includes(status));
  if (visits.length === 0) return [];
  const session_ids = [...new Set(visits.map((visit) => visit.session_id))];
  const ids = visits.map((visit) => visit.appointment_id);
  const [sessions, facts, rules, calls] = await Promise.all([
    getSessions(ctx, session_ids),
    selectWaitingFacts(ctx.db, ids),
    selectFactsOfVisits(ctx.db, ids),
    selectCalls(ctx.db, session_ids),
  ]);
  const bySession = new Map(sessions.map((session) => [session.id, session]));
  const byRule = new Map(rules.map((rule) => [rule.appointment_id, rule.check_in]));
  const byVisit = new Map(facts.map((fact) => [fact.appointment_id, fact]));
  return visits
    .toSorted((a, b) => a.starts_at.localeCompare(b.starts_at))
    .map((visit) => {
      const fact = byVisit.get(visit.appointment_id);
      const called = calls
        .filter(({ session_id }) => session_id === visit.session_id)
        .map(({ called_at }) => called_at);
      const pace = paceOf(called, now);
      return {
        visit,
        desk: deskOf(bySession.get(visit.session_id)),
        internet: bySession.get(visit.session_id)?.mode === 'internet',
        check_in_until: untilOf(visit, bySession, byRule).toISOString(),
        identity_seen: fact?.identity_seen ?? false,
        missed: fact?.missed ?? false,
        calls: fact?.calls ?? 0,
        called_at: fact?.called_at?.toISOString() ?? null,
        begun: called.length > 0,
        wait:
          pace && visit.status === 'checked_in' && visit.queue
            ? { minutes: waitOf(visit.queue.ahead, pace.minutes), intervals: pace.intervals }
            : null,
      };
    });
}

function untilOf(
  visit: Visit,
  sessions: ReadonlyMap<string, SessionView>,
  rules: ReadonlyMap<string, RuleSet['check_in'] | null>,
): Date {
  const session = sessions.get(visit.session_id);
  if (!session) return new Date(visit.ends_at);
  return checkInUntil(session, rules.get(visit.appointment_id) ?? null);
}

const deskOf = (session: SessionView | undefined): string =>
  session ? [session.campus_name, session.place].filter(Boolean).join(' ') : '';
