import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { Kind } from './templates.ts';
import type { SmsState } from './types.ts';

/* Notices, who read them, and short messages on their way. */

/** A notice ready to be stored; byte strings as hex, because rows travel as JSON. */
export type NoticeRow = {
  event_id: string;
  hospital_id: string | null;
  patient_id: string;
  kind: Kind;
  matter: string;
  sealed_title: string;
  sealed_text: string;
  link: string | null;
  accounts: number;
};

export type SmsRow = {
  event_id: string;
  phone_index: string;
  sealed_to: string;
  sealed_text: string;
  expires_at: string | null;
};

/**
 * Stores notices and their short messages in one statement. News that was told before, by the event
 * itself or by another of the same matter, is left out with its messages.
 * @returns how many notices were new.
 */
export async function insertNotices(
  tx: Tx,
  news: { notices: NoticeRow[]; sms: SmsRow[] },
  when: { at: Date; state: SmsState; due_at: Date },
): Promise<number> {
  const { made } = await tx.one<{ made: number }>(sql`
    with made as (
      insert into notify.notice (id, event_id, hospital_id, patient_id, kind, matter, sealed_title,
        sealed_text, link, accounts, created_at)
      select uuidv7(), event_id, hospital_id, patient_id, kind, matter, decode(sealed_title, 'hex'),
        decode(sealed_text, 'hex'), link, accounts, ${when.at}
      from json_to_recordset(${JSON.stringify(news.notices)}) as r(event_id uuid, hospital_id uuid,
        patient_id uuid, kind text, matter text, sealed_title text, sealed_text text, link text,
        accounts int)
      on conflict do nothing
      returning id, event_id
    ), sent as (
      insert into notify.sms_message (id, notice_id, phone_index, sealed_to, sealed_text, state,
        due_at, expires_at, created_at)
      select uuidv7(), m.id, decode(r.phone_index, 'hex'), decode(r.sealed_to, 'hex'),
        decode(r.sealed_text, 'hex'), ${when.state}, ${when.due_at}, r.expires_at, ${when.at}
      from json_to_recordset(${JSON.stringify(news.sms)}) as r(event_id uuid, phone_index text,
        sealed_to text, sealed_text text, expires_at timestamptz)
      join made m using (event_id)
    )
    select count(*) as made from made`);
  return made;
}

/** Which of these accounts do not want short messages. */
export async function accountsWithoutSms(db: Queryable, ids: string[]): Promise<Set<string>> {
  const rows = await db.many<{ account_id: string }>(sql`
    select account_id from notify.sms_choice
    where not wanted and account_id = any(${ids}::uuid[])`);
  return new Set(rows.map((row) => row.account_id));
}

export async function smsWanted(db: Queryable, account_id: string): Promise<boolean> {
  const row = await db.maybe<{ wanted: boolean }>(
    sql`select wanted from notify.sms_choice where account_id = ${account_id}`,
  );
  return row?.wanted ?? true;
}

export async function upsertSmsChoice(
  db: Queryable,
  choice: { account_id: string; wanted: boolean; at: Date },
): Promise<void> {
  await db.run(sql`
    insert into notify.sms_choice (account_id, wanted, changed_at)
    values (${choice.account_id}, ${choice.wanted}, ${choice.at})
    on conflict (account_id) do update set wanted = excluded.wanted, changed_at = excluded.changed_at`);
}

export type StoredNotice = {
  id: string;
  patient_id: string;
  kind: Kind;
  sealed_title: Buffer;
  sealed_text: Buffer;
  link: string | null;
  created_at: Date;
};

/** The newest notices of these patients, older than `before`, and whether the account read them. */
export async function noticesFor(
  db: Queryable,
  input: { account_id: string; patient_ids: string[]; before: string | null; limit: number },
): Promise<(StoredNotice & { read: boolean })[]> {
  return db.many(sql`
    select n.id, n.patient_id, n.kind, n.sealed_title, n.sealed_text, n.link, n.created_at,
      exists (select from notify.notice_read r
        where r.notice_id = n.id and r.account_id = ${input.account_id}) as read
    from notify.notice n
    where n.patient_id = any(${input.patient_ids}::uuid[])
      and (${input.before}::uuid is null or n.id < ${input.before}::uuid)
    order by n.id desc limit ${input.limit}`);
}

export async function countUnread(
  db: Queryable,
  account_id: string,
  patient_ids: string[],
): Promise<number> {
  const { unread } = await db.one<{ unread: number }>(sql`
    select count(*) as unread from notify.notice n
    where n.patient_id = any(${patient_ids}::uuid[]) and not exists (
      select from notify.notice_read r where r.notice_id = n.id and r.account_id = ${account_id})`);
  return unread;
}

/** Notes that an account read a notice of one of these patients; false when there is no such notice. */
export async function markRead(
  db: Queryable,
  input: { account_id: string; notice_id: string; patient_ids: string[]; at: Date },
): Promise<boolean> {
  const { found } = await db.one<{ found: boolean }>(sql`
    with notice as (
      select id from notify.notice
      where id = ${input.notice_id} and patient_id = any(${input.patient_ids}::uuid[])
    ), noted as (
      insert into notify.notice_read (account_id, notice_id, read_at)
      select ${input.account_id}, id, ${input.at} from notice on conflict do nothing
    )
    select exists (select from notice) as found`);
  return found;
}

/** A patient's notices from one hospital, newest first, each with what became of its messages. */
export async function noticesOfPatient(
  db: Queryable,
  input: { patient_id: string; hospital_id: string; limit: number },
): Promise<(StoredNotice & { read: boolean; sms: { state: SmsState; at: string }[] })[]> {
  return db.many(sql`
    select n.id, n.patient_id, n.kind, n.sealed_title, n.sealed_text, n.link, n.created_at,
      exists (select from notify.notice_read r where r.notice_id = n.id) as read,
      coalesce((select json_agg(json_build_object('state', m.state,
        'at', to_json(coalesce(m.sent_at, m.created_at))) order by m.id)
        from notify.sms_message m where m.notice_id = n.id), '[]') as sms
    from notify.notice n
    where n.patient_id = ${input.patient_id} and n.hospital_id = ${input.hospital_id}
    order by n.id desc limit ${input.limit}`);
}
