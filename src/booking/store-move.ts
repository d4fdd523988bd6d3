import type { Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { MoveNumber } from './rules.ts';
import type { Channel, NumberState, VisitStatus } from './types.ts';

/** Locks the stock of the two sessions of a move, in key order like every other writer. */
export async function lockMove(
  tx: Tx,
  input: { appointment_id: string; slot_id: string },
): Promise<void> {
  await tx.run(sql`
    select from booking.session_stock where session_id in (
      select session_id from booking.appointment where id = ${input.appointment_id}
      union select session_id from booking.slot where id = ${input.slot_id})
    order by session_id for update`);
}

export type MoveFacts = {
  patient_id: string;
  account_id: string | null;
  status: VisitStatus;
  channel: Channel;
  hospital_id: string;
  slot_id: string;
  from: MoveNumber;
  to: MoveNumber | null;
  answer: { appointment_id: string } | null;
  answer_fingerprint: string | null;
};

type NumberJson = Omit<MoveNumber, 'ends_at' | 'starts_at' | 'released_at' | 'hold_until'> & {
  ends_at: string;
  starts_at: string;
  released_at: string | null;
  hold_until: string | null;
};

function toNumber(json: NumberJson): MoveNumber {
  const instant = (text: string | null): Date | null => (text === null ? null : new Date(text));
  return {
    ...json,
    ends_at: new Date(json.ends_at),
    starts_at: new Date(json.starts_at),
    released_at: instant(json.released_at),
    hold_until: instant(json.hold_until),
  };
}

/** The visit and both numbers as they are under the locks, and the answer given before, if any. */
export async function readMove(
  tx: Tx,
  input: { appointment_id: string; slot_id: string; scope: string; key: string },
): Promise<MoveFacts | undefined> {
  const row = await tx.maybe<
    Omit<MoveFacts, 'from' | 'to'> & { from: NumberJson; to: NumberJson | null }
  >(sql`
    with number as (
      select s.id, jsonb_build_object('session_id', s.session_id, 'hospital_id', s.hospital_id,
        'healthcare_service_id', t.healthcare_service_id, 'practitioner_id', t.practitioner_id,
        'service_date', s.service_date, 'method', t.method, 'released_at', t.released_at,
        'session_state', t.state, 'starts_at', s.starts_at, 'ends_at', s.ends_at, 'state', s.state,
        'pool', s.pool, 'draw_id', s.draw_id, 'hold_until', s.hold_until,
        'excluded_account_id', s.excluded_account_id, 'excluded_patient_id', s.excluded_patient_id,
        'others_free', (select count(*) from booking.slot o where o.session_id = s.session_id
          and o.pool = 'online' and o.is_free and o.id <> ${input.slot_id})) as facts
      from booking.slot s join booking.session_stock t using (session_id)
    )
    select a.patient_id, a.account_id, a.status, a.channel, a.hospital_id, a.slot_id,
      f.facts as from, g.facts as to, i.answer, i.fingerprint as answer_fingerprint
    from booking.appointment a
    join number f on f.id = a.slot_id
    left join number g on g.id = ${input.slot_id}
    left join platform.idempotency i on i.scope = ${input.scope} and i.key = ${input.key}
    where a.id = ${input.appointment_id}`);
  return row && { ...row, from: toNumber(row.from), to: row.to && toNumber(row.to) };
}

/**
 * Writes a judged move: the visit takes the new number, the old one goes back, both numbers tell of
 * it, and the answer is kept. The ordinal is the first that the person does not use in the session.
 * @returns false when the numbers changed hands after all.
 */
export async function writeMove(
  tx: Tx,
  move: {
    appointment_id: string;
    from_slot_id: string;
    to_slot_id: string;
    returned: NumberState;
    returned_to_on_site: boolean;
    cooling_until: Date;
    at: Date;
    actor: string;
    answer: string;
    idempotency: { scope: string; key: string; fingerprint: string };
  },
): Promise<boolean> {
  const { idempotency } = move;
  const moved = await tx.run(sql`
    with visit as materialized (
      select a.*, n.session_id as new_session_id, n.service_date as new_service_date, t.patient_bookings_max,
        case when n.session_id = a.session_id then a.ordinal else (
          select min(g) from generate_series(1, t.patient_bookings_max + 1) g where not exists (
            select from booking.appointment o where o.session_id = n.session_id
              and o.patient_id = a.patient_id and o.ordinal = g
              and o.is_active)) end as new_ordinal
      from booking.appointment a
      join booking.slot n on n.id = ${move.to_slot_id} and n.state = 'free'
      join booking.session_stock t on t.session_id = n.session_id
      where a.id = ${move.appointment_id} and a.status = 'booked' and a.slot_id = ${move.from_slot_id}
    ), given as (
      update booking.slot s set state = ${move.returned}, appointment_id = null, version = s.version + 1,
        pool = case when ${move.returned_to_on_site} and s.pool in ('online', 'same_day') then 'on_site' else s.pool end,
        cooling_until = case when ${move.returned} = 'cooling' then ${move.cooling_until}::timestamptz end,
        excluded_account_id = case when ${move.returned} = 'cooling' then v.account_id else s.excluded_account_id end,
        excluded_patient_id = case when ${move.returned} = 'cooling' then v.patient_id else s.excluded_patient_id end
      from visit v where s.id = v.slot_id
      returning s.id, s.version, s.session_id, s.hospital_id, s.state
    ), taken as (
      update booking.slot s set state = 'booked', appointment_id = v.id, version = s.version + 1
      from visit v where s.id = ${move.to_slot_id}
      returning s.id, s.version, s.session_id, s.hospital_id, s.state
    ), carried as (
      update booking.appointment a set slot_id = ${move.to_slot_id}, session_id = v.new_session_id,
        service_date = v.new_service_date, ordinal = v.new_ordinal, bookings_max = v.patient_bookings_max
      from visit v where a.id = v.id
    ), told as (
      insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
      select uuidv7(), n.hospital_id, 'booking.visit.moved', 'slot:' || n.id, n.version, v.patient_id, ${move.actor},
        jsonb_build_object('appointment_id', v.id, 'session_id', n.session_id, 'slot_id', n.id,
          'status', v.status, 'channel', v.channel, 'number', n.state, 'detail',
          jsonb_build_object('from_slot_id', ${move.from_slot_id}::text, 'to_slot_id', ${move.to_slot_id}::text)), ${move.at}
      from visit v, (select * from given union all select * from taken) n
      returning id
    ), stored as (
      insert into platform.idempotency (scope, key, fingerprint, answer, created_at)
      select ${idempotency.scope}, ${idempotency.key}, ${idempotency.fingerprint}, ${move.answer}::jsonb, ${move.at}
      from visit
    )
    select id from told`);
  return moved === 2;
}
