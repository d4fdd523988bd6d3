import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manualClock } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import { seededRandom } from '../../platform/random.ts';
import { startWechatSandbox, type WechatSandbox } from '../sandbox/wechat.ts';
import type { Call } from '../sandbox/index.ts';
import type { OrderToPay, PaymentChannel } from '../types.ts';
import { readWechatBill } from './wechat-bill.ts';
import { createWechatChannel, type WechatSetting } from './wechat.ts';

const start = new Date('2026-11-24T00:00:00Z');
const clock = manualClock(start);
const random = seededRandom('wechat');
const arrived: Call[] = [];
let acknowledges = true;
let sandbox: WechatSandbox;
let channel: PaymentChannel;

const settingOf = (change: Partial<WechatSetting> = {}): WechatSetting => ({
  ...sandbox.setting,
  notify_url: 'https://hospital.example/api/payment/callbacks/wechat',
  timeout_ms: 400,
  public_key: undefined,
  ...change,
});

before(async () => {
  const deliver = (call: Call): Promise<boolean> => {
    arrived.push(call);
    return Promise.resolve(acknowledges);
  };
  sandbox = await startWechatSandbox({ clock, random, network: fetch }, { deliver });
  channel = createWechatChannel({ clock, network: fetch }, settingOf());
});
after(() => sandbox.stop());

