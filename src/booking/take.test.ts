import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bookingWorld, web } from '../../test/support/booking.ts';
import { sql } from '../platform/sql.ts';
import { step } from './step.ts';
import { book, hold } from './take.ts';

let world: Awaited<ReturnType<typeof bookingWorld>>;
before(async () => {
  world = await bookingWorld('take');
});
after(() => world.stop());

const code = (expected: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, expected, String(error)) ?? true;

test('[R002] fifty people asking at once for the last number leave exactly one with it', async () => {
  const session = await world.session(1);
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, () =>
      hold(world.ctx, {
        asker: web,
        session_id: session.session_id,
        slot_id: null,
        patient_id: world.person(),
        idempotency: world.key(),
      }),
    ),
  );
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
  for (const result of results)
    if (result.status === 'rejected') code('booking/sold-out')(result.reason as never);
});

test('a named number goes to one of those who ask, the others hear that it is taken', async () => {
  const session = await world.session(3);
  const [slot] = await world.ctx.db.many<{ id: string }>(
    sql`select id from booking.slot where session_id = ${session.session_id} and sequence = 2`,
  );
  const ask = () =>
    book(world.ctx, {
      asker: web,
      session_id: session.session_id,
      slot_id: slot?.id ?? null,
      patient_id: world.person(),
      idempotency: world.key(),
    });
  const results = await Promise.allSettled([ask(), ask(), ask()]);
  const won = results.filter((result) => result.status === 'fulfilled');
  assert.equal(won.length, 1);
  assert.equal(won[0]?.value.sequence, 2);
});

test('[R040] one person gets one booking in a session, however often and fast they ask', async () => {
  const session = await world.session(10);
  const patient_id = world.person();
  const ask = () =>
    book(world.ctx, {
      asker: web,
      session_id: session.session_id,
      slot_id: null,
      patient_id,
      idempotency: world.key(),
    });
  const results = await Promise.allSettled([ask(), ask(), ask(), ask()]);
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
  await assert.rejects(ask(), code('booking/session-day'));
});

test('a session that allows three bookings a person gives three, with ordinals one to three', async () => {
  const session = await world.session(10, { patient_bookings_max: 3 });
  const patient_id = world.person();
  const ask = () =>
    book(world.ctx, {
      asker: web,
      session_id: session.session_id,
      slot_id: null,
      patient_id,
      idempotency: world.key(),
    });
  const first = await ask();
  await ask();
  await step(world.ctx, 'cancel', {
    appointment_id: first.appointment_id,
    actor: 'test',
    idempotency: world.key(),
  });
  await Promise.all([ask(), ask()]);
  await assert.rejects(ask(), code('booking/session-day'));
  const rows = await world.ctx.db.many<{ ordinal: number }>(sql`
    select ordinal from booking.appointment where patient_id = ${patient_id} and status = 'booked' order by 1`);
  assert.deepEqual(
    rows.map((row) => row.ordinal),
    [1, 2, 3],
  );
});

test('the same key gives the same answer, and the same key with another body is refused', async () => {
  const session = await world.session(5);
  const patient_id = world.person();
  const idempotency = world.key();
  const ask = (fingerprint = 'same') =>
    book(world.ctx, {
      asker: web,
      session_id: session.session_id,
      slot_id: null,
      patient_id,
      idempotency: { ...idempotency, fingerprint },
    });
  const [one, two] = await Promise.all([ask(), ask()]);
  const three = await ask();
  assert.deepEqual(one, two);
  // What is repeated later may have moved on: its times are not told from the first answer.
  assert.deepEqual({ ...one, times: null }, three);
  await assert.rejects(ask('other'), code('platform/idempotency-key-reused'));
});

test('a refusal is repeated for its key even when numbers have come free since', async () => {
  const session = await world.session(1);
  const ask = (idempotency = world.key()) =>
    book(world.ctx, {
      asker: web,
      session_id: session.session_id,
      slot_id: null,
      patient_id: world.person(),
      idempotency,
    });
  await ask();
  const key = world.key();
  const body = {
    asker: web,
    session_id: session.session_id,
    slot_id: null,
    patient_id: world.person(),
    idempotency: key,
  };
  await assert.rejects(book(world.ctx, body), code('booking/sold-out'));
  await assert.rejects(book(world.ctx, body), code('booking/sold-out'));
});

test('[R021] a number that is not released cannot be booked and nothing says how many there are', async () => {
  const session = await world.session(5, { released: false });
  await assert.rejects(
    book(world.ctx, {
      asker: web,
      session_id: session.session_id,
      slot_id: null,
      patient_id: world.person(),
      idempotency: world.key(),
    }),
    code('booking/not-released'),
  );
});

test('the hot write is one round trip a batch', async () => {
  const session = await world.session(100);
  await world.ctx.db.one(sql`select 1 as warm`);
  const before = world.ctx.db.roundTrips();
  await Promise.all(
    Array.from({ length: 100 }, () =>
      book(world.ctx, {
        asker: web,
        session_id: session.session_id,
        slot_id: null,
        patient_id: world.person(),
        idempotency: world.key(),
      }),
    ),
  );
  assert.equal(world.ctx.db.roundTrips() - before, 1);
});
