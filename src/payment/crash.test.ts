import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { paymentWorld } from '../../test/support/payments.ts';
import { createBookingHot } from '../booking/index.ts';
import { step } from '../booking/step.ts';
import type { Db } from '../platform/db.ts';
import { createPayment } from './payment.ts';
import { tickPayment } from './tick.ts';
import type { PaymentChannel } from './types.ts';

let world: Awaited<ReturnType<typeof paymentWorld>>;
before(async () => {
  world = await paymentWorld('crash');
});
after(() => world.stop());

/**
 * A process that dies right after its n-th dealing with database or channel, before it hears the
 * answer: from then on nothing it does has any effect.
 */
function mortal(n: number) {
  let dealings = 0;
  let dead = false;
  const deal = async <T>(work: () => Promise<T>): Promise<T> => {
    if (dead) throw new Error('dead');
    const last = ++dealings === n;
    if (last) dead = true;
    const done = await work();
    if (last) throw new Error('dies');
    return done;
  };
  const { db: real } = world.ctx;
  const db: Db = {
    ...real,
    many: (statement) => deal(() => real.many(statement)) as Promise<never>,
    maybe: (statement) => deal(() => real.maybe(statement)) as Promise<never>,
    one: (statement) => deal(() => real.one(statement)) as Promise<never>,
    run: (statement) => deal(() => real.run(statement)),
    tx: (work) => deal(() => real.tx(work)),
  };
  const { channel: of } = world.wechat;
  const channel: PaymentChannel = {
    ...of,
    query: (number) => deal(() => of.query(number)),
    close: (number) => deal(() => of.close(number)),
    refund: (wanted) => deal(() => of.refund(wanted)),
    queryRefund: (about) => deal(() => of.queryRefund(about)),
  };
  const payment = createPayment({}, { channels: [channel] });
  const ctx = { ...world.ctx, db, payment, bookingHot: createBookingHot(db) };
  return { ctx, died: () => dead };
}

/** Dies at every step in turn, and starts again from the database each time. */
async function dieEverywhere(
  begin: () => Promise<string>,
  check: (appointment_id: string) => Promise<void>,
): Promise<number> {
  for (let n = 1; ; n++) {
    const appointment_id = await begin();
    const { ctx, died } = mortal(n);
    await round(ctx).catch(() => undefined);
    // The lease of the dead process runs out; another takes over.
    world.later(120);
    await round(world.ctx);
    await check(appointment_id);
    if (!died()) return n;
  }
}

/** What runs all the time: events, the loop of money, events again. */
async function round(ctx: typeof world.ctx): Promise<void> {
  await tickPayment(ctx);
  await world.drain(ctx);
}

const paid = async (): Promise<string> => {
  const { appointment_id } = await world.visit();
  world.wechat.pays(await world.way(appointment_id));
  world.later(5);
  return appointment_id;
};

test('wherever it crashes between pay and confirm, the paid visit is booked and no yuan lost', async () => {
  let visits = 0;
  const steps = await dieEverywhere(paid, async (appointment_id) => {
    visits++;
    assert.equal(await world.statusOf(appointment_id), 'booked');
    const money = await world.money(appointment_id);
    assert.deepEqual([money.state, money.paid_fen], ['paid', 6000]);
  });
  assert.ok(steps > 8, `${steps} steps`);
  assert.equal(world.wechat.holds(), visits * 6000);
  assert.deepEqual(await world.swept(), []);
});

test('wherever it crashes between a refund asked and noted, it is refunded once', async () => {
  const held = world.wechat.holds();
  const steps = await dieEverywhere(
    async () => {
      const appointment_id = await paid();
      await world.settle();
      await step(world.ctx, 'cancel', {
        appointment_id,
        actor: 'test',
        idempotency: world.key(),
      });
      await world.drain();
      world.later(640);
      return appointment_id;
    },
    async (appointment_id) => {
      const money = await world.money(appointment_id);
      assert.deepEqual([money.state, money.refunded_fen], ['refunded', 6000]);
    },
  );
  assert.ok(steps > 5, `${steps} steps`);
  assert.equal(world.wechat.holds(), held);
  assert.deepEqual(await world.swept(), []);
});
