import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from '../../src/platform/sql.ts';
import { oneWorkingDay } from '../../src/release/pre-review.ts';
import { addPerson, entryBody, openDraw } from '../support/draws.ts';
import { patientAt, staffAt, world } from '../support/world.ts';

let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('pre-review');
});
after(() => here.stop());

/** Makes an announced draw ask for something, as its manifest would say. */
async function ask(draw_id: string, eligibility: string): Promise<void> {
  await here.ctx.db.run(sql`
    update release.draw set manifest = replace(manifest, '"eligibility":"open"', ${`"eligibility":"${eligibility}"`})
    where id = ${draw_id}`);
}

test('资料预审: a clinician answers within one working day; a refusal names another clinic and can be appealed to another clinician', async () => {
  const mother = await patientAt(here.app, here.ctx.population.syntheticPerson(37).phone);
  const child = await addPerson(here, mother, 9000, 'child');
  const draw = await openDraw(here, 'CARD', '2026-11-28');
  await ask(draw.draw_id, 'pre-review');
  const enter = () =>
    mother.send('POST', `/api/draws/${draw.draw_id}/entries`, entryBody(child, draw.sessions).body);
  assert.equal((await enter()).body.code, 'release/needs-review');
  const { hospital_id } = await here.ctx.db.one<{ hospital_id: string }>(sql`
    select hospital_id from release.draw where id = ${draw.draw_id}`);
  const body = {
    hospital_id,
    draw_group: 'CARD',
    patient_id: child,
    record: '外院心电图提示早搏，附报告。',
  };
  const { review_id, due_at } = await mother.post('/api/reviews', body);
  assert.equal(new Date(due_at).toISOString(), '2026-11-25T00:00:00.000Z');
  assert.equal((await mother.send('POST', '/api/reviews', body)).body.code, 'release/review-open');
  const doctor = await staffAt(here.app, 'doctor');
  const { reviews } = await doctor.get('/api/staff/reviews');
  assert.equal(reviews[0].record, body.record);
  const bare = await doctor.send('POST', `/api/staff/reviews/${review_id}`, { accept: false });
  assert.equal(bare.body.code, 'release/review-needs-other');
  const other = await here.ctx.db.one<{ id: string }>(sql`
    select id from schedule.service_view where code = 'CARD-ORD'`);
  await doctor.post(`/api/staff/reviews/${review_id}`, {
    accept: false,
    reason: '先看普通门诊',
    other_service_id: other.id,
  });
  await mother.post(`/api/reviews/${review_id}/appeal`, { text: '已在普通门诊看过三次' });
  const same = await doctor.send('POST', `/api/staff/reviews/${review_id}`, { accept: true });
  assert.equal(same.body.code, 'release/review-unknown', 'who refused does not decide the appeal');
  // Another clinician accepts.
  await here.ctx.db.run(sql`
    update release.pre_review set state = 'accepted', decided_by = 'staff:another', decided_at = ${here.clock.now()}
    where id = ${review_id}`);
  assert.equal((await enter()).status, 200);
});

test('a draw for people seen before takes nobody else', async () => {
  const mother = await patientAt(here.app, here.ctx.population.syntheticPerson(74).phone);
  const person = await addPerson(here, mother, 9100);
  const draw = await openDraw(here, 'EYE', '2026-11-27');
  await ask(draw.draw_id, 'prior-visit');
  const reply = await mother.send(
    'POST',
    `/api/draws/${draw.draw_id}/entries`,
    entryBody(person, draw.sessions).body,
  );
  assert.equal(reply.body.code, 'release/needs-prior-visit');
});

test('one working day on skips Saturday and Sunday', () => {
  const on = (text: string) => oneWorkingDay(new Date(text)).toISOString();
  assert.equal(on('2026-11-24T02:30:00Z'), '2026-11-25T02:30:00.000Z');
  assert.equal(on('2026-11-27T02:30:00Z'), '2026-11-30T02:30:00.000Z');
  assert.equal(on('2026-11-28T02:30:00Z'), '2026-11-30T02:30:00.000Z');
});
