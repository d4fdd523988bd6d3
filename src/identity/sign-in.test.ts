import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { identityWorld, type IdentityWorld } from '../../test/support/identity.ts';
import { sql } from '../platform/sql.ts';
import { readOutbox } from './messages.ts';
import { requestCode } from './request-code.ts';
import { networkOf } from './rules.ts';
import { signIn } from './sign-in.ts';

let world: IdentityWorld;
before(async () => {
  world = await identityWorld('sign-in');
});
after(() => world.stop());

const is = (code: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, code, String(error)) ?? true;

let lastNetwork = 0;
const ip = (): string => `10.1.${Math.floor(++lastNetwork / 200)}.${lastNetwork % 200}`;
const user_agent = 'test';

async function codeFor(phone: string): Promise<string> {
  await requestCode(world.ctx, { phone, ip: ip() });
  const messages = await readOutbox(world.ctx);
  const text = messages.find((one) => one.to === phone)?.text ?? '';
  return /\d{6}/.exec(text)?.[0] ?? '';
}

function wrong(code: string): string {
  return code === '111111' ? '222222' : '111111';
}

test('[R009] a phone and its code open one account and find it again', async () => {
  const phone = '13800000001';
  const first = await signIn(world.ctx, { phone, code: await codeFor(phone), user_agent });
  assert.equal(first.opened, true);
  world.pass(1);
  const again = await signIn(world.ctx, {
    phone: '+86 138-0000-0001',
    code: await codeFor(phone),
    user_agent,
  });
  assert.equal(again.opened, false);
  assert.equal(again.account_id, first.account_id);
});

test('twenty sign-ins at once with one code open one account and one session', async () => {
  const phone = '13800000002';
  const code = await codeFor(phone);
  const results = await Promise.allSettled(
    Array.from({ length: 20 }, () => signIn(world.ctx, { phone, code, user_agent })),
  );
  const won = results.filter((result) => result.status === 'fulfilled');
  assert.equal(won.length, 1);
  for (const result of results)
    if (result.status === 'rejected') is('identity/code-wrong')(result.reason as never);
  const { sessions } = await world.ctx.db.one<{ sessions: number }>(sql`
    select count(*) as sessions from identity.session where account_id = ${won[0]?.value.account_id}`);
  assert.equal(sessions, 1);
});

test('a used code, a replaced code and a code older than five minutes are refused', async () => {
  const phone = '13800000003';
  const used = await codeFor(phone);
  await signIn(world.ctx, { phone, code: used, user_agent });
  await assert.rejects(
    signIn(world.ctx, { phone, code: used, user_agent }),
    is('identity/code-wrong'),
  );
  world.pass(1);
  const replaced = await codeFor(phone);
  world.pass(1);
  const newest = await codeFor(phone);
  if (replaced !== newest)
    await assert.rejects(
      signIn(world.ctx, { phone, code: replaced, user_agent }),
      is('identity/code-wrong'),
    );
  world.pass(5);
  await assert.rejects(
    signIn(world.ctx, { phone, code: newest, user_agent }),
    is('identity/code-wrong'),
  );
});

test('a code has five tries, also when guesses arrive together', async () => {
  const phone = '13800000004';
  const code = await codeFor(phone);
  const guesses = Array.from({ length: 5 }, () =>
    signIn(world.ctx, { phone, code: wrong(code), user_agent }),
  );
  for (const result of await Promise.allSettled(guesses)) assert.equal(result.status, 'rejected');
  await assert.rejects(signIn(world.ctx, { phone, code, user_agent }), is('identity/code-wrong'));
  world.pass(1);
  const second = await codeFor(phone);
  for (let guess = 0; guess < 4; guess++)
    await assert.rejects(signIn(world.ctx, { phone, code: wrong(second), user_agent }));
  await signIn(world.ctx, { phone, code: second, user_agent });
});

test('a phone gets one code a minute, also when ten requests arrive together', async () => {
  const phone = '13800000005';
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, () => requestCode(world.ctx, { phone, ip: ip() })),
  );
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
  for (const result of results)
    if (result.status === 'rejected') is('identity/code-too-soon')(result.reason as never);
});

test('a phone gets ten codes in a day and the eleventh the day after', async () => {
  const phone = '13800000006';
  for (let asked = 0; asked < 10; asked++) {
    await requestCode(world.ctx, { phone, ip: ip() });
    world.pass(1);
  }
  await assert.rejects(requestCode(world.ctx, { phone, ip: ip() }), is('identity/code-day-limit'));
  world.pass(24 * 60);
  await requestCode(world.ctx, { phone, ip: ip() });
});

test('a network gets sixty codes in an hour, also when they are asked for together', async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 70 }, (_, at) =>
      requestCode(world.ctx, { phone: `139000001${10 + at}`, ip: '192.0.2.7' }),
    ),
  );
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 60);
  world.pass(61);
  await requestCode(world.ctx, { phone: '13900000201', ip: '192.0.2.7' });
});

test('addresses of one household count as one network', () => {
  assert.equal(networkOf('::ffff:192.0.2.7'), '192.0.2.7');
  assert.equal(networkOf('2001:db8:0:12::1'), networkOf('2001:db8::12:ffff:1:2:3'));
  assert.notEqual(networkOf('2001:db8:0:12::1'), networkOf('2001:db8:0:13::1'));
  assert.equal(networkOf('::1'), '0:0:0:0::/64');
});

test('phones with and without an account get the same answer', async () => {
  const app = await world.app();
  const known = '13800000007';
  await signIn(world.ctx, { phone: known, code: await codeFor(known), user_agent });
  world.pass(1);
  const ask = (phone: string) =>
    app.inject({ method: 'POST', url: '/api/sign-in/code', payload: { phone } });
  const [one, other] = [await ask(known), await ask('13800000008')];
  assert.deepEqual([one.statusCode, one.body], [other.statusCode, other.body]);
  const guess = (phone: string) =>
    app.inject({ method: 'POST', url: '/api/sign-in', payload: { phone, code: '000000' } });
  const [first, second] = [(await guess(known)).json(), (await guess('13800000008')).json()];
  assert.deepEqual({ ...first, request_id: '' }, { ...second, request_id: '' });
  await app.close();
});
