import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { AddressInfo } from 'node:net';
import { createContext, type Context } from '../../src/context.ts';
import { sql } from '../../src/platform/sql.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { buildApp } from '../../src/app.ts';
import { nextLate } from '../../src/gate/room.ts';
import { earlyMac, earlyValue } from '../../src/gate/rules.ts';
import { readTicket, signTicket } from '../../src/gate/token.ts';
import { patientAt, staffAt, visitor, world, type Visitor } from '../support/world.ts';

const seed = 'gate flow';
let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  // 2026-11-24 06:50 in Shanghai: the numbers of 12-01 are released at 07:30.
  here = await world(seed, new Date('2026-11-23T22:50:00Z'));
});
after(() => here.stop());

let people = 0;
/** A signed-in person with a patient of their own. */
async function person(app = here.app): Promise<{ who: Visitor; patient_id: string }> {
  const synthetic = here.ctx.population.syntheticPerson(5000 + people++);
  const who = await patientAt(app, synthetic.phone);
  const { patient_id } = await who.post('/api/patients', {
    name: synthetic.name,
    document_type: 'resident_id',
    document_number: synthetic.documentNumber,
    relation: 'self',
  });
  return { who, patient_id };
}

const ticketOf = async (who: Visitor, room: string, body: object): Promise<any> =>
  who.post(`/api/gate/rooms/${room}/tickets`, body);
const passOf = (who: Visitor, room: string, ticket: string) =>
  who.send('POST', `/api/gate/rooms/${room}/pass`, { ticket });
const book = (who: Visitor, body: object, pass?: string) =>
  who.send('POST', '/api/appointments', body, pass === undefined ? {} : { 'x-gate-pass': pass });

/** A session that is released at 07:30. */
async function session(): Promise<string> {
  const { session_id } = await here.ctx.db.one<{ session_id: string }>(sql`
    select r.session_id from release.session_release r
    where r.method = 'order' and r.online_at = '2026-11-23T23:30:00Z' and r.service_date = '2026-12-01'
    order by r.starts_at, r.session_id limit 1`);
  return session_id;
}

async function roomOf(session_id: string): Promise<any> {
  return (await visitor(here.app).get(`/api/gate/rooms?session_id=${session_id}`)).room;
}

/** The clock and one turn of the gate. */
async function at(time: string): Promise<void> {
  here.clock.set(new Date(`2026-11-23T${time}Z`));
  await here.settle();
  await here.ctx.gate.rooms.tick();
}

/** So many strangers who drew, without their accounts. */
async function crowd(ctx: Context, room_id: string, early: number, late: number): Promise<void> {
  const room = await ctx.gate.rooms.get(room_id);
  assert.ok(room);
  for (let n = 0; n < early; n++)
    room.early.add(earlyMac(room.release_key, room_id, `stranger ${n}`));
  for (let n = 0; n < late; n++) await nextLate(ctx.db, room);
}

const events = (name: string, id: string, kind = 'room') =>
  here.ctx.db.one<{ payload: any }>(
    sql`select payload from platform.event where name = ${name} and subject = ${`${kind}:${id}`}`,
  );

let session_id: string;
let room_id: string;
let early: { who: Visitor; patient_id: string; ticket: any };

test('a queue is announced half an hour before, with its release key committed in the log', async () => {
  session_id = await session();
  await at('22:59:00');
  assert.equal(await roomOf(session_id), null);
  await at('23:05:00');
  const room = await roomOf(session_id);
  room_id = room.room_id;
  assert.equal(room.opens_at, '2026-11-23T23:30:00.000Z');
  assert.equal(room.pass_needed, false);
  const announced = await events('gate.room.announced', room_id);
  assert.equal(announced.payload.release_key_sha256, room.release_key_sha256);
  const opening = await visitor(here.app).get(`/api/gate/rooms/${room_id}/opening`);
  assert.deepEqual([opening.release_key_sha256, opening.release_key], [room.release_key_sha256, null]); // prettier-ignore
});

test('asking again never re-rolls an early place, and counts nobody twice', async () => {
  const { who, patient_id } = await person();
  const ticket = await ticketOf(who, room_id, { patient_id });
  assert.equal(ticket.kind, 'early');
  assert.equal(ticket.lane, 'normal');
  for (let n = 0; n < 5; n++)
    assert.equal((await ticketOf(who, room_id, { patient_id })).value, ticket.value);
  early = { who, patient_id, ticket };
  await crowd(here.ctx, room_id, 3000, 0);
  await here.ctx.gate.rooms.tick();
  const mark = await visitor(here.app).get(`/api/gate/rooms/${room_id}/watermark`);
  assert.ok(Math.abs(mark.early_count - 3001) < 40, String(mark.early_count));
  assert.equal(mark.lanes[0].early_up_to, '0000000000000000');
});

