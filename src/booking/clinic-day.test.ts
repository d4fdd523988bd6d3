import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinicWorld, signedIn, type ClinicWorld } from '../../test/support/clinic.ts';
import type { App } from '../platform/http.ts';
import { sql } from '../platform/sql.ts';
import { mayTakeOnSite } from './rules.ts';
import type { Visit } from './visits.ts';

let world: ClinicWorld;
let app: App;
let staff: ReturnType<typeof signedIn>;
const clinicMorning = new Date('2026-11-27T00:30:00Z');
const dayBefore = new Date('2026-11-24T01:00:00Z');

before(async () => {
  world = await clinicWorld('clinic-day');
  app = await world.app();
  const { hospital_id } = world;
  const roles = ['registration_clerk', 'triage_nurse'];
  staff = signedIn({ staff_id: world.key().key, hospital_id, roles });
});
after(async () => {
  await app.close();
  await world.stop();
});

async function post(url: string, headers: Record<string, string>, body?: object) {
  const reply = await app.inject({
    method: 'POST',
    url,
    headers: { ...headers, 'content-type': 'application/json' },
    payload: JSON.stringify(body ?? null),
  });
  return { status: reply.statusCode, body: reply.json() as Visit & Record<string, unknown> };
}
async function get(url: string, headers: Record<string, string>) {
  const reply = await app.inject({ method: 'GET', url, headers });
  return { status: reply.statusCode, body: reply.json() as Record<string, unknown> };
}

async function bookedVisit(session_id: string, asked: object = {}) {
  const person = await world.person();
  const reply = await post('/api/staff/appointments', staff(), {
    session_id,
    patient_id: person.patient_id,
    ...asked,
  });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  return { person, visit: reply.body };
}
const checkIn = (appointment_id: string, document_number: string) =>
  post(`/api/staff/appointments/${appointment_id}/check-in`, staff(), { document_number });
const act = (appointment_id: string, name: string) =>
  post(`/api/staff/appointments/${appointment_id}/${name}`, staff());

test('a parent holds, confirms, cancels and restores a number for a child, and sees every step', async () => {
  const session_id = await world.session({ numbers: 3, released: ['online'] });
  const person = await world.person();
  const account = signedIn({ account_id: await world.account(person.patient_id) });
  const held = await post('/api/appointments', account(), {
    session_id,
    patient_id: person.patient_id,
  });
  assert.equal(held.status, 200, JSON.stringify(held.body));
  assert.equal(held.body.status, 'held');
  assert.equal(held.body.hold_until, '2026-11-24T01:10:00.000Z');
  assert.equal(held.body.fee_fen, 6000);
  assert.equal(held.body.hospital_name, '示例医院');
  assert.ok(!JSON.stringify(held.body).includes(person.documentNumber));
  const url = `/api/appointments/${held.body.appointment_id}`;
  assert.equal((await post(`${url}/confirm`, account())).body.status, 'booked');
  const cancelled = await post(`${url}/cancel`, account(), { reason: '有事' });
  assert.equal(cancelled.body.undo_until, '2026-11-24T01:10:00.000Z');
  assert.equal((await post(`${url}/restore`, account())).body.status, 'booked');
  const [, , third] = await world.slots(session_id);
  assert.equal((await post(`${url}/move`, account(), { slot_id: third?.id })).body.sequence, 3);
  const mine = await get('/api/appointments', account());
  assert.equal((mine.body['appointments'] as Visit[]).length, 1);
});

test('[R002] the traces of who booked are recorded with the hold', async () => {
  const session_id = await world.session({
    numbers: 1,
    service_date: '2026-11-29',
    released: ['online'],
  });
  const person = await world.person();
  const account_id = await world.account(person.patient_id);
  const headers = { ...signedIn({ account_id })(), 'x-device-key-id': 'device-1' };
  const held = await post('/api/appointments', headers, {
    session_id,
    patient_id: person.patient_id,
  });
  const row = await world.ctx.db.one(sql`
    select account_id, device_key_id, length(phone_index) as phone, channel from booking.appointment
    where id = ${held.body.appointment_id}`);
  assert.deepEqual(row, { account_id, device_key_id: 'device-1', phone: 32, channel: 'web' });
});

test('an account can do nothing with patients and visits that are not its own', async () => {
  const session_id = await world.session({
    numbers: 3,
    service_date: '2026-11-28',
    released: ['online'],
  });
  const { visit, person } = await bookedVisit(session_id);
  const stranger = signedIn({ account_id: await world.account() });
  const url = `/api/appointments/${visit.appointment_id}`;
  assert.equal((await get(url, stranger())).status, 404);
  for (const step of ['cancel', 'confirm', 'restore'])
    assert.equal((await post(`${url}/${step}`, stranger())).body['code'], 'booking/visit-unknown');
  const taken = await post('/api/appointments', stranger(), {
    session_id,
    patient_id: person.patient_id,
  });
  assert.equal(taken.body['code'], 'booking/not-your-patient');
  const foreign = signedIn({
    staff_id: 'x',
    hospital_id: '00000000-0000-7000-8000-000000000000',
    roles: ['registration_clerk'],
  });
  const cancel = await post(`/api/staff/appointments/${visit.appointment_id}/cancel`, foreign());
  assert.equal(cancel.body['code'], 'booking/visit-unknown');
});

