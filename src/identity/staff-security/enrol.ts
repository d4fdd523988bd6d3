import { verifyPassword } from '../../platform/crypto/index.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { sessionEnded, staffSignInRefused } from '../errors.ts';
import type { SignInContext } from './attempt.ts';
import { secondFactorNone, secondFactorWrong } from './errors.ts';
import { newRecoveryCodes, recoveryHash } from './recovery.ts';
import { needsSecondFactor } from './rules.ts';
import { confirmPending, keepPending, readSecondFactor, readSignInState } from './store.ts';
import { matchingStep, newTotpSecret, totpUri } from './totp.ts';

export const totpPlace = 'identity.staff.totp_secret';

/** What a phone scans, and the same to type by hand. */
export type Enrolment = { secret: string; uri: string };

/** Makes a secret that waits for its first code; an older one stays in use until then. */
export async function beginEnrolment(
  ctx: SignInContext,
  member: { id: string; username: string },
): Promise<Enrolment> {
  const secret = newTotpSecret(ctx.random);
  await keepPending(ctx.db, member.id, ctx.fields.seal(secret, totpPlace));
  return { secret, uri: totpUri(secret, member.username) };
}

/**
 * Puts the waiting secret to use when `code` is one of it, and gives new recovery codes: the only time
 * they are seen.
 * @throws Problem identity/second-factor-none, second-factor-wrong.
 */
export async function confirmEnrolment(
  ctx: SignInContext,
  staff_id: string,
  code: string,
): Promise<string[]> {
  const factor = await readSecondFactor(ctx.db, staff_id);
  const sealed = factor?.sealed_pending;
  if (!sealed) throw new Problem(secondFactorNone);
  const at = ctx.clock.now();
  const secret = ctx.fields.open(sealed, totpPlace);
  const step = matchingStep(secret, code.replace(/\s/g, ''), at, 0);
  if (step === undefined) throw new Problem(secondFactorWrong);
  const codes = newRecoveryCodes(ctx.random);
  const hashes = codes.flatMap((one) => recoveryHash(ctx.secrets, staff_id, one) ?? []);
  await ctx.db.tx(async (tx) => {
    const done = await confirmPending(tx, { staff_id, sealed, step, hashes, at });
    if (!done) throw new Problem(secondFactorNone);
    await appendEvents(tx, ctx, [
      {
        name: 'identity.staff.second-factor-enrolled',
        hospital_id: done.hospital_id,
        subject: `staff:${staff_id}`,
        version: done.version,
        actor: `staff:${staff_id}`,
        payload: { staff_id },
      },
    ]);
  });
  return codes;
}

/** How a signed-in staff member's second factor stands. */
export async function secondFactorState(
  ctx: SignInContext,
  staff_id: string,
): Promise<{ enrolled: boolean; required: boolean; recovery_left: number }> {
  const state = await readSignInState(ctx.db, staff_id);
  if (!state) throw new Problem(sessionEnded);
  const factor = await readSecondFactor(ctx.db, staff_id);
  return {
    enrolled: state.enrolled,
    required: needsSecondFactor(state.roles, state.rule_roles),
    recovery_left: factor?.recovery_left ?? 0,
  };
}

/**
 * Begins an enrolment for somebody signed in: a first one, or one for another phone. The password is
 * asked again, because an open desk is no proof of who sits at it.
 * @throws Problem identity/staff-sign-in-refused for a wrong password.
 */
export async function enrolSignedIn(
  ctx: SignInContext,
  input: { staff_id: string; password: string },
): Promise<Enrolment> {
  const state = await readSignInState(ctx.db, input.staff_id);
  if (!state) throw new Problem(sessionEnded);
  if (!(await verifyPassword(input.password, state.password_hash)))
    throw new Problem(staffSignInRefused);
  return beginEnrolment(ctx, state);
}