test('at opening a booking without a pass is sent to the queue, and the key is revealed', async () => {
  await at('23:30:00');
  const { who, patient_id } = early;
  const refused = await book(who, { session_id, patient_id });
  assert.equal(refused.status, 409);
  assert.equal(refused.body.code, 'gate/ticket-needed');
  assert.equal(refused.body.room_id, room_id);
  const { payload } = await events('gate.room.opened', room_id);
  const announced = await events('gate.room.announced', room_id);
  const key = Buffer.from(payload.release_key, 'hex');
  assert.equal(
    createHash('sha256').update(key).digest('hex'),
    announced.payload.release_key_sha256,
  );
  // Anybody can check the place now.
  assert.equal(earlyValue(earlyMac(key, room_id, patient_id)), early.ticket.value);
});

test('who forgot the early ticket has the same place after opening; a stranger comes in order', async () => {
  const { who, patient_id } = early;
  assert.equal((await ticketOf(who, room_id, { patient_id })).value, early.ticket.value);
  const other = await person();
  const late = await ticketOf(other.who, room_id, { patient_id: other.patient_id });
  assert.equal(late.kind, 'late');
  const again = { patient_id: other.patient_id };
  assert.equal(
    (await ticketOf(other.who, room_id, { ...again, ticket: late.ticket })).value,
    late.value,
  );
  // A browser that forgot it, or a computer instead of the phone, finds the same by the patient.
  const at_once = await Promise.all([1, 2, 3].map(() => ticketOf(other.who, room_id, again)));
  assert.deepEqual(new Set(at_once.map((one) => one.value)), new Set([late.value]));
  const next = await person();
  const behind = await ticketOf(next.who, room_id, { patient_id: next.patient_id });
  assert.ok(Number(behind.value) > Number(late.value));
});

test('[R047] a ticket or pass replayed from another account or key is refused', async () => {
  const other = await person();
  const stolen = await passOf(other.who, room_id, early.ticket.ticket);
  assert.equal(stolen.body.code, 'gate/ticket-refused');
  const own = readTicket(here.ctx.secrets, early.ticket.ticket);
  assert.ok(own?.device_key_id, 'the ticket names the browser key that drew it');
  // The same account signs in on another browser: another key, so the ticket itself does not work there.
  const phone = here.ctx.population.syntheticPerson(5000).phone;
  here.clock.set(new Date('2026-11-23T23:30:01Z'));
  const elsewhere = await patientAt(here.app, phone);
  const replayed = await passOf(elsewhere, room_id, early.ticket.ticket);
  assert.equal(replayed.body.code, 'gate/ticket-refused');
  const moved = await ticketOf(elsewhere, room_id, { patient_id: early.patient_id });
  assert.equal(moved.value, early.ticket.value);
});

test('control: a ticket that names whoever brings it, and no key, works for them', async () => {
  const other = await person();
  const { account_id } = await other.who.get('/api/me');
  const own = readTicket(here.ctx.secrets, early.ticket.ticket);
  assert.ok(own);
  const unbound = signTicket(here.ctx.secrets, { ...own, account_id, device_key_id: null });
  const used = await passOf(other.who, room_id, unbound);
  assert.notEqual(used.body.code, 'gate/ticket-refused');
});

test('a restart in the middle of the queue keeps every place and number', async () => {
  await crowd(here.ctx, room_id, 0, 40);
  await at('23:30:03');
  const mark = await visitor(here.app).get(`/api/gate/rooms/${room_id}/watermark`);
  const before_restart = await person();
  const late = await ticketOf(before_restart.who, room_id, {
    patient_id: before_restart.patient_id,
  });

  const again = createContext(here.ctx.config, {
    database_url: here.url,
    clock: here.clock,
    random: seededRandom('after the restart'),
    secrets: here.ctx.secrets,
  });
  const app = await buildApp(again, { demo: here.demo as never });
  try {
    const kept = await visitor(app).get(`/api/gate/rooms/${room_id}/watermark`);
    assert.deepEqual(kept.lanes[0], mark.lanes[0]);
    assert.equal(kept.early_count, mark.early_count);
    const newcomer = await person(app);
    const next = await ticketOf(newcomer.who, room_id, { patient_id: newcomer.patient_id });
    assert.ok(Number(next.value) > Number(late.value), 'no number is handed out twice');
    // Early people are known again by the sketch, late ones by what they carry.
    const room = await again.gate.rooms.get(room_id);
    assert.ok(room?.early.has(earlyMac(room.release_key, room_id, early.patient_id)));
    assert.deepEqual(readTicket(again.secrets, late.ticket)?.value, late.value);
  } finally {
    await app.close();
    await again.db.close();
  }
});

