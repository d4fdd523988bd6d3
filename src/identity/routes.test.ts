import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { identityWorld, type IdentityWorld } from '../../test/support/identity.ts';
import { sql } from '../platform/sql.ts';
import { demo_password, seedDemo } from './demo.ts';
import { roles } from './permissions.ts';

let world: IdentityWorld;
let app: Awaited<ReturnType<IdentityWorld['app']>>;
const cookies = new Map<string, string>();
const own = { 'sec-fetch-site': 'same-origin' };
const hospital_id = '01900000-0000-7000-8000-000000000001';

before(async () => {
  world = await identityWorld('routes');
  const staff = await seedDemo({ ...world.ctx, config: { demo: true } }, hospital_id);
  app = await world.app({ demo: true, logins: { staff, phones: ['13600000001'], people: [] } });
  for (const { username, role } of staff) {
    const payload = { username, password: demo_password };
    const reply = await app.inject({ method: 'POST', url: '/api/staff/sign-in', payload });
    assert.equal(reply.statusCode, 200, reply.body);
    cookies.set(role, String(reply.headers['set-cookie']).split(';')[0] ?? '');
  }
  cookies.set('account', await accountCookie('13600000001'));
});
after(async () => {
  await app.close();
  await world.stop();
});

async function accountCookie(phone: string): Promise<string> {
  await app.inject({ method: 'POST', url: '/api/sign-in/code', payload: { phone } });
  const { messages } = (await app.inject('/api/demo/outbox')).json<{
    messages: { to: string; text: string }[];
  }>();
  const code = /\d{6}/.exec(messages.find((one) => one.to === phone)?.text ?? '')?.[0];
  const reply = await app.inject({ method: 'POST', url: '/api/sign-in', payload: { phone, code } });
  assert.equal(reply.statusCode, 200, reply.body);
  return String(reply.headers['set-cookie']).split(';')[0] ?? '';
}

const as = (who: string) => ({ ...own, cookie: cookies.get(who) ?? '' });
const person = (index: number) => {
  const { name, documentNumber } = world.population.syntheticPerson(index);
  return { name, document_type: 'resident_id', document_number: documentNumber };
};

test('every route answers the roles of the matrix and nobody else', async () => {
  const id = '01900000-0000-7000-8000-00000000000f';
  const window = ['registration_clerk', 'registration_manager'];
  const routes: ['GET' | 'POST' | 'DELETE', string, readonly string[]][] = [
    ['GET', '/api/staff/members', ['system_admin']],
    ['POST', '/api/staff/members', ['system_admin']],
    ['POST', `/api/staff/members/${id}/disable`, ['system_admin']],
    ['POST', '/api/staff/patients', window],
    ['GET', `/api/staff/patients/${id}`, [...window, 'doctor', 'triage_nurse']],
    ['POST', `/api/staff/patients/${id}/name`, ['registration_manager']],
    ['GET', '/api/me', ['account']],
    ['GET', '/api/patients', ['account']],
    ['POST', '/api/patients', ['account']],
    ['DELETE', `/api/patients/${id}`, ['account']],
  ];
  for (const [method, url, allowed] of routes)
    for (const who of [...roles, 'account', 'nobody']) {
      const payload = method === 'POST' ? { payload: {} } : {};
      const reply = await app.inject({ method, url, headers: as(who), ...payload });
      const refused = reply.statusCode === 401 || reply.statusCode === 403;
      assert.equal(refused, !allowed.includes(who), `${who} ${method} ${url}: ${reply.statusCode}`);
    }
});

test('[R009] an account adds a patient, sees it masked, and removes it', async () => {
  const headers = as('account');
  const consents = ['health_data', 'child_data'].map((purpose) => ({ purpose, version: 1 }));
  const payload = { ...person(1), relation: 'self', consents };
  const added = await app.inject({ method: 'POST', url: '/api/patients', headers, payload });
  assert.equal(added.statusCode, 200, added.body);
  const list = await app.inject({ url: '/api/patients', headers });
  assert.ok(!list.body.includes(payload.name) && !list.body.includes(payload.document_number));
  const { patients } = list.json<{ patients: { patient_id: string; relation: string }[] }>();
  assert.equal(patients[0]?.relation, 'self');
  const url = `/api/patients/${patients[0]?.patient_id}`;
  const removed = await app.inject({ method: 'DELETE', url, headers });
  assert.equal(removed.statusCode, 200, removed.body);
});

test('a person without phone and account is registered at the window with one card', async () => {
  const payload = person(2);
  const ask = () =>
    app.inject({
      method: 'POST',
      url: '/api/staff/patients',
      headers: as('registration_clerk'),
      payload,
    });
  const [first, again] = [await ask(), await ask()];
  assert.equal(first.statusCode, 200, first.body);
  assert.deepEqual([first.json().created, again.json().created], [true, false]);
  const { patient_id } = first.json<{ patient_id: string }>();
  const url = `/api/staff/patients/${patient_id}?purpose=visit`;
  const read = await app.inject({ url, headers: as('doctor') });
  assert.equal(read.json().document_number, payload.document_number);
  const event = await world.ctx.db.one<{ payload: unknown; hospital_id: string }>(sql`
    select payload, hospital_id from platform.event
    where name = 'identity.patient.read' and person_id = ${patient_id}`);
  assert.deepEqual(event, { payload: { patient_id, purpose: 'visit' }, hospital_id });
});

test('a system administrator creates staff of the own hospital only', async () => {
  const payload = {
    username: 'newcomer',
    display_name: '新同事',
    password: 'a-long-password',
    roles: ['doctor'],
    hospital_id: '01900000-0000-7000-8000-0000000000aa',
  };
  const headers = as('system_admin');
  const made = await app.inject({ method: 'POST', url: '/api/staff/members', headers, payload });
  assert.equal(made.statusCode, 200, made.body);
  const list = await app.inject({ url: '/api/staff/members', headers });
  const { members } = list.json<{ members: { username: string; hospital_id: string }[] }>();
  assert.equal(members.find((one) => one.username === 'newcomer')?.hospital_id, hospital_id);
  assert.ok(!list.body.includes('argon2'));
});

test('the demo’s pages do not exist outside the demo, nor the set-up inside it', async () => {
  assert.equal((await app.inject('/api/demo')).json().staff.length, roles.length);
  assert.equal((await app.inject('/api/setup')).statusCode, 404);
  const real = await world.app();
  for (const url of ['/api/demo', '/api/demo/outbox'])
    assert.equal((await real.inject(url)).statusCode, 404);
  assert.deepEqual((await real.inject('/api/setup')).json(), { needed: false });
  await real.close();
});

test('the client’s address is taken from a proxy only when the proxy is trusted', async () => {
  const ask = (on: typeof app, phone: string, address: string) =>
    on.inject({
      method: 'POST',
      url: '/api/sign-in/code',
      payload: { phone },
      headers: { 'x-forwarded-for': address },
    });
  const networks = () =>
    world.ctx.db.many<{ network: string }>(sql`select distinct network from identity.sign_in_code`);
  const before_count = (await networks()).length;
  await ask(app, '13600000011', '198.51.100.1');
  await ask(app, '13600000012', '198.51.100.2');
  assert.equal((await networks()).length, before_count);
  const trusting = await world.app({ trusted: '127.0.0.1' });
  await ask(trusting, '13600000013', '198.51.100.1');
  await ask(trusting, '13600000014', '198.51.100.2');
  assert.equal((await networks()).length, before_count + 2);
  await trusting.close();
});
