import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { identityWorld, type IdentityWorld } from '../../test/support/identity.ts';
import { readOutbox } from './messages.ts';
import { signToken } from './session-token.ts';
import { secretsFrom } from '../platform/secrets.ts';
import { createStaff, disableStaff } from './staff.ts';

let world: IdentityWorld;
let app: Awaited<ReturnType<IdentityWorld['app']>>;
before(async () => {
  world = await identityWorld('sessions');
  app = await world.app({ trusted: '127.0.0.1' });
});
after(async () => {
  await app.close();
  await world.stop();
});

const own = { 'sec-fetch-site': 'same-origin' };

async function signedIn(phone: string): Promise<{ cookie: string; set: string }> {
  const sent = await app.inject({ method: 'POST', url: '/api/sign-in/code', payload: { phone } });
  assert.equal(sent.statusCode, 200, sent.body);
  const message = (await readOutbox(world.ctx)).find((one) => one.to === phone);
  const code = /\d{6}/.exec(message?.text ?? '')?.[0];
  const reply = await app.inject({
    method: 'POST',
    url: '/api/sign-in',
    payload: { phone, code },
    headers: { 'x-forwarded-proto': 'https' },
  });
  assert.equal(reply.statusCode, 200, reply.body);
  const set = String(reply.headers['set-cookie']);
  return { set, cookie: set.split(';')[0] ?? '' };
}

const me = (cookie: string) => app.inject({ url: '/api/me', headers: { cookie } });

test('the cookie is HttpOnly, SameSite=Lax and Secure behind a trusted https proxy', async () => {
  const { set, cookie } = await signedIn('13700000001');
  for (const part of ['HttpOnly', 'SameSite=Lax', 'Secure', 'Path=/'])
    assert.ok(set.includes(part));
  assert.equal((await me(cookie)).json().phone_masked, '137****0001');
});

test('a cookie that was altered, signed by another key or cut short is nobody’s', async () => {
  const { cookie } = await signedIn('13700000002');
  const [name = '', value = ''] = cookie.split('=');
  const [body = '', signature = ''] = value.split('.');
  const forged = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), account_id: 'other' };
  const forgedBody = Buffer.from(JSON.stringify(forged)).toString('base64url');
  const foreign = signToken(secretsFrom(new Uint8Array(32)), forged);
  for (const bad of [
    `${forgedBody}.${signature}`,
    body,
    `${body}.`,
    `.${signature}`,
    foreign,
    'x.y',
  ])
    assert.equal((await me(`${name}=${bad}`)).statusCode, 401, bad);
  assert.equal((await me(cookie)).statusCode, 200);
});

test('a token lives thirty minutes and is renewed for thirty days', async () => {
  let { cookie } = await signedIn('13700000003');
  world.pass(31);
  assert.equal((await me(cookie)).statusCode, 401);
  const renew = () =>
    app.inject({ method: 'POST', url: '/api/session/renew', headers: { cookie } });
  const renewed = await renew();
  assert.equal(renewed.statusCode, 200, renewed.body);
  cookie = String(renewed.headers['set-cookie']).split(';')[0] ?? '';
  assert.equal((await me(cookie)).statusCode, 200);
  world.pass(30 * 24 * 60);
  assert.equal((await renew()).json().code, 'identity/session-ended');
});

test('a session that was signed out cannot be renewed', async () => {
  const { cookie } = await signedIn('13700000004');
  const headers = { cookie, ...own };
  const out = await app.inject({ method: 'POST', url: '/api/sign-out', headers });
  assert.match(String(out.headers['set-cookie']), /zh_session=;/);
  const renewed = await app.inject({ method: 'POST', url: '/api/session/renew', headers });
  assert.equal(renewed.statusCode, 401);
});

test('a write from another site is refused although the cookie is right', async () => {
  const { cookie } = await signedIn('13700000005');
  const headers = { cookie, 'sec-fetch-site': 'cross-site' };
  const reply = await app.inject({ method: 'POST', url: '/api/patients', headers, payload: {} });
  assert.equal(reply.json().code, 'platform/foreign-site');
});

test('a disabled staff member is out when the token of ten minutes ends', async () => {
  const { staff_id } = await createStaff(world.ctx, {
    hospital_id: null,
    username: 'leaver',
    display_name: '离职员工',
    password: 'a-long-password',
    roles: ['doctor'],
    actor: 'test',
  });
  const payload = { username: 'Leaver', password: 'a-long-password' };
  const reply = await app.inject({ method: 'POST', url: '/api/staff/sign-in', payload });
  assert.equal(reply.statusCode, 200, reply.body);
  const cookie = String(reply.headers['set-cookie']).split(';')[0] ?? '';
  await disableStaff(world.ctx, { staff_id, hospital_id: null, by_staff_id: 'another' });
  const headers = { cookie, ...own };
  const renewed = await app.inject({ method: 'POST', url: '/api/session/renew', headers });
  assert.equal(renewed.statusCode, 401);
  world.pass(11);
  const own_page = await app.inject({ url: '/api/staff/me', headers });
  assert.equal(own_page.statusCode, 401);
  const again = await app.inject({ method: 'POST', url: '/api/staff/sign-in', payload });
  assert.equal(again.json().code, 'identity/staff-sign-in-refused');
});
