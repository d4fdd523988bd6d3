import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { logVkey, examineLog } from '../../src/evidence/index.ts';
import { maskedPatients, recordArchive, sweepPersonalData } from '../../src/identity/index.ts';
import { maskDocument } from '../../src/identity/documents/index.ts';
import { rewritePaper } from '../../src/paper/index.ts';
import { writePaperNow } from '../../src/paper/write-edition.ts';
import { personData } from '../../src/person-data.ts';
import { FieldCryptoError } from '../../src/platform/crypto/index.ts';
import { startEmbeddedDatabase } from '../../src/platform/database-server.ts';
import { openDb, type Db } from '../../src/platform/db.ts';
import { readPersonKeys } from '../../src/platform/person-keys.ts';
import { sql } from '../../src/platform/sql.ts';
import { receiveBill } from '../../src/payment/index.ts';
import { patientAt, staffAt, visitor, world, type Visitor } from '../support/world.ts';

let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('personal data', new Date('2026-11-24T01:00:00Z'));
});
after(() => here.stop());

let people = 0;
type Someone = {
  who: Visitor;
  patient_id: string;
  name: string;
  documentNumber: string;
  phone: string;
};

/** An adult with an account and themselves as a patient. */
async function someone(): Promise<Someone> {
  for (;;) {
    const one = here.ctx.population.syntheticPerson(7000 + people++);
    if (one.birthDate > '2000-01-01') continue;
    const who = await patientAt(here.app, one.phone);
    const { patient_id } = await who.post('/api/patients', asks(one));
    return { ...one, who, patient_id };
  }
}

const asks = (one: { name: string; documentNumber: string }, relation = 'self') => ({
  name: one.name,
  document_type: 'resident_id',
  document_number: one.documentNumber,
  relation,
});

/** A code that reaches the account's phone. */
async function codeFor({ who, phone }: Someone): Promise<string> {
  here.clock.set(new Date(here.clock.now().getTime() + 61_000));
  await who.post('/api/my-data/code');
  const { messages } = await who.get('/api/demo/outbox');
  return messages.find((one: { to: string }) => one.to === phone).text.match(/\d{6}/)[0];
}

async function freeSession(service: string): Promise<string> {
  const row = await here.ctx.db.one<{ id: string }>(sql`
    select s.session_id as id from booking.session_stock s
    join schedule.healthcare_service h on h.id = s.healthcare_service_id
    where h.code = ${service} and s.released_at is not null and s.starts_at > ${here.clock.now()}
      and exists (select from booking.slot n where n.session_id = s.session_id and n.is_free and n.pool = 'online')
    order by s.starts_at limit 1`);
  return row.id;
}

/** Every value of every text, JSON and byte column of the database, as one long text a column. */
async function everything(db: Db): Promise<Map<string, string>> {
  const columns = await db.many<{ schema: string; table: string; name: string; type: string }>(sql`
    select n.nspname as schema, c.relname as table, a.attname as name, t.typname as type
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_type t on t.oid = a.atttypid
    where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
      and n.nspname not in ('pg_catalog', 'information_schema')
      and t.typname in ('text', '_text', 'jsonb', 'json', 'bytea', 'varchar')`);
  const found = new Map<string, string>();
  for (const { schema, table, name, type } of columns) {
    const value = type === 'bytea' ? `encode("${name}", 'escape')` : `"${name}"::text`;
    const { all } = await db.one<{ all: string | null }>({
      text: `select string_agg(${value}, chr(10)) as all from "${schema}"."${table}"`,
      values: [],
    });
    found.set(`${schema}.${table}.${name}`, all ?? '');
  }
  return found;
}

function bytesOf(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => (byte < 128 ? String.fromCharCode(byte) : `\\${byte.toString(8)}`))
    .join('');
}

async function assertNowhere(db: Db, clear: string[]): Promise<void> {
  for (const [column, all] of await everything(db))
    for (const one of clear)
      assert.ok(!all.includes(one) && !all.includes(bytesOf(one)), `${column} has it in clear`);
}

/** Every file of the paper folder, as one text. */
function onPaper(): string {
  const folder = here.ctx.config.paper_dir;
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n');
}

const drawer = () => ({
  draw: () => Promise.resolve(Buffer.from('%PDF')),
  close: () => Promise.resolve(),
});

