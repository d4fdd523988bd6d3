import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type CheckpointRow = { origin: string; size: number; note: string; signed_at: Date };

export async function addCheckpoint(tx: Tx, checkpoint: CheckpointRow): Promise<void> {
  const { origin, size, note, signed_at } = checkpoint;
  await tx.run(sql`insert into evidence.checkpoint (origin, size, note, signed_at)
    values (${origin}, ${size}, ${note}, ${signed_at})`);
}

/** The log's newest checkpoint with the cosignatures that came in for it. */
export function readCheckpoint(db: Queryable): Promise<CheckpointRow | undefined> {
  return db.maybe<CheckpointRow>(sql`
    select c.origin, c.size, c.signed_at, c.note || coalesce((select string_agg(o.line, '' order by o.witness)
      from evidence.cosignature o where o.origin = c.origin and o.size = c.size), '') as note
    from evidence.log l join evidence.checkpoint c on c.origin = l.origin
    order by c.size desc limit 1`);
}

/** The newest checkpoint under the log's own signature alone, as witnesses get it. */
export function readHead(db: Queryable): Promise<CheckpointRow | undefined> {
  return db.maybe<CheckpointRow>(sql`
    select c.origin, c.size, c.note, c.signed_at
    from evidence.log l join evidence.checkpoint c on c.origin = l.origin
    order by c.size desc limit 1`);
}

/** The checkpoint of an origin and size under the log's own signature; undefined if there is none. */
export function findCheckpoint(
  db: Queryable,
  origin: string,
  size: number,
): Promise<CheckpointRow | undefined> {
  return db.maybe<CheckpointRow>(sql`select origin, size, note, signed_at
    from evidence.checkpoint where origin = ${origin} and size = ${size}`);
}

/** The smallest checkpoint of an origin (null: the present one) that covers leaf `index`. */
export function readCovering(
  db: Queryable,
  origin: string | null,
  index: number,
): Promise<CheckpointRow | undefined> {
  return db.maybe<CheckpointRow>(sql`select origin, size, note, signed_at
    from evidence.checkpoint
    where origin = coalesce(${origin}::text, (select l.origin from evidence.log l)) and size > ${index}
    order by size limit 1`);
}

/** The checkpoints of every origin over more than `from` and at most `to` leaves, by size. */
export function readCheckpointsIn(
  db: Queryable,
  from: number,
  to: number,
): Promise<CheckpointRow[]> {
  return db.many<CheckpointRow>(sql`select origin, size, note, signed_at from evidence.checkpoint
    where size > ${from} and size <= ${to} order by size, signed_at`);
}

/** Keeps a witness's line; a later one of the same witness for the same checkpoint adds nothing. */
export async function addCosignatureLine(
  db: Queryable,
  cosignature: { origin: string; size: number; witness: string; line: string },
): Promise<void> {
  const { origin, size, witness, line } = cosignature;
  await db.run(sql`insert into evidence.cosignature (origin, size, witness, line)
    values (${origin}, ${size}, ${witness}, ${line}) on conflict do nothing`);
}

/** The largest checkpoint of an origin that this witness cosigned and we know of; 0 without one. */
export async function readWitnessedSize(
  db: Queryable,
  origin: string,
  witness: string,
): Promise<number> {
  const { size } = await db.one<{ size: number }>(sql`
    select coalesce(max(size), 0) as size from evidence.cosignature
    where origin = ${origin} and witness = ${witness}`);
  return size;
}

export type WitnessedRow = CheckpointRow & { witnesses: string[]; lines: string[] };

/**
 * The smallest checkpoints (at most `limit`) of an origin that cover leaf `index` and hold lines of
 * at least `min` (≥ 1) of these witnesses. The search begins where the min-th of them has its first
 * line after the leaf, so witnesses that are silent cost no walk over the others' lines.
 */
export function readWitnessed(
  db: Queryable,
  wanted: { origin: string | null; index: number; witnesses: string[]; min: number },
  limit: number,
): Promise<WitnessedRow[]> {
  const { origin, index, witnesses, min } = wanted;
  return db.many<WitnessedRow>(sql`
    with asked as (
      select coalesce(${origin}::text, (select l.origin from evidence.log l)) as origin
    ), first_line as (
      select (select min(o.size) from evidence.cosignature o
        where o.origin = asked.origin and o.witness = w.vkey and o.size > ${index}) as size
      from asked, unnest(${witnesses}::text[]) as w(vkey)
    ), start as (
      select size from first_line where size is not null order by size offset ${min - 1} limit 1
    )
    select c.origin, c.size, c.note, c.signed_at, o.witnesses, o.lines
    from asked cross join start cross join lateral (
      select k.size, array_agg(k.witness) as witnesses, array_agg(k.line) as lines
      from evidence.cosignature k
      where k.origin = asked.origin and k.size >= start.size and k.witness = any(${witnesses}::text[])
      group by k.size having count(*) >= ${min} order by k.size limit ${limit}
    ) o join evidence.checkpoint c on c.origin = asked.origin and c.size = o.size
    order by c.size`);
}
