import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bookingWorld, web } from '../../test/support/booking.ts';
import { openDb, type Db } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import { createBookingHot } from './hot.ts';
import { step } from './step.ts';
import { sweepInvariants } from './store-sweep.ts';
import { book, type Taken } from './take.ts';

// Two servers on one database share nothing but the database: each has its own connections and its
// own batches, as two processes would.

let world: Awaited<ReturnType<typeof bookingWorld>>;
let second: Db;
let servers: (typeof world)['ctx'][];

before(async () => {
  world = await bookingWorld('two servers');
  second = openDb(world.url);
  servers = [
    world.ctx,
    { ...world.ctx, db: second, bookingHot: createBookingHot(second.hot, second.lane) },
  ];
});
after(async () => {
  await second.close();
  await world.stop();
});

const serverAt = (n: number) => servers[n % servers.length] as (typeof servers)[number];

test('[R057] a crowd at two servers gets each number once, and nobody gets two', async () => {
  const session = await world.session(40);
  const { session_id } = session;
  const people = Array.from({ length: 120 }, () => world.person());
  const asked = people.flatMap((patient_id) =>
    servers.map((server) =>
      book(server, {
        asker: web,
        session_id,
        slot_id: null,
        patient_id,
        idempotency: world.key(),
      }).then(
        (taken) => ({ patient_id, taken }),
        (error: { kind?: { code: string } }) => ({ patient_id, refused: error.kind?.code }),
      ),
    ),
  );
  const answers = await Promise.all(asked);
  const taken = answers.flatMap((answer) => ('taken' in answer ? [answer.taken] : []));
  assert.equal(taken.length, 40);
  assert.equal(new Set(taken.map((one) => one.slot_id)).size, 40);
  const winners = answers.flatMap((answer) => ('taken' in answer ? [answer.patient_id] : []));
  assert.equal(new Set(winners).size, 40);
  const refused = new Set(answers.flatMap((one) => ('refused' in one ? [one.refused] : [])));
  assert.deepEqual([...refused].sort(), ['booking/session-day', 'booking/sold-out']);
  const findings = await sweepInvariants(world.ctx.db);
  assert.deepEqual(findings, []);
});

test('one key at two servers at once books once and is answered alike', async () => {
  const { session_id } = await world.session(60);
  for (let round = 0; round < 20; round++) {
    const patient_id = world.person();
    const idempotency = world.key();
    const wish = { asker: web, session_id, slot_id: null, patient_id, idempotency };
    const [one, other] = (await Promise.all(servers.map((server) => book(server, wish)))) as [
      Taken,
      Taken,
    ];
    // Which of the two took it is chance; only that one tells the number's time without reading it.
    assert.deepEqual({ ...one, times: null }, { ...other, times: null });
  }
  const { booked } = await second.one<{ booked: number }>(sql`
    select count(*)::int as booked from booking.appointment where session_id = ${session_id}`);
  assert.equal(booked, 20);
});

test('given back at two servers at once, a number is given back once', async () => {
  const { session_id } = await world.session(3);
  const owners = await Promise.all(
    [0, 1, 2].map((n) =>
      book(serverAt(n), {
        asker: web,
        session_id,
        slot_id: null,
        patient_id: world.person(),
        idempotency: world.key(),
      }),
    ),
  );
  const steps = owners.flatMap(({ appointment_id }) =>
    servers.map((server) =>
      step(server, 'cancel', { appointment_id, actor: 'account:test', idempotency: world.key() }),
    ),
  );
  const done = (await Promise.allSettled(steps)).filter((one) => one.status === 'fulfilled');
  assert.equal(done.length, 3, 'each is given back once, whoever asks twice');
  const findings = await sweepInvariants(world.ctx.db);
  assert.deepEqual(findings, []);
});
