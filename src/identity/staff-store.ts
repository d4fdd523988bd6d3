import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import { setup_hours_max, staff_failures_max, staff_lock_minutes } from './rules.ts';

/* Staff and the code of the first administrator. */

export type NewStaff = {
  id: string;
  hospital_id: string | null;
  username: string;
  display_name: string;
  password_hash: string;
  roles: readonly string[];
  must_change_password: boolean;
  at: Date;
};

/** Stores a staff member; false when the user name is taken. */
export async function insertStaff(tx: Tx, staff: NewStaff): Promise<boolean> {
  const made = await tx.run(sql`
    insert into identity.staff
      (id, hospital_id, username, display_name, password_hash, roles, must_change_password, created_at)
    values (${staff.id}, ${staff.hospital_id}, ${staff.username}, ${staff.display_name},
      ${staff.password_hash}, ${staff.roles}, ${staff.must_change_password}, ${staff.at})
    on conflict (username) do nothing`);
  return made === 1;
}

export async function hasStaff(db: Queryable): Promise<boolean> {
  const { found } = await db.one<{ found: boolean }>(
    sql`select exists (select from identity.staff) as found`,
  );
  return found;
}

export async function knownUsernames(db: Queryable, usernames: string[]): Promise<Set<string>> {
  const rows = await db.many<{ username: string }>(
    sql`select username from identity.staff where username = any(${usernames})`,
  );
  return new Set(rows.map((row) => row.username));
}

/**
 * Counts a sign-in as failed before its password is looked at, and locks the account when it was
 * one too many; a right password takes it back. Parallel guesses are thus counted one by one.
 */
export async function beginSignIn(
  tx: Tx,
  username: string,
  at: Date,
): Promise<
  | {
      id: string;
      password_hash: string;
      locked: boolean;
      version: number;
      hospital_id: string | null;
    }
  | undefined
> {
  return tx.maybe(sql`
    update identity.staff set
      failures = case when locked_until is null then failures + 1 else 1 end,
      locked_until = case when (case when locked_until is null then failures + 1 else 1 end)
        >= ${staff_failures_max} then ${at}::timestamptz + make_interval(mins => ${staff_lock_minutes}) end,
      -- Only a lock is told as an event, and an event's subject is counted without gaps.
      version = version + case when (case when locked_until is null then failures + 1 else 1 end)
        >= ${staff_failures_max} then 1 else 0 end
    where username = ${username} and disabled_at is null
      and (locked_until is null or locked_until <= ${at})
    returning id, password_hash, locked_until is not null as locked, version, hospital_id`);
}

export type SignedInStaff = {
  id: string;
  hospital_id: string | null;
  display_name: string;
  roles: string[];
};

/** Takes back what beginSignIn counted. */
export async function completeSignIn(tx: Tx, id: string): Promise<SignedInStaff | undefined> {
  return tx.maybe(sql`
    update identity.staff set failures = 0, locked_until = null
    where id = ${id} and disabled_at is null returning id, hospital_id, display_name, roles`);
}

export type StaffMember = {
  id: string;
  hospital_id: string | null;
  username: string;
  display_name: string;
  roles: string[];
  created_at: Date;
  disabled_at: Date | null;
};

export async function readStaff(
  db: Queryable,
  id: string,
): Promise<(StaffMember & { password_hash: string }) | undefined> {
  return db.maybe(sql`
    select id, hospital_id, username, display_name, roles, created_at, disabled_at, password_hash
    from identity.staff where id = ${id}`);
}

/** The staff of one hospital, or of all when `hospital_id` is null. */
export async function listStaffRows(
  db: Queryable,
  hospital_id: string | null,
): Promise<StaffMember[]> {
  return db.many(sql`
    select id, hospital_id, username, display_name, roles, created_at, disabled_at
    from identity.staff where ${hospital_id}::uuid is null or hospital_id = ${hospital_id}
    order by username`);
}

/** Disables a staff member and ends their sessions; returns the new version, if there was one to disable. */
export async function disableStaffRow(
  tx: Tx,
  input: { id: string; hospital_id: string | null; at: Date },
): Promise<{ version: number; hospital_id: string | null } | undefined> {
  return tx.maybe(sql`
    with off as (
      update identity.staff set disabled_at = ${input.at}, version = version + 1
      where id = ${input.id} and disabled_at is null
        and (${input.hospital_id}::uuid is null or hospital_id = ${input.hospital_id})
      returning id, version, hospital_id
    ), ended as (
      update identity.session set ended_at = ${input.at}
      where staff_id in (select id from off) and ended_at is null
    )
    select version, hospital_id from off`);
}

/** Stores a new password, unless another change came first, and ends the other sessions. */
export async function updatePassword(
  tx: Tx,
  input: { id: string; before: string; after: string; keep_session_id: string; at: Date },
): Promise<{ version: number; hospital_id: string | null } | undefined> {
  return tx.maybe(sql`
    with changed as (
      update identity.staff set password_hash = ${input.after}, must_change_password = false,
        version = version + 1
      where id = ${input.id} and disabled_at is null and password_hash = ${input.before}
      returning id, version, hospital_id
    ), ended as (
      update identity.session set ended_at = ${input.at}
      where staff_id in (select id from changed) and ended_at is null
        and id <> ${input.keep_session_id}
    )
    select version, hospital_id from changed`);
}

export async function replaceSetupCode(
  tx: Tx,
  input: { code_hash: Uint8Array; tries: number; at: Date },
): Promise<void> {
  await tx.run(sql`
    insert into identity.setup_code (code_hash, tries_left, created_at)
    values (${input.code_hash}, ${input.tries}, ${input.at})
    on conflict (only_row) do update set code_hash = excluded.code_hash,
      tries_left = excluded.tries_left, created_at = excluded.created_at`);
}

export async function isSetupOpen(db: Queryable, at: Date): Promise<boolean> {
  const { open } = await db.one<{ open: boolean }>(sql`
    select exists (select from identity.setup_code where tries_left > 0
      and created_at > ${at}::timestamptz - make_interval(hours => ${setup_hours_max}))
      and not exists (select from identity.staff) as open`);
  return open;
}

/** Whether the code is right; a wrong one costs a try. The row stays locked until the transaction ends. */
export async function trySetupCode(tx: Tx, code_hash: Uint8Array, at: Date): Promise<boolean> {
  const row = await tx.maybe<{ right: boolean }>(sql`
    update identity.setup_code set
      tries_left = tries_left - case when code_hash = ${code_hash} then 0 else 1 end
    where tries_left > 0
      and created_at > ${at}::timestamptz - make_interval(hours => ${setup_hours_max})
    returning code_hash = ${code_hash} as right`);
  return row?.right ?? false;
}

export async function deleteSetupCode(tx: Tx): Promise<void> {
  await tx.run(sql`delete from identity.setup_code`);
}
