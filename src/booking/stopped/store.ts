import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { MoveNumber } from '../rules.ts';
import type { NumberState, VisitStatus } from '../types.ts';

/* Who lost a visit by a stop (停诊) or refused a substitute (替诊), and what they are offered. */

export type Rebooking = {
  id: string;
  hospital_id: string;
  appointment_id: string;
  patient_id: string;
  session_id: string;
  healthcare_service_id: string;
  service_date: string;
  was_at: Date;
  stopped_at: Date;
  state: 'waiting' | 'offered' | 'taken' | 'ended';
  offered_session_id: string | null;
  offered_appointment_id: string | null;
  offer_until: Date | null;
  version: number;
};

/** Notes a substitution and tells everyone booked; again, or an older one, changes nothing. */
export async function noteSubstitution(
  tx: Tx,
  input: {
    session_id: string;
    from_practitioner_id: string;
    practitioner_id: string;
    at: Date;
    actor: string;
  },
): Promise<number> {
  return tx.run(sql`
    with stock as materialized (
      select session_id, hospital_id from booking.session_stock
      where session_id = ${input.session_id} and state = 'planned' for update
    ), noted as (
      insert into booking.substitution as s (session_id, hospital_id, from_practitioner_id, practitioner_id, at)
      select session_id, hospital_id, ${input.from_practitioner_id}, ${input.practitioner_id}, ${input.at} from stock
      on conflict (session_id) do update set from_practitioner_id = excluded.from_practitioner_id,
        practitioner_id = excluded.practitioner_id, at = excluded.at where s.at < excluded.at
      returning s.session_id
    ), raised as (
      update booking.slot s set version = s.version + 1
      from noted n, booking.appointment a
      where s.session_id = n.session_id and a.id = s.appointment_id and a.status in ('held', 'booked')
      returning s.id, s.version, s.state, s.hospital_id, a.id as appointment_id, a.patient_id, a.status, a.channel
    )
    insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
    select uuidv7(), hospital_id, 'booking.visit.substituted', 'slot:' || id, version, patient_id, ${input.actor},
      jsonb_build_object('appointment_id', appointment_id, 'session_id', ${input.session_id}::text,
        'slot_id', id, 'status', status, 'channel', channel, 'number', state), ${input.at}
    from raised`);
}

/** Notes whose booked visits a stop ended; drawn ones are release's, the HIS's its own. Again changes nothing. */
export async function openRebookings(tx: Tx, appointment_ids: string[], at: Date): Promise<void> {
  await tx.run(sql`
    insert into booking.rebooking (id, hospital_id, appointment_id, patient_id, session_id,
      healthcare_service_id, service_date, was_at, stopped_at)
    select uuidv7(), a.hospital_id, a.id, a.patient_id, a.session_id, t.healthcare_service_id,
      a.service_date, s.starts_at, ${at}
    from booking.appointment a join booking.slot s on s.id = a.slot_id
    join booking.session_stock t on t.session_id = a.session_id
    where a.id = any(${appointment_ids}::uuid[]) and a.status = 'stopped' and a.channel not in ('draw', 'his')
      and (a.confirmed_at is not null or a.channel = 'migrated')
      -- A free return is given back itself.
      and s.pool <> 'free_return'
    on conflict do nothing`);
}

/** Who waits for a number: earlier stops first, then by the time of the number they had. */
export async function waitingRebookings(db: Queryable, limit: number): Promise<{ id: string }[]> {
  return db.many(sql`
    select id from booking.rebooking where state = 'waiting'
    order by stopped_at, was_at, id limit ${limit}`);
}

/** One that still waits, for this transaction alone. */
export async function lockWaiting(tx: Tx, id: string): Promise<Rebooking | undefined> {
  return tx.maybe<Rebooking>(sql`
    select * from booking.rebooking where id = ${id} and state = 'waiting' for update skip locked`);
}

/**
 * Sessions with a number to offer: the same clinic first, then the same department and rank; the
 * soonest first. Numbers that a draw has claimed are never taken, nor those that cool for one.
 */
export async function sessionsToOffer(
  db: Queryable,
  input: { rebooking: Rebooking; after: Date; same_doctor_days: number; same_rank_days: number },
): Promise<{ session_id: string }[]> {
  const { rebooking: r, after } = input;
  return db.many(sql`
    select t.session_id
    from booking.session_stock t join booking.session_stock o on o.session_id = ${r.session_id}
    where t.hospital_id = ${r.hospital_id} and t.state = 'planned' and t.session_id <> o.session_id
      and t.ends_at > ${after}
      and (t.healthcare_service_id = o.healthcare_service_id
          and t.service_date <= o.service_date + ${input.same_doctor_days}::int
        or t.department_id = o.department_id and t.level = o.level
          and t.service_date <= o.service_date + ${input.same_rank_days}::int)
      and not exists (select from booking.appointment a
        where a.session_id = t.session_id and a.patient_id = ${r.patient_id} and a.is_active)
      and exists (select from booking.slot s where s.session_id = t.session_id and s.pool = 'online'
        and s.entrusted and s.starts_at > ${after} and s.draw_id is null
        and (s.state in ('unreleased', 'free') or s.state = 'cooling' and t.method = 'order'))
    order by t.healthcare_service_id <> o.healthcare_service_id, t.service_date, t.starts_at, t.session_id
    limit 20`);
}

