import { hashPassword, verifyPassword } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { staffSignInRefused } from './errors.ts';
import { startSession, type IssuedSession, type SessionContext } from './sessions.ts';
import { beginSignIn, completeSignIn, type SignedInStaff } from './staff-store.ts';

let nobodysHash: Promise<string> | undefined;

/**
 * Signs a staff member in by password. Unknown, disabled and locked accounts get the same answer
 * after the same work as a wrong password; the fifth failure locks for 15 minutes.
 * @throws Problem identity/staff-sign-in-refused.
 */
export async function signInStaff(
  ctx: SessionContext & { db: Db },
  input: { username: string; password: string; user_agent: string },
): Promise<IssuedSession & { session_id: string; staff: SignedInStaff }> {
  const username = input.username.trim().toLowerCase();
  const member = await begin(ctx, username);
  const hash = member?.password_hash ?? (await (nobodysHash ??= hashPassword('nobody has this')));
  const right = await verifyPassword(input.password, hash);
  if (!member || !right) throw new Problem(staffSignInRefused);
  return ctx.db.tx(async (tx) => {
    const staff = await completeSignIn(tx, member.id);
    if (!staff) throw new Problem(staffSignInRefused);
    const { id: staff_id, hospital_id, roles } = staff;
    const owner = { kind: 'staff', staff_id, hospital_id, roles } as const;
    const session = await startSession(tx, ctx, owner, input.user_agent);
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
    return { ...session, staff };
  });
}

async function begin(
  ctx: SessionContext & { db: Db },
  username: string,
): Promise<{ id: string; password_hash: string } | undefined> {
  return ctx.db.tx(async (tx) => {
    const member = await beginSignIn(tx, username, ctx.clock.now());
    if (member?.locked)
      await appendEvents(tx, ctx, [
        {
          name: 'identity.staff.locked',
          hospital_id: member.hospital_id,
          subject: `staff:${member.id}`,
          version: member.version,
          actor: 'anonymous',
          payload: { staff_id: member.id },
        },
      ]);
    return member;
  });
}
