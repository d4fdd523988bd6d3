import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { paymentWorld } from '../../test/support/payments.ts';
import { sql } from '../platform/sql.ts';
import { receiveBill, openBillOrder, withdrawBill, listBills } from './bills.ts';
import { pay } from './pay.ts';
import { reconcile, reconcileHis, readReconciliations, settleItem } from './reconcile.ts';
import { selectItems } from './store-reconcile.ts';

let world: Awaited<ReturnType<typeof paymentWorld>>;
before(async () => {
  world = await paymentWorld('sweep');
});
after(() => world.stop());

const code = (expected: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, expected, String(error)) ?? true;

/** A visit that is paid for and booked. */
async function paid(): Promise<{ appointment_id: string; order_id: string; number: string }> {
  const { appointment_id } = await world.visit();
  const number = world.wechat.pays(await world.way(appointment_id));
  await world.pass(5);
  return { appointment_id, number, order_id: (await world.money(appointment_id)).order_id };
}

test('门诊缴费: a bill of the hospital system is paid by the same orders and told back once', async () => {
  const { patient_id } = await world.person();
  const { hospital_id } = world;
  const bill = {
    hospital_id,
    his_id: 'MZ-1',
    patient_id,
    lines: [
      { code: 'lab', name: '检验费', amount_fen: 3200 },
      { code: 'lab', name: '检验费', amount_fen: 1800 },
    ],
    issued_at: world.ctx.clock.now(),
  };
  const { bill_id } = await receiveBill(world.ctx, bill);
  assert.deepEqual(await receiveBill(world.ctx, bill), { bill_id });
  const mine = { bill_id, patient_ids: [patient_id], account_id: patient_id };
  await assert.rejects(
    openBillOrder(world.ctx, { ...mine, patient_ids: [] }),
    code('payment/bill-unknown'),
  );
  const order = await openBillOrder(world.ctx, mine);
  const [line] = bill.lines;
  await assert.rejects(
    receiveBill(world.ctx, { ...bill, lines: [line as (typeof bill.lines)[0]] }),
    code('payment/bill-in-payment'),
  );
  const how = { order_id: order.id, channel: 'alipay' as const, openid: null, actor: 'account:x' };
  const paying = await pay(world.ctx, how);
  world.alipay.pays(paying.state === 'paying' ? paying.way : null);
  await world.pass(5);
  const [now] = await listBills(world.ctx, [patient_id]);
  assert.deepEqual([now?.state, now?.amount_fen], ['paid', 5000]);
  const told = await world.ctx.db.many(
    sql`select from platform.event where name = 'payment.bill.paid'`,
  );
  assert.equal(told.length, 1);
  await withdrawBill(world.ctx, { hospital_id, his_id: 'MZ-1' });
  await world.pass(5);
  assert.equal(world.alipay.holds(), 0);
  assert.deepEqual(await world.swept(), []);
});

test('the daily comparison finds every planted difference, once, and keeps it until a person settles it', async () => {
  const [same, ours, less] = [await paid(), await paid(), await paid()];
  const order = world.wechat.orders.get(less.number);
  if (order) order.amount_fen = 5000;
  world.wechat.orders.delete(ours.number);
  const theirs = { order_number: 'P-of-nobody', refund_number: null, transaction_id: 'T1', amount_fen: 900, at: world.ctx.clock.now() }; // prettier-ignore
  world.wechat.extra.push(theirs, { ...theirs, order_number: same.number, amount_fen: 6000 });
  const date = '2026-11-24';
  // By itself, after nine on the next day.
  world.ctx.clock.set(new Date('2026-11-25T00:59:00Z'));
  await world.settle();
  const work = () => selectItems(world.ctx.db, { hospital_id: world.hospital_id, from: date });
  assert.equal((await work()).length, 0);
  await world.pass(700);
  const found = await work();
  assert.deepEqual(
    found.map((item) => [item.kind, item.order_number, item.ours_fen, item.theirs_fen]).sort(),
    [
      ['amount', less.number, 6000, 5000],
      ['repeated', same.number, 6000, 6000],
      ['shortage', ours.number, 6000, null],
      ['surplus', 'P-of-nobody', null, 900],
    ],
  );
  assert.equal(await reconcile(world.ctx, { date }), 0);
  const settle = {
    item_id: found[0]?.item_id ?? '',
    hospital_id: world.hospital_id,
    how: 'explained' as const,
    note: '渠道次日补记',
    actor: 'staff:cashier',
  };
  await settleItem(world.ctx, settle);
  await assert.rejects(settleItem(world.ctx, settle), code('payment/item-unknown'));
  const { runs, items } = await readReconciliations(world.ctx, {
    hospital_id: world.hospital_id,
    from: date,
  });
  assert.equal(items.filter((item) => item.state === 'open').length, 3);
  const run = runs.find((one) => one.side === 'wechat');
  assert.deepEqual([run?.ours_count, run?.theirs_count, run?.ours_fen], [3, 4, 18000]);
});

