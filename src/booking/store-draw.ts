import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type ClaimedNumber = { slot_id: string; session_id: string };

const joins_draw = ['online', 'follow_up', 'in_clinic', 'referral'];

/**
 * Sets numbers aside for a draw: what of a session's online numbers is unreleased, with the unused
 * follow-up, in-clinic and referral numbers (green channel and team keep theirs to the clinic day).
 * Claimed numbers are unreleased, so that no channel can take them before the draw.
 * @returns the numbers by session and sequence: the places of the manifest.
 */
export async function claimForDraw(
  tx: Tx,
  input: { draw_id: string; session_ids: string[]; at: Date; actor: string },
): Promise<ClaimedNumber[]> {
  return tx.many<ClaimedNumber>(sql`
    with stock as materialized (
      select session_id from booking.session_stock
      where session_id = any(${input.session_ids}::uuid[]) and state = 'planned'
      order by session_id for update
    ), claimed as (
      update booking.slot s set draw_id = ${input.draw_id}, state = 'unreleased', pool = 'online', version = s.version + 1
      from stock t where s.session_id = t.session_id and s.entrusted and s.pool = any(${joins_draw})
        and s.draw_id is null and s.starts_at > ${input.at}
        and (s.state = 'unreleased' or (s.state = 'free' and s.pool <> 'online'))
      returning s.id, s.session_id, s.sequence, s.version, s.hospital_id
    ), told as (
      insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
      select uuidv7(), hospital_id, 'booking.number.claimed', 'slot:' || id, version, ${input.actor},
        jsonb_build_object('session_id', session_id, 'slot_id', id, 'draw_id', ${input.draw_id}::text), ${input.at}
      from claimed
    )
    select id as slot_id, session_id from claimed order by session_id, sequence`);
}

/** The online numbers of sessions, whatever became of them: what a shadow draw would have drawn. */
export async function onlineNumbers(
  db: Queryable,
  session_ids: string[],
): Promise<ClaimedNumber[]> {
  return db.many<ClaimedNumber>(sql`
    select id as slot_id, session_id from booking.slot
    where session_id = any(${session_ids}::uuid[]) and pool = 'online' and state not in ('void', 'stopped')
    order by session_id, sequence`);
}

export type CooledNumber = ClaimedNumber & {
  excluded_account_id: string | null;
  excluded_patient_id: string | null;
};

/** Sets returned numbers that have cooled long enough aside for a later batch. */
export async function claimCooled(
  tx: Tx,
  input: { draw_id: string; session_ids: string[]; at: Date; actor: string },
): Promise<CooledNumber[]> {
  return tx.many<CooledNumber>(sql`
    with stock as materialized (
      select session_id from booking.session_stock
      where session_id = any(${input.session_ids}::uuid[]) and state = 'planned'
      order by session_id for update
    ), claimed as (
      update booking.slot s set draw_id = ${input.draw_id}, state = 'unreleased', cooling_until = null, version = s.version + 1
      from stock t where s.session_id = t.session_id and s.cooling_until <= ${input.at}
      returning s.id, s.session_id, s.sequence, s.version, s.hospital_id, s.excluded_account_id, s.excluded_patient_id
    ), told as (
      insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
      select uuidv7(), hospital_id, 'booking.number.claimed', 'slot:' || id, version, ${input.actor},
        jsonb_build_object('session_id', session_id, 'slot_id', id, 'draw_id', ${input.draw_id}::text), ${input.at}
      from claimed
    )
    select id as slot_id, session_id, excluded_account_id, excluded_patient_id from claimed
    order by session_id, sequence`);
}

/** Sessions with returned numbers that have cooled long enough by `at`. */
export async function sessionsWithCooled(db: Queryable, at: Date): Promise<string[]> {
  const rows = await db.many<{ session_id: string }>(sql`
    select distinct session_id from booking.slot where cooling_until <= ${at}`);
  return rows.map((row) => row.session_id);
}

/** Numbers that the time for batches has passed go to the people who come in person. */
export async function coolToOnSite(
  tx: Tx,
  input: { session_id: string; at: Date; actor: string },
): Promise<number> {
  return tx.run(sql`
    with freed as (
      update booking.slot s set state = 'free', pool = 'on_site', cooling_until = null, draw_id = null, version = s.version + 1
      where s.session_id = ${input.session_id} and s.cooling_until <= ${input.at}
      returning s.id, s.version, s.hospital_id
    )
    insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
    select uuidv7(), hospital_id, 'booking.number.released', 'slot:' || id, version, ${input.actor},
      jsonb_build_object('session_id', ${input.session_id}::text, 'pool', 'on_site', 'numbers', 1), ${input.at}
    from freed`);
}

