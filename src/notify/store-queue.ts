import type { Queryable } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { Channel } from './channels/types.ts';
import type { MessageState } from './types.ts';

/* The queue of messages that leave the site. */

/** The night has come: what rings and is not urgent waits for the morning. */
export async function parkForMorning(db: Queryable, morning: Date): Promise<void> {
  await db.run(sql`
    update notify.message set state = 'waiting_for_morning', due_at = ${morning}
    where state = 'queued' and rings and not urgent`);
}

/** The morning has come: what waited may go. */
export async function wakeForDay(db: Queryable, at: Date): Promise<void> {
  await db.run(sql`
    update notify.message set state = 'queued'
    where state = 'waiting_for_morning' and due_at <= ${at}`);
}

export type ClaimedMessage = {
  id: string;
  channel: Channel;
  to_index: Buffer;
  sealed_to: Buffer;
  sealed_body: Buffer;
  tries: number;
  urgent: boolean;
  rings: boolean;
  is_over: boolean;
};

/**
 * Takes due messages for one try. Until `lost_at` nobody else takes them; if whoever took them dies
 * before noting the outcome, they are due again then. Those that would come too late are marked.
 * At night only what may go at night is taken.
 */
export async function claimDue(
  db: Queryable,
  input: { at: Date; lost_at: Date; limit: number; night?: boolean },
): Promise<ClaimedMessage[]> {
  return db.many(sql`
    with due as (
      select id from notify.message
      where state = 'queued' and due_at <= ${input.at}
        and (urgent or not rings or not ${input.night ?? false}::boolean)
      order by expires_at, due_at, id limit ${input.limit} for update skip locked
    )
    update notify.message m set tries = m.tries + 1, due_at = ${input.lost_at}
    from due where m.id = due.id
    returning m.id, m.channel, m.to_index, m.sealed_to, m.sealed_body, m.tries, m.urgent, m.rings,
      coalesce(m.expires_at <= ${input.at}, false) as is_over`);
}

export type Outcome = {
  id: string;
  /** The try it is the outcome of: a later try's is not overwritten by an earlier one's. */
  tries: number;
  state: MessageState;
  due_at: Date | null;
  failure: string | null;
};

/** Notes what became of tries, in one statement. */
export async function noteOutcomes(db: Queryable, outcomes: Outcome[], at: Date): Promise<void> {
  await db.run(sql`
    update notify.message m set state = r.state, due_at = coalesce(r.due_at, m.due_at),
      failure = r.failure, sent_at = case when r.state = 'sent' then ${at}::timestamptz end
    from json_to_recordset(${JSON.stringify(outcomes)}) as r(id uuid, tries int, state text,
      due_at timestamptz, failure text)
    where m.id = r.id and m.state in ('queued', 'waiting_for_morning')
      and (r.state = 'sent' or m.tries = r.tries)`);
}
