import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { paymentWorld } from '../../test/support/payments.ts';
import { recordArchive } from '../identity/index.ts';
import { listBills } from '../payment/index.ts';
import { sql } from '../platform/sql.ts';
import { createHisClient } from './client.ts';
import { pullBills, reconcileDays, retryBills, tellMoney } from './money.ts';
import { createHisSimulator, type HisSimulator } from './simulator.ts';
import { openWorkItems } from './store.ts';
import type { HisLink } from './sync.ts';

/* Bills and money between a hospital's own system and ours, over its signed contract. */

let world: Awaited<ReturnType<typeof paymentWorld>>;
let his: HisSimulator;
let link: HisLink;
const secret = Buffer.alloc(32, 9);

before(async () => {
  world = await paymentWorld('his-money');
  his = createHisSimulator({ secret, clock: world.ctx.clock });
  const base_url = await his.app.listen({ host: '127.0.0.1', port: 0 });
  const client = createHisClient({ ...world.ctx, base_url, secret, timeout_ms: 2_000 });
  link = { hospital_id: world.hospital_id, client };
});
after(async () => {
  await his.app.close();
  await world.stop();
});

const bill = (bill_id: string, archive_number: string, amount_fen = 4200) => ({
  ...{ bill_id, archive_number, issued_at: '2026-11-24T01:30:00.000Z' },
  lines: [{ code: 'XCG', name: '血常规', amount_fen }],
});
async function withArchive(number: string): Promise<string> {
  const { patient_id } = await world.person();
  const { hospital_id } = world;
  await recordArchive(world.ctx, {
    ...{ hospital_id, patient_id, number, source: 'his', actor: 'system:his' },
  });
  return patient_id;
}
const billsOf = async (patient_id: string) =>
  (await listBills(world.ctx, [patient_id])).map(({ his_id, state, amount_fen }) => [
    ...[his_id, state, amount_fen],
  ]);
const work = async () =>
  (await openWorkItems(world.ctx.db, world.hospital_id)).map(({ kind, number_id }) => [
    ...[kind, number_id],
  ]);

test('bills of the hospital’s own system arrive, change and are withdrawn; a bill of nobody waits on the work list', async () => {
  const patient_id = await withArchive('MZ0001');
  his.money.issue(bill('B1', 'MZ-0001'));
  his.money.issue(bill('B2', 'MZ0002'));
  await pullBills(world.ctx, link);
  assert.deepEqual(await billsOf(patient_id), [['B1', 'unpaid', 4200]]);
  assert.deepEqual(await work(), [['bill-unknown-person', 'B2']]);
  his.money.issue(bill('B1', 'MZ0001', 5000));
  await pullBills(world.ctx, link);
  assert.deepEqual(await billsOf(patient_id), [['B1', 'unpaid', 5000]]);
  his.money.withdraw('B1');
  his.money.withdraw('never-sent');
  assert.equal(await pullBills(world.ctx, link), 1);
  assert.equal(await pullBills(world.ctx, link), 0, 'what is known is not taken again');
  assert.deepEqual(await billsOf(patient_id), [['B1', 'withdrawn', 5000]]);
  const other = await withArchive('MZ0002');
  assert.equal(await retryBills(world.ctx, link), 1);
  assert.deepEqual(await billsOf(other), [['B2', 'unpaid', 4200]]);
  assert.deepEqual(await work(), []);
});

/** A visit of 60 yuan paid by WeChat; its payment's number. */
async function paid(): Promise<string> {
  const { appointment_id } = await world.visit();
  const number = world.wechat.pays(await world.way(appointment_id));
  await world.pass(5);
  return number;
}

test('the hospital’s system hears of each payment once, and its list of the day is compared: amounts that differ, lines missing and lines too many become work', async () => {
  const numbers = [await paid(), await paid(), await paid()];
  his.swallowAnswers(1);
  await assert.rejects(tellMoney(world.ctx, link));
  await tellMoney(world.ctx, link);
  assert.equal(await tellMoney(world.ctx, link), 0);
  assert.deepEqual(
    his.money.lines.map((line) => [line.order_number, line.amount_fen]),
    numbers.map((number) => [number, 6000]),
  );
  assert.deepEqual(await reconcileDays(world.ctx, link), [], 'the day is not over');
  const [wrong] = his.money.lines;
  if (wrong) wrong.amount_fen = 5900;
  his.money.lines.splice(1, 1);
  his.money.note({
    ...{ order_number: 'HIS-ONLY', refund_number: null, amount_fen: 800, channel: 'cash' },
    ...{ bill_id: null, order_id: null, at: world.ctx.clock.now().toISOString() },
  });
  await world.pass(86_400);
  assert.deepEqual(await reconcileDays(world.ctx, link), ['2026-11-24']);
  assert.deepEqual(await reconcileDays(world.ctx, link), [], 'once a day');
  const items = await world.ctx.db.many(sql`
    select kind, order_number, ours_fen, theirs_fen from payment.reconciliation_item
    where side = 'his' and state = 'open' order by kind`);
  assert.deepEqual(items, [
    { kind: 'amount', order_number: numbers[0], ours_fen: 6000, theirs_fen: 5900 },
    { kind: 'shortage', order_number: numbers[1], ours_fen: 6000, theirs_fen: null },
    { kind: 'surplus', order_number: 'HIS-ONLY', ours_fen: null, theirs_fen: 800 },
  ]);
});

test('a hospital’s system that is silent loses nothing: the day is compared when it answers', async () => {
  await paid();
  await world.pass(86_400);
  const deaf = {
    ...link,
    client: { ...link.client, statement: () => Promise.reject(new Error()) },
  };
  await assert.rejects(reconcileDays(world.ctx, deaf));
  await tellMoney(world.ctx, link);
  assert.deepEqual(await reconcileDays(world.ctx, link), ['2026-11-25']);
});
