import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { identityWorld, type IdentityWorld } from '../../../test/support/identity.ts';
import { sql } from '../../platform/sql.ts';
import { signInStaff } from '../sign-in-staff.ts';
import { changePassword, createStaff } from '../staff.ts';
import type { SignInOutcome } from './proceed.ts';
import { answerCode, choosePassword, confirmAtSignIn, enrolAtSignIn } from './steps.ts';
import { matchingStep, newTotpSecret, totpCode } from './totp.ts';
import { resetSecondFactor, setSecurityRule, unlockStaff } from './watch.ts';

let world: IdentityWorld;
before(async () => {
  world = await identityWorld('second factor');
});
after(() => world.stop());

const is = (code: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, code, String(error)) ?? true;
const password = 'correct-horse-battery';
const hospital_id = '01900000-0000-7000-8000-00000000000a';
let networks = 0;
const from = () => ({
  ip: `10.9.${Math.floor(++networks / 200)}.${networks % 200}`,
  user_agent: 'test',
});

const member = (username: string, role: string, must_change_password = false) =>
  createStaff(world.ctx, {
    ...{ hospital_id, username, display_name: '测试员工', password, must_change_password },
    roles: [role],
    actor: 'test',
  });
const enter = (username: string, typed = password) =>
  signInStaff(world.ctx, { username, password: typed, ...from() });

/** The ticket of a sign-in that waits for this step. */
function ticketOf(outcome: SignInOutcome, step: string): string {
  assert.equal(outcome.step, step);
  return outcome.step === 'done' ? '' : outcome.ticket;
}

/** Enrols at the first sign-in; the time moves on so that the next code is a fresh one. */
async function enrol(username: string): Promise<{ secret: string; codes: string[] }> {
  const ticket = ticketOf(await enter(username), 'enrol');
  const { secret, uri } = await enrolAtSignIn(world.ctx, ticket);
  assert.match(uri, /^otpauth:\/\/totp\/.*algorithm=SHA1&digits=6&period=30/);
  const code = totpCode(secret, world.ctx.clock.now());
  const done = await confirmAtSignIn(world.ctx, { ticket, code, ...from() });
  world.pass(1);
  return { secret, codes: done.recovery_codes };
}
const answer = async (username: string, code: string): Promise<SignInOutcome> => {
  const ticket = ticketOf(await enter(username), 'code');
  return answerCode(world.ctx, { ticket, code, ...from() });
};
const now = (secret: string): string => totpCode(secret, world.ctx.clock.now());

test('administrators, managers and the information centre enrol before they get in', async () => {
  for (const role of ['system_admin', 'security_admin', 'audit_admin', 'information_centre']) {
    await member(`must-${role.replace('_', '-')}`, role);
    ticketOf(await enter(`must-${role.replace('_', '-')}`), 'enrol');
  }
  await member('manager', 'registration_manager');
  const { secret, codes } = await enrol('manager');
  assert.equal(new Set(codes).size, 10);
  const done = await answer('manager', now(secret));
  assert.equal(done.step, 'done');
  const { method } = await world.ctx.db.one<{ method: string }>(sql`
    select method from identity.session s join identity.staff f on f.id = s.staff_id
    where f.username = 'manager' order by s.created_at desc limit 1`);
  assert.equal(method, 'password-totp');
  const stored = await world.ctx.db.one<{ sealed: Buffer }>(
    sql`select sealed_secret as sealed from identity.staff_second_factor where confirmed_at is not null`,
  );
  assert.equal(stored.sealed.includes(Buffer.from(secret)), false, 'sealed, not in clear');
});

test('a code is taken once; its neighbours in time only, later ones only', async () => {
  await member('repeat', 'registration_manager');
  const { secret } = await enrol('repeat');
  const code = now(secret);
  const ticket = ticketOf(await enter('repeat'), 'code');
  assert.equal((await answerCode(world.ctx, { ticket, code, ...from() })).step, 'done');
  await assert.rejects(
    answerCode(world.ctx, { ticket, code, ...from() }),
    is('identity/second-factor-wrong'),
  );
  const at = (seconds: number): string =>
    totpCode(secret, new Date(world.ctx.clock.now().getTime() + seconds * 1000));
  await assert.rejects(answer('repeat', at(-30)), is('identity/second-factor-wrong'));
  assert.equal(
    (await answer('repeat', at(30))).step,
    'done',
    'a clock that is half a minute ahead',
  );
  await assert.rejects(answer('repeat', at(90)), is('identity/second-factor-wrong'));
});

