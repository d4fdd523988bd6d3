import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { identityWorld, type IdentityWorld } from '../../../test/support/identity.ts';
import type { App } from '../../platform/http.ts';
import { createStaff } from '../staff.ts';
import { requestCode } from '../request-code.ts';
import { readOutbox } from '../messages.ts';
import { totpCode } from './totp.ts';

let world: IdentityWorld;
let app: App;
const hospital_id = '01900000-0000-7000-8000-00000000000c';
const password = 'correct-horse-battery';
const ids: Record<string, string> = {};

before(async () => {
  world = await identityWorld('security routes');
  app = await world.app();
  for (const [username, role, hospital] of [
    ['boss', 'system_admin', hospital_id],
    ['guard', 'security_admin', hospital_id],
    ['auditor', 'audit_admin', hospital_id],
    ['doctor', 'doctor', hospital_id],
    ['stranger', 'doctor', '01900000-0000-7000-8000-00000000000d'],
  ] as const) {
    const made = await createStaff(world.ctx, {
      ...{ hospital_id: hospital, username, display_name: '测试员工', password, roles: [role] },
      actor: 'test',
    });
    ids[username] = made.staff_id;
  }
});
after(async () => {
  await app.close();
  await world.stop();
});

type Reply = { status: number; body: any; cookie: string };
const own = { 'sec-fetch-site': 'same-origin' };

async function call(method: 'GET' | 'POST', url: string, options: object = {}): Promise<Reply> {
  const { cookie, ...rest } = options as { cookie?: string };
  const headers = { ...own, ...(cookie ? { cookie } : {}) };
  const body = Object.keys(rest).length > 0 ? { payload: rest } : {};
  const reply = await app.inject({ method, url, headers, ...body });
  const set = reply.cookies.find((one) => one.name === 'zh_session');
  const text = reply.headers['content-type']?.toString() ?? '';
  return {
    status: reply.statusCode,
    body: text.includes('json') ? reply.json() : undefined,
    cookie: set ? `zh_session=${set.value}` : '',
  };
}

const secrets = new Map<string, string>();

/** Signs in as our page does, enrolling on the way when it is asked for. */
async function signIn(username: string): Promise<string> {
  world.pass(1);
  const first = await call('POST', '/api/staff/sign-in', { username, password });
  if (first.body.step === 'done') return first.cookie;
  const { ticket, step } = first.body;
  assert.equal(first.cookie, '', 'no session before the last step');
  if (step === 'enrol') {
    const { secret } = (await call('POST', '/api/staff/sign-in/enrol', { ticket })).body;
    secrets.set(username, secret);
  }
  const code = totpCode(secrets.get(username) ?? '', world.ctx.clock.now());
  const path = step === 'enrol' ? '/api/staff/sign-in/enrol/confirm' : '/api/staff/sign-in/code';
  const done = await call('POST', path, { ticket, code });
  assert.equal(done.body.step, 'done', JSON.stringify(done.body));
  if (step === 'enrol') assert.equal(done.body.recovery_codes.length, 10);
  return done.cookie;
}

test('the three administrators are kept apart, each behind a second factor', async () => {
  const cookies = Object.fromEntries(
    await Promise.all(
      ['boss', 'guard', 'auditor'].map(async (name) => [name, await signIn(name)] as const),
    ),
  );
  const may = async (name: string, url: string): Promise<number> =>
    (await call('GET', url, { cookie: cookies[name] })).status;
  for (const url of ['members', 'sessions', 'events', 'rule'].map(
    (one) => `/api/staff/security/${one}`,
  )) {
    assert.equal(await may('guard', url), 200, url);
    assert.equal(await may('boss', url), 403, url);
    assert.equal(await may('auditor', url), 403, url);
  }
  assert.equal(await may('guard', '/api/staff/members'), 403);
  const reset = `/api/staff/security/members/${ids['guard']}/reset-second-factor`;
  const byBoss = await call('POST', reset, { cookie: cookies['boss'], reason: 'phone-lost' });
  assert.equal(byBoss.body.code, 'platform/not-allowed', 'the system administrator may not');
  const bySelf = await call('POST', reset, { cookie: cookies['guard'], reason: 'phone-lost' });
  assert.equal(bySelf.body.code, 'identity/second-factor-self');
});

