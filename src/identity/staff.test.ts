import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { identityWorld, type IdentityWorld } from '../../test/support/identity.ts';
import { sql } from '../platform/sql.ts';
import { demo_password, seedDemo } from './demo.ts';
import { can, isRoleSet, permissions, roles } from './permissions.ts';
import { completeSetup, needsSetup, offerSetup } from './setup.ts';
import { signInStaff } from './sign-in-staff.ts';
import { changePassword, createStaff, disableStaff, listStaff } from './staff.ts';

let world: IdentityWorld;
before(async () => {
  world = await identityWorld('staff');
});
after(() => world.stop());

const is = (code: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, code, String(error)) ?? true;
const password = 'correct-horse-battery';
let asked = 0;
const enter = async (username: string, typed = password, demo = false) => {
  // Each from a network of its own: the slow-down of a network has its own tests.
  const ip = `10.2.${Math.floor(++asked / 200)}.${asked % 200}`;
  const input = { username, password: typed, user_agent: 'test', ip };
  const done = await signInStaff({ ...world.ctx, config: { demo } }, input);
  assert.ok(done.step === 'done', done.step);
  return done;
};
const member = (username: string, held: readonly string[] = ['doctor']) =>
  createStaff(world.ctx, {
    hospital_id: null,
    username,
    display_name: '测试员工',
    password,
    roles: held,
    actor: 'test',
  });

test('the first administrator’s code works once, also when it is used twice at once', async () => {
  const code = await offerSetup({ ...world.ctx, config: { demo: false } });
  assert.match(code ?? '', /^[A-Z2-7]{8}$/);
  assert.equal(await needsSetup(world.ctx), true);
  const first = { code: code ?? '', password, display_name: '首位管理员' };
  await assert.rejects(
    completeSetup(world.ctx, { ...first, code: 'WRONG222', username: 'root' }),
    is('identity/setup-refused'),
  );
  const results = await Promise.allSettled([
    completeSetup(world.ctx, { ...first, username: 'root-a' }),
    completeSetup(world.ctx, { ...first, code: first.code.toLowerCase(), username: 'root-b' }),
  ]);
  assert.equal(results.filter((one) => one.status === 'fulfilled').length, 1);
  assert.equal((await listStaff(world.ctx, null)).length, 1);
  await assert.rejects(
    completeSetup(world.ctx, { ...first, username: 'root-c' }),
    is('identity/setup-refused'),
  );
  assert.equal(await offerSetup({ ...world.ctx, config: { demo: false } }), undefined);
});

test('the set-up code is void after ten wrong tries', async () => {
  const other = await identityWorld('setup-tries');
  const ctx = { ...other.ctx, config: { demo: false } };
  const code = (await offerSetup(ctx)) ?? '';
  const input = { password, display_name: '管理员', username: 'root' };
  for (let tried = 0; tried < 10; tried++)
    await assert.rejects(completeSetup(ctx, { ...input, code: 'WRONG222' }));
  await assert.rejects(completeSetup(ctx, { ...input, code }), is('identity/setup-refused'));
  assert.equal(await offerSetup({ ...ctx, config: { demo: true } }), undefined);
  await completeSetup(ctx, { ...input, code: (await offerSetup(ctx)) ?? '' });
  await other.stop();
});

test('five wrong passwords lock for fifteen minutes, also when guesses arrive together', async () => {
  await member('locked');
  const guesses = Array.from({ length: 12 }, () => enter('locked', 'wrong-password'));
  for (const one of await Promise.allSettled(guesses))
    if (one.status === 'rejected') is('identity/staff-sign-in-refused')(one.reason as never);
  await assert.rejects(enter('locked'), is('identity/staff-sign-in-refused'));
  const { locks } = await world.ctx.db.one<{ locks: number }>(
    sql`select count(*) as locks from platform.event where name = 'identity.staff.locked'`,
  );
  assert.equal(locks, 1);
  world.pass(15);
  await enter('LOCKED');
  for (let failed = 0; failed < 4; failed++)
    await assert.rejects(enter('locked', 'wrong-password'));
  await enter('locked');
});

