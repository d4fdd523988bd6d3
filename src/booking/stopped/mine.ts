import { listPatients } from '../../identity/index.ts';
import { shanghaiDate } from '../../platform/clock.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import { Problem } from '../../platform/problem.ts';
import { getSessions } from '../../schedule/index.ts';
import { noSubstitute, rebookingOver, refused } from '../errors.ts';
import type { BookingContext } from '../for-account.ts';
import { returnedState, undo_minutes_max } from '../rules.ts';
import { step } from '../step.ts';
import {
  endRebookings,
  lockRefusal,
  rebookingById,
  rebookingsOf,
  substitutedVisits,
  writeRefusal,
  type Rebooking,
} from './store.ts';

/** A visit that a stop ended, as its person reads it; instants as ISO 8601. */
export type MyRebooking = {
  rebooking_id: string;
  patient_name_masked: string;
  service_name: string;
  service_date: string;
  state: Rebooking['state'];
  offer: {
    appointment_id: string;
    service_name: string;
    practitioner_name: string | null;
    service_date: string;
    starts_at: string;
    until: string;
  } | null;
};

type ReadContext = Pick<BookingContext, 'db' | 'clock' | 'fields'>;

/** The stopped visits of an account's patients and what they are offered, the newest first. */
export async function listMyRebookings(
  ctx: ReadContext,
  account_id: string,
): Promise<MyRebooking[]> {
  const patients = await listPatients(ctx, account_id);
  const rows = await rebookingsOf(
    ctx.db,
    patients.map(({ patient_id }) => patient_id),
  );
  const ids = rows.flatMap((row) => [row.session_id, row.offered_session_id ?? []].flat());
  const sessions = new Map((await getSessions(ctx, ids)).map((one) => [one.id, one]));
  const names = new Map(patients.map((one) => [one.patient_id, one.name_masked]));
  return rows.map((row) => {
    const lost = sessions.get(row.session_id);
    const offered = sessions.get(row.offered_session_id ?? '');
    return {
      rebooking_id: row.id,
      patient_name_masked: names.get(row.patient_id) ?? '',
      service_name: lost?.service_name ?? '',
      service_date: row.service_date,
      state: row.state,
      offer:
        offered && row.offered_appointment_id !== null && row.offer_until !== null
          ? {
              appointment_id: row.offered_appointment_id,
              service_name: offered.service_name,
              practitioner_name: offered.practitioner_name,
              service_date: offered.service_date,
              starts_at: offered.starts_at.toISOString(),
              until: row.offer_until.toISOString(),
            }
          : null,
    };
  });
}

/**
 * Wants no other number; one that is held goes to the next. It counts against nobody.
 * @throws Problem booking/rebooking-over, also when it is somebody else's.
 */
export async function declineRebooking(
  ctx: BookingContext,
  input: { account_id: string; rebooking_id: string; idempotency: Idempotency },
): Promise<void> {
  const row = await rebookingById(ctx.db, input.rebooking_id);
  if (!row || !(await actsFor(ctx, input.account_id, row.patient_id)))
    throw new Problem(rebookingOver);
  const actor = `account:${input.account_id}`;
  const at = ctx.clock.now();
  const [ended] = await ctx.db.tx((tx) =>
    endRebookings(tx, { ids: [row.id], reason: 'declined', at, actor }),
  );
  if (!ended) throw new Problem(rebookingOver);
  if (row.state === 'offered' && row.offered_appointment_id !== null)
    await step(ctx, 'cancel', {
      appointment_id: row.offered_appointment_id,
      actor,
      detail: { reason: 'rebooking-declined' },
      idempotency: input.idempotency,
    });
}

/** A visit whose doctor is another than the one it was booked with. */
export type MySubstitute = {
  appointment_id: string;
  patient_name_masked: string;
  service_name: string;
  service_date: string;
  starts_at: string;
  practitioner_name: string | null;
  practitioner_title: string | null;
};

/** The visits of an account's patients that a substitute will see, and that may still refuse. */
export async function listMySubstitutes(
  ctx: ReadContext,
  account_id: string,
): Promise<MySubstitute[]> {
  const patients = await listPatients(ctx, account_id);
  const names = new Map(patients.map((one) => [one.patient_id, one.name_masked]));
  const rows = await substitutedVisits(ctx.db, {
    patient_ids: [...names.keys()],
    at: ctx.clock.now(),
  });
  const sessions = new Map(
    (await getSessions(ctx, [...new Set(rows.map((row) => row.session_id))])).map((one) => [
      one.id,
      one,
    ]),
  );
  return rows.map((row) => {
    const session = sessions.get(row.session_id);
    return {
      appointment_id: row.appointment_id,
      patient_name_masked: names.get(row.patient_id) ?? '',
      service_name: session?.service_name ?? '',
      service_date: session?.service_date ?? '',
      starts_at: row.starts_at.toISOString(),
      practitioner_name: session?.practitioner_name ?? null,
      practitioner_title: session?.practitioner_title ?? null,
    };
  });
}

/**
 * Refuses a substitute (替诊): the visit ends as stopped, which counts against nobody and is refunded
 * in full, and its person is offered another number as after a stop. Again changes nothing.
 * @throws Problem booking/visit-unknown, no-substitute, begun, not-now.
 */
export async function refuseSubstitute(
  ctx: ReadContext & Pick<BookingContext, 'db'>,
  input: { account_id: string; appointment_id: string },
): Promise<void> {
  const at = ctx.clock.now();
  await ctx.db.tx(async (tx) => {
    const visit = await lockRefusal(tx, input.appointment_id);
    if (!visit || !(await actsFor(ctx, input.account_id, visit.patient_id)))
      throw refused('visit-unknown');
    if (!visit.substituted) throw new Problem(noSubstitute);
    if (visit.status === 'stopped') return;
    if (visit.status !== 'booked') throw refused('not-now');
    if (visit.starts_at <= at) throw refused('begun');
    const today = shanghaiDate(at);
    // A place that was won is no cancellation that a return draw could hand on.
    const on_site = visit.service_date <= today || visit.channel === 'draw';
    await writeRefusal(tx, {
      appointment_id: input.appointment_id,
      number: on_site ? 'free' : returnedState(visit, today),
      on_site,
      cooling_until: new Date(at.getTime() + undo_minutes_max * 60_000),
      at,
      actor: `account:${input.account_id}`,
    });
  });
}

async function actsFor(ctx: ReadContext, account_id: string, patient_id: string): Promise<boolean> {
  const patients = await listPatients(ctx, account_id);
  return patients.some((one) => one.patient_id === patient_id);
}
