import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import { known_network_days, network_window_minutes } from './rules.ts';

/* Second factors, recovery codes, the identity provider, and what networks got wrong. */

export type SignInState = {
  id: string;
  username: string;
  hospital_id: string | null;
  password_hash: string;
  roles: string[];
  must_change_password: boolean;
  enrolled: boolean;
  rule_roles: string[];
};

/** What decides the next step of a staff member's sign-in; disabled staff have none. */
export async function readSignInState(
  db: Queryable,
  staff_id: string,
): Promise<SignInState | undefined> {
  return db.maybe(sql`
    select s.id, s.username, s.hospital_id, s.password_hash, s.roles, s.must_change_password,
      f.confirmed_at is not null as enrolled,
      coalesce(r.second_factor_roles, '{}') as rule_roles
    from identity.staff s
      left join identity.staff_second_factor f on f.staff_id = s.id
      left join identity.security_rule r on r.hospital_id = s.hospital_id
    where s.id = ${staff_id} and s.disabled_at is null`);
}

export type SecondFactor = {
  sealed_secret: Buffer | null;
  sealed_pending: Buffer | null;
  last_step: number;
  recovery_left: number;
};

export async function readSecondFactor(
  db: Queryable,
  staff_id: string,
): Promise<SecondFactor | undefined> {
  return db.maybe(sql`
    select sealed_secret, sealed_pending, last_step,
      (select count(*) from identity.staff_recovery_code c
        where c.staff_id = f.staff_id and used_at is null) as recovery_left
    from identity.staff_second_factor f where staff_id = ${staff_id}`);
}

/** Keeps a secret until its owner confirms it; the one in use stays in use. */
export async function keepPending(
  db: Queryable,
  staff_id: string,
  sealed_pending: Uint8Array,
): Promise<void> {
  await db.run(sql`
    insert into identity.staff_second_factor (staff_id, sealed_pending)
    values (${staff_id}, ${sealed_pending})
    on conflict (staff_id) do update set sealed_pending = excluded.sealed_pending`);
}

/** Puts the pending secret to use with new recovery codes; undefined when another came first. */
export async function confirmPending(
  tx: Tx,
  input: { staff_id: string; sealed: Uint8Array; step: number; hashes: Uint8Array[]; at: Date },
): Promise<{ version: number; hospital_id: string | null } | undefined> {
  const { staff_id, sealed, step, at } = input;
  const done = await tx.maybe<{ version: number; hospital_id: string | null }>(sql`
    with confirmed as (
      update identity.staff_second_factor set sealed_secret = sealed_pending, sealed_pending = null,
        confirmed_at = ${at}, last_step = ${step}
      where staff_id = ${staff_id} and sealed_pending = ${sealed} returning staff_id
    )
    update identity.staff set version = version + 1
    where id in (select staff_id from confirmed) returning version, hospital_id`);
  if (done) await replaceRecoveryCodes(tx, staff_id, input.hashes);
  return done;
}

export async function replaceRecoveryCodes(
  tx: Tx,
  staff_id: string,
  hashes: Uint8Array[],
): Promise<void> {
  await tx.run(sql`delete from identity.staff_recovery_code where staff_id = ${staff_id}`);
  await tx.run(sql`
    insert into identity.staff_recovery_code (staff_id, code_hash)
    select ${staff_id}::uuid, unnest(${hashes}::bytea[])`);
}

/** Takes a step of the secret in use; false when this or a later one was taken before. */
export async function takeStep(db: Queryable, staff_id: string, step: number): Promise<boolean> {
  const taken = await db.run(sql`
    update identity.staff_second_factor set last_step = ${step}
    where staff_id = ${staff_id} and sealed_secret is not null and last_step < ${step}`);
  return taken === 1;
}

/** Uses a recovery code up; undefined when there is none such, or it was used. */
export async function spendRecoveryCode(
  tx: Tx,
  input: { staff_id: string; code_hash: Uint8Array; at: Date },
): Promise<{ version: number; hospital_id: string | null } | undefined> {
  return tx.maybe(sql`
    with spent as (
      update identity.staff_recovery_code set used_at = ${input.at}
      where staff_id = ${input.staff_id} and code_hash = ${input.code_hash} and used_at is null
      returning staff_id
    )
    update identity.staff set version = version + 1
    where id in (select staff_id from spent) returning version, hospital_id`);
}

/**
 * Counts a failure of a network before anything is looked at. `known` is whether this user signed in
 * from it lately: then others' failures there are no reason to make them wait.
 */
