import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { identityWorld, type IdentityWorld } from '../../test/support/identity.ts';
import { smsGateway } from '../../test/support/sms-gateway.ts';
import { createHttpSms } from './channels/sms-http.ts';
import { sql } from '../platform/sql.ts';
import { noSms } from '../identity/messages.ts';
import { requestCode } from '../identity/request-code.ts';
import { signIn } from '../identity/sign-in.ts';

const terms = { key: 'hospital', secret: 'a secret', sign: '正号' };

let world: IdentityWorld;
let gateway: Awaited<ReturnType<typeof smsGateway>>;
let ctx: IdentityWorld['ctx'] & { code_patience_ms: number };
before(async () => {
  world = await identityWorld('send-code');
  const { clock } = world.ctx;
  gateway = await smsGateway({ ...terms, now: () => clock.now() });
  const config = { ...terms, url: gateway.url, templates: { code: 'T9' } };
  const sms = createHttpSms({ clock, network: fetch }, config);
  ctx = { ...world.ctx, sms, code_patience_ms: 5_000 };
});
after(async () => {
  await gateway.close();
  await world.stop();
});

const is = (code: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, code, String(error)) ?? true;

let last = 0;
const ask = (phone: string, more: object = {}) =>
  requestCode({ ...ctx, ...more }, { phone, ip: `10.2.0.${++last}` });
const takenFor = (phone: string) => [...gateway.taken.values()].filter(({ to }) => to === phone);
const stored = async (): Promise<number> =>
  (await ctx.db.one<{ n: number }>(sql`select count(*) as n from identity.outbox_message`)).n;

test('[R009] a sign-in code goes out by the hospital’s own gateway and opens the account; nothing keeps it', async () => {
  const phone = '13900001001';
  await ask(phone);
  const [message, ...more] = takenFor(phone);
  assert.ok(message);
  assert.deepEqual(
    [more.length, message.template, message.channel, message.sign],
    [0, 'T9', 'sms', '正号'],
  );
  assert.match(message.params['code'] ?? '', /^\d{6}$/);
  assert.equal(await stored(), 0, 'a code that really left stands in no table');
  const signed = await signIn(ctx, {
    phone,
    code: message.params['code'] ?? '',
    user_agent: 'test',
  });
  assert.equal(signed.opened, true);
});

test('an answer lost on the way is asked again under the same key: the phone rings once', async () => {
  const phone = '13900001002';
  gateway.faults.push('lost', 'down');
  const before = gateway.pace.requests;
  await ask(phone);
  assert.equal(gateway.pace.requests - before, 3);
  assert.equal(takenFor(phone).length, 1);
});

test('with the gateway down the person hears so at once, and the next ask is not refused as too soon', async () => {
  const phone = '13900001003';
  await gateway.close();
  await assert.rejects(ask(phone), is('identity/code-unsent'));
  await assert.rejects(ask(phone), is('identity/code-unsent'));
  await gateway.open();
  await ask(phone);
  assert.equal(takenFor(phone).length, 1);
  await assert.rejects(ask(phone), is('identity/code-too-soon'));
});

test('a gateway that dawdles keeps nobody waiting; the code that arrives late still opens the door', async () => {
  const phone = '13900001004';
  gateway.pace.slow_ms = 400;
  await assert.rejects(ask(phone, { code_patience_ms: 150 }), is('identity/code-unsent'));
  gateway.pace.slow_ms = 0;
  const code = takenFor(phone)[0]?.params['code'] ?? '';
  assert.ok((await signIn(ctx, { phone, code, user_agent: 'test' })).account_id);
});

test('a number that the operator refuses is told so, and still counts', async () => {
  const phone = '13900001005';
  gateway.faults.push({ refuse: 'black_list' });
  await assert.rejects(ask(phone), is('identity/code-unreachable'));
  await assert.rejects(ask(phone), is('identity/code-too-soon'));
});

test('[R009] a code can be read out by a call', async () => {
  const phone = '13900001006';
  await requestCode(ctx, { phone, ip: '10.2.1.1', channel: 'voice' });
  assert.equal(takenFor(phone)[0]?.channel, 'voice');
});

test('an installation without a gateway says that it cannot send', async () => {
  await assert.rejects(ask('13900001007', { sms: noSms }), is('identity/code-unsent'));
});

test('what is wrong with a gateway never carries code or phone', async () => {
  const said: string[] = [];
  const sms = {
    send: async (message: Parameters<typeof ctx.sms.send>[0]) =>
      ctx.sms.send(message).catch((error: unknown) => {
        said.push(String((error as Error).stack), JSON.stringify(error));
        throw error;
      }),
  };
  gateway.faults.push('down', 'down', 'down');
  await assert.rejects(ask('13900001008', { sms }), (error: Error) => {
    said.push(String(error.stack), JSON.stringify(error));
    return true;
  });
  assert.ok(said.length >= 4);
  for (const words of said) assert.doesNotMatch(words, /13900001008|\b\d{6}\b/);
});
