import type { Queryable, Tx } from '../platform/db.ts';
import type { StoredEvent } from '../platform/outbox.ts';
import { sql } from '../platform/sql.ts';

const SEQUENCER_LOCK = 7263002;
const CURSOR = 'evidence';

/** Holds the cluster's one sequencer until the transaction ends; `wait` false gives up at once. */
export async function lockSequencer(tx: Tx, wait: boolean): Promise<boolean> {
  if (!wait) {
    const { mine } = await tx.one<{ mine: boolean }>(
      sql`select pg_try_advisory_xact_lock(${SEQUENCER_LOCK}) as mine`,
    );
    return mine;
  }
  await tx.run(sql`select pg_advisory_xact_lock(${SEQUENCER_LOCK})`);
  return true;
}

export type LogState = {
  origin: string;
  vkey: string;
  size: number;
  root: Buffer;
  cursor_tx: string;
  cursor_id: string;
  checkpoint_size: number;
  checkpoint_at: Date;
  has_early: boolean;
};

/** Where the log stands; undefined before its first start. */
export function readLogState(db: Queryable): Promise<LogState | undefined> {
  return db.maybe<LogState>(sql`
    select l.origin, l.vkey, l.size, l.root, s.tx::text as cursor_tx, s.id as cursor_id,
      c.size as checkpoint_size, c.signed_at as checkpoint_at,
      exists (select from evidence.early_event) as has_early
    from evidence.log l
    join platform.subscription s on s.name = ${CURSOR}
    cross join lateral (select size, signed_at from evidence.checkpoint
      where origin = l.origin order by size desc limit 1) c`);
}

export async function beginLog(
  tx: Tx,
  log: { origin: string; vkey: string; root: Uint8Array },
): Promise<void> {
  await tx.run(sql`insert into evidence.log (origin, vkey, size, root)
    values (${log.origin}, ${log.vkey}, 0, ${Buffer.from(log.root)})`);
  await tx.run(sql`insert into platform.subscription (name) values (${CURSOR})
    on conflict do nothing`);
}

/** Events after the cursor whose transactions, and all older ones, have ended. */
export function readEventsAfter(tx: Tx, state: LogState, limit: number): Promise<StoredEvent[]> {
  return tx.many<StoredEvent>(sql`
    select tx::text, id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at
    from platform.event
    where (tx, id) > (${state.cursor_tx}::xid8, ${state.cursor_id}::uuid)
      and tx < pg_snapshot_xmin(pg_current_snapshot())
    -- Qualified: a bare tx would mean the text above, by which 1000 comes before 999.
    order by event.tx, event.id limit ${limit}`);
}

/** The last logged version of these subjects; a subject without a leaf is absent. */
export async function readSubjects(tx: Tx, subjects: string[]): Promise<Map<string, number>> {
  const rows = await tx.many<{ subject: string; version: number }>(sql`
    -- One by one: a list of thousands makes the planner read the whole table.
    select s.subject, s.version from unnest(${subjects}::text[]) asked(subject) cross join lateral (
      select l.subject, l.version from evidence.subject l where l.subject = asked.subject limit 1) s`);
  return new Map(rows.map((row) => [row.subject, row.version]));
}

/** Events of these subjects that wait for a predecessor. */
export function readEarly(tx: Tx, subjects: string[]): Promise<StoredEvent[]> {
  return tx.many<StoredEvent>(sql`
    select e.tx::text, e.id, e.hospital_id, e.name, e.subject, e.version, e.person_id, e.actor,
      e.payload, e.occurred_at
    from evidence.early_event w join platform.event e on e.id = w.event_id
    where w.subject = any(${subjects})`);
}

/** How many events wait for a predecessor that is not in the log; above 0 for long, a gap. */
export async function countWaiting(db: Queryable): Promise<number> {
  const { waiting } = await db.one<{ waiting: number }>(
    sql`select count(*)::int as waiting from evidence.early_event`,
  );
  return waiting;
}

export async function addEarly(tx: Tx, events: readonly StoredEvent[]): Promise<void> {
  await tx.run(sql`
    insert into evidence.early_event (subject, version, event_id)
    select * from unnest(${events.map((event) => event.subject)}::text[],
      ${events.map((event) => event.version)}::int[], ${events.map((event) => event.id)}::uuid[])`);
}

export async function removeEarly(tx: Tx, event_ids: string[]): Promise<void> {
  await tx.run(sql`delete from evidence.early_event where event_id = any(${event_ids}::uuid[])`);
}

