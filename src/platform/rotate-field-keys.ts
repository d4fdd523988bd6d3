import type { Clock } from './clock.ts';
import { FieldCryptoError } from './crypto/index.ts';
import type { Db, Queryable } from './db.ts';
import { wrapper, type FieldKeys } from './field-keys.ts';
import { appendEvents } from './outbox.ts';
import { personKeysLeft, resealPersonKeys } from './person-keys.ts';
import type { Random } from './random.ts';
import { sealedColumns, type SealedColumn } from './sealed-columns.ts';
import type { Secrets } from './secrets.ts';
import { sql, type Sql } from './sql.ts';

export type RotationContext = {
  db: Db;
  clock: Clock;
  random: Random;
  secrets: Secrets;
  fields: FieldKeys;
};

export type Rotation = {
  /** The key that everything is sealed under now. */
  key_id: string;
  /** Keys under which the proof found nothing; they are destroyed by a run a day later. */
  retired: string[];
  destroyed: string[];
  columns: { name: string; resealed: number; total: number }[];
};

type Steps = {
  actor: string;
  /** Waits while servers take over a key; a test lets its servers refresh here instead. */
  pause: () => Promise<void>;
  /** Called after each small transaction; what it throws stops the run, which can be resumed. */
  onBatch?: (done: { column: string; resealed: number }) => void;
  /** Only seals again what other keys or another algorithm sealed; makes no new key. */
  keepKey?: boolean;
};

/** Pages of 8 KiB visited in one transaction: some hundred rows, locked for some milliseconds. */
const pages_batch = 16;
/** A server that has not reported for this long is no longer running. */
const server_seconds = 60;
const retired_hours = 24;

/**
 * Changes the key of every sealed field while servers run: announce the new key, wait until every
 * server knows it, make it active, wait until every server seals with it, seal everything anew, prove
 * that nothing is left under another key, retire the others. A run that stopped half-way is taken up
 * where it was; each step may be repeated.
 * @throws FieldCryptoError naming the column when a value does not open; nothing is lost by it.
 */
export async function rotateFieldKeys(ctx: RotationContext, steps: Steps): Promise<Rotation> {
  await ctx.fields.refresh(ctx.db);
  const destroyed = await destroyRetired(ctx, steps);
  const key_id = steps.keepKey ? ctx.fields.activeKeyId() : await changeKey(ctx, steps);
  const columns = await resealAll(ctx, steps);
  await steps.pause();
  // Once more: a value sealed before the change may have been written only now.
  for (const late of await resealAll(ctx, steps))
    for (const known of columns) if (known.name === late.name) known.resealed += late.resealed;
  const retired = await retireOthers(ctx, key_id, steps.actor);
  return { key_id, retired, destroyed, columns };
}

/** Makes a key, or takes up the one a stopped run announced; active when it returns. */
async function changeKey(ctx: RotationContext, steps: Steps): Promise<string> {
  const { db, clock } = ctx;
  const left = await db.maybe<{ id: string }>(
    sql`select id from platform.field_key where state = 'announced'`,
  );
  const unfinished = await db.maybe<{ id: string }>(sql`
    select id from platform.field_key where state = 'active'
      and exists (select from platform.field_key where state = 'open')`);
  if (unfinished && !left) return unfinished.id;
  const { next } = await db.one<{ next: string }>(sql`
    select (coalesce(max(id::integer), 0) + 1)::text as next from platform.field_key where id ~ '^[0-9]{1,6}$'`);
  const id = left?.id ?? next;
  if (!left)
    await db.run(sql`insert into platform.field_key (id, wrapped_key, state, created_at)
      values (${id}, ${wrapper(ctx.secrets).wrap(ctx.random.bytes(32))}, 'announced', ${clock.now()})`);
  await db.run(sql`delete from platform.field_key_server
    where seen_at < ${clock.now()}::timestamptz - interval '1 day'`);
  await untilServers(ctx, steps, sql`${id} = any(known_key_ids)`);
  await db.tx(async (tx) => {
    await tx.run(sql`update platform.field_key set state = 'open' where state = 'active'`);
    await tx.run(sql`update platform.field_key set state = 'active' where id = ${id}`);
    await appendEvents(tx, ctx, [keyEvent('platform.field-key.activated', id, 1, steps.actor)]);
  });
  await untilServers(ctx, steps, sql`active_key_id = ${id}`);
  await ctx.fields.refresh(db);
  return id;
}

function keyEvent(
  name: 'platform.field-key.activated' | 'platform.field-key.retired',
  key_id: string,
  version: number,
  actor: string,
): Parameters<typeof appendEvents>[2][number] {
  const subject = `field-key:${key_id}`;
  return { name, hospital_id: null, subject, version, actor, payload: { key_id } };
}

/** Waits until every running server has reported what is asked for. */
async function untilServers(ctx: RotationContext, steps: Steps, ready: Sql): Promise<void> {
  for (;;) {
    const { behind } = await ctx.db.one<{ behind: number }>(
      join(
        sql`select count(*) as behind from platform.field_key_server
          where seen_at > ${ctx.clock.now()}::timestamptz - make_interval(secs => ${server_seconds}) and not `,
        ready,
      ),
    );
    if (behind === 0) return;
    await steps.pause();
  }
}

/** Two pieces of a statement, the second's values numbered after the first's. */
function join(left: Sql, right: Sql): Sql {
  const shift = left.values.length;
  const text = right.text.replaceAll(/\$(\d+)/g, (_, n: string) => `$${Number(n) + shift}`);
  return { text: `${left.text}(${text})`, values: [...left.values, ...right.values] };
}

