import type { Queryable, Tx } from '../platform/db.ts';
import type { StoredEvent } from '../platform/outbox.ts';
import { sql } from '../platform/sql.ts';

/** From here on the transaction sees one moment, and cannot write. */
export async function freeze(tx: Tx): Promise<void> {
  await tx.run(sql`set transaction isolation level repeatable read, read only`);
}

export type LoggedRow = Omit<StoredEvent, 'id'> & {
  index: number;
  event_id: string;
  data: Buffer;
  /** Null when the leaf's event is gone. */
  id: string | null;
};

/** Leaves with their events, in the log's order. */
export function readLogged(db: Queryable, index: number, limit: number): Promise<LoggedRow[]> {
  return db.many<LoggedRow>(sql`
    select l.index, l.event_id, l.data, e.tx::text, e.id, e.hospital_id, e.name, e.subject,
      e.version, e.person_id, e.actor, e.payload, e.occurred_at
    from evidence.leaf l left join platform.event e on e.id = l.event_id
    where l.index >= ${index} order by l.index limit ${limit}`);
}

export type Reach = { missing: string[]; missing_count: number; pending: number; waiting: number };

/** Events the sequencer has passed that have no leaf and do not wait; events it has not read yet. */
export function readReach(db: Queryable): Promise<Reach> {
  return db.one<Reach>(sql`
    with unlogged as (
      select e.tx, e.id, (e.tx, e.id) <= (s.tx, s.id) as is_passed, w.event_id is not null as waits
      from platform.event e
      cross join (select tx, id from platform.subscription where name = 'evidence') s
      left join evidence.early_event w on w.event_id = e.id
      where not exists (select from evidence.leaf l where l.event_id = e.id)
    )
    select (count(*) filter (where is_passed and not waits))::int as missing_count,
      (count(*) filter (where not is_passed))::int as pending,
      (count(*) filter (where waits))::int as waiting,
      array(select id::text from unlogged where is_passed and not waits order by tx, id limit 20) as missing
    from unlogged`);
}

export type Gap = { subject: string; lowest: number; highest: number; events: number };

/** Subjects whose events do not count 1, 2, 3 … without a gap. */
export function readGaps(db: Queryable): Promise<Gap[]> {
  return db.many<Gap>(sql`
    select subject, min(version) as lowest, max(version) as highest, count(*)::int as events
    from platform.event group by subject
    having min(version) <> 1 or count(*) <> max(version) order by subject limit 50`);
}

/** Leaves that come before a lower version of their own subject. */
export function readDisorder(
  db: Queryable,
): Promise<{ index: number; subject: string; version: number }[]> {
  return db.many(sql`
    select index, subject, version from (
      select l.index, e.subject, e.version,
        lag(e.version) over (partition by e.subject order by l.index) as before
      from evidence.leaf l join platform.event e on e.id = l.event_id) t
    where before > version order by index limit 50`);
}
