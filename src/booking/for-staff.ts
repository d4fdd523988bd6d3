import type { Idempotency } from '../platform/idempotency.ts';
import { Problem } from '../platform/problem.ts';
import { maskedPatients } from '../identity/index.ts';
import { notYourPatient, onSiteKept, refused } from './errors.ts';
import type { BookingContext } from './for-account.ts';
import { channelPools, mayTakeOnSite, type OnSiteReason } from './rules.ts';
import { stockOf } from './store-availability.ts';
import { book } from './take.ts';
import type { Channel, Pool } from './types.ts';

/**
 * Books a number at the window, on the phone or in the doctor's room, at once. Without a pool the channel's own
 * ones are asked; direct pools (follow-up, referral …) open only when they are named.
 * @throws Problem booking/session-unknown, also when it is another hospital's, and as `book`.
 */
export async function bookByStaff(
  ctx: BookingContext,
  input: {
    hospital_id: string;
    actor: string;
    channel: Extract<Channel, 'window' | 'in_clinic' | 'phone'>;
    session_id: string;
    slot_id: string | null;
    patient_id: string;
    pool?: Pool;
    on_site_reason?: OnSiteReason;
    /** Hex of the keyed index of the number somebody calls from. */
    caller_index?: string;
    idempotency: Idempotency;
  },
): Promise<{ appointment_id: string }> {
  const [stock, patients] = await Promise.all([
    stockOf(ctx.db, input.session_id),
    maskedPatients(ctx, [input.patient_id]),
  ]);
  if (stock?.hospital_id !== input.hospital_id) throw refused('session-unknown');
  const patient = patients.get(input.patient_id);
  if (!patient) throw new Problem(notYourPatient);
  const reason = input.on_site_reason ?? null;
  const on_site = mayTakeOnSite({ age: patient.age, reason }, stock, ctx.clock.now());
  if (input.pool === 'on_site' && !on_site) throw new Problem(onSiteKept);
  const { actor, channel, session_id, slot_id, patient_id, idempotency } = input;
  return book(ctx, {
    asker: {
      actor,
      channel,
      account_id: null,
      device_key_id: null,
      payer_reference: null,
      phone_index: input.caller_index ?? null,
    },
    session_id,
    slot_id,
    patient_id,
    pools: input.pool ? [input.pool] : ownPools(channel, on_site),
    ...(reason === null ? {} : { detail: { on_site_reason: reason } }),
    idempotency,
  });
}

function ownPools(channel: Channel, on_site: boolean): readonly Pool[] {
  return channelPools[channel].filter((pool) => on_site || pool !== 'on_site');
}
