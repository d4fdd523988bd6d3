import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from '../../src/platform/sql.ts';
import { openDraw } from '../support/draws.ts';
import { staffAt, world } from '../support/world.ts';

let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('added flow');
});
after(() => here.stop());

test('[R032, R033] a number added to a drawn session stands in the log of its draw, takes no drawn place, and its patient is told', async () => {
  const draw = await openDraw(here, 'EYE', '2026-11-27');
  const [session_id] = draw.sessions;
  const clerk = await staffAt(here.app, 'clerk');
  const patients: string[] = [];
  for (let n = 0; n < 2; n++) {
    const person = here.ctx.population.syntheticPerson(2000 + n);
    const found = await clerk.post('/api/staff/patients', {
      name: person.name,
      document_type: 'resident_id',
      document_number: person.documentNumber,
    });
    patients.push(found.patient_id);
  }
  await clerk.post(`/api/staff/draws/${draw.draw_id}/entries`, {
    patient_id: patients[0],
    preferences: draw.sessions,
  });
  await here.advance(121);
  await here.advance(40);
  assert.equal((await clerk.get(`/api/draws/${draw.draw_id}`)).state, 'drawn');
  const places = () =>
    here.ctx.db.many<{ slot_id: string }>(
      sql`select slot_id from release.draw_place where draw_id = ${draw.draw_id} order by place`,
    );
  const drawn = await places();

  const doctor = await staffAt(here.app, 'doctor');
  const given = await doctor.post('/api/staff/added-numbers', {
    session_id,
    patient_id: patients[1],
    reason: 'post_discharge',
  });
  assert.equal(given.state, 'given');
  await here.settle();
  const lines = await here.ctx.db.many<{ kind: string; place: number | null }>(
    sql`select kind, place from release.draw_log where draw_id = ${draw.draw_id} and kind = 'add'`,
  );
  assert.deepEqual(lines, [{ kind: 'add', place: null }]);
  assert.deepEqual(await places(), drawn);
  const told = await here.ctx.db.one<{ n: number }>(sql`
    select count(*) as n from platform.event
    where name = 'booking.added.given' and person_id = ${patients[1]}`);
  assert.equal(told.n, 1);
});
