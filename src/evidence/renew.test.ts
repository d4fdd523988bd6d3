import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { evidenceWorld, tamper } from '../../test/support/evidence.ts';
import { witnessesInProcess } from '../../test/support/witnesses.ts';
import { readConfig } from '../platform/config.ts';
import { openDb, type Db } from '../platform/db.ts';
import { createHttp } from '../platform/http.ts';
import { appendEvents } from '../platform/outbox.ts';
import { openSecrets } from '../platform/secrets.ts';
import { sql } from '../platform/sql.ts';
import {
  createSequencer,
  createWitnessing,
  evidenceRoutes,
  examineLog,
  exportFolder,
  newestCheckpoint,
  proofFor,
  renewLog,
  verifyLog,
  WitnessRefusal,
  type Renewed,
  type WitnessSetting,
} from './index.ts';
import { renewCommand } from './renew-cli.ts';
import { verifyCommand } from './verify-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'zhenghao-renew-'));
let w: Awaited<ReturnType<typeof evidenceWorld>>;
let net: ReturnType<typeof witnessesInProcess>;
let witnesses: WitnessSetting[];
/** The database as it was restored from the backup. */
let db: Db;
/** The same again, renewed before anything was written to it. */
let fresh: Db;
let kept: string;
/** The old origin's checkpoint over entries that the backup did not have. */
let lost: string;
let renewed: Renewed;

const ctxOf = (on: Db) => ({ ...w.ctx, db: on, network: net.network });
const want = () => ({ witnesses: witnesses.map(({ vkey }) => vkey), witnesses_min: 2 });
const ask = () => createWitnessing(ctxOf(db), witnesses).run();

async function grow(on: Db, from: number, count: number): Promise<string[]> {
  const events = Array.from({ length: count }, (_, i) => w.change(`slot:${from + i}`, 1));
  const ids = await on.tx((tx) => appendEvents(tx, w.ctx, events));
  w.ctx.clock.set(new Date(w.ctx.clock.now().getTime() + 2000));
  await createSequencer({ ...w.ctx, db: on }).drain();
  return ids;
}

