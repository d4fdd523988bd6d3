import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type ReviewRow = {
  id: string;
  hospital_id: string;
  draw_group: string;
  patient_id: string;
  sealed_record: Buffer;
  submitted_by: string;
  submitted_at: Date;
  due_at: Date;
  state: 'waiting' | 'accepted' | 'refused' | 'appealed';
  decided_by: string | null;
  decided_at: Date | null;
  reason: string | null;
  other_service_id: string | null;
  sealed_appeal: Buffer | null;
  version: number;
};

/** An accepted record counts for so many days. */
const accepted_days = 90;

export async function hasAcceptedReview(
  db: Queryable,
  input: { hospital_id: string; draw_group: string; patient_id: string; at: Date },
): Promise<boolean> {
  const row = await db.one<{ found: boolean }>(sql`
    select exists (select from release.pre_review
      where patient_id = ${input.patient_id} and hospital_id = ${input.hospital_id}
        and draw_group = ${input.draw_group} and state = 'accepted'
        and decided_at > ${new Date(input.at.getTime() - accepted_days * 86_400_000)}) as found`);
  return row.found;
}

/** False when a record of this person is under review already. */
export async function insertReview(
  tx: Tx,
  row: Pick<
    ReviewRow,
    'id' | 'hospital_id' | 'draw_group' | 'patient_id' | 'submitted_by' | 'submitted_at' | 'due_at'
  > & { sealed_record: string },
): Promise<boolean> {
  const made = await tx.run(sql`
    insert into release.pre_review (id, hospital_id, draw_group, patient_id, sealed_record, submitted_by, submitted_at, due_at)
    values (${row.id}, ${row.hospital_id}, ${row.draw_group}, ${row.patient_id}, decode(${row.sealed_record}, 'hex'),
      ${row.submitted_by}, ${row.submitted_at}, ${row.due_at}) on conflict do nothing`);
  return made === 1;
}

export async function reviewsOfPatients(
  db: Queryable,
  patient_ids: string[],
): Promise<ReviewRow[]> {
  return db.many<ReviewRow>(sql`
    select * from release.pre_review where patient_id = any(${patient_ids}::uuid[])
    order by submitted_at desc limit 50`);
}

export async function openReviews(db: Queryable, hospital_id: string): Promise<ReviewRow[]> {
  return db.many<ReviewRow>(sql`
    select * from release.pre_review where hospital_id = ${hospital_id} and state in ('waiting', 'appealed')
    order by due_at limit 200`);
}

export async function reviewById(db: Queryable, id: string): Promise<ReviewRow | undefined> {
  return db.maybe<ReviewRow>(sql`select * from release.pre_review where id = ${id}`);
}

export async function decideReview(
  tx: Tx,
  input: {
    id: string;
    hospital_id: string;
    state: 'accepted' | 'refused';
    decided_by: string;
    at: Date;
    reason: string | null;
    other_service_id: string | null;
  },
): Promise<ReviewRow | undefined> {
  return tx.maybe<ReviewRow>(sql`
    update release.pre_review set state = ${input.state}, decided_by = ${input.decided_by}, decided_at = ${input.at},
      reason = ${input.reason}, other_service_id = ${input.other_service_id}, version = version + 1
    where id = ${input.id} and hospital_id = ${input.hospital_id} and state in ('waiting', 'appealed')
      -- An appeal is decided by somebody else.
      and decided_by is distinct from ${input.decided_by}
    returning *`);
}

export async function appealReview(
  tx: Tx,
  input: { id: string; sealed_appeal: string; due_at: Date },
): Promise<ReviewRow | undefined> {
  return tx.maybe<ReviewRow>(sql`
    update release.pre_review set state = 'appealed', sealed_appeal = decode(${input.sealed_appeal}, 'hex'),
      due_at = ${input.due_at}, version = version + 1
    where id = ${input.id} and state = 'refused' and sealed_appeal is null returning *`);
}
