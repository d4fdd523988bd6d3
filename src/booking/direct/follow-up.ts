import { addDays, shanghaiDate } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { findSessions, getSessions, type SessionView } from '../../schedule/index.ts';
import { refused } from '../errors.ts';
import type { Pool } from '../types.ts';
import { planEmpty, planExists, planUnknown } from './errors.ts';
import { addMonths } from './rules.ts';
import { freeDirect, lockDirectStock, selectSource, type SourceVisit } from './store-direct.ts';
import { endPlanRow, insertPlan, insertTurn, selectPlans } from './store-follow-up.ts';
import { bookWithin, innerKey, once } from './take-within.ts';
import type { ByStaff, DirectContext } from './types.ts';

/** The pools a doctor books the next visit from. */
export const room_pools: readonly Pool[] = ['in_clinic', 'follow_up'];
const days_ahead = 180;
const times_max = 30;

export type RunningPlan = {
  plan_id: string;
  every_months: number;
  times: number;
  done: number;
  next_due: string;
};

/**
 * Days of the visit's clinic, from tomorrow, on which the doctor can book the next visit, and the
 * patient's plan that runs there. @throws Problem booking/visit-unknown.
 */
export async function followUpTimes(
  ctx: DirectContext,
  input: { hospital_id: string; appointment_id: string },
): Promise<{ times: { session: SessionView; free: number }[]; plan: RunningPlan | null }> {
  const source = await selectSource(ctx.db, input);
  const [visited] = source ? await getSessions(ctx, [source.session_id]) : [];
  if (!visited) throw refused('visit-unknown');
  const today = shanghaiDate(ctx.clock.now());
  const sessions = await findSessions(ctx, {
    hospital_id: input.hospital_id,
    healthcare_service_id: visited.healthcare_service_id,
    from: addDays(today, 1),
    to: addDays(today, days_ahead),
  });
  const { patient_id } = source as SourceVisit;
  const [free, plans] = await Promise.all([
    freeDirect(ctx.db, {
      session_ids: sessions.map((session) => session.id),
      pools: room_pools,
      at: ctx.clock.now(),
    }),
    selectPlans(ctx.db, { patient_ids: [patient_id], hospital_id: input.hospital_id }),
  ]);
  const counts = new Map(free.map((one) => [one.session_id, one.free]));
  const times = sessions
    .flatMap((session) => {
      const left = counts.get(session.id);
      return left === undefined ? [] : [{ session, free: left }];
    })
    .slice(0, times_max);
  const clinic = visited.healthcare_service_id;
  const plan = plans.find((one) => one.healthcare_service_id === clinic);
  return { times, plan: plan ? { ...plan, plan_id: plan.id, done: plan.next_n } : null };
}

export type NextVisit = ByStaff & {
  /** The visit the patient is here for: the person is never chosen from a list of strangers. */
  appointment_id: string;
  /** The session of the next visit; null when only the rhythm is planned. */
  session_id: string | null;
  /** Comes back every so many months, so many times in all; null: once. */
  every_months: number | null;
  times: number;
  /** The first date of a rhythm without a session. */
  first_due: string | null;
  idempotency: Idempotency;
};

export type NextBooked = { appointment_id: string | null; plan_id: string | null };

/**
 * 诊间预约 and 复诊 (R027, R031): the doctor books the next visit from the numbers kept for it, and
 * may plan that the patient comes back every N months. Never drawn; the patient is told and can move
 * or cancel each visit and end the plan.
 * @throws Problem booking/visit-unknown, follow-up-empty, follow-up-planned, and as `book`.
 */
