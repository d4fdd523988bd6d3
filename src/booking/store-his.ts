import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import { releaseNumbers } from './store-stock.ts';
import type { NumberState } from './types.ts';

/** A number of a session as the HIS knows it. */
export type HisNumber = { his_id: string; sequence: number };

/**
 * The HIS entrusts numbers to us, or confirms that it still does. New ones join what is unreleased,
 * or are released at once where the session already is; one that it had taken back lives again.
 * @returns how many numbers were entrusted that were not before.
 */
export async function entrustNumbers(
  tx: Tx,
  input: { session_id: string; numbers: HisNumber[]; at: Date; actor: string },
): Promise<number> {
  const found = await tx.maybe<{ numbers: number; released: boolean; method: string }>(sql`
    with stock as materialized (
      select session_id from booking.session_stock
      where session_id = ${input.session_id} and master = 'his' for update
    ), given as (
      select s.id, r.his_id, s.state = 'void' as was_void, not s.entrusted or s.state = 'void' as is_new
      from json_to_recordset(${JSON.stringify(input.numbers)}) as r(his_id text, sequence int)
      join booking.slot s on s.sequence = r.sequence
      join stock t on t.session_id = s.session_id
    ), marked as (
      update booking.slot s set entrusted = true, his_id = g.his_id, his_confirmed_at = ${input.at},
        state = case when s.state = 'void' then 'unreleased' else s.state end,
        void_reason = null, version = s.version + case when s.state = 'void' then 1 else 0 end
      from given g where s.id = g.id
      returning s.id, s.version, s.hospital_id, s.state, g.is_new, g.was_void
    ), raised as (
      update booking.session_stock t set version = t.version + 1
      where t.session_id = ${input.session_id} and exists (select from marked where is_new)
      returning t.session_id, t.hospital_id, t.version, t.released_at, t.method
    ), told as (
      insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
      select uuidv7(), hospital_id, 'booking.number.entrusted', 'stock:' || session_id, version, ${input.actor},
        jsonb_build_object('session_id', session_id, 'numbers', (select count(*) from marked where is_new)), ${input.at}
      from raised
    ), back as (
      -- A number that was taken back before is there again: its own story goes on.
      insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
      select uuidv7(), hospital_id, 'booking.number.returned', 'slot:' || id, version, ${input.actor},
        jsonb_build_object('session_id', ${input.session_id}::text, 'slot_id', id, 'state', state, 'why', 'entrusted'), ${input.at}
      from marked where was_void
    )
    select (select count(*) from marked where is_new) as numbers, r.released_at is not null as released, r.method
    from raised r`);
  if (!found) return 0;
  if (found.released && found.method === 'order')
    await releaseNumbers(tx, { ...input, session_ids: [input.session_id], pools: ['online'] });
  return found.numbers;
}

export type TakenBack = {
  voided: string[];
  /** Numbers that somebody here holds or has booked: they stay, and people must decide. */
  conflicts: { his_id: string; slot_id: string; appointment_id: string; state: NumberState }[];
};

/**
 * The HIS takes numbers back: 作废, with a reason and an event. A number that is held, booked or
 * checked in here is left as it is and reported; nothing is cancelled silently.
 */
export async function takeBackNumbers(
  tx: Tx,
  input: { session_id: string; his_ids: string[]; reason: string; at: Date; actor: string },
): Promise<TakenBack> {
  const rows = await tx.many<{
    his_id: string;
    slot_id: string;
    appointment_id: string | null;
    state: NumberState;
  }>(sql`
    with stock as materialized (
      select session_id from booking.session_stock where session_id = ${input.session_id} for update
    ), given as materialized (
      select s.id, s.state as old_state from booking.slot s join stock t on t.session_id = s.session_id
      where s.his_id = any(${input.his_ids}) and s.state <> 'void'
    ), changed as (
      update booking.slot s set version = s.version + 1,
        state = case when s.appointment_id is null then 'void' else s.state end,
        void_reason = case when s.appointment_id is null then ${input.reason} else s.void_reason end,
        entrusted = s.appointment_id is not null,
        draw_id = case when s.appointment_id is null then null else s.draw_id end,
        cooling_until = case when s.appointment_id is null then null else s.cooling_until end
      from given g where s.id = g.id
      returning s.id, s.his_id, s.version, s.hospital_id, s.session_id, s.state, s.appointment_id
    ), told as (
      insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
      select uuidv7(), hospital_id,
        case when state = 'void' then 'booking.number.voided' else 'booking.number.conflicted' end,
        'slot:' || id, version, ${input.actor},
        jsonb_build_object('session_id', session_id, 'slot_id', id, 'state', state, 'reason', ${input.reason}::text)
          || case when state = 'void' then '{}' else jsonb_build_object('appointment_id', appointment_id) end, ${input.at}
      from changed
    )
    select his_id, id as slot_id, appointment_id, state from changed`);
  return {
    voided: rows.filter((row) => row.state === 'void').map((row) => row.his_id),
    conflicts: rows.flatMap(({ appointment_id, ...row }) =>
      appointment_id === null ? [] : [{ ...row, appointment_id }],
    ),
  };
}

/** The HIS ids of numbers, by slot id; numbers without one are absent. */
export async function hisIds(
  db: Queryable,
  slot_ids: string[],
): Promise<Map<string, { his_id: string; hospital_id: string }>> {
  const rows = await db.many<{ slot_id: string; his_id: string; hospital_id: string }>(sql`
    select id as slot_id, his_id, hospital_id from booking.slot
    where id = any(${slot_ids}::uuid[]) and his_id is not null`);
  return new Map(rows.map(({ slot_id, ...row }) => [slot_id, row]));
}

/** The numbers of a session that the HIS has entrusted to us and not taken back: their HIS ids. */
export async function entrustedIds(db: Queryable, session_id: string): Promise<string[]> {
  const rows = await db.many<{ his_id: string }>(sql`
    select his_id from booking.slot
    where session_id = ${session_id} and entrusted and state <> 'void' and his_id is not null`);
  return rows.map((row) => row.his_id);
}
