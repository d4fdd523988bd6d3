import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { sql } from '../platform/sql.ts';
import { cardLine, machine, pairedMachine } from '../../test/support/kiosk.ts';
import { staffAt, world, type Visitor } from '../../test/support/world.ts';
import { isTooBusy, readCard } from './rules.ts';

let here: Awaited<ReturnType<typeof world>>;
let admin: Visitor;
let clerk: Visitor;
let people = 500;

before(async () => {
  here = await world('kiosk');
});
beforeEach(async () => {
  // The clock moves further than a staff cookie lasts.
  [admin, clerk] = await Promise.all([staffAt(here.app, 'admin'), staffAt(here.app, 'clerk')]);
});
after(() => here.stop());

const later = (seconds: number): void =>
  here.clock.set(new Date(here.clock.now().getTime() + seconds * 1000));
const stranger = () => here.ctx.population.syntheticPerson(people++);

/** A person the window knows, with the phone they gave there. */
async function known() {
  const person = stranger();
  const { patient_id } = await clerk.post('/api/staff/patients', {
    name: person.name,
    document_type: 'resident_id',
    document_number: person.documentNumber,
    phone: person.phone,
  });
  return { ...person, patient_id: patient_id as string };
}

/** Sessions of the demo hospital in a state, the earliest first. */
async function sessions(state: string) {
  const { hospitals } = await clerk.get('/api/hospitals');
  const { departments } = await clerk.get(`/api/hospitals/${hospitals[0].id}`);
  const found = [];
  for (const { id } of departments) {
    const data = await clerk.get(`/api/departments/${id}/availability`);
    found.push(...data.sessions.filter((one: { state: string }) => one.state === state));
  }
  return found.sort((a, b) => a.starts_at.localeCompare(b.starts_at));
}

test('[R002] at a kiosk a person registers for a draw and takes a slip with its secret', async () => {
  const one = await pairedMachine(here.app, admin, '登记');
  const person = await known();
  const [session] = await sessions('register');
  assert.ok(session, 'the demo has a draw open');
  await one.post('/turns', { document_number: person.documentNumber });
  const slip = await one.post(`/draws/${session.draw_id}/entries`, {
    preferences: [session.session_id],
  });
  assert.match(slip.secret, /^[0-9a-f]{64}$/);
  const { channel } = await here.ctx.db.one<{ channel: string }>(sql`
    select channel from release.entry where patient_id = ${person.patient_id}`);
  assert.equal(channel, 'kiosk');
  assert.deepEqual((await one.get('/visits')).entries, [], 'typed: nothing is shown afterwards');
  await one.post('/prove-phone', { phone: person.phone });
  assert.equal((await one.get('/visits')).entries.length, 1);
});

test('a code switches a machine on once and for half an hour, and the machine alone may ask', async () => {
  const made = await admin.post('/api/staff/terminals', { name: '甲', place: '一层' });
  const one = machine(here.app);
  assert.equal(await one.refused('GET', '/terminal'), 'kiosk/terminal-unknown');
  const wrong = { pairing_code: '0000 0000 0000' };
  assert.equal(await one.refused('POST', '/pair', wrong), 'kiosk/pairing-wrong');
  const { name, idle_warning_seconds } = await one.post('/pair', made);
  assert.deepEqual([name, idle_warning_seconds], ['甲', 60]);
  assert.equal(await machine(here.app).refused('POST', '/pair', made), 'kiosk/pairing-wrong');
  const late = await admin.post('/api/staff/terminals', { name: '乙', place: '一层' });
  later(1801);
  admin = await staffAt(here.app, 'admin');
  assert.equal(await machine(here.app).refused('POST', '/pair', late), 'kiosk/pairing-wrong');
  const twice = await admin.send('POST', '/api/staff/terminals', { name: '甲', place: '二层' });
  assert.equal(twice.body.code, 'kiosk/name-taken');
  clerk = await staffAt(here.app, 'clerk');
  const no_admin = await clerk.send('GET', '/api/staff/terminals');
  assert.equal(no_admin.status, 403);
});

test('a machine without a token is refused everywhere, and one switched off at its next request', async () => {
  const id = '019a0000-0000-7000-8000-000000000000';
  const paths = [
    ['GET', '/terminal'],
    ['GET', '/visits'],
    ['GET', `/appointments/${id}/payment`],
    ...['/turns', '/leave', '/keep', '/prove-phone', '/appointments', `/draws/${id}/entries`].map(
      (path) => ['POST', path] as const,
    ),
    ...['check-in', 'cancel', 'pay', 'fee-category'].map(
      (act) => ['POST', `/appointments/${id}/${act}`] as const,
    ),
  ] as const;
  const bare = machine(here.app);
  for (const [method, path] of paths)
    assert.equal(await bare.refused(method as 'GET', path), 'kiosk/terminal-unknown', path);
  const one = await pairedMachine(here.app, admin, '停用');
  const person = await known();
  await one.post('/turns', { document_number: person.documentNumber });
  await admin.post(`/api/staff/terminals/${one.terminal_id}/revoke`);
  assert.equal(await one.refused('GET', '/visits'), 'kiosk/terminal-unknown');
  assert.equal(await one.refused('GET', '/terminal'), 'kiosk/terminal-unknown');
  const again = await admin.post(`/api/staff/terminals/${one.terminal_id}/pair`);
  await one.post('/pair', again);
  assert.equal(await one.refused('GET', '/visits'), 'kiosk/turn-over', 'nobody stands there');
  const foreign = await admin.send('POST', `/api/staff/terminals/${id}/revoke`);
  assert.equal(foreign.body.code, 'kiosk/terminal-not-found');
});

