import { shanghaiDate } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import { maskedPatients } from '../../identity/index.ts';
import { findSessions, getHospital, type SessionView } from '../../schedule/index.ts';
import { queueOrder } from '../rules.ts';
import { checkInCode } from './check-in-code.ts';
import type { WaitingContext } from './check-in.ts';
import { screenUnknown } from './errors.ts';
import { tokenHash } from './screens.ts';
import { selectScreenByToken, selectScreenPeople, type ScreenPerson } from './store.ts';

/** One person as everybody in the waiting room reads them. */
type ScreenLine = {
  sequence: number;
  /** Null in a sensitive clinic, where only the number is shown. */
  name_masked: string | null;
  /** Why somebody comes before others, for others to see. */
  tags: string[];
  calls: number;
};

type ScreenRoom = {
  session_id: string;
  department_name: string;
  service_name: string;
  practitioner_name: string | null;
  room: string;
  called: ScreenLine[];
  next: ScreenLine[];
  /** Who missed a call and waits again. */
  missed: ScreenLine[];
  waiting: number;
};

type ScreenView = {
  name: string;
  hospital_name: string;
  campus_name: string;
  department_name: string | null;
  now: string;
  check_in: { code: string; until: string };
  rooms: ScreenRoom[];
};

const next_max = 3;
const missed_max = 5;

/**
 * What a linked screen (叫号屏) shows: per session of today with people in it who is called, who is next,
 * and the campus's check-in code. Names are masked, of sensitive clinics left out.
 * @throws Problem booking/screen-unknown.
 */
export async function screenView(ctx: WaitingContext, token: string): Promise<ScreenView> {
  const screen = await selectScreenByToken(ctx.db, tokenHash(token));
  if (!screen) throw new Problem(screenUnknown);
  const { hospital_id, campus_id, department_id } = screen;
  const now = ctx.clock.now();
  const today = shanghaiDate(now);
  const [hospital, found] = await Promise.all([
    getHospital(ctx, { hospital_id }),
    findSessions(ctx, {
      hospital_id,
      ...(department_id === null ? {} : { department_id }),
      from: today,
      to: today,
    }),
  ]);
  const sessions = found.filter((one) => one.campus_id === campus_id && one.status === 'planned');
  const people = await selectScreenPeople(
    ctx.db,
    sessions.map(({ id }) => id),
  );
  const { code, until } = checkInCode(ctx.secrets, campus_id, now);
  return {
    name: screen.name,
    hospital_name: hospital.name,
    campus_name: hospital.campuses.find(({ id }) => id === campus_id)?.name ?? '',
    department_name: hospital.departments.find(({ id }) => id === department_id)?.name ?? null,
    now: now.toISOString(),
    check_in: { code, until: until.toISOString() },
    rooms: await roomsOf(ctx, sessions, people),
  };
}

async function roomsOf(
  ctx: WaitingContext,
  sessions: SessionView[],
  people: ScreenPerson[],
): Promise<ScreenRoom[]> {
  const rooms = sessions.flatMap((session) => {
    const order = queueOrder(people.filter((one) => one.session_id === session.id));
    const called = order.filter(({ status }) => status === 'called').toReversed();
    const waiting = order.filter(({ status }) => status === 'checked_in');
    const next = waiting.slice(0, next_max);
    const missed = waiting.filter((one) => one.missed).slice(0, missed_max);
    return order.length === 0 ? [] : [{ session, called, next, missed, waiting: waiting.length }];
  });
  const named = rooms.filter(({ session }) => !session.sensitive);
  const names = await maskedPatients(
    ctx,
    named.flatMap(({ called, next, missed }) =>
      [...called, ...next, ...missed].map(({ patient_id }) => patient_id),
    ),
  );
  return rooms.map(({ session, called, next, missed, waiting }) => {
    const lineOf = (one: ScreenPerson): ScreenLine => ({
      sequence: one.sequence,
      name_masked: session.sensitive ? null : (names.get(one.patient_id)?.name_masked ?? null),
      tags: tagsOf(one),
      calls: one.calls,
    });
    return {
      session_id: session.id,
      department_name: session.department_name,
      service_name: session.service_name,
      practitioner_name: session.practitioner_name,
      room: session.room,
      called: called.map(lineOf),
      next: next.map(lineOf),
      missed: missed.map(lineOf),
      waiting,
    };
  });
}

const told: readonly string[] = ['referral', 'green_channel', 'follow_up', 'added'];

/** Only what explains an order to others: who has priority by the rule, where an urgent or referred number came from, a missed call. */
function tagsOf(one: ScreenPerson): string[] {
  return [
    ...(one.priority === null ? [] : [one.priority]),
    ...(told.includes(one.pool) ? [one.pool] : []),
    ...(one.missed ? ['missed'] : []),
  ];
}
