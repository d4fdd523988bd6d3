import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { staffAt, visitor, world } from '../../test/support/world.ts';
import { newId } from '../platform/id.ts';
import { sql } from '../platform/sql.ts';

let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('session-terms');
});
after(() => here.stop());

test('a session tells the hospital’s own deadline for giving back, its hold and its internet rule, before anybody signs in', async () => {
  const manager = await staffAt(here.app, 'manager');
  const { plain, versions } = await manager.get('/api/staff/rule-sets');
  const line = { levels: [], days_before: 1, time: '15:00', minutes_before: null };
  await manager.post('/api/staff/rule-sets', {
    base_version: versions[0]?.version ?? 0,
    effective_from: '2026-11-24',
    reason: '测试退号截止',
    rules: {
      ...plain,
      hold_minutes: 20,
      internet_prior_days: 90,
      cancel_deadlines: [{ ...line, after: 'counts_as_late' }],
    },
  });
  const { session_id } = await here.ctx.db.one<{ session_id: string }>(sql`
    select t.session_id from booking.session_stock t join booking.rule_set r using (hospital_id)
    where t.service_date = '2026-11-27' order by 1 limit 1`);
  const shown = await visitor(here.app).get(`/api/sessions/${session_id}`);
  const deadline = '2026-11-26T07:00:00.000Z';
  assert.deepEqual([shown.cancel_until, shown.late_from], [deadline, deadline]);
  assert.deepEqual([shown.hold_minutes, shown.internet_prior_days], [20, 90]);
  assert.equal(shown.mode, 'in_person');
});

test('a session on the internet is released in order, also where the clinic’s own numbers are drawn', async () => {
  const { db, clock } = here.ctx;
  const { id: drawn } = await db.one<{ id: string }>(sql`
    select session_id as id from release.session_release where method = 'draw' order by service_date desc, 1 limit 1`);
  const id = newId(here.ctx);
  const { hospital_id } = await db.one<{ hospital_id: string }>(sql`
    insert into schedule.session (id, hospital_id, healthcare_service_id, practitioner_id, service_date,
      period, room, starts_at, ends_at, numbers, patient_bookings_max, master, mode, created_at)
    select ${id}, hospital_id, healthcare_service_id, null, service_date, 'evening', room,
      ends_at + interval '5 hours', ends_at + interval '7 hours', 4, 1, 'own', 'internet', ${clock.now()}
    from schedule.session where id = ${drawn} returning hospital_id`);
  await db.run(sql`
    insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
    values (${newId(here.ctx)}, ${hospital_id}, 'schedule.session.created', ${`session:${id}`}, 1, 'system:test',
      ${JSON.stringify({ session_id: id })}, ${clock.now()})`);
  await here.settle();
  const { method } = await db.one<{ method: string }>(
    sql`select method from release.session_release where session_id = ${id}`,
  );
  assert.equal(method, 'order');
});
