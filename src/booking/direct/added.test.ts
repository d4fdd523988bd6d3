import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinicWorld, signedIn, type ClinicWorld } from '../../../test/support/clinic.ts';
import type { App } from '../../platform/http.ts';
import { newId } from '../../platform/id.ts';
import { sql } from '../../platform/sql.ts';
import { step } from '../step.ts';
import { openStock } from '../store-stock.ts';
import { numbersOfSessions } from '../store-paper.ts';
import { sweepInvariants } from '../store-sweep.ts';
import { addNumber } from './add-number.ts';
import { decideAdded, expireAdded } from './decide-added.ts';
import { addedReport, reportCsv } from './report.ts';
import type { AddReason } from './rules.ts';
import { setQuota } from './settings.ts';

let world: ClinicWorld;
let app: App;
before(async () => {
  world = await clinicWorld('added');
  app = await world.app();
});
after(async () => {
  await app.close();
  await world.stop();
});

const code = (expected: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, expected, String(error)) ?? true;
const doctor = 'staff:doctor';
const office = 'staff:office';
let day = 0;
/** A session of its own on the next day, of ten numbers unless told otherwise: two may be added. */
async function session(numbers = 10): Promise<string> {
  const service_date = new Date(Date.UTC(2026, 10, 25 + day++)).toISOString().slice(0, 10);
  return world.session({ numbers, service_date, released: ['online'] });
}
async function add(session_id: string, given: { patient_id?: string; reason?: AddReason } = {}) {
  const patient_id = given.patient_id ?? (await world.person()).patient_id;
  return addNumber(world.ctx, {
    hospital_id: world.hospital_id,
    actor: doctor,
    session_id,
    patient_id,
    reason: given.reason ?? 'condition',
    idempotency: world.key(),
  });
}
const decide = (order_id: string, refusal: 'room' | null = null, actor = office) =>
  decideAdded(world.ctx, { hospital_id: world.hospital_id, actor, order_id, refusal });
const events = (name: string, order_id: string) =>
  world.ctx.db.many<{ person_id: string; actor: string; payload: Record<string, unknown> }>(
    sql`select person_id, actor, payload from platform.event
      where name = ${name} and payload ->> 'order_id' = ${order_id} order by version`,
  );
const tables = async (session_id: string) =>
  (await world.slots(session_id)).filter(({ pool }) => pool === 'added');

test('[R033] within the quota a doctor adds a number at once, after the last, with actor and reason on record', async () => {
  const id = await session();
  const { patient_id } = await world.person();
  const given = await add(id, { patient_id, reason: 'far' });
  assert.equal(given.state, 'given');
  assert.deepEqual(
    (await tables(id)).map(({ sequence, state }) => ({ sequence, state })),
    [{ sequence: 11, state: 'booked' }],
  );
  const [told] = await events('booking.added.given', given.order_id);
  assert.equal(told?.person_id, patient_id);
  assert.equal(told?.actor, doctor);
  assert.deepEqual(told?.payload, {
    order_id: given.order_id,
    session_id: id,
    reason: 'far',
    appointment_id: given.appointment_id,
    within_quota: true,
  });
  const booked = await world.ctx.db.one<{ payload: { pool: string } }>(sql`
    select payload from platform.event where name = 'booking.visit.booked'
      and payload ->> 'appointment_id' = ${given.appointment_id}`);
  assert.equal(booked.payload.pool, 'added', 'what the draw log counts');
  await assert.rejects(add(id, { patient_id }), code('booking/session-day'));
});

test('[R033] doctors at the last places of a quota at the same moment never pass it', async () => {
  const id = await session();
  const people = await Promise.all(Array.from({ length: 8 }, () => world.person()));
  const answers = await Promise.all(people.map(({ patient_id }) => add(id, { patient_id })));
  assert.equal(answers.filter(({ state }) => state === 'given').length, 2);
  assert.equal(answers.filter(({ state }) => state === 'asked').length, 6);
  assert.equal((await tables(id)).length, 2);
});

test('the same press twice adds one number, and another body under its key is refused', async () => {
  const id = await session();
  const { patient_id } = await world.person();
  const input = {
    hospital_id: world.hospital_id,
    actor: doctor,
    session_id: id,
    patient_id,
    reason: 'result' as const,
    idempotency: world.key(),
  };
  const [one, two] = await Promise.all([addNumber(world.ctx, input), addNumber(world.ctx, input)]);
  assert.deepEqual(one, two);
  assert.equal((await tables(id)).length, 1);
  const other = { ...input, idempotency: { ...input.idempotency, fingerprint: 'other' } };
  await assert.rejects(addNumber(world.ctx, other), code('platform/idempotency-key-reused'));
});