/** The first number of a session to offer to this person, under the session's lock. */
export async function lockOffer(
  tx: Tx,
  input: { session_id: string; patient_id: string; account_id: string | null; after: Date },
): Promise<{ slot_id: string; starts_at: Date } | undefined> {
  return tx.maybe(sql`
    with stock as materialized (
      select session_id, method from booking.session_stock
      where session_id = ${input.session_id} and state = 'planned' for update
    )
    select s.id as slot_id, s.starts_at from booking.slot s join stock t using (session_id)
    where s.pool = 'online' and s.entrusted and s.starts_at > ${input.after} and s.draw_id is null
      and (s.state in ('unreleased', 'free') or s.state = 'cooling' and t.method = 'order')
      and s.excluded_patient_id is distinct from ${input.patient_id}
      and (${input.account_id}::uuid is null or s.excluded_account_id is distinct from ${input.account_id}::uuid)
    order by s.sequence limit 1 for update of s`);
}

/** By what the lost visit was booked: the offered one is booked by the same. */
export async function traceOf(
  db: Queryable,
  appointment_id: string,
): Promise<{ account_id: string | null }> {
  return db.one(sql`select account_id from booking.appointment where id = ${appointment_id}`);
}

/** Holds a number for a rebooking and tells it, all in one statement. */
export async function holdOffer(
  tx: Tx,
  input: {
    rebooking_id: string;
    appointment_id: string;
    slot_id: string;
    until: Date;
    at: Date;
    actor: string;
  },
): Promise<number> {
  return tx.run(sql`
    with held as (
      update booking.slot s set state = 'held', hold_until = ${input.until}, cooling_until = null,
        appointment_id = ${input.appointment_id}, version = s.version + 1
      from booking.session_stock t
      where s.id = ${input.slot_id} and t.session_id = s.session_id
      returning s.id, s.version, s.session_id, s.hospital_id, s.service_date, t.patient_bookings_max
    ), made as (
      insert into booking.appointment (hospital_id, id, session_id, slot_id, service_date, patient_id, ordinal,
        bookings_max, status, channel, hold_until, account_id, device_key_id, payer_reference, phone_index,
        booked_by, created_at)
      select h.hospital_id, ${input.appointment_id}, h.session_id, h.id, h.service_date, o.patient_id, 1,
        h.patient_bookings_max, 'held', 'window', ${input.until}, o.account_id, o.device_key_id,
        o.payer_reference, o.phone_index, ${input.actor}, ${input.at}
      from held h, booking.rebooking r join booking.appointment o on o.id = r.appointment_id
      where r.id = ${input.rebooking_id}
      returning patient_id
    ), offered as (
      update booking.rebooking r set state = 'offered', offered_session_id = h.session_id,
        offered_appointment_id = ${input.appointment_id}, offer_until = ${input.until}, version = r.version + 1
      from held h where r.id = ${input.rebooking_id}
      returning r.version
    )
    insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
    select uuidv7(), h.hospital_id, 'booking.visit.held', 'slot:' || h.id, h.version, m.patient_id, ${input.actor},
      jsonb_build_object('appointment_id', ${input.appointment_id}::text, 'session_id', h.session_id, 'slot_id', h.id,
        'status', 'held', 'channel', 'window', 'detail', jsonb_build_object('rebooking', ${input.rebooking_id}::text)), ${input.at}::timestamptz
    from held h, made m
    union all
    select uuidv7(), h.hospital_id, 'booking.rebooking.offered', 'rebooking:' || ${input.rebooking_id}::text, o.version,
      m.patient_id, ${input.actor}, jsonb_build_object('rebooking_id', ${input.rebooking_id}::text,
        'appointment_id', ${input.appointment_id}::text, 'session_id', h.session_id,
        'confirm_until', ${input.until.toISOString()}::text), ${input.at}::timestamptz
    from held h, made m, offered o`);
}

export type EndReason = 'taken' | 'declined' | 'lapsed' | 'stopped' | 'expired';

/** Ends rebookings by id or by the visit that was offered, and tells why; those over are left alone. */
export async function endRebookings(
  tx: Tx,
  input: {
    ids?: string[];
    offered_appointment_ids?: string[];
    reason: EndReason;
    at: Date;
    actor: string;
  },
): Promise<Rebooking[]> {
  return tx.many<Rebooking>(sql`
    with ended as (
      update booking.rebooking set version = version + 1,
        state = case when ${input.reason} = 'taken' then 'taken' else 'ended' end
      where state in ('waiting', 'offered') and (id = any(${input.ids ?? []}::uuid[])
        or state = 'offered' and offered_appointment_id = any(${input.offered_appointment_ids ?? []}::uuid[]))
      returning *
    ), told as (
      insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
      select uuidv7(), hospital_id, 'booking.rebooking.ended', 'rebooking:' || id, version, patient_id, ${input.actor},
        jsonb_build_object('rebooking_id', id, 'reason', ${input.reason}::text,
          'session_id', coalesce(offered_session_id, session_id)), ${input.at}
      from ended
    )
    select * from ended`);
}

