import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './database-server-lock.ts';
import { chooseLauncher, giveTree, NOBODY, type Launcher } from './database-server-launcher.ts';

const NAMELESS = 'could not look up effective user ID';

/** A cluster that exists on the disk, and the way to start it. */
export type Cluster = { folder: string; password: string; launcher: Launcher };

/**
 * Opens the cluster in `<dataDir>/postgres`, making it on the first start. It is made in a folder
 * of its own and renamed when complete, so an interrupted first start leaves nothing half made.
 * The caller holds the server lock. Throws when the password file of a cluster is missing.
 */
export async function openCluster(options: {
  dataDir: string;
  native: string;
  unshare: string;
  fsync: boolean;
}): Promise<Cluster> {
  const { dataDir, native, unshare } = options;
  const folder = join(dataDir, 'postgres');
  await removeUnfinished(dataDir);
  if (!(await isPresent(folder))) return createCluster({ ...options, folder });
  const launcher = await chooseLauncher({ native, dataDir, folder, unshare });
  try {
    if (!(await isPresent(join(folder, 'PG_VERSION')))) {
      throw new Error(
        `${folder} exists but holds no database. Move it away, or restore it from a backup.`,
      );
    }
    return { folder, password: await readPassword(passwordFile(dataDir)), launcher };
  } catch (error) {
    await launcher.dispose();
    throw error;
  }
}

async function isPresent(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function passwordFile(dataDir: string): string {
  return join(dataDir, 'postgres.password');
}

async function removeUnfinished(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith('postgres.new')) continue;
    // The initdb of a killed server may still be writing here, which makes deleting fail at first.
    await rm(join(dataDir, name), { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
  }
}

async function readPassword(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new Error(
      `Cannot read the database's password from ${path}. ` +
        'Without that file the database beside it cannot be opened; restore it from a backup.',
      { cause: error },
    );
  }
}

async function createCluster(options: {
  dataDir: string;
  native: string;
  unshare: string;
  fsync: boolean;
  folder: string;
}): Promise<Cluster> {
  const { dataDir, native, unshare, folder } = options;
  const password = randomBytes(24).toString('hex');
  // The name is new each time: an initdb of a killed server may still be writing into the old one.
  const stage = join(dataDir, `postgres.new-${randomBytes(4).toString('hex')}`);
  await mkdir(join(stage, 'data'), { recursive: true, mode: 0o700 });
  await writeDurably(join(stage, 'password'), password);
  // Root leaves the files to whoever owns the data folder, so that both can start the server.
  if (process.geteuid?.() === 0) await copyOwner(dataDir, stage);
  const launcher = await chooseLauncher({ native, dataDir, folder: stage, unshare });
  try {
    if (launcher.owner !== undefined) await giveTree(stage, NOBODY);
    await initialise({ launcher, data: join(stage, 'data'), fsync: options.fsync, unshare });
    if (launcher.owner !== undefined) await giveTree(stage, launcher.owner);
    // The password goes first: a cluster without its password would be lost.
    await rename(join(stage, 'password'), passwordFile(dataDir));
    await rename(join(stage, 'data'), folder);
    await syncFolder(dataDir);
  } catch (error) {
    await launcher.dispose();
    throw error;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
  return { folder, password, launcher };
}

async function copyOwner(from: string, stage: string): Promise<void> {
  const { uid, gid } = await stat(from);
  for (const part of ['data', 'password', '']) await chown(join(stage, part), uid, gid);
}

async function initialise(options: {
  launcher: Launcher;
  data: string;
  fsync: boolean;
  unshare: string;
}): Promise<void> {
  const { launcher, data, unshare } = options;
  const args = (at: (relative: string) => string): string[] => [
    `--pgdata=${at('')}`,
    `--pwfile=${at('../password')}`,
    '--username=zhenghao',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--auth=scram-sha-256',
    ...(options.fsync ? [] : ['--no-sync']),
  ];
  const attempt = async (prefix?: string[]): Promise<string | undefined> => {
    const child = launcher.launch('initdb', data, args, ['ignore', 'pipe', 'pipe'], prefix);
    const { code, output } = await outcome(child);
    return code === 0 ? undefined : output.trim();
  };
  let complaint = await attempt();
  // A container may run us under a number that has no name, which initdb refuses. In a user
  // namespace it sees the number of nobody, which has one.
  if (complaint?.includes(NAMELESS) === true) {
    complaint = await attempt([unshare, '-U']).catch(() => complaint);
  }
  if (complaint === undefined) return;
  const advice = complaint.includes(NAMELESS)
    ? ' Add that user to /etc/passwd, or start the server as a user that is listed there.'
    : '';
  throw new Error(`The database could not be created: ${complaint}.${advice}`);
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject);
  child.once('close', resolve);
  return { code: await promise, output: Buffer.concat(chunks).toString('utf8') };
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
