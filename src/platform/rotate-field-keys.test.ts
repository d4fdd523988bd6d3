import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { testCluster, type TestCluster } from '../../test/support/cluster.ts';
import { manualClock } from './clock.ts';
import { memoryKeys } from './crypto/index.ts';
import { openDb, type Db } from './db.ts';
import { keysCommand } from './keys-cli.ts';
import { openFields, type FieldKeys } from './field-keys.ts';
import { migrate } from './migrate.ts';
import { createPersonKeys, personKeysLeft, readPersonKeys } from './person-keys.ts';
import { seededRandom } from './random.ts';
import { rotateFieldKeys, type RotationContext } from './rotate-field-keys.ts';
import { sealedColumns } from './sealed-columns.ts';
import { secretsFrom } from './secrets.ts';
import { sql } from './sql.ts';

const clock = manualClock(new Date('2026-03-02T02:00:00Z'));
const random = seededRandom('rotation');
const root = random.bytes(32);
const secrets = secretsFrom(root);
const persons = memoryKeys();
/** With their own key, as well as 600 others. */
const person = '01900000-0000-7000-8000-0000000000b1';
const people = 601;
const place = 'identity.account.phone';
let database: TestCluster;
let db: Db;
let fields: FieldKeys;
let ctx: RotationContext;

before(async () => {
  database = await testCluster();
  db = openDb(database.url);
  await migrate(db);
  fields = openFields(secrets, persons);
  ctx = { db, clock, random, secrets, fields };
  await fields.refresh(db);
  for (let n = 1; n < people; n++) await write(fields, n);
  createPersonKeys(ctx, [person, '01900000-0000-7000-8000-0000000000b2']);
  await write({ ...fields, seal: (plain) => fields.sealFor(person, plain, place) }, 90_000_000);
});
after(async () => {
  await db.close();
  await database.stop();
});

const phoneOf = (n: number): string => `138${String(n).padStart(8, '0')}`;

/** A row with a sealed phone, as a server with these keys writes it. */
async function write(by: FieldKeys, n: number): Promise<void> {
  const phone = phoneOf(n);
  await db.run(sql`
    insert into identity.account (id, sealed_phone, phone_index, created_at)
    values (gen_random_uuid(), ${by.seal(phone, place)}, ${by.blindIndex(phone, 'identity.phone')},
      ${clock.now()})`);
}

async function openAll(by: FieldKeys): Promise<number> {
  const rows = await db.many<{ sealed_phone: Buffer; phone_index: Buffer }>(
    sql`select sealed_phone, phone_index from identity.account`,
  );
  for (const row of rows) {
    const phone = by.open(row.sealed_phone, place);
    assert.deepEqual(Buffer.from(by.blindIndex(phone, 'identity.phone')), row.phone_index);
  }
  return rows.length;
}

const keys = async (): Promise<string> => {
  const rows = await db.many<{ key: string }>(
    sql`select id || ' ' || state as key from platform.field_key order by id`,
  );
  return rows.map(({ key }) => key).join(', ');
};
const steps = { actor: 'operator:test', pause: async () => undefined };

test('every sealed column of the database is in the registry, and the other way round', async () => {
  const rows = await db.many<{ name: string }>(sql`
    select c.table_schema || '.' || c.table_name || '.' || c.column_name as name
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.column_name like 'sealed\\_%' and c.data_type = 'bytea' and t.table_type = 'BASE TABLE'`);
  assert.deepEqual(
    sealedColumns.map(({ table, column }) => `${table}.${column}`).toSorted(),
    rows.map(({ name }) => name).toSorted(),
  );
});

test('a rotation seals everything anew, proves it and retires the old key', async () => {
  const done = await rotateFieldKeys(ctx, steps);
  assert.equal(done.key_id, '2');
  assert.deepEqual(done.retired, ['1']);
  const phones = done.columns.find(({ name }) => name === 'identity.account.sealed_phone');
  assert.deepEqual(phones, {
    name: 'identity.account.sealed_phone',
    resealed: people - 1,
    total: people,
  });
  assert.equal(await keys(), '1 retired, 2 active');
  assert.equal(await openAll(fields), people);
  assert.equal(await personKeysLeft(fields, fields.activeHeader()), 0);
  assert.equal(readPersonKeys(fields, [person]).size, 1);
  const plain = await db.one<{ wrapped: Buffer }>(
    sql`select wrapped_key as wrapped from platform.field_key where id = '2'`,
  );
  assert.ok(plain.wrapped.length > 64, 'wrapped, not in clear');
});

test('a retired key is destroyed a day later and opens nothing any more', async () => {
  const stale = fields.seal('late', place);
  await rotateFieldKeys(ctx, steps);
  assert.equal(await keys(), '1 retired, 2 retired, 3 active');
  assert.equal(fields.open(stale, place), 'late', 'a value on its way is still opened');
  clock.set(new Date(clock.now().getTime() + 24 * 3_600_000));
  const done = await rotateFieldKeys(ctx, { ...steps, keepKey: true });
  assert.deepEqual(done.destroyed, ['1', '2']);
  assert.equal(await keys(), '1 destroyed, 2 destroyed, 3 active');
  assert.throws(() => fields.open(stale, place), /unknown_key/);
  const later = openFields(secrets, persons);
  await later.refresh(db);
  assert.equal(await openAll(later), people, 'a server that starts now');
});

