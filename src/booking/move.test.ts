import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bookingWorld, web } from '../../test/support/booking.ts';
import { sql } from '../platform/sql.ts';
import { moveVisit } from './move.ts';
import { step } from './step.ts';
import { book, hold } from './take.ts';

let world: Awaited<ReturnType<typeof bookingWorld>>;
before(async () => {
  world = await bookingWorld('move');
});
after(() => world.stop());

const code = (expected: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, expected, String(error)) ?? true;
const slots = (session_id: string) =>
  world.ctx.db.many<{ id: string; state: string; appointment_id: string | null }>(
    sql`select id, state, appointment_id from booking.slot where session_id = ${session_id} order by sequence`,
  );
function ask(session_id: string, slot_id: string | null = null, patient_id = world.person()) {
  return { asker: web, session_id, slot_id, patient_id, idempotency: world.key() };
}
const move = (appointment_id: string, slot_id: string | undefined, idempotency = world.key()) =>
  moveVisit(world.ctx, {
    asker: web,
    appointment_id,
    slot_id: slot_id as string,
    idempotency,
  });

/** Two sessions of one doctor. */
async function twoDays(first: number, second: number) {
  const one = await world.session(first);
  const { hospital_id, practitioner_id, healthcare_service_id } = one;
  const two = await world.session(second, {
    hospital_id,
    practitioner_id,
    healthcare_service_id,
    service_date: '2026-11-28',
    starts_at: new Date('2026-11-28T00:00:00Z'),
    ends_at: new Date('2026-11-28T04:00:00Z'),
  });
  return [one.session_id, two.session_id] as const;
}

test('a visit moves to another day of the same doctor, with its person, and both numbers tell of it', async () => {
  const [one, two] = await twoDays(3, 3);
  const visit = await book(world.ctx, ask(one));
  const [, target] = await slots(two);
  await move(visit.appointment_id, target?.id);
  const row = await world.ctx.db.one<{ session_id: string; service_date: string; slot_id: string }>(
    sql`select session_id, service_date, slot_id from booking.appointment where id = ${visit.appointment_id}`,
  );
  assert.deepEqual(row, { session_id: two, service_date: '2026-11-28', slot_id: target?.id });
  assert.equal((await slots(one))[0]?.state, 'free');
  const events = await world.ctx.db.many(
    sql`select subject from platform.event where name = 'booking.visit.moved'
      and payload ->> 'appointment_id' = ${visit.appointment_id}`,
  );
  assert.equal(events.length, 2);
});

test('the person of a visit cannot change, not even by hand in the database', async () => {
  const [one] = await twoDays(1, 1);
  const visit = await book(world.ctx, ask(one));
  await assert.rejects(
    world.ctx.db.run(sql`update booking.appointment set patient_id = ${world.person()}
      where id = ${visit.appointment_id}`),
    /appointment cannot go/,
  );
});

test('[R016] moving out of a sold-out session sends the old number to the vault, not to the shelf', async () => {
  const [one, two] = await twoDays(1, 2);
  const visit = await book(world.ctx, ask(one));
  const [target] = await slots(two);
  await move(visit.appointment_id, target?.id);
  assert.equal((await slots(one))[0]?.state, 'cooling');
  await assert.rejects(book(world.ctx, ask(one)), code('booking/sold-out'));
});

test('a visit does not move to another doctor, to a taken or to an unreleased number', async () => {
  const [one, two] = await twoDays(3, 2);
  const foreign = await world.session(2);
  const hidden = await twoDays(1, 1);
  const visit = await book(world.ctx, ask(one));
  await assert.rejects(
    move(visit.appointment_id, (await slots(foreign.session_id))[0]?.id),
    code('booking/other-doctor'),
  );
  const taken = await book(world.ctx, ask(two));
  await assert.rejects(move(visit.appointment_id, taken.slot_id), code('booking/slot-taken'));
  const free = (await slots(two)).find((slot) => slot.state === 'free');
  await world.ctx.db.run(sql`update booking.slot set state = 'unreleased' where id = ${free?.id}`);
  await assert.rejects(move(visit.appointment_id, free?.id), code('booking/not-released'));
  await assert.rejects(move(visit.appointment_id, hidden[0]), code('booking/slot-unknown'));
});

