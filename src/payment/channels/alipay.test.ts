import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manualClock } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import { seededRandom } from '../../platform/random.ts';
import { zipFiles } from '../../platform/zip.ts';
import { startAlipaySandbox, type AlipaySandbox } from '../sandbox/alipay.ts';
import type { Call } from '../sandbox/index.ts';
import type { OrderToPay, PaymentChannel } from '../types.ts';
import { readAlipayBill } from './alipay-bill.ts';
import { createAlipayChannel, type AlipaySetting } from './alipay.ts';

const start = new Date('2026-11-24T00:00:00Z');
const clock = manualClock(start);
const random = seededRandom('alipay');
const arrived: Call[] = [];
let sandbox: AlipaySandbox;
let channel: PaymentChannel;

const settingOf = (change: Partial<AlipaySetting> = {}): AlipaySetting => ({
  ...sandbox.setting,
  notify_url: 'https://hospital.example/api/payment/callbacks/alipay',
  return_url: 'https://hospital.example/',
  timeout_ms: 400,
  ...change,
});

before(async () => {
  const deliver = (call: Call): Promise<boolean> => {
    arrived.push(call);
    return Promise.resolve(true);
  };
  sandbox = await startAlipaySandbox({ clock, random, network: fetch }, { deliver });
  channel = createAlipayChannel({ clock, network: fetch }, settingOf());
});
after(() => sandbox.stop());

let orders = 0;
const newOrder = (change: Partial<OrderToPay> = {}): OrderToPay => ({
  order_number: `A${String(++orders).padStart(9, '0')}`,
  amount_fen: 1500,
  description: '挂号费',
  expires_at: new Date(clock.now().getTime() + 10 * 60_000),
  payer: { openid: null },
  ...change,
});
const pass = (seconds: number): void => clock.set(new Date(clock.now().getTime() + seconds * 1000));
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const paidOrder = async (amount_fen = 1500): Promise<string> => {
  const order = newOrder({ amount_fen });
  await channel.prepay(order);
  assert.equal(await sandbox.pay(order.order_number), true);
  return order.order_number;
};
const refundOf = (order_number: string, refund_number: string, refund_fen = 1500) => ({
  order_number,
  refund_number,
  total_fen: 1500,
  refund_fen,
  reason: '退号退费',
});
const isProblem =
  (code: string, why?: string) =>
  (error: unknown): boolean =>
    error instanceof Problem &&
    error.kind.code === code &&
    (why === undefined || error.detail.why === why);

test('[R015] an order is paid by code, tells itself by a signed notice, and is asked for the truth', async () => {
  const order = newOrder({ amount_fen: 10_009 });
  const way = await channel.prepay(order);
  const code = way.kind === 'qr' ? way.code_url : assert.fail('no code');
  assert.equal((await channel.query(order.order_number)).state, 'unknown', 'nobody opened it yet');
  assert.match(await (await fetch(code)).text(), /仅供演示，不会扣款[\s\S]*支付 ¥100\.09/);
  assert.equal((await channel.query(order.order_number)).state, 'open');
  assert.match(await (await fetch(code, { method: 'POST' })).text(), /已支付（演示）/);
  const call = arrived.at(-1) ?? assert.fail();
  assert.equal(call.url, settingOf().notify_url);
  assert.deepEqual(await channel.readCallback(call), {
    about: 'payment',
    order_number: order.order_number,
  });
  const { payer_reference, transaction_id, ...told } = await channel.query(order.order_number);
  assert.deepEqual(told, { state: 'paid', paid_fen: 10_009, paid_at: start });
  assert.match(payer_reference ?? '', /^2088/);
  assert.match(transaction_id ?? '', /^\d{28}$/);
  await assert.rejects(
    channel.prepay(order),
    isProblem('payment/channel-refused', 'ACQ.TRADE_HAS_SUCCESS'),
  );
});

test('a phone is sent to a page that Alipay would open, and back', async () => {
  const order = newOrder({ payer: { openid: null, device: 'phone' } });
  const way = await channel.prepay(order);
  const url = way.kind === 'redirect' ? way.url : assert.fail('no redirect');
  assert.match(await (await fetch(url)).text(), /支付 ¥15\.00/);
  assert.equal(await sandbox.pay(order.order_number), true);
  assert.match(await (await fetch(url)).text(), /href="https:\/\/hospital\.example\/"/);
  assert.equal((await channel.query(order.order_number)).state, 'paid');
  const forged = await fetch(url.replace('%2215.00%22', '%220.01%22'));
  assert.equal(forged.status, 404, 'a changed amount breaks the signature');
});

