import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';

/* Living sessions, as their owners and the security administrator see them. */

export type SessionRow = {
  session_id: string;
  user_agent: string;
  method: string;
  created_at: Date;
  seen_at: Date;
  expires_at: Date;
};

/** Of an account or of a staff member; the other is null. */
export type SessionOwner = { account_id: string | null; staff_id: string | null };

export async function listSessionRows(
  db: Queryable,
  owner: SessionOwner,
  at: Date,
): Promise<SessionRow[]> {
  return db.many(sql`
    select id as session_id, user_agent, method, created_at,
      coalesce(seen_at, created_at) as seen_at, expires_at
    from identity.session
    where (account_id = ${owner.account_id} or staff_id = ${owner.staff_id})
      and ended_at is null and expires_at > ${at}
    order by coalesce(seen_at, created_at) desc, id desc limit 100`);
}

/** Ends sessions of one owner: one of them, or all but the one named; returns those that ended. */
export async function endOwnSessions(
  tx: Tx,
  owner: SessionOwner,
  which: { only: string } | { but: string },
  at: Date,
): Promise<string[]> {
  const only = 'only' in which ? which.only : null;
  const but = 'but' in which ? which.but : null;
  const rows = await tx.many<{ id: string }>(sql`
    update identity.session set ended_at = ${at}
    where (account_id = ${owner.account_id} or staff_id = ${owner.staff_id})
      and ended_at is null and expires_at > ${at}
      and (${only}::uuid is null or id = ${only}) and (${but}::uuid is null or id <> ${but})
    returning id`);
  return rows.map(({ id }) => id);
}

export type StaffSessionRow = SessionRow & { staff_id: string; display_name: string };

/** The living sessions of a hospital's staff; of all staff for an administrator of none. */
export async function staffSessionRows(
  db: Queryable,
  hospital_id: string | null,
  at: Date,
): Promise<StaffSessionRow[]> {
  return db.many(sql`
    select s.id as session_id, s.user_agent, s.method, s.created_at,
      coalesce(s.seen_at, s.created_at) as seen_at, s.expires_at, f.id as staff_id, f.display_name
    from identity.session s join identity.staff f on f.id = s.staff_id
    where (${hospital_id}::uuid is null or f.hospital_id = ${hospital_id})
      and s.ended_at is null and s.expires_at > ${at}
    order by coalesce(s.seen_at, s.created_at) desc, s.id desc limit 500`);
}

/** Ends one session of the hospital's staff; returns whose it was. */
export async function endStaffSessionRow(
  tx: Tx,
  input: { session_id: string; hospital_id: string | null; at: Date },
): Promise<{ staff_id: string; hospital_id: string | null } | undefined> {
  return tx.maybe(sql`
    update identity.session s set ended_at = ${input.at} from identity.staff f
    where s.id = ${input.session_id} and f.id = s.staff_id and s.ended_at is null
      and (${input.hospital_id}::uuid is null or f.hospital_id = ${input.hospital_id})
    returning f.id as staff_id, f.hospital_id`);
}

export type WatchedMember = {
  staff_id: string;
  username: string;
  display_name: string;
  roles: string[];
  disabled: boolean;
  failures: number;
  locked_until: Date | null;
  enrolled: boolean;
  must_change_password: boolean;
  sessions: number;
  last_sign_in: Date | null;
};

export async function watchedMembers(
  db: Queryable,
  hospital_id: string | null,
  at: Date,
): Promise<WatchedMember[]> {
  return db.many(sql`
    select s.id as staff_id, s.username, s.display_name, s.roles, s.disabled_at is not null as disabled,
      s.failures, case when s.locked_until > ${at} then s.locked_until end as locked_until,
      f.confirmed_at is not null as enrolled, s.must_change_password,
      (select count(*) from identity.session x where x.staff_id = s.id
        and x.ended_at is null and x.expires_at > ${at}) as sessions,
      (select max(x.created_at) from identity.session x where x.staff_id = s.id) as last_sign_in
    from identity.staff s left join identity.staff_second_factor f on f.staff_id = s.id
    where ${hospital_id}::uuid is null or s.hospital_id = ${hospital_id}
    order by (s.locked_until > ${at}) desc nulls last, s.username`);
}

/** Lets a locked member try again at once. */
export async function unlockRow(
  tx: Tx,
  input: { staff_id: string; hospital_id: string | null },
): Promise<{ version: number; hospital_id: string | null } | undefined> {
  return tx.maybe(sql`
    update identity.staff set failures = 0, locked_until = null, version = version + 1
    where id = ${input.staff_id} and disabled_at is null
      and (${input.hospital_id}::uuid is null or hospital_id = ${input.hospital_id})
    returning version, hospital_id`);
}

/** Takes a member's second factor and recovery codes away and ends the sessions begun with them. */
export async function resetSecondFactorRow(
  tx: Tx,
  input: { staff_id: string; hospital_id: string | null; at: Date },
): Promise<{ version: number; hospital_id: string | null } | undefined> {
  return tx.maybe(sql`
    with member as (
      update identity.staff set version = version + 1
      where id = ${input.staff_id} and disabled_at is null
        and (${input.hospital_id}::uuid is null or hospital_id = ${input.hospital_id})
      returning id, version, hospital_id
    ), factor as (
      delete from identity.staff_second_factor where staff_id in (select id from member)
    ), codes as (
      delete from identity.staff_recovery_code where staff_id in (select id from member)
    ), ended as (
      update identity.session set ended_at = ${input.at}
      where staff_id in (select id from member) and ended_at is null
    )
    select version, hospital_id from member`);
}

export async function readRule(db: Queryable, hospital_id: string): Promise<string[]> {
  const row = await db.maybe<{ second_factor_roles: string[] }>(
    sql`select second_factor_roles from identity.security_rule where hospital_id = ${hospital_id}`,
  );
  return row?.second_factor_roles ?? [];
}

/** Sets which further roles need a second factor; returns the rule's version. */
export async function writeRule(
  tx: Tx,
  input: { hospital_id: string; second_factor_roles: readonly string[]; at: Date },
): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`
    insert into identity.security_rule as r (hospital_id, second_factor_roles, changed_at)
    values (${input.hospital_id}, ${input.second_factor_roles}, ${input.at})
    on conflict (hospital_id) do update set second_factor_roles = excluded.second_factor_roles,
      changed_at = excluded.changed_at, version = r.version + 1
    returning version`);
  return version;
}

export type SecurityEvent = {
  id: string;
  name: string;
  subject: string;
  actor: string;
  actor_name: string | null;
  subject_name: string | null;
  occurred_at: Date;
};

/** Events about who may come in, newest first: those of a hospital, and of keys, which belong to none. */
export async function securityEventRows(
  db: Queryable,
  input: { hospital_id: string | null; names: readonly string[]; before: string | null },
): Promise<SecurityEvent[]> {
  return db.many(sql`
    select e.id, e.name, e.subject, e.actor, f.display_name as actor_name,
      g.display_name as subject_name, e.occurred_at
    from platform.event e left join identity.staff f on e.actor = 'staff:' || f.id
      left join identity.staff g on e.subject = 'staff:' || g.id
    where e.name = any(${input.names})
      and (${input.hospital_id}::uuid is null or e.hospital_id = ${input.hospital_id}
        or e.name like 'platform.%')
      and (${input.before}::uuid is null or e.id < ${input.before})
    order by e.id desc limit 50`);
}