test('[R057] whose turn has come books with a pass; the window needs none', async () => {
  const { who, patient_id, ticket } = early;
  const soon = await passOf(who, room_id, ticket.ticket);
  let second = 4;
  for (; soon.status !== 200 && second < 59; second++) {
    await at(`23:30:${String(second).padStart(2, '0')}`);
    const reply = await passOf(who, room_id, ticket.ticket);
    if (reply.status === 200) {
      const held = await book(who, { session_id, patient_id }, reply.body.pass);
      assert.equal(held.status, 200, JSON.stringify(held.body));
      const stranger = await person();
      const stolen = await book(
        stranger.who,
        { session_id, patient_id: stranger.patient_id },
        reply.body.pass,
      );
      if ((await roomOf(session_id)).pass_needed)
        assert.equal(stolen.body.code, 'gate/ticket-refused');
      break;
    }
    assert.equal(reply.body.code, 'gate/not-yet');
  }
  assert.ok(second < 59, 'the turn came');
  const desk = await staffAt(here.app, 'clerk');
  const walkIn = await person();
  const reply = await desk.send('POST', '/api/staff/appointments', {
    session_id,
    patient_id: walkIn.patient_id,
  });
  assert.notEqual(reply.body.code, 'gate/ticket-needed');
});

test('[R055] the slow lane comes to its turn, at most a minute later, with a case to appeal', async () => {
  const slowed = await person();
  const account = slowed.who.key()?.device_key_id ?? null;
  const me = await slowed.who.get('/api/me');
  for (let n = 0; n < 10; n++)
    here.ctx.guard.risk.note('replayed_steps', {
      account_id: me.account_id,
      device_key_id: account,
    });
  const ticket = await ticketOf(slowed.who, room_id, { patient_id: slowed.patient_id });
  assert.equal(ticket.lane, 'slow');
  assert.ok(ticket.extra_s > 0 && ticket.extra_s <= 60);
  const normal = await person();
  const beside = await ticketOf(normal.who, room_id, { patient_id: normal.patient_id });
  const turns: Record<string, number> = {};
  for (let second = 0; second < 240 && Object.keys(turns).length < 2; second++) {
    here.clock.set(new Date(here.clock.now().getTime() + 1000));
    await here.ctx.gate.rooms.tick();
    for (const [name, who, one] of [
      ['slow', slowed.who, ticket],
      ['normal', normal.who, beside],
    ] as const)
      if (!(name in turns) && (await passOf(who, room_id, one.ticket)).status === 200)
        turns[name] = second;
  }
  const extra = (turns.slow ?? Number.NaN) - (turns.normal ?? Number.NaN);
  assert.ok(extra > 0 && extra <= 60, `${extra} s more`);
  const appealed = await slowed.who.post(`/api/gate/cases/${ticket.case_id}/appeal`, {
    text: '我是替父母挂号',
  });
  assert.equal(appealed.state, 'received');
  // Control: without signals the same patient draws for the normal lane.
  const { risk } = here.ctx.guard;
  here.ctx.guard.risk = { ...risk, read: () => risk.read({ account_id: 'nobody', device_key_id: null }) }; // prettier-ignore
  const unslowed = await ticketOf(slowed.who, room_id, { patient_id: slowed.patient_id });
  assert.deepEqual([unslowed.lane, unslowed.value], ['normal', ticket.value]);
  here.ctx.guard.risk = risk;
  const foreign = await normal.who.send('POST', `/api/gate/cases/${ticket.case_id}/appeal`, {
    text: '不是我的',
  });
  assert.equal(foreign.body.code, 'gate/case-unknown');

  const manager = await staffAt(here.app, 'manager');
  const { appeals } = await manager.get('/api/staff/slow-cases');
  const [mine] = appeals;
  assert.deepEqual(
    [appeals.length, mine.case_id, mine.text],
    [1, ticket.case_id, '我是替父母挂号'],
  );
  assert.match(mine.patient.name_masked, /\*/);
  const answer = { upheld: true, answer: '抱歉让您多等，已恢复正常排队。' };
  await manager.post(`/api/staff/slow-cases/${ticket.case_id}`, answer);
  const twice = await manager.send('POST', `/api/staff/slow-cases/${ticket.case_id}`, answer);
  assert.equal(twice.body.code, 'gate/case-unknown');
  const { cases } = await slowed.who.get('/api/gate/cases');
  assert.deepEqual([cases[0].state, cases[0].answer], ['upheld', answer.answer]);
  assert.equal(
    (await events('gate.lane.answered', ticket.case_id, 'slow-case')).payload.upheld,
    true,
  );
});

