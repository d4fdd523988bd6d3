import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';

export type AppealRow = {
  id: string;
  hospital_id: string;
  restriction_id: string;
  patient_id: string;
  sealed_text: Buffer;
  appealed_at: Date;
  due_at: Date;
  state: 'open' | 'upheld' | 'refused';
  sealed_answer: Buffer | null;
  version: number;
};

/** False when an appeal against the restriction waits already. */
export async function insertAppeal(
  tx: Tx,
  row: Pick<
    AppealRow,
    'id' | 'hospital_id' | 'restriction_id' | 'patient_id' | 'appealed_at' | 'due_at'
  > & { sealed_text: Uint8Array; appealed_by: string },
): Promise<boolean> {
  const written = await tx.run(sql`
    insert into booking.restriction_appeal (id, hospital_id, restriction_id, patient_id,
      sealed_text, appealed_by, appealed_at, due_at)
    values (${row.id}, ${row.hospital_id}, ${row.restriction_id}, ${row.patient_id},
      ${Buffer.from(row.sealed_text)}, ${row.appealed_by}, ${row.appealed_at}, ${row.due_at})
    on conflict (restriction_id) where state = 'open' do nothing`);
  return written === 1;
}

export async function openAppeals(db: Queryable, hospital_id: string): Promise<AppealRow[]> {
  return db.many<AppealRow>(sql`
    select id, hospital_id, restriction_id, patient_id, sealed_text, appealed_at, due_at, state,
      sealed_answer, version from booking.restriction_appeal
    where hospital_id = ${hospital_id} and state = 'open' order by due_at, id limit 200`);
}

export async function appealsOf(
  db: Queryable,
  restriction_ids: readonly string[],
): Promise<AppealRow[]> {
  return db.many<AppealRow>(sql`
    select id, hospital_id, restriction_id, patient_id, sealed_text, appealed_at, due_at, state,
      sealed_answer, version from booking.restriction_appeal
    where restriction_id = any(${restriction_ids}::uuid[]) order by appealed_at desc, id desc`);
}

export async function lockAppeal(
  tx: Tx,
  input: { id: string; hospital_id: string },
): Promise<AppealRow | undefined> {
  return tx.maybe<AppealRow>(sql`
    select id, hospital_id, restriction_id, patient_id, sealed_text, appealed_at, due_at, state,
      sealed_answer, version from booking.restriction_appeal
    where id = ${input.id} and hospital_id = ${input.hospital_id} for update`);
}

/**
 * Whether somebody had a part in a restriction before: they recorded one of the no-shows it counts, or
 * answered an earlier appeal against it. The rows and events this reads are written and never changed.
 */
export async function hadPart(
  tx: Tx,
  input: { appeal_id: string; restriction_id: string; actor: string },
): Promise<boolean> {
  const { had } = await tx.one<{ had: boolean }>(sql`
    select exists (select from booking.restriction_appeal p where p.restriction_id = ${input.restriction_id}
        and p.id <> ${input.appeal_id} and p.decided_by = ${input.actor})
      or exists (select from booking.restriction r join booking.appointment a on a.id = any(r.counted)
        join platform.event e on e.subject = 'slot:' || a.slot_id and e.name = 'booking.visit.no-show'
          and e.payload ->> 'appointment_id' = a.id::text
        where r.id = ${input.restriction_id} and e.actor = ${input.actor}) as had`);
  return had;
}

export async function decideAppealRow(
  tx: Tx,
  input: { id: string; upheld: boolean; sealed_answer: Uint8Array; actor: string; at: Date },
): Promise<{ version: number }> {
  return tx.one<{ version: number }>(sql`
    update booking.restriction_appeal set state = ${input.upheld ? 'upheld' : 'refused'},
      sealed_answer = ${Buffer.from(input.sealed_answer)}, decided_by = ${input.actor},
      decided_at = ${input.at}, version = version + 1
    where id = ${input.id} and state = 'open' returning version`);
}
