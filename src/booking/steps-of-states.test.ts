import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinicWorld, type ClinicWorld } from '../../test/support/clinic.ts';
import { databaseError } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { sql } from '../platform/sql.ts';

// The database itself refuses a step that no rule of ours makes: every pair of states is tried.

let world: ClinicWorld;
let session_id: string;
before(async () => {
  world = await clinicWorld('steps');
  session_id = await world.session({ numbers: 1, service_date: '2026-11-25' });
});
after(() => world.stop());

const slot_states = 'unreleased free held booked checked_in cooling stopped void'.split(' ');
const slot_steps: Record<string, string> = {
  unreleased: 'free held booked cooling stopped void',
  free: 'held booked unreleased stopped void',
  held: 'booked free unreleased cooling stopped void',
  booked: 'checked_in free unreleased cooling stopped void',
  checked_in: 'booked stopped',
  cooling: 'free held booked unreleased stopped void',
  stopped: 'free unreleased cooling',
  void: 'unreleased',
};
const visit_states =
  'held booked checked_in called fulfilled noshow cancelled lapsed stopped void'.split(' ');
const visit_steps: Record<string, string> = {
  held: 'booked cancelled lapsed stopped void',
  booked: 'checked_in fulfilled cancelled noshow stopped void',
  checked_in: 'called noshow stopped cancelled',
  called: 'fulfilled checked_in noshow stopped',
  cancelled: 'booked',
};

/** The states a row may go to, as the trigger of that name lets it. */
async function reachable(
  states: readonly string[],
  trigger: string,
  go: (to: string) => Promise<unknown>,
): Promise<string[]> {
  const open: string[] = [];
  for (const to of states) {
    const refused = await go(to).then(
      () => undefined,
      (error: unknown) => databaseError(error)?.constraint,
    );
    if (refused !== trigger) open.push(to);
  }
  return open;
}

const expected = (from: string, steps: Record<string, string>, states: readonly string[]) =>
  states.filter((to) => to === from || (steps[from] ?? '').split(' ').includes(to));

const undone = new Error('only tried');

/** Tries a statement on a row that is made for it, and leaves nothing of either. */
function tried(make: ReturnType<typeof sql>, then: ReturnType<typeof sql>): Promise<void> {
  return world.ctx.db
    .tx(async (tx) => {
      await tx.run(make);
      await tx.run(then);
      throw undone;
    })
    .catch((error: unknown) => {
      if (error !== undone) throw error;
    });
}

test('a number goes from state to state as the list says, and in no other way', async () => {
  for (const from of slot_states) {
    const id = newId(world.ctx);
    const owner = ['held', 'booked', 'checked_in'].includes(from) ? newId(world.ctx) : null;
    const at = world.ctx.clock.now();
    const make = sql`
      insert into booking.slot (hospital_id, id, session_id, service_date, sequence, starts_at, ends_at, state,
        hold_until, appointment_id, cooling_until, void_reason)
      values (${world.hospital_id}, ${id}, ${session_id}, '2026-11-25', 99, ${at}, ${at}, ${from},
        ${from === 'held' ? at : null}, ${owner}, ${from === 'cooling' ? at : null}, ${from === 'void' ? 'test' : null})`;
    const open = await reachable(slot_states, 'slot_state_graph', (to) =>
      tried(make, sql`update booking.slot set state = ${to} where id = ${id}`),
    );
    assert.deepEqual(open, expected(from, slot_steps, slot_states), `from ${from}`);
  }
});

test('a visit goes from status to status as the list says, and in no other way', async () => {
  const [slot] = await world.slots(session_id);
  for (const from of visit_states) {
    const id = newId(world.ctx);
    const at = world.ctx.clock.now();
    const make = sql`
      insert into booking.appointment (hospital_id, id, session_id, slot_id, service_date, patient_id, ordinal,
        bookings_max, status, channel, hold_until, booked_by, created_at)
      values (${world.hospital_id}, ${id}, ${session_id}, ${slot?.id}, '2026-11-25', ${newId(world.ctx)}, 1,
        1, ${from}, 'window', ${from === 'held' ? at : null}, 'test', ${at})`;
    const open = await reachable(visit_states, 'appointment_status_graph', (to) =>
      tried(make, sql`update booking.appointment set status = ${to} where id = ${id}`),
    );
    assert.deepEqual(open, expected(from, visit_steps, visit_states), `from ${from}`);
  }
});