test('the hospital system’s own list is the third side', async () => {
  const one = await paid();
  const date = '2026-11-25';
  const { hospital_id } = world;
  const line = { order_number: one.number, refund_number: null, amount_fen: 6000 };
  assert.equal(await reconcileHis(world.ctx, { hospital_id, date, lines: [line] }), 0);
  assert.equal(await reconcileHis(world.ctx, { hospital_id, date, lines: [] }), 1);
});

test('planted faults are found, each in words', async () => {
  assert.deepEqual(await world.swept(), []);
  const { db } = world.ctx;
  const faults: [string, (order_id: string, appointment_id: string) => Promise<unknown>][] = [
    [
      'paid-differs',
      (id) => db.run(sql`update payment.attempt set paid_fen = 5999 where order_id = ${id}`),
    ],
    [
      'income-differs',
      (id) => db.run(sql`update payment.payment_order set charged_fen = 1 where id = ${id}`),
    ],
    [
      'movement-unbalanced',
      (id) =>
        db.run(sql`delete from payment.ledger_entry where order_id = ${id} and account = 'patient'
        and kind = 'charge'`),
    ],
    [
      'lines-differ',
      (id) => db.run(sql`delete from payment.order_line where order_id = ${id} and code = 'registration'`), // prettier-ignore
    ],
    [
      'paid-unanswered',
      (id) =>
        db.run(sql`update payment.payment_order set answered_at = null,
        paid_at = paid_at - interval '1 hour', told_at = now() where id = ${id}`),
    ],
    [
      'paid-without-visit',
      (_id, appointment) =>
        db.run(sql`insert into platform.event (id, name, subject, version, actor, payload, occurred_at)
        values (uuidv7(), 'booking.visit.lapsed', ${`planted:${appointment}`}, 1, 'x',
          ${JSON.stringify({ appointment_id: appointment })}, ${new Date(world.ctx.clock.now().getTime() + 1)})`),
    ],
    [
      'event-missing',
      (id) => db.run(sql`delete from platform.event where subject = ${`order:${id}`} and version = 2`), // prettier-ignore
    ],
    [
      'refund-above-paid',
      (id) =>
        db.run(sql`insert into payment.refund (id, order_id, attempt_id, hospital_id, number, channel,
          amount_fen, reason, asked_at, asked_by, next_try_at)
        select uuidv7(), order_id, id, hospital_id, 'R-planted', 'cash', 7000, 'x', now(), 'x', now()
        from payment.attempt where order_id = ${id}`),
    ],
  ];
  const orders = [];
  for (const _ of faults) orders.push(await paid());
  await db.run(sql`alter table payment.ledger_entry disable trigger user`);
  await db.run(sql`alter table platform.event disable trigger user`);
  for (const [n, [, plant]] of faults.entries())
    await plant(orders[n]?.order_id ?? '', orders[n]?.appointment_id ?? '');
  world.later(3600);
  const found = await world.swept();
  for (const [kind] of faults)
    assert.ok(
      found.some((finding) => finding.kind === kind),
      `${kind} is not among ${JSON.stringify(found)}`,
    );
});

test('the ledger refuses what does not add up, and is never changed', async () => {
  const one = await paid();
  const { db } = world.ctx;
  await db.run(sql`alter table payment.ledger_entry enable trigger user`);
  await assert.rejects(
    db.run(sql`insert into payment.ledger_entry (movement_id, kind, order_id, account, amount_fen,
      value_at, recorded_at, actor) values (uuidv7(), 'charge', ${one.order_id}, 'patient', 5, now(), now(), 'x')`),
    { constraint: 'ledger_sum_zero' },
  );
  await assert.rejects(db.run(sql`update payment.ledger_entry set amount_fen = 1`), /append-only/);
  await assert.rejects(
    db
      .run(
        sql`update payment.payment_order set state = 'open', paid_fen = 0 where id = ${one.order_id}
      and false is not null and state = 'paid'`,
      )
      .then(() =>
        db.run(sql`update payment.payment_order set state = 'refunded' where id = ${one.order_id}`),
      ),
    { constraint: 'payment_order_state_graph' },
  );
});