test('the security administrator sees and acts on their own hospital’s staff only', async () => {
  const cookie = await signIn('guard');
  await signIn('doctor');
  await signIn('stranger');
  const { members } = (await call('GET', '/api/staff/security/members', { cookie })).body;
  assert.deepEqual(members.map((one: { username: string }) => one.username).toSorted(), [
    'auditor',
    'boss',
    'doctor',
    'guard',
  ]);
  const { sessions } = (await call('GET', '/api/staff/security/sessions', { cookie })).body;
  assert.ok(sessions.length > 0);
  assert.ok(sessions.every((one: { staff_id: string }) => one.staff_id !== ids['stranger']));
  for (const what of ['unlock', 'reset-second-factor']) {
    const url = `/api/staff/security/members/${ids['stranger']}/${what}`;
    const reply = await call('POST', url, { cookie, reason: 'phone-lost' });
    assert.equal(reply.body.code, 'identity/staff-unknown');
  }
  const { events } = (await call('GET', '/api/staff/security/events', { cookie })).body;
  assert.ok(events.some((one: { name: string }) => one.name === 'identity.staff.signed-in'));
});

test('a session that is ended by its owner or the security administrator cannot be renewed', async () => {
  const [one, two, three] = [
    await signIn('doctor'),
    await signIn('doctor'),
    await signIn('doctor'),
  ];
  const list = (await call('GET', '/api/sessions', { cookie: one })).body.sessions;
  assert.equal(list.filter((session: { current: boolean }) => session.current).length, 1);
  const guard = await signIn('guard');
  const all = (await call('GET', '/api/staff/security/sessions', { cookie: guard })).body.sessions;
  const of = async (cookie: string): Promise<string> =>
    (await call('GET', '/api/sessions', { cookie })).body.sessions.find(
      (session: { current: boolean }) => session.current,
    ).session_id;
  const renew = (cookie: string) => call('POST', '/api/session/renew', { cookie });
  assert.ok(all.some((session: { staff_id: string }) => session.staff_id === ids['doctor']));
  await call('POST', `/api/sessions/${await of(two)}/end`, { cookie: one });
  assert.equal((await renew(two)).status, 401);
  await call('POST', `/api/staff/security/sessions/${await of(three)}/end`, { cookie: guard });
  assert.equal((await renew(three)).status, 401);
  const foreign = await call('POST', `/api/sessions/${await of(guard)}/end`, { cookie: one });
  assert.equal(foreign.body.code, 'identity/session-unknown', 'somebody else’s');
  assert.equal((await renew(one)).status, 200);
});

test('an account lists its devices and signs the others out', async () => {
  const phone = '13700000042';
  const cookies: string[] = [];
  for (let n = 0; n < 3; n++) {
    world.pass(2);
    await requestCode(world.ctx, { phone, ip: '10.7.0.1' });
    const text = (await readOutbox(world.ctx)).find((one) => one.to === phone)?.text ?? '';
    const code = /\d{6}/.exec(text)?.[0];
    cookies.push((await call('POST', '/api/sign-in', { phone, code })).cookie);
  }
  const cookie = cookies[2];
  assert.equal((await call('GET', '/api/sessions', { cookie })).body.sessions.length, 3);
  const ended = await call('POST', '/api/sessions/end-others', { cookie });
  assert.equal(ended.body.ended, 2);
  assert.equal((await call('POST', '/api/session/renew', { cookie: cookies[0] })).status, 401);
  assert.equal((await call('GET', '/api/sessions', { cookie })).body.sessions.length, 1);
});

test('a desk left alone for twenty minutes has to be signed in again', async () => {
  const cookie = await signIn('doctor');
  world.pass(15);
  const renewed = await call('POST', '/api/session/renew', { cookie });
  assert.equal(renewed.status, 200);
  world.pass(21);
  const late = await call('POST', '/api/session/renew', { cookie: renewed.cookie });
  assert.equal(late.body.code, 'identity/session-ended');
});

test('an administrator’s new colleague chooses another password at the first sign-in', async () => {
  const cookie = await signIn('boss');
  const made = await call('POST', '/api/staff/members', {
    ...{ cookie, username: 'fresh', display_name: '新同事', password: 'given-by-the-boss' },
    roles: ['doctor'],
  });
  assert.equal(made.status, 200, JSON.stringify(made.body));
  const body = { username: 'fresh', password: 'given-by-the-boss' };
  const first = await call('POST', '/api/staff/sign-in', body);
  assert.equal(first.body.step, 'password');
  const { ticket } = first.body;
  const chosen = { ticket, new_password: 'chosen-by-myself' };
  const done = await call('POST', '/api/staff/sign-in/password', chosen);
  assert.equal(done.body.step, 'done');
  assert.notEqual(done.cookie, '');
});

test('without an identity provider its ways lead back to our own page or say so', async () => {
  assert.deepEqual((await call('GET', '/api/staff/oidc')).body, { enabled: false });
  assert.equal((await call('GET', '/api/staff/oidc/start')).body.code, 'identity/oidc-off');
  const back = await app.inject({ url: '/api/staff/oidc/callback?code=a&state=b' });
  assert.equal(back.headers.location, '/console/#refused=identity%2Foidc-off');
});
