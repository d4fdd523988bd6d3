import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { paymentWorld } from '../../test/support/payments.ts';
import { changeVisitCategory, payVisitCash, refundVisitCash } from '../booking/pay-visit.ts';
import { step } from '../booking/step.ts';
import { stopStock } from '../booking/store-stock.ts';
import { sql } from '../platform/sql.ts';
import { Problem } from '../platform/problem.ts';
import { channelUnavailable } from './errors.ts';
import { takeCallback } from './callback.ts';
import { writeFeeItem } from './price-rules.ts';
import { keepScan, writePriceRule } from './price-rules.ts';

let world: Awaited<ReturnType<typeof paymentWorld>>;
before(async () => {
  world = await paymentWorld('payment');
});
after(() => world.stop());

const code = (expected: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, expected, String(error)) ?? true;
const act = (name: Parameters<typeof step>[1], appointment_id: string) =>
  step(world.ctx, name, { appointment_id, actor: 'test', idempotency: world.key() });
const silent = () => new Problem(channelUnavailable);
const clean = async () => assert.deepEqual(await world.swept(), []);

test('[R015] a hold is paid within ten minutes and is a booked visit then, with who paid', async () => {
  const visit = await world.visit();
  const way = await world.way(visit.appointment_id);
  assert.equal((await world.money(visit.appointment_id)).state, 'paying');
  // Asking again gives the same way, not a second order at the channel.
  assert.deepEqual(await world.way(visit.appointment_id), way);
  world.wechat.pays(way);
  await world.pass(5);
  assert.equal(await world.statusOf(visit.appointment_id), 'booked');
  const money = await world.money(visit.appointment_id);
  assert.equal(money.state, 'paid');
  assert.equal(money.paid_fen, 6000);
  assert.deepEqual(money.lines, [
    { code: 'consultation', name: '诊疗费', amount_fen: 5900 },
    { code: 'registration', name: '挂号费', amount_fen: 100 },
  ]);
  const { payer_reference } = await world.ctx.db.one<{ payer_reference: string }>(sql`
    select payer_reference from booking.appointment where id = ${visit.appointment_id}`);
  assert.match(payer_reference, /^[0-9a-f]{64}$/);
  await clean();
});

test('a verified callback only causes a question: a forged one nothing, a repeated one nothing more', async () => {
  const visit = await world.visit();
  const order_number = world.wechat.pays(await world.way(visit.appointment_id));
  const true_call = world.wechat.callback({ about: 'payment', order_number });
  const call = { channel: 'wechat' as const, ...true_call };
  const forged = { ...call, headers: { 'x-sign': 'no' } };
  await assert.rejects(takeCallback(world.ctx, forged), code('payment/callback-refused'));
  await Promise.all([1, 2, 3, 4].map(() => takeCallback(world.ctx, call)));
  await world.settle();
  await takeCallback(world.ctx, call);
  const money = await world.money(visit.appointment_id);
  assert.deepEqual([money.state, money.paid_fen], ['paid', 6000]);
  // Said to be paid, but the channel does not confirm it: nothing is believed.
  const other = await world.visit();
  await world.way(other.appointment_id);
  const [number = ''] = [...world.wechat.orders.keys()].slice(-1);
  await takeCallback(world.ctx, {
    channel: 'wechat',
    ...world.wechat.callback({ about: 'payment', order_number: number }),
  });
  assert.equal((await world.money(other.appointment_id)).paid_fen, 0);
  await clean();
});

test('[R015] a hold that lapses is closed at its channel before its number is given away', async () => {
  const visit = await world.visit();
  const way = await world.way(visit.appointment_id);
  world.wechat.calls.length = 0;
  world.wechat.fails('query', 'before', silent());
  world.wechat.fails('close', 'before', silent());
  await world.pass(601);
  // The channel was silent once; then it closed, and only then the number went.
  await world.pass(60);
  assert.equal(await world.statusOf(visit.appointment_id), 'lapsed');
  assert.equal((await world.money(visit.appointment_id)).state, 'closed');
  assert.throws(() => world.wechat.pays(way), /lets nobody pay/);
  await clean();
});

