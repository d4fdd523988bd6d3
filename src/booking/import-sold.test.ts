import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinicWorld, signedIn, type ClinicWorld } from '../../test/support/clinic.ts';
import type { App } from '../platform/http.ts';
import { sql } from '../platform/sql.ts';
import { importSold } from './import-sold.ts';
import type { Visit } from './visits.ts';

let world: ClinicWorld;
let app: App;
let staff: ReturnType<typeof signedIn>;
before(async () => {
  world = await clinicWorld('import-sold');
  app = await world.app();
  const { hospital_id } = world;
  staff = signedIn({ staff_id: 'x', hospital_id, roles: ['registration_manager'] });
});
after(async () => {
  await app.close();
  await world.stop();
});

const header =
  '类别,原订单号,门诊代码,出诊日期,午别,序号,姓名,证件类型,证件号码,手机,状态,限制至,爽约次数';

function run(lines: string[], dry_run = false) {
  return importSold(world.ctx, {
    hospital_id: world.hospital_id,
    file_name: 'sold.csv',
    bytes: Buffer.from([header, ...lines].join('\r\n')),
    dry_run,
    staff_id: null,
  });
}

function booking(
  order: string,
  date: string,
  options: { sequence?: number; status?: string } = {},
) {
  const person = world.stranger();
  const { sequence = '', status = '已约' } = options;
  const line = `预约,${order},XNK-01,${date},上午,${sequence},${person.name},居民身份证,${person.documentNumber},13800138000,${status},,`;
  return { person, line };
}

const visitsOf = async (order: string): Promise<Visit[]> => {
  const reply = await app.inject({
    url: `/api/staff/appointments?previous_order_number=${order}`,
    headers: staff(),
  });
  return (reply.json() as { appointments: Visit[] }).appointments;
};
const post = async (url: string, body: object = {}) => {
  const headers = { ...staff(), 'content-type': 'application/json' };
  const reply = await app.inject({ method: 'POST', url, headers, payload: JSON.stringify(body) });
  return reply.json() as Visit & { code?: string };
};

test('numbers sold elsewhere are found by their order number, cancelled, checked in, and never sold again', async () => {
  const session_id = await world.session({ numbers: 3, service_date: '2026-11-25' });
  const one = booking('GH001', '2026-11-25', { sequence: 2 });
  const two = booking('GH002', '2026-11-25');
  const report = await run([one.line, two.line]);
  assert.deepEqual(report.errors, []);
  assert.equal(report.created, 2);
  assert.equal(report.committed, true);
  const [first] = await visitsOf('GH001');
  assert.equal(first?.status, 'booked');
  assert.equal(first?.sequence, 2);
  assert.equal(first?.channel, 'migrated');
  const [second] = await visitsOf('GH002');
  assert.equal(second?.sequence, 1);
  // Of three numbers one is left to release and to sell.
  await world.ctx.db.run(sql`update booking.slot set state = 'free'
    where session_id = ${session_id} and state = 'unreleased'`);
  await world.ctx.db.run(sql`update booking.session_stock set released_at = now()
    where session_id = ${session_id}`);
  for (const expected of [3, undefined]) {
    const { patient_id } = await world.person();
    const sold = await post('/api/staff/appointments', { session_id, patient_id });
    assert.equal(sold.sequence, expected);
  }
  const cancelled = await post(`/api/staff/appointments/${second?.appointment_id}/cancel`);
  assert.equal(cancelled.status, 'cancelled');
  world.ctx.clock.set(new Date('2026-11-25T00:00:00Z'));
  const seen = await post(`/api/staff/appointments/${first?.appointment_id}/check-in`, {
    document_number: one.person.documentNumber,
  });
  assert.equal(seen.status, 'checked_in');
  world.ctx.clock.set(new Date('2026-11-24T01:00:00Z'));
});

test('importing the same file again changes nothing', async () => {
  await world.session({ numbers: 3, service_date: '2026-11-26' });
  const { line } = booking('GH010', '2026-11-26');
  const restricted = world.stranger();
  const restriction = `限制,,,,,,${restricted.name},身份证,${restricted.documentNumber},,,2027-01-31,`;
  const count = `爽约,,,,,,${restricted.name},身份证,${restricted.documentNumber},,,,3`;
  assert.equal((await run([line, restriction, count])).created, 3);
  const again = await run([line, restriction, count]);
  assert.equal(again.created, 0);
  assert.equal(again.committed, true);
  const row = await world.ctx.db.one<{ ends_at: Date; migrated: number }>(sql`
    select r.ends_at, n.migrated from booking.restriction r join booking.no_show_count n using (patient_id)`);
  assert.deepEqual(row, { ends_at: new Date('2027-01-31T16:00:00Z'), migrated: 3 });
});

