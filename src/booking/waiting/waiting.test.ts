import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { clinicWorld, signedIn, type ClinicWorld } from '../../../test/support/clinic.ts';
import type { App } from '../../platform/http.ts';
import { sql } from '../../platform/sql.ts';
import { createCampus, stopSession } from '../../schedule/index.ts';
import { calendarOf, fold } from './calendar.ts';
import { rulesInWords } from '../limits/in-words.ts';
import { plain_rules } from '../limits/presets.ts';
import { writeRules } from '../limits/write-rules.ts';
import { checkInCode, isCheckInCode } from './check-in-code.ts';
import { visitGuide } from './guide.ts';
import { waitingRoutes } from './index.ts';
import { createLive } from './live.ts';
import { paceOf, waitOf } from './rules.ts';

let world: ClinicWorld;
let app: App;
let staff: ReturnType<typeof signedIn>;
let campus_id: string;
let session_id: string;
const dayBefore = new Date('2026-11-26T01:00:00Z');
const morning = new Date('2026-11-27T00:10:00Z');

before(async () => {
  world = await clinicWorld('waiting');
  app = await world.app();
  waitingRoutes(app, world.ctx);
  const roles = ['registration_clerk', 'triage_nurse'];
  staff = signedIn({ staff_id: world.key().key, hospital_id: world.hospital_id, roles });
  const one = await world.ctx.db.one<{ id: string }>(sql`select id from schedule.campus`);
  campus_id = one.id;
  world.ctx.clock.set(dayBefore);
  session_id = await world.session({ numbers: 12, released: ['online'] });
});
after(async () => {
  await app.close();
  await world.stop();
});

async function ask(method: 'GET' | 'POST', url: string, headers: object, body?: object) {
  const reply = await app.inject({
    method,
    url,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { payload: JSON.stringify(body) } : {}),
  });
  const isJson = String(reply.headers['content-type']).includes('json');
  return { status: reply.statusCode, body: isJson ? reply.json() : reply.payload };
}

/** A person with an account and a booked number of the session. */
async function booked(of = session_id) {
  const person = await world.person();
  const account_id = await world.account(person.patient_id);
  const mine = signedIn({ account_id });
  const wish = { session_id: of, patient_id: person.patient_id, confirm: true };
  const { status, body } = await ask('POST', '/api/appointments', mine(), wish);
  assert.equal(status, 200, JSON.stringify(body));
  return { person, account_id, mine, id: body.appointment_id as string };
}
const now = () => world.ctx.clock.now();
const code = () => checkInCode(world.ctx.secrets, campus_id, now()).code;
const checkIn = (one: Awaited<ReturnType<typeof booked>>, given = code()) =>
  ask('POST', `/api/appointments/${one.id}/check-in`, one.mine(), { code: given });
const act = (id: string, name: string, body: object = {}) =>
  ask('POST', `/api/staff/appointments/${id}/${name}`, staff(), body);

test('a check-in code is six digits of a campus, changes every minute, and counts for one more', () => {
  const { secrets } = world.ctx;
  const at = new Date('2026-11-27T00:10:10Z');
  const { code: first, until } = checkInCode(secrets, campus_id, at);
  assert.match(first, /^\d{6}$/);
  assert.equal(until.toISOString(), '2026-11-27T00:11:00.000Z');
  const counts = (seconds: number) =>
    isCheckInCode(secrets, campus_id, { code: first, at: new Date(at.getTime() + seconds * 1000) });
  assert.deepEqual([0, 49, 50, 109, 110].map(counts), [true, true, true, true, false]);
  assert.equal(isCheckInCode(secrets, 'other', { code: first, at }), false);
});

