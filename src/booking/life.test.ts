import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { bookingWorld, web } from '../../test/support/booking.ts';
import { sql } from '../platform/sql.ts';
import { lapseHolds } from './lapse.ts';
import { step } from './step.ts';
import { countNumbers, freeNumbers } from './store-availability.ts';
import { claimCooled } from './store-draw.ts';
import { openStock, resumeStock, setMethod, stopStock } from './store-stock.ts';
import { book, hold } from './take.ts';

let world: Awaited<ReturnType<typeof bookingWorld>>;
const morning = new Date('2026-11-24T01:00:00Z');
before(async () => {
  world = await bookingWorld('life');
});
beforeEach(() => world.ctx.clock.set(morning));
after(() => world.stop());

const code = (expected: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, expected, String(error)) ?? true;
const pass = (minutes: number) =>
  world.ctx.clock.set(new Date(world.ctx.clock.now().getTime() + minutes * 60_000));

function ask(session_id: string, patient_id = world.person(), account_id: string | null = null) {
  const asker = { ...web, account_id };
  return { asker, session_id, slot_id: null, patient_id, idempotency: world.key() };
}
const act = (name: Parameters<typeof step>[1], appointment_id: string) =>
  step(world.ctx, name, { appointment_id, actor: 'test', idempotency: world.key() });
const numberState = async (slot_id: string) =>
  world.ctx.db.one<{ state: string; pool: string; version: number }>(
    sql`select state, pool, version from booking.slot where id = ${slot_id}`,
  );

test('[R015] a hold that is not confirmed in ten minutes is released by itself', async () => {
  const { session_id } = await world.session(2);
  const held = await hold(world.ctx, ask(session_id));
  pass(9);
  assert.equal(await lapseHolds(world.ctx, { session_id }), 0);
  pass(1);
  await assert.rejects(act('confirm', held.appointment_id), code('booking/hold-over'));
  assert.equal(await lapseHolds(world.ctx), 1);
  assert.equal((await numberState(held.slot_id)).state, 'free');
  assert.equal(await lapseHolds(world.ctx), 0);
});

test('[R015] an expired hold that no sweep has met yet stops nobody from its number', async () => {
  const { session_id } = await world.session(2);
  const patient = world.person();
  const first = await hold(world.ctx, ask(session_id, patient));
  pass(10);
  const counts = await countNumbers(world.ctx.db, [session_id], world.ctx.clock.now());
  assert.equal(counts.get(session_id)?.free, 2);
  assert.equal((await freeNumbers(world.ctx.db, session_id, world.ctx.clock.now())).length, 2);
  // The same person may ask again, and for the very number.
  const again = await book(world.ctx, { ...ask(session_id, patient), slot_id: first.slot_id });
  assert.equal(again.slot_id, first.slot_id);
});

test('[R015] fifty people who meet expired holds sweep them once and then book', async () => {
  const { session_id } = await world.session(30);
  await Promise.all(Array.from({ length: 20 }, () => hold(world.ctx, ask(session_id))));
  pass(10);
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, () => book(world.ctx, ask(session_id))),
  );
  const booked = results.filter((result) => result.status === 'fulfilled').length;
  // Ten were free; once they are gone the session is sold out, so expired holds go to the vault.
  assert.ok(booked >= 10 && booked <= 30, String(booked));
  const { overlaps } = await world.ctx.db.one<{ overlaps: number }>(sql`
    select count(*) - count(distinct slot_id) as overlaps from booking.appointment
    where session_id = ${session_id} and status = 'booked'`);
  assert.equal(overlaps, 0);
});

test('[R016] a returned number of a sold-out session cools and cannot be booked', async () => {
  const { session_id } = await world.session(1);
  const sold = await book(world.ctx, ask(session_id));
  const back = await act('cancel', sold.appointment_id);
  assert.equal(back.number, 'cooling');
  await assert.rejects(book(world.ctx, ask(session_id)), code('booking/sold-out'));
  await assert.rejects(
    book(world.ctx, { ...ask(session_id), slot_id: sold.slot_id }),
    code('booking/slot-taken'),
  );
  pass(60);
  await assert.rejects(book(world.ctx, ask(session_id)), code('booking/sold-out'));
});

test('[R016] a returned number of a drawn session cools even while others are free', async () => {
  const { session_id } = await world.session(3);
  await world.ctx.db.tx((tx) => setMethod(tx, [session_id], 'draw'));
  const sold = await book(world.ctx, ask(session_id));
  assert.equal((await act('cancel', sold.appointment_id)).number, 'cooling');
});

test('[R016] a returned number of a session with free ones is free at once', async () => {
  const { session_id } = await world.session(3);
  const sold = await book(world.ctx, ask(session_id));
  assert.equal((await act('cancel', sold.appointment_id)).number, 'free');
});

test('[R016] a number returned on the clinic day goes to those who come in person', async () => {
  const { session_id } = await world.session(1);
  const sold = await book(world.ctx, ask(session_id));
  world.ctx.clock.set(new Date('2026-11-26T23:00:00Z'));
  assert.equal((await act('cancel', sold.appointment_id)).number, 'free');
  assert.equal((await numberState(sold.slot_id)).pool, 'on_site');
  await assert.rejects(book(world.ctx, ask(session_id)), code('booking/sold-out'));
});

test('[R017] a number that comes free again is not for whoever gave it back', async () => {
  const { session_id } = await world.session(1);
  const [patient, account] = [world.person(), world.person()];
  const sold = await book(world.ctx, ask(session_id, patient, account));
  await act('cancel', sold.appointment_id);
  // A later batch brings it back to the shelf.
  await world.ctx.db.run(sql`update booking.slot set state = 'free', cooling_until = null
    where id = ${sold.slot_id}`);
  await assert.rejects(book(world.ctx, ask(session_id, patient)), code('booking/sold-out'));
  await assert.rejects(
    book(world.ctx, ask(session_id, world.person(), account)),
    code('booking/sold-out'),
  );
  const other = await book(world.ctx, ask(session_id));
  assert.equal(other.slot_id, sold.slot_id);
});

