import { addDays, shanghaiDate } from '../platform/clock.ts';
import { Problem } from '../platform/problem.ts';
import {
  findSessions,
  getHospital,
  getSessions,
  redFlags,
  type RedFlags,
} from '../schedule/index.ts';
import { describe, type SessionAvailability, type ViewContext } from './availability.ts';
import { sessionUnknown } from './errors.ts';

const soon_shown_max = 6;
const today_shown_max = 200;
const equals_shown_max = 6;
const equals_days = 14;

/** Sessions of today and tomorrow in which a person can still book a number, of a hospital. */
export async function soonSessions(
  ctx: ViewContext,
  input: { hospital_id: string },
): Promise<{ today: string; sessions: SessionAvailability[] }> {
  const today = shanghaiDate(ctx.clock.now());
  const sessions = await findSessions(ctx, { ...input, from: today, to: addDays(today, 1) });
  const described = await describe(ctx, sessions);
  const free = described.filter(({ state }) => state === 'free');
  return { today, sessions: free.slice(0, today_shown_max) };
}

/**
 * What a person should see beside the number they came for: signs that must not wait, who of the
 * same speciality has numbers today or tomorrow, and teams or doctors of equal rank in the next days.
 * @throws Problem release/session-unknown.
 */
export async function besides(
  ctx: ViewContext,
  session_id: string,
): Promise<{
  hospital_id: string;
  department_id: string;
  department_name: string;
  phone: string;
  red_flags: RedFlags;
  soon: SessionAvailability[];
  equals: SessionAvailability[];
}> {
  const [session] = await getSessions(ctx, [session_id]);
  if (!session) throw new Problem(sessionUnknown);
  const { hospital_id, specialty_code, department_id, department_name } = session;
  const today = shanghaiDate(ctx.clock.now());
  const range = { hospital_id, specialty_code, from: today, to: addDays(today, equals_days - 1) };
  const [flags, hospital, sessions] = await Promise.all([
    redFlags(ctx.db, { hospital_id, specialty_code }),
    getHospital(ctx, { hospital_id }),
    findSessions(ctx, range),
  ]);
  const others = (await describe(ctx, sessions)).filter((one) => one.session_id !== session_id);
  const tomorrow = addDays(today, 1);
  return {
    hospital_id,
    department_id,
    department_name,
    phone: hospital.phone,
    red_flags: flags,
    soon: others
      .filter((one) => one.state === 'free' && one.service_date <= tomorrow)
      .slice(0, soon_shown_max),
    equals: onceEach(
      others.filter(
        (one) =>
          one.service.id !== session.healthcare_service_id &&
          (one.service.level === 'team' || one.service.level === session.level) &&
          (one.state === 'free' || one.state === 'register' || one.state === 'unreleased'),
      ),
    ).slice(0, equals_shown_max),
  };
}

/** The first session of each clinic, one with numbers before one without. */
function onceEach(sessions: readonly SessionAvailability[]): SessionAvailability[] {
  const byClinic = new Map<string, SessionAvailability>();
  for (const one of [
    ...sessions.filter(({ state }) => state === 'free'),
    ...sessions.filter(({ state }) => state !== 'free'),
  ])
    if (!byClinic.has(one.service.id)) byClinic.set(one.service.id, one);
  return [...byClinic.values()];
}