let orders = 0;
const newOrder = (change: Partial<OrderToPay> = {}): OrderToPay => ({
  order_number: `W${String(++orders).padStart(9, '0')}`,
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

test('[R015] an order is paid by code, tells itself by a sealed callback, and is asked for the truth', async () => {
  const order = newOrder();
  assert.equal((await channel.query(order.order_number)).state, 'unknown');
  const way = await channel.prepay(order);
  assert.equal(way.kind, 'qr');
  assert.deepEqual(await channel.prepay(order), way, 'asking again shows the same code');
  assert.equal((await channel.query(order.order_number)).state, 'open');
  const page = await fetch(way.kind === 'qr' ? way.code_url : '');
  assert.match(await page.text(), /沙箱收银台：仅供演示，不会扣款[\s\S]*支付 ¥15\.00/);
  await fetch(way.kind === 'qr' ? way.code_url : '', { method: 'POST' });
  const call = arrived.at(-1);
  assert.equal(call?.url, settingOf().notify_url);
  assert.ok(!call?.body.includes(order.order_number), 'what it says is sealed');
  assert.deepEqual(await channel.readCallback(call ?? assert.fail()), {
    about: 'payment',
    order_number: order.order_number,
  });
  const { payer_reference, transaction_id, ...told } = await channel.query(order.order_number);
  assert.deepEqual(told, { state: 'paid', paid_fen: 1500, paid_at: start });
  assert.match(payer_reference ?? '', /^o/);
  assert.match(transaction_id ?? '', /^4200/);
  await assert.rejects(channel.prepay(order), isProblem('payment/channel-refused', 'ORDERPAID'));
});

test('inside WeChat the payer gets signed parameters instead of a code', async () => {
  const way = await channel.prepay(newOrder({ payer: { openid: 'oUpF8uMuAJO_M2pxb1Q9zNjWeS6o' } }));
  assert.equal(way.kind, 'jsapi');
  if (way.kind === 'jsapi') assert.match(way.parameters.package ?? '', /^prepay_id=wx/);
});

test('a callback that is forged, changed, old, replayed or for another is no callback', async () => {
  const number = await paidOrder();
  const good = arrived.at(-1) ?? assert.fail();
  const refuse = async (call: Call, why: string): Promise<void> =>
    assert.equal(await channel.readCallback(call), undefined, why);
  const withHeader = (name: string, value: string): Call => ({
    ...good,
    headers: { ...good.headers, [name]: value },
  });
  await refuse({ ...good, headers: {} }, 'without a signature');
  await refuse({ ...good, body: `${good.body} ` }, 'a changed body');
  await refuse(withHeader('wechatpay-nonce', 'another'), 'another nonce');
  await refuse(withHeader('wechatpay-serial', 'ABCDEF0123456789'), 'an unknown certificate');
  const probe = `WECHATPAY/SIGNTEST/${good.headers['wechatpay-signature']}`;
  await refuse(withHeader('wechatpay-signature', probe), "WeChat's own probe");
  assert.ok(await channel.readCallback(good));
  await refuse(good, 'the same message a second time');

  const content = { mchid: sandbox.setting.merchant_id, appid: sandbox.setting.app_id };
  const paid = { ...content, out_trade_no: number, trade_state: 'SUCCESS' };
  const make = (change: object, event = 'TRANSACTION.SUCCESS', at?: Date): Call =>
    sandbox.callback(event, { ...paid, ...change }, at ? { at } : {});
  assert.ok(await channel.readCallback(make({})));
  await refuse(make({ mchid: '1900000001' }), 'another merchant');
  await refuse(make({ appid: 'wx0000000000000000' }), 'another application');
  await refuse(make({}, 'PAYSCORE.USER_OPEN_SERVICE'), 'something else');
  const ago = (minutes: number): Date => new Date(clock.now().getTime() - minutes * 60_000);
  await refuse(make({}, undefined, ago(5.1)), 'too old');
  assert.ok(await channel.readCallback(make({}, undefined, ago(4.9))));

  const stranger = await startWechatSandbox({ clock, random, network: fetch });
  const forged = stranger.callback('TRANSACTION.SUCCESS', paid, { serial: serialOf(good) });
  await refuse(forged, 'signed with a key of their own');
  await stranger.stop();
  // The signature is right, but the sealed part is not for this key: the SDK alone would not notice.
  const other = createWechatChannel(
    { clock, network: fetch },
    settingOf({ api_key: 'x'.repeat(32), public_key: sandbox.publicKey() }),
  );
  const unopened = make({});
  unopened.headers['wechatpay-serial'] = sandbox.publicKey().id;
  assert.equal(await other.readCallback(unopened), undefined, 'another APIv3 key');
});

const serialOf = (call: Call): string => call.headers['wechatpay-serial'] ?? '';

test('certificates rotate in mid-flight without a lost answer or callback', async () => {
  const number = await paidOrder();
  await sandbox.rotate('old too');
  assert.equal((await channel.query(number)).state, 'paid');
  await paidOrder();
  const call = arrived.at(-1) ?? assert.fail();
  assert.ok(await channel.readCallback(call));
  await sandbox.rotate();
  assert.equal((await channel.query(number)).state, 'paid', 'the old one is listed no longer');
});

test('a merchant with a public key of WeChat needs no certificates', async () => {
  const key = sandbox.publicKey();
  const network: typeof fetch = async (url, init) => {
    assert.doesNotMatch(String(url), /certificates/);
    assert.equal(new Headers(init?.headers).get('wechatpay-serial'), key.id);
    const reply = await fetch(url, init);
    const headers = new Headers(reply.headers);
    headers.set('wechatpay-serial', key.id);
    return new Response(await reply.arrayBuffer(), { status: reply.status, headers });
  };
  const modern = createWechatChannel({ clock, network }, settingOf({ public_key: key }));
  assert.equal((await modern.query('W-never-heard-of')).state, 'unknown');
});

test('an answer that WeChat did not sign is no answer', async () => {
  const number = await paidOrder();
  const liar: typeof fetch = async (url, init) => {
    const reply = await fetch(url, init);
    if (String(url).includes('certificates')) return reply;
    const body = (await reply.text()).replace('"total":1500', '"total":1');
    return new Response(body, { status: reply.status, headers: reply.headers });
  };
  const cheated = createWechatChannel({ clock, network: liar }, settingOf());
  const unsigned = isProblem('payment/channel-unavailable', 'unsigned');
  await assert.rejects(cheated.query(number), unsigned);
  const wrongKey = createWechatChannel(
    { clock, network: fetch },
    settingOf({ api_key: 'y'.repeat(32) }),
  );
  await assert.rejects(wrongKey.query(number), isProblem('payment/channel-unavailable'));
});

test('a lost answer means unknown: asking again tells, and repeating makes nothing twice', async () => {
  const order = newOrder();
  for (const how of ['hang', 'cut'] as const) {
    sandbox.dropReplies(1, how);
    await assert.rejects(channel.prepay(order), isProblem('payment/channel-unavailable'));
  }
  assert.equal((await channel.query(order.order_number)).state, 'open', 'it was made all the same');
  await sandbox.pay(order.order_number);
  sandbox.dropReplies(1);
  const wanted = refundOf(order.order_number, 'RLOST00001');
  await assert.rejects(channel.refund(wanted), isProblem('payment/channel-unavailable'));
  await settled();
  const again = await channel.refund(wanted);
  assert.deepEqual([again.state, again.refunded_fen], ['refunded', 1500]);
  await assert.rejects(
    channel.refund(refundOf(order.order_number, 'RLOST00002', 1)),
    isProblem('payment/channel-refused', 'NOT_ENOUGH'),
  );
});

test('a closed order cannot be paid, a paid one stays paid, and a late payment is told', async () => {
  const order = newOrder();
  await channel.close('W-never-made');
  await channel.prepay(order);
  await channel.close(order.order_number);
  await channel.close(order.order_number);
  assert.equal((await channel.query(order.order_number)).state, 'closed');
  assert.equal(await sandbox.pay(order.order_number), false);
  await sandbox.payLate(order.order_number);
  assert.ok(await channel.readCallback(arrived.at(-1) ?? assert.fail()));
  assert.equal((await channel.query(order.order_number)).state, 'paid');
  await channel.close(order.order_number);
  assert.equal((await channel.query(order.order_number)).state, 'paid');
  const slow = newOrder();
  await channel.prepay(slow);
  pass(601);
  assert.equal(await sandbox.pay(slow.order_number), false);
  assert.equal((await channel.query(slow.order_number)).state, 'closed');
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
  acknowledges = false;
  await paidOrder();
  acknowledges = true;
});

test('refunds: one number is one refund, however many ask, and each ending is told apart', async () => {
  const number = await paidOrder();
  assert.equal((await channel.queryRefund(refundOf(number, 'R000000'))).state, 'unknown');
  sandbox.holdRefunds();
  const race = await Promise.all(
    [1, 2, 3, 4].map(() => channel.refund(refundOf(number, 'R000001', 500))),
  );
  assert.deepEqual(new Set(race.map((one) => one.state)), new Set(['processing']));
  assert.equal(new Set(race.map((one) => one.refund_id)).size, 1);
  await assert.rejects(
    channel.refund(refundOf(number, 'R000001', 600)),
    isProblem('payment/channel-refused', 'INVALID_REQUEST'),
  );
  await channel.refund(refundOf(number, 'R000002', 500));
  await channel.refund(refundOf(number, 'R000003', 500));
  sandbox.failRefund('abnormal', 'R000002');
  sandbox.failRefund('closed', 'R000003');
  const from = arrived.length;
  await sandbox.settleRefunds();
  const told = await Promise.all(arrived.slice(from).map((call) => channel.readCallback(call)));
  assert.deepEqual(
    told,
    [1, 2, 3].map((one) => ({
      about: 'refund',
      order_number: number,
      refund_number: `R00000${one}`,
    })),
  );
  const states = await Promise.all(
    [1, 2, 3].map((one) => channel.queryRefund(refundOf(number, `R00000${one}`))),
  );
  assert.deepEqual(
    states.map((one) => [one.state, one.refunded_fen]),
    [
      ['refunded', 500],
      ['abnormal', null],
      ['closed', null],
    ],
  );
  assert.equal((await channel.query(number)).state, 'refunded');
});

test('the statement of a day is read to the fen, refunds included, and checked by its hash', async () => {
  clock.set(new Date('2026-12-01T02:00:00Z'));
  const [one, two] = [await paidOrder(), await paidOrder(29_900)];
  pass(60);
  await channel.refund(refundOf(one, 'RBILL0001', 1001));
  await settled();
  clock.set(new Date('2026-12-01T16:00:01Z'));
  const next = await paidOrder();
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
  assert.deepEqual(
    (await channel.statement('2026-12-02')).map((line) => line.order_number),
    [next],
  );
  assert.deepEqual(await channel.statement('2026-11-25'), []);
  await assert.rejects(
    channel.statement('2026-12-03'),
    isProblem('payment/channel-unavailable', 'statement-not-made'),
  );
  const liar: typeof fetch = async (url, init) => {
    const reply = await fetch(url, init);
    if (!String(url).includes('billdownload')) return reply;
    return new Response((await reply.text()).replace('15.00', '15.01'));
  };
  await assert.rejects(
    createWechatChannel({ clock, network: liar }, settingOf()).statement('2026-12-01'),
    isProblem('payment/channel-unavailable', 'statement-hash'),
  );
});

test('a statement that is cut, foreign or of a new kind is refused as a whole', () => {
  const row = (values: string[]): string => values.map((value) => `\`${value}`).join(',');
  const names =
    '交易时间,商户号,微信订单号,商户订单号,交易状态,商户退款单号,退款状态,商品名称,订单金额,申请退款金额';
  const paid = [
    '2026-12-01 10:00:00',
    'm',
    '42',
    'W1',
    'SUCCESS',
    '0',
    '',
    '挂号,加号',
    '15.00',
    '0.00',
  ];
  const sums = ['总交易单数,应结订单总金额', row(['1', '15.00'])];
  const read = (lines: string[]) => readWechatBill(lines.join('\r\n'), 'm');
  assert.equal(read([names, row(paid), ...sums])[0]?.amount_fen, 1500, 'a comma in a name is one');
  assert.throws(() => read([names, row(paid)]), /cut off/);
  assert.throws(() => read([names, row(paid), row(paid), ...sums]), /counts other lines/);
  assert.throws(() => readWechatBill([names, row(paid), ...sums].join('\n'), 'n'), /merchant/);
  assert.throws(() => read([names, row(paid.with(4, 'NEW')), ...sums]), /unknown state/);
  assert.throws(
    () => read([names.replace('订单金额', '金额'), row(paid), ...sums]),
    /column 订单金额/,
  );
});
