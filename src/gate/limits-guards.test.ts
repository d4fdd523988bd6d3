import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { patientAt, staffAt, world, type Visitor } from '../../test/support/world.ts';
import { signedHeaders, type BrowserKey } from '../../test/support/signing.ts';
import { sql } from '../platform/sql.ts';
import type { Guard } from './limits-guard.ts';
import { createGuard } from './limits-guard.ts';
import { readWork } from './altcha.ts';
import { solveWork } from '../../test/support/solve-work.ts';

let here: Awaited<ReturnType<typeof world>>;
let session_id: string;
let next_person = 4200;

before(async () => {
  here = await world('guards');
  const row = await here.ctx.db.one<{ session_id: string }>(sql`
    select s.session_id from booking.slot s
    where s.state = 'free' and s.pool = 'online' and s.starts_at > ${here.clock.now()}
    group by 1 order by count(*) desc, 1 limit 1`);
  session_id = row.session_id;
});
after(() => here.stop());

/** Fresh guards for each test, with these switched off. */
function guards(off: Partial<Guard['on']> = {}): Guard {
  Object.assign(here.ctx.guard, createGuard(here.ctx));
  Object.assign(here.ctx.guard.on, off);
  return here.ctx.guard;
}

async function person(): Promise<{ who: Visitor; key: BrowserKey; patient_id: string }> {
  const { name, phone, documentNumber } = here.ctx.population.syntheticPerson(next_person++);
  const who = await patientAt(here.app, phone);
  const { patient_id } = await who.post('/api/patients', {
    name,
    document_type: 'resident_id',
    document_number: documentNumber,
    relation: 'self',
  });
  return { who, key: who.key() as BrowserKey, patient_id };
}

const codeOf = (reply: { status: number; body: any }): string =>
  reply.status === 200 ? 'done' : String(reply.body.code);

const read_notices = '/api/notices/019a0000-0000-7000-8000-000000000000/read';

/** Sends a write exactly as given: with the cookie, and these headers alone. */
async function raw(who: Visitor, url: string, payload: object, headers: Record<string, string>) {
  const { cookie = '' } = await who.send('GET', '/api/me');
  const reply = await here.app.inject({
    method: 'POST',
    url,
    headers: {
      cookie,
      'sec-fetch-site': 'same-origin',
      'idempotency-key': 'raw-key-1',
      ...headers,
    },
    payload,
  });
  const { 'retry-after': retry_after, date, 'content-length': length, ...said } = reply.headers;
  return { status: reply.statusCode, body: reply.json(), retry_after, said };
}

test('[R047] a write with the cookie alone is refused; so is one signed with another account’s key', async () => {
  guards();
  const mine = await person();
  const other = await person();
  const body = { session_id, patient_id: mine.patient_id };
  const signed = (key: BrowserKey, text = JSON.stringify(body), path = '/api/steps') =>
    signedHeaders(key, { method: 'POST', path, body: text });
  const attempts = [
    {},
    signed(other.key),
    signed(mine.key, JSON.stringify({ ...body, patient_id: other.patient_id })),
    signed(mine.key, JSON.stringify(body), '/api/appointments'),
    { ...signed(mine.key), 'x-device-key-id': other.key.device_key_id },
  ];
  for (const headers of attempts)
    assert.equal(codeOf(await raw(mine.who, '/api/steps', body, headers)), 'gate/unsigned');
  assert.equal(codeOf(await raw(mine.who, '/api/steps', body, signed(mine.key))), 'done');
});

test('control: without signatures a stolen cookie is enough', async () => {
  guards({ signatures: false });
  const mine = await person();
  const body = { session_id, patient_id: mine.patient_id };
  assert.equal(codeOf(await raw(mine.who, '/api/steps', body, {})), 'done');
});

test('[R047] a signed request sent again is refused and counted; an old one is told the time', async () => {
  const { risk } = guards();
  const { who, key, patient_id } = await person();
  const body = { session_id, patient_id };
  const sign = (time?: number) =>
    signedHeaders(key, {
      method: 'POST',
      path: '/api/steps',
      body: JSON.stringify(body),
      ...(time === undefined ? {} : { time }),
    });
  const headers = sign();
  assert.equal(codeOf(await raw(who, '/api/steps', body, headers)), 'done');
  assert.equal(codeOf(await raw(who, '/api/steps', body, headers)), 'gate/replayed');
  const { account_id } = await who.get('/api/me');
  assert.equal(risk.read({ account_id, device_key_id: null }).replayed_steps, 1);
  const late = await raw(who, '/api/steps', body, sign(here.clock.now().getTime() - 301_000));
  assert.equal(codeOf(late), 'gate/clock');
  assert.equal(late.body.server_time, here.clock.now().toISOString());
  assert.equal(codeOf(await raw(who, '/api/steps', body, sign(here.clock.now().getTime() - 299_000))), 'done'); // prettier-ignore
});