/** Appends leaves from `index` on. Their data is always text, so it travels as text. */
export async function addLeaves(
  tx: Tx,
  index: number,
  leaves: { event_ids: string[]; data: string[] },
): Promise<void> {
  await tx.run(sql`
    insert into evidence.leaf (index, event_id, data)
    select ${index}::bigint + r.place - 1, r.event_id, convert_to(r.data, 'UTF8')
    from unnest(${leaves.event_ids}::uuid[], ${leaves.data}::text[])
      with ordinality as r(event_id, data, place)
    order by r.place`);
}

export async function moveSubjects(tx: Tx, versions: ReadonlyMap<string, number>): Promise<void> {
  await tx.run(sql`
    insert into evidence.subject (subject, version)
    select * from unnest(${[...versions.keys()]}::text[], ${[...versions.values()]}::int[])
    on conflict (subject) do update set version = excluded.version`);
}

export type TileRow = { level: number; index: number; hashes: Uint8Array; root: Uint8Array };

export async function addTiles(tx: Tx, tiles: readonly TileRow[]): Promise<void> {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  await tx.run(sql`
    insert into evidence.tile (level, index, hashes, root)
    select level, index, decode(hashes, 'hex'), decode(root, 'hex')
    from unnest(${tiles.map((tile) => tile.level)}::int[], ${tiles.map((tile) => tile.index)}::bigint[],
      ${tiles.map((tile) => hex(tile.hashes))}::text[], ${tiles.map((tile) => hex(tile.root))}::text[])
      as r(level, index, hashes, root)`);
}

export async function moveLog(
  tx: Tx,
  to: { size: number; root: Uint8Array; cursor_tx: string; cursor_id: string },
): Promise<void> {
  await tx.run(sql`update evidence.log set size = ${to.size}, root = ${Buffer.from(to.root)}`);
  await tx.run(sql`update platform.subscription set tx = ${to.cursor_tx}::xid8, id = ${to.cursor_id}
    where name = ${CURSOR}`);
}

/** Hash bytes of a full tile. */
export async function readFullTile(
  db: Queryable,
  level: number,
  index: number,
): Promise<Uint8Array | undefined> {
  const row = await db.maybe<{ hashes: Buffer }>(
    sql`select hashes from evidence.tile where level = ${level} and index = ${index}`,
  );
  return row?.hashes;
}

/** Roots of the full tiles of one level, from `index` on, at most `count`. */
export async function readTileRoots(
  db: Queryable,
  place: { level: number; index: number; count: number },
): Promise<Uint8Array[]> {
  const rows = await db.many<{ root: Buffer }>(sql`
    select root from evidence.tile where level = ${place.level}
      and index >= ${place.index} and index < ${place.index + place.count} order by index`);
  return rows.map((row) => row.root);
}

/** Data of the leaves from `index` on, at most `count`. */
export async function readLeafData(
  db: Queryable,
  index: number,
  count: number,
): Promise<Uint8Array[]> {
  const rows = await db.many<{ data: Buffer }>(sql`
    select data from evidence.leaf where index >= ${index} and index < ${index + count}
    order by index`);
  return rows.map((row) => row.data);
}

export async function findLeaf(db: Queryable, event_id: string): Promise<number | undefined> {
  const row = await db.maybe<{ index: number }>(
    sql`select index from evidence.leaf where event_id = ${event_id}`,
  );
  return row?.index;
}

export type AuditRow = {
  id: string;
  name: string;
  subject: string;
  version: number;
  actor: string;
  occurred_at: Date;
  leaf_index: number | null;
};

/** Events newest first, older than event `before`; of one subject, of one hospital, or all. */
export function readAudit(
  db: Queryable,
  filter: {
    hospital_id: string | null;
    subject: string | null;
    before: string | null;
    limit: number;
  },
): Promise<AuditRow[]> {
  return db.many<AuditRow>(sql`
    select e.id, e.name, e.subject, e.version, e.actor, e.occurred_at, l.index as leaf_index
    from platform.event e left join evidence.leaf l on l.event_id = e.id
    where (${filter.subject}::text is null or e.subject = ${filter.subject})
      and (${filter.before}::uuid is null or e.id < ${filter.before}::uuid)
      and (${filter.hospital_id}::uuid is null or e.hospital_id = ${filter.hospital_id}::uuid)
    order by e.id desc limit ${filter.limit}`);
}

/** The log's origin line; undefined before its first start. */
export async function readOrigin(db: Queryable): Promise<string | undefined> {
  const row = await db.maybe<{ origin: string }>(sql`select origin from evidence.log`);
  return row?.origin;
}