/** Those that waited longer than a number is looked for. */
export async function outwaited(db: Queryable, before: string): Promise<string[]> {
  const rows = await db.many<{ id: string }>(sql`
    select id from booking.rebooking where state = 'waiting' and service_date < ${before} limit 500`);
  return rows.map(({ id }) => id);
}

export async function rebookingsOf(db: Queryable, patient_ids: string[]): Promise<Rebooking[]> {
  return db.many<Rebooking>(sql`
    select * from booking.rebooking where patient_id = any(${patient_ids}::uuid[])
    order by stopped_at desc, id limit 100`);
}

export async function rebookingById(db: Queryable, id: string): Promise<Rebooking | undefined> {
  return db.maybe<Rebooking>(sql`select * from booking.rebooking where id = ${id}`);
}

export type Substituted = {
  appointment_id: string;
  session_id: string;
  patient_id: string;
  from_practitioner_id: string;
  starts_at: Date;
};

/** The booked visits of these patients whose doctor changed after they were booked. */
export async function substitutedVisits(
  db: Queryable,
  input: { patient_ids: string[]; at: Date },
): Promise<Substituted[]> {
  return db.many<Substituted>(sql`
    select a.id as appointment_id, a.session_id, a.patient_id, u.from_practitioner_id, s.starts_at
    from booking.appointment a join booking.substitution u using (session_id)
    join booking.slot s on s.id = a.slot_id
    where a.patient_id = any(${input.patient_ids}::uuid[]) and a.status = 'booked' and a.created_at < u.at
      and s.starts_at > ${input.at}
    order by s.starts_at, a.id`);
}

export type RefusalFacts = Pick<
  MoveNumber,
  'session_id' | 'service_date' | 'pool' | 'method' | 'released_at' | 'others_free'
> & {
  slot_id: string;
  patient_id: string;
  channel: string;
  status: VisitStatus;
  starts_at: Date;
  session_state: 'planned' | 'stopped';
  substituted: boolean;
};

/** What decides whether a visit may refuse its substitute and where its number goes, under its session's lock. */
export async function lockRefusal(
  tx: Tx,
  appointment_id: string,
): Promise<RefusalFacts | undefined> {
  return tx.maybe<RefusalFacts>(sql`
    with stock as materialized (
      select t.* from booking.session_stock t
      where t.session_id = (select session_id from booking.appointment where id = ${appointment_id}) for update
    )
    select a.session_id, a.slot_id, a.patient_id, a.channel, a.status, a.service_date, s.pool, s.starts_at,
      t.method, t.released_at, t.state as session_state,
      (select count(*)::int from booking.slot o
        where o.session_id = a.session_id and o.is_free and o.pool = 'online') as others_free,
      exists (select from booking.substitution u
        where u.session_id = a.session_id and a.created_at < u.at) as substituted
    from booking.appointment a join booking.slot s on s.id = a.slot_id join stock t on t.session_id = a.session_id
    where a.id = ${appointment_id} for update of a, s`);
}

/** Ends a visit as stopped, which counts against nobody, and gives its number back. */
export async function writeRefusal(
  tx: Tx,
  input: {
    appointment_id: string;
    number: Extract<NumberState, 'free' | 'unreleased' | 'cooling'>;
    on_site: boolean;
    cooling_until: Date;
    at: Date;
    actor: string;
  },
): Promise<void> {
  await tx.run(sql`
    with visit as (
      update booking.appointment set status = 'stopped', hold_until = null, ended_at = ${input.at}
      where id = ${input.appointment_id} returning id, slot_id, session_id, patient_id, channel
    ), back as (
      update booking.slot s set state = ${input.number}, appointment_id = null, version = s.version + 1,
        pool = case when ${input.on_site}::boolean and s.pool in ('online', 'same_day') then 'on_site' else s.pool end,
        draw_id = case when ${input.on_site}::boolean then null else s.draw_id end,
        cooling_until = case when ${input.number} = 'cooling' then ${input.cooling_until}::timestamptz end
      from visit v where s.id = v.slot_id
      returning s.id, s.version, s.hospital_id
    )
    insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
    select uuidv7(), b.hospital_id, 'booking.visit.stopped', 'slot:' || b.id, b.version, v.patient_id, ${input.actor},
      jsonb_build_object('appointment_id', v.id, 'session_id', v.session_id, 'slot_id', b.id, 'status', 'stopped',
        'channel', v.channel, 'number', ${input.number}::text, 'detail', jsonb_build_object('why', 'substitute-refused')), ${input.at}
    from visit v, back b`);
}