test('a browser that lost its key gets a new one for one code, and its number stays', async () => {
  guards();
  const { who, patient_id } = await person();
  const visit = await who.post('/api/appointments', { session_id, patient_id, confirm: true });
  await here.advance(61); // one code a minute
  assert.equal(codeOf(await raw(who, '/api/request-key/code', { channel: 'voice' }, {})), 'done');
  const { messages } = await who.get('/api/demo/outbox');
  assert.equal(messages[0].channel, 'voice');
  const code = /\d{6}/.exec(messages[0].text)?.[0];
  assert.equal(codeOf(await raw(who, '/api/request-key', { code: '000000' }, {})), 'identity/code-wrong'); // prettier-ignore
  const given = await raw(who, '/api/request-key', { code }, {});
  assert.equal(given.status, 200);
  const path = `/api/appointments/${visit.appointment_id}/cancel`;
  const key = { ...given.body, offset_ms: here.clock.now().getTime() - Date.now() };
  const headers = signedHeaders(key, { method: 'POST', path, body: '{}' });
  const cancelled = await raw(who, path, {}, headers);
  assert.equal(cancelled.body.status, 'cancelled');
});

test('one browser stays one device whoever signs in on it, and a key is for one account only', async () => {
  guards();
  const first = await person();
  const { phone } = here.ctx.population.syntheticPerson(next_person++);
  await first.who.post('/api/sign-in/code', { phone });
  const { messages } = await first.who.get('/api/demo/outbox');
  const code = /\d{6}/.exec(messages.find((one: any) => one.to === phone).text)?.[0];
  const { device_key_id } = first.key;
  const signed = await first.who.post('/api/sign-in', { phone, code, device_key_id });
  assert.equal(signed.request_key.device_key_id, device_key_id);
  assert.notEqual(signed.request_key.key, first.key.key);
});

/** Books with a step of the test's choosing. */
async function book(
  who: Visitor,
  body: object,
  step: string | undefined,
  key = `book-${Math.floor(performance.now() * 1000)}`,
) {
  const headers = { 'x-booking-step': step ?? '', 'idempotency-key': key };
  return who.send('POST', '/api/appointments', body, headers);
}

test('[R047] a number is booked with its own step only, once; a skipped or repeated step is counted', async () => {
  const { risk } = guards({ challenges: false });
  const { who, key, patient_id } = await person();
  const other = await person();
  const body = { session_id, patient_id, confirm: true };
  const stepOf = async (one: Visitor, of: object) => (await one.post('/api/steps', of)).step;
  assert.equal(codeOf(await book(who, body, undefined)), 'gate/step-missing');
  const foreign = await stepOf(other.who, { session_id, patient_id });
  assert.equal(codeOf(await book(who, body, foreign)), 'gate/step-missing');
  const elsewhere = await stepOf(who, { session_id, patient_id: other.patient_id });
  assert.equal(codeOf(await book(who, body, elsewhere)), 'gate/step-missing');
  const step = await stepOf(who, { session_id, patient_id });
  assert.equal(codeOf(await book(who, body, step, 'book-first')), 'done');
  assert.equal(codeOf(await book(who, body, step, 'book-first')), 'done');
  assert.equal(codeOf(await book(who, body, step, 'book-second')), 'gate/step-replayed');
  const { account_id } = await who.get('/api/me');
  const signals = risk.read({ account_id, device_key_id: key.device_key_id });
  assert.deepEqual([signals.skipped_steps, signals.replayed_steps], [3, 1]);
});

test('a step runs out, and the window needs none', async () => {
  guards();
  const { who, patient_id } = await person();
  const { step } = await who.post('/api/steps', { session_id, patient_id });
  await here.advance(901);
  assert.equal(codeOf(await book(who, { session_id, patient_id }, step)), 'gate/step-expired');
  const clerk = await staffAt(here.app, 'clerk');
  const sold = await clerk.send('POST', '/api/staff/appointments', { session_id, patient_id });
  assert.equal(codeOf(sold), 'done');
});

test('control: without steps a program books without having asked for one', async () => {
  guards({ steps: false });
  const { who, patient_id } = await person();
  const body = { session_id, patient_id };
  assert.equal(codeOf(await book(who, body, undefined)), 'done');
});

