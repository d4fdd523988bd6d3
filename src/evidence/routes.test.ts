import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readConfig } from '../platform/config.ts';
import { createHttp, type App, type Session } from '../platform/http.ts';
import { evidenceWorld } from '../../test/support/evidence.ts';
import { evidenceRoutes, exportFolder, newestCheckpoint } from './index.ts';
import { verifyCommand } from './verify-cli.ts';

let w: Awaited<ReturnType<typeof evidenceWorld>>;
let app: App;
let url: string;
let folder: string;
let session: Session | undefined;
let older: string;

before(async () => {
  w = await evidenceWorld('routes');
  folder = await mkdtemp(join(tmpdir(), 'zhenghao-log-'));
  await w.tell(Array.from({ length: 300 }, (_, i) => w.change(`slot:${i}`, 1)));
  await w.sequencer().drain();
  older = (await newestCheckpoint(w.ctx))?.note ?? '';
  const person = await w.person();
  await w.tell([
    ...Array.from({ length: 500 }, (_, i) => w.change(`slot:${1000 + i}`, 1)),
    w.visit(person, 'slot:0', 2),
  ]);
  await w.sequencer().drain();
  app = await createHttp({
    config: readConfig({}),
    authenticate: () => session,
    can: (roles, permission) => roles.includes(permission),
    log: false,
  });
  evidenceRoutes(app, w.ctx);
  url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/log`;
});
after(async () => {
  await app.close();
  await w.stop();
  await rm(folder, { recursive: true, force: true });
});

async function verify(...args: string[]): Promise<{ code: number; last: string; text: string }> {
  const lines: string[] = [];
  const code = await verifyCommand(args, (line) => lines.push(line));
  return { code, last: lines.at(-1) ?? '', text: lines.join('\n') };
}

test('[R067] tiles are served with headers that let everybody cache them', async () => {
  const get = (path: string) => app.inject({ url: `/log/${path}` });
  const full = await get('tile/0/000');
  assert.equal(full.statusCode, 200);
  assert.equal(full.rawPayload.length, 8192);
  assert.equal(full.headers['content-type'], 'application/octet-stream');
  assert.equal(full.headers['cache-control'], 'public, max-age=31536000, immutable');
  const partial = await get('tile/0/003.p/33');
  assert.equal(partial.rawPayload.length, 33 * 32);
  assert.equal(partial.headers['cache-control'], 'public, max-age=3600');
  assert.equal((await get('tile/0/003.p/20')).rawPayload.length, 20 * 32);
  assert.equal((await get('tile/1/000.p/3')).rawPayload.length, 3 * 32);
  assert.equal((await get('checkpoint')).headers['cache-control'], 'no-cache');
  assert.equal((await get('vkey')).body, `${w.vkey}\n`);
  for (const path of [
    'tile/0/003',
    'tile/0/003.p/34',
    'tile/0/004',
    'tile/0/x001/067',
    'tile/1/000',
    'tile/2/000.p/1',
    'tile/entries/003',
    'tile/entries/004',
    'tile/0/0',
  ]) {
    const reply = await get(path);
    assert.equal(reply.statusCode, 404, path);
    assert.match(String(reply.headers['content-type']), /problem\+json/);
  }
});

test('[R067] anybody can verify a running server’s log from outside', async () => {
  const kept = join(folder, 'older');
  await writeFile(kept, older);
  const good = await verify('--log', url, '--vkey', w.vkey, '--from', kept);
  assert.equal(good.code, 0, good.text);
  assert.match(good.last, /^log verified: 801 leaves, root [0-9a-f]{64}, checkpoint signed at /);
  const otherKey = w.vkey.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
  assert.equal((await verify('--log', url, '--vkey', otherKey)).code, 1);
});

test('[R067] a copy in files verifies too, and a changed byte in it is found', async () => {
  const copy = join(folder, 'copy');
  assert.equal(await exportFolder(w.ctx, copy), 801);
  assert.equal((await verify('--log', copy)).code, 0);
  for (const path of ['tile/0/001', 'tile/1/000.p/3', 'tile/entries/002', 'checkpoint']) {
    const file = join(copy, path);
    const bytes = await readFile(file);
    const changed = Buffer.from(bytes);
    const at = path === 'checkpoint' ? changed.length - 30 : 70;
    changed[at] = changed[at] === 65 ? 66 : 65;
    await writeFile(file, changed);
    const { code, text } = await verify('--log', copy);
    assert.equal(code, 1, `${path}\n${text}`);
    await writeFile(file, bytes);
  }
  await rm(join(copy, 'tile/0/001'));
  assert.equal((await verify('--log', copy)).code, 1);
});

test('[R067] log:verify checks a database without its keys, and refuses bad use', async () => {
  const { code, text } = await verify('--database', w.url);
  assert.equal(code, 0, text);
  assert.match(text, /1 leaves are of persons whose keys are not there/);
  assert.equal((await verify('--log', url, '--database', w.url)).code, 2);
  assert.equal((await verify('--nonsense')).code, 2);
  assert.equal((await verify('--log', join(folder, 'nowhere'))).code, 2);
  assert.equal((await verify('--data', join(folder, 'nowhere'))).code, 2);
});

test('[R068] staff with the permission page through what happened, newest first, ids only', async () => {
  const staff = { kind: 'staff', session_id: 's', staff_id: 't', hospital_id: null } as const;
  assert.equal((await app.inject({ url: '/api/staff/audit' })).statusCode, 401);
  session = { ...staff, roles: [] };
  assert.equal((await app.inject({ url: '/api/staff/audit' })).statusCode, 403);
  session = { ...staff, roles: ['audit.read'] };
  const seen = new Set<string>();
  let before = '';
  let pages = 0;
  do {
    const reply = await app.inject({ url: `/api/staff/audit?limit=200${before}` });
    const page = reply.json<{ events: Record<string, unknown>[]; next: string | null }>();
    for (const event of page.events) seen.add(String(event['id']));
    before = page.next === null ? '' : `&before=${page.next}`;
    pages++;
  } while (before !== '' && pages < 10);
  assert.equal(seen.size, 801);
  const of = await app.inject({ url: '/api/staff/audit?subject=slot:0' });
  const { events } = of.json<{ events: Record<string, unknown>[] }>();
  assert.equal(events.length, 2);
  assert.deepEqual(Object.keys(events[0] ?? {}).sort(), [
    'actor',
    'id',
    'leaf_index',
    'name',
    'occurred_at',
    'subject',
    'version',
  ]);
  session = {
    ...staff,
    hospital_id: '0190a0a0-0000-7000-8000-000000000001',
    roles: ['audit.read'],
  };
  assert.deepEqual((await app.inject({ url: '/api/staff/audit' })).json(), {
    events: [],
    next: null,
  });
  session = undefined;
});
