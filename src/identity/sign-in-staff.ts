import { hashPassword, verifyPassword } from '../platform/crypto/index.ts';
import { Problem } from '../platform/problem.ts';
import { staffSignInRefused } from './errors.ts';
import { beginAttempt, type From, type SignInContext } from './staff-security/attempt.ts';
import { proceed, type SignInOutcome } from './staff-security/proceed.ts';

let nobodysHash: Promise<string> | undefined;

/**
 * Signs a staff member in by password, or says which step is still lacking: the code of the phone, a
 * password of one's own, or an enrolment. Unknown, disabled and locked accounts get the same answer
 * after the same work as a wrong password; the fifth failure locks for 15 minutes.
 * @throws Problem identity/staff-sign-in-refused, sign-in-slow.
 */
export async function signInStaff(
  ctx: SignInContext,
  input: From & { username: string; password: string },
): Promise<SignInOutcome> {
  const username = input.username.trim().toLowerCase();
  const { member } = await beginAttempt(ctx, username, input);
  const hash = member?.password_hash ?? (await (nobodysHash ??= hashPassword('nobody has this')));
  const right = await verifyPassword(input.password, hash);
  if (!member || !right) throw new Problem(staffSignInRefused);
  return proceed(ctx, { staff_id: member.id, username, first: 'password', second: null }, input);
}
