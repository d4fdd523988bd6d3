import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { Kind } from './kinds.ts';

/* Calls to people whom no message reached. */

export const callOutcomes = ['reached', 'no_answer', 'wrong_number', 'no_phone'] as const;
export type CallOutcome = (typeof callOutcomes)[number];

export type Unreached = {
  id: string;
  patient_id: string;
  kind: Kind;
  sealed_title: Buffer;
  expires_at: Date | null;
  created_at: Date;
  calls: number;
  last_outcome: CallOutcome | null;
};

/**
 * News that must arrive and did not: no message arrived or may still, nobody read it in the site, and
 * whoever has an account had time to. Calls that settled it take it off.
 */
export async function unreached(
  db: Queryable,
  input: { hospital_id: string; at: Date; unread_since: Date; limit: number },
): Promise<Unreached[]> {
  return db.many<Unreached>(sql`
    select n.id, n.patient_id, n.kind, n.sealed_title, n.expires_at, n.created_at,
      coalesce(c.calls, 0) as calls, c.last_outcome
    from notify.notice n
    left join lateral (
      select count(*)::int as calls, (array_agg(o.outcome order by o.nth desc))[1] as last_outcome
      from notify.notice_call o where o.notice_id = n.id) c on true
    where n.hospital_id = ${input.hospital_id} and n.must_reach and n.over_at is null
      and n.created_at > ${input.at}::timestamptz - interval '14 days'
      and (n.expires_at is null or n.expires_at > ${input.at})
      and (n.accounts = 0 or n.created_at <= ${input.unread_since})
      and coalesce(c.last_outcome, 'no_answer') = 'no_answer'
      and not exists (select from notify.message m where m.notice_id = n.id and m.state <> 'failed')
      and not exists (select from notify.notice_read r where r.notice_id = n.id)
    order by n.expires_at nulls last, n.created_at, n.id limit ${input.limit}`);
}

export async function noticeOfHospital(
  db: Queryable,
  input: { notice_id: string; hospital_id: string },
): Promise<{ patient_id: string; sealed_text: Buffer } | undefined> {
  return db.maybe(sql`
    select patient_id, sealed_text from notify.notice
    where id = ${input.notice_id} and hospital_id = ${input.hospital_id} and must_reach`);
}

/** Notes one more call; undefined when the notice is not one to call about. Locks it, so that calls count up. */
export async function insertCall(
  tx: Tx,
  call: {
    id: string;
    notice_id: string;
    hospital_id: string;
    outcome: CallOutcome;
    actor: string;
    at: Date;
  },
): Promise<{ nth: number; patient_id: string } | undefined> {
  const notice = await tx.maybe<{ patient_id: string }>(sql`
    select patient_id from notify.notice
    where id = ${call.notice_id} and hospital_id = ${call.hospital_id} and must_reach for update`);
  if (!notice) return undefined;
  const { nth } = await tx.one<{ nth: number }>(sql`
    insert into notify.notice_call (id, notice_id, nth, outcome, called_by, called_at)
    select ${call.id}, ${call.notice_id}, 1 + count(*), ${call.outcome}, ${call.actor}, ${call.at}
    from notify.notice_call where notice_id = ${call.notice_id}
    returning nth`);
  return { ...notice, nth };
}
