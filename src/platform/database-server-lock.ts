import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process that a reused process number cannot impersonate. `startedAt` is opaque text. */
export type ProcessIdentity = { pid: number; startedAt: string };

/** Says whether a caught value is a system error with one of the given codes. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** Identifies a living process; a zombie, or a number nobody uses, gives undefined. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = process.platform === 'linux' ? await linuxStart(pid) : await posixStart(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

async function linuxStart(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may itself hold spaces and
    // parentheses, so fields are counted from the last one: state is field 3, start field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    // Field 22 counts from boot, so the boot is part of the identity.
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
    return `${boot.trim()}:${fields[19]}`;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

async function posixStart(pid: number): Promise<string | undefined> {
  try {
    const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env });
    const [state = '', ...started] = stdout.trim().split(/\s+/);
    return state === '' || state.startsWith('Z') ? undefined : started.join(' ');
  } catch (error) {
    // ps ends with status 1 when there is no such process.
    if (error instanceof Error && 'code' in error && error.code === 1) return undefined;
    throw error;
  }
}

type LockState = 'free' | 'stale' | { heldBy: number };

/**
 * Makes this process the only server on `dataDir` (an existing folder) and returns the function
 * that gives the folder up again. A lock whose owner has died is taken over, even if its process
 * number is in use again. Throws when a living server holds the folder.
 */
export async function acquireServerLock(dataDir: string): Promise<() => Promise<void>> {
  const path = join(dataDir, 'server.lock');
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  const text = JSON.stringify(await identifyProcess(process.pid));
  // The lock is written elsewhere and linked into place, so that it never appears half written.
  await writeFile(draft, text, { flag: 'wx', mode: 0o644 }).catch((error: unknown) => {
    if (!hasCode(error, 'EACCES', 'EPERM', 'EROFS')) throw error;
    throw new Error(
      `This user may not write to the data folder ${dataDir}. ` +
        'Start the server as the owner of that folder, or give it another one.',
      { cause: error },
    );
  });
  try {
    for (let attempt = 0; attempt < 100; attempt += 1) {
      if (await linkIfFree(draft, path)) return () => releaseLock(path, text);
      const state = await inspectLock(path);
      if (state === 'stale' && (await replaceStaleLock(draft, path))) {
        return () => releaseLock(path, text);
      }
      if (typeof state === 'object') throw new FolderInUseError(dataDir, state.heldBy);
      await sleep(20);
    }
    throw new Error(`The lock ${path} keeps changing hands; start one server at a time.`);
  } finally {
    await rm(draft, { force: true });
  }
}

/** The error of a data folder that process `pid` is already serving. */
export class FolderInUseError extends Error {
  override name = 'FolderInUseError';
  readonly pid: number;
  constructor(dataDir: string, pid: number) {
    super(
      `Another 正号 server (process ${pid}) is already using ${dataDir}. ` +
        'Stop it first, or give this server a data folder of its own.',
    );
    this.pid = pid;
  }
}

async function linkIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function inspectLock(path: string): Promise<LockState> {
  let owner: unknown;
  try {
    owner = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'free';
    // Locks appear whole, so an unreadable text is what a power failure left of one.
    if (error instanceof SyntaxError) return 'stale';
    throw error;
  }
  if (typeof owner !== 'object' || owner === null) return 'stale';
  if (!('pid' in owner) || !('startedAt' in owner) || typeof owner.pid !== 'number') return 'stale';
  const living = await identifyProcess(owner.pid);
  return living?.startedAt === owner.startedAt ? { heldBy: owner.pid } : 'stale';
}

/**
 * Two servers may find the same dead lock at once. Only the one that holds the takeover file may
 * replace it, and it looks again first: otherwise the slower one would replace the lock of the
 * faster one, which is alive.
 */
async function replaceStaleLock(draft: string, path: string): Promise<boolean> {
  const claim = `${path}.takeover`;
  if (!(await linkIfFree(draft, claim))) {
    // A holder that died in these few milliseconds must not block the folder for ever.
    if ((await inspectLock(claim)) === 'stale') await rm(claim, { force: true });
    return false;
  }
  try {
    if ((await inspectLock(path)) !== 'stale') return false;
    await rename(draft, path);
    return true;
  } finally {
    await rm(claim, { force: true });
  }
}

async function releaseLock(path: string, text: string): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => undefined);
  if (current === text) await rm(path, { force: true });
}