test('a cancellation is undone within ten minutes and joins no return draw before they end', async () => {
  const session = await world.session(1);
  const sold = await book(world.ctx, ask(session.session_id));
  await act('cancel', sold.appointment_id);
  const claim = () =>
    world.ctx.db.tx((tx) =>
      claimCooled(tx, {
        draw_id: world.person(),
        session_ids: [session.session_id],
        at: world.ctx.clock.now(),
        actor: 'test',
      }),
    );
  pass(9);
  assert.deepEqual(await claim(), []);
  assert.equal((await act('restore', sold.appointment_id)).status, 'booked');
  await act('cancel', sold.appointment_id);
  pass(10.5);
  await assert.rejects(act('restore', sold.appointment_id), code('booking/undo-over'));
  assert.equal((await claim()).length, 1);
});

test('undoing a cancellation loses against whoever has booked the number since', async () => {
  const { session_id } = await world.session(2);
  const sold = await book(world.ctx, ask(session_id));
  await act('cancel', sold.appointment_id);
  await book(world.ctx, { ...ask(session_id), slot_id: sold.slot_id });
  await assert.rejects(act('restore', sold.appointment_id), code('booking/slot-taken'));
});

test('[R040] undoing a cancellation gives nobody a second booking in the session', async () => {
  const { session_id } = await world.session(5);
  const patient = world.person();
  const sold = await book(world.ctx, ask(session_id, patient));
  await act('cancel', sold.appointment_id);
  const [other] = await freeNumbers(world.ctx.db, session_id, world.ctx.clock.now()).then((all) =>
    all.filter((number) => number.slot_id !== sold.slot_id),
  );
  await book(world.ctx, { ...ask(session_id, patient), slot_id: other?.slot_id ?? null });
  await assert.rejects(act('restore', sold.appointment_id), code('booking/session-day'));
});

test('fifty cancellations of one visit at once cancel it once, and all are answered', async () => {
  const { session_id } = await world.session(2);
  const sold = await book(world.ctx, ask(session_id));
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, () => act('cancel', sold.appointment_id)),
  );
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
  for (const result of results)
    if (result.status === 'rejected') code('booking/not-now')(result.reason as never);
});

test('on the clinic day the numbers whose time has passed are skipped', async () => {
  const { session_id } = await world.session(4);
  world.ctx.clock.set(new Date('2026-11-27T02:30:00Z'));
  const taken = await book(world.ctx, ask(session_id));
  assert.equal(taken.sequence, 3);
});

test('stopping a session ends its visits without counting against anyone, and can be undone', async () => {
  const { session_id } = await world.session(3);
  const sold = await book(world.ctx, ask(session_id));
  const input = { session_id, at: world.ctx.clock.now(), actor: 'test' };
  await world.ctx.db.tx((tx) => stopStock(tx, input));
  await world.ctx.db.tx((tx) => stopStock(tx, input));
  const visit = await world.ctx.db.one<{ status: string }>(
    sql`select status from booking.appointment where id = ${sold.appointment_id}`,
  );
  assert.equal(visit.status, 'stopped');
  await assert.rejects(book(world.ctx, ask(session_id)), code('booking/stopped'));
  await assert.rejects(act('noShow', sold.appointment_id), code('booking/stopped'));
  await world.ctx.db.tx((tx) => resumeStock(tx, input));
  assert.equal((await book(world.ctx, ask(session_id))).status, 'booked');
});

test('[R021] resuming a session releases nothing that was not released before', async () => {
  const { session_id } = await world.session(3, { released: false });
  const input = { session_id, at: world.ctx.clock.now(), actor: 'test' };
  await world.ctx.db.tx((tx) => stopStock(tx, input));
  await world.ctx.db.tx((tx) => resumeStock(tx, input));
  await assert.rejects(book(world.ctx, ask(session_id)), code('booking/not-released'));
});

test('a session that grows gets its new numbers once, and only the purposes it lacks', async () => {
  const session = await world.session(10, { direct_pools: { follow_up: 2 } });
  const by = { at: world.ctx.clock.now(), actor: 'system' };
  const grown = { ...session, numbers: 14, direct_pools: { follow_up: 3 } };
  assert.equal(await world.ctx.db.tx((tx) => openStock(tx, [grown], by)), 4);
  assert.equal(await world.ctx.db.tx((tx) => openStock(tx, [grown], by)), 0);
  const rows = await world.ctx.db.many<{ pool: string; numbers: number }>(sql`
    select pool, count(*) as numbers from booking.slot where session_id = ${session.session_id}
    group by pool order by pool`);
  assert.deepEqual(rows, [
    { pool: 'follow_up', numbers: 3 },
    { pool: 'online', numbers: 11 },
  ]);
});

test('every change of a number is told once, with versions that have no gap', async () => {
  const { session_id } = await world.session(1);
  const sold = await hold(world.ctx, ask(session_id));
  await act('confirm', sold.appointment_id);
  await act('cancel', sold.appointment_id);
  await act('restore', sold.appointment_id);
  const events = await world.ctx.db.many<{ name: string; version: number }>(sql`
    select name, version from platform.event where subject = ${`slot:${sold.slot_id}`} order by version`);
  assert.deepEqual(
    events.map((event) => `${event.version} ${event.name}`),
    [
      '1 booking.number.released',
      '2 booking.visit.held',
      '3 booking.visit.confirmed',
      '4 booking.visit.cancelled',
      '5 booking.visit.restored',
    ],
  );
});