async function resealAll(ctx: RotationContext, steps: Steps): Promise<Rotation['columns']> {
  await resealPersonKeys(ctx.fields);
  const done: Rotation['columns'] = [];
  for (const column of sealedColumns) done.push(await resealColumn(ctx, steps, column));
  return done;
}

/** Names are ours, from the registry; the check keeps it so. */
function nameOf({ table, column }: SealedColumn): { table: string; column: string; name: string } {
  for (const part of [...table.split('.'), column])
    if (!/^[a-z][a-z_]*$/.test(part)) throw new Error(`no name of a column: ${table}.${column}`);
  return { table, column, name: `${table}.${column}` };
}

/**
 * Whether `column` is sealed by a field key other than today's ($1: today's header, $2: its length).
 * Values under a person's own key have a zero byte where a key's id begins; see field-crypto.ts.
 */
const isOlder = (column: string): string =>
  `substring(${column} for $2::integer) <> $1 and substring(${column} from 3 for 1) <> '\\x00'::bytea`;

/** How many values of the column are under another key or algorithm than today's, and how many there are. */
async function countLeft(
  db: Queryable,
  sealed: SealedColumn,
  header: Uint8Array,
): Promise<{ left: number; total: number }> {
  const { table, column } = nameOf(sealed);
  return db.one<{ left: number; total: number }>({
    text: `select count(*) filter (where ${isOlder(column)}) as left, count(${column}) as total
      from ${table}`,
    values: [header, header.length],
  });
}

async function resealColumn(
  ctx: RotationContext,
  steps: Steps,
  sealed: SealedColumn,
): Promise<Rotation['columns'][number]> {
  const { table, name } = nameOf(sealed);
  const header = ctx.fields.activeHeader();
  let resealed = 0;
  for (;;) {
    const { left, total } = await countLeft(ctx.db, sealed, header);
    if (left === 0) return { name, resealed, total };
    const { pages } = await ctx.db.one<{ pages: number }>(sql`
      select pg_relation_size(${table}::regclass) / current_setting('block_size')::bigint as pages`);
    for (let page = 0; page < pages; page += pages_batch) {
      const done = await resealPages(ctx, sealed, header, page);
      resealed += done;
      if (done > 0) steps.onBatch?.({ column: name, resealed });
    }
  }
}

/** Seals the values of some pages anew in one transaction; the rows stay locked meanwhile. */
async function resealPages(
  ctx: RotationContext,
  sealed: SealedColumn,
  header: Uint8Array,
  page: number,
): Promise<number> {
  const { table, column, name } = nameOf(sealed);
  return ctx.db.tx(async (tx) => {
    const rows = await tx.many<{ place: string; sealed: Buffer }>({
      text: `select ctid::text as place, ${column} as sealed from ${table}
        where ctid >= $3::tid and ctid < $4::tid and ${isOlder(column)}
        for update`,
      values: [header, header.length, `(${page},0)`, `(${page + pages_batch},0)`],
    });
    if (rows.length === 0) return 0;
    const places = rows.map((row) => row.place);
    const fresh = rows.map((row) => Buffer.from(sealAnew(ctx, row.sealed, sealed, name)));
    return tx.run({
      text: `update ${table} set ${column} = fresh.sealed
        from unnest($1::text[], $2::bytea[]) as fresh (place, sealed)
        where ctid = fresh.place::tid`,
      values: [places, fresh],
    });
  });
}

function sealAnew(
  ctx: RotationContext,
  sealed: Uint8Array,
  { context }: SealedColumn,
  name: string,
): Uint8Array {
  try {
    return ctx.fields.seal(ctx.fields.open(sealed, context), context);
  } catch (error) {
    if (!(error instanceof FieldCryptoError)) throw error;
    throw new Error(`a value of ${name} does not open under ${context}: ${error.reason}`, {
      cause: error,
    });
  }
}

/** Retires every other key in the transaction that proves that nothing is left under it. */
async function retireOthers(
  ctx: RotationContext,
  key_id: string,
  actor: string,
): Promise<string[]> {
  return ctx.db.tx(async (tx) => {
    for (const sealed of sealedColumns) {
      const { left } = await countLeft(tx, sealed, ctx.fields.activeHeader());
      if (left > 0)
        throw new Error(
          `${left} values of ${nameOf(sealed).name} are left under an older key: run it again.`,
        );
    }
    // They lie outside this database, so this proof is one of a moment before; they are never re-made.
    if ((await personKeysLeft(ctx.fields, ctx.fields.activeHeader())) > 0)
      throw new Error('persons’ keys are left under an older key: run it again.');
    const retired = await tx.many<{ id: string }>(sql`
      update platform.field_key set state = 'retired', retired_at = ${ctx.clock.now()}
      where state = 'open' and id <> ${key_id} returning id`);
    await appendEvents(
      tx,
      ctx,
      retired.map(({ id }) =>
        // The first key was never activated by an act of anybody.
        keyEvent('platform.field-key.retired', id, id === '1' ? 1 : 2, actor),
      ),
    );
    return retired.map(({ id }) => id);
  });
}

/**
 * Destroys keys that were retired a day ago or more, when nothing is under them still. The day is for
 * values that a server had sealed but not yet written when the proof was made.
 */
async function destroyRetired(ctx: RotationContext, steps: Steps): Promise<string[]> {
  const due = await ctx.db.many<{ id: string }>(sql`
    select id from platform.field_key where state = 'retired'
      and retired_at <= ${ctx.clock.now()}::timestamptz - make_interval(hours => ${retired_hours})`);
  if (due.length === 0) return [];
  await resealAll(ctx, steps);
  await ctx.db.run(sql`
    update platform.field_key set state = 'destroyed', wrapped_key = null
    where state = 'retired' and id = any(${due.map(({ id }) => id)})`);
  await ctx.fields.refresh(ctx.db);
  return due.map(({ id }) => id);
}