test('one code answered four times at once lets one in', async () => {
  await member('crowd', 'registration_manager');
  const { secret } = await enrol('crowd');
  const tickets = [];
  for (let n = 0; n < 4; n++) tickets.push(ticketOf(await enter('crowd'), 'code'));
  const code = now(secret);
  const results = await Promise.allSettled(
    tickets.map((ticket) => answerCode(world.ctx, { ticket, code, ...from() })),
  );
  assert.equal(results.filter((one) => one.status === 'fulfilled').length, 1);
});

test('wrong codes lock the account although every password was right', async () => {
  await member('guessed', 'registration_manager');
  const { secret } = await enrol('guessed');
  for (let guess = 0; guess < 5; guess++) {
    const wrong = now(secret) === '000000' ? '111111' : '000000';
    await assert.rejects(answer('guessed', wrong), is('identity/second-factor-wrong'));
  }
  await assert.rejects(enter('guessed'), is('identity/staff-sign-in-refused'));
  const { id } = await world.ctx.db.one<{ id: string }>(
    sql`select id from identity.staff where username = 'guessed'`,
  );
  const by = { staff_id: id, hospital_id };
  await unlockStaff(world.ctx, by, id);
  assert.equal((await answer('guessed', now(secret))).step, 'done');
});

test('a recovery code lets in once, is counted down, and is somebody’s own', async () => {
  await member('papers', 'registration_manager');
  await member('other', 'registration_manager');
  const { codes } = await enrol('papers');
  const { codes: others } = await enrol('other');
  const [code = ''] = codes;
  const typed = code.toLowerCase().replace('-', ' ');
  assert.equal((await answer('papers', typed)).step, 'done');
  await assert.rejects(answer('papers', code), is('identity/second-factor-wrong'));
  await assert.rejects(answer('papers', others[0] ?? ''), is('identity/second-factor-wrong'));
});

test('a given password is replaced first, by another and a strong one', async () => {
  const { staff_id } = await member('given', 'doctor', true);
  const ticket = ticketOf(await enter('given'), 'password');
  const choose = (new_password: string) =>
    choosePassword(world.ctx, { ticket, new_password, ...from() });
  for (const weak of ['short', 'given-given-given', '123456789012', 'abababababab', password])
    await assert.rejects(choose(weak), is('identity/password-weak'), weak);
  const done = await choose('my-own-long-one');
  assert.equal(done.step, 'done');
  await assert.rejects(choose('another-long-one'), is('identity/sign-in-step-expired'));
  assert.equal((await enter('given', 'my-own-long-one')).step, 'done');
  assert.ok(staff_id);
});

test('a ticket is void after five minutes, after a new password, and when altered', async () => {
  await member('tickets', 'registration_manager');
  const { secret } = await enrol('tickets');
  const late = ticketOf(await enter('tickets'), 'code');
  world.pass(6);
  const expired = is('identity/sign-in-step-expired');
  await assert.rejects(
    answerCode(world.ctx, { ticket: late, code: now(secret), ...from() }),
    expired,
  );
  const fresh = ticketOf(await enter('tickets'), 'code');
  await assert.rejects(
    enrolAtSignIn(world.ctx, fresh),
    expired,
    'an enrolled phone is not replaced',
  );
  const [body = '', mac = ''] = fresh.split('.');
  const forged = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
  const altered = Buffer.from(JSON.stringify({ ...forged, second: 'totp' })).toString('base64url');
  for (const ticket of [`${altered}.${mac}`, body, '', `${fresh}x`])
    await assert.rejects(answerCode(world.ctx, { ticket, code: now(secret), ...from() }), expired);
  const { id } = await world.ctx.db.one<{ id: string }>(
    sql`select id from identity.staff where username = 'tickets'`,
  );
  await changePassword(world.ctx, {
    ...{ staff_id: id, session_id: id, current_password: password },
    new_password: 'a-newer-long-one',
  });
  await assert.rejects(
    answerCode(world.ctx, { ticket: fresh, code: now(secret), ...from() }),
    expired,
  );
});

