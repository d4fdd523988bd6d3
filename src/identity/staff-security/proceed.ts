import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { staffSignInRefused } from '../errors.ts';
import { networkOf } from '../rules.ts';
import { networkIndex } from '../sealing.ts';
import { startSession, type IssuedSession } from '../sessions.ts';
import { completeSignIn, type SignedInStaff } from '../staff-store.ts';
import type { From, SignInContext } from './attempt.ts';
import { needsSecondFactor, nextStep, type Step } from './rules.ts';
import {
  forgiveNetwork,
  forgiveStep,
  readSignInState,
  rememberNetwork,
  type SignInState,
} from './store.ts';
import { signTicket, type Passed } from './ticket.ts';

/** A sign-in that lacks a step: the ticket goes with the answer to it. */
export type PendingSignIn = { step: Step; ticket: string; expires_at: Date };
export type FinishedSignIn = IssuedSession & {
  step: 'done';
  session_id: string;
  staff: SignedInStaff;
};
export type SignInOutcome = PendingSignIn | FinishedSignIn;

/** What a member's sign-in lacks after what was shown. In the demo nobody has to enrol. */
export function stepOf(
  ctx: { config: { demo: boolean } },
  state: SignInState,
  passed: Passed,
): Step | undefined {
  return nextStep({
    enrolled: state.enrolled,
    required: !ctx.config.demo && needsSecondFactor(state.roles, state.rule_roles),
    // Whoever comes through the identity provider has not used the given password.
    must_change_password: passed.first === 'password' && state.must_change_password,
    second: passed.second,
  });
}

/**
 * Goes on from what was shown and counted: gives the next step, or starts the session.
 * @throws Problem identity/staff-sign-in-refused when the member was disabled meanwhile.
 */
export async function proceed(
  ctx: SignInContext,
  passed: Passed,
  from: From,
): Promise<SignInOutcome> {
  const state = await readSignInState(ctx.db, passed.staff_id);
  if (!state) throw new Problem(staffSignInRefused);
  await forgiveNetwork(ctx.db, networkIndex(ctx.fields, networkOf(from.ip)));
  const step = stepOf(ctx, state, passed);
  if (step === undefined) return finish(ctx, passed, from);
  await forgiveStep(ctx.db, passed.staff_id);
  return { step, ...signTicket(ctx, passed, state.password_hash) };
}

async function finish(ctx: SignInContext, passed: Passed, from: From): Promise<FinishedSignIn> {
  const network = networkIndex(ctx.fields, networkOf(from.ip));
  return ctx.db.tx(async (tx) => {
    const staff = await completeSignIn(tx, passed.staff_id);
    if (!staff) throw new Problem(staffSignInRefused);
    const { id: staff_id, hospital_id, roles } = staff;
    const owner = { kind: 'staff', staff_id, hospital_id, roles } as const;
    const method = passed.second ? (`${passed.first}-${passed.second}` as const) : passed.first;
    const session = await startSession(tx, ctx, owner, {
      user_agent: from.user_agent,
      method,
    });
    await rememberNetwork(tx, { staff_id, network, at: ctx.clock.now() });
    await appendEvents(tx, ctx, [
      {
        name: 'identity.staff.signed-in',
        hospital_id,
        // A sign-in is told of its session: it changes nothing of the staff member.
        subject: `session:${session.session_id}`,
        version: 1,
        actor: `staff:${staff_id}`,
        payload: { staff_id },
      },
    ]);
    return { step: 'done', ...session, staff };
  });
}