/** A bill of the hospital's own system, whose lines name what was done. */
async function billOf(patient_id: string): Promise<void> {
  const { hospital_id } = await here.ctx.db.one<{ hospital_id: string }>(
    sql`select id as hospital_id from schedule.hospital limit 1`,
  );
  const archive = { hospital_id, patient_id, number: 'MZ-77001', source: 'his' as const };
  await recordArchive(here.ctx, { ...archive, actor: 'system:his' });
  await receiveBill(here.ctx, {
    ...{ hospital_id, patient_id, his_id: 'B-77001', issued_at: here.clock.now() },
    lines: [{ code: 'HBV', name: '乙肝两对半', amount_fen: 9900 }],
  });
}

/** A base backup of the running cluster, as pg_basebackup makes one, restored as another cluster. */
async function backup(): Promise<{ restore(): Promise<{ db: Db; stop(): Promise<void> }> }> {
  const from = here.ctx.config.data_dir;
  const to = join(from, 'backup');
  mkdirSync(to, { mode: 0o700 });
  const connection = await here.ctx.db.connect();
  try {
    await connection.query(`select pg_backup_start('test', true)`);
    execFileSync('cp', ['-a', join(from, 'postgres'), join(from, 'postgres.password'), to]);
    const { rows } = await connection.query('select labelfile from pg_backup_stop(false)');
    execFileSync('cp', ['-a', join(from, 'postgres', 'pg_wal'), join(to, 'postgres')]);
    rmSync(join(to, 'postgres', 'postmaster.pid'), { force: true });
    writeFileSync(join(to, 'postgres', 'backup_label'), rows[0].labelfile);
  } finally {
    connection.release();
  }
  return {
    restore: async () => {
      const server = await startEmbeddedDatabase({ dataDir: to, fsync: false });
      const db = openDb(server.url);
      const stop = async (): Promise<void> => {
        await db.close();
        await server.stop();
      };
      return { db, stop };
    },
  };
}

test('personal information is deleted: nowhere in clear, unreadable in the backup made before, and the log stays valid', async () => {
  const person = await someone();
  const { who, patient_id, name, documentNumber, phone } = person;
  const visit = await who.post('/api/appointments', {
    session_id: await freeSession('GP-ORD'),
    patient_id,
    confirm: true,
  });
  await here.settle();
  const clear = [name, documentNumber, phone];
  await assertNowhere(here.ctx.db, clear);
  await billOf(patient_id);
  const { hospital_id, service_date } = await here.ctx.db.one<{
    hospital_id: string;
    service_date: string;
  }>(
    sql`select hospital_id, service_date from booking.appointment where id = ${visit.appointment_id}`,
  );
  const day = { hospital_id, service_date, actor: 'test' };
  await writePaperNow(here.ctx, day, { drawer });
  const masked = maskDocument(documentNumber);
  assert.ok(onPaper().includes(masked), 'the list of the day names them, masked');

  const refused = await who.send('POST', `/api/my-data/patients/${patient_id}/deletion`, {
    code: await codeFor(person),
  });
  assert.equal(refused.body.code, 'booking/erase-visits-first');
  await who.post(`/api/appointments/${visit.appointment_id}/cancel`);
  await here.settle();
  const saved = await backup();

  const { kept_until } = await who.post(`/api/my-data/patients/${patient_id}/deletion`, {
    code: await codeFor(person),
  });
  assert.ok(kept_until !== null, 'the cancellation still counts for a while');
  await who.post('/api/my-data/account-deletion', { code: await codeFor(person) });
  await here.settle();

  await assertNowhere(here.ctx.db, [...clear, '乙肝两对半', 'MZ-77001']);
  const bill = await here.ctx.db.one<{ amount_fen: number; state: string }>(
    sql`select amount_fen, state from payment.bill where his_id = 'B-77001'`,
  );
  assert.equal(bill.amount_fen, 9900, 'what the books need stays');
  assert.ok((await rewritePaper(here.ctx, { drawer })) > 0);
  assert.ok(!onPaper().includes(masked), 'the day’s paper is written anew without them');
  assert.ok(onPaper().includes(service_date), 'and there is paper for the day');
  assert.equal(readPersonKeys(here.ctx.fields, [patient_id]).size, 0);
  const vkey = logVkey(here.ctx.secrets, (await logState()).origin);
  const report = await examineLog({ db: here.ctx.db, fields: here.ctx.fields, vkey });
  assert.deepEqual(report.findings, []);
  assert.ok((report.events?.not_recheckable ?? 0) > 0, 'their leaves are beyond recomputing');

  const restored = await saved.restore();
  try {
    await assertNowhere(restored.db, clear);
    const row = await restored.db.one<{ sealed_name: Buffer; sealed_document_number: Buffer }>(
      sql`select sealed_name, sealed_document_number from identity.patient where id = ${patient_id}`,
    );
    const destroyed = (error: unknown): boolean =>
      error instanceof FieldCryptoError && error.reason === 'destroyed';
    assert.throws(() => here.ctx.fields.open(row.sealed_name, 'identity.patient.name'), destroyed);
    assert.equal(await readable(restored.db, clear), '', 'something of the person opens still');
    const old = await examineLog({ db: restored.db, fields: here.ctx.fields, vkey });
    assert.deepEqual(old.findings, []);
  } finally {
    await restored.stop();
  }
});