test('a person checks in by phone with the code on the wall, on the day and on the right campus only', async () => {
  const one = await booked();
  const early = await checkIn(one);
  assert.equal(early.body.code, 'booking/not-today');
  world.ctx.clock.set(morning);
  assert.equal((await checkIn(one, '000000')).body.code, 'booking/check-in-code');
  const { hospital_id } = world;
  const east = await createCampus(world.ctx, { hospital_id, code: 'C2', name: '东院' }); // prettier-ignore
  const there = checkInCode(world.ctx.secrets, east.campus_id, now()).code;
  const elsewhere = await checkIn(one, there);
  assert.equal(elsewhere.body.code, 'booking/other-campus');
  assert.match(elsewhere.body.detail, /您现在在东院，这个号要在本部就诊/);
  const stranger = await world.account();
  const theirs = await ask('POST', `/api/appointments/${one.id}/check-in`, signedIn({ account_id: stranger })(), { code: code() }); // prettier-ignore
  assert.equal(theirs.body.code, 'booking/visit-unknown');

  const done = await checkIn(one);
  assert.equal(done.status, 200, JSON.stringify(done.body));
  assert.equal(done.body.status, 'checked_in');
  assert.deepEqual(done.body.queue, { place: 1, ahead: 0 });
  world.ctx.clock.set(dayBefore);
});

test('[R010] who checked in by phone shows the document before the visit ends; another’s is refused', async () => {
  const one = await booked();
  const other = await world.person();
  world.ctx.clock.set(morning);
  assert.equal((await checkIn(one)).status, 200);
  const desk = await ask('GET', `/api/staff/desk?session_id=${session_id}`, staff());
  const line = desk.body.visits.find((visit: any) => visit.appointment_id === one.id);
  assert.ok(line.tags.includes('identity_unseen'));
  assert.equal((await act(one.id, 'call')).status, 200);
  assert.equal((await act(one.id, 'seen')).body.code, 'booking/identity-unseen');
  const wrong = await act(one.id, 'identity', { document_number: other.documentNumber });
  assert.equal(wrong.body.code, 'booking/identity-mismatch');
  const right = () => act(one.id, 'identity', { document_number: one.person.documentNumber });
  assert.equal((await right()).status, 200);
  assert.equal((await right()).status, 200); // seeing it twice changes nothing
  const events = await world.ctx.db.many<{ name: string }>(sql`
    select name from platform.event where payload ->> 'appointment_id' = ${one.id}
      and name like 'booking.check-in.%' order by occurred_at, id`);
  assert.deepEqual(
    events.map(({ name }) => name),
    ['booking.check-in.mismatched', 'booking.check-in.verified'],
  );
  assert.equal((await act(one.id, 'seen')).body.status, 'fulfilled');
  world.ctx.clock.set(dayBefore);
});

test('[R004] waiting shows the live place, the call, and how a missed call rejoins', async () => {
  const people = [await booked(), await booked(), await booked(), await booked()];
  world.ctx.clock.set(morning);
  for (const one of people) assert.equal((await checkIn(one)).status, 200);
  const [first] = people;
  assert.ok(first);
  const waiting = async () => (await ask('GET', '/api/waiting', first.mine())).body.visits[0];
  const mine = await waiting();
  // One person of an earlier test still waits with an earlier number.
  assert.equal(mine.visit.queue.ahead, 1);
  assert.equal(mine.begun, true);
  assert.equal(mine.wait, null); // too few calls to measure anything
  assert.equal(mine.identity_seen, false);
  assert.equal((await act(first.id, 'call')).status, 200);
  const called = await waiting();
  assert.deepEqual([called.visit.status, called.calls], ['called', 1]);
  assert.equal((await act(first.id, 'miss')).status, 200);
  const missed = await waiting();
  assert.deepEqual([missed.visit.status, missed.missed], ['checked_in', true]);
  assert.equal(missed.visit.queue.ahead, 3); // one before, and two places behind
  world.ctx.clock.set(dayBefore);
});

/** What a stream says: its messages as they come. */
async function* messagesOf(reply: Response): AsyncGenerator<any> {
  let text = '';
  for await (const part of reply.body as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(part);
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const one of parts)
      if (one.startsWith('data: ')) yield JSON.parse(one.slice('data: '.length));
  }
}

