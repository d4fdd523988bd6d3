import type { Queryable } from '../../../src/platform/db.ts';
import type { Db } from '../../../src/platform/db.ts';
import { sql } from '../../../src/platform/sql.ts';

/** One account a person, made at once: signing 30,000 people in by code is not what is measured. */
export async function insertAccounts(
  db: Queryable,
  rows: readonly { account_id: string; patient_id: string; phone_index: string }[],
  of: { sealed_phone: Uint8Array; at: Date },
): Promise<void> {
  const { at } = of;
  await db.run(sql`
    with rows as (
      select * from json_to_recordset(${JSON.stringify(rows)}) as r(account_id uuid, patient_id uuid, phone_index text)
    ), accounts as (
      insert into identity.account (id, sealed_phone, phone_index, created_at)
      select account_id, ${Buffer.from(of.sealed_phone)}, decode(phone_index, 'hex'), ${at} from rows
    )
    insert into identity.related_person (account_id, patient_id, relation, created_at)
    select account_id, patient_id, 'self', ${at} from rows`);
}

/** Numbers with two owners, and acknowledged bookings that are not there. */
export async function sweep(
  db: Queryable,
  acknowledged: readonly string[],
): Promise<{ oversold: number; lost: number }> {
  return db.one(sql`
    select
      (select count(*)::int from (select from booking.appointment where is_active
        group by slot_id having count(*) > 1) twice) as oversold,
      (select count(*)::int from unnest(${[...acknowledged]}::uuid[]) id
        where not exists (select from booking.appointment a where a.id = id and a.is_active)) as lost`);
}

/**
 * The textbook booking: a transaction of its own for everyone, the session's row locked first. It
 * has neither events nor idempotency, which flatters it.
 */
export async function bookByRowLock(
  db: Db,
  input: { appointment_id: string; session_id: string; patient_id: string; at: Date },
): Promise<boolean> {
  const { appointment_id, session_id, patient_id, at } = input;
  return db.tx(async (tx) => {
    await tx.run(
      sql`select from booking.session_stock where session_id = ${session_id} for update`,
    );
    const slot = await tx.maybe<{ id: string }>(sql`
      select id from booking.slot where session_id = ${session_id} and is_free and pool = 'online'
      order by sequence limit 1`);
    if (!slot) return false;
    await tx.run(sql`
      insert into booking.appointment (hospital_id, id, session_id, slot_id, service_date, patient_id, ordinal,
        bookings_max, status, channel, booked_by, created_at, confirmed_at)
      select hospital_id, ${appointment_id}, session_id, id, service_date, ${patient_id}, 1, 1, 'booked', 'web',
        'bench', ${at}, ${at} from booking.slot where id = ${slot.id}`);
    await tx.run(sql`
      update booking.slot set state = 'booked', appointment_id = ${appointment_id}, version = version + 1
      where id = ${slot.id}`);
    return true;
  });
}