async function logState(): Promise<{ origin: string }> {
  return here.ctx.db.one(sql`select origin from evidence.log`);
}

/** Opens every sealed value of the database that opens under any known context; what holds a secret. */
async function readable(db: Db, clear: string[]): Promise<string> {
  const contexts = new Set<string>();
  for (const file of [
    ...['src/identity/sealing.ts', 'src/notify/types.ts', 'src/release/pre-review.ts'],
    ...['src/identity/privacy/requests.ts', 'src/gate/slow-case.ts'],
  ])
    for (const [, one] of readFileSync(join(import.meta.dirname, '../..', file), 'utf8').matchAll(
      /'([a-z_]+\.[a-z_.-]+)'/g,
    ))
      contexts.add(one as string);
  const columns = await db.many<{ place: string; column: string }>(sql`
    select format('%I.%I', n.nspname, c.relname) as place, a.attname as column
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and a.attname like 'sealed%' and a.atttypid = 'bytea'::regtype`);
  for (const { place, column } of columns) {
    const rows = await db.many<{ sealed: Buffer }>({
      text: `select ${column} as sealed from ${place} where length(${column}) > 0`,
      values: [],
    });
    for (const { sealed } of rows)
      for (const context of contexts) {
        const text = opened(sealed, context);
        if (clear.some((one) => text.includes(one))) return `${place}.${column}`;
      }
  }
  return '';
}

function opened(sealed: Buffer, context: string): string {
  try {
    return here.ctx.fields.open(sealed, context);
  } catch {
    return '';
  }
}

test('a copy has everything of the person, a file a module, and only after a code', async () => {
  const person = await someone();
  const url = `/api/my-data/patients/${person.patient_id}/copy`;
  assert.equal((await person.who.send('POST', url, { code: '000000' })).status, 422);
  const { raw, status } = await person.who.send('POST', url, { code: await codeFor(person) });
  assert.equal(status, 200);
  const text = raw.toString('utf8');
  for (const part of [
    'identity.json',
    'booking.json',
    'release.json',
    'notify.json',
    'gate.json',
    'payment.json',
    'his.json',
    'paper.json',
  ])
    assert.ok(text.includes(part), part);
  for (const one of [person.name, person.documentNumber]) assert.ok(text.includes(one));
  const stranger = await someone();
  const other = await stranger.who.send('POST', url, { code: await codeFor(stranger) });
  assert.equal(other.body.code, 'identity/patient-unknown');
});

test('adding a person asks for each agreement, and a withdrawn one stops booking online and nothing else', async () => {
  const one = here.ctx.population.syntheticPerson(7900);
  const who = await patientAt(here.app, one.phone);
  const { texts } = await who.get('/api/consent-texts');
  const missing = await who.send('POST', '/api/patients', { ...asks(one), consents: [] });
  assert.equal(missing.body.code, 'identity/consent-needed');
  assert.ok(missing.body.purposes.includes('health_data'));
  const stale = missing.body.purposes.map((purpose: string) => ({ purpose, version: 2 }));
  const outdated = await who.send('POST', '/api/patients', { ...asks(one), consents: stale });
  assert.equal(outdated.body.code, 'identity/consent-outdated');
  const consents = texts
    .filter((text: any) => missing.body.purposes.includes(text.purpose))
    .map(({ purpose, version }: any) => ({ purpose, version }));
  const { patient_id } = await who.post('/api/patients', { ...asks(one), consents });
  const given = (await who.get('/api/consents')).consents;
  const health = given.find((each: any) => each.purpose === 'health_data');
  await who.must('DELETE', `/api/consents/${health.consent_id}`);
  const session_id = await freeSession('GP-ORD');
  const headers = await who.headersFor('/api/appointments', { session_id, patient_id });
  const booked = await here.app.inject({
    method: 'POST',
    url: '/api/appointments',
    headers: {
      'sec-fetch-site': 'same-origin',
      'idempotency-key': 'withdrawn',
      cookie: (await who.send('GET', '/api/me')).cookie ?? '',
      ...headers,
    },
    payload: { session_id, patient_id },
  });
  assert.equal(booked.json().code, 'identity/consent-needed');
  assert.deepEqual(booked.json().purposes, ['health_data']);
  const clerk = await staffAt(here.app, 'clerk');
  const atWindow = await clerk.send('POST', '/api/staff/appointments', {
    ...{ session_id, patient_id, confirm: true },
  });
  assert.ok(atWindow.status < 300, JSON.stringify(atWindow.body));
});