test('while the channel is silent, the number of a lapsed hold waits, but not for ever', async () => {
  const [visit, other] = [await world.visit(), await world.visit()];
  for (const { appointment_id } of [visit, other]) await world.way(appointment_id);
  world.wechat.falls('silent');
  await world.pass(700);
  assert.equal(await world.statusOf(visit.appointment_id), 'held');
  world.wechat.falls('well');
  await world.pass(1);
  assert.equal(await world.statusOf(visit.appointment_id), 'lapsed');
  const third = await world.visit();
  await world.way(third.appointment_id);
  world.wechat.falls('silent');
  await world.pass(2500);
  assert.equal(await world.statusOf(third.appointment_id), 'lapsed');
  world.wechat.falls('well');
  await world.pass(400);
  await clean();
});

test('a hold that turns out paid when it lapses is confirmed instead', async () => {
  const visit = await world.visit();
  world.wechat.pays(await world.way(visit.appointment_id));
  world.later(601);
  await world.settle();
  assert.equal(await world.statusOf(visit.appointment_id), 'booked');
  assert.equal((await world.money(visit.appointment_id)).state, 'paid');
  await clean();
});

test('paid after the number was given back: the very number again when it is still free', async () => {
  const visit = await world.visit();
  const way = (await world.way(visit.appointment_id)) as { code_url: string };
  await world.pass(700);
  assert.equal(await world.statusOf(visit.appointment_id), 'lapsed');
  const order_number = way.code_url.replace('pay://', '');
  world.wechat.paysLate(order_number);
  const late = world.wechat.callback({ about: 'payment', order_number });
  await takeCallback(world.ctx, { channel: 'wechat', ...late });
  await world.settle();
  const money = await world.money(visit.appointment_id);
  assert.equal(money.state, 'paid');
  assert.notEqual(money.appointment_id, visit.appointment_id);
  const seat = await world.ctx.db.one<{ slot_id: string; status: string }>(
    sql`select slot_id, status from booking.appointment where id = ${money.appointment_id}`,
  );
  assert.deepEqual(seat, { slot_id: visit.slot_id, status: 'booked' });
  await clean();
});

test('paid after the number went to another: all of it goes back by itself, and the person is told', async () => {
  const session = await world.session({ numbers: 1, period: 'afternoon', service: 'other', released: ['online'] }); // prettier-ignore
  const visit = await world.visit('held', session);
  const way = (await world.way(visit.appointment_id)) as { code_url: string };
  await world.pass(700);
  await world.ctx.db.run(
    sql`update booking.slot set state = 'free', cooling_until = null where id = ${visit.slot_id}`,
  );
  await world.visit('booked', session);
  const order_number = way.code_url.replace('pay://', '');
  world.wechat.paysLate(order_number);
  const late = world.wechat.callback({ about: 'payment', order_number });
  await takeCallback(world.ctx, { channel: 'wechat', ...late });
  await world.settle();
  const money = await world.money(visit.appointment_id);
  assert.deepEqual([money.state, money.refunded_fen, money.end_reason], ['refunded', 6000, 'lost']);
  const told = await world.ctx.db.many(sql`
    select from platform.event where name = 'booking.visit.payment-refused'
      and payload ->> 'appointment_id' = ${visit.appointment_id}`);
  assert.equal(told.length, 1);
  await clean();
});

test('[R018] a cancelled visit is refunded in full by the way it was paid, when it can no longer be undone', async () => {
  const visit = await world.visit();
  world.alipay.pays(await world.way(visit.appointment_id, 'alipay'));
  await world.pass(5);
  const held = world.alipay.holds();
  await act('cancel', visit.appointment_id);
  await world.pass(500);
  assert.equal((await world.money(visit.appointment_id)).state, 'paid');
  await world.pass(140);
  const money = await world.money(visit.appointment_id);
  assert.deepEqual([money.state, money.refunded_fen], ['refunded', 6000]);
  assert.deepEqual([money.refunds[0]?.channel, world.alipay.holds()], ['alipay', held - 6000]);
  await clean();
});

test('a cancellation that is undone costs nothing and keeps its payment', async () => {
  const visit = await world.visit();
  world.wechat.pays(await world.way(visit.appointment_id));
  await world.pass(5);
  await act('cancel', visit.appointment_id);
  await world.pass(60);
  await act('restore', visit.appointment_id);
  await world.pass(1200);
  assert.equal((await world.money(visit.appointment_id)).state, 'paid');
  await clean();
});

