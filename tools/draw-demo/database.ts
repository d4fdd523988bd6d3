import { startEmbeddedDatabase } from '../../src/platform/database-server.ts';
import type { Queryable } from '../../src/platform/db.ts';
import { sql } from '../../src/platform/sql.ts';

/**
 * A database for one run. Nothing works in its background and no query is shared out to workers, so
 * that the order in which rows are met depends on nothing but what was written before. It survives
 * no power loss and need not.
 */
export async function startDemoDatabase(
  dataDir: string,
): Promise<{ url: string; stop(): Promise<void> }> {
  const { url, stop } = await startEmbeddedDatabase({
    dataDir,
    fsync: false,
    settings: {
      autovacuum: 'off',
      max_parallel_workers_per_gather: '0',
      synchronize_seqscans: 'off',
      shared_buffers: '256MB',
      full_page_writes: 'off',
      max_wal_size: '1GB',
    },
  });
  // What the schema `chance` defines goes before what PostgreSQL does.
  const options = encodeURIComponent('-c search_path=chance,pg_catalog,public');
  return { url: `${url}?options=${options}`, stop };
}

/**
 * Statements of the product that make a row and its event at once take the event's id from
 * `uuidv7()`. Here it counts, so that a run can be repeated; a real installation's are PostgreSQL's.
 */
export async function fixChance(db: Queryable): Promise<void> {
  await db.run(sql`create schema chance`);
  await db.run(sql`create sequence chance.drawn`);
  await db.run(sql`
    create function chance.uuidv7() returns uuid language sql volatile as $$
      select ('00000000-0000-7000-8000-' || lpad(to_hex(nextval('chance.drawn')), 12, '0'))::uuid
    $$`);
}

/** Tells the planner how large the tables have become, as the server's background work would. */
export async function refreshStatistics(db: Queryable): Promise<void> {
  await db.run(sql`analyze`);
}