export async function countOnNetwork(
  tx: Tx,
  input: { network: string; username: string; at: Date },
): Promise<{ failures: number; known: boolean }> {
  const { network, username, at } = input;
  return tx.one(sql`
    insert into identity.sign_in_network as n (network, failures, window_began_at)
    values (${network}, 1, ${at})
    on conflict (network) do update set
      failures = case when n.window_began_at
          <= ${at}::timestamptz - make_interval(mins => ${network_window_minutes}) then 1
        else n.failures + 1 end,
      window_began_at = case when n.window_began_at
          <= ${at}::timestamptz - make_interval(mins => ${network_window_minutes}) then ${at}::timestamptz
        else n.window_began_at end
    returning failures, exists (
      select from identity.staff_network k join identity.staff s on s.id = k.staff_id
      where k.network = ${network} and s.username = ${username}
        and k.seen_at > ${at}::timestamptz - make_interval(days => ${known_network_days})) as known`);
}

/** Takes back what countOnNetwork counted. */
export async function forgiveNetwork(db: Queryable, network: string): Promise<void> {
  await db.run(sql`
    update identity.sign_in_network set failures = greatest(failures - 1, 0)
    where network = ${network}`);
}

export async function rememberNetwork(
  tx: Tx,
  input: { staff_id: string; network: string; at: Date },
): Promise<void> {
  await tx.run(sql`
    insert into identity.staff_network (staff_id, network, seen_at)
    values (${input.staff_id}, ${input.network}, ${input.at})
    on conflict (staff_id, network) do update set seen_at = excluded.seen_at`);
}

/** Takes back the failure that a step counted, when another step is still to come. */
export async function forgiveStep(db: Queryable, staff_id: string): Promise<void> {
  await db.run(sql`
    update identity.staff set failures = greatest(failures - 1, 0), locked_until = null
    where id = ${staff_id}`);
}

/** A password of one's own instead of a given one; undefined when another change came first. */
export async function replaceGivenPassword(
  tx: Tx,
  input: { id: string; before: string; after: string; at: Date },
): Promise<{ version: number; hospital_id: string | null } | undefined> {
  return tx.maybe(sql`
    with changed as (
      update identity.staff set password_hash = ${input.after}, must_change_password = false,
        version = version + 1
      where id = ${input.id} and disabled_at is null and must_change_password
        and password_hash = ${input.before}
      returning id, version, hospital_id
    ), ended as (
      update identity.session set ended_at = ${input.at}
      where staff_id in (select id from changed) and ended_at is null
    )
    select version, hospital_id from changed`);
}

export async function startFlow(db: Queryable, state_hash: Uint8Array, at: Date): Promise<void> {
  await db.run(
    sql`delete from identity.oidc_flow where started_at < ${at}::timestamptz - interval '1 day'`,
  );
  await db.run(
    sql`insert into identity.oidc_flow (state_hash, started_at) values (${state_hash}, ${at})`,
  );
}

/** Uses a flow up; false when it is not ours, too old, or came back before. */
export async function finishFlow(
  db: Queryable,
  state_hash: Uint8Array,
  at: Date,
  minutes_max: number,
): Promise<boolean> {
  const used = await db.run(sql`
    update identity.oidc_flow set used_at = ${at}
    where state_hash = ${state_hash} and used_at is null
      and started_at > ${at}::timestamptz - make_interval(mins => ${minutes_max})`);
  return used === 1;
}

/** The staff member behind an identity, if it is linked. */
export async function linkedStaff(
  db: Queryable,
  issuer: string,
  subject: string,
): Promise<{ staff_id: string; username: string } | undefined> {
  return db.maybe(sql`
    select o.staff_id, s.username from identity.staff_oidc o
      join identity.staff s on s.id = o.staff_id and s.disabled_at is null
    where issuer = ${issuer} and subject = ${subject}`);
}

/** Links an identity to the user of this name, unless that user has another one already. */
export async function linkByUsername(
  tx: Tx,
  input: { issuer: string; subject: string; username: string; at: Date },
): Promise<
  { staff_id: string; username: string; version: number; hospital_id: string | null } | undefined
> {
  return tx.maybe(sql`
    with linked as (
      insert into identity.staff_oidc (issuer, subject, staff_id, linked_at)
      select ${input.issuer}, ${input.subject}, id, ${input.at}::timestamptz from identity.staff
      where username = ${input.username} and disabled_at is null
      on conflict do nothing returning staff_id
    )
    update identity.staff set version = version + 1 where id in (select staff_id from linked)
    returning id as staff_id, username, version, hospital_id`);
}