export async function bookNext(ctx: DirectContext, input: NextVisit): Promise<NextBooked> {
  if (input.session_id === null && input.every_months === null) throw new Problem(planEmpty);
  const source = await selectSource(ctx.db, input);
  if (!source) throw refused('visit-unknown');
  const ids = [source.session_id, ...(input.session_id === null ? [] : [input.session_id])];
  const sessions = new Map((await getSessions(ctx, ids)).map((one) => [one.id, one]));
  const clinic = sessions.get(input.session_id ?? source.session_id);
  if (clinic?.hospital_id !== input.hospital_id) throw refused('session-unknown');
  const at = ctx.clock.now();
  const { patient_id } = source;
  return ctx.db.tx(async (tx) => {
    const stock = await lockDirectStock(tx, clinic.id);
    if (!stock) throw refused('session-unknown');
    return once(tx, { ...input, at }, async () => {
      const visit =
        input.session_id === null
          ? null
          : await bookWithin(tx, ctx, {
              actor: input.actor,
              session_id: input.session_id,
              slot_id: null,
              patient_id,
              pools: room_pools,
              detail: { from_appointment_id: input.appointment_id },
              idempotency: innerKey(input.idempotency),
            });
      const appointment_id = visit?.appointment_id ?? null;
      const plan_id = await plan(tx, ctx, { ...input, patient_id, clinic, booked: appointment_id });
      if (appointment_id !== null && plan_id === null)
        await tellBooked(tx, ctx, {
          ...input,
          patient_id,
          subject: `follow-up-visit:${appointment_id}`,
          version: 1,
          payload: { plan_id: null, n: 0, appointment_id, session_id: clinic.id },
        });
      return { appointment_id, plan_id };
    });
  });
}

async function plan(
  tx: Tx,
  ctx: DirectContext,
  input: NextVisit & { patient_id: string; clinic: SessionView; booked: string | null },
): Promise<string | null> {
  const { every_months, clinic, patient_id, hospital_id, actor, booked } = input;
  if (every_months === null) return null;
  const at = ctx.clock.now();
  const anchor_date =
    booked === null
      ? (input.first_due ?? addMonths(shanghaiDate(at), every_months))
      : clinic.service_date;
  const next_n = booked === null ? 0 : 1;
  const plan_id = newId(ctx);
  const made = await insertPlan(tx, {
    id: plan_id,
    hospital_id,
    healthcare_service_id: clinic.healthcare_service_id,
    practitioner_id: clinic.practitioner_id,
    patient_id,
    every_months,
    times: input.times,
    anchor_date,
    next_n,
    next_due: addMonths(anchor_date, next_n * every_months),
    planned_by: actor,
    at,
  });
  if (!made) throw new Problem(planExists);
  const subject = `follow-up:${plan_id}`;
  await appendEvents(tx, ctx, [
    {
      name: 'booking.follow-up.planned',
      hospital_id,
      subject,
      version: 1,
      person_id: patient_id,
      actor,
      payload: { plan_id, healthcare_service_id: clinic.healthcare_service_id, every_months, anchor_date }, // prettier-ignore
    },
  ]);
  if (booked !== null) {
    await insertTurn(tx, {
      plan_id,
      n: 0,
      due: anchor_date,
      outcome: 'booked',
      appointment_id: booked,
      at,
    });
    const payload = { plan_id, n: 0, appointment_id: booked, session_id: clinic.id };
    // The visit is the subject: the plan itself has no second version yet.
    const told = { ...input, subject: `follow-up-visit:${booked}`, version: 1, payload };
    await tellBooked(tx, ctx, told);
  }
  return plan_id;
}

export async function tellBooked(
  tx: Tx,
  ctx: Pick<DirectContext, 'clock' | 'random'>,
  told: ByStaff & {
    patient_id: string;
    subject: string;
    version: number;
    payload: { plan_id: string | null; n: number; appointment_id: string; session_id: string };
  },
): Promise<void> {
  const { hospital_id, actor, subject, version, payload, patient_id } = told;
  await appendEvents(tx, ctx, [
    {
      name: 'booking.follow-up.booked',
      hospital_id,
      subject,
      version,
      person_id: patient_id,
      actor,
      payload,
    },
  ]);
}

/**
 * Ends a running plan; visits that are booked stay until they are cancelled themselves.
 * @throws Problem booking/follow-up-unknown, also when it is another's.
 */
export async function endFollowUps(
  ctx: DirectContext,
  input: { plan_id: string; actor: string } & (
    | { hospital_id: string; patient_ids: null; reason: 'doctor' }
    | { hospital_id: null; patient_ids: readonly string[]; reason: 'patient' }
  ),
): Promise<void> {
  const { plan_id, actor, reason } = input;
  await ctx.db.tx(async (tx) => {
    const ended = await endPlanRow(tx, { ...input, at: ctx.clock.now() });
    if (!ended) throw new Problem(planUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'booking.follow-up.ended',
        hospital_id: ended.hospital_id,
        subject: `follow-up:${plan_id}`,
        version: ended.version,
        person_id: ended.patient_id,
        actor,
        payload: { plan_id, reason },
      },
    ]);
  });
}
