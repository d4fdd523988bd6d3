import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';

/* What people ask about their data, closing of accounts, and reads for an export. */

export type NewRequest = {
  id: string;
  kind: 'export' | 'correction' | 'deletion' | 'objection';
  account_id: string;
  patient_id: string | null;
  matter: string;
  sealed_text: Uint8Array | null;
  state: 'open' | 'done';
  at: Date;
  due_at: Date;
};

export async function insertRequest(tx: Tx, one: NewRequest): Promise<void> {
  const answered_at = one.state === 'open' ? null : one.at;
  await tx.run(sql`
    insert into identity.data_request (id, kind, account_id, patient_id, matter, sealed_text, state,
      asked_at, due_at, answered_at, answered_by)
    values (${one.id}, ${one.kind}, ${one.account_id}, ${one.patient_id}, ${one.matter},
      ${one.sealed_text}, ${one.state}, ${one.at}, ${one.due_at}, ${answered_at},
      ${answered_at === null ? null : 'system'})`);
}

export type StoredRequest = {
  request_id: string;
  kind: string;
  account_id: string;
  patient_id: string | null;
  matter: string;
  sealed_text: Buffer | null;
  state: string;
  asked_at: Date;
  due_at: Date;
  answered_at: Date | null;
  sealed_answer: Buffer | null;
};

export async function requestsOf(db: Queryable, account_id: string): Promise<StoredRequest[]> {
  return db.many(sql`
    select id as request_id, kind, account_id, patient_id, matter, sealed_text, state, asked_at,
      due_at, answered_at, sealed_answer
    from identity.data_request where account_id = ${account_id}
    order by asked_at desc, id desc limit 100`);
}

/** Open requests, the most urgent first. */
export async function openRequests(db: Queryable): Promise<StoredRequest[]> {
  return db.many(sql`
    select id as request_id, kind, account_id, patient_id, matter, sealed_text, state, asked_at,
      due_at, answered_at, sealed_answer
    from identity.data_request where state = 'open' order by due_at, id limit 200`);
}

export async function readOpenRequest(tx: Tx, id: string): Promise<StoredRequest | undefined> {
  return tx.maybe(sql`
    select id as request_id, kind, account_id, patient_id, matter, sealed_text, state, asked_at,
      due_at, answered_at, sealed_answer
    from identity.data_request where id = ${id} and state = 'open' for update`);
}

export async function answerRequest(
  tx: Tx,
  answer: {
    id: string;
    state: 'done' | 'refused';
    sealed_answer: Uint8Array | null;
    by: string;
    at: Date;
  },
): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`
    update identity.data_request set state = ${answer.state}, answered_at = ${answer.at},
      answered_by = ${answer.by}, sealed_answer = ${answer.sealed_answer}, version = version + 1
    where id = ${answer.id} returning version`);
  return version;
}

/** The open objection to a decision, so that asking twice asks once. */
export async function openObjection(
  tx: Tx,
  of: { account_id: string; matter: string },
): Promise<string | undefined> {
  const row = await tx.maybe<{ id: string }>(sql`
    select id from identity.data_request where account_id = ${of.account_id}
      and kind = 'objection' and matter = ${of.matter} limit 1`);
  return row?.id;
}

/** Empties an account and ends what hangs on it; false when it was closed before. */
export async function closeAccountRow(
  tx: Tx,
  account: { id: string; chance: Uint8Array; at: Date },
): Promise<{ phone_index: Buffer } | undefined> {
  const { id, at } = account;
  const row = await tx.maybe<{ phone_index: Buffer }>(sql`
    select phone_index from identity.account where id = ${id} and closed_at is null for update`);
  if (!row) return undefined;
  await tx.run(sql`update identity.account set sealed_phone = '', phone_index = ${account.chance},
    closed_at = ${at} where id = ${id}`);
  await tx.run(sql`delete from identity.sign_in_code where phone_index = ${row.phone_index}`);
  // A message names in its first bytes whose key sealed it: the phone's.
  await tx.run(sql`delete from identity.outbox_message
    where substring(sealed_to from 4 for 16) = substring(${row.phone_index}::bytea for 16)`);
  await tx.run(sql`update identity.related_person set ended_at = ${at}
    where account_id = ${id} and ended_at is null`);
  await tx.run(sql`update identity.session set ended_at = ${at}, user_agent = ''
    where account_id = ${id} and ended_at is null`);
  await tx.run(sql`update identity.consent set withdrawn_at = ${at}, version = version + 1
    where account_id = ${id} and withdrawn_at is null and replaced_at is null`);
  return row;
}

/** What identity itself keeps of a person, for a copy: links, checks, agreements, staff who read. */
export async function factsOfPerson(
  db: Queryable,
  patient_id: string,
): Promise<Record<string, unknown>> {
  return db.one(sql`
    select
      (select coalesce(json_agg(json_build_object('relation', relation, 'since', created_at,
        'until', ended_at) order by created_at), '[]') from identity.related_person
        where patient_id = ${patient_id}) as accounts,
      (select coalesce(json_agg(json_build_object('method', method, 'result', result, 'source', source,
        'at', checked_at) order by checked_at), '[]') from identity.real_name_check
        where patient_id = ${patient_id}) as real_name_checks,
      (select coalesce(json_agg(json_build_object('purpose', purpose, 'version', text_version,
        'given_at', given_at, 'withdrawn_at', withdrawn_at) order by given_at), '[]')
        from identity.consent where patient_id = ${patient_id}) as consents,
      (select coalesce(json_agg(json_build_object('kind', kind, 'matter', matter, 'state', state,
        'asked_at', asked_at, 'answered_at', answered_at) order by asked_at), '[]')
        from identity.data_request where patient_id = ${patient_id}) as requests,
      (select coalesce(json_agg(json_build_object('at', occurred_at, 'by', split_part(actor, ':', 1),
        'purpose', payload ->> 'purpose') order by occurred_at), '[]')
        from platform.event where person_id = ${patient_id} and name = 'identity.patient.read')
        as read_by_staff`);
}

/** Persons whose records were merged into this one. */
export async function mergedInto(tx: Tx, patient_id: string): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    select id from identity.patient where merged_into = ${patient_id} and erased_at is null`);
  return rows.map((row) => row.id);
}
