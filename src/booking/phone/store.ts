import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';

export type NewCall = {
  id: string;
  hospital_id: string;
  /** Hex. */
  caller_index: string;
  patient_id: string;
  appointment_id: string;
  sealed_note: Uint8Array | null;
  actor: string;
  at: Date;
};

/** Notes a call once a booking; false when it was noted before. */
export async function insertCall(tx: Tx, call: NewCall): Promise<boolean> {
  const made = await tx.run(sql`
    insert into booking.phone_call (id, hospital_id, caller_index, patient_id, appointment_id, sealed_note,
      taken_by, taken_at)
    values (${call.id}, ${call.hospital_id}, decode(${call.caller_index}, 'hex'), ${call.patient_id},
      ${call.appointment_id}, ${call.sealed_note}, ${call.actor}, ${call.at})
    on conflict on constraint phone_call_appointment do nothing`);
  return made === 1;
}

/** For how many persons a number has called since a moment. */
export async function countPeople(
  db: Queryable,
  caller: { hospital_id: string; caller_index: string; since: Date },
): Promise<number> {
  const { people } = await db.one<{ people: number }>(sql`
    select count(distinct patient_id)::int as people from booking.phone_call
    where hospital_id = ${caller.hospital_id} and caller_index = decode(${caller.caller_index}, 'hex')
      and taken_at > ${caller.since}`);
  return people;
}

export type CallerRow = { caller: string; people: number; calls: number; last_at: Date };

/** Numbers that called for many persons, most persons first. */
export function selectCallers(
  db: Queryable,
  input: { hospital_id: string; since: Date; people_min: number },
): Promise<CallerRow[]> {
  return db.many<CallerRow>(sql`
    select encode(caller_index, 'hex') as caller, count(distinct patient_id)::int as people,
      count(*)::int as calls, max(taken_at) as last_at
    from booking.phone_call where hospital_id = ${input.hospital_id} and taken_at > ${input.since}
    group by caller_index having count(distinct patient_id) >= ${input.people_min}
    order by people desc, last_at desc limit 100`);
}

/** What was noted at the calls for a person in a hospital, the newest first. */
export function selectNotes(
  db: Queryable,
  input: { hospital_id: string; patient_id: string },
): Promise<{ appointment_id: string; taken_at: Date; sealed_note: Buffer | null }[]> {
  return db.many(sql`
    select appointment_id, taken_at, sealed_note from booking.phone_call
    where hospital_id = ${input.hospital_id} and patient_id = ${input.patient_id}
    order by taken_at desc limit 20`);
}