test('twenty visits that want one number at once: one gets it, the others keep theirs', async () => {
  const [one, two] = await twoDays(21, 1);
  const visits = await Promise.all(Array.from({ length: 20 }, () => book(world.ctx, ask(one))));
  const [target] = await slots(two);
  const results = await Promise.allSettled(
    visits.map((visit) => move(visit.appointment_id, target?.id)),
  );
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
  for (const result of results)
    if (result.status === 'rejected') code('booking/slot-taken')(result.reason as never);
  const booked = (await slots(one)).filter((slot) => slot.state === 'booked');
  assert.equal(booked.length, 19);
});

test('moves crossing between two days never deadlock and lose no number', async () => {
  const [one, two] = await twoDays(10, 10);
  const first = await Promise.all(Array.from({ length: 5 }, () => book(world.ctx, ask(one))));
  const second = await Promise.all(Array.from({ length: 5 }, () => book(world.ctx, ask(two))));
  const free = async (id: string) => (await slots(id)).filter((slot) => slot.state === 'free');
  const [toTwo, toOne] = [await free(two), await free(one)];
  await Promise.all([
    ...first.map((visit, at) => move(visit.appointment_id, toTwo[at]?.id)),
    ...second.map((visit, at) => move(visit.appointment_id, toOne[at]?.id)),
  ]);
  for (const id of [one, two])
    assert.equal((await slots(id)).filter((slot) => slot.state === 'booked').length, 5);
});

test('moving and cancelling one visit at once leaves it with one number or none', async () => {
  for (let round = 0; round < 10; round++) {
    const [one, two] = await twoDays(2, 2);
    const visit = await book(world.ctx, ask(one));
    const [target] = await slots(two);
    await Promise.allSettled([
      move(visit.appointment_id, target?.id),
      step(world.ctx, 'cancel', {
        appointment_id: visit.appointment_id,
        actor: 'test',
        idempotency: world.key(),
      }),
    ]);
    const all = [...(await slots(one)), ...(await slots(two))];
    const owned = all.filter((slot) => slot.appointment_id === visit.appointment_id);
    const { status } = await world.ctx.db.one<{ status: string }>(
      sql`select status from booking.appointment where id = ${visit.appointment_id}`,
    );
    assert.equal(owned.length, status === 'booked' ? 1 : 0, `round ${round}: ${status}`);
  }
});

test('the same key moves once and answers the same; another body under it is refused', async () => {
  const [one, two] = await twoDays(2, 2);
  const visit = await book(world.ctx, ask(one));
  const [first, second] = await slots(two);
  const key = world.key();
  const both = await Promise.all([
    move(visit.appointment_id, first?.id, key),
    move(visit.appointment_id, first?.id, key),
  ]);
  assert.deepEqual(both[0], both[1]);
  await assert.rejects(
    move(visit.appointment_id, second?.id, { ...key, fingerprint: 'other' }),
    code('platform/idempotency-key-reused'),
  );
});

test('[R040] a move gives nobody a second booking in a session', async () => {
  const [one, two] = await twoDays(2, 3);
  const patient = world.person();
  const visit = await book(world.ctx, ask(one, null, patient));
  await book(world.ctx, ask(two, null, patient));
  const free = (await slots(two)).find((slot) => slot.state === 'free');
  await assert.rejects(move(visit.appointment_id, free?.id), code('booking/session-day'));
});

test('a number whose hold has run out can be moved to', async () => {
  const [one, two] = await twoDays(2, 3);
  const visit = await book(world.ctx, ask(one));
  const held = await hold(world.ctx, ask(two));
  const before = world.ctx.clock.now();
  world.ctx.clock.set(new Date(before.getTime() + 10 * 60_000));
  await move(visit.appointment_id, held.slot_id);
  world.ctx.clock.set(before);
});