test('a notice that is forged, changed, old or for another is no callback', async () => {
  const number = await paidOrder();
  const good = arrived.at(-1) ?? assert.fail();
  const refuse = async (body: string, why: string): Promise<void> =>
    assert.equal(await channel.readCallback({ headers: {}, body }), undefined, why);
  const fields = Object.fromEntries(new URLSearchParams(good.body));
  const changed = (change: Record<string, string>): string =>
    new URLSearchParams({ ...fields, ...change }).toString();
  await refuse('', 'nothing');
  await refuse(changed({ total_amount: '0.01' }), 'another amount');
  await refuse(changed({ sign_type: 'RSA' }), 'the weaker signature');
  await refuse(changed({ sign_type: 'none' }), 'no signature');
  await refuse(changed({ sign: '' }), 'an empty signature');
  await refuse(`${good.body}&out_trade_no=A000000001`, 'a field twice');
  const signed = (change: Record<string, string>): string => sandbox.notice(number, change).body;
  await refuse(signed({ app_id: '2021000000000000' }), 'another application');
  await refuse(signed({ seller_id: '2088000000000000' }), 'another merchant');
  await refuse(signed({ total_amount: '15.0001' }), 'no amount');
  await refuse(signed({ notify_time: '2026-11-22 00:00:00' }), 'too old');
  await refuse(signed({ notify_time: '2026-11-24 08:06:00' }), 'from the future');
  const stranger = await startAlipaySandbox({ clock, random, network: fetch });
  const theirs = createAlipayChannel(
    { clock, network: fetch },
    settingOf({ public_key: stranger.setting.public_key }),
  );
  await stranger.stop();
  assert.equal(await theirs.readCallback({ headers: {}, body: good.body }), undefined);
  // Alipay repeats a notice until it is acknowledged; each repetition only makes us ask.
  for (const _ of [1, 2])
    assert.deepEqual(await channel.readCallback({ headers: {}, body: good.body }), {
      about: 'payment',
      order_number: number,
    });
});

test('an answer that Alipay did not sign is no answer', async () => {
  const number = await paidOrder();
  const stranger = await startAlipaySandbox({ clock, random, network: fetch });
  const { public_key, private_key } = stranger.setting;
  await stranger.stop();
  const cheated = createAlipayChannel({ clock, network: fetch }, settingOf({ public_key }));
  await assert.rejects(cheated.query(number), isProblem('payment/channel-unavailable'));
  const notUs = createAlipayChannel({ clock, network: fetch }, settingOf({ private_key }));
  await assert.rejects(
    notUs.query(number),
    isProblem('payment/channel-refused', 'isv.invalid-signature'),
  );
});

