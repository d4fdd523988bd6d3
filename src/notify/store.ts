import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { Channel, WechatTemplate } from './channels/types.ts';
import type { Kind } from './kinds.ts';
import type { MessageState } from './types.ts';

/* Notices, who read them, and the messages that go out with them. */

/** A notice ready to be stored; byte strings as hex, because rows travel as JSON. */
export type NoticeRow = {
  event_id: string;
  hospital_id: string | null;
  patient_id: string;
  kind: Kind;
  matter: string;
  appointment_id: string | null;
  sealed_title: string;
  sealed_text: string;
  link: string | null;
  accounts: number;
  expires_at: string | null;
  must_reach: boolean;
};

export type MessageRow = {
  event_id: string;
  patient_id: string;
  channel: Channel;
  to_index: string;
  sealed_to: string;
  sealed_body: string;
  state: MessageState;
  urgent: boolean;
  rings: boolean;
  due_at: string;
  expires_at: string | null;
  /** Whose WeChat grant it uses. */
  account_id: string | null;
  wechat: WechatTemplate | null;
};

/**
 * Stores notices and their messages in one statement. News that was told before, by the event itself
 * or by another of the same matter, is left out with its messages. A WeChat message takes one of its
 * account's grants, and is left out when none is left. Later news of a visit ends the reminder to pay.
 * @returns how many notices were new.
 */
export async function insertNotices(
  tx: Tx,
  news: { notices: NoticeRow[]; messages: MessageRow[] },
  at: Date,
): Promise<number> {
  const { made } = await tx.one<{ made: number }>(sql`
    with row as materialized (
      select * from json_to_recordset(${JSON.stringify(news.notices)}) as r(event_id uuid, hospital_id uuid,
        patient_id uuid, kind text, matter text, appointment_id uuid, sealed_title text, sealed_text text,
        link text, accounts int, expires_at timestamptz, must_reach boolean)
    ), ended as (
      update notify.notice n set over_at = ${at} from row r
      where n.appointment_id = r.appointment_id and n.kind = 'to_pay' and n.over_at is null
        and r.kind <> 'to_pay'
    ), made as (
      insert into notify.notice (id, event_id, hospital_id, patient_id, kind, matter, appointment_id,
        sealed_title, sealed_text, link, accounts, expires_at, must_reach, over_at, created_at)
      select uuidv7(), event_id, hospital_id, patient_id, kind, matter, appointment_id,
        decode(sealed_title, 'hex'), decode(sealed_text, 'hex'), link, accounts, expires_at, must_reach,
        -- Held and booked in one chunk of news.
        case when r.kind = 'to_pay' and exists (select from row o
          where o.appointment_id = r.appointment_id and o.kind <> 'to_pay') then ${at}::timestamptz end, ${at}
      from row r
      on conflict do nothing
      returning id, event_id, patient_id, over_at
    ), going as (
      select r.*, m.id as notice_id,
        row_number() over (partition by r.account_id, r.wechat order by m.id) as nth
      from json_to_recordset(${JSON.stringify(news.messages)}) as r(event_id uuid, patient_id uuid,
        channel text, to_index text, sealed_to text, sealed_body text, state text, urgent boolean,
        rings boolean, due_at timestamptz, expires_at timestamptz, account_id uuid, wechat text)
      join made m using (event_id, patient_id)
      where m.over_at is null
    ), granted as (
      select g.notice_id, g.account_id, g.wechat from going g
      join notify.wechat_grant w on w.account_id = g.account_id and w.template = g.wechat
      where g.channel = 'wechat' and g.nth <= w.granted - w.used
    ), used as (
      update notify.wechat_grant w set used = w.used + u.taken
      from (select account_id, wechat, count(*)::int as taken from granted group by account_id, wechat) u
      where w.account_id = u.account_id and w.template = u.wechat
    ), sent as (
      insert into notify.message (id, notice_id, channel, to_index, sealed_to, sealed_body, state, urgent,
        rings, due_at, expires_at, created_at)
      select uuidv7(), g.notice_id, g.channel, decode(g.to_index, 'hex'), decode(g.sealed_to, 'hex'),
        decode(g.sealed_body, 'hex'), g.state, g.urgent, g.rings, g.due_at, g.expires_at, ${at}
      from going g
      where g.channel <> 'wechat' or exists (select from granted h
        where h.notice_id = g.notice_id and h.account_id = g.account_id)
      on conflict do nothing
    )
    select count(*) as made from made`);
  return made;
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
  input: {
    account_id: string;
    patient_ids: string[];
    before: string | null;
    limit: number;
    at: Date;
  },
): Promise<(StoredNotice & { read: boolean })[]> {
  return db.many(sql`
    select n.id, n.patient_id, n.kind, n.sealed_title, n.sealed_text, n.link, n.created_at,
      exists (select from notify.notice_read r
        where r.notice_id = n.id and r.account_id = ${input.account_id}) as read
    from notify.notice n
    where n.patient_id = any(${input.patient_ids}::uuid[]) and n.over_at is null
      and (n.kind <> 'to_pay' or n.expires_at > ${input.at})
      and (${input.before}::uuid is null or n.id < ${input.before}::uuid)
    order by n.id desc limit ${input.limit}`);
}

export async function countUnread(
  db: Queryable,
  input: { account_id: string; patient_ids: string[]; at: Date },
): Promise<number> {
  const { account_id, patient_ids } = input;
  const { unread } = await db.one<{ unread: number }>(sql`
    select count(*) as unread from notify.notice n
    where n.patient_id = any(${patient_ids}::uuid[]) and n.over_at is null
      and (n.kind <> 'to_pay' or n.expires_at > ${input.at}) and not exists (
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
): Promise<
  (StoredNotice & { read: boolean; sms: { channel: Channel; state: MessageState; at: string }[] })[]
> {
  return db.many(sql`
    select n.id, n.patient_id, n.kind, n.sealed_title, n.sealed_text, n.link, n.created_at,
      exists (select from notify.notice_read r where r.notice_id = n.id) as read,
      coalesce((select json_agg(json_build_object('channel', m.channel, 'state', m.state,
        'at', to_json(coalesce(m.sent_at, m.created_at))) order by m.id)
        from notify.message m where m.notice_id = n.id), '[]') as sms
    from notify.notice n
    where n.patient_id = ${input.patient_id} and n.hospital_id = ${input.hospital_id}
    order by n.id desc limit ${input.limit}`);
}

/** Two records turned out to be one person, who keeps the notices of both. */
export async function movePatientNotices(
  tx: Tx,
  people: { from: string; into: string },
): Promise<void> {
  await tx.run(sql`
    update notify.notice n set patient_id = ${people.into}
    where n.patient_id = ${people.from} and not exists (select from notify.notice o
      where o.patient_id = ${people.into} and (o.matter = n.matter or o.event_id = n.event_id))`);
}
