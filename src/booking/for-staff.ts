import type { Idempotency } from '../platform/idempotency.ts';
import { Problem } from '../platform/problem.ts';
import { maskedPatients } from '../identity/index.ts';
import { notYourPatient, refused } from './errors.ts';
import type { BookingContext } from './for-account.ts';
import { hospitalOfStock } from './store-availability.ts';
import { book } from './take.ts';
import type { Channel, Pool } from './types.ts';

/**
 * Books a number at the window or in the doctor's room, at once. Without a pool the channel's own
 * ones are asked; direct pools (follow-up, referral …) open only when they are named.
 * @throws Problem booking/session-unknown, also when it is another hospital's, and as `book`.
 */
export async function bookByStaff(
  ctx: BookingContext,
  input: {
    hospital_id: string;
    actor: string;
    channel: Extract<Channel, 'window' | 'in_clinic'>;
    session_id: string;
    slot_id: string | null;
    patient_id: string;
    pool?: Pool;
    idempotency: Idempotency;
  },
): Promise<{ appointment_id: string }> {
  const [hospital_id, patients] = await Promise.all([
    hospitalOfStock(ctx.db, input.session_id),
    maskedPatients(ctx, [input.patient_id]),
  ]);
  if (hospital_id !== input.hospital_id) throw refused('session-unknown');
  if (!patients.has(input.patient_id)) throw new Problem(notYourPatient);
  const { actor, channel, session_id, slot_id, patient_id, idempotency } = input;
  return book(ctx, {
    asker: {
      actor,
      channel,
      account_id: null,
      device_key_id: null,
      payer_reference: null,
      phone_index: null,
    },
    session_id,
    slot_id,
    patient_id,
    ...(input.pool === undefined ? {} : { pools: [input.pool] }),
    idempotency,
  });
}