test('one bad line keeps the whole file out, and each is told with line, column and reason', async () => {
  await world.session({ numbers: 2, service_date: '2026-11-28' });
  const good = booking('GH020', '2026-11-28', { sequence: 1 });
  const lines = [
    good.line,
    booking('GH020', '2026-11-28').line,
    booking('GH021', '2026-11-28', { sequence: 1 }).line,
    booking('GH022', '2026-11-28', { sequence: 9 }).line,
    booking('GH023', '2026-12-25').line,
    booking('GH024', '2026-11-01').line,
    `限制,,,,,,无证,身份证,,,,2027-01-31,`,
  ];
  const report = await run(lines);
  assert.equal(report.committed, false);
  assert.equal(report.created, 0);
  assert.deepEqual(
    report.errors.map((fault) => `${fault.line} ${fault.column}`),
    ['3 原订单号', '4 序号', '5 序号', '6 门诊代码', '7 出诊日期', '8 证件号码'],
  );
  assert.deepEqual(await visitsOf('GH020'), []);
  const { people } = await world.ctx.db.one<{ people: number }>(sql`
    select count(*) as people from platform.event where name = 'identity.patient.registered'
      and actor = 'system'`);
  const before = people;
  const dry = await run([good.line], true);
  assert.deepEqual([dry.created, dry.committed, dry.errors_total], [1, false, 0]);
  const after = await world.ctx.db.one<{ people: number }>(sql`
    select count(*) as people from platform.event where name = 'identity.patient.registered'
      and actor = 'system'`);
  assert.equal(after.people, before);
});

test('a wrong document number is told at its line', async () => {
  await world.session({ numbers: 2, service_date: '2026-11-29' });
  const { line } = booking('GH030', '2026-11-29');
  const report = await run([line.replace(/(\d{17})[\dX],/, '$1?,')]);
  assert.deepEqual(
    report.errors.map((fault) => `${fault.line} ${fault.column}`),
    ['2 证件号码'],
  );
});

test('a session stopped elsewhere is stopped here, and its patients’ visits end as stopped', async () => {
  const session_id = await world.session({ numbers: 3, service_date: '2026-11-30' });
  const { line } = booking('GH040', '2026-11-30', { status: '停诊' });
  const report = await run([line]);
  assert.deepEqual(report.errors, []);
  await world.follow();
  const [visit] = await visitsOf('GH040');
  assert.equal(visit?.status, 'stopped');
  assert.ok((await world.slots(session_id)).every((slot) => slot.state === 'stopped'));
  // The stop is there already: a second file still finds its patient a place in the record.
  const late = booking('GH041', '2026-11-30', { status: '停诊' });
  assert.equal((await run([late.line])).committed, true);
  const [second] = await visitsOf('GH041');
  assert.equal(second?.status, 'stopped');
});

test('[R040] an import cannot give one person more bookings in a session than it allows', async () => {
  await world.session({ numbers: 5, service_date: '2026-12-01' });
  const { line } = booking('GH050', '2026-12-01');
  const report = await run([line, line.replace('GH050', 'GH051')]);
  assert.deepEqual(
    report.errors.map((fault) => `${fault.line} ${fault.column}`),
    ['3 证件号码'],
  );
});

test('the import is reached over HTTP by the office, and by no clerk', async () => {
  await world.session({ numbers: 2, service_date: '2026-12-02' });
  const { line } = booking('GH060', '2026-12-02');
  const boundary = 'xxBoundaryxx';
  const payload =
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="sold.csv"\r\n` +
    `Content-Type: text/csv\r\n\r\n${header}\r\n${line}\r\n--${boundary}--\r\n`;
  const send = (headers: Record<string, string>) =>
    app.inject({
      method: 'POST',
      url: '/api/staff/imports/sold?dry_run=true',
      headers: { ...headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
      payload,
    });
  const reply = await send(staff());
  assert.equal(reply.statusCode, 200, reply.body);
  assert.equal(reply.json<{ created: number }>().created, 1);
  const clerk = signedIn({
    staff_id: 'x',
    hospital_id: world.hospital_id,
    roles: ['registration_clerk'],
  });
  assert.equal((await send(clerk())).statusCode, 403);
});
