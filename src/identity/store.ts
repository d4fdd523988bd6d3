import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import {
  codes_day_max,
  codes_minute_max,
  codes_network_hour_max,
  real_name_checks_day_max,
} from './rules.ts';

/* Accounts, one-time codes, sessions and outgoing messages. Persons: patient-store.ts; staff: staff-store.ts. */

/** Requests for one key wait for each other until the transaction ends, so counting is exact. */
export async function lockKeys(tx: Tx, keys: string[]): Promise<void> {
  for (const key of keys)
    await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`identity ${key}`}, 0))`);
}

export type CodeRefusal = 'minute' | 'day' | 'network';

/**
 * Stores a code unless a limit is reached; the caller holds the locks of both keys. Codes that no gateway
 * took do not count for the phone, but do for the network, which a machine could use to wear us out.
 */
export async function insertCode(
  tx: Tx,
  code: {
    id: string;
    phone_index: Uint8Array;
    network: string;
    code_hash: Uint8Array;
    tries: number;
    expires_at: Date;
    at: Date;
  },
): Promise<CodeRefusal | null> {
  const { refusal } = await tx.one<{ refusal: CodeRefusal | null }>(sql`
    with recent as (
      select
        (select count(*) from identity.sign_in_code where phone_index = ${code.phone_index}
          and unsent_at is null
          and created_at > ${code.at}::timestamptz - interval '1 minute') as minute,
        (select count(*) from identity.sign_in_code where phone_index = ${code.phone_index}
          and unsent_at is null
          and created_at > ${code.at}::timestamptz - interval '24 hours') as day,
        (select count(*) from identity.sign_in_code where network = ${code.network}
          and created_at > ${code.at}::timestamptz - interval '1 hour') as network
    ), verdict as materialized (
      select case when minute >= ${codes_minute_max} then 'minute' when day >= ${codes_day_max} then 'day'
        when network >= ${codes_network_hour_max} then 'network' end as refusal from recent
    ), made as (
      insert into identity.sign_in_code
        (id, phone_index, network, code_hash, tries_left, expires_at, created_at)
      select ${code.id}::uuid, ${code.phone_index}::bytea, ${code.network}, ${code.code_hash}::bytea,
        ${code.tries}::integer, ${code.expires_at}::timestamptz, ${code.at}::timestamptz
      from verdict where refusal is null
    )
    select refusal from verdict`);
  return refusal;
}

/** Notes that no gateway took a code over. */
export async function noteUnsentCode(db: Queryable, id: string, at: Date): Promise<void> {
  await db.run(sql`update identity.sign_in_code set unsent_at = ${at} where id = ${id}`);
}

/**
 * Tries a code against the phone's newest one: a right code is used up, a wrong one costs a try.
 * One statement under the row's lock, so parallel guesses are counted one by one.
 */
export async function tryCode(
  tx: Tx,
  input: { phone_index: Uint8Array; code_hash: Uint8Array; at: Date },
): Promise<boolean> {
  const row = await tx.maybe<{ used: boolean }>(sql`
    update identity.sign_in_code set
      tries_left = tries_left - case when code_hash = ${input.code_hash} then 0 else 1 end,
      used_at = case when code_hash = ${input.code_hash} then ${input.at}::timestamptz end
    where id = (select id from identity.sign_in_code where phone_index = ${input.phone_index}
        order by created_at desc, id desc limit 1)
      and used_at is null and tries_left > 0 and expires_at > ${input.at}
    returning used_at is not null as used`);
  return row?.used ?? false;
}

export type Account = { id: string; opened: boolean; elder_mode: boolean };

export async function findAccount(
  db: Queryable,
  phone_index: Uint8Array,
): Promise<Account | undefined> {
  return db.maybe(sql`
    select id, false as opened, elder_mode from identity.account where phone_index = ${phone_index}`);
}

/** The account of a phone, opened when there is none. */
export async function openAccount(
  tx: Tx,
  account: { id: string; sealed_phone: Uint8Array; phone_index: Uint8Array; at: Date },
): Promise<Account> {
  const made = await tx.maybe<{ id: string }>(sql`
    insert into identity.account (id, sealed_phone, phone_index, created_at)
    values (${account.id}, ${account.sealed_phone}, ${account.phone_index}, ${account.at})
    on conflict (phone_index) do nothing returning id`);
  if (made) return { id: made.id, opened: true, elder_mode: false };
  const known = await tx.one<{ id: string; elder_mode: boolean }>(
    sql`select id, elder_mode from identity.account where phone_index = ${account.phone_index}`,
  );
  return { ...known, opened: false };
}

export async function readAccountPhone(
  db: Queryable,
  id: string,
): Promise<{ sealed_phone: Buffer; elder_mode: boolean } | undefined> {
  return db.maybe(sql`select sealed_phone, elder_mode from identity.account
    where id = ${id} and closed_at is null`);
}

/** Notes whether the account uses 长辈版. */
export async function setElderMode(db: Queryable, id: string, elder_mode: boolean): Promise<void> {
  await db.run(sql`update identity.account set elder_mode = ${elder_mode} where id = ${id}`);
}

export async function insertSession(
  tx: Tx,
  session: {
    id: string;
    account_id: string | null;
    staff_id: string | null;
    at: Date;
    expires_at: Date;
    user_agent: string;
    method: string;
  },
): Promise<void> {
  await tx.run(sql`
    insert into identity.session (id, account_id, staff_id, created_at, expires_at,
      user_agent, method, seen_at)
    values (${session.id}, ${session.account_id}, ${session.staff_id}, ${session.at},
      ${session.expires_at}, ${session.user_agent}, ${session.method}, ${session.at})`);
}

export type LivingSession = {
  id: string;
  account_id: string | null;
  staff_id: string | null;
  hospital_id: string | null;
  roles: string[] | null;
  elder_mode: boolean | null;
  expires_at: Date;
};

/** A session that has not ended, with its owner's present roles; disabled staff have none. It was seen now. */
export async function readLivingSession(
  db: Queryable,
  id: string,
  at: Date,
): Promise<LivingSession | undefined> {
  return db.maybe(sql`
    with s as (
      update identity.session set seen_at = ${at}
      where id = ${id} and ended_at is null and expires_at > ${at}
      returning id, account_id, staff_id, expires_at
    )
    select s.id, s.account_id, s.staff_id, s.expires_at, f.hospital_id, f.roles, a.elder_mode
    from s left join identity.staff f on f.id = s.staff_id
      left join identity.account a on a.id = s.account_id
    where f.disabled_at is null`);
}

export async function endSession(db: Queryable, id: string, at: Date): Promise<void> {
  await db.run(
    sql`update identity.session set ended_at = ${at} where id = ${id} and ended_at is null`,
  );
}

/** Notes that an account asks for a real-name check; false when today's are used up. */
export async function insertRealNameAttempt(
  tx: Tx,
  attempt: { id: string; account_id: string; at: Date },
): Promise<boolean> {
  const made = await tx.run(sql`
    insert into identity.real_name_attempt (id, account_id, created_at)
    select ${attempt.id}::uuid, ${attempt.account_id}::uuid, ${attempt.at}::timestamptz
    where (select count(*) from identity.real_name_attempt where account_id = ${attempt.account_id}
      and created_at > ${attempt.at}::timestamptz - interval '24 hours') < ${real_name_checks_day_max}`);
  return made === 1;
}

/** Keeps a message for the outbox page; one that is there under this id stays as it is. */
export async function insertMessage(
  db: Queryable,
  message: {
    id: string;
    channel: string;
    purpose: 'code' | 'notice';
    sealed_to: Uint8Array;
    sealed_text: Uint8Array;
    at: Date;
  },
): Promise<void> {
  await db.run(sql`
    insert into identity.outbox_message (id, channel, purpose, sealed_to, sealed_text, created_at)
    values (${message.id}, ${message.channel}, ${message.purpose}, ${message.sealed_to},
      ${message.sealed_text}, ${message.at})
    on conflict (id) do nothing`);
}

/** The newest of each purpose, so that the results of a draw never bury the codes people wait for. */
export async function newestMessages(
  db: Queryable,
  limit: number,
): Promise<
  { id: string; channel: string; sealed_to: Buffer; sealed_text: Buffer; created_at: Date }[]
> {
  return db.many(sql`
    select m.id, m.channel, m.sealed_to, m.sealed_text, m.created_at
    from (values ('code'), ('notice')) as p(purpose) cross join lateral (
      select * from identity.outbox_message o where o.purpose = p.purpose
      order by o.created_at desc, o.id desc limit ${limit}) m
    order by m.created_at desc, m.purpose, m.id desc`);
}