test('a correction is asked for, answered in words, and a stranger can ask for none', async () => {
  const person = await someone();
  const url = `/api/my-data/patients/${person.patient_id}/correction`;
  const { request_id } = await person.who.post(url, { field: 'sex', text: '性别登记错了。' });
  assert.equal((await visitor(here.app).send('GET', '/api/my-data/requests')).status, 401);
  const manager = await staffAt(here.app, 'manager');
  await manager.post(`/api/staff/data-requests/${request_id}/answer`, {
    state: 'done',
    text: '已更正。',
  });
  const { requests } = await person.who.get('/api/my-data/requests');
  assert.deepEqual([requests[0].state, requests[0].answer], ['done', '已更正。']);
});

test('deleting and registering again resets nothing that still runs, until it has run out', async () => {
  const person = await someone();
  const { patient_id } = person;
  const { hospital_id } = await here.ctx.db.one<{ hospital_id: string }>(
    sql`select id as hospital_id from schedule.hospital limit 1`,
  );
  const starts_at = here.clock.now();
  const ends_at = new Date(starts_at.getTime() + 30 * 86_400_000);
  await here.ctx.db.run(sql`
    insert into booking.restriction (id, hospital_id, patient_id, scope, reason, source, starts_at, ends_at)
    values (uuidv7(), ${hospital_id}, ${patient_id}, 'drawn_clinics_remote', 'no-show', 'test', ${starts_at}, ${ends_at})`);
  const { decisions } = await person.who.get('/api/decisions');
  assert.equal(decisions[0].kind, 'restriction');
  const { request_id } = await person.who.post(
    `/api/decisions/${decisions[0].decision_id}/objection`,
    { text: '那天我在住院，没有爽约。' },
  );
  const manager = await staffAt(here.app, 'manager');
  const { requests } = await manager.get('/api/staff/data-requests');
  assert.equal(requests.find((one: any) => one.request_id === request_id)?.kind, 'objection');
  await manager.post(`/api/staff/data-requests/${request_id}/answer`, {
    state: 'done',
    text: '已核对住院记录，限制保留到核实完成。',
  });
  const answered = await person.who.get('/api/my-data/requests');
  assert.equal(answered.requests[0].answer, '已核对住院记录，限制保留到核实完成。');

  const { kept_until } = await person.who.post(`/api/my-data/patients/${patient_id}/deletion`, {
    code: await codeFor(person),
  });
  assert.equal(kept_until, ends_at.toISOString());
  const shown = await maskedPatients(here.ctx, [patient_id]);
  assert.equal(shown.get(patient_id)?.name_masked, '已注销');
  const again = await person.who.post('/api/patients', asks(person));
  assert.equal(again.patient_id, patient_id, 'the restriction finds its person again');

  await person.who.post(`/api/my-data/patients/${patient_id}/deletion`, {
    code: await codeFor(person),
  });
  here.clock.set(new Date(ends_at.getTime() + 86_400_000));
  await sweepPersonalData(here.ctx, personData(here.ctx));
  const back = await patientAt(here.app, person.phone);
  const fresh = await back.post('/api/patients', asks(person));
  assert.notEqual(fresh.patient_id, patient_id, 'what ran out is forgotten');
});

test('what is older than its time goes, and keys of nobody with it', async () => {
  await here.ctx.db.run(sql`
    insert into platform.idempotency (scope, key, fingerprint, answer, created_at)
    values ('old', 'old', '', '{}', ${new Date(here.clock.now().getTime() - 8 * 86_400_000)})`);
  const swept = await sweepPersonalData(here.ctx, personData(here.ctx));
  assert.equal(swept['platform.idempotent_answer'] !== 0, true);
  const left = await here.ctx.db.one<{ n: number }>(
    sql`select count(*) as n from platform.idempotency where scope = 'old'`,
  );
  assert.equal(left.n, 0);
});