test('[R010] only the booked person can check in, on the clinic day, and a mismatch is recorded', async () => {
  const session_id = await world.session({
    numbers: 4,
    period: 'afternoon',
    released: ['online'],
  });
  const { visit, person } = await bookedVisit(session_id);
  const other = await world.person();
  const early = await checkIn(visit.appointment_id, person.documentNumber);
  assert.equal(early.body['code'], 'booking/not-today');
  world.ctx.clock.set(clinicMorning);
  const wrong = await checkIn(visit.appointment_id, other.documentNumber);
  assert.equal(wrong.body['code'], 'booking/identity-mismatch');
  const unknown = await checkIn(visit.appointment_id, world.stranger().documentNumber);
  assert.equal(unknown.body['code'], 'booking/identity-mismatch');
  const events = await world.ctx.db.many<{ shown: string | null }>(sql`
    select payload ->> 'shown_patient_id' as shown from platform.event
    where name = 'booking.check-in.mismatched' order by id`);
  assert.deepEqual(events.map((event) => event.shown).sort(), [other.patient_id, null].sort());
  const right = await checkIn(visit.appointment_id, person.documentNumber.toLowerCase());
  assert.equal(right.body.status, 'checked_in');
  assert.deepEqual(right.body.queue, { place: 1, ahead: 0 });
  world.ctx.clock.set(dayBefore);
});

test('[R004] the queue shows one’s place: called first, then by number; who missed a call waits for two', async () => {
  const session_id = await world.session({
    numbers: 5,
    service: 'other',
    released: ['online'],
  });
  const visits: Awaited<ReturnType<typeof bookedVisit>>[] = [];
  for (let at = 0; at < 5; at++) visits.push(await bookedVisit(session_id));
  world.ctx.clock.set(clinicMorning);
  // They check in from last to first; the queue goes by the time of the number.
  for (const { visit, person } of visits.toReversed())
    await checkIn(visit.appointment_id, person.documentNumber);
  const order = async () => {
    const desk = await get(`/api/staff/desk?session_id=${session_id}`, staff());
    const list = desk.body['visits'] as { sequence: number; queue_place: number | null }[];
    return list.filter((one) => one.queue_place !== null).map((one) => one.sequence);
  };
  const id = (at: number): string => visits[at]?.visit.appointment_id ?? '';
  assert.deepEqual(await order(), [1, 2, 3, 4, 5]);
  await act(id(0), 'call');
  await act(id(0), 'miss');
  assert.deepEqual(await order(), [2, 3, 1, 4, 5]);
  world.ctx.clock.set(new Date(clinicMorning.getTime() + 60_000));
  await act(id(1), 'call');
  await act(id(1), 'seen');
  assert.deepEqual(await order(), [3, 1, 4, 5]);
  const [patient] = visits.slice(3);
  const account = signedIn({ account_id: await world.account(patient?.person.patient_id ?? '') });
  const mine = await get(`/api/appointments/${id(3)}`, account());
  assert.deepEqual(mine.body['queue'], { place: 3, ahead: 2 });
  world.ctx.clock.set(dayBefore);
});

test('a no-show can be recorded only once the number’s time has begun', async () => {
  const session_id = await world.session({
    numbers: 2,
    service_date: '2026-11-30',
    released: ['online'],
  });
  const { visit } = await bookedVisit(session_id);
  assert.equal((await act(visit.appointment_id, 'no-show')).body['code'], 'booking/too-early');
  world.ctx.clock.set(new Date('2026-11-30T00:00:00Z'));
  assert.equal((await act(visit.appointment_id, 'no-show')).body.status, 'noshow');
  world.ctx.clock.set(dayBefore);
});

test('[R007] a scarce on-site pool goes by lot among those present, one ticket a person', async () => {
  const session_id = await world.session({ numbers: 4, service_date: '2026-12-01' });
  await world.ctx.db.run(sql`update booking.slot set pool = 'on_site', state = 'free'
    where session_id = ${session_id} and sequence > 1`);
  const people = [];
  for (let at = 0; at < 8; at++) people.push(await world.person());
  const early = await post('/api/staff/hall-tickets', staff(), {
    session_id,
    patient_id: people[0]?.patient_id,
  });
  assert.equal(early.body['code'], 'booking/not-today');
  world.ctx.clock.set(new Date('2026-11-30T23:00:00Z'));
  const tickets = new Set<unknown>();
  for (const person of [...people, ...people]) {
    const { patient_id } = person;
    const ticket = await post('/api/staff/hall-tickets', staff(), { session_id, patient_id });
    tickets.add(ticket.body['ticket_id']);
  }
  assert.equal(tickets.size, 8);
  const drawn = await post('/api/staff/hall-draw', staff(), { session_id });
  const list = drawn.body['tickets'] as { place: number; outcome: string; ticket_id: string }[];
  assert.deepEqual(
    list.map((one) => `${one.place} ${one.outcome}`),
    [
      ...[1, 2, 3].map((place) => `${place} booked`),
      ...[4, 5, 6, 7, 8].map((place) => `${place} booking/sold-out`),
    ],
  );
  const again = await post('/api/staff/hall-draw', staff(), { session_id });
  assert.deepEqual(again.body, drawn.body);
  const { order } = await world.ctx.db.one<{ order: string[] }>(sql`
    select payload -> 'order' as order from platform.event where name = 'booking.hall.drawn'`);
  assert.deepEqual(
    order,
    list.map((one) => one.ticket_id),
  );
  world.ctx.clock.set(dayBefore);
});

