import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { step } from '../../src/booking/step.ts';
import { takeCallback } from '../../src/payment/callback.ts';
import {
  createChannels,
  createPaymentSandbox,
  reconcile,
  type OnlineChannelName,
  type PaymentChannel,
  type PaymentSandbox,
} from '../../src/payment/index.ts';
import { shanghaiDate } from '../../src/platform/clock.ts';
import { readConfig } from '../../src/platform/config.ts';
import { paymentWorld } from '../support/payments.ts';

let world: Awaited<ReturnType<typeof paymentWorld>>;
let sandbox: PaymentSandbox;
let callbacks = 0;

/** The module's own tests drive scripted channels; here the true SDKs speak to the sandboxes. */
before(async () => {
  world = await paymentWorld('payment channels');
  const { ctx } = world;
  const base = { clock: ctx.clock, random: ctx.random, network: fetch };
  sandbox = createPaymentSandbox(base, {
    deliver: async ({ url, headers, body }) => {
      const channel = url.includes('/wechat/') ? 'wechat' : 'alipay';
      const reply = await takeCallback(ctx, { channel, headers, body });
      callbacks++;
      return reply.status === 200;
    },
  });
  const config = readConfig({}).payment;
  const channels = ctx.payment.channels as Map<OnlineChannelName, PaymentChannel>;
  for (const channel of createChannels({ ...base, config, sandbox }))
    channels.set(channel.name, channel);
});
after(async () => {
  await sandbox.stop();
  await world.stop();
});

const cancel = (appointment_id: string) =>
  step(world.ctx, 'cancel', { appointment_id, actor: 'test', idempotency: world.key() });
const codeOf = async (appointment_id: string, name: OnlineChannelName): Promise<string> => {
  const way = await world.way(appointment_id, name);
  return way?.kind === 'qr' ? way.code_url : assert.fail('no code');
};

test('[R015, R018] by either channel a visit is paid at the cashier, given back in full, and the statements agree', async () => {
  const day = shanghaiDate(world.ctx.clock.now());
  for (const name of ['wechat', 'alipay'] as const) {
    const [kept, given] = [await world.visit(), await world.visit()];
    for (const { appointment_id } of [kept, given]) {
      await fetch(await codeOf(appointment_id, name), { method: 'POST' });
      await world.settle();
      assert.equal(await world.statusOf(appointment_id), 'booked');
      assert.equal((await world.money(appointment_id)).paid_fen, 6000);
    }
    await cancel(given.appointment_id);
    for (const seconds of [1, 700, 60]) await world.pass(seconds);
    const money = await world.money(given.appointment_id);
    assert.deepEqual([money.state, money.refunded_fen], ['refunded', 6000]);
    assert.equal((await world.money(kept.appointment_id)).state, 'paid');
  }
  assert.ok(callbacks >= 4, 'a callback each, and of refunds');
  world.later(40 * 3_600);
  assert.equal(await reconcile(world.ctx, { date: day }), 0, 'nothing to explain');
  assert.deepEqual(await world.swept(), []);
});

test('a payment that comes after its time gets the number back while it is free, though an answer was lost', async () => {
  const control = await sandbox.wechat();
  const visit = await world.visit();
  const code = await codeOf(visit.appointment_id, 'wechat');
  await world.pass(601);
  assert.notEqual(await world.statusOf(visit.appointment_id), 'booked');
  const page = await fetch(code, { method: 'POST' });
  assert.match(await page.text(), /已关闭，不能再支付/);
  const order = [...control.orders()].at(-1) ?? '';
  control.dropReplies(1);
  await control.payLate(order);
  assert.equal((await world.money(visit.appointment_id)).paid_fen, 0, 'the answer was lost');
  // Not acknowledged, so the channel calls again.
  await control.redeliver();
  await world.pass(5);
  const money = await world.money(visit.appointment_id);
  assert.deepEqual([money.state, money.paid_fen, money.refunded_fen], ['paid', 6000, 0]);
  assert.notEqual(money.appointment_id, visit.appointment_id, 'the number was free: a new visit');
  assert.equal(await world.statusOf(money.appointment_id ?? ''), 'booked');
  assert.deepEqual(await world.swept(), []);
});
