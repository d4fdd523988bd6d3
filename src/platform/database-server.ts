import type { ChildProcess } from 'node:child_process';
import { chown, mkdir, open, readFile, rename, stat, type FileHandle } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { openCluster, type Cluster } from './database-server-cluster.ts';
import { findPostgres } from './database-server-launcher.ts';
import { acquireServerLock, FolderInUseError } from './database-server-lock.ts';
import {
  clearFormerPostmaster,
  folderMark,
  readPostmaster,
  stopProcess,
} from './database-server-postmaster.ts';
import { freePort } from './free-port.ts';

export { acquireServerLock, FolderInUseError } from './database-server-lock.ts';

/** A running built-in database; `pid` is PostgreSQL's main process. */
export type EmbeddedDatabase = { url: string; pid: number; stop(): Promise<void> };

export type EmbeddedDatabaseOptions = {
  /** The server's data folder, made if missing; the database lives in its `postgres` folder. */
  dataDir: string;
  /** False trades safety on power loss for speed; only for tests. */
  fsync?: boolean;
  log?: (line: string) => void;
  /** Extra PostgreSQL settings by name. */
  settings?: Record<string, string>;
  /** Called when PostgreSQL ends without stop(); the exit code, or null after a signal. */
  onExit?: (code: number | null) => void;
  /** The command that makes a user namespace when root starts the server. */
  unshare?: string;
};

const LOG_LIMIT_BYTES = 8 * 1024 * 1024;

type Running = { child: ChildProcess; pid: number; port: number };

/** A start that PostgreSQL ended with a complaint. */
class StartFailure extends Error {}

/**
 * Starts the built-in PostgreSQL on a free port of 127.0.0.1, creating the cluster, the user and
 * the database `zhenghao` on the first start. Throws a sentence for the operator when another
 * server uses `dataDir` or when the database cannot be started.
 */
export async function startEmbeddedDatabase(
  options: EmbeddedDatabaseOptions,
): Promise<EmbeddedDatabase> {
  const dataDir = resolve(options.dataDir);
  const log = options.log ?? (() => undefined);
  const fsync = options.fsync ?? true;
  const unshare = options.unshare ?? 'unshare';
  const native = await findPostgres();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const release = await lockFolder(dataDir);
  const cleanups = [release];
  try {
    // What an earlier server left running must end before anything touches its files.
    const folder = join(dataDir, 'postgres');
    if (await exists(folder)) await clearFormerPostmaster(folder, log);
    const cluster = await openCluster({ dataDir, native, unshare, fsync });
    cleanups.unshift(cluster.launcher.dispose);
    const settings = { ...baseSettings(fsync), ...options.settings };
    const running = await startPostmaster({ dataDir, cluster, settings, log });
    cleanups.unshift(() => stopProcess(running.pid, { fastMs: 10_000 }));
    const url = await prepareDatabase(cluster.password, running.port);
    return supervise({ running, url, release, cluster, onExit: options.onExit });
  } catch (error) {
    // The first error tells what happened; one in cleaning up must not hide it or stop the rest.
    for (const cleanup of cleanups) {
      await cleanup().catch((failed: unknown) => log(`While giving up: ${String(failed)}`));
    }
    throw error;
  }
}

/** Refuses a PostgreSQL server that cannot store every Chinese name, with a sentence saying so. */
export async function assertUtf8(client: {
  query(text: string): Promise<{ rows: unknown[] }>;
}): Promise<void> {
  const { rows } = await client.query("SELECT current_setting('server_encoding') AS encoding");
  const row = rows[0];
  const encoding =
    typeof row === 'object' && row !== null && 'encoding' in row ? String(row.encoding) : 'unknown';
  if (encoding === 'UTF8') return;
  throw new Error(
    `The database's encoding is ${encoding}, but names and addresses need UTF8. Create it with: ` +
      "CREATE DATABASE zhenghao TEMPLATE template0 ENCODING 'UTF8'.",
  );
}

/**
 * A database of this very process that was killed gives the lock up as soon as its end is noticed,
 * so our own lock is asked for again for half a second before it counts as held.
 */
async function lockFolder(dataDir: string): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await acquireServerLock(dataDir);
    } catch (error) {
      const ours = error instanceof FolderInUseError && error.pid === process.pid;
      if (!ours || attempt >= 25) throw error;
      await sleep(20);
    }
  }
}

function baseSettings(fsync: boolean): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '768MB',
    // Fewer checkpoints, fewer whole pages written again after each; recovery stays within seconds.
    max_wal_size: '4GB',
    // What a quiet night leaves is used again: a new file of the log is filled with zeros by whoever
    // commits then, and everybody waits for a tenth of a second.
    min_wal_size: '1GB',
    checkpoint_timeout: '15min',
    // Autovacuum follows a crowd's writes; with the default delay it took half a processor meanwhile.
    autovacuum_vacuum_cost_delay: '10ms',
    jit: 'off',
    idle_in_transaction_session_timeout: '10s',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Without fsync a commit is still handed to the kernel before it is confirmed, so it survives
    // every death of PostgreSQL itself, as the tests of such deaths need; not a power loss.
    fsync: fsync ? 'on' : 'off',
  };
}