test('a run that dies in the middle is taken up, and no half-sealed row is lost', async () => {
  let batches = 0;
  const dies = rotateFieldKeys(ctx, {
    ...steps,
    onBatch: () => {
      if (++batches === 1) throw new Error('power cut');
    },
  });
  await assert.rejects(dies, /power cut/);
  assert.equal(await keys(), '1 destroyed, 2 destroyed, 3 open, 4 active');
  assert.equal(await openAll(fields), people, 'rows of both keys open');
  const done = await rotateFieldKeys(ctx, steps);
  assert.equal(done.key_id, '4', 'no further key');
  assert.deepEqual(done.retired, ['3']);
  assert.equal(await openAll(fields), people);
});

test('servers that run take a key over before it is used, and their writes are caught up', async () => {
  const server = openFields(secrets, persons);
  const server_id = crypto.randomUUID();
  const beat = async (): Promise<void> => {
    await server.refresh(db);
    await server.report(db, clock, server_id);
  };
  await beat();
  let waited = 0;
  let n = people;
  const done = await rotateFieldKeys(ctx, {
    ...steps,
    pause: async () => {
      waited += 1;
      // It writes with what it knows, then hears of the change.
      await write(server, n++);
      await beat();
    },
  });
  assert.ok(waited >= 3, `${waited} pauses`);
  assert.equal(server.activeKeyId(), done.key_id);
  assert.equal(await openAll(server), n);
  const { left } = await db.one<{ left: number }>({
    text: `select count(*) as left from identity.account
      where substring(sealed_phone for $2::integer) <> $1 and get_byte(sealed_phone, 2) <> 0`,
    values: [fields.activeHeader(), fields.activeHeader().length],
  });
  assert.equal(left, 0);
});

test('control: without waiting for servers, one of them could not open what another sealed', async () => {
  const server = openFields(secrets, persons);
  await server.refresh(db);
  await db.run(sql`delete from platform.field_key_server`);
  await rotateFieldKeys(ctx, steps);
  const fresh = fields.seal('fresh', place);
  assert.throws(() => server.open(fresh, place), /unknown_key/);
  await server.refresh(db);
  assert.equal(server.open(fresh, place), 'fresh');
});

test('a change of algorithm seals anew with SM4 and leaves the indexes as they were', async () => {
  const sm4 = openFields(secrets, persons, 'sm4-ctr-hmac-sm3');
  await sm4.refresh(db);
  assert.equal(sm4.index().hash, 'sha256', 'as the installation began');
  const total = await openAll(sm4);
  const done = await rotateFieldKeys({ ...ctx, fields: sm4 }, { ...steps, keepKey: true });
  const phones = done.columns.find(({ name }) => name === 'identity.account.sealed_phone');
  assert.equal(phones?.resealed, total - 1);
  const { versions } = await db.one<{ versions: number[] }>(
    sql`select array_agg(distinct get_byte(sealed_phone, 0)) as versions from identity.account
      where get_byte(sealed_phone, 2) <> 0`,
  );
  assert.deepEqual(versions, [2]);
  assert.equal(await openAll(sm4), total);
});

test('the command rotates the built-in database that a server has open', async () => {
  const folder = database.dataDir;
  const said: string[] = [];
  const args = ['--actor', 'test', '--data', folder, '--person-keys', join(folder, 'persons')];
  const run = (): Promise<number> => keysCommand(args, (line) => said.push(line), 1);
  // Another installation's root secret stops at the wrapped keys, before anything is touched.
  writeFileSync(join(folder, 'root-secret'), '11'.repeat(32));
  assert.equal(await run(), 1);
  assert.match(said.join('\n'), /not_authentic/);
  writeFileSync(join(folder, 'root-secret'), Buffer.from(root).toString('hex'));
  const before_it = await keys();
  assert.equal(await run(), 0, said.join('\n'));
  assert.notEqual(await keys(), before_it);
  assert.match(
    said.join('\n'),
    /identity\.account\.sealed_phone: \d+ values, \d+ sealed anew, 0 left/,
  );
  await fields.refresh(db);
  await openAll(fields);
});

test('a value that was altered stops the rotation by name and is left as it is', async () => {
  await db.run(sql`update identity.account set sealed_phone = set_byte(sealed_phone, 30,
    get_byte(sealed_phone, 30) # 1) where ctid = (select ctid from identity.account where get_byte(sealed_phone, 2) <> 0 limit 1)`);
  await assert.rejects(
    rotateFieldKeys(ctx, steps),
    /identity\.account\.sealed_phone does not open/,
  );
  assert.match(await keys(), /open, \d+ active$/, 'the older key still opens what it sealed');
});

test('the command refuses bad use in a sentence and prints what it can do', async () => {
  const said: string[] = [];
  assert.equal(await keysCommand([], (line) => said.push(line)), 2);
  const nowhere = ['--actor', 'x', '--data', '/nonexistent'];
  assert.equal(await keysCommand(nowhere, (line) => said.push(line)), 2);
  assert.match(said.join('\n'), /Give --actor[\s\S]*root-secret/);
});
