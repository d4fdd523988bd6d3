import type { Clock } from '../platform/clock.ts';
import { hashPassword, verifyPassword } from '../platform/crypto/index.ts';
import type { Db, Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import {
  passwordWeak,
  rolesInvalid,
  sessionEnded,
  staffSelf,
  staffSignInRefused,
  staffUnknown,
  usernameTaken,
} from './errors.ts';
import { isRoleSet } from './permissions.ts';
import { isStrongPassword } from './rules.ts';
import {
  disableStaffRow,
  insertStaff,
  listStaffRows,
  readStaff,
  updatePassword,
  type NewStaff,
  type StaffMember,
} from './staff-store.ts';

export type StaffContext = { db: Db; clock: Clock; random: Random };

export type CreateStaffInput = {
  hospital_id: string | null;
  username: string;
  display_name: string;
  password: string;
  roles: readonly string[];
  actor: string;
  /** Its owner did not choose the password, so chooses another at the first sign-in. */
  must_change_password?: boolean;
};

/**
 * Creates a staff account.
 * @throws Problem identity/roles-invalid, password-weak, username-taken.
 */
export async function createStaff(
  ctx: StaffContext,
  input: CreateStaffInput,
): Promise<{ staff_id: string }> {
  const staff = await prepareStaff(ctx, input);
  await ctx.db.tx((tx) => storeStaff(tx, ctx, staff, input.actor));
  return { staff_id: staff.id };
}

/** Judges a new account and hashes its password, before any transaction. */
export async function prepareStaff(
  ctx: { clock: Clock; random: Random },
  input: Omit<CreateStaffInput, 'actor'>,
): Promise<NewStaff> {
  const { hospital_id, display_name, password, roles } = input;
  const username = input.username.trim().toLowerCase();
  if (!isRoleSet(roles)) throw new Problem(rolesInvalid);
  if (!isStrongPassword(password, username)) throw new Problem(passwordWeak);
  const password_hash = await hashPassword(password);
  const id = newId(ctx);
  return {
    ...{ id, hospital_id, username, display_name, password_hash, roles },
    must_change_password: input.must_change_password ?? false,
    at: ctx.clock.now(),
  };
}

/** Stores a prepared account and tells of it. @throws Problem identity/username-taken. */
export async function storeStaff(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  staff: NewStaff,
  actor: string,
): Promise<void> {
  if (!(await insertStaff(tx, staff))) throw new Problem(usernameTaken);
  await appendEvents(tx, ctx, [
    {
      name: 'identity.staff.created',
      hospital_id: staff.hospital_id,
      subject: `staff:${staff.id}`,
      version: 1,
      actor,
      payload: { staff_id: staff.id, roles: [...staff.roles] },
    },
  ]);
}

/** The staff of one hospital, or of every one for an administrator of none. */
export function listStaff(ctx: { db: Db }, hospital_id: string | null): Promise<StaffMember[]> {
  return listStaffRows(ctx.db, hospital_id);
}

/**
 * Disables a staff member and ends their sessions; a token already out is believed for at most ten
 * minutes more.
 * @throws Problem identity/staff-self, staff-unknown.
 */
export async function disableStaff(
  ctx: StaffContext,
  input: { staff_id: string; hospital_id: string | null; by_staff_id: string },
): Promise<void> {
  const { staff_id, hospital_id, by_staff_id } = input;
  if (staff_id === by_staff_id) throw new Problem(staffSelf);
  await ctx.db.tx(async (tx) => {
    const off = await disableStaffRow(tx, { id: staff_id, hospital_id, at: ctx.clock.now() });
    if (!off) throw new Problem(staffUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'identity.staff.disabled',
        hospital_id: off.hospital_id,
        subject: `staff:${staff_id}`,
        version: off.version,
        actor: `staff:${by_staff_id}`,
        payload: { staff_id },
      },
    ]);
  });
}

/**
 * Changes one's own password and ends one's other sessions.
 * @throws Problem identity/staff-sign-in-refused when the current password is wrong, password-weak.
 */
export async function changePassword(
  ctx: StaffContext,
  input: { staff_id: string; session_id: string; current_password: string; new_password: string },
): Promise<void> {
  const { staff_id, session_id } = input;
  const member = await readStaff(ctx.db, staff_id);
  if (!member || member.disabled_at) throw new Problem(sessionEnded);
  if (!(await verifyPassword(input.current_password, member.password_hash)))
    throw new Problem(staffSignInRefused);
  if (!isStrongPassword(input.new_password, member.username)) throw new Problem(passwordWeak);
  const after = await hashPassword(input.new_password);
  await ctx.db.tx(async (tx) => {
    const changed = await updatePassword(tx, {
      id: staff_id,
      before: member.password_hash,
      after,
      keep_session_id: session_id,
      at: ctx.clock.now(),
    });
    if (!changed) throw new Problem(staffSignInRefused);
    await appendEvents(tx, ctx, [
      {
        name: 'identity.staff.password-changed',
        hospital_id: changed.hospital_id,
        subject: `staff:${staff_id}`,
        version: changed.version,
        actor: `staff:${staff_id}`,
        payload: { staff_id },
      },
    ]);
  });
}

/** A signed-in staff member's own account. @throws Problem identity/session-ended when disabled. */
export async function readMember(ctx: { db: Db }, staff_id: string): Promise<StaffMember> {
  const member = await readStaff(ctx.db, staff_id);
  if (!member || member.disabled_at) throw new Problem(sessionEnded);
  return member;
}
