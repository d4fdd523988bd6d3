import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { Channel, Pool, Priority } from '../types.ts';
import type { Waiting } from '../store-visits.ts';

/** What a waiting person reads besides their visit. */
type WaitingFacts = {
  appointment_id: string;
  calls: number;
  missed: boolean;
  called_at: Date | null;
  identity_seen: boolean;
  priority: Priority | null;
};

export function selectWaitingFacts(db: Queryable, ids: readonly string[]): Promise<WaitingFacts[]> {
  return db.many<WaitingFacts>(sql`
    select a.id as appointment_id, a.calls, a.missed, a.called_at, p.kind as priority,
      a.identity_checked_by is not null as identity_seen
    from booking.appointment a left join booking.queue_priority p on p.appointment_id = a.id
    where a.id = any(${[...ids]}::uuid[])`);
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

/** Notes a priority or takes it back; the row's new version, undefined when nothing changed. */
export async function upsertPriority(
  tx: Tx,
  row: {
    appointment_id: string;
    hospital_id: string;
    session_id: string;
    kind: Priority | null;
    one_in: number;
    actor: string;
    at: Date;
  },
): Promise<number | undefined> {
  const written = await tx.maybe<{ version: number }>(sql`
    insert into booking.queue_priority as p (appointment_id, hospital_id, session_id, kind, one_in, given_by, at)
    values (${row.appointment_id}, ${row.hospital_id}, ${row.session_id}, ${row.kind}, ${row.one_in},
      ${row.actor}, ${row.at})
    on conflict (appointment_id) do update set kind = excluded.kind, one_in = excluded.one_in,
      given_by = excluded.given_by, at = excluded.at, version = p.version + 1
    where p.kind is distinct from excluded.kind
    returning version`);
  return written?.version;
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
  /** Whether somebody saw the document of whoever checked in by phone. */
  identity_seen: boolean;
};

/** Everyone who waits in these sessions, with what a screen says of them. */
export function selectScreenPeople(
  db: Queryable,
  session_ids: readonly string[],
): Promise<ScreenPerson[]> {
  return db.many<ScreenPerson>(sql`
    select session_id, patient_id, appointment_id, status, channel, pool, calls,
      to_json(starts_at) #>> '{}' as starts_at, sequence, to_json(checked_in_at) #>> '{}' as checked_in_at,
      to_json(called_at) #>> '{}' as called_at, missed, called_since, identity_seen,
      to_json(late_at) #>> '{}' as late_at, priority, one_in, others_since
    from booking.waiting_view where session_id = any(${[...session_ids]}::uuid[])`);
}
