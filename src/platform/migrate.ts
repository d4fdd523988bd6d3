import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from './project.ts';
import type { Db } from './db.ts';
import { sql } from './sql.ts';

type Migration = { number: number; name: string; text: string; checksum: string };

/** The numbered SQL files of `db/migrations`, in order; their numbers have no gap. */
export function readMigrations(folder = join(projectFolder, 'db/migrations')): Migration[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()
    .map((name, at) => {
      const text = readFileSync(join(folder, name), 'utf8');
      const number = Number(name.slice(0, 4));
      if (number !== at + 1) throw new Error(`migration ${name} should have number ${at + 1}`);
      return { number, name, text, checksum: createHash('sha256').update(text).digest('hex') };
    });
}

/**
 * Brings the database up to the newest migration, forward only. Several servers may start at once:
 * one migrates, the others wait for its lock.
 * @throws Error when an applied file was changed afterwards, or the database is newer than the code.
 */
export async function migrate(db: Db, migrations = readMigrations()): Promise<number> {
  return db.tx(async (tx) => {
    await tx.run(sql`select pg_advisory_xact_lock(7263001)`);
    await tx.run(sql`create table if not exists public.migration (
      number integer primary key, name text not null, checksum text not null,
      applied_at timestamptz not null default now())`);
    const applied = await tx.many<{ number: number; name: string; checksum: string }>(
      sql`select number, name, checksum from public.migration order by number`,
    );
    for (const row of applied) {
      const file = migrations[row.number - 1];
      if (!file) throw new Error(`the database is newer than this program: it has ${row.name}`);
      if (file.checksum !== row.checksum)
        throw new Error(`migration ${row.name} was changed after it was applied`);
    }
    const pending = migrations.slice(applied.length);
    for (const migration of pending) {
      await tx.run({ text: migration.text, values: [] });
      await tx.run(sql`insert into public.migration (number, name, checksum)
        values (${migration.number}, ${migration.name}, ${migration.checksum})`);
    }
    return pending.length;
  });
}