test('[R057] an account that asks too fast waits for as long as it is told; others do not', async () => {
  const { risk } = guards();
  const [fast, slow] = [await person(), await person()];
  let refused: Awaited<ReturnType<Visitor['send']>> | undefined;
  for (let n = 0; n < 200 && !refused; n++) {
    const reply = await fast.who.send('POST', read_notices);
    if (reply.status === 429) refused = reply;
  }
  assert.equal(codeOf(refused as never), 'gate/too-many');
  assert.match(refused?.body.detail, /请等 \d+ 秒再试/);
  assert.ok(!/\d+ ?(次|units?)/.test(refused?.body.detail));
  assert.equal((await slow.who.send('GET', '/api/me')).status, 200);
  await here.advance(5);
  assert.notEqual((await fast.who.send('POST', read_notices)).status, 429);
  const { account_id } = await fast.who.get('/api/me');
  assert.ok(risk.read({ account_id, device_key_id: null }).limit_refusals > 0);
});

test('control: without limits nobody is told to wait', async () => {
  guards({ limits: false });
  const { who } = await person();
  const seen = new Set<number>();
  for (let n = 0; n < 200; n++) seen.add((await who.send('POST', read_notices)).status);
  assert.ok(!seen.has(429));
});

test('[R050, R051] an account that asks every three seconds for a morning is noticed', async () => {
  const { risk } = guards();
  const { who } = await person();
  const { account_id } = await who.get('/api/me');
  const sustained = () => risk.read({ account_id, device_key_id: null }).sustained;
  const { limits } = here.ctx.guard;
  /** Asks so often for so long, without the cost of that many requests. */
  const goOn = async (every_s: number, hours: number) => {
    const from = here.clock.now().getTime();
    const until = from + hours * 3_600_000;
    for (let at = from; at < until; at += every_s * 1000) limits.sustained.take(account_id, 1, at);
    here.clock.set(new Date(until));
    await who.send('POST', '/api/session/renew');
    for (let n = 0; n < 5; n++) await who.get('/api/me');
  };
  await goOn(10, 8);
  assert.equal(sustained(), false, 'somebody who looks every ten seconds all day is only worried');
  await goOn(3, 1);
  assert.equal(sustained(), false, 'an hour of it is an anxious person');
  await goOn(3, 3);
  assert.equal(sustained(), true);
});

/** A network that asks more than its share, as a campus does when the numbers come. */
function crowd(guard: Guard): void {
  const now = here.clock.now().getTime();
  while (guard.limits.network.take('127.0.0.1', 1, now) === 0);
}

test('[R057] in a crowded network nobody is refused, but a hold needs its solved challenge, once', async () => {
  const guard = guards();
  const { who, patient_id } = await person();
  const other = await person();
  crowd(guard);
  assert.equal((await who.send('GET', '/api/patients')).status, 200);
  const hold = { session_id, patient_id };
  const prepared = await who.post('/api/steps', hold);
  assert.ok(prepared.challenge, 'the step brings the work with it');
  const ask = (proof: string, key: string) =>
    who.send('POST', '/api/appointments', hold, {
      ...(proof ? { 'x-challenge-proof': proof } : {}),
      'idempotency-key': key,
    });
  assert.equal(codeOf(await ask('', 'rush-0001')), 'gate/challenge-asked');
  const wrong = btoa(JSON.stringify({ challenge: prepared.challenge, solution: { counter: 1, derivedKey: '00' } })); // prettier-ignore
  assert.equal(codeOf(await ask(wrong, 'rush-0002')), 'gate/challenge-wrong');
  const query = `session_id=${session_id}&patient_id=${other.patient_id}`;
  const foreign = solveWork((await who.get(`/api/challenges?${query}`)).challenge);
  assert.equal(codeOf(await ask(foreign, 'rush-0003')), 'gate/challenge-wrong');
  const solved = solveWork(prepared.challenge);
  assert.equal(codeOf(await ask(solved, 'rush-0004')), 'done');
  assert.equal(codeOf(await ask(solved, 'rush-0005')), 'gate/challenge-wrong');
});

test('a code by message or call stands in for the work; 长辈版 and the window are asked for nothing', async () => {
  const guard = guards();
  const { who, patient_id } = await person();
  const elder = await person();
  await here.advance(61);
  crowd(guard);
  const hold = { session_id, patient_id };
  await who.post('/api/challenges/code', { channel: 'voice' });
  const { messages } = await who.get('/api/demo/outbox');
  const code = /\d{6}/.exec(messages[0].text)?.[0];
  const { proof } = await who.post('/api/challenges/proof', { ...hold, code });
  const taken = await who.send('POST', '/api/appointments', hold, { 'x-challenge-proof': proof });
  assert.equal(codeOf(taken), 'done');
  await elder.who.must('PUT', '/api/me/elder-mode', { elder_mode: true });
  assert.equal((await elder.who.get('/api/me')).elder_mode, true);
  const own = { session_id, patient_id: elder.patient_id };
  assert.equal(codeOf(await elder.who.send('POST', '/api/appointments', own)), 'done');
  const clerk = await staffAt(here.app, 'clerk');
  const third = await person();
  const sold = { session_id, patient_id: third.patient_id };
  assert.equal(codeOf(await clerk.send('POST', '/api/staff/appointments', sold)), 'done');
});

