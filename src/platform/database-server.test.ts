import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { identifyProcess } from './database-server-lock.ts';
import { assertUtf8, startEmbeddedDatabase, type EmbeddedDatabase } from './database-server.ts';

const folders: string[] = [];
const children: ChildProcess[] = [];
const databases: EmbeddedDatabase[] = [];

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'zhenghao-database-'));
  folders.push(path);
  return path;
}

async function start(
  dataDir: string,
  extra: { unshare?: string; onExit?: () => void } = {},
): Promise<EmbeddedDatabase> {
  const db = await startEmbeddedDatabase({ dataDir, fsync: false, ...extra });
  databases.push(db);
  return db;
}

async function query(db: { url: string }, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: db.url });
  // A main process killed below a client ends its connection with an error, which is expected.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query({ text, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

async function writeName(db: EmbeddedDatabase): Promise<void> {
  await query(db, 'CREATE TABLE patient (name text)');
  await query(db, `INSERT INTO patient VALUES ('王𠮷号')`);
}

async function assertName(db: EmbeddedDatabase): Promise<void> {
  assert.equal(await query(db, 'SELECT name FROM patient'), '王𠮷号');
}

/** Starts the database in another process and gives the process and the database's number. */
async function holdElsewhere(dataDir: string): Promise<{ holder: ChildProcess; pid: number }> {
  const script = `
    import { startEmbeddedDatabase } from ${JSON.stringify(import.meta.resolve('./database-server.ts'))};
    const [dataDir] = process.argv.slice(1);
    const db = await startEmbeddedDatabase({ dataDir, fsync: false });
    console.log(db.pid);
    setInterval(() => undefined, 1000);`;
  const args = ['--input-type=module', '-e', script, dataDir];
  const holder = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(holder);
  for await (const line of createInterface({ input: holder.stdout })) {
    return { holder, pid: Number(line) };
  }
  throw new Error('The other process did not start a database.');
}

