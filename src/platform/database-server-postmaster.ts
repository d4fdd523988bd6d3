import { execFile } from 'node:child_process';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { identifyProcess } from './database-server-lock.ts';

const run = promisify(execFile);

/** What PostgreSQL's main process wrote about itself into its folder. */
export type Postmaster = { pid: number; ready: boolean };

/** Reads postmaster.pid of a cluster; undefined when there is none or it is not whole. */
export async function readPostmaster(folder: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  return { pid, ready: lines[7]?.trim() === 'ready' };
}

/**
 * A setting that tells the main process of this cluster from every other process. It names the
 * folder by its number on the disk, so it stays true when the folder is moved or mounted elsewhere.
 */
export async function folderMark(folder: string): Promise<string> {
  const { dev, ino } = await stat(folder);
  return `zhenghao.folder=${dev}:${ino}`;
}

/**
 * Makes the cluster in `folder` free to start: ends the main process that a killed server left
 * behind, waits for the orphans of a killed main process, and deletes a postmaster.pid whose number
 * now belongs to some other program. The caller holds the server lock. Throws when a PostgreSQL
 * that is not ours uses the folder, or when the processes cannot be ended.
 */
export async function clearFormerPostmaster(
  folder: string,
  log: (line: string) => void,
): Promise<void> {
  const former = await readPostmaster(folder);
  const pid = former?.pid;
  const alive = pid !== undefined && (await identifyProcess(pid)) !== undefined;
  if (alive && (await commandLine(pid)).includes(`-c${await folderMark(folder)}`)) {
    log(`Stopping the database process ${pid} that an earlier server left running.`);
    await stopProcess(pid, { fastMs: 10_000 });
  } else if (alive) {
    if ((await processesIn(folder)).includes(pid)) {
      throw new Error(
        `A PostgreSQL that this server did not start (process ${pid}) is using ${folder}. Stop it.`,
      );
    }
    // PostgreSQL would take any process of our user with this number for a living main process.
    log(`Deleting a postmaster.pid that names process ${pid}, which is another program.`);
    await rm(join(folder, 'postmaster.pid'), { force: true });
  }
  await endOrphans(folder, log);
}

/**
 * After a main process was killed, its children notice and leave, except one in the middle of a
 * long computation. They hold the shared memory, and no work of theirs can be lost that was
 * confirmed, so after three seconds they are killed.
 */
async function endOrphans(folder: string, log: (line: string) => void): Promise<void> {
  for (let waited = 0; waited < 15_000; waited += 50) {
    const orphans = await processesIn(folder);
    if (orphans.length === 0) return;
    if (waited === 3000) log(`Ending orphaned database processes: ${orphans.join(', ')}.`);
    if (waited >= 3000) for (const pid of orphans) signal(pid, 'SIGKILL');
    await sleep(50);
  }
  throw new Error(`Processes of an earlier database in ${folder} do not end; restart the machine.`);
}

/**
 * Stops a main process in order: clients are disconnected and everything is saved; after `fastMs`
 * milliseconds at once, which the next start repairs; five seconds later by force.
 */
export async function stopProcess(pid: number, options: { fastMs: number }): Promise<void> {
  const steps = [
    { name: 'SIGINT', wait: options.fastMs },
    { name: 'SIGQUIT', wait: 5000 },
    { name: 'SIGKILL', wait: 5000 },
  ] as const;
  const target = await identifyProcess(pid);
  for (const step of steps) {
    signal(pid, step.name);
    for (let waited = 0; waited < step.wait; waited += 10) {
      const current = await identifyProcess(pid);
      if (current === undefined || current.startedAt !== target?.startedAt) return;
      await sleep(10);
    }
  }
  throw new Error(`The database process ${pid} does not end, not even by force.`);
}

function signal(pid: number, name: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already, or it is not ours; the caller looks whether it still lives.
  }
}

async function commandLine(pid: number): Promise<string[]> {
  if (process.platform === 'linux') {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  }
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' };
  const args = ['-ww', '-o', 'command=', '-p', String(pid)];
  const { stdout } = await run('ps', args, { env }).catch(() => ({ stdout: '' }));
  return stdout.trim().split(/\s+/);
}

/**
 * Living PostgreSQL processes whose working folder is the cluster. Empty where the system does not
 * tell (no /proc, or another user's processes in a container): then the start itself is retried.
 */
async function processesIn(folder: string): Promise<number[]> {
  const { dev, ino } = await stat(folder);
  const names = await readdir('/proc').catch(() => []);
  const checks = names
    .filter((name) => /^\d+$/.test(name))
    .map(async (name) => {
      const program = await readFile(`/proc/${name}/comm`, 'utf8').catch(() => '');
      if (program.trim() !== 'postgres') return false;
      const cwd = await stat(`/proc/${name}/cwd`).catch(() => undefined);
      const alive = cwd?.dev === dev && cwd.ino === ino;
      return alive && (await identifyProcess(Number(name))) !== undefined ? Number(name) : false;
    });
  return (await Promise.all(checks)).filter((pid) => pid !== false);
}