test('control: without challenges a crowded network books without any work', async () => {
  const guard = guards({ challenges: false });
  const { who, patient_id } = await person();
  crowd(guard);
  assert.equal(codeOf(await who.send('POST', '/api/appointments', { session_id, patient_id })), 'done'); // prettier-ignore
});

test('control: without memory of what was used, a signature, a step and a solved challenge work twice', async () => {
  const guard = guards();
  const { who, key, patient_id } = await person();
  const hold = { session_id, patient_id };
  const forgetful = { use: () => 'fresh' as const, bytes: () => 0 };
  Object.assign(guard, { nonces: forgetful, steps: forgetful, proofs: forgetful });
  const signed = signedHeaders(key, { method: 'POST', path: '/api/steps', body: JSON.stringify(hold) }); // prettier-ignore
  for (let n = 0; n < 2; n++)
    assert.equal(codeOf(await raw(who, '/api/steps', hold, signed)), 'done');
  crowd(guard);
  const { step, challenge } = await who.post('/api/steps', hold);
  const headers = { 'x-booking-step': step, 'x-challenge-proof': solveWork(challenge) };
  const ask = (again: string) =>
    who.send('POST', '/api/appointments', hold, { ...headers, 'idempotency-key': `used-${again}` });
  assert.equal(codeOf(await ask('once')), 'done');
  // Every guard lets the second one through; only the number itself is still given out once.
  assert.equal(codeOf(await ask('twice')), 'booking/session-day');
});

test('in quiet hours nobody is asked for work, and a challenge can be had before the rush', async () => {
  guards();
  const { who, patient_id } = await person();
  assert.equal((await who.post('/api/steps', { session_id, patient_id })).challenge, null);
  const query = `session_id=${session_id}&patient_id=${patient_id}`;
  const { challenge } = await who.get(`/api/challenges?${query}`);
  const solved = await readWork(here.ctx, solveWork(challenge));
  assert.equal(solved?.data['patient_id'], patient_id);
});

test('[R053,R058] documents that no check believes and many persons on one device become signals', async () => {
  const { risk } = guards();
  const { who, key, patient_id } = await person();
  const { account_id } = await who.get('/api/me');
  await who.send('POST', '/api/patients', {
    name: '张三',
    document_type: 'resident_id',
    document_number: '110101199001011234',
    relation: 'other',
  });
  const others = Array.from({ length: 9 }, (_, n) => `019a0000-0000-7000-8000-00000000000${n}`);
  for (const id of [patient_id, patient_id, ...others])
    await who.send('POST', '/api/appointments', { session_id, patient_id: id });
  const signals = risk.read({ account_id, device_key_id: key.device_key_id });
  assert.deepEqual([signals.failed_documents, signals.patients_on_device], [1, 10]);
  const next = await who.post('/api/steps', { session_id, patient_id });
  assert.ok(next.challenge, 'what speaks for a machine asks for work');
});

test('a device key that nobody signed with is not recorded', async () => {
  guards({ signatures: true });
  const { who, key, patient_id } = await person();
  const taken = await who.post('/api/appointments', { session_id, patient_id });
  const rows = await here.ctx.db.many<{ device_key_id: string | null }>(
    sql`select device_key_id from booking.appointment where id = ${taken.appointment_id}`,
  );
  assert.deepEqual(rows, [{ device_key_id: key.device_key_id }]);
});

test('a full door asks a booking to come back before anything is read of it; others are not kept out', async () => {
  const { door } = guards();
  const { who, patient_id } = await person();
  const body = { session_id, patient_id };
  const now = here.clock.now().getTime();
  while (door.enter(`stranger ${door.inside()}`, now) === 0);
  const reply = await raw(who, '/api/appointments', body, {});
  assert.equal(codeOf(reply), 'platform/busy');
  assert.equal(reply.retry_after, '2');
  const unsigned = await raw(who, '/api/steps', body, {});
  assert.equal(codeOf(unsigned), 'gate/unsigned');
  assert.deepEqual(reply.said, unsigned.said, 'it is sent past the hooks, and says what they say');
  assert.equal(door.inside(), door.limit());
});

test('control: without the door the crowd is let in, and whoever was let in leaves again', async () => {
  const { who, patient_id } = await person();
  const body = { session_id, patient_id };
  const { door } = guards();
  assert.equal(codeOf(await raw(who, '/api/appointments', body, {})), 'gate/unsigned');
  await setImmediate();
  assert.equal(door.inside(), 0);
  const open = guards({ door: false });
  while (open.door.enter(`stranger ${open.door.inside()}`, 0) === 0);
  assert.equal(codeOf(await raw(who, '/api/appointments', body, {})), 'gate/unsigned');
});