test('[R004] the place in line is pushed: a call reaches the phone, and the stream ends with the server', async () => {
  const of = await world.session({ numbers: 4, service: 'other', released: ['online'] });
  const [first, second] = [await booked(of), await booked(of)];
  world.ctx.clock.set(morning);
  for (const one of [first, second]) assert.equal((await checkIn(one)).status, 200);
  const nobody = await ask('GET', '/api/waiting/stream', signedIn({ account_id: await world.account() })()); // prettier-ignore
  assert.equal(nobody.status, 204); // a browser does not come back for that
  const server = await world.app();
  waitingRoutes(server, world.ctx);
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/api/waiting/stream`;
  assert.equal((await fetch(url)).status, 401);
  const reply = await fetch(url, { headers: second.mine() });
  assert.match(reply.headers.get('content-type') ?? '', /event-stream/);
  const messages = messagesOf(reply);
  const { value: before } = await messages.next();
  assert.deepEqual(before.visits.map((one: any) => one.appointment_id), [second.id]); // prettier-ignore
  assert.deepEqual(before.visits[0].queue, { place: 2, ahead: 1 });
  await act(first.id, 'call');
  await act(second.id, 'call');
  const { value: called } = await messages.next();
  assert.equal(called.visits[0].status, 'called');
  await server.close();
  assert.equal((await messages.next()).done, true);
  world.ctx.clock.set(dayBefore);
});

test('however many watch a queue, it is looked up once for all of them', async () => {
  const of = await world.session({ numbers: 4, service: 'other', service_date: '2026-11-28', released: ['online'] }); // prettier-ignore
  const one = await booked(of);
  const { ctx } = world;
  const live = createLive(ctx);
  const readers = Array.from({ length: 40 }, () => {
    const said: string[] = [];
    const to = Object.assign(new EventEmitter(), {
      writableLength: 0,
      write: (text: string) => said.push(text),
      end: () => to.emit('close'),
    });
    return { to: to as unknown as ServerResponse, said };
  });
  for (const [n, { to }] of readers.entries())
    live.watch(to, { account_id: `${n}`, appointment_ids: [one.id], session_ids: [of] });
  await live.look();
  await live.look();
  const start = ctx.db.roundTrips();
  await live.look();
  assert.equal(ctx.db.roundTrips() - start, 2);
  // What did not move is said once, and then only that the stream lives.
  for (let n = 0; n < 7; n++) await live.look();
  for (const { said } of readers) {
    assert.equal(said.filter((text) => text.startsWith('data: ')).length, 1);
    assert.ok(said.some((text) => text.startsWith('event: beat')));
  }
  // One account keeps five streams at most.
  for (let n = 0; n < 8; n++) {
    const to = Object.assign(new EventEmitter(), {
      write: () => true,
      end: () => to.emit('close'),
    });
    live.watch(to as unknown as ServerResponse, { account_id: 'same', appointment_ids: [one.id], session_ids: [of] }); // prettier-ignore
  }
  assert.equal(live.open(), 45);
  live.end();
  assert.equal(live.open(), 0);
});

test('[R004] people over the age of the rule and soldiers are called in between, and everybody can read it', async () => {
  const { ctx, hospital_id } = world;
  const of = await world.session({ numbers: 8, service: 'other', service_date: '2026-11-29', released: ['online'] }); // prettier-ignore
  const people = [await booked(of), await booked(of), await booked(of), await booked(of), await booked(of)]; // prettier-ignore
  const day = new Date('2026-11-29T00:10:00Z');
  const born = (n: number, date: string) =>
    ctx.db.run(sql`update identity.patient set birth_date = ${date} where id = ${people[n]?.person.patient_id}`); // prettier-ignore
  for (const n of people.keys()) await born(n, n === 3 ? '1950-01-01' : '1990-01-01');
  const rules = { ...plain_rules, priority: { one_in: 2, elder_age: 75, military: true, disabled: false } }; // prettier-ignore
  await writeRules(ctx, { hospital_id, base_version: 0, effective_from: '2026-11-29', rules, reason: '测试', actor: 'system:test' }); // prettier-ignore
  ctx.clock.set(day);
  for (const one of people) assert.equal((await checkIn(one)).status, 200);
  const order = async () => {
    const desk = await ask('GET', `/api/staff/desk?session_id=${of}`, staff());
    return desk.body.visits.filter((one: any) => one.queue_place).map((one: any) => one.sequence);
  };
  assert.deepEqual(await order(), [1, 4, 2, 3, 5]);
  const [, behind, , elder, soldier] = people;
  assert.ok(behind && elder && soldier);
  const give = (kind: string | null) => act(soldier.id, 'priority', { kind });
  assert.equal((await give('disabled')).body.code, 'booking/priority-unknown');
  assert.equal((await give('military')).status, 200);
  assert.equal((await give('military')).status, 200); // giving it twice changes nothing
  assert.deepEqual(await order(), [1, 4, 2, 5, 3]);
  const mine = (await ask('GET', '/api/waiting', behind.mine())).body.visits[0];
  assert.deepEqual([mine.visit.queue.ahead, mine.priority, mine.rule.one_in], [2, null, 2]);
  const old = (await ask('GET', '/api/waiting', elder.mine())).body.visits[0];
  assert.deepEqual([old.visit.queue.ahead, old.priority], [1, 'elder']);
  // One was called: the elder is next; afterwards somebody else comes first again.
  assert.equal((await act(people[0]?.id ?? '', 'call')).status, 200);
  assert.deepEqual(await order(), [1, 4, 2, 5, 3]);
  ctx.clock.set(new Date(day.getTime() + 60_000));
  assert.equal((await act(elder.id, 'call')).status, 200);
  assert.deepEqual(await order(), [1, 4, 2, 5, 3]);
  const desk = await ask('GET', `/api/staff/desk?session_id=${of}`, staff());
  assert.ok(desk.body.visits.find((one: any) => one.appointment_id === soldier.id).tags.includes('military')); // prettier-ignore
  assert.equal((await give(null)).status, 200);
  assert.deepEqual(await order(), [1, 4, 2, 3, 5]);
  const events = await ctx.db.many<{ kind: string | null; version: number }>(sql`
    select payload ->> 'kind' as kind, version from platform.event where name = 'booking.queue.preferred'
      and payload ->> 'appointment_id' = ${soldier.id} order by version`);
  assert.deepEqual(events.map(({ kind, version }) => `${version} ${kind}`), ['1 military', '2 null']); // prettier-ignore
  const told = rulesInWords(rules).flatMap(({ lines }) => lines).join(''); // prettier-ignore
  assert.match(told, /75岁及以上老年人、军人（含退役军人）优先：每叫2位，最多有1位/);
  assert.match(told, /《老年人权益保障法》第五十七条/);
  ctx.clock.set(dayBefore);
});

test('a linked screen shows masked names, tags and the code; an unlinked one nothing', async () => {
  const one = await booked();
  world.ctx.clock.set(morning);
  await checkIn(one);
  await act(one.id, 'call');
  const { department_id } = world;
  const wrong = { campus_id: department_id, name: '一楼' };
  assert.equal((await ask('POST', '/api/staff/screens', staff(), wrong)).status, 409);
  const link = { campus_id, department_id, name: '心内科候诊厅' };
  const { body: linked } = await ask('POST', '/api/staff/screens', staff(), link);
  const show = () => ask('GET', '/api/screen', { 'x-screen-token': linked.token });
  const shown = await show();
  assert.equal(shown.status, 200, JSON.stringify(shown.body));
  assert.equal(shown.body.check_in.code, code());
  const [room] = shown.body.rooms;
  assert.match(room.called[0].name_masked, /\*/);
  assert.ok(!JSON.stringify(shown.body).includes(one.person.name));
  assert.ok(!JSON.stringify(shown.body).includes(one.person.patient_id));
  assert.ok(room.missed[0].tags.includes('missed'));

  await world.ctx.db.run(
    sql`update schedule.department set sensitive = true where id = ${department_id}`,
  );
  const bare = (await show()).body.rooms[0];
  for (const line of [...bare.called, ...bare.next]) assert.equal(line.name_masked, null);
  await world.ctx.db.run(
    sql`update schedule.department set sensitive = null where id = ${department_id}`,
  );

  assert.equal((await ask('GET', '/api/staff/screens', staff())).body.screens.length, 1);
  const doctor = signedIn({ staff_id: world.key().key, hospital_id: world.hospital_id, roles: ['doctor'] }); // prettier-ignore
  assert.equal((await ask('GET', '/api/staff/screens', doctor())).status, 403);
  const path = `/api/staff/screens/${linked.screen_id}/unlink`;
  assert.equal((await ask('POST', path, staff(), {})).status, 200);
  assert.equal((await ask('POST', path, staff(), {})).status, 404);
  assert.equal((await show()).body.code, 'booking/screen-unknown');
  assert.equal((await ask('GET', '/api/screen', {})).status, 404);
  world.ctx.clock.set(dayBefore);
});

test('[R026] the guide of a visit says where, when and what cancelling means; its calendar names no department', async () => {
  const one = await booked();
  const guide = await ask('GET', `/api/appointments/${one.id}/guide`, one.mine());
  assert.equal(guide.status, 200, JSON.stringify(guide.body));
  assert.equal(guide.body.cancel.may, 'now');
  assert.equal(guide.body.cancel.paid_fen, 0);
  assert.ok(guide.body.arrive_from < guide.body.visit.starts_at);
  const { body: ics } = await ask('GET', `/api/appointments/${one.id}/calendar`, one.mine());
  assert.ok(ics.startsWith('BEGIN:VCALENDAR\r\nVERSION:2.0\r\n'));
  assert.ok(ics.endsWith('END:VCALENDAR\r\n'));
  for (const line of ics.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
  const whole = ics.replaceAll('\r\n ', '');
  assert.match(whole, /DTSTART;TZID=Asia\/Shanghai:20261127T(08|09|10|11)\d{4}\r\n/);
  assert.equal(whole.match(/BEGIN:VALARM/g)?.length, 2);
  assert.ok(!/心血管|张主任/.test(whole));
  assert.ok(!whole.includes(one.person.name));
  const input = { appointment_id: one.id, account_id: one.account_id };
  const sensitive = { ...(await visitGuide(world.ctx, input)), sensitive: true };
  assert.ok(!calendarOf(sensitive, now()).replaceAll('\r\n ', '').includes('示例医院'));
  world.ctx.clock.set(new Date(guide.body.visit.starts_at));
  const over = await ask('GET', `/api/appointments/${one.id}/guide`, one.mine());
  assert.equal(over.body.cancel.may, 'over');
  world.ctx.clock.set(dayBefore);
});

test('a stopped clinic’s calendar entry is taken back, and its people cannot check in', async () => {
  const of = await world.session({ numbers: 2, released: ['online'], period: 'afternoon' });
  const one = await booked(of);
  const { hospital_id } = world;
  await stopSession(world.ctx, { session_id: of, hospital_id, reason: '医生生病', actor: 'system:test' }); // prettier-ignore
  await world.follow();
  const { body: ics } = await ask('GET', `/api/appointments/${one.id}/calendar`, one.mine());
  assert.match(ics, /METHOD:CANCEL\r\n/);
  assert.match(ics, /STATUS:CANCELLED\r\n/);
  world.ctx.clock.set(morning);
  assert.equal((await checkIn(one)).body.code, 'booking/stopped');
  world.ctx.clock.set(new Date('2026-11-27T09:01:00Z'));
  const late = await booked(await world.session({ numbers: 2, service: 'other', period: 'afternoon', service_date: '2026-11-28', released: ['online'] })); // prettier-ignore
  world.ctx.clock.set(new Date('2026-11-28T09:01:00Z'));
  assert.equal((await checkIn(late)).body.code, 'booking/check-in-over');
  world.ctx.clock.set(dayBefore);
});

test('a wait in minutes is told only where enough calls measured it', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 10, 27, 0, minute));
  const calls = [0, 6, 10, 16, 22].map(at);
  assert.deepEqual(paceOf(calls, at(23)), { minutes: 6, intervals: 4 });
  assert.equal(paceOf(calls.slice(1), at(23)), null); // three intervals measure nothing
  assert.equal(paceOf(calls, at(55)), null); // nobody was called for long
  assert.equal(paceOf([], at(0)), null);
  assert.deepEqual([waitOf(0, 6), waitOf(1, 6), waitOf(5, 6)], [5, 10, 30]);
});

test('a calendar line is folded within 75 octets and never within a character', () => {
  const line = `SUMMARY:${'候诊'.repeat(40)}`;
  const parts = fold(line).split('\r\n ');
  assert.equal(parts.join(''), line);
  assert.ok(parts.every((part) => Buffer.byteLength(part) <= 75));
});
