import { hashPassword, verifyPassword } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import { appendEvents, type NewEvent } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { passwordWeak } from '../errors.ts';
import { isStrongPassword } from '../rules.ts';
import { beginAttempt, type From, type SignInContext } from './attempt.ts';
import { secondFactorWrong, stepExpired } from './errors.ts';
import { beginEnrolment, confirmEnrolment, type Enrolment } from './enrol.ts';
import { proceed, stepOf, type FinishedSignIn, type SignInOutcome } from './proceed.ts';
import { recoveryHash } from './recovery.ts';
import {
  readSecondFactor,
  readSignInState,
  replaceGivenPassword,
  spendRecoveryCode,
  takeStep,
  type SignInState,
} from './store.ts';
import { readTicket, type Passed } from './ticket.ts';
import { matchingStep } from './totp.ts';
import { totpPlace } from './enrol.ts';
import type { Step } from './rules.ts';

/** Who a ticket is of, when the step asked for is the one it waits for. */
async function waiting(
  ctx: SignInContext,
  ticket: string,
  step: Step,
): Promise<{ passed: Passed; state: SignInState }> {
  const note = readTicket(ctx, ticket);
  const state = note && (await readSignInState(ctx.db, note.staff_id));
  if (!state || !note.isFor(state.password_hash)) throw new Problem(stepExpired);
  const { isFor: _isFor, ...passed } = note;
  if (stepOf(ctx, state, passed) !== step) throw new Problem(stepExpired);
  return { passed, state };
}

/**
 * The second step: six digits from the phone, or a recovery code. Wrong ones count with the wrong
 * passwords of the account.
 * @throws Problem identity/sign-in-step-expired, second-factor-wrong, sign-in-slow.
 */
export async function answerCode(
  ctx: SignInContext,
  input: From & { ticket: string; code: string },
): Promise<SignInOutcome> {
  const { passed } = await waiting(ctx, input.ticket, 'code');
  const { member } = await beginAttempt(ctx, passed.username, input);
  const second = member && (await checkSecond(ctx, passed.staff_id, input.code));
  if (!second) throw new Problem(secondFactorWrong);
  return proceed(ctx, { ...passed, second }, input);
}

/** Which second factor a code is, used up; undefined for none. */
export async function checkSecond(
  ctx: SignInContext,
  staff_id: string,
  typed: string,
): Promise<'totp' | 'recovery' | undefined> {
  const digits = typed.replace(/\s/g, '');
  if (/^\d{6}$/.test(digits)) {
    const factor = await readSecondFactor(ctx.db, staff_id);
    if (!factor?.sealed_secret) return undefined;
    const secret = ctx.fields.open(factor.sealed_secret, totpPlace);
    const step = matchingStep(secret, digits, ctx.clock.now(), factor.last_step);
    if (step === undefined || !(await takeStep(ctx.db, staff_id, step))) return undefined;
    return 'totp';
  }
  const code_hash = recoveryHash(ctx.secrets, staff_id, typed);
  if (!code_hash) return undefined;
  return ctx.db.tx(async (tx) => {
    const spent = await spendRecoveryCode(tx, { staff_id, code_hash, at: ctx.clock.now() });
    if (!spent) return undefined;
    await tell(tx, ctx, 'identity.staff.recovery-used', { staff_id, ...spent });
    return 'recovery';
  });
}

/** Tells of a change of a staff member by themselves. */
async function tell(
  tx: Tx,
  ctx: SignInContext,
  name: 'identity.staff.recovery-used' | 'identity.staff.password-changed',
  member: { staff_id: string; version: number; hospital_id: string | null },
): Promise<void> {
  const { staff_id, version, hospital_id } = member;
  const event: NewEvent = {
    ...{ name, hospital_id, version, payload: { staff_id } },
    ...{ subject: `staff:${staff_id}`, actor: `staff:${staff_id}` },
  };
  await appendEvents(tx, ctx, [event]);
}

/**
 * A password of one's own instead of the one an administrator gave.
 * @throws Problem identity/sign-in-step-expired; password-weak also for the given one again.
 */
export async function choosePassword(
  ctx: SignInContext,
  input: From & { ticket: string; new_password: string },
): Promise<SignInOutcome> {
  const { passed, state } = await waiting(ctx, input.ticket, 'password');
  const { new_password } = input;
  if (!isStrongPassword(new_password, state.username)) throw new Problem(passwordWeak);
  if (await verifyPassword(new_password, state.password_hash)) throw new Problem(passwordWeak);
  const after = await hashPassword(new_password);
  await ctx.db.tx(async (tx) => {
    const at = ctx.clock.now();
    const change = { id: state.id, before: state.password_hash, after, at };
    const changed = await replaceGivenPassword(tx, change);
    if (!changed) throw new Problem(stepExpired);
    const { id: staff_id } = state;
    await tell(tx, ctx, 'identity.staff.password-changed', { staff_id, ...changed });
  });
  return proceed(ctx, passed, input);
}

/** A secret to scan, for a sign-in that waits for an enrolment. @throws Problem sign-in-step-expired. */
export async function enrolAtSignIn(ctx: SignInContext, ticket: string): Promise<Enrolment> {
  const { state } = await waiting(ctx, ticket, 'enrol');
  return beginEnrolment(ctx, state);
}

/**
 * Confirms the enrolment by a code of it, and finishes the sign-in.
 * @throws Problem identity/sign-in-step-expired, second-factor-none, second-factor-wrong.
 */
export async function confirmAtSignIn(
  ctx: SignInContext,
  input: From & { ticket: string; code: string },
): Promise<FinishedSignIn & { recovery_codes: string[] }> {
  const { passed, state } = await waiting(ctx, input.ticket, 'enrol');
  const recovery_codes = await confirmEnrolment(ctx, state.id, input.code);
  const done = await proceed(ctx, { ...passed, second: 'totp' }, input);
  // Nothing can be lacking now, unless the account was changed in this very moment.
  if (done.step !== 'done') throw new Problem(stepExpired);
  return { ...done, recovery_codes };
}
