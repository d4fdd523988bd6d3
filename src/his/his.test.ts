import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinicWorld, type ClinicWorld } from '../../test/support/clinic.ts';
import { book, moveVisit, releaseNumbers, step, type Asker } from '../booking/index.ts';
import { sql } from '../platform/sql.ts';
import { createHisClient, HisUnknown } from './client.ts';
import { hisSubscriptions, pushOrders } from './push.ts';
import { createHisSimulator, createSimulatedStock, type HisSimulator } from './simulator.ts';
import { openWorkItems } from './store.ts';
import { hisSchedules, syncHis, type HisLink } from './sync.ts';

let world: ClinicWorld;
let his: HisSimulator;
let link: HisLink;
let base_url: string;
const secret = Buffer.alloc(32, 7);

before(async () => {
  world = await clinicWorld('his');
  his = createHisSimulator({ secret, clock: world.ctx.clock });
  base_url = await his.app.listen({ host: '127.0.0.1', port: 0 });
  const client = createHisClient({ ...world.ctx, base_url, secret, timeout_ms: 2_000 });
  link = { hospital_id: world.hospital_id, client };
});
after(async () => {
  await his.app.close();
  await world.stop();
});

const web: Asker = {
  actor: 'account:test',
  channel: 'web',
  account_id: null,
  device_key_id: null,
  payer_reference: null,
  phone_index: null,
};
const code = (expected: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, expected, String(error)) ?? true;

/** A session that the HIS masters, with some numbers entrusted and released. */
async function hisSession(service_date: string, numbers: number, entrusted: number) {
  const session_id = await world.session({ numbers, service_date, master: 'his' });
  const schedules = await hisSchedules(world.ctx, world.hospital_id);
  const schedule_id = schedules.find((one) => one.session_id === session_id)?.schedule_id ?? '';
  his.stock.open(schedule_id, numbers);
  his.stock.entrust(schedule_id, entrusted);
  assert.deepEqual((await syncHis(world.ctx, link)).failed, []);
  await world.ctx.db.tx((tx) =>
    releaseNumbers(tx, {
      session_ids: [session_id],
      pools: ['online'],
      at: world.ctx.clock.now(),
      actor: 'test',
    }),
  );
  return { session_id, schedule_id };
}
async function bookOne(session_id: string, slot_id: string | null = null) {
  const { patient_id } = await world.person();
  return book(world.ctx, { asker: web, session_id, slot_id, patient_id, idempotency: world.key() });
}
/** Brings news of bookings to the HIS. */
async function push(): Promise<void> {
  await world.follow(hisSubscriptions(world.ctx));
  while ((await pushOrders(world.ctx, link)) > 0);
}
const stateOf = async (session_id: string, sequence: number) =>
  world.ctx.db.one<{
    state: string;
    void_reason: string | null;
    his_confirmed_at: Date | null;
  }>(sql`
    select state, void_reason, his_confirmed_at from booking.slot
    where session_id = ${session_id} and sequence = ${sequence}`);

test('only numbers that the HIS entrusts are published and booked', async () => {
  const { session_id } = await hisSession('2026-11-25', 5, 2);
  assert.deepEqual(
    (await world.slots(session_id)).map((slot) => slot.state),
    ['free', 'free', 'unreleased', 'unreleased', 'unreleased'],
  );
  assert.ok((await stateOf(session_id, 1)).his_confirmed_at);
  await bookOne(session_id);
  await bookOne(session_id);
  await assert.rejects(bookOne(session_id), code('booking/sold-out'));
  // More that are entrusted later join what is released.
  his.stock.entrust('XNK-01:2026-11-25:morning', 1);
  await syncHis(world.ctx, link);
  assert.equal((await bookOne(session_id)).sequence, 3);
});