/**
 * Numbers of a draw that no one got. More places than people means that the session is not scarce:
 * its left-over numbers are bookable at once, since where nobody competes speed earns nothing. Those
 * of a burnt draw cool and join the next manifest.
 */
export async function returnUnplaced(
  tx: Tx,
  input: { draw_id: string; slot_ids: string[]; to: 'free' | 'cooling'; at: Date; actor: string },
): Promise<number> {
  return tx.run(sql`
    with back as (
      update booking.slot s set state = ${input.to}, draw_id = null, version = s.version + 1,
        cooling_until = case when ${input.to} = 'cooling' then ${input.at}::timestamptz end
      where s.id = any(${input.slot_ids}::uuid[]) and s.draw_id = ${input.draw_id} and s.state = 'unreleased'
      returning s.id, s.version, s.hospital_id, s.session_id
    ), opened as (
      update booking.session_stock set released_at = coalesce(released_at, ${input.at})
      where ${input.to} = 'free' and session_id in (select session_id from back)
    )
    insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
    select uuidv7(), hospital_id, 'booking.number.returned', 'slot:' || id, version, ${input.actor},
      jsonb_build_object('session_id', session_id, 'slot_id', id, 'state', ${input.to}::text, 'why', 'unplaced'), ${input.at}
    from back`);
}

/**
 * Sets the numbers behind returned places aside for a return draw, whether they still cool, wait
 * since an earlier return or fell free. A number that is none of these (stopped, void, taken) is not
 * claimed.
 * @returns the numbers that were.
 */