test('[R002] at a kiosk a typed ID card takes a number, pays it by a code, changes its fee category and gives it back', async () => {
  const one = await pairedMachine(here.app, admin, '办理');
  const person = await known();
  const begun = await one.post('/turns', { document_number: person.documentNumber });
  assert.deepEqual([begun.how, begun.proved], ['typed', false]);
  assert.ok(begun.patient.name_masked.includes('*'));
  const [session] = (await sessions('free')).slice(-1);
  const visit = await one.post('/appointments', { session_id: session.session_id });
  assert.deepEqual([visit.status, visit.channel], ['booked', 'kiosk']);
  const again = { session_id: session.session_id };
  assert.equal(await one.refused('POST', '/appointments', again), 'booking/session-day');
  const path = `/appointments/${visit.appointment_id}`;
  const money = await one.get(`${path}/payment`);
  assert.ok(money.due_fen > 0);
  const insured = await one.post(`${path}/fee-category`, { category: 'insured' });
  assert.equal(insured.category, 'insured');
  const { way } = await one.post(`${path}/pay`, { channel: 'wechat' });
  await fetch(way.code_url, { method: 'POST' });
  later(11);
  const paid = await one.get(`${path}/payment`);
  assert.deepEqual([paid.state, paid.paid_fen], ['paid', insured.due_fen]);
  const { visits } = await one.get('/visits');
  assert.deepEqual(
    visits.map((found: { appointment_id: string }) => found.appointment_id),
    [visit.appointment_id],
  );
  assert.equal((await one.post(`${path}/cancel`)).status, 'cancelled');
  const { by, channel, traces } = await here.ctx.db.one<Record<string, unknown>>(sql`
    select booked_by as by, channel, num_nonnulls(account_id, device_key_id, phone_index) as traces
    from booking.appointment where id = ${visit.appointment_id}`);
  assert.deepEqual([by, channel, traces], [`terminal:${one.terminal_id}`, 'kiosk', 0]);
  await here.ctx.paymentSandbox?.stop();
});

test('a typed number opens nothing that others should not see; the phone on record or the card does', async () => {
  const one = await pairedMachine(here.app, admin, '隐私');
  const person = await known();
  const [first, second] = (await sessions('free')).slice(-3);
  const ordered = await clerk.post('/api/staff/appointments', {
    session_id: first.session_id,
    patient_id: person.patient_id,
  });
  const path = `/appointments/${ordered.appointment_id}`;
  await one.post('/turns', { document_number: person.documentNumber });
  assert.deepEqual((await one.get('/visits')).visits, []);
  assert.equal(await one.refused('POST', `${path}/cancel`), 'kiosk/proof-needed');
  assert.equal(await one.refused('GET', `${path}/payment`), 'kiosk/proof-needed');
  const other = stranger().phone;
  assert.equal(await one.refused('POST', '/prove-phone', { phone: other }), 'kiosk/phone-wrong');
  await one.post('/prove-phone', { phone: person.phone });
  assert.equal((await one.get('/visits')).visits.length, 1);
  // Somebody else's number is not found, however proved one is.
  const neighbour = await known();
  const theirs = await clerk.post('/api/staff/appointments', {
    session_id: second.session_id,
    patient_id: neighbour.patient_id,
  });
  const foreign = `/appointments/${theirs.appointment_id}/cancel`;
  assert.equal(await one.refused('POST', foreign), 'booking/visit-unknown');
  await one.post('/turns', { document_number: person.documentNumber });
  for (const code of ['phone-wrong', 'phone-wrong', 'phone-tries', 'phone-tries'])
    assert.equal(await one.refused('POST', '/prove-phone', { phone: other }), `kiosk/${code}`);
});