test('the HIS hears of bookings, cancellations and moves, each once, however often they are pushed', async () => {
  const { session_id, schedule_id } = await hisSession('2026-11-26', 4, 3);
  const visit = await bookOne(session_id);
  await push();
  const first = `${schedule_id}#${visit.sequence}`;
  const ours = { at: 'platform', order_id: visit.appointment_id };
  assert.deepEqual(his.stock.soldTo(first), ours);
  const free = (await world.slots(session_id)).find((slot) => slot.state === 'free');
  await moveVisit(world.ctx, {
    asker: web,
    appointment_id: visit.appointment_id,
    slot_id: free?.id ?? '',
    idempotency: world.key(),
  });
  await push();
  assert.equal(his.stock.soldTo(first), null);
  assert.deepEqual(his.stock.soldTo(`${schedule_id}#${free?.sequence}`), ours);
  const act = (name: 'cancel' | 'restore') =>
    step(world.ctx, name, {
      appointment_id: visit.appointment_id,
      actor: 'test',
      idempotency: world.key(),
    });
  await act('cancel');
  await push();
  assert.equal(his.stock.soldTo(`${schedule_id}#${free?.sequence}`), null);
  await act('restore');
  await push();
  assert.deepEqual(his.stock.soldTo(`${schedule_id}#${free?.sequence}`), ours);
});

test('a number handed from one patient to the next is never refused by the HIS', async () => {
  const { session_id, schedule_id } = await hisSession('2026-12-05', 3, 2);
  const visit = await bookOne(session_id);
  await push();
  await step(world.ctx, 'cancel', {
    appointment_id: visit.appointment_id,
    actor: 'test',
    idempotency: world.key(),
  });
  const next = await bookOne(session_id, visit.slot_id);
  await push();
  assert.deepEqual(his.stock.soldTo(`${schedule_id}#${visit.sequence}`), {
    at: 'platform',
    order_id: next.appointment_id,
  });
  assert.deepEqual(await openWorkItems(world.ctx.db, world.hospital_id), []);
});

test('after a lost answer the HIS is asked what it did before it is told again', async () => {
  const { session_id, schedule_id } = await hisSession('2026-11-27', 2, 2);
  const visit = await bookOne(session_id);
  his.swallowAnswers(1);
  await push();
  const row = () =>
    world.ctx.db.one<{ known: string }>(
      sql`select known from his.booking_order where appointment_id = ${visit.appointment_id}`,
    );
  assert.equal((await row()).known, 'unknown');
  const { revision } = his.stock.numbers(schedule_id);
  const start = world.ctx.clock.now();
  world.ctx.clock.set(new Date(start.getTime() + 60_000));
  await push();
  assert.equal((await row()).known, 'confirmed');
  assert.equal(his.stock.numbers(schedule_id).revision, revision);
  world.ctx.clock.set(start);
});

test('a number the HIS takes back becomes void, with its reason and an event, and is sold at its window', async () => {
  const { session_id, schedule_id } = await hisSession('2026-11-28', 2, 2);
  his.stock.recall(`${schedule_id}#1`, '医生临时会诊');
  assert.throws(() => his.stock.sellAtWindow(schedule_id));
  await syncHis(world.ctx, link);
  const slot = await stateOf(session_id, 1);
  assert.deepEqual([slot.state, slot.void_reason], ['void', '医生临时会诊']);
  const { reason } = await world.ctx.db.one<{ reason: string }>(sql`
    select payload ->> 'reason' as reason from platform.event where name = 'booking.number.voided'
      and payload ->> 'session_id' = ${session_id}`);
  assert.equal(reason, '医生临时会诊');
  assert.equal(his.stock.sellAtWindow(schedule_id), `${schedule_id}#1`);
  assert.equal((await bookOne(session_id)).sequence, 2);
  await assert.rejects(bookOne(session_id), code('booking/sold-out'));
});