test('[R033] above the quota the office decides with one tap, never whoever asked, and only once', async () => {
  const id = await session(5);
  await add(id);
  const asked = await add(id);
  assert.equal(asked.state, 'asked');
  assert.equal((await events('booking.added.asked', asked.order_id)).length, 1);
  await assert.rejects(decide(asked.order_id, null, doctor), code('booking/added-not-own'));
  const taps = await Promise.allSettled([
    decide(asked.order_id),
    decide(asked.order_id, null, 'staff:office-2'),
  ]);
  assert.deepEqual(taps.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  assert.equal((await tables(id)).length, 2);
  const [decided] = await events('booking.added.decided', asked.order_id);
  assert.equal(decided?.payload.outcome, 'given');
  assert.equal((await events('booking.added.given', asked.order_id)).length, 1);

  const { patient_id } = await world.person();
  const second = await add(id, { patient_id });
  await assert.rejects(add(id, { patient_id }), code('booking/added-asked'));
  assert.equal((await decide(second.order_id, 'room')).state, 'refused');
  await assert.rejects(decide(second.order_id), code('booking/added-decided'));
  await assert.rejects(decide(newId(world.ctx)), code('booking/added-unknown'));
  assert.equal((await tables(id)).length, 2);
});

test('a request that nobody answered ends with its session, and the patient is told', async () => {
  const id = await session(5);
  await add(id);
  const asked = await add(id);
  const now = world.ctx.clock.now();
  const { ends_at } = await world.ctx.db.one<{ ends_at: Date }>(
    sql`select ends_at from booking.session_stock where session_id = ${id}`,
  );
  world.ctx.clock.set(ends_at);
  assert.ok((await expireAdded(world.ctx)) >= 1);
  assert.equal(await expireAdded(world.ctx), 0);
  world.ctx.clock.set(now);
  const [told] = await events('booking.added.decided', asked.order_id);
  assert.equal(told?.payload.outcome, 'expired');
});

test('a department sets its own quota as a new version; nought sends everyone to the office', async () => {
  const set = (share: number) =>
    setQuota(world.ctx, {
      hospital_id: world.hospital_id,
      actor: office,
      department_id: world.department_id,
      share,
    });
  const { version } = await set(0);
  const id = await session();
  const asked = await add(id);
  assert.equal(asked.state, 'asked');
  // An approved one counts in the quota as the others do.
  await decide(asked.order_id);
  assert.equal((await set(0.3)).version, version + 1);
  const states = [await add(id), await add(id), await add(id)].map(({ state }) => state);
  assert.deepEqual(states, ['given', 'given', 'asked']);
  await set(0.2);
  await assert.rejects(
    setQuota(world.ctx, {
      hospital_id: world.hospital_id,
      actor: office,
      department_id: newId(world.ctx),
      share: 1,
    }),
    code('booking/department-unknown'),
  );
});

test('[R033] the monthly report adds up to the orders, with colleagues and relatives apart', async () => {
  const month = '2027-01';
  const before_ = world.ctx.clock.now();
  world.ctx.clock.set(new Date('2027-01-05T01:00:00Z'));
  const one = await world.session({ numbers: 10, service_date: '2027-01-06' });
  const two = await world.session({ numbers: 10, service_date: '2027-01-07', service: 'other' });
  const often = await world.person();
  await add(one, { patient_id: often.patient_id, reason: 'staff' });
  await add(one);
  await add(two, { patient_id: often.patient_id, reason: 'staff' });
  await add(two);
  const third = await add(two, { reason: 'medicine' });
  await decide(third.order_id);
  const fourth = await add(two, { reason: 'staff' });
  await decide(fourth.order_id, 'room');
  const three = await world.session({ numbers: 10, service_date: '2027-01-08' });
  await add(three, { patient_id: often.patient_id, reason: 'staff' });
  const by = { hospital_id: world.hospital_id, actor: office };
  const report = await addedReport(world.ctx, { ...by, month });
  assert.deepEqual(report.patients, { within_quota: 2, approved: 1, refused: 0, expired: 0 });
  assert.deepEqual(report.staff, { within_quota: 3, approved: 0, refused: 1, expired: 0 });
  const orders = await world.ctx.db.one<{ given: number }>(sql`
    select count(*) as given from booking.added_order
    where state = 'given' and decided_at >= '2026-12-31T16:00:00Z' and decided_at < '2027-01-31T16:00:00Z'`);
  const rows = report.rows.reduce((sum, row) => sum + row.within_quota + row.approved, 0);
  assert.equal(rows, orders.given);
  assert.deepEqual(
    [...new Set(report.rows.map((row) => row.practitioner_name))].sort(),
    ['张主任', '李主任'].sort(),
  );
  // Three by one doctor for one person: named for the office, and that it was read is on record.
  assert.deepEqual(
    report.concentrated.map(({ given }) => given),
    [3],
  );
  const lines = reportCsv(report).trim().split('\r\n');
  assert.equal(lines.length, report.rows.length + 1);
  assert.ok(
    lines.some((line) => line.includes('张主任,本院职工或家属,职工,2,0,0,0')),
    lines.join('\n'),
  );
  assert.deepEqual((await addedReport(world.ctx, { ...by, month: '2027-02' })).rows, []);
  world.ctx.clock.set(before_);
});

test('[R032, R033] the patient sees the number, its reason and what became of a request; others do not', async () => {
  const id = await session(5);
  const { patient_id } = await world.person();
  const account_id = await world.account(patient_id);
  const stranger = await world.account();
  const given = await add(id, { patient_id, reason: 'post_discharge' });
  const read = async (account: string, url: string) =>
    (await app.inject({ url, headers: signedIn({ account_id: account })() })).json();
  const { added } = await read(account_id, '/api/direct-numbers');
  assert.equal(added.length, 1);
  assert.equal(added[0].reason, 'post_discharge');
  assert.equal(added[0].practitioner_name, '张主任');
  const { appointments } = await read(account_id, '/api/appointments');
  assert.equal(appointments[0].appointment_id, given.appointment_id);
  assert.deepEqual(await read(stranger, '/api/direct-numbers'), { added: [], plans: [] });
});

test('[R033] only doctors add, only the office decides and reads the report', async () => {
  const id = await session();
  const { patient_id } = await world.person();
  const as = (...roles: string[]) =>
    signedIn({ staff_id: newId(world.ctx), hospital_id: world.hospital_id, roles });
  const doctors = as('doctor');
  const clerks = as('registration_clerk');
  const managers = as('registration_manager');
  const payload = { session_id: id, patient_id, reason: 'condition' };
  const post = (headers: Record<string, string>, url: string, body: object = {}) =>
    app.inject({ method: 'POST', url, headers, payload: body });
  const url = '/api/staff/added-numbers';
  assert.equal((await post(clerks(), url, payload)).statusCode, 403);
  assert.equal((await post(managers(), url, payload)).statusCode, 403);
  const given = await post(doctors(), url, payload);
  assert.equal(given.json().state, 'given');
  const report = `${url}/report?month=2026-11`;
  assert.equal((await app.inject({ url: report, headers: doctors() })).statusCode, 403);
  assert.equal((await app.inject({ url: report, headers: managers() })).statusCode, 200);
  const csv = await app.inject({ url: `${url}/report.csv?month=2026-11`, headers: managers() });
  assert.match(String(csv.headers['content-type']), /text\/csv/);
  assert.equal((await app.inject({ url: `${url}/asked`, headers: doctors() })).statusCode, 403);
  const refused = await post(doctors(), `${url}/${given.json().order_id}/approve`);
  assert.equal(refused.statusCode, 403);
  // A pool that only forms open is not to be had by naming it elsewhere.
  const direct = await post(doctors(), '/api/staff/in-clinic-appointments', {
    session_id: id,
    patient_id,
    pool: 'added',
  });
  assert.equal(direct.statusCode, 400);
});

test('a doctor finds people by whole numbers or among those just seen, never by name, and every look is told', async () => {
  const id = await session();
  const one = await world.person();
  const headers = signedIn({
    staff_id: newId(world.ctx),
    hospital_id: world.hospital_id,
    roles: ['doctor'],
  });
  const find = (payload: object) =>
    app.inject({ method: 'POST', url: '/api/staff/direct/people', headers: headers(), payload });
  const looked = async () =>
    (
      await world.ctx.db.one<{ n: number }>(
        sql`select count(*) as n from platform.event where name = 'booking.direct.looked-up'`,
      )
    ).n;
  const told = await looked();
  const found = (await find({ by: 'document', text: one.documentNumber })).json();
  assert.equal(found.people[0].patient_id, one.patient_id);
  assert.ok(!JSON.stringify(found).includes(one.documentNumber));
  const stranger = world.stranger();
  const unknown = await find({ by: 'document', text: stranger.documentNumber });
  assert.equal(unknown.json().code, 'booking/person-unknown');
  const made = await find({ by: 'document', text: stranger.documentNumber, name: stranger.name });
  assert.equal(made.json().people.length, 1);
  const given = await add(id, { patient_id: one.patient_id });
  const shown = await find({ by: 'qr', text: `zh-visit:${given.appointment_id}` });
  assert.equal(shown.json().people[0].patient_id, one.patient_id);
  assert.equal(
    (await find({ by: 'qr', text: 'hello' })).json().code,
    'booking/person-code-unreadable',
  );
  assert.deepEqual((await find({ by: 'recent', session_id: id })).json().people, []);
  await step(world.ctx, 'checkIn', {
    appointment_id: given.appointment_id as string,
    actor: 'staff:nurse',
    idempotency: world.key(),
  });
  // Who is in the session already needs no number added to it; a later one offers them.
  assert.deepEqual((await find({ by: 'recent', session_id: id })).json().people, []);
  const later = await session();
  const recent = (await find({ by: 'recent', session_id: later })).json().people;
  assert.deepEqual(
    recent.map((person: { patient_id: string }) => person.patient_id),
    [one.patient_id],
  );
  assert.ok((await looked()) - told >= 6);
});

test('numbers of the hospital’s own system, of stopped and of past sessions are not added to', async () => {
  const his = await world.session({ numbers: 10, service_date: '2027-03-01', master: 'his' });
  await assert.rejects(add(his), code('booking/added-his'));
  const stopped = await session();
  await world.ctx.db.run(
    sql`update booking.session_stock set state = 'stopped' where session_id = ${stopped}`,
  );
  await assert.rejects(add(stopped), code('booking/stopped'));
  const past = await world.session({ numbers: 10, service_date: '2026-11-20' });
  await assert.rejects(add(past), code('booking/over'));
});

test('[R032] an added number that came back is given again, and a session that grows gets all its own', async () => {
  const id = await session();
  const first = await add(id);
  await step(world.ctx, 'cancel', {
    appointment_id: first.appointment_id as string,
    actor: 'account:test',
    idempotency: world.key(),
  });
  await add(id);
  await add(id);
  assert.deepEqual(
    (await tables(id)).map(({ sequence, state }) => `${sequence} ${state}`),
    ['11 booked', '12 booked'],
  );
  const stock = await world.ctx.db.one<{ starts_at: Date; ends_at: Date; service_date: string }>(
    sql`select starts_at, ends_at, service_date from booking.session_stock where session_id = ${id}`,
  );
  const grown = {
    ...stock,
    session_id: id,
    hospital_id: world.hospital_id,
    healthcare_service_id: world.services.chief.healthcare_service_id,
    practitioner_id: world.services.chief.practitioner_id,
    numbers: 14,
    direct_pools: {},
    patient_bookings_max: 1,
    master: 'own' as const,
  };
  const made = await world.ctx.db.tx((tx) =>
    openStock(tx, [grown], { at: world.ctx.clock.now(), actor: 'system' }),
  );
  assert.equal(made, 4);
  const all = await world.slots(id);
  assert.equal(all.filter(({ pool }) => pool === 'online').length, 14);
  assert.equal(new Set(all.map(({ sequence }) => sequence)).size, 16);
});

test('[R032] every added number on the list for paper days is one of the system, with its patient', async () => {
  const id = await session();
  await add(id);
  const listed = (await numbersOfSessions(world.ctx.db, [id])).filter(
    ({ pool }) => pool === 'added',
  );
  assert.equal(listed.length, 1);
  assert.ok(listed[0]?.patient_id);
  const loose = await world.ctx.db.one<{ n: number }>(sql`
    select count(*) as n from booking.slot s join booking.appointment a on a.slot_id = s.id and a.is_active
    where s.pool = 'added' and not exists (
      select from booking.added_order o where o.appointment_id = a.id and o.state = 'given')`);
  assert.equal(loose.n, 0);
});

test('after all of it numbers, visits and events agree', async () => {
  assert.deepEqual(await sweepInvariants(world.ctx.db), []);
});
