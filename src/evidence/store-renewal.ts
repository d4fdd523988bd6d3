import type { Queryable, Tx } from '../platform/db.ts';
import type { StoredEvent } from '../platform/outbox.ts';
import { sql } from '../platform/sql.ts';

/** Gives the log its new origin and key. */
export async function renameLog(tx: Tx, to: { origin: string; vkey: string }): Promise<void> {
  await tx.run(sql`update evidence.log set origin = ${to.origin}, vkey = ${to.vkey}`);
}

/** Moves the log's head without its cursor, for a leaf that was not read through the cursor. */
export async function moveHead(tx: Tx, to: { size: number; root: Uint8Array }): Promise<void> {
  await tx.run(sql`update evidence.log set size = ${to.size}, root = ${Buffer.from(to.root)}`);
}

export type NewRenewal = {
  old_origin: string;
  old_vkey: string;
  old_size: number;
  old_checkpoint: string;
  new_origin: string;
  new_vkey: string;
  event_id: string;
  at: Date;
};

export async function addRenewal(tx: Tx, renewal: NewRenewal): Promise<void> {
  const { old_origin, old_vkey, old_size, old_checkpoint, new_origin, new_vkey } = renewal;
  await tx.run(sql`
    insert into evidence.renewal (n, old_origin, old_vkey, old_size, old_checkpoint, new_origin,
      new_vkey, event_id, at)
    select coalesce(max(n), 0) + 1, ${old_origin}, ${old_vkey}, ${old_size}, ${old_checkpoint},
      ${new_origin}, ${new_vkey}, ${renewal.event_id}::uuid, ${renewal.at}::timestamptz
    from evidence.renewal`);
}

/** True when the log ever signed under this origin. */
export async function isKnownOrigin(tx: Tx, origin: string): Promise<boolean> {
  const { known } = await tx.one<{ known: boolean }>(sql`
    select exists (select from evidence.checkpoint where origin = ${origin}) as known`);
  return known;
}

export function readEvent(tx: Tx, id: string): Promise<StoredEvent> {
  return tx.one<StoredEvent>(sql`
    select tx::text, id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at
    from platform.event where id = ${id}`);
}

export type RenewalRow = Omit<NewRenewal, 'event_id'> & {
  n: number;
  new_checkpoint: string;
  /** The leaf of the renewal's event; null when it is gone. */
  index: number | null;
  /** The event itself; null when it is gone. */
  event: Omit<StoredEvent, 'tx' | 'occurred_at'> | null;
  occurred_at: Date | null;
};

/** Every renewal, oldest first. */
export function readRenewals(db: Queryable): Promise<RenewalRow[]> {
  return db.many<RenewalRow>(sql`
    select r.n, r.old_origin, r.old_vkey, r.old_size, r.old_checkpoint, r.new_origin, r.new_vkey, r.at,
      c.note as new_checkpoint, l.index, e.occurred_at,
      case when e.id is not null then json_build_object('id', e.id, 'hospital_id', e.hospital_id,
        'name', e.name, 'subject', e.subject, 'version', e.version, 'person_id', e.person_id,
        'actor', e.actor, 'payload', e.payload) end as event
    from evidence.renewal r
    join evidence.checkpoint c on c.origin = r.new_origin and c.size = r.old_size
    left join evidence.leaf l on l.event_id = r.event_id
    left join platform.event e on e.id = r.event_id
    order by r.n`);
}
