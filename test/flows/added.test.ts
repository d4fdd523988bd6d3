import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from '../../src/platform/sql.ts';
import { addPerson, openDraw } from '../support/draws.ts';
import { patientAt, staffAt, world } from '../support/world.ts';

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

test('[R027, R028] at a drawn clinic the next visit three months ahead is booked from the room, and no draw has its numbers', async () => {
  const drawn = await here.ctx.db.one<{ session_id: string; clinic: string }>(sql`
    select id as session_id, healthcare_service_id as clinic from schedule.session_view
    where service_date = '2026-11-27' and service_name = '林知远主任门诊'`);
  const mother = await patientAt(here.app, here.ctx.population.syntheticPerson(37).phone);
  const patient_id = await addPerson(here, mother, 37, 'self');
  const doctor = await staffAt(here.app, 'doctor');
  const reason = 'condition';
  const { session_id } = drawn;
  const added = { session_id, patient_id, reason };
  const { appointment_id } = await doctor.post('/api/staff/added-numbers', added);
  const { sessions } = await doctor.get(
    `/api/staff/follow-ups/times?appointment_id=${appointment_id}`,
  );
  // Every draw of the days before claims what it has; the numbers kept for next visits stay kept.
  assert.deepEqual(
    sessions.map((one: { service_date: string; free: number }) => [one.service_date, one.free]),
    ['2027-02-10', '2027-02-17', '2027-02-24', '2027-03-03'].map((day) => [day, 6]),
  );
  const chosen = sessions[2].session_id;
  const next = await doctor.post('/api/staff/follow-ups', {
    ...{ appointment_id, session_id: chosen, times: 1 },
  });
  await here.settle();
  const { notices } = await mother.get('/api/notices');
  const told = notices.find((one: { kind: string }) => one.kind === 'next_visit');
  assert.equal(told.link, `/visits/${next.appointment_id}`);
  assert.match(told.text, /林知远 2月24日/);
  const visits = (await mother.get('/api/appointments')).appointments;
  const mine = visits.find(
    (one: { appointment_id: string }) => one.appointment_id === next.appointment_id,
  );
  assert.deepEqual([mine.status, mine.service_date], ['booked', '2027-02-24']);
  const claimed = await here.ctx.db.one<{ n: number }>(sql`
    select count(*)::int as n from booking.slot s join booking.session_stock t using (session_id)
    where t.healthcare_service_id = ${drawn.clinic} and t.service_date >= '2027-02-01'
      and s.draw_id is not null`);
  assert.equal(claimed.n, 0);
});
