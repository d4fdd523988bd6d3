import { shanghaiDate } from '../../platform/clock.ts';
import { listPatients } from '../../identity/index.ts';
import { getSessions, type SessionView } from '../../schedule/index.ts';
import { preferredWords } from '../limits/in-words.ts';
import { rulesOn } from '../limits/read-rules.ts';
import type { RuleSet } from '../limits/rule-set.ts';
import { selectFactsOfVisits } from '../store-visits.ts';
import { findVisits, type Visit } from '../visits.ts';
import { checkInUntil, type WaitingContext } from './check-in.ts';
import type { Priority } from '../types.ts';
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
  hospital_id: string;
  /** Why they may be called before others, and the rule of the day that says who and how often. */
  priority: Priority | null;
  rule: RuleSet['priority'] | null;
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
  const ruleIn = await priorityRules(ctx, [...new Set(sessions.map((one) => one.hospital_id))]);
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
        hospital_id: bySession.get(visit.session_id)?.hospital_id ?? '',
        priority: fact?.priority ?? null,
        rule: ruleIn.get(bySession.get(visit.session_id)?.hospital_id ?? '') ?? null,
        wait:
          pace && visit.status === 'checked_in' && visit.queue
            ? { minutes: waitOf(visit.queue.ahead, pace.minutes), intervals: pace.intervals }
            : null,
      };
    });
}

/** The rule of today of each hospital that has one. */
async function priorityRules(
  ctx: WaitingContext,
  hospital_ids: readonly string[],
): Promise<Map<string, RuleSet['priority']>> {
  const found = await Promise.all(
    hospital_ids.map(async (hospital_id) => {
      const { priority } = await rulesOn(ctx, { hospital_id });
      return [hospital_id, priority] as const;
    }),
  );
  return new Map(found.filter(([, rule]) => rule !== undefined && preferredWords(rule) !== ''));
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