test('停诊 and 爽约: a visit not begun is refunded in full at once', async () => {
  const session = await world.session({ numbers: 2, service: 'other', released: ['online'] });
  const [first, second] = [
    await world.visit('held', session),
    await world.visit('booked', session),
  ];
  for (const visit of [first, second]) world.wechat.pays(await world.way(visit.appointment_id));
  await world.pass(5);
  await act('noShow', first.appointment_id);
  await world.ctx.db.tx((tx) =>
    stopStock(tx, { session_id: session, at: world.ctx.clock.now(), actor: 'test' }),
  );
  await world.settle();
  for (const { appointment_id } of [first, second]) {
    const money = await world.money(appointment_id);
    assert.deepEqual([money.state, money.refunded_fen], ['refunded', 6000]);
  }
  await clean();
});

test('two ways to pay are never open at once; money paid twice goes back', async () => {
  const visit = await world.visit('booked');
  const first = (await world.way(visit.appointment_id, 'wechat')) as {
    kind: string;
    code_url: string;
  };
  const second = await world.way(visit.appointment_id, 'alipay');
  assert.throws(() => world.wechat.pays(first), /lets nobody pay/);
  world.alipay.pays(second);
  await world.pass(5);
  // A channel that took the closed one after all.
  const order_number = first.code_url.replace('pay://', '');
  world.wechat.paysLate(order_number);
  const late = world.wechat.callback({ about: 'payment', order_number });
  await takeCallback(world.ctx, { channel: 'wechat', ...late });
  await world.settle();
  const money = await world.money(visit.appointment_id);
  assert.deepEqual([money.state, money.paid_fen, money.refunded_fen], ['paid', 12000, 6000]);
  assert.equal(money.refunds[0]?.channel, 'wechat');
  await clean();
});

test('many at once: people press pay, callbacks repeat, loops run; one payment comes of it', async () => {
  const visit = await world.visit();
  const ways = await Promise.all(Array.from({ length: 8 }, () => world.way(visit.appointment_id)));
  assert.equal(new Set(ways.map((way) => JSON.stringify(way))).size, 1);
  const order_number = world.wechat.pays(ways[0]);
  const call = world.wechat.callback({ about: 'payment', order_number });
  await Promise.all([
    ...Array.from({ length: 8 }, () => takeCallback(world.ctx, { channel: 'wechat', ...call })),
    act('cancel', visit.appointment_id).catch(() => undefined),
    world.settle(),
  ]);
  await world.pass(900);
  const money = await world.money(visit.appointment_id);
  const status = await world.statusOf(visit.appointment_id);
  // Whoever came first: paid and booked, or cancelled and given back.
  if (status === 'cancelled')
    assert.deepEqual([money.state, money.refunded_fen], ['refunded', 6000]);
  else assert.deepEqual([status, money.state, money.paid_fen], ['booked', 'paid', 6000]);
  await clean();
});

test('a refund that the channel takes slowly, loses once and then cannot make ends with a person', async () => {
  const visit = await world.visit();
  world.wechat.pays(await world.way(visit.appointment_id));
  await world.pass(5);
  world.wechat.refundsAre('processing');
  world.wechat.fails('refund', 'after', silent());
  await act('cancel', visit.appointment_id);
  world.later(640);
  await world.settle();
  await world.pass(60);
  assert.equal((await world.money(visit.appointment_id)).refunds[0]?.state, 'processing');
  world.wechat.refundsAre('abnormal');
  await world.pass(600);
  assert.equal((await world.money(visit.appointment_id)).refunds[0]?.state, 'abnormal');
  const items = await world.ctx.db.many<{ id: string }>(
    sql`select id from payment.reconciliation_item where kind = 'refund' and state = 'open'`,
  );
  assert.equal(items.length, 1);
  await clean();
  world.wechat.refundsAre('refunded');
});

test('cash is taken once and handed back once, by receipt; money paid online is not handed out', async () => {
  const visit = await world.visit('booked');
  const at = { ...world.by, appointment_id: visit.appointment_id };
  await world.way(visit.appointment_id);
  await payVisitCash(world.ctx, { ...at, receipt_number: 'A-1' });
  await assert.rejects(
    payVisitCash(world.ctx, { ...at, receipt_number: 'A-2' }),
    code('payment/nothing-due'),
  );
  const other = await world.visit('held');
  await assert.rejects(
    payVisitCash(world.ctx, { ...world.by, appointment_id: other.appointment_id, receipt_number: 'A-1' }), // prettier-ignore
    code('payment/receipt-used'),
  );
  await payVisitCash(world.ctx, { ...world.by, appointment_id: other.appointment_id, receipt_number: 'A-3' }); // prettier-ignore
  await world.settle();
  assert.equal(await world.statusOf(other.appointment_id), 'booked');
  await assert.rejects(
    refundVisitCash(world.ctx, { ...at, receipt_number: 'B-1' }),
    code('payment/no-cash-refund'),
  );
  await act('cancel', visit.appointment_id);
  await world.pass(640);
  const results = await Promise.allSettled(
    ['B-2', 'B-3'].map((receipt_number) => refundVisitCash(world.ctx, { ...at, receipt_number })),
  );
  assert.deepEqual(results.map((one) => one.status).sort(), ['fulfilled', 'rejected']);
  assert.equal((await world.money(visit.appointment_id)).state, 'refunded');
  await clean();
});