test('requests carry the time of China in whatever zone the server runs', async () => {
  const zone = process.env.TZ;
  process.env.TZ = 'America/New_York';
  try {
    assert.equal((await channel.query('A-nobody')).state, 'unknown');
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test('a lost answer means unknown: asking again tells, and repeating makes nothing twice', async () => {
  const order = newOrder();
  // The SDK's own HTTP client tries once more when a connection breaks.
  for (const [count, how] of [
    [1, 'hang'],
    [2, 'cut'],
  ] as const) {
    sandbox.dropReplies(count, how);
    await assert.rejects(channel.prepay(order), isProblem('payment/channel-unavailable'));
  }
  assert.equal(await sandbox.pay(order.order_number), true, 'it was made all the same');
  const wanted = refundOf(order.order_number, 'RLOST00001', 1000);
  sandbox.dropReplies(2);
  await assert.rejects(channel.refund(wanted), isProblem('payment/channel-unavailable'));
  const again = await channel.refund(wanted);
  assert.deepEqual([again.state, again.refunded_fen], ['refunded', 1000], 'fund_change is N now');
  await assert.rejects(
    channel.refund(refundOf(order.order_number, 'RLOST00002', 501)),
    isProblem('payment/channel-refused', 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL'),
  );
});

test('closing reaches only an order that was opened; a payment after it is told', async () => {
  const order = newOrder();
  await channel.prepay(order);
  await channel.close(order.order_number);
  assert.equal(await sandbox.pay(order.order_number), true, 'the unopened code still lives');
  await channel.close(order.order_number);
  assert.equal((await channel.query(order.order_number)).state, 'paid');
  const opened = newOrder();
  await channel.prepay(opened);
  sandbox.scan(opened.order_number);
  await channel.close(opened.order_number);
  assert.equal((await channel.query(opened.order_number)).state, 'closed');
  assert.equal(await sandbox.pay(opened.order_number), false);
  sandbox.holdCallbacks();
  await sandbox.payLate(opened.order_number);
  pass(7200);
  await sandbox.releaseCallbacks();
  assert.ok(await channel.readCallback(arrived.at(-1) ?? assert.fail()));
  assert.equal((await channel.query(opened.order_number)).state, 'paid');
  const slow = newOrder();
  await channel.prepay(slow);
  pass(601);
  assert.equal(await sandbox.pay(slow.order_number), false, 'every code ends with its time');
});

test('callbacks come twice and out of order, and another amount paid is seen as it is', async () => {
  const [first, second] = [newOrder(), newOrder()];
  for (const order of [first, second]) await channel.prepay(order);
  sandbox.holdCallbacks();
  sandbox.duplicateCallbacks(2);
  await sandbox.pay(first.order_number);
  await sandbox.pay(second.order_number, 1);
  const from = arrived.length;
  await sandbox.releaseCallbacks('latest first');
  sandbox.duplicateCallbacks(1);
  const told = await Promise.all(arrived.slice(from).map((call) => channel.readCallback(call)));
  assert.deepEqual(
    told.map((one) => one?.order_number),
    [second, second, first, first].map((order) => order.order_number),
  );
  assert.equal((await channel.query(second.order_number)).paid_fen, 1);
});

test('refunds: 10000 is no refund, one number is one refund, and a part is not the sum', async () => {
  const number = await paidOrder();
  const query = (refund_number: string) => channel.queryRefund(refundOf(number, refund_number));
  assert.equal((await query('R000000')).state, 'unknown', 'answered with 10000 and nothing else');
  const race = await Promise.all(
    [1, 2, 3, 4].map(() => channel.refund(refundOf(number, 'R000001', 500))),
  );
  assert.deepEqual(
    race.map((one) => [one.state, one.refunded_fen]),
    race.map(() => ['refunded', 500]),
  );
  assert.equal((await channel.query(number)).state, 'paid', 'only a part went back');
  const second = await channel.refund(refundOf(number, 'R000002', 300));
  assert.equal(second.refunded_fen, 300, 'refund_fee said 8.00');
  await assert.rejects(
    channel.refund(refundOf(number, 'R000002', 301)),
    isProblem('payment/channel-refused', 'ACQ.DISCORDANT_REPEAT_REQUEST'),
  );
  sandbox.holdRefunds();
  sandbox.failRefund('abnormal', 'R000003');
  sandbox.failRefund('closed', 'R000004');
  for (const one of ['R000003', 'R000004', 'R000005'])
    assert.equal((await channel.refund(refundOf(number, one, 100))).state, 'processing');
  await sandbox.settleRefunds();
  await settled();
  assert.equal((await query('R000003')).state, 'abnormal');
  assert.equal((await query('R000004')).state, 'unknown', 'without refund_status: to be repeated');
  assert.deepEqual(
    [(await query('R000005')).state, (await query('R000005')).refunded_fen],
    ['refunded', 100],
  );
  assert.deepEqual(await channel.readCallback(arrived.at(-1) ?? assert.fail()), {
    about: 'refund',
    order_number: number,
    refund_number: 'R000005',
  });
  const whole = await paidOrder();
  await channel.refund(refundOf(whole, 'R000010'));
  const told = await channel.query(whole);
  assert.deepEqual([told.state, told.paid_fen], ['refunded', 1500], 'TRADE_CLOSED, but once paid');
});

test('the statement of a day is read to the fen out of a zip in GBK, refunds included', async () => {
  clock.set(new Date('2026-12-01T02:00:00Z'));
  const [one, two] = [await paidOrder(), await paidOrder(29_900)];
  pass(60);
  await channel.refund(refundOf(one, 'RBILL0001', 1001));
  clock.set(new Date('2026-12-01T16:00:01Z'));
  await paidOrder();
  const lines = await channel.statement('2026-12-01');
  assert.deepEqual(
    lines.map((line) => [line.order_number, line.refund_number, line.amount_fen]),
    [
      [one, null, 1500],
      [two, null, 29_900],
      [one, 'RBILL0001', -1001],
    ],
  );
  assert.deepEqual(lines[2]?.at, new Date('2026-12-01T02:01:00Z'));
  assert.deepEqual(await channel.statement('2026-11-25'), []);
  await assert.rejects(
    channel.statement('2026-12-03'),
    isProblem('payment/channel-unavailable', 'statement-not-made'),
  );
});

test('a statement that is cut, empty of details or of a new kind is refused as a whole', async () => {
  const archive = (lines: string[], name = 'x_details.csv'): Buffer =>
    zipFiles(new Map([[name, Buffer.from(new TextEncoder().encode(lines.join('\r\n')))]]));
  await assert.rejects(readAlipayBill(archive(['a,b'])), /cut off/);
  await assert.rejects(readAlipayBill(archive(['a,b'], 'sums.txt')), /no table/);
  await assert.rejects(readAlipayBill(Buffer.from('no zip')));
});
