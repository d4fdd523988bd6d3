import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from '../../src/platform/sql.ts';
import { addPerson, entryBody } from '../support/draws.ts';
import { patientAt, world } from '../support/world.ts';

let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('batch');
});
after(() => here.stop());

test('[R016] a number given back of a sold-out session in order comes back in a batch that its giver may not enter', async () => {
  const someone = await patientAt(here.app, here.ctx.population.syntheticPerson(37).phone);
  const session = await here.ctx.db.one<{ session_id: string; slot_id: string }>(sql`
    select session_id, min(id::text)::uuid as slot_id from booking.slot s
    where s.pool = 'online' and s.is_free and s.service_date = '2026-11-28' group by session_id order by session_id limit 1`);
  const patient_id = await addPerson(here, someone, 6900);
  const visit = await someone.post('/api/appointments', {
    ...session,
    patient_id,
    confirm: true,
  });
  // The others are sold; this number is the last one.
  await here.ctx.db.run(sql`
    update booking.slot set state = 'void', void_reason = 'sold out for this test'
    where session_id = ${session.session_id} and pool = 'online' and is_free`);
  await someone.post(`/api/appointments/${visit.appointment_id}/cancel`, {});
  await here.advance(601);
  const batch = await here.ctx.db.one<{ id: string; draw_group: string }>(sql`
    select d.id, d.draw_group from release.draw d join release.draw_session s on s.draw_id = d.id
    where s.session_id = ${session.session_id} and d.kind = 'batch' and d.state = 'announced'`);
  const back = await someone.send(
    'POST',
    `/api/draws/${batch.id}/entries`,
    entryBody(patient_id, [session.session_id]).body,
  );
  assert.equal(back.body.code, 'release/just-returned');
});