test('without a queue a booking goes straight through, and the room closes', async () => {
  const room = await roomOf(session_id);
  assert.equal(room.pass_needed, false);
  const someone = await person();
  const reply = await book(someone.who, { session_id, patient_id: someone.patient_id });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  await at('23:50:00');
  assert.equal(await roomOf(session_id), null);
  const { payload } = await events('gate.room.closed', room_id);
  assert.ok(payload.late_issued >= 40);
  // The published file outlives the queue: whoever knows a patient's id computes the place again.
  const opening = await visitor(here.app).get(`/api/gate/rooms/${room_id}/opening`);
  const key = Buffer.from(opening.release_key, 'hex');
  assert.equal(createHash('sha256').update(key).digest('hex'), opening.release_key_sha256);
  const place = createHmac('sha256', key)
    .update(`zhenghao early place v1\n${room_id}\n${early.patient_id}\n`)
    .digest('hex');
  assert.equal(place.slice(0, 16), early.ticket.value);
});

test('an open stream gets each new watermark and ends when the server stops', async () => {
  // The next morning, before its same-day numbers.
  here.clock.set(new Date('2026-11-24T22:40:00Z'));
  await here.settle();
  await here.ctx.gate.rooms.tick();
  const { id } = await here.ctx.db.one<{ id: string }>(
    sql`select id from gate.room where state = 'announced' order by opens_at limit 1`,
  );
  await here.app.listen({ port: 0 });
  const { port } = here.app.server.address() as AddressInfo;
  const reply = await fetch(`http://127.0.0.1:${port}/api/gate/rooms/${id}/stream`);
  assert.match(reply.headers.get('content-type') ?? '', /event-stream/);
  const reader = reply.body?.getReader();
  const first = new TextDecoder().decode((await reader?.read())?.value);
  assert.match(first, /data: \{"room_id"/);
  here.clock.set(new Date('2026-11-24T22:40:01Z'));
  await here.ctx.gate.rooms.tick();
  const second = new TextDecoder().decode((await reader?.read())?.value);
  assert.match(second, /22:40:01/);
  here.ctx.gate.rooms.streams.end();
  assert.equal((await reader?.read())?.done, true);
});

test('control: without the gate whoever comes at opening books before everybody who queues', async () => {
  const unguarded = await world(`${seed} control`, new Date('2026-11-23T23:05:00Z'), {}, (ctx) => {
    ctx.gate.admit = async () => undefined;
  });
  try {
    await unguarded.ctx.gate.rooms.tick();
    const found = await unguarded.ctx.db.one<{ session_id: string }>(sql`
      select session_id from release.session_release
      where method = 'order' and online_at = '2026-11-23T23:30:00Z' and service_date = '2026-12-01'
      order by starts_at, session_id limit 1`);
    const room = await unguarded.ctx.gate.rooms.ofSession(found.session_id);
    assert.ok(room);
    await crowd(unguarded.ctx, room.row.id, 3000, 0);
    unguarded.clock.set(new Date('2026-11-23T23:30:00Z'));
    await unguarded.settle();
    await unguarded.ctx.gate.rooms.tick();
    const synthetic = unguarded.ctx.population.syntheticPerson(7000);
    const who = await patientAt(unguarded.app, synthetic.phone);
    const { patient_id } = await who.post('/api/patients', {
      name: synthetic.name,
      document_type: 'resident_id',
      document_number: synthetic.documentNumber,
      relation: 'self',
    });
    const reply = await book(who, { session_id: found.session_id, patient_id });
    assert.equal(reply.status, 200, JSON.stringify(reply.body));
  } finally {
    await unguarded.stop();
  }
});

test('availability is a shared snapshot that any cache may keep for a second', async () => {
  const hospitals = await visitor(here.app).get('/api/hospitals');
  const { departments } = await visitor(here.app).get(
    `/api/hospitals/${hospitals.hospitals[0].id}`,
  );
  const shared = createContext(here.ctx.config, { database_url: here.url, clock: here.clock });
  const app = await buildApp(shared);
  try {
    const url = `/api/departments/${departments[0].id}/availability`;
    const first = await app.inject(url);
    assert.equal(first.headers['cache-control'], 'public, max-age=1');
    assert.ok(first.json().days.length > 0);
    const before = shared.db.roundTrips();
    const replies = await Promise.all(Array.from({ length: 50 }, () => app.inject(url)));
    for (const reply of replies) assert.equal(reply.body, first.body);
    // One snapshot at most may have run out meanwhile: four statements instead of two hundred.
    assert.ok(shared.db.roundTrips() - before <= 8);
  } finally {
    await app.close();
    await shared.db.close();
  }
});