test('费别 changes until check-in without losing the number: reversed and re-settled in one order', async () => {
  const { healthcare_service_id } = world.services.chief;
  await writeFeeItem(world.ctx, {
    hospital_id: world.hospital_id,
    healthcare_service_id,
    code: 'consultation',
    name: '诊疗费',
    self_pay_fen: 5900,
    insured_fen: 1900,
    effective_from: '2026-11-24',
    actor: 'staff:test',
  });
  const visit = await world.visit();
  world.wechat.pays(await world.way(visit.appointment_id));
  await world.pass(5);
  const change = (category: 'self_pay' | 'insured') =>
    changeVisitCategory(world.ctx, {
      ...world.by,
      appointment_id: visit.appointment_id,
      category,
    });
  await change('insured');
  await world.pass(30);
  const cheaper = await world.money(visit.appointment_id);
  assert.deepEqual([cheaper.state, cheaper.amount_fen, cheaper.refunded_fen], ['paid', 2000, 4000]);
  await change('self_pay');
  const dearer = await world.money(visit.appointment_id);
  assert.deepEqual([dearer.state, dearer.due_fen], ['open', 4000]);
  world.alipay.pays(await world.way(visit.appointment_id, 'alipay'));
  await world.pass(5);
  const again = await world.money(visit.appointment_id);
  assert.deepEqual([again.state, again.paid_fen, again.refunded_fen], ['paid', 10000, 4000]);
  const { slot_id, status } = await world.ctx.db.one<{ slot_id: string; status: string }>(
    sql`select slot_id, status from booking.appointment where id = ${visit.appointment_id}`,
  );
  assert.deepEqual([slot_id, status], [visit.slot_id, 'booked']);
  await clean();
  await act('cancel', visit.appointment_id);
  await world.pass(700);
  const back = await world.money(visit.appointment_id);
  assert.deepEqual([back.state, back.refunded_fen], ['refunded', 10000]);
  await clean();
});

test('nothing is kept of a visit not begun unless a price document says so', async () => {
  const rule = {
    hospital_id: world.hospital_id,
    kept_percent: 20,
    minutes_before: 24 * 60,
    document_number: null,
    scan_sha256: null,
    effective_from: '2026-11-25',
    actor: 'staff:test',
  };
  const refused = code('payment/forfeit-needs-document');
  await assert.rejects(writePriceRule(world.ctx, rule), refused);
  const numbered = { ...rule, document_number: '示例价字〔2026〕1号' };
  await assert.rejects(writePriceRule(world.ctx, numbered), refused);
  const made_up = { ...numbered, scan_sha256: 'a'.repeat(64) };
  await assert.rejects(writePriceRule(world.ctx, made_up), refused);
  const { hospital_id } = world;
  const bytes = new TextEncoder().encode('%PDF-1.7 示例');
  await assert.rejects(
    keepScan(world.ctx, { hospital_id, bytes: new Uint8Array([1, 2, 3]), actor: 'x' }),
    code('payment/scan-invalid'),
  );
  const { scan_sha256 } = await keepScan(world.ctx, { hospital_id, bytes, actor: 'staff:test' });
  await writePriceRule(world.ctx, { ...numbered, scan_sha256 });
  const [early, late, stopped] = [await world.visit(), await world.visit(), await world.visit()];
  for (const visit of [early, late, stopped])
    world.wechat.pays(await world.way(visit.appointment_id));
  await world.pass(5);
  await act('cancel', early.appointment_id);
  await world.pass(700);
  assert.equal((await world.money(early.appointment_id)).refunded_fen, 6000);
  world.ctx.clock.set(new Date('2026-11-26T12:00:00Z'));
  await act('cancel', late.appointment_id);
  await world.pass(700);
  const money = await world.money(late.appointment_id);
  assert.deepEqual([money.state, money.refunded_fen, money.kept_fen], ['refunded', 4800, 1200]);
  await clean();
});
