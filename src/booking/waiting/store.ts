import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { Channel, Pool } from '../types.ts';
import type { Waiting } from '../store-visits.ts';

/** What a waiting person reads besides their visit. */
type WaitingFacts = {
  appointment_id: string;
  calls: number;
  missed: boolean;
  called_at: Date | null;
  identity_seen: boolean;
};

export function selectWaitingFacts(db: Queryable, ids: readonly string[]): Promise<WaitingFacts[]> {
  return db.many<WaitingFacts>(sql`
    select id as appointment_id, calls, missed, called_at, identity_checked_by is not null as identity_seen
    from booking.appointment where id = any(${[...ids]}::uuid[])`);
}

/** When people of these sessions were last called, for the pace of the day. */
export function selectCalls(
  db: Queryable,
  session_ids: readonly string[],
): Promise<{ session_id: string; called_at: Date }[]> {
  return db.many(sql`
    select session_id, called_at from booking.appointment
    where session_id = any(${[...session_ids]}::uuid[]) and called_at is not null`);
}

/** Notes who saw the document of a person that had checked in without showing it. */
export async function setIdentityChecked(
  tx: Tx,
  input: { appointment_id: string; actor: string },
): Promise<boolean> {
  const found = await tx.maybe(sql`
    update booking.appointment set identity_checked_by = ${input.actor}
    where id = ${input.appointment_id} and identity_checked_by is null
      and status in ('checked_in', 'called')
    returning id`);
  return found !== undefined;
}

export type Screen = {
  screen_id: string;
  hospital_id: string;
  campus_id: string;
  department_id: string | null;
  name: string;
  linked_at: Date;
};

export async function insertScreen(
  tx: Tx,
  screen: Screen & { token_hash: Uint8Array; linked_by: string },
): Promise<void> {
  await tx.run(sql`
    insert into booking.screen (id, hospital_id, campus_id, department_id, name, token_hash, linked_by, linked_at)
    values (${screen.screen_id}, ${screen.hospital_id}, ${screen.campus_id}, ${screen.department_id},
      ${screen.name}, ${screen.token_hash}, ${screen.linked_by}, ${screen.linked_at})`);
}

/** The linked screens of a hospital, by name. */
export function selectScreens(db: Queryable, hospital_id: string): Promise<Screen[]> {
  return db.many<Screen>(sql`
    select id as screen_id, hospital_id, campus_id, department_id, name, linked_at
    from booking.screen where hospital_id = ${hospital_id} and unlinked_at is null order by name, id`);
}

export function selectScreenByToken(
  db: Queryable,
  token_hash: Uint8Array,
): Promise<Screen | undefined> {
  return db.maybe<Screen>(sql`
    select id as screen_id, hospital_id, campus_id, department_id, name, linked_at
    from booking.screen where token_hash = ${token_hash} and unlinked_at is null`);
}

/** Ends a screen's link; undefined when there is none in this hospital. */
export function endScreen(
  tx: Tx,
  input: { screen_id: string; hospital_id: string; actor: string; at: Date },
): Promise<{ version: number } | undefined> {
  return tx.maybe<{ version: number }>(sql`
    update booking.screen set unlinked_at = ${input.at}, unlinked_by = ${input.actor}, version = version + 1
    where id = ${input.screen_id} and hospital_id = ${input.hospital_id} and unlinked_at is null
    returning version`);
}

export type ScreenPerson = Waiting & {
  session_id: string;
  patient_id: string;
  channel: Channel;
  pool: Pool;
  calls: number;
};

/** Everyone who waits in these sessions, with what a screen says of them. */
export function selectScreenPeople(
  db: Queryable,
  session_ids: readonly string[],
): Promise<ScreenPerson[]> {
  return db.many<ScreenPerson>(sql`
    select q.session_id, q.patient_id, q.id as appointment_id, q.status, q.channel, z.pool, q.calls,
      to_json(z.starts_at) #>> '{}' as starts_at, z.sequence, to_json(q.checked_in_at) #>> '{}' as checked_in_at,
      to_json(q.called_at) #>> '{}' as called_at, q.missed, (
        select count(*)::int from booking.appointment c
        where c.session_id = q.session_id and c.id <> q.id and c.called_at > q.missed_at) as called_since,
      to_json(l.at) #>> '{}' as late_at
    from booking.appointment q join booking.slot z on z.id = q.slot_id
    left join booking.late_check_in l on l.appointment_id = q.id and l.to_end
    where q.session_id = any(${[...session_ids]}::uuid[]) and q.status in ('checked_in', 'called')`);
}
