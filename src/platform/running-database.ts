import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { startEmbeddedDatabase } from './database-server.ts';

/**
 * The built-in database of a data folder for a command line: the running one when a server has it
 * open, else one started for the command.
 */
export async function openDatabaseOf(
  data_dir: string,
): Promise<{ url: string; running: boolean; stop(): Promise<void> }> {
  const url = await runningUrl(data_dir);
  if (url !== undefined && (await answers(url)))
    return { url, running: true, stop: async () => undefined };
  const started = await startEmbeddedDatabase({ dataDir: data_dir });
  return { url: started.url, running: false, stop: started.stop };
}

/** Where the database would listen; its port is the fourth line that PostgreSQL writes of itself. */
async function runningUrl(data_dir: string): Promise<string | undefined> {
  try {
    const lines = (await readFile(join(data_dir, 'postgres', 'postmaster.pid'), 'utf8')).split(
      '\n',
    );
    const password = (await readFile(join(data_dir, 'postgres.password'), 'utf8')).trim();
    const port = Number(lines[3]);
    if (!Number.isInteger(port) || port <= 0) return undefined;
    return `postgres://zhenghao:${password}@127.0.0.1:${port}/zhenghao`;
  } catch {
    return undefined; // no database is running there
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    return true;
  } catch {
    return false; // left behind by a database that was killed
  } finally {
    await client.end().catch(() => undefined);
  }
}