test('[R002] the window takes from the same numbers as the phone, and on-site numbers besides', async () => {
  const session_id = await world.session({
    numbers: 2,
    service_date: '2026-12-02',
    released: ['online'],
  });
  await world.ctx.db.run(sql`update booking.slot set pool = 'on_site'
    where session_id = ${session_id} and sequence = 2`);
  const person = await world.person();
  const account = signedIn({ account_id: await world.account(person.patient_id) });
  const { patient_id } = person;
  const body = { session_id, patient_id, confirm: true };
  assert.equal((await post('/api/appointments', account(), body)).body.sequence, 1);
  const late = await world.person();
  const second = signedIn({ account_id: await world.account(late.patient_id) });
  const refused = await post('/api/appointments', second(), {
    ...body,
    patient_id: late.patient_id,
  });
  assert.equal(refused.body['code'], 'booking/sold-out');
  const asked = { on_site_reason: 'no_phone' };
  assert.equal((await bookedVisit(session_id, asked)).visit.sequence, 2);
  const { detail } = await world.ctx.db.one<{ detail: object }>(sql`
    select payload -> 'detail' as detail from platform.event
    where payload ->> 'session_id' = ${session_id} and payload ->> 'pool' = 'on_site'
      and name = 'booking.visit.booked'`);
  assert.deepEqual(detail, asked);
});

test('[R007] on-site numbers are kept for people of 60 and over, disabled or without a phone', async () => {
  const day = (age: number | null, reason: 'disabled' | 'no_phone' | null, hour: string) =>
    mayTakeOnSite(
      { age, reason },
      { starts_at: new Date('2026-12-04T00:00:00Z') },
      new Date(`2026-12-03T${hour}Z`),
    );
  assert.equal(day(60, null, '20:00:00'), true);
  assert.equal(day(59, null, '20:00:00'), false);
  assert.equal(day(null, null, '20:00:00'), false);
  assert.equal(day(30, 'no_phone', '20:00:00'), true);
  assert.equal(day(30, 'disabled', '20:00:00'), true);
  assert.equal(day(30, null, '22:59:59'), false);
  assert.equal(day(30, null, '23:00:00'), true);
});

test('booking follows the schedule: a stop ends the visits, a resumption brings the numbers back', async () => {
  const session_id = await world.session({
    numbers: 2,
    service_date: '2026-12-03',
    released: ['online'],
  });
  const { visit, person } = await bookedVisit(session_id);
  const setStatus = async (status: string, version: number) => {
    const name = status === 'stopped' ? 'stopped' : 'resumed';
    await world.ctx.db.tx(async (tx) => {
      await tx.run(sql`update schedule.session set status = ${status}, stop_reason = '测试', version = ${version}
        where id = ${session_id}`);
      await tx.run(sql`
        insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
        values (uuidv7(), ${world.hospital_id}, ${`schedule.session.${name}`}, ${`session:${session_id}`}, ${version},
          'test', ${JSON.stringify({ session_id })}, now())`);
    });
    await world.follow();
  };
  await setStatus('stopped', 2);
  const account = signedIn({ account_id: await world.account(person.patient_id) });
  const mine = await get(`/api/appointments/${visit.appointment_id}`, account());
  assert.equal(mine.body['status'], 'stopped');
  await setStatus('planned', 3);
  assert.deepEqual(
    (await world.slots(session_id)).map((slot) => slot.state),
    ['free', 'free'],
  );
});

test('[R039] staff see how many numbers of a session are in which state', async () => {
  const session_id = await world.session({
    numbers: 4,
    service_date: '2026-12-09',
    released: ['online'],
  });
  await bookedVisit(session_id);
  const reply = await get('/api/staff/supply?from=2026-12-09&to=2026-12-09', staff());
  const [row] = reply.body['sessions'] as Record<string, unknown>[];
  assert.ok(row);
  assert.equal(row['session_id'], session_id);
  assert.deepEqual([row['total'], row['free'], row['booked'], row['unreleased']], [4, 3, 1, 0]);
});

test('reading one’s visits takes three statements', async () => {
  const person = await world.person();
  const account = signedIn({ account_id: await world.account(person.patient_id) });
  const session_id = await world.session({
    numbers: 2,
    service_date: '2026-12-04',
    released: ['online'],
  });
  await post('/api/appointments', account(), { session_id, patient_id: person.patient_id });
  const start = world.ctx.db.roundTrips();
  await get('/api/appointments', account());
  assert.equal(world.ctx.db.roundTrips() - start, 3);
});
