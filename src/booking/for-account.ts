import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import type { Idempotency } from '../platform/idempotency.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { accountFacts, claimBooking, type AccountFacts } from '../identity/index.ts';
import { notYourPatient } from './errors.ts';
import type { BookingHot } from './hot.ts';
import { moveVisit } from './move.ts';
import { ownVisit } from './own-visit.ts';
import { isLateCancel } from './limits/deadline.ts';
import { restoreWithinLimits } from './limits/within.ts';
import { step, type StepInput } from './step.ts';
import { book, hold, type Taken } from './take.ts';
import type { Asker } from './types.ts';

/** What booking's routes and most of its verbs need. */
export type BookingContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  bookingHot: BookingHot;
};

/**
 * Who asks on behalf of an account, with the traces every hold, booking and entry records: the
 * account, the device's key, and the index of the account's verified phone; one statement.
 */
export async function accountAsker(
  ctx: Pick<BookingContext, 'db' | 'clock'>,
  input: { account_id: string; channel: AccountChannel; device_key_id: string | null } & Known,
): Promise<Asker> {
  const { account_id } = input;
  const known = input.known ?? (await accountFacts(ctx, { account_id, patient_id: null }));
  return askerOf(input, known.phone_index);
}

type AccountChannel = 'web' | 'wechat' | 'kiosk';

/** What a guard before the route has read of the account already. */
type Known = { known?: AccountFacts | null };

function askerOf(
  input: { account_id: string; channel: AccountChannel; device_key_id: string | null },
  phone_index: string | null,
): Asker {
  return {
    actor: `account:${input.account_id}`,
    channel: input.channel,
    account_id: input.account_id,
    device_key_id: input.device_key_id,
    payer_reference: null,
    phone_index,
  };
}

/**
 * Holds or books a number for a patient the account may act for.
 * @throws Problem booking/not-your-patient, as `hold`, and as identity's claimBooking.
 */
export async function takeForAccount(
  ctx: BookingContext,
  input: {
    account_id: string;
    device_key_id: string | null;
    session_id: string;
    slot_id: string | null;
    patient_id: string;
    confirm: boolean;
    idempotency: Idempotency;
  } & Known,
): Promise<Taken> {
  const { state, phone_index } = input.known ?? (await accountFacts(ctx, input));
  if (state === null) throw new Problem(notYourPatient);
  const asker = askerOf({ ...input, channel: 'web' }, phone_index);
  const { session_id, slot_id, patient_id, idempotency } = input;
  const take = input.confirm ? book : hold;
  const wanted = { asker, session_id, slot_id, patient_id, idempotency };
  if (state === 'active') return take(ctx, wanted);
  // Few come this way: helpers, and people whose document staff have still to see.
  const claim = await claimBooking(ctx, { ...input, state });
  try {
    return await take(ctx, wanted);
  } catch (error) {
    await claim.giveBack();
    throw error;
  }
}

type OwnVisit = { account_id: string; appointment_id: string; idempotency: Idempotency };

/**
 * A step an account takes for a patient it may act for, whichever account booked.
 * @throws Problem booking/visit-unknown, begun, and as `step`.
 */
export async function stepForAccount(
  ctx: BookingContext,
  name: 'confirm' | 'cancel' | 'restore',
  input: OwnVisit & { reason?: string },
): Promise<void> {
  const visit = await ownVisit(ctx, input);
  const late = name === 'cancel' && isLateCancel(visit, ctx.clock.now());
  const detail = {
    ...(input.reason === undefined ? {} : { reason: input.reason }),
    ...(late ? { late } : {}),
  };
  const wanted: StepInput = {
    appointment_id: input.appointment_id,
    actor: `account:${input.account_id}`,
    before_start: name === 'cancel',
    ...(Object.keys(detail).length === 0 ? {} : { detail }),
    idempotency: input.idempotency,
  };
  if (name === 'restore') await restoreWithinLimits(ctx, visit, wanted);
  else await step(ctx, name, wanted);
}

/** 改约 for a patient the account may act for. Throws as `moveVisit`. */
export async function moveForAccount(
  ctx: BookingContext,
  input: OwnVisit & { slot_id: string },
): Promise<void> {
  await ownVisit(ctx, input);
  const { account_id, appointment_id, slot_id, idempotency } = input;
  const asker = { actor: `account:${account_id}`, channel: 'web', account_id } as const;
  await moveVisit(ctx, { asker, appointment_id, slot_id, idempotency });
}
