import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { PersonKeyStore } from './crypto/index.ts';

const day_ms = 86_400_000;

/**
 * Opens the persons' keys in `folder`: a SQLite file that all processes of a machine share, and that
 * overwrites what is deleted. It is opened at the first use, so naming a folder makes nothing.
 */
export function openPersonKeys(folder: string): PersonKeyStore {
  let opened: DatabaseSync | undefined;
  let select: StatementSync | undefined;
  const file = (): DatabaseSync => (opened ??= openFile(folder));
  return {
    add: (keys) => {
      if (keys.length === 0) return;
      write(file(), (db) => {
        const insert = db.prepare('insert or ignore into person_key values (?, ?, ?)');
        for (const { person_id, sealed_key, created_at } of keys)
          insert.run(person_id, sealed_key, created_at.getTime());
      });
    },
    read: (ids) => {
      // Kept, because preparing costs more than the look-up, and every field of a person looks up.
      select ??= file().prepare('select sealed_key from person_key where person_id = ?');
      const reader = select;
      return new Map(
        ids.flatMap((id) => {
          const row = reader.get(id);
          return row ? [[id, row['sealed_key'] as Uint8Array] as const] : [];
        }),
      );
    },
    replace: async (keys) =>
      write(file(), (db) => {
        const update = db.prepare('update person_key set sealed_key = ? where person_id = ?');
        for (const { person_id, sealed_key } of keys) update.run(sealed_key, person_id);
      }),
    remove: async (ids) => {
      if (ids.length === 0) return;
      write(file(), (db) => {
        const erase = db.prepare('delete from person_key where person_id = ?');
        for (const id of ids) erase.run(id);
      });
      // The journal still has the page as it was: it is written back and cut to nothing.
      file().exec('pragma wal_checkpoint(truncate)');
    },
    page: async (after, limit, before) => pageOf(file(), after, limit, before),
    copy: async (at, days) => copyFile(file(), join(folder, 'copies'), { at, days }),
    close: () => {
      opened?.close();
      opened = undefined;
      select = undefined;
    },
  };
}

/** One transaction, all of it or nothing. */
function write(db: DatabaseSync, work: (db: DatabaseSync) => void): void {
  db.exec('begin immediate');
  try {
    work(db);
    db.exec('commit');
  } catch (error) {
    db.exec('rollback');
    throw error;
  }
}

function pageOf(db: DatabaseSync, after: string, limit: number, before?: Date): string[] {
  return db
    .prepare(
      'select person_id from person_key where person_id > ? and created_at < ? order by person_id limit ?',
    )
    .all(after, before?.getTime() ?? Number.MAX_SAFE_INTEGER, limit)
    .map((row) => row['person_id'] as string);
}

function openFile(folder: string): DatabaseSync {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(folder, 'person-keys.sqlite'), { timeout: 10_000 });
  db.exec(`
    pragma journal_mode = wal;
    pragma synchronous = full;
    pragma secure_delete = on;
    create table if not exists person_key (
      person_id text primary key, sealed_key blob not null, created_at integer not null
    ) strict, without rowid`);
  return db;
}

function copyFile(db: DatabaseSync, folder: string, when: { at: Date; days: number }): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const oldest = dayOf(new Date(when.at.getTime() - when.days * day_ms));
  for (const name of readdirSync(folder))
    if (!/^\d{4}-\d{2}-\d{2}\.sqlite$/.test(name) || name < `${oldest}.sqlite`)
      rmSync(join(folder, name), { force: true });
  const draft = join(folder, `draft-${process.pid}`);
  db.prepare('vacuum into ?').run(draft);
  renameSync(draft, join(folder, `${dayOf(when.at)}.sqlite`));
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