async function kill(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

after(async () => {
  for (const db of databases) await db.stop();
  for (const child of children) child.kill('SIGKILL');
  for (const path of folders) await rm(path, { recursive: true, force: true });
});

describe('the built-in database', { concurrency: 2 }, () => {
  it('stores Chinese text and keeps it over a stop and a start', async () => {
    const dataDir = join(await folder(), 'new', 'data');
    const first = await start(dataDir);
    await writeName(first);
    assert.equal(await query(first, 'SHOW idle_in_transaction_session_timeout'), '10s');
    assert.equal(await query(first, 'SHOW listen_addresses'), '127.0.0.1');
    assert.equal(await query(first, 'SHOW TimeZone'), 'UTC');
    assert.equal(await query(first, 'SELECT current_database()'), 'zhenghao');
    await first.stop();
    await first.stop();
    const second = await start(dataDir);
    await assertName(second);
    await second.stop();
    assert.equal((await stat(join(dataDir, 'postgres.password'))).mode & 0o777, 0o600);
    assert.deepEqual((await readdir(dataDir)).toSorted(), [
      'postgres',
      'postgres.log',
      'postgres.password',
    ]);
  });

  it('keeps to fsync unless told otherwise', async () => {
    const db = await startEmbeddedDatabase({ dataDir: await folder() });
    assert.equal(await query(db, 'SHOW fsync'), 'on');
    assert.equal(await query(db, 'SHOW synchronous_commit'), 'on');
    assert.equal(await query(db, 'SHOW full_page_writes'), 'on');
    await db.stop();
  });

  it('refuses a wrong password', async () => {
    const db = await start(await folder());
    const url = db.url.replace(/:[0-9a-f]+@/, ':wrong@');
    await assert.rejects(query({ url }, 'SELECT 1'), /password authentication failed/);
    await db.stop();
  });

  it('works in a private folder that holds other files', async () => {
    const dataDir = await folder();
    await chmod(dataDir, 0o700);
    await writeFile(join(dataDir, 'notes.txt'), 'kept');
    const db = await start(dataDir);
    assert.equal(await query(db, "SELECT '号'"), '号');
    await db.stop();
    assert.equal(await readFile(join(dataDir, 'notes.txt'), 'utf8'), 'kept');
  });

  it('refuses a folder that a living server uses, and takes over when it was killed', async () => {
    const dataDir = await folder();
    const { holder, pid } = await holdElsewhere(dataDir);
    await assert.rejects(start(dataDir), /Another 正号 server \(process \d+\) is already using/);
    await kill(holder);
    // Nobody told the database, which runs on and holds its folder.
    assert.ok(await identifyProcess(pid));
    const db = await start(dataDir);
    assert.notEqual(db.pid, pid);
    assert.equal(await identifyProcess(pid), undefined);
    assert.equal(await query(db, 'SELECT 1'), 1);
    await db.stop();
  });

  it('refuses a second start in the same process', async () => {
    const dataDir = await folder();
    const db = await start(dataDir);
    await assert.rejects(start(dataDir), /already using/);
    assert.equal(await query(db, 'SELECT 1'), 1);
    await db.stop();
  });

  it('starts again at once after its main process was killed below busy clients', async () => {
    const dataDir = await folder();
    const { promise: exited, resolve: onExit } = Promise.withResolvers<void>();
    const db = await start(dataDir, { onExit });
    await writeName(db);
    // A computation in one long call does not notice the end of the main process.
    const busy = query(db, 'SELECT count(*) FROM generate_series(1, 2000000000)');
    const lost = assert.rejects(busy);
    await sleep(200);
    process.kill(db.pid, 'SIGKILL');
    const again = await start(dataDir);
    await exited;
    await lost;
    await assertName(again);
    await db.stop();
    await again.stop();
  });

  it('makes a new cluster after the first start was interrupted', async () => {
    const dataDir = await folder();
    const holding = holdElsewhere(dataDir);
    holding.catch(() => undefined);
    while (!(await readdir(dataDir)).some((name) => name.startsWith('postgres.new'))) {
      await sleep(5);
    }
    await sleep(200);
    const holder = children.at(-1);
    assert.ok(holder);
    await kill(holder);
    assert.ok(!(await readdir(dataDir)).includes('postgres'));
    const db = await start(dataDir);
    assert.equal(await query(db, 'SELECT 1'), 1);
    await db.stop();
    assert.ok(!(await readdir(dataDir)).some((name) => name.startsWith('postgres.new')));
  });

  it('is not confused by files that a power loss left', async () => {
    const dataDir = await folder();
    await (await start(dataDir)).stop();
    const me = process.pid;
    // Both numbers belong to a living process that is not the one meant: this one.
    await writeFile(join(dataDir, 'server.lock'), JSON.stringify({ pid: me, startedAt: 'old:1' }));
    const lines = [me, join(dataDir, 'postgres'), 1, 5432, '', '127.0.0.1', '1 1', 'ready'];
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), `${lines.join('\n')}\n`);
    const db = await start(dataDir);
    assert.equal(await query(db, 'SELECT 1'), 1);
    await db.stop();
  });

  it('says so when the database ends by itself, but not when it was stopped', async () => {
    let exits = 0;
    const onExit = (): void => void (exits += 1);
    const dataDir = await folder();
    await (await start(dataDir, { onExit })).stop();
    assert.equal(exits, 0);
    const db = await start(dataDir, { onExit });
    process.kill(db.pid, 'SIGQUIT');
    while (exits === 0) await sleep(5);
    await db.stop();
    assert.equal(exits, 1);
  });

  it('explains what it cannot do', async () => {
    const dataDir = await folder();
    await (await start(dataDir)).stop();
    const settings = { shared_buffers: 'plenty' };
    const failing = startEmbeddedDatabase({ dataDir, fsync: false, settings });
    await assert.rejects(failing, /PostgreSQL did not start; .*shared_buffers/s);
    await rm(join(dataDir, 'postgres.password'));
    await assert.rejects(start(dataDir), /restore it from a backup/);
    assert.ok(!(await readdir(dataDir)).includes('server.lock'));
  });

  it('accepts only servers that store UTF8', async () => {
    const db = await start(await folder());
    const client = new pg.Client({ connectionString: db.url });
    await client.connect();
    await assertUtf8(client);
    await client.query(
      `CREATE DATABASE old TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'`,
    );
    await client.end();
    const old = new pg.Client({ connectionString: db.url.replace(/zhenghao$/, 'old') });
    await old.connect();
    await assert.rejects(assertUtf8(old), /encoding is SQL_ASCII, but/);
    await old.end();
    await db.stop();
  });
});

const isRoot = process.geteuid?.() === 0;

describe('the built-in database, started by root', { skip: !isRoot && 'needs root' }, () => {
  it('works where user namespaces are forbidden, in a private folder', async () => {
    const dataDir = await folder();
    await chmod(dataDir, 0o700);
    const forbidden = { unshare: '/nonexistent/unshare' };
    const db = await start(dataDir, forbidden);
    await writeName(db);
    process.kill(db.pid, 'SIGKILL');
    const again = await start(dataDir, forbidden);
    await assertName(again);
    await again.stop();
    // The same folder on a system that does allow them.
    const allowed = await start(dataDir);
    await assertName(allowed);
    await allowed.stop();
  });

  it('takes a cluster along that it made in a user namespace', async () => {
    const dataDir = await folder();
    const db = await start(dataDir);
    await writeName(db);
    await db.stop();
    const again = await start(dataDir, { unshare: '/nonexistent/unshare' });
    await assertName(again);
    await again.stop();
  });

  it("leaves everything in another user's folder to that user", async () => {
    const parent = await folder();
    const dataDir = join(parent, 'data');
    await mkdir(dataDir, { mode: 0o700 });
    await chown(dataDir, 54321, 54321);
    const db = await start(dataDir);
    await writeName(db);
    await db.stop();
    for (const name of await readdir(dataDir)) {
      assert.equal((await stat(join(dataDir, name))).uid, 54321, name);
    }
  });
});
