import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type SlowCase = {
  id: string;
  room_id: string;
  account_id: string;
  patient_id: string;
  extra_s: number;
  opened_at: Date;
};

/** Opens the case of a slowed patient, or finds the one this room has. */
export async function openCase(
  tx: Tx,
  fresh: SlowCase,
): Promise<{ id: string; is_new: boolean; version: number }> {
  return tx.one(sql`
    insert into gate.slow_case (id, room_id, account_id, patient_id, extra_s, opened_at)
    values (${fresh.id}, ${fresh.room_id}, ${fresh.account_id}, ${fresh.patient_id},
      ${fresh.extra_s}, ${fresh.opened_at})
    on conflict (room_id, account_id, patient_id) do update set extra_s = excluded.extra_s
    returning id, id = ${fresh.id} as is_new, version`);
}

/** Whose case it is, when it is one of this account. */
export async function patientOfCase(
  tx: Tx,
  of: { case_id: string; account_id: string },
): Promise<string | undefined> {
  const row = await tx.maybe<{ patient_id: string }>(sql`
    select patient_id from gate.slow_case where id = ${of.case_id} and account_id = ${of.account_id}`);
  return row?.patient_id;
}

/** Stores the appeal of a case of this account; the first words stand. */
export async function saveAppeal(
  tx: Tx,
  appeal: { case_id: string; account_id: string; sealed_appeal: Uint8Array; at: Date },
): Promise<{ room_id: string; patient_id: string; version: number; is_new: boolean } | undefined> {
  return tx.maybe(sql`
    update gate.slow_case set
      sealed_appeal = coalesce(sealed_appeal, ${Buffer.from(appeal.sealed_appeal)}),
      appealed_at = coalesce(appealed_at, ${appeal.at}),
      version = version + (appealed_at is null)::int
    where id = ${appeal.case_id} and account_id = ${appeal.account_id}
    returning room_id, patient_id, version, appealed_at = ${appeal.at} as is_new`);
}

export type AppealedCase = {
  case_id: string;
  account_id: string;
  patient_id: string;
  extra_s: number;
  opened_at: Date;
  appealed_at: Date;
  sealed_appeal: Buffer;
};

/** The appeals of a hospital that nobody answered yet, oldest first. */
export function selectAppeals(db: Queryable, hospital_id: string): Promise<AppealedCase[]> {
  return db.many<AppealedCase>(sql`
    select c.id as case_id, c.account_id, c.patient_id, c.extra_s, c.opened_at, c.appealed_at, c.sealed_appeal
    from gate.slow_case c join gate.room r on r.id = c.room_id
    where r.hospital_id = ${hospital_id} and c.appealed_at is not null and c.answered_at is null
    order by c.appealed_at limit 200`);
}

/** Answers an appeal of the hospital once; undefined when there is none (any more). */
export async function saveAnswer(
  tx: Tx,
  answer: {
    case_id: string;
    hospital_id: string;
    upheld: boolean;
    sealed_answer: Uint8Array;
    answered_by: string;
    at: Date;
  },
): Promise<
  { room_id: string; account_id: string; patient_id: string; version: number } | undefined
> {
  return tx.maybe(sql`
    update gate.slow_case c set upheld = ${answer.upheld}, sealed_answer = ${Buffer.from(answer.sealed_answer)},
      answered_by = ${answer.answered_by}, answered_at = ${answer.at}, version = c.version + 1
    from gate.room r
    where c.id = ${answer.case_id} and r.id = c.room_id and r.hospital_id = ${answer.hospital_id}
      and c.appealed_at is not null and c.answered_at is null
    returning c.room_id, c.account_id, c.patient_id, c.version`);
}

export type OwnCase = {
  case_id: string;
  patient_id: string;
  extra_s: number;
  opened_at: Date;
  appealed_at: Date | null;
  upheld: boolean | null;
  sealed_answer: Buffer | null;
  answered_at: Date | null;
};

/** How often and how long an account was slowed, newest first. */
export function selectOwnCases(db: Queryable, account_id: string): Promise<OwnCase[]> {
  return db.many<OwnCase>(sql`
    select id as case_id, patient_id, extra_s, opened_at, appealed_at, upheld, sealed_answer, answered_at
    from gate.slow_case where account_id = ${account_id} order by opened_at desc limit 50`);
}