test('a number that is booked here is not handed back: people decide, nothing is cancelled silently', async () => {
  const { session_id, schedule_id } = await hisSession('2026-11-29', 2, 2);
  const visit = await bookOne(session_id);
  const number_id = `${schedule_id}#${visit.sequence}`;
  his.stock.recall(number_id, '院内加号');
  await syncHis(world.ctx, link);
  assert.equal((await stateOf(session_id, visit.sequence)).state, 'booked');
  const [item] = await openWorkItems(world.ctx.db, world.hospital_id);
  assert.deepEqual(
    [item?.kind, item?.number_id, item?.appointment_id],
    ['taken-back-but-booked', number_id, visit.appointment_id],
  );
  assert.equal(his.stock.numbers(schedule_id).numbers[0]?.owner, 'platform');
  await push();
  assert.equal(his.stock.soldTo(number_id)?.at, 'platform');
});

test('the window and the platform racing for the same numbers never sell one twice', async () => {
  const numbers = 12;
  const { session_id, schedule_id } = await hisSession('2026-11-30', numbers, numbers);
  const people = await Promise.all(Array.from({ length: numbers }, () => world.person()));
  const sold: string[] = [];
  const window: string[] = [];
  const patients = async (): Promise<void> => {
    for (const { patient_id } of people) {
      const idempotency = world.key();
      const take = { asker: web, session_id, slot_id: null, patient_id, idempotency };
      const [result] = await Promise.allSettled([
        book(world.ctx, take),
        // About as long as the clerk needs for a number, so both get some.
        new Promise((resolve) => setTimeout(resolve, 40)),
      ]);
      if (result.status === 'fulfilled') sold.push(`${schedule_id}#${result.value.sequence}`);
      else code('booking/sold-out')(result.reason as never);
    }
  };
  const clerk = async (): Promise<void> => {
    for (let at = numbers; at > 0; at--) {
      try {
        his.stock.recall(`${schedule_id}#${at}`, '窗口需要');
      } catch {
        continue;
      }
      await Promise.all([syncHis(world.ctx, link), pushOrders(world.ctx, link)]);
      try {
        window.push(his.stock.sellAtWindow(schedule_id));
      } catch {
        // The platform has it.
      }
    }
  };
  await Promise.all([patients(), clerk()]);
  await push();
  assert.ok(sold.length > 0 && window.length > 0, `${sold.length} and ${window.length}`);
  assert.equal(new Set([...sold, ...window]).size, sold.length + window.length);
  for (const number_id of sold) assert.equal(his.stock.soldTo(number_id)?.at, 'platform');
  for (const number_id of window) assert.equal(his.stock.soldTo(number_id)?.at, 'window');
});

test('an old answer that arrives late entrusts nothing that was taken back since', async () => {
  const { session_id, schedule_id } = await hisSession('2026-12-01', 2, 2);
  const old = await link.client.numbers(schedule_id);
  his.stock.recall(`${schedule_id}#1`, '停用');
  await syncHis(world.ctx, link);
  const late = { ...link, client: { ...link.client, numbers: () => Promise.resolve(old) } };
  await syncHis(world.ctx, late);
  assert.equal((await stateOf(session_id, 1)).state, 'void');
});

test('a message with a wrong signature, or an old one, is not believed by either side', async () => {
  const forged = createHisClient({ ...world.ctx, base_url, secret: Buffer.alloc(32, 8) });
  await assert.rejects(forged.numbers('XNK-01:2026-12-01:morning'), HisUnknown);
  const late = { now: () => new Date(world.ctx.clock.now().getTime() - 6 * 60_000) };
  const stale = createHisClient({ ...world.ctx, clock: late, base_url, secret });
  await assert.rejects(stale.numbers('XNK-01:2026-12-01:morning'), HisUnknown);
});

test('the simulated HIS keeps its stock in a file across restarts', async (context) => {
  const { mkdtempSync, rmSync } = await import('node:fs');
  const folder = mkdtempSync('/tmp/zhenghao-his-');
  context.after(() => rmSync(folder, { recursive: true }));
  const file = `${folder}/stock.json`;
  const one = createSimulatedStock(file);
  one.open('A:2026-12-01:morning', 2);
  const sold = one.sellAtWindow('A:2026-12-01:morning');
  assert.equal(createSimulatedStock(file).soldTo(sold)?.at, 'window');
});
