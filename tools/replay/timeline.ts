import { book, step, type Asker, type StepName } from '../../src/booking/index.ts';
import type { Context } from '../../src/context.ts';
import { addDays, manualClock, shanghaiInstant } from '../../src/platform/clock.ts';
import { Problem } from '../../src/platform/problem.ts';
import { tickRelease } from '../../src/release/index.ts';
import { createGate } from './gate.ts';
import { release_time, window_days, type ReplayHospital } from './hospital.ts';
import type { Appointment } from './read-appointments.ts';

/** Requests under way at once: enough to fill the next batch while one is written. */
const in_flight_max = 1536;

const replayer: Asker = {
  actor: 'replay',
  channel: 'web',
  account_id: null,
  device_key_id: null,
  payer_reference: null,
  phone_index: null,
};

export type Timeline = {
  ctx: Context;
  clock: ReturnType<typeof manualClock>;
  hospital: ReplayHospital;
  appointments: readonly Appointment[];
  tell(line: string): void;
};

/** What was refused, by rule: the last part of the problem's name. */
export type Refused = Record<string, number>;

type Booked = { row: number; appointment: Appointment; id: Promise<string | undefined> };

/** The day on which the first number of the file can be booked. */
export function firstDay(appointments: readonly Appointment[]): string {
  const days = appointments.flatMap((one) => [one.booked_day, addDays(one.day, -window_days)]);
  return days.reduce((first, day) => (day < first ? day : first));
}

/**
 * Lives the file's days one after the other: numbers are released as their window opens, bookings
 * are made in their order at their moment, and the outcomes of a day follow its last booking. Each
 * request is submitted at its own time on the clock; a day's outcomes may be written while the next
 * day's bookings already are, for they concern different sessions.
 */
export async function liveThrough(line: Timeline): Promise<Refused> {
  const { ctx, clock, appointments } = line;
  const refused: Refused = {};
  const visits = new Map<string, Booked[]>();
  const gate = createGate(in_flight_max);
  const outcomes = outcomesOf(line);
  let failure: unknown;
  let next = 0;
  const last = appointments.reduce((day, one) => (one.day > day ? one.day : day), '');
  let before: Promise<void> = Promise.resolve();
  for (let day = firstDay(appointments); day <= last; day = addDays(day, 1)) {
    let released = false;
    const release = async (): Promise<void> => {
      released = true;
      clock.set(shanghaiInstant(day, release_time));
      await tickRelease(ctx);
    };
    for (; appointments[next]?.booked_day === day; next++) {
      const appointment = appointments[next] as Appointment;
      if (!released && appointment.booked_time >= release_time) await release();
      await gate.enter();
      if (failure) throw failure;
      clock.set(shanghaiInstant(day, appointment.booked_time));
      const id = bookOne(line, appointment, refused).finally(gate.leave);
      id.catch((error: unknown) => (failure ??= error));
      const seat = { row: appointment.row, appointment, id };
      visits.set(appointment.day, [...(visits.get(appointment.day) ?? []), seat]);
    }
    if (!released) await release();
    await before;
    before = outcomes(day, visits.get(day) ?? []);
    before.catch((error: unknown) => (failure ??= error));
    if (visits.delete(day)) line.tell(`${day}: ${next} of ${appointments.length} bookings`);
  }
  await before;
  return refused;
}

async function bookOne(
  { ctx, hospital }: Timeline,
  appointment: Appointment,
  refused: Refused,
): Promise<string | undefined> {
  try {
    const { appointment_id } = await book(ctx, {
      asker: replayer,
      session_id: hospital.session(appointment),
      slot_id: null,
      patient_id: hospital.patient(appointment),
      idempotency: { scope: 'replay', key: `${appointment.row}`, fingerprint: '' },
    });
    return appointment_id;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // A limit of the rule set by its own code; every other rule by the problem's.
    const limit = error.detail.limit as { code: string } | undefined;
    const rule = limit?.code ?? error.kind.code.split('/').at(-1) ?? '';
    refused[rule] = (refused[rule] ?? 0) + 1;
    return undefined;
  }
}

/** What became of a visit, typed in after the day: it took place, or the person did not come. */
const outcome: Record<'came' | 'stayed away', StepName> = {
  came: 'attend',
  'stayed away': 'noShow',
};

function outcomesOf({ ctx, hospital }: Timeline) {
  const gate = createGate(in_flight_max);
  const { hospital_id } = hospital;
  return async (day: string, visits: readonly Booked[]): Promise<void> => {
    const clock = manualClock(shanghaiInstant(day, '23:59:30'));
    const atEnd = { ...ctx, clock };
    const live = async ({ row, appointment, id }: Booked): Promise<void> => {
      const appointment_id = await id;
      if (appointment_id === undefined) return;
      const name = outcome[appointment.is_no_show ? 'stayed away' : 'came'];
      await step(atEnd, name, {
        appointment_id,
        hospital_id,
        actor: 'replay',
        ...(name === 'attend' ? { identity_checked_by: 'replay' } : {}),
        idempotency: { scope: 'replay', key: `${row} ${name}`, fingerprint: '' },
      });
    };
    await Promise.all(visits.map((visit) => visit.id));
    const lived: Promise<void>[] = [];
    for (const visit of visits) {
      await gate.enter();
      lived.push(live(visit).finally(gate.leave));
    }
    await Promise.all(lived);
  };
}
