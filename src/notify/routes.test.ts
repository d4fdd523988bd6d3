import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pino from 'pino';
import { signedIn } from '../../test/support/clinic.ts';
import { notifyWorld, type NotifyWorld } from '../../test/support/notify.ts';
import type { App } from '../platform/http.ts';
import { sql } from '../platform/sql.ts';

let here: NotifyWorld;
let app: App;
let session_id = '';
before(async () => {
  here = await notifyWorld('notice routes');
  session_id = await here.session({ numbers: 4 });
  app = await here.site();
});
after(async () => {
  await app.close();
  await here.stop();
});

let phones = 16600000000;
const phone = (): string => String(++phones);
const clerk = () =>
  signedIn({
    staff_id: '01900000-0000-7000-8000-0000000000c1',
    hospital_id: here.hospital_id,
    roles: ['registration_clerk'],
  })();
const as = (account_id: string) => signedIn({ account_id })();

const unplaced = async (patient_id: string): Promise<void> => {
  await here.happen('release.entry.unplaced', patient_id, {
    draw_id: session_id,
    entry_id: 'e'.repeat(64),
    service_date: '2026-11-27',
  });
};

test('notices come newest first, twenty a page, and are read one account at a time', async () => {
  const person = await here.person();
  const mine = await here.holder(phone(), person.patient_id);
  const yours = await here.holder(phone(), person.patient_id);
  for (let n = 0; n < 23; n++) await unplaced(person.patient_id);
  await here.settle();
  const page = (await app.inject({ url: '/api/notices', headers: as(mine) })).json();
  assert.deepEqual([page.notices.length, page.unread], [20, 23]);
  const { notice_id, ...newest } = page.notices[0];
  assert.deepEqual(Object.keys(newest).sort(), [
    'at',
    'kind',
    'link',
    'patient_name_masked',
    'read',
    'text',
    'title',
  ]);
  const last = page.notices.at(-1).notice_id;
  const url = `/api/notices?before=${last}`;
  const rest = (await app.inject({ url, headers: as(mine) })).json();
  assert.equal(rest.notices.length, 3);
  for (let again = 0; again < 2; again++) {
    const read = await app.inject({
      method: 'POST',
      url: `/api/notices/${notice_id}/read`,
      headers: as(mine),
    });
    assert.deepEqual(read.json(), { unread: 22 });
  }
  const unread = async (account_id: string): Promise<unknown> =>
    (await app.inject({ url: '/api/notices/unread', headers: as(account_id) })).json();
  assert.deepEqual(await unread(mine), { unread: 22 });
  assert.deepEqual(await unread(yours), { unread: 23 });
});

test('an account sees and reads nothing of patients it does not act for', async () => {
  const person = await here.person();
  const owner = await here.holder(phone(), person.patient_id);
  const stranger = await here.holder(phone(), (await here.person()).patient_id);
  await unplaced(person.patient_id);
  await here.settle();
  const [notice] = (await app.inject({ url: '/api/notices', headers: as(owner) })).json().notices;
  const seen = (await app.inject({ url: '/api/notices', headers: as(stranger) })).json();
  assert.deepEqual(seen, { notices: [], unread: 0 });
  const read = await app.inject({
    method: 'POST',
    url: `/api/notices/${notice.notice_id}/read`,
    headers: as(stranger),
  });
  assert.deepEqual([read.statusCode, read.json().code], [404, 'notify/notice-unknown']);
});

test('short messages of results are turned off and on again', async () => {
  const account_id = await here.holder(phone());
  const url = '/api/notices/preferences';
  const get = async (): Promise<unknown> =>
    (await app.inject({ url, headers: as(account_id) })).json();
  // This installation has neither WeChat nor e-mail.
  const choice = (sms: boolean): object => ({ sms, wechat: null, email: null });
  assert.deepEqual(await get(), choice(true));
  for (const sms of [false, true]) {
    const put = await app.inject({ method: 'PUT', url, headers: as(account_id), payload: { sms } });
    assert.deepEqual(put.json(), choice(sms));
    assert.deepEqual(await get(), choice(sms));
  }
});

test('the window sees what its hospital told a patient and whether it arrived, and leaves an event', async () => {
  const person = await here.withPhone(phone());
  await unplaced(person.patient_id);
  await here.settle();
  const url = `/api/staff/patients/${person.patient_id}/notices`;
  const { notices } = (await app.inject({ url, headers: clerk() })).json();
  assert.equal(notices.length, 1);
  assert.equal(notices[0].kind, 'unplaced');
  assert.deepEqual(
    notices[0].sms.map((one: { state: string }) => one.state),
    ['sent'],
  );
  const { reads } = await here.ctx.db.one<{ reads: number }>(sql`
    select count(*) as reads from platform.event
    where name = 'notify.notices.read' and person_id = ${person.patient_id}`);
  assert.equal(reads, 1);
  const elsewhere = signedIn({
    staff_id: '01900000-0000-7000-8000-0000000000c2',
    hospital_id: '01900000-0000-7000-8000-0000000000b2',
    roles: ['registration_clerk'],
  })();
  assert.deepEqual((await app.inject({ url, headers: elsewhere })).json(), { notices: [] });
  const account = await here.holder(phone(), person.patient_id);
  assert.equal((await app.inject({ url, headers: as(account) })).statusCode, 403);
});

/** Every text and byte string stored in the schemas notify and platform, as one text. */
async function dump(): Promise<string> {
  const { db } = here.ctx;
  const tables = await db.many<{ name: string }>(sql`
    select format('%I.%I', table_schema, table_name) as name from information_schema.tables
    where table_schema in ('notify', 'platform')`);
  const parts: string[] = [];
  for (const { name } of tables) {
    const rows = await db.many<Record<string, unknown>>({
      text: `select * from ${name}`,
      values: [],
    });
    for (const value of rows.flatMap((row) => Object.values(row)))
      parts.push(
        Buffer.isBuffer(value)
          ? `${value.toString('utf8')} ${value.toString('hex')}`
          : JSON.stringify(value),
      );
  }
  return parts.join('\n');
}

test('neither names, phones nor what a message says stand in clear in tables, events or the log', async () => {
  const to = phone();
  const person = await here.withPhone(to);
  const account_id = await here.holder(phone(), person.patient_id);
  const loud = await here.site('trace');
  const lines: string[] = [];
  const logger = loud.log as unknown as Record<symbol, { write(line: string): void }>;
  const stream = logger[pino.symbols.streamSym];
  assert.ok(stream);
  stream.write = (line) => void lines.push(line);
  here.gateway.before = (message) => {
    throw new Error(`not delivered: ${message.to} ${message.text}`);
  };
  await unplaced(person.patient_id);
  await here.settle();
  delete here.gateway.before;
  here.pass(2);
  await here.settle();
  loud.log.info('here');
  await loud.inject({ url: '/api/notices', headers: as(account_id) });
  await loud.inject({
    url: `/api/staff/patients/${person.patient_id}/notices`,
    headers: clerk(),
  });
  await loud.close();
  const stored = await dump();
  const log = lines.join('');
  assert.ok(stored.includes('unplaced') && log.includes('here'), 'the search finds what is there');
  for (const secret of [person.name, to, '没有派到', '示例医院', '心血管']) {
    const hex = Buffer.from(secret).toString('hex');
    assert.ok(!stored.includes(secret) && !stored.includes(hex), secret);
    assert.ok(!log.includes(secret), secret);
  }
});