async function startPostmaster(options: {
  dataDir: string;
  cluster: Cluster;
  settings: Record<string, string>;
  log: (line: string) => void;
}): Promise<Running> {
  const deadline = Date.now() + 15_000;
  for (;;) {
    const port = await freePort();
    try {
      return await tryPostmaster({ ...options, port });
    } catch (error) {
      // The port may have been taken since, and a killed database's processes may linger.
      const passing = /could not bind|shared memory block|lock file ".*" already exists/;
      if (!(error instanceof StartFailure) || !passing.test(error.message)) throw error;
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

async function tryPostmaster(options: {
  dataDir: string;
  cluster: Cluster;
  settings: Record<string, string>;
  log: (line: string) => void;
  port: number;
}): Promise<Running> {
  const { dataDir, cluster, port, log } = options;
  const { folder, launcher } = cluster;
  const logPath = join(dataDir, 'postgres.log');
  const output = await openLog(logPath, launcher.owner);
  const mark = await folderMark(folder);
  const settings = Object.entries({ ...options.settings, port: String(port) });
  const flags = [...settings.map(([name, value]) => `${name}=${value}`), mark];
  try {
    const { size } = await output.stat();
    const args = (at: (relative: string) => string): string[] => [
      `-D${at('')}`,
      ...flags.map((flag) => `-c${flag}`),
    ];
    const child = launcher.launch('postgres', folder, args, ['ignore', output.fd, output.fd]);
    const pid = await spawned(child);
    if (!(await becomesReady(child, pid, folder, log))) {
      const said = (await readFile(logPath)).subarray(size).toString('utf8').trim();
      throw new StartFailure(
        `PostgreSQL did not start; ${logPath} says: ${said || `exit code ${child.exitCode}`}`,
      );
    }
    return { child, pid, port };
  } finally {
    await output.close();
  }
}

async function spawned(child: ChildProcess): Promise<number> {
  const { promise, resolve: done, reject } = Promise.withResolvers<void>();
  child.once('spawn', done);
  child.once('error', reject);
  await promise;
  if (child.pid === undefined) throw new Error('PostgreSQL started without a process number.');
  return child.pid;
}

/** Waits as long as PostgreSQL lives: repairing after a power loss may take minutes. */
async function becomesReady(
  child: ChildProcess,
  pid: number,
  folder: string,
  log: (line: string) => void,
): Promise<boolean> {
  const started = Date.now();
  let reported = started;
  while (child.exitCode === null && child.signalCode === null) {
    const state = await readPostmaster(folder);
    if (state?.pid === pid && state.ready) return true;
    if (Date.now() - reported > 5000) {
      reported = Date.now();
      log(`The database is still starting after ${Math.round((reported - started) / 1000)} s.`);
    }
    await sleep(15);
  }
  return false;
}

async function openLog(
  path: string,
  owner: { uid: number; gid: number } | undefined,
): Promise<FileHandle> {
  const previous = await stat(path).catch(() => undefined);
  if (previous !== undefined && previous.size > LOG_LIMIT_BYTES) await rename(path, `${path}.1`);
  const file = await open(path, 'a', 0o600);
  // When root starts another user's database, that user must be able to start it alone later.
  if (owner !== undefined) await chown(path, owner.uid, owner.gid);
  return file;
}

async function prepareDatabase(password: string, port: number): Promise<string> {
  const url = (database: string): string =>
    `postgres://zhenghao:${password}@127.0.0.1:${port}/${database}`;
  try {
    await withClient(url('zhenghao'), assertUtf8);
  } catch (error) {
    // 3D000: the database does not exist, so this is the first start.
    if (!(error instanceof pg.DatabaseError) || error.code !== '3D000') throw error;
    await withClient(url('postgres'), async (client) => {
      await assertUtf8(client);
      await client.query('CREATE DATABASE zhenghao');
    });
  }
  return url('zhenghao');
}

async function withClient(url: string, use: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}

function supervise(options: {
  running: Running;
  url: string;
  release: () => Promise<void>;
  cluster: Cluster;
  onExit: ((code: number | null) => void) | undefined;
}): EmbeddedDatabase {
  const { running, url, release, cluster, onExit } = options;
  const { child, pid } = running;
  let stopping: Promise<void> | undefined;
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const finish = async (code: number | null): Promise<void> => {
    // Neither may keep a stop() waiting: the next start removes what is left of both.
    await Promise.allSettled([cluster.launcher.dispose(), release()]);
    end();
    if (stopping === undefined) onExit?.(code);
  };
  if (child.exitCode === null && child.signalCode === null) {
    child.once('exit', (code) => void finish(code));
  } else {
    void finish(child.exitCode);
  }
  // A forgotten database must not keep a finished process alive.
  child.unref();
  const stopOnce = async (): Promise<void> => {
    child.ref();
    if (child.exitCode === null && child.signalCode === null) {
      await stopProcess(pid, { fastMs: 30_000 });
    }
    await ended;
  };
  return { url, pid, stop: () => (stopping ??= stopOnce()) };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