test('a hospital asks further roles for a second factor; another hospital does not', async () => {
  await member('nurse', 'triage_nurse');
  assert.equal((await enter('nurse')).step, 'done');
  const { id } = await world.ctx.db.one<{ id: string }>(
    sql`select id from identity.staff where username = 'nurse'`,
  );
  await setSecurityRule(world.ctx, { staff_id: id, hospital_id }, ['triage_nurse']);
  ticketOf(await enter('nurse'), 'enrol');
  await setSecurityRule(world.ctx, { staff_id: id, hospital_id }, []);
  assert.equal((await enter('nurse')).step, 'done');
});

test('a second person takes a lost phone’s factor away; its sessions end with it', async () => {
  const { staff_id } = await member('loser', 'registration_manager');
  const { secret } = await enrol('loser');
  const done = await answer('loser', now(secret));
  const reason = 'phone-lost';
  await assert.rejects(
    resetSecondFactor(world.ctx, { staff_id, hospital_id }, { staff_id, reason }),
    is('identity/second-factor-self'),
  );
  const { staff_id: officer } = await member('officer', 'security_admin');
  const elsewhere = '01900000-0000-7000-8000-00000000000b';
  await assert.rejects(
    resetSecondFactor(
      world.ctx,
      { staff_id: officer, hospital_id: elsewhere },
      { staff_id, reason },
    ),
    is('identity/staff-unknown'),
  );
  await resetSecondFactor(world.ctx, { staff_id: officer, hospital_id }, { staff_id, reason });
  ticketOf(await enter('loser'), 'enrol');
  const { ended } = await world.ctx.db.one<{ ended: boolean }>(sql`
    select ended_at is not null as ended from identity.session
    where id = ${done.step === 'done' ? done.session_id : ''}`);
  assert.equal(ended, true);
});

test('a network that guesses has to wait, but not the people who work there', async () => {
  await member('desk', 'doctor');
  await member('newcomer', 'doctor');
  const hall = { ip: '192.0.2.77', user_agent: 'test' };
  const at = (username: string, typed = password) =>
    signInStaff(world.ctx, { username, password: typed, ...hall });
  assert.equal((await at('desk')).step, 'done');
  await world.ctx.db.run(sql`update identity.sign_in_network set failures = 27 where failures = 0
    and network = (select network from identity.staff_network n join identity.staff s on s.id = n.staff_id
      where s.username = 'desk')`);
  const guesses = Array.from({ length: 3 }, (_, n) => at(`nobody-${n}`, 'wrong-password'));
  for (const one of await Promise.allSettled(guesses)) assert.equal(one.status, 'rejected');
  await assert.rejects(at('newcomer'), is('identity/sign-in-slow'));
  assert.equal((await at('desk')).step, 'done', 'known here');
  assert.equal((await enter('newcomer')).step, 'done', 'from another network');
  world.pass(16);
  assert.equal((await at('newcomer')).step, 'done', 'after a quarter of an hour');
});

test('control: without the memory of the last step the same code would be taken again', () => {
  const secret = newTotpSecret(world.ctx.random);
  const at = world.ctx.clock.now();
  const code = totpCode(secret, at);
  const step = matchingStep(secret, code, at, 0);
  assert.ok(step !== undefined);
  assert.equal(matchingStep(secret, code, at, step), undefined);
  assert.equal(matchingStep(secret, code, at, 0), step);
});

test('control: in the demo, where no second factor is asked for, a password alone lets in', async () => {
  await member('open-door', 'registration_manager');
  const demo = { ...world.ctx, config: { demo: true } };
  const input = { username: 'open-door', password, ...from() };
  assert.equal((await signInStaff(demo, input)).step, 'done');
  assert.equal((await signInStaff(world.ctx, { ...input, ...from() })).step, 'enrol');
});
