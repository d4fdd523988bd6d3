import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasCode, identifyProcess } from '../../src/platform/database-server-lock.ts';
import { findPostgres } from '../../src/platform/database-server-launcher.ts';
import { clearFormerPostmaster } from '../../src/platform/database-server-postmaster.ts';
import { startEmbeddedDatabase } from '../../src/platform/database-server.ts';

const run = promisify(execFile);

export type TestCluster = { url: string; pid: number; dataDir: string; stop(): Promise<void> };

/** What a cluster is filled with before it is copied; the name changes whenever the filling would. */
export type Template = { name: string; fill(url: string, dataDir: string): Promise<void> };

const CACHE = join(import.meta.dirname, '..', '..', '.cache');
const PREFIX = 'zhenghao-test-';
const MEMORY = '/dev/shm';
const MEMORY_NEEDED_BYTES = 4 * 1024 ** 3;

const folders = new Set<string>();
let guarded = false;
let swept: Promise<void> | undefined;

/**
 * Starts a fresh PostgreSQL with a database `zhenghao`, empty or as `filled` says, without fsync, in a
 * temporary folder (in memory where there is room) that stop() deletes. Its server dies with the test process, however that ends; only after a
 * SIGKILL is it left to the next test run.
 */
export async function testCluster(filled?: Template): Promise<TestCluster> {
  guardExit();
  await (swept ??= sweepKilledRuns());
  const template = await templateFolder(filled);
  const dataDir = await mkdtemp(join(await workFolder(), `${PREFIX}${process.pid}-`));
  folders.add(dataDir);
  // A thousand small files: the cp program copies them several times faster than Node does.
  await run('cp', ['-a', `${template}/.`, dataDir]);
  const db = await startEmbeddedDatabase({ dataDir, fsync: false });
  const stop = async (): Promise<void> => {
    await db.stop();
    await rm(dataDir, { recursive: true, force: true });
    folders.delete(dataDir);
  };
  return { url: db.url, pid: db.pid, dataDir, stop };
}

/**
 * Making a cluster takes a second, filling one several, copying one a tenth, so one is kept for each
 * version, user and filling.
 */
async function templateFolder(filled?: Template): Promise<string> {
  const packageFile = join(await findPostgres(), '..', 'package.json');
  const { version }: { version: string } = JSON.parse(await readFile(packageFile, 'utf8'));
  const empty = `pg-template-${version}-user-${process.geteuid?.() ?? 'any'}`;
  const name = filled ? `${empty}-${filled.name}` : empty;
  const path = join(CACHE, name);
  if (existsSync(path)) return path;
  const draft = join(CACHE, `draft-${name}-${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    if (filled) await run('cp', ['-a', `${await templateFolder()}/.`, draft]);
    const db = await startEmbeddedDatabase({ dataDir: draft, fsync: false });
    await filled?.fill(db.url, draft).finally(() => db.stop());
    if (!filled) await db.stop();
    await rm(join(draft, 'postgres.log'));
    await rename(draft, path);
  } catch (error) {
    // Another test process was faster; its template is as good.
    if (!hasCode(error, 'EEXIST', 'ENOTEMPTY')) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return path;
}

function guardExit(): void {
  if (guarded) return;
  guarded = true;
  process.on('exit', killAll);
  // A signal ends the process without the exit event unless somebody listens.
  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(name, () => process.exit(code));
  }
}

function killAll(): void {
  for (const dataDir of folders) {
    // PostgreSQL deletes this file when its children have ended; nothing asynchronous runs here.
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    kill(file, 'SIGQUIT');
    for (let waited = 0; existsSync(file) && waited < 2000; waited += 10) pause(10);
    kill(file, 'SIGKILL');
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

function kill(file: string, signal: 'SIGQUIT' | 'SIGKILL'): void {
  try {
    const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
    if (pid > 1) process.kill(pid, signal);
  } catch {
    // There is no such file, or no such process: it has ended.
  }
}

function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

/** Memory is ten times faster than a disk for a folder of small files, where there is enough. */
async function workFolder(): Promise<string> {
  const memory = await statfs(MEMORY).catch(() => undefined);
  const free = memory === undefined ? 0 : memory.bavail * memory.bsize;
  return free > MEMORY_NEEDED_BYTES ? MEMORY : tmpdir();
}

/** Ends and deletes what test processes left that were killed before they could clean up. */
async function sweepKilledRuns(): Promise<void> {
  for (const parent of [MEMORY, tmpdir()]) {
    const names = await readdir(parent).catch(() => []);
    for (const name of names) {
      const owner = /^zhenghao-test-(\d+)-/.exec(name)?.[1];
      if (owner === undefined || (await identifyProcess(Number(owner))) !== undefined) continue;
      await sweep(join(parent, name));
    }
  }
}

async function sweep(dataDir: string): Promise<void> {
  try {
    const folder = join(dataDir, 'postgres');
    if (existsSync(folder)) await clearFormerPostmaster(folder, () => undefined);
    await rm(dataDir, { recursive: true, force: true });
  } catch {
    // Another user's, or another test process is sweeping it at this moment.
  }
}