test('an unknown user and a wrong password get the same answer after the same work', async () => {
  await member('known');
  const answer = async (username: string): Promise<string> => {
    const error = await enter(username, 'wrong-password').catch((one: unknown) => one);
    return JSON.stringify([(error as Error).message, (error as { detail: unknown }).detail]);
  };
  await answer('nobody');
  const timed = async (username: string): Promise<number> => {
    const started = performance.now();
    for (let asked = 0; asked < 4; asked++) await answer(username);
    return performance.now() - started;
  };
  assert.equal(await answer('known'), await answer('nobody'));
  const [one, other] = [await timed('known'), await timed('nobody')];
  assert.ok(one / other < 3 && other / one < 3, `${one} and ${other} ms`);
});

test('a new password ends the other sessions and the old one is refused', async () => {
  const { staff_id } = await member('changer');
  const { session_id } = await enter('changer');
  const other = await enter('changer');
  const change = { staff_id, session_id, current_password: password };
  await assert.rejects(
    changePassword(world.ctx, { ...change, new_password: 'xchanger-1' }),
    is('identity/password-weak'),
  );
  await changePassword(world.ctx, { ...change, new_password: 'another-long-one' });
  await assert.rejects(enter('changer'), is('identity/staff-sign-in-refused'));
  const row = await world.ctx.db.one<{ ended: boolean }>(
    sql`select ended_at is not null as ended from identity.session where id = ${other.session_id}`,
  );
  assert.equal(row.ended, true);
});

test('staff are refused weak passwords, taken names, unknown roles and mixed administrators', async () => {
  await member('unique');
  await assert.rejects(member('Unique'), is('identity/username-taken'));
  for (const held of [[], ['king'], ['system_admin', 'audit_admin'], ['system_admin', 'doctor']])
    await assert.rejects(member(`r${held.length}`, held), is('identity/roles-invalid'));
  assert.equal(isRoleSet(['doctor', 'triage_nurse']), true);
  const { staff_id } = await member('self');
  await assert.rejects(
    disableStaff(world.ctx, { staff_id, hospital_id: null, by_staff_id: staff_id }),
    is('identity/staff-self'),
  );
});

test('what the matrix does not list is denied, for every role', () => {
  for (const held of [...roles, 'nobody', '__proto__', 'constructor'])
    for (const permission of ['', 'everything', 'toString', 'public', 'account'])
      assert.equal(can([held], permission), false, `${held} ${permission}`);
  for (const permission of permissions) {
    assert.equal(can([], permission), false);
    assert.equal(can(['nobody', '__proto__'], permission), false);
  }
  const held = (role: string) => permissions.filter((one) => can([role], one));
  assert.deepEqual(held('audit_admin'), ['audit.read']);
  assert.deepEqual(held('security_admin'), ['security.read', 'security.manage']);
  assert.deepEqual(held('system_admin').toSorted(), [
    'schedule.read',
    'staff.manage',
    'terminal.manage',
  ]);
  for (const permission of permissions)
    assert.ok(
      roles.some((role) => can([role], permission)),
      `${permission} is held by nobody`,
    );
});

test('demo accounts are made once, one a role, and in the demo only', async () => {
  const hospital_id = '01900000-0000-7000-8000-000000000001';
  await assert.rejects(seedDemo({ ...world.ctx, config: { demo: false } }, hospital_id));
  const demo = { ...world.ctx, config: { demo: true } };
  const logins = await seedDemo(demo, hospital_id);
  assert.deepEqual(await seedDemo(demo, hospital_id), logins);
  assert.equal((await listStaff(world.ctx, hospital_id)).length, roles.length);
  for (const login of logins)
    assert.deepEqual((await enter(login.username, demo_password, true)).staff.roles, [login.role]);
});
