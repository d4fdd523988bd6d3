import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Tx } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { checkInLate } from './errors.ts';
import { createBookingHot, type BookingHot } from './hot.ts';
import { arrivalOf, type Arrival } from './limits/arrival.ts';
import { notePriority, priorityOf } from './waiting/priority.ts';
import { step, type StepInput, type Stepped } from './step.ts';
import { insertLateCheckIn } from './store-late.ts';
import type { VisitFacts } from './store-visits.ts';

/** Why the desk checks somebody in after the hour: a person decides, and says why. */
export const late_reasons = ['doctor_agrees', 'hospital_wait', 'traffic', 'other'] as const;
export type LateReason = (typeof late_reasons)[number];

export type ArriveContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  bookingHot: BookingHot;
};

/**
 * Checks a visit in by the hospital's rule of its booking day: who comes after the
 * hour needs the desk's reason, and who comes after their number's time is called after the others
 * where the rule says so. Whoever has priority by that rule (优先) is noted with it. All commits with the
 * step.
 * @throws Problem booking/check-in-late, and as `step`.
 */
export async function arrive(
  ctx: ArriveContext,
  visit: VisitFacts,
  wanted: StepInput & { late_reason?: LateReason | undefined; shows_officer_id?: boolean },
): Promise<Stepped> {
  const { late_reason = null, shows_officer_id = false, ...input } = wanted;
  const arrival = arrivalOf(visit, ctx.clock.now());
  // A repeat of what was done in time is answered by the step itself.
  if (arrival.deadline !== null && late_reason === null && visit.status === 'booked')
    throw new Problem(
      checkInLate,
      { deadline: arrival.deadline },
      {
        message: `本院这半天的签到时间到${arrival.deadline}为止，现在已经过了。请先问问诊室还看得上吗：看得上，就选一个原因给患者补签到；看不上，请帮患者改约。`,
      },
    );
  const priority = await priorityOf(ctx, visit, shows_officer_id);
  const isLate = arrival.deadline !== null || arrival.to_end;
  if (!isLate && priority === null) return step(ctx, 'checkIn', input);
  return ctx.db.tx(async (tx) => {
    const stepped = await step({ ...ctx, bookingHot: createBookingHot(tx) }, 'checkIn', input);
    const { actor } = input;
    if (isLate) await noteLate(tx, ctx, { visit, arrival, reason: late_reason, actor });
    if (priority) await notePriority(tx, ctx, { visit, ...priority, actor });
    return stepped;
  });
}

async function noteLate(
  tx: Tx,
  ctx: ArriveContext,
  late: { visit: VisitFacts; arrival: Arrival; reason: LateReason | null; actor: string },
): Promise<void> {
  const { visit, arrival, reason, actor } = late;
  const { appointment_id, hospital_id, session_id, patient_id } = visit;
  const { to_end } = arrival;
  const after_deadline = arrival.deadline !== null;
  const row = { appointment_id, hospital_id, session_id, to_end, after_deadline, reason, actor };
  if (!(await insertLateCheckIn(tx, { ...row, at: ctx.clock.now() }))) return;
  await appendEvents(tx, ctx, [
    {
      name: 'booking.check-in.late',
      hospital_id,
      subject: `late-check-in:${appointment_id}`,
      version: 1,
      person_id: patient_id,
      actor,
      payload: { appointment_id, session_id, to_end, after_deadline, reason },
    },
  ]);
}
