import type { FastifyRequest } from 'fastify';
import { sharedBatcher } from '../platform/batch.ts';
import { addDays, shanghaiDate, type Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { hook, type App } from '../platform/http.ts';
import { Problem } from '../platform/problem.ts';
import { getHospital, getSessions } from '../schedule/index.ts';
import { internetNeedsVisit } from './errors.ts';
import { rulesOn } from './limits/read-rules.ts';
import { departmentsSeen, hasPriorDiagnosis, sessionOfSlot } from './store-internet.ts';

type Source = { db: Db; clock: Clock };

/** An internet session and where it belongs; how a session is held never changes once it is planned. */
type Internet = { hospital_id: string; specialty_code: string; department_name: string };

const sessions_max = 20_000;
const kept = new WeakMap<object, Map<string, Promise<Internet | null | undefined>>>();
const reader = sharedBatcher<string, Internet | null | undefined>();

/**
 * What an internet session asks by; null for one that people come to. Asked once a session, and in one
 * statement for all that a crowd wants at the same moment.
 */
function internetOf(ctx: Source, session_id: string): Promise<Internet | null | undefined> {
  let known = kept.get(ctx.db);
  if (!known) kept.set(ctx.db, (known = new Map()));
  const found = known.get(session_id);
  if (found) return found;
  if (known.size >= sessions_max) known.clear();
  const asked = reader(ctx.db, (ids) => readInternet(ctx, ids)).submit(session_id);
  known.set(session_id, asked);
  // One that is not there yet, or could not be read, is asked again.
  const forget = (): void => void known.delete(session_id);
  asked.then((session) => session === undefined && forget(), forget);
  return asked;
}

async function readInternet(ctx: Source, ids: string[]): Promise<(Internet | null | undefined)[]> {
  const found = new Map((await getSessions(ctx, ids)).map((session) => [session.id, session]));
  return ids.map((id) => {
    const session = found.get(id);
    return session && (session.mode === 'internet' ? session : null);
  });
}

/**
 * 互联网门诊 is for people who were diagnosed here before: a visit seen in the same specialty of the
 * hospital within the days of its rules, or a note of staff or of the HIS. Sessions that people come to
 * cost one look-up in memory.
 * @throws Problem booking/internet-needs-visit, which names the way in person.
 */
export async function assertSeenBefore(
  ctx: Source,
  input: { session_ids: readonly string[]; patient_id: string },
): Promise<void> {
  for (const session_id of input.session_ids) {
    const session = await internetOf(ctx, session_id);
    if (session && !(await wasSeen(ctx, session, input.patient_id))) await refuse(ctx, session);
  }
}

async function wasSeen(ctx: Source, session: Internet, patient_id: string): Promise<boolean> {
  const { hospital_id, specialty_code } = session;
  const { internet_prior_days: days } = await rulesOn(ctx, session);
  const since = addDays(shanghaiDate(ctx.clock.now()), -days);
  const who = { hospital_id, patient_id, since };
  if (await hasPriorDiagnosis(ctx.db, { ...who, specialty_code })) return true;
  const seen = new Set(await departmentsSeen(ctx.db, who));
  if (seen.size === 0) return false;
  const { departments } = await getHospital(ctx, session);
  return departments.some((one) => one.specialty_code === specialty_code && seen.has(one.id));
}

async function refuse(ctx: Source, session: Internet): Promise<never> {
  const { internet_prior_days: days } = await rulesOn(ctx, session);
  throw new Problem(
    internetNeedsVisit,
    { days, department_name: session.department_name },
    {
      message: `互联网门诊只给看过的人复诊：没有查到这位就诊人${days}天内在本院同一专科看过。请先约一次${session.department_name}的线下门诊；如果在本院看过，请带病历到窗口登记一下，就可以在网上约。`,
    },
  );
}

type Asked = {
  patient_id?: unknown;
  session_id?: unknown;
  preferences?: unknown;
  slot_id?: unknown;
};

/** Routes by which an account asks for a number of a session, and where their sessions are named. */
const guarded: Readonly<Record<string, (body: Asked) => unknown>> = {
  'POST /api/appointments': (body) => [body.session_id],
  'POST /api/draws/:draw_id/entries': (body) => body.preferences,
};

/** The sessions an account asks for a number of; none for what is no such request. */
function sessionsAsked(request: FastifyRequest): string[] {
  if (request.session?.kind !== 'account') return [];
  const route = `${request.method} ${request.routeOptions.url}`;
  const named = guarded[route]?.(request.body ?? {});
  if (!Array.isArray(named)) return [];
  return named.filter((one): one is string => typeof one === 'string');
}

/** Begins to read what `internetGuard` will ask, while the guard between them asks its own. */
export function internetAhead(app: App, ctx: Source): void {
  app.addHook(
    'preHandler',
    hook((request) => {
      // Whoever needs the answer hears of a failure.
      for (const id of sessionsAsked(request)) internetOf(ctx, id).catch(() => undefined);
    }),
  );
}

/**
 * Stands before the routes, as the guard of agreements does, so that each of them keeps to its own
 * rules. A move stays with the doctor it was booked with, and is asked when it leads to a session on
 * the internet.
 */
export function internetGuard(app: App, ctx: Source): void {
  app.addHook(
    'preHandler',
    hook((request) => {
      if (request.session?.kind !== 'account') return undefined;
      const body = (request.body ?? {}) as Asked;
      const route = `${request.method} ${request.routeOptions.url}`;
      if (route === 'POST /api/appointments/:appointment_id/move')
        return assertMoveSeen(ctx, request, body);
      const session_ids = sessionsAsked(request);
      if (session_ids.length === 0 || typeof body.patient_id !== 'string') return undefined;
      return assertSeenBefore(ctx, { session_ids, patient_id: body.patient_id });
    }),
  );
}

async function assertMoveSeen(ctx: Source, request: FastifyRequest, body: Asked): Promise<void> {
  const { appointment_id } = request.params as { appointment_id: string };
  const found = await sessionOfSlot(ctx.db, { slot_id: String(body.slot_id), appointment_id });
  if (found) await assertSeenBefore(ctx, { ...found, session_ids: [found.session_id] });
}
