import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bookingWorld, web } from '../../test/support/booking.ts';
import { openDb, type Db } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import { book } from './take.ts';

/*
 * A test that cannot fail proves nothing. The fifty people of take.test.ts are sent here against a
 * way of booking without the guard, check then insert, and must oversell; then the constraint alone
 * is put back and must stop the same code.
 */
let world: Awaited<ReturnType<typeof bookingWorld>>;
/** A connection for each of the fifty, so that all of them can look before anyone writes. */
let crowd: Db;
const at_once = 50;
before(async () => {
  world = await bookingWorld('oversell-control');
  const { db } = world.ctx;
  await db.run(sql`create schema scratch`);
  await db.run(
    sql`create table scratch.appointment (like booking.appointment including defaults including generated)`,
  );
  crowd = openDb(world.url, { connections_max: at_once });
  await Promise.all(Array.from({ length: at_once }, () => crowd.run(sql`select pg_sleep(0.2)`)));
});
after(async () => {
  await crowd.close();
  await world.stop();
});

/** Looks whether the number is free, thinks for a while, then writes: what nobody should do. */
async function bookNaively(slot: { id: string; session_id: string }): Promise<boolean> {
  return crowd.tx(async (tx) => {
    const { taken } = await tx.one<{ taken: boolean }>(
      sql`select exists (select from scratch.appointment where slot_id = ${slot.id}) as taken`,
    );
    // Longer than all fifty need to look, so the outcome does not depend on luck.
    await tx.run(sql`select pg_sleep(1)`);
    if (taken) return false;
    await tx.run(sql`
      insert into scratch.appointment (hospital_id, id, session_id, slot_id, service_date, patient_id, ordinal,
        bookings_max, status, channel, booked_by, created_at)
      values (uuidv7(), uuidv7(), ${slot.session_id}, ${slot.id}, '2026-11-27', ${world.person()}, 1, 1, 'booked',
        'web', 'test', now())`);
    return true;
  });
}

async function lastNumber(): Promise<{ id: string; session_id: string }> {
  const session = await world.session(1);
  return world.ctx.db.one(
    sql`select id, session_id from booking.slot where session_id = ${session.session_id}`,
  );
}

test('[R002] control: with the guard switched off the same crowd oversells the last number', async () => {
  const slot = await lastNumber();
  const results = await Promise.all(Array.from({ length: at_once }, () => bookNaively(slot)));
  const sold = results.filter(Boolean).length;
  assert.ok(sold > 1, `one number was sold ${sold} times`);
});

test('[R002] control: the constraint alone stops even code that checks and then inserts', async () => {
  await world.ctx.db.run(sql`truncate scratch.appointment`);
  await world.ctx.db.run(sql`create unique index scratch_slot on scratch.appointment (slot_id)
    where is_active`);
  const slot = await lastNumber();
  const results = await Promise.allSettled(
    Array.from({ length: at_once }, () => bookNaively(slot)),
  );
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
});

test('[R002] control: the product’s own booking sells the same number once', async () => {
  const slot = await lastNumber();
  const results = await Promise.allSettled(
    Array.from({ length: at_once }, () =>
      book(world.ctx, {
        asker: web,
        session_id: slot.session_id,
        slot_id: slot.id,
        patient_id: world.person(),
        idempotency: world.key(),
      }),
    ),
  );
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
});
