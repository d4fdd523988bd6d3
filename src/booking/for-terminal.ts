import type { Idempotency } from '../platform/idempotency.ts';
import { shanghaiDate } from '../platform/clock.ts';
import { Problem } from '../platform/problem.ts';
import { arrive } from './arrive.ts';
import { notToday, refused } from './errors.ts';
import type { BookingContext } from './for-account.ts';
import { assertSeenBefore } from './internet.ts';
import { isLateCancel } from './limits/deadline.ts';
import { step } from './step.ts';
import { stockOf } from './store-availability.ts';
import { selectVisitFacts, type VisitFacts } from './store-visits.ts';
import { book } from './take.ts';

/** A person at a terminal of a hospital; who they are was seen there. */
export type AtTerminal = { hospital_id: string; patient_id: string; actor: string };
type OwnVisit = AtTerminal & { appointment_id: string; idempotency: Idempotency };

/**
 * Books a number at a terminal at once, to be paid there or at the hospital. A terminal is no device
 * and no account of anybody, so that strangers at one machine are no ring.
 * @throws Problem booking/session-unknown, also when it is another hospital's, internet-needs-visit, and as
 * `book`.
 */
export async function bookAtTerminal(
  ctx: BookingContext,
  input: AtTerminal & { session_id: string; slot_id: string | null; idempotency: Idempotency },
): Promise<{ appointment_id: string }> {
  const { hospital_id, patient_id, actor, session_id, slot_id, idempotency } = input;
  const stock = await stockOf(ctx.db, session_id);
  if (stock?.hospital_id !== hospital_id) throw refused('session-unknown');
  await assertSeenBefore(ctx, { session_ids: [session_id], patient_id });
  return book(ctx, {
    asker: {
      actor,
      channel: 'kiosk',
      account_id: null,
      device_key_id: null,
      payer_reference: null,
      phone_index: null,
    },
    session_id,
    slot_id,
    patient_id,
    idempotency,
  });
}

/**
 * Gives a number back at a terminal, by the same rules as on a phone.
 * @throws Problem booking/visit-unknown, cancel-deadline, begun, and as `step`.
 */
export async function cancelAtTerminal(ctx: BookingContext, input: OwnVisit): Promise<void> {
  const visit = await visitAtTerminal(ctx, input);
  const late = isLateCancel(visit, ctx.clock.now());
  const { appointment_id, hospital_id, actor, idempotency } = input;
  await step(ctx, 'cancel', {
    appointment_id,
    hospital_id,
    actor,
    before_start: true,
    ...(late ? { detail: { late } } : {}),
    idempotency,
  });
}

/**
 * Checks in at a terminal (签到取号); its reader has just read the person's own card.
 * @throws Problem booking/visit-unknown, not-today, not-now, stopped.
 */
export async function checkInAtTerminal(ctx: BookingContext, input: OwnVisit): Promise<void> {
  const visit = await visitAtTerminal(ctx, input);
  if (visit.service_date !== shanghaiDate(ctx.clock.now())) throw new Problem(notToday);
  const { appointment_id, hospital_id, actor, idempotency } = input;
  const identity_checked_by = actor;
  await arrive(ctx, visit, {
    ...{ appointment_id, hospital_id, actor, identity_checked_by, idempotency },
  });
}

/** The person's own visit in this hospital. @throws Problem booking/visit-unknown. */
export async function visitAtTerminal(
  ctx: Pick<BookingContext, 'db'>,
  input: { appointment_id: string; hospital_id: string; patient_id: string },
): Promise<VisitFacts> {
  const visit = await selectVisitFacts(ctx.db, input.appointment_id);
  if (visit?.hospital_id !== input.hospital_id || visit.patient_id !== input.patient_id)
    throw refused('visit-unknown');
  return visit;
}
