import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDb } from '../../src/platform/db.ts';
import { readPostmaster } from '../../src/platform/database-server-postmaster.ts';
import { sql } from '../../src/platform/sql.ts';
import type { PlannedKill } from './kills.ts';
import { spawnServer, startServerProcess, type ServerProcess } from './server-process.ts';

/** The server that is killed, with its built-in database, in a folder of its own. */
export type Place = {
  url(): string;
  /** Kills and starts again. @returns seconds from the kill until a page from the database was served. */
  kill(planned: PlannedKill): Promise<number>;
  /** Ends the server in order. */
  stop(): Promise<void>;
  /** Ends everything at once; may be called at exit. */
  abandon(): void;
};

const environment = { DEMO: '1' };
const recovery_seconds_max = 120;

/** A server that does not come back, or dies of another's death. */
export class NoRecovery extends Error {}

/** Starts a server in `data_dir` and keeps its address of the moment in `url_file`. */
export async function openPlace(data_dir: string, url_file: string): Promise<Place> {
  const folder = join(data_dir, 'postgres');
  let server = await startServerProcess(data_dir, environment);
  const killed = new Set<number>();
  let starting: ReturnType<typeof spawnServer>['child'] | undefined;
  writeFileSync(url_file, server.url);
  const postmaster = async (): Promise<number> => {
    const found = await readPostmaster(folder);
    if (!found) throw new NoRecovery('the database has no main process');
    return found.pid;
  };
  const start = async (): Promise<void> => {
    const spawned = spawnServer(data_dir, environment);
    starting = spawned.child;
    server = await spawned.ready.catch((error: unknown) => {
      throw new NoRecovery(`After a kill ${(error as Error).message}`);
    });
    writeFileSync(url_file, server.url);
  };
  const dead = async ({ child }: ServerProcess): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  const end = async ({ kind, start_ms }: PlannedKill): Promise<void> => {
    const database = await postmaster();
    if (kind !== 'database') server.child.kill('SIGKILL');
    if (kind === 'database' || kind === 'both') {
      process.kill(database, 'SIGKILL');
      killed.add(database);
    }
    // Without its database the server ends by itself.
    await dead(server);
    if (kind !== 'start') return;
    const again = spawnServer(data_dir, environment);
    starting = again.child;
    const ended = once(again.child, 'exit');
    again.ready.catch(() => undefined);
    await sleep(start_ms);
    again.child.kill('SIGKILL');
    await ended;
  };
  return {
    url: () => server.url,
    kill: async (planned) => {
      const from = performance.now();
      if (planned.kind === 'backend') await killBackend(data_dir, folder);
      else {
        await end(planned);
        await start();
      }
      await serves(server);
      return (performance.now() - from) / 1000;
    },
    stop: async () => {
      const code = await server.stop();
      if (code !== 0) throw new NoRecovery(`the server ended with ${code}:\n${server.output()}`);
    },
    abandon: () => {
      starting?.kill('SIGKILL');
      server.child.kill('SIGKILL');
      endPostmaster(folder, killed);
    },
  };
}

/** Kills one process of PostgreSQL that serves the product; the main process then restarts all. */
async function killBackend(data_dir: string, folder: string): Promise<void> {
  const db = openDb(databaseUrl(data_dir, folder), { connections_max: 1 });
  try {
    const [victim] = await db.many<{ pid: number }>(sql`
      select pid from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid()
      order by (state = 'active') desc, query_start desc limit 1`);
    if (!victim) throw new NoRecovery('the server has no connection to its database');
    process.kill(victim.pid, 'SIGKILL');
  } finally {
    await db.close().catch(() => undefined);
  }
}

function databaseUrl(data_dir: string, folder: string): string {
  const port = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[3];
  const password = readFileSync(join(data_dir, 'postgres.password'), 'utf8').trim();
  return `postgres://zhenghao:${password}@127.0.0.1:${port}/zhenghao`;
}

/** Waits until a page is served that the database has to answer. */
async function serves(server: ServerProcess): Promise<void> {
  const until = Date.now() + recovery_seconds_max * 1000;
  // A killed backend is noticed within milliseconds; a page before that would prove nothing.
  await sleep(20);
  while (Date.now() < until) {
    if (server.child.exitCode !== null)
      throw new NoRecovery(`the server ended by itself:\n${server.output()}`);
    const ok = await fetch(`${server.url}/api/hospitals`, { signal: AbortSignal.timeout(5000) })
      .then(async (reply) => {
        await reply.arrayBuffer();
        return reply.ok;
      })
      .catch(() => false);
    if (ok) return;
    await sleep(20);
  }
  throw new NoRecovery(`no page was served for ${recovery_seconds_max} s:\n${server.output()}`);
}

/** PostgreSQL outlives a killed server; nothing of the torture may outlive the torture. */
function endPostmaster(folder: string, killed: ReadonlySet<number>): void {
  try {
    const pid = Number(readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n')[0]);
    // The number of one that was killed may be another program's by now.
    if (pid > 1 && !killed.has(pid)) process.kill(pid, 'SIGQUIT');
  } catch {
    // There is no such file, or no such process: it has ended.
  }
}