/** A copy of the whole database, as a backup of its folder gives. */
async function backUp(name: string): Promise<Db> {
  const url = new URL(w.url);
  url.pathname = '/postgres';
  const server = openDb(url.href, { connections_max: 1 });
  const run = (text: string) => server.run({ text, values: [] });
  await run(`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'zhenghao'`);
  for (let tries = 0; ; tries++)
    try {
      await run(`create database ${name} template zhenghao`);
      break;
    } catch (error) {
      if (tries > 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  await server.close();
  url.pathname = `/${name}`;
  return openDb(url.href);
}

before(async () => {
  w = await evidenceWorld('renew');
  net = witnessesInProcess(w.ctx.clock);
  witnesses = ['a', 'b'].map((letter) => net.begin(letter, w.vkey, { first: true }));
  await w.sequencer().drain();
  [kept = ''] = await grow(w.ctx.db, 0, 300);
  const witnessing = createWitnessing(ctxOf(w.ctx.db), witnesses);
  assert.equal((await witnessing.run()).cosigned, 2);
  db = await backUp('backup');
  fresh = await backUp('backup_fresh');
  // The log goes on, its witnesses with it; then the disk is lost and the backup put back.
  await grow(w.ctx.db, 1000, 50);
  assert.equal((await witnessing.run()).cosigned, 2);
  lost = (await newestCheckpoint(w.ctx))?.note ?? '';
});
after(async () => {
  await db.close();
  await fresh.close();
  await w.stop();
  net.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('[R067] witnesses refuse a log that was put back, whether it is shorter or has grown again', async () => {
  const shorter = await ask();
  const [id = ''] = await grow(db, 2000, 80);
  const longer = await ask();
  for (const { cosigned, failures } of [shorter, longer]) {
    assert.equal(cosigned, 0);
    assert.equal(failures.length, 2);
    for (const failure of failures) {
      assert.ok(failure instanceof WitnessRefusal, failure.message);
      assert.match(failure.message, /restored from a backup.*log:renew.*burnt/);
    }
  }
  // Nothing new is provable, what was proven before still is.
  assert.equal(await proofFor({ db }, id, want()), undefined);
  assert.equal((await proofFor({ db }, kept, want()))?.size, 300);
});

test('[R067] a renewed log goes on under a new origin over the old head, and the next leaf tells of it', async () => {
  const before = await newestCheckpoint({ db });
  const ctx = { ...w.ctx, db };
  await assert.rejects(renewLog(ctx, { origin: 'log.example/test', actor: 'x' }), /before/);
  renewed = await renewLog(ctx, { origin: 'log.example/renewed', actor: 'operator:wang' });
  assert.equal(renewed.old_size, before?.size);
  assert.deepEqual(
    renewed.checkpoint.split('\n').slice(1, 3),
    before?.note.split('\n').slice(1, 3),
    'the same size and root',
  );
  assert.equal(renewed.checkpoint.split('\n')[0], 'log.example/renewed');
  const leaf = await db.one<{ name: string; payload: unknown }>(sql`
    select e.name, e.payload from evidence.leaf l join platform.event e on e.id = l.event_id
    where l.index = ${renewed.old_size}`);
  assert.equal(leaf.name, 'evidence.log.renewed');
  const { old_root, ...told } = leaf.payload as Record<string, unknown>;
  assert.deepEqual(told, { old_origin: 'log.example/test', old_size: renewed.old_size });
  assert.match(String(old_root), /^[0-9a-f]{64}$/);
});

test('[R067] witnesses take the new origin up from its first checkpoint and sign again', async () => {
  const old = witnesses;
  assert.match((await ask()).failures[0]?.message ?? '', /does not know the log/);
  witnesses = ['a', 'b'].map((letter) =>
    net.begin(letter, renewed.vkey, { checkpoint: renewed.checkpoint }),
  );
  assert.deepEqual(witnesses, old, 'under the keys they had');
  const [id = ''] = await grow(db, 3000, 300);
  assert.deepEqual(await ask(), { cosigned: 2, failures: [] });
  const proof = await proofFor({ db }, id, want());
  assert.ok(proof?.checkpoint.startsWith('log.example/renewed\n'));
  // A manifest of before trusts the old origin, which signs no more.
  assert.equal(await proofFor({ db }, id, { ...want(), origin: 'log.example/test' }), undefined);
  const earlier = await proofFor({ db }, kept, { ...want(), origin: 'log.example/test' });
  assert.equal(earlier?.size, 300);
});

test('[R067] log:verify follows the origins, under the key noted before as under the new one', async () => {
  for (const vkey of [w.vkey, renewed.vkey]) {
    const report = await examineLog({ db, fields: w.ctx.fields, vkey });
    assert.deepEqual(report.findings, []);
    assert.equal(report.leaves, 300 + 80 + 1 + 300);
    assert.equal(report.events?.pending, 0);
  }
});

test('[R067] a checkpoint over what was lost stays proof: of the loss, or of the second history', async () => {
  const check = async (on: Db) =>
    (await verifyLog({ db: on, fields: w.ctx.fields, vkey: w.vkey, from: lost }))[0];
  // Here the old origin signed again after the restoration, past the size of the lost checkpoint.
  const forked = await check(db);
  assert.equal(forked?.code, 'older-checkpoint');
  assert.match(forked?.sentence ?? '', /over 350 leaves contradicts this log/);
  // Here the log was renewed at once.
  await renewLog({ ...w.ctx, db: fresh }, { origin: 'log.example/fresh', actor: 'operator:wang' });
  await grow(fresh, 5000, 100);
  assert.deepEqual(await verifyLog({ db: fresh, fields: w.ctx.fields, vkey: w.vkey }), []);
  const missing = await check(fresh);
  assert.equal(missing?.code, 'older-checkpoint');
  assert.match(
    missing?.sentence ?? '',
    /350 leaves .*log\.example\/test, of which 300 were kept .* 50 were lost/,
  );
});

async function verify(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await verifyCommand(args, (line) => lines.push(line));
  return { code, text: lines.join('\n') };
}

test('[R067] anybody can check the renewal from outside: over HTTP and in a copy of files', async () => {
  const app = await createHttp({
    config: readConfig({}),
    authenticate: () => undefined,
    can: () => false,
    log: false,
  });
  evidenceRoutes(app, { db });
  const log = `${await app.listen({ host: '127.0.0.1', port: 0 })}/log`;
  const from = join(folder, 'lost');
  writeFileSync(from, lost);
  try {
    const { renewals } = (await (await fetch(`${log}/renewals`)).json()) as { renewals: Record<string, unknown>[] }; // prettier-ignore
    assert.equal(renewals.length, 1);
    assert.equal(renewals[0]?.['old_origin'], 'log.example/test');
    assert.equal(renewals[0]?.['index'], renewed.old_size);
    for (const vkey of [w.vkey, renewed.vkey]) {
      const { code, text } = await verify('--log', log, '--vkey', vkey);
      assert.equal(code, 0, text);
    }
    assert.equal((await verify('--log', log, '--vkey', w.vkey, '--from', from)).code, 1);
  } finally {
    await app.close();
  }
  const copy = join(folder, 'copy');
  await exportFolder({ db }, copy);
  assert.equal((await verify('--log', copy, '--vkey', w.vkey)).code, 0);
  const list = join(copy, 'renewals');
  const honest = JSON.stringify(await import('./renewals.ts').then((m) => m.listRenewals(db)));
  for (const [what, changed] of [
    ['another old size', honest.replace(`"old_size":${renewed.old_size}`, '"old_size":300')],
    [
      'another leaf',
      honest.replace(`"index":${renewed.old_size}`, `"index":${renewed.old_size + 1}`),
    ],
    ['another story', honest.replace('operator:wang', 'operator:nobody')],
    [
      'a checkpoint of nobody',
      honest.replace(/— log.example\/renewed \S{12}/, '— log.example/renewed AAAAAAAAAAAA'),
    ],
  ] as const) {
    assert.notEqual(changed, honest, what);
    writeFileSync(list, `{"renewals":${changed}}`);
    const { code, text } = await verify('--log', copy, '--vkey', w.vkey);
    assert.equal(code, 1, `${what}: ${text}`);
  }
  writeFileSync(list, '{"renewals":7}');
  assert.equal((await verify('--log', copy, '--vkey', w.vkey)).code, 1);
  rmSync(list);
  assert.equal((await verify('--log', copy, '--vkey', w.vkey)).code, 1, 'the old key alone');
});

test('[R067] a renewal that was changed in the database is found', async () => {
  await tamper(db, 'create table public.keep as table evidence.renewal');
  for (const change of [
    'old_size = 300',
    `old_vkey = 'x', new_origin = 'log.example/test2'`,
    `old_checkpoint = new_vkey`,
  ]) {
    await tamper(db, `update evidence.renewal set ${change}`);
    const findings = await verifyLog({ db, fields: w.ctx.fields, vkey: renewed.vkey });
    assert.ok(findings.length > 0, change);
    await tamper(db, 'delete from evidence.renewal');
    await tamper(db, 'insert into evidence.renewal select * from public.keep');
  }
  assert.deepEqual(await verifyLog({ db, fields: w.ctx.fields, vkey: renewed.vkey }), []);
});

test('[R067] npm run log:renew renews a database with the keys of its data folder, and says what to do next', async () => {
  const data = join(folder, 'data');
  const out = join(folder, 'new-origin.checkpoint');
  const lines: string[] = [];
  const run = (...args: string[]) => renewCommand(args, (line) => lines.push(line));
  assert.equal(await run('--actor', 'wang', '--data', data), 2);
  const secrets = openSecrets(data, w.ctx.random);
  assert.equal(await run('--data', data), 2);
  const own = await evidenceWorld('renew by command');
  try {
    assert.equal(await run('--actor', 'wang', '--data', data, '--database', own.url), 1);
    await createSequencer({ ...own.ctx, secrets }, { origin: 'log.example/command' }).drain();
    const target = ['--data', data, '--database', own.url, '--out', out];
    assert.equal(await run('--actor', 'wang', ...target, '--origin', 'log.example/next'), 0);
    assert.match(readFileSync(out, 'utf8'), /^log\.example\/next\n0\n/);
    assert.match(lines.join('\n'), /npm run witness -- --log log\.example\/next\+/);
  } finally {
    await own.stop();
  }
});
