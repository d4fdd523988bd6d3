import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { findPatientByDocument } from '../../identity/index.ts';
import { tellMismatch, type DeskContext } from '../check-in.ts';
import { identityMismatch, refused } from '../errors.ts';
import { selectVisitFacts } from '../store-visits.ts';
import { setIdentityChecked } from './store.ts';

/**
 * 补核证件: staff see the document of a person who checked in by phone. A number is used by the person
 * it was booked for: a mismatch is refused and recorded. Seeing it twice changes nothing.
 * @throws Problem booking/visit-unknown, identity-mismatch, not-now.
 */
export async function checkIdentity(
  ctx: DeskContext,
  input: {
    appointment_id: string;
    hospital_id: string;
    actor: string;
    document_type: string;
    document_number: string;
  },
): Promise<void> {
  const { actor, hospital_id } = input;
  const visit = await selectVisitFacts(ctx.db, input.appointment_id);
  if (visit?.hospital_id !== hospital_id) throw refused('visit-unknown');
  const { appointment_id, session_id, patient_id } = visit;
  const shown = await findPatientByDocument(ctx, input.document_type, input.document_number);
  if (shown?.patient_id !== patient_id) {
    await tellMismatch(ctx, visit, { actor, shown: shown?.patient_id ?? null });
    throw new Problem(identityMismatch);
  }
  if (visit.identity_checked_by !== null) return;
  await ctx.db.tx(async (tx) => {
    if (!(await setIdentityChecked(tx, { appointment_id, actor }))) throw refused('not-now');
    await appendEvents(tx, ctx, [
      {
        name: 'booking.check-in.verified',
        hospital_id,
        // The number does not change, so seeing the document is a subject of its own.
        subject: `check-in-attempt:${newId(ctx)}`,
        version: 1,
        person_id: patient_id,
        actor,
        payload: { appointment_id, session_id },
      },
    ]);
  });
}
