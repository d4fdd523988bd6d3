import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { Channel, WechatTemplate } from './channels/types.ts';

/* Which ways accounts want, and where they are reached besides their phone. */

export type StoredContact = {
  account_id: string;
  channel: 'wechat' | 'email';
  sealed_to: Buffer;
  to_index: string;
};

/** What these accounts do not want, and their proven addresses; one statement. */
export async function contactsOf(
  db: Queryable,
  account_ids: string[],
): Promise<{ unwanted: Set<string>; contacts: Map<string, StoredContact[]> }> {
  const rows = await db.many<
    { account_id: string; channel: Channel } & (
      { sealed_to: null; to_index: null } | { sealed_to: Buffer; to_index: string }
    )
  >(sql`
    select account_id, channel, null::bytea as sealed_to, null as to_index from notify.channel_choice
    where not wanted and account_id = any(${account_ids}::uuid[])
    union all
    select account_id, channel, sealed_to, encode(to_index, 'hex') from notify.contact
    where confirmed_at is not null and account_id = any(${account_ids}::uuid[])`);
  const unwanted = new Set<string>();
  const contacts = new Map<string, StoredContact[]>();
  for (const row of rows) {
    if (row.sealed_to === null) unwanted.add(`${row.account_id} ${row.channel}`);
    else
      contacts.set(row.account_id, [
        ...(contacts.get(row.account_id) ?? []),
        { ...row, channel: row.channel as 'wechat' | 'email' },
      ]);
  }
  return { unwanted, contacts };
}

export type Choice = { channel: Channel; wanted: boolean };

export async function choicesOf(db: Queryable, account_id: string): Promise<Choice[]> {
  return db.many<Choice>(
    sql`select channel, wanted from notify.channel_choice where account_id = ${account_id}`,
  );
}

export async function upsertChoices(
  db: Queryable,
  input: { account_id: string; choices: Choice[]; at: Date },
): Promise<void> {
  await db.run(sql`
    insert into notify.channel_choice (account_id, channel, wanted, changed_at)
    select ${input.account_id}, channel, wanted, ${input.at}
    from json_to_recordset(${JSON.stringify(input.choices)}) as r(channel text, wanted boolean)
    on conflict (account_id, channel) do update set wanted = excluded.wanted,
      changed_at = excluded.changed_at`);
}

export type OwnContact = { channel: 'wechat' | 'email'; sealed_to: Buffer; confirmed: boolean };

/** An account's addresses and how many WeChat messages it still has allowed. */
export async function ownContacts(
  db: Queryable,
  account_id: string,
): Promise<{
  contacts: OwnContact[];
  grants: { template: WechatTemplate; left: number }[];
}> {
  const contacts = await db.many<OwnContact>(sql`
    select channel, sealed_to, confirmed_at is not null as confirmed from notify.contact
    where account_id = ${account_id}`);
  const grants = await db.many<{ template: WechatTemplate; left: number }>(sql`
    select template, granted - used as left from notify.wechat_grant
    where account_id = ${account_id}`);
  return { contacts, grants };
}

/** An address to be proven, or (with `confirmed_at`) one that WeChat itself vouches for. */
export async function upsertContact(
  db: Queryable,
  row: {
    account_id: string;
    channel: 'wechat' | 'email';
    sealed_to: Uint8Array;
    to_index: Uint8Array;
    confirmed_at: Date | null;
    code_index: Uint8Array | null;
    code_until: Date | null;
    at: Date;
  },
): Promise<void> {
  await db.run(sql`
    insert into notify.contact (account_id, channel, sealed_to, to_index, confirmed_at, code_index,
      code_until, created_at)
    values (${row.account_id}, ${row.channel}, ${row.sealed_to}, ${row.to_index}, ${row.confirmed_at},
      ${row.code_index}, ${row.code_until}, ${row.at})
    on conflict (account_id, channel) do update set sealed_to = excluded.sealed_to,
      to_index = excluded.to_index, confirmed_at = excluded.confirmed_at,
      code_index = excluded.code_index, code_until = excluded.code_until, code_tries = 0,
      created_at = excluded.created_at`);
}

/** Proves the e-mail address by its code; false when code, time or tries are wrong. Every try counts. */
export async function proveEmail(
  db: Queryable,
  input: { account_id: string; code_index: Uint8Array; at: Date },
): Promise<boolean> {
  const row = await db.maybe<{ proven: boolean }>(sql`
    update notify.contact set
      confirmed_at = case when code_index = ${input.code_index}::bytea then ${input.at}::timestamptz end,
      code_tries = code_tries + 1
    where account_id = ${input.account_id} and channel = 'email' and confirmed_at is null
      and code_until > ${input.at} and code_tries < 5
    returning confirmed_at is not null as proven`);
  return row?.proven ?? false;
}

export async function deleteContact(
  db: Queryable,
  account_id: string,
  channel: 'wechat' | 'email',
): Promise<void> {
  await db.run(
    sql`delete from notify.contact where account_id = ${account_id} and channel = ${channel}`,
  );
}

/** One tap each: adds what the person allowed. */
export async function addGrants(
  db: Queryable,
  account_id: string,
  templates: readonly WechatTemplate[],
): Promise<void> {
  await db.run(sql`
    insert into notify.wechat_grant (account_id, template, granted)
    select ${account_id}, template, 1 from unnest(${[...templates]}::text[]) as template
    on conflict (account_id, template) do update set granted = wechat_grant.granted + 1`);
}

/** WeChat says the person allowed no more: what we counted was wrong. */
export async function dropGrants(
  db: Queryable,
  refused: readonly { to_index: Buffer; template: string }[],
): Promise<void> {
  if (refused.length === 0) return;
  const rows = refused.map(({ to_index, template }) => ({
    to_index: to_index.toString('hex'),
    template,
  }));
  await db.run(sql`
    update notify.wechat_grant g set used = g.granted
    from json_to_recordset(${JSON.stringify(rows)}) as r(to_index text, template text)
    join notify.contact c on c.channel = 'wechat' and c.to_index = decode(r.to_index, 'hex')
    where g.account_id = c.account_id and g.template = r.template`);
}

/** Everything that is kept for an account, destroyed with it. */
export async function deleteAccountTraces(tx: Tx, account_id: string): Promise<void> {
  for (const statement of [
    sql`delete from notify.contact where account_id = ${account_id}`,
    sql`delete from notify.channel_choice where account_id = ${account_id}`,
    sql`delete from notify.wechat_grant where account_id = ${account_id}`,
    sql`delete from notify.notice_read where account_id = ${account_id}`,
  ])
    await tx.run(statement);
}