test('[R010] a kiosk checks in only with the card itself, read by its own reader, once', async () => {
  const one = await pairedMachine(here.app, admin, '签到');
  const person = await known();
  const today = (await sessions('free')).find(
    ({ service_date, starts_at }) =>
      service_date === '2026-11-24' && Date.parse(starts_at) > here.clock.now().getTime(),
  );
  const visit = await clerk.post('/api/staff/appointments', {
    session_id: today.session_id,
    patient_id: person.patient_id,
  });
  const path = `/appointments/${visit.appointment_id}/check-in`;
  await one.post('/turns', { document_number: person.documentNumber });
  await one.post('/prove-phone', { phone: person.phone });
  assert.equal(await one.refused('POST', path), 'kiosk/card-needed');
  const card = { number: person.documentNumber, name: person.name };
  const line = cardLine(one.reader_key, card, here);
  const begun = await one.post('/turns', { card: line });
  assert.deepEqual([begun.how, begun.proved], ['reader', true]);
  assert.equal((await one.post(path)).status, 'checked_in');
  assert.equal(await one.refused('POST', '/turns', { card: line }), 'kiosk/card-invalid');
  const forged = cardLine('00'.repeat(32), card, here);
  assert.equal(await one.refused('POST', '/turns', { card: forged }), 'kiosk/card-invalid');
  const stale = cardLine(one.reader_key, card, here);
  later(121);
  assert.equal(await one.refused('POST', '/turns', { card: stale }), 'kiosk/card-invalid');
  const { checked } = await here.ctx.db.one<{ checked: string }>(sql`
    select identity_checked_by as checked from booking.appointment where id = ${visit.appointment_id}`);
  assert.equal(checked, `terminal:${one.terminal_id}`);
});

test('the next person, leaving and idleness end a turn, and its page then finds nobody', async () => {
  const one = await pairedMachine(here.app, admin, '轮到');
  const [a, b] = [await known(), await known()];
  const mine = await one.post('/turns', { document_number: a.documentNumber });
  const page = machine(here.app);
  await one.post('/leave', { idle: true });
  assert.equal(await one.refused('GET', '/visits'), 'kiosk/turn-over');
  await one.post('/turns', { document_number: b.documentNumber });
  later(240);
  await one.post('/keep');
  later(240);
  await one.post('/keep');
  later(301);
  assert.equal(await one.refused('POST', '/keep'), 'kiosk/turn-over');
  assert.equal(await page.refused('GET', '/visits'), 'kiosk/terminal-unknown');
  const ended = await here.ctx.db.many<{ ended_by: string }>(sql`
    select ended_by from kiosk.turn where terminal_id = ${one.terminal_id} order by began_at`);
  assert.deepEqual(
    ended.map(({ ended_by }) => ended_by),
    ['idle', 'idle'],
  );
  assert.ok(mine.turn_id);
});

test('[R009] whoever is new gives their name, which the authority confirms; a wrong one is refused', async () => {
  const one = await pairedMachine(here.app, admin, '新人');
  const person = stranger();
  const number = { document_number: person.documentNumber };
  assert.equal(await one.refused('POST', '/turns', number), 'kiosk/name-needed');
  const wrong = { ...number, name: '不是我' };
  assert.equal(await one.refused('POST', '/turns', wrong), 'identity/real-name-mismatch');
  await one.post('/turns', { ...number, name: person.name });
  await one.post('/turns', number);
  const bad = { document_number: '11010519491231002' };
  assert.equal(
    await one.refused('POST', '/turns', { ...bad, name: '某人' }),
    'identity/document-invalid',
  );
});

test('a kiosk that looks up too many rests, staff see an alert, and other kiosks go on', async () => {
  const one = await pairedMachine(here.app, admin, '忙碌');
  for (let n = 0; n < 12; n++)
    assert.equal(
      await one.refused('POST', '/turns', { document_number: stranger().documentNumber }),
      'kiosk/name-needed',
    );
  const person = await known();
  const number = { document_number: person.documentNumber };
  for (let n = 0; n < 2; n++)
    assert.equal(await one.refused('POST', '/turns', number), 'kiosk/too-many');
  const other = await pairedMachine(here.app, admin, '旁边');
  await other.post('/turns', number);
  const { terminals } = await admin.get('/api/staff/terminals');
  const row = terminals.find((found: { name: string }) => found.name === '忙碌');
  assert.deepEqual([row.alerts, row.refused_today, row.people_today], [1, 12, 0]);
  later(601);
  await one.post('/turns', number);
});

test('a reading is a card only as its reader signed it, and too much is too much', () => {
  const mac = () => Buffer.alloc(32);
  const now = new Date('2026-11-24T00:00:00Z');
  const line = (card: unknown) =>
    `ZHCARD:${Buffer.from(JSON.stringify(card)).toString('base64url')}.${mac().toString('base64url')}`;
  const card = { number: '1', name: '某', nonce: '12345678', read_at: now.getTime() };
  assert.deepEqual(readCard(line(card), mac, now), card);
  for (const other of [
    null,
    'x',
    { ...card, nonce: 'short' },
    { ...card, read_at: 0 },
    { ...card, name: 1 },
  ])
    assert.equal(readCard(line(other), mac, now), undefined);
  assert.equal(readCard('ZHCARD:!!!', mac, now), undefined);
  assert.ok(isTooBusy({ turns: 40, refused: 0 }) && isTooBusy({ turns: 12, refused: 12 }));
  assert.ok(!isTooBusy({ turns: 39, refused: 11 }));
});