export async function claimReturned(
  tx: Tx,
  input: { draw_id: string; slot_ids: string[]; at: Date; actor: string },
): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    with stock as materialized (
      select session_id from booking.session_stock where state = 'planned' and session_id in (
        select session_id from booking.slot where id = any(${input.slot_ids}::uuid[]))
      order by session_id for update
    ), claimed as (
      update booking.slot s set draw_id = ${input.draw_id}, state = 'unreleased', cooling_until = null,
        version = s.version + 1
      from stock t where s.session_id = t.session_id and s.id = any(${input.slot_ids}::uuid[])
        and (s.state in ('cooling', 'free') or s.state = 'unreleased' and s.draw_id = ${input.draw_id})
      returning s.id, s.session_id, s.version, s.hospital_id
    ), told as (
      insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
      select uuidv7(), hospital_id, 'booking.number.claimed', 'slot:' || id, version, ${input.actor},
        jsonb_build_object('session_id', session_id, 'slot_id', id, 'draw_id', ${input.draw_id}::text), ${input.at}
      from claimed
    )
    select id from claimed`);
  return rows.map((row) => row.id);
}

/**
 * Sets aside what else fell free of these sessions since the manifest: unused follow-up, in-clinic
 * and referral numbers, and numbers that cool after somebody gave them back. `known` are left out:
 * the draw accounts for its own places.
 */
export async function claimFallenFree(
  tx: Tx,
  input: { draw_id: string; session_ids: string[]; known: string[]; at: Date; actor: string },
): Promise<ClaimedNumber[]> {
  return tx.many<ClaimedNumber>(sql`
    with stock as materialized (
      select session_id from booking.session_stock
      where session_id = any(${input.session_ids}::uuid[]) and state = 'planned'
      order by session_id for update
    ), claimed as (
      update booking.slot s set draw_id = ${input.draw_id}, state = 'unreleased', pool = 'online', cooling_until = null,
        version = s.version + 1
      from stock t where s.session_id = t.session_id and s.entrusted and s.starts_at > ${input.at}
        and s.id <> all(${input.known}::uuid[])
        and (s.state = 'cooling' and s.cooling_until <= ${input.at}
          or s.state = 'free' and s.pool in ('follow_up', 'in_clinic', 'referral'))
      returning s.id, s.session_id, s.sequence, s.version, s.hospital_id
    ), told as (
      insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
      select uuidv7(), hospital_id, 'booking.number.claimed', 'slot:' || id, version, ${input.actor},
        jsonb_build_object('session_id', session_id, 'slot_id', id, 'draw_id', ${input.draw_id}::text), ${input.at}
      from claimed
    )
    select id as slot_id, session_id from claimed order by session_id, sequence`);
}

/** By what a person who gave a number up can be recognised among entrants. */
export type Giver = {
  slot_id: string;
  patient_id: string;
  account_id: string | null;
  device_key_id: string | null;
  payer_reference: string | null;
  phone_index: Buffer | null;
};

/** Who gave each number up last. */
export async function lastGivers(db: Queryable, slot_ids: string[]): Promise<Giver[]> {
  return db.many<Giver>(sql`
    select distinct on (slot_id) slot_id, patient_id, account_id, device_key_id, payer_reference, phone_index
    from booking.appointment
    where slot_id = any(${slot_ids}::uuid[]) and status in ('cancelled', 'lapsed')
    order by slot_id, ended_at desc nulls last, created_at desc`);
}

/** Which of these sessions are stopped. */
export async function stoppedSessions(db: Queryable, session_ids: string[]): Promise<Set<string>> {
  const rows = await db.many<{ session_id: string }>(sql`
    select session_id from booking.session_stock
    where session_id = any(${session_ids}::uuid[]) and state = 'stopped'`);
  return new Set(rows.map((row) => row.session_id));
}

export type Grant = {
  appointment_id: string;
  slot_id: string;
  patient_id: string;
  account_id: string | null;
  device_key_id: string | null;
  payer_reference: string | null;
  phone_index: string | null;
};

/**
 * Gives the places of a draw to those it placed: each number is held until the hour to confirm by.
 * A number whose session was stopped meanwhile, and a person who already has a booking in that
 * session, get none; the caller sees it from what is not returned.
 * @returns the appointments that were made.
 */
export async function grantPlaces(
  tx: Tx,
  input: { draw_id: string | null; grants: Grant[]; hold_until: Date; at: Date; actor: string },
): Promise<{ appointment_id: string; slot_id: string }[]> {
  return tx.many(sql`
    with grants as materialized (
      select * from json_to_recordset(${JSON.stringify(input.grants)}) as r(appointment_id uuid, slot_id uuid,
        patient_id uuid, account_id uuid, device_key_id text, payer_reference text, phone_index text)
    ), stock as materialized (
      select t.* from booking.session_stock t where t.state = 'planned' and t.session_id in (
        select s.session_id from booking.slot s where s.id in (select slot_id from grants))
      order by t.session_id for update
    ), held as (
      update booking.slot s set state = 'held', hold_until = ${input.hold_until},
        appointment_id = g.appointment_id, version = s.version + 1
      from grants g, stock t
      where s.id = g.slot_id and t.session_id = s.session_id and s.state = 'unreleased'
        and s.draw_id is not distinct from ${input.draw_id}::uuid
        and not exists (select from booking.appointment a
          where a.session_id = s.session_id and a.patient_id = g.patient_id
            and a.is_active)
      returning g.*, s.version, s.session_id, s.hospital_id, s.service_date, t.patient_bookings_max
    ), made as (
      insert into booking.appointment (hospital_id, id, session_id, slot_id, service_date, patient_id, ordinal,
        bookings_max, status, channel, hold_until, account_id, device_key_id, payer_reference, phone_index,
        contact_due, booked_by, created_at)
      select hospital_id, appointment_id, session_id, slot_id, service_date, patient_id, 1, patient_bookings_max,
        'held', 'draw', ${input.hold_until}, account_id, device_key_id, payer_reference,
        decode(phone_index, 'hex'), account_id is null, ${input.actor}, ${input.at}
      from held
    ), told as (
      insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
      select uuidv7(), hospital_id, 'booking.visit.held', 'slot:' || slot_id, version, patient_id, ${input.actor},
        jsonb_build_object('appointment_id', appointment_id, 'session_id', session_id, 'slot_id', slot_id,
          'status', 'held', 'channel', 'draw'), ${input.at}
      from held
    )
    select appointment_id, slot_id from held`);
}

/** The evening before: the free online numbers of a drawn session go to the people who come in person. */
export async function freeToOnSite(
  tx: Tx,
  input: { session_id: string; at: Date; actor: string },
): Promise<number> {
  return tx.run(sql`
    with stock as materialized (
      select session_id from booking.session_stock where session_id = ${input.session_id} for update
    ), moved as (
      update booking.slot s set pool = 'on_site', version = s.version + 1
      from stock t where s.session_id = t.session_id and s.is_free and s.pool = 'online'
      returning s.id, s.version, s.hospital_id
    )
    insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
    select uuidv7(), hospital_id, 'booking.number.released', 'slot:' || id, version, ${input.actor},
      jsonb_build_object('session_id', ${input.session_id}::text, 'pool', 'on_site', 'numbers', 1), ${input.at}
    from moved`);
}

/** Of these people, who is kept out of remote registration for drawn clinics at this moment. */
export async function restrictedAmong(
  db: Queryable,
  input: { hospital_id: string; patient_ids: string[]; at: Date },
): Promise<Set<string>> {
  const rows = await db.many<{ patient_id: string }>(sql`
    select distinct patient_id from booking.restriction
    where hospital_id = ${input.hospital_id} and patient_id = any(${input.patient_ids}::uuid[])
      and starts_at <= ${input.at} and ends_at > ${input.at} and lifted_at is null`);
  return new Set(rows.map((row) => row.patient_id));
}
