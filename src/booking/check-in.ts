import { shanghaiDate, type Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import type { Idempotency } from '../platform/idempotency.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { findPatientByDocument } from '../identity/index.ts';
import { arrive, type LateReason } from './arrive.ts';
import { identityMismatch, notToday, refused, tooEarly } from './errors.ts';
import type { BookingHot } from './hot.ts';
import { step, type Stepped } from './step.ts';
import { identityUnseen } from './waiting/errors.ts';
import { selectVisitFacts, type VisitFacts } from './store-visits.ts';

export type DeskContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  bookingHot: BookingHot;
};

type DeskInput = {
  appointment_id: string;
  hospital_id: string;
  actor: string;
  idempotency: Idempotency;
};

/**
 * Checks a patient in (签到取号) on the clinic day. The document shown must be the booked person's:
 * a number is used by the person it was booked for. A mismatch is refused and recorded.
 * @throws Problem booking/visit-unknown, not-today, identity-mismatch, check-in-late, not-now, stopped.
 */
export async function checkIn(
  ctx: DeskContext,
  input: DeskInput & {
    document_type: string;
    document_number: string;
    /** Why somebody is checked in although the hour for it has passed. */
    late_reason?: LateReason | undefined;
  },
): Promise<Stepped> {
  const visit = await visitOf(ctx, input);
  if (visit.service_date !== shanghaiDate(ctx.clock.now())) throw new Problem(notToday);
  const shown = await findPatientByDocument(ctx, input.document_type, input.document_number);
  if (shown?.patient_id !== visit.patient_id) {
    await tellMismatch(ctx, visit, { actor: input.actor, shown: shown?.patient_id ?? null });
    throw new Problem(identityMismatch);
  }
  return arrive(ctx, visit, {
    ...input,
    identity_checked_by: input.actor,
    shows_officer_id: input.document_type === 'officer_id',
  });
}

/** Calls a checked-in patient. @throws Problem booking/visit-unknown, not-now. */
export const call = (ctx: DeskContext, input: DeskInput): Promise<Stepped> =>
  step(ctx, 'call', input);

/** The patient did not come when called: back to the queue, two places behind. Throws as `call`. */
export const miss = (ctx: DeskContext, input: DeskInput): Promise<Stepped> =>
  step(ctx, 'miss', input);

/**
 * The called patient was seen. Whoever checked in by phone must have shown their document by then.
 * @throws Problem booking/identity-unseen, and as `call`.
 */
export async function see(ctx: DeskContext, input: DeskInput): Promise<Stepped> {
  const visit = await visitOf(ctx, input);
  if (visit.status === 'called' && visit.identity_checked_by === null)
    throw new Problem(identityUnseen);
  return step(ctx, 'see', input);
}

/**
 * Types in afterwards that a visit took place (补录): for a morning on paper and for records of
 * another system. Not before the number's time has begun; whoever types it in answers for it.
 * @throws Problem booking/visit-unknown, too-early, not-now, stopped.
 */
export async function attend(ctx: DeskContext, input: DeskInput): Promise<Stepped> {
  const visit = await visitOf(ctx, input);
  if (ctx.clock.now() < visit.starts_at) throw new Problem(tooEarly);
  return step(ctx, 'attend', { ...input, identity_checked_by: input.actor });
}

/**
 * Records that a patient did not come (爽约), not before the number's time has begun; a session that
 * was stopped has no visits left to record it for.
 * @throws Problem booking/visit-unknown, too-early, not-now, stopped.
 */
export async function noShow(ctx: DeskContext, input: DeskInput): Promise<Stepped> {
  const visit = await visitOf(ctx, input);
  if (ctx.clock.now() < visit.starts_at) throw new Problem(tooEarly);
  return step(ctx, 'noShow', input);
}

async function visitOf(ctx: DeskContext, input: DeskInput): Promise<VisitFacts> {
  const visit = await selectVisitFacts(ctx.db, input.appointment_id);
  if (visit?.hospital_id !== input.hospital_id) throw refused('visit-unknown');
  return visit;
}

/** Records that another person's document was shown for a visit. */
export async function tellMismatch(
  ctx: DeskContext,
  visit: VisitFacts,
  by: { actor: string; shown: string | null },
): Promise<void> {
  const { appointment_id, session_id, patient_id, hospital_id } = visit;
  await ctx.db.tx((tx) =>
    appendEvents(tx, ctx, [
      {
        name: 'booking.check-in.mismatched',
        hospital_id,
        // The number does not change, so the attempt is a subject of its own.
        subject: `check-in-attempt:${newId(ctx)}`,
        version: 1,
        person_id: patient_id,
        actor: by.actor,
        payload: { appointment_id, session_id, shown_patient_id: by.shown },
      },
    ]),
  );
}
