import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { default_rhythm } from '../../src/release/index.ts';
import { sql } from '../../src/platform/sql.ts';
import { addPerson, entryBody, openDraw, until } from '../support/draws.ts';
import { patientAt, staffAt, world, type Visitor } from '../support/world.ts';

let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('plan change');
});
after(() => here.stop());

type Plan = Record<string, unknown> & {
  healthcare_service_id: string;
  method: string;
  draw_group: string;
};

async function planOf(manager: Visitor, name: string): Promise<Plan> {
  const { plans } = await manager.get('/api/staff/plans');
  const found = plans.find((one: { service_name: string }) => one.service_name === name);
  assert.ok(found, name);
  const {
    id: _,
    version: __,
    service_name: ___,
    created_by: ____,
    created_at: _____,
    ...plan
  } = found;
  return plan;
}

test('[R001] a change between draw and order needs a second person, and never touches a published manifest', async () => {
  const manager = await staffAt(here.app, 'manager');
  const it = await staffAt(here.app, 'it');
  const plan = await planOf(manager, '许怀瑾主任门诊');
  const before = await here.ctx.db.many<{ session_id: string; method: string }>(sql`
    select session_id, method from release.session_release
    where healthcare_service_id = ${plan.healthcare_service_id} and online_done_at is not null order by session_id`);
  const change = {
    ...plan,
    method: 'order',
    draw_rhythm: null,
    effective_from: '2026-11-25',
    reason: '患者安全，急需恢复',
  };
  const asked = await manager.post('/api/staff/plans', change);
  assert.equal(asked.plan, null);
  const again = await manager.send('POST', '/api/staff/plans', change);
  assert.equal(again.body.code, 'release/proposal-open');
  const own = await manager.send('POST', `/api/staff/plan-proposals/${asked.proposal_id}/decide`, {
    approve: true,
  });
  assert.equal(own.body.code, 'release/proposal-own');
  const clerk = await staffAt(here.app, 'clerk');
  const denied = await clerk.send('POST', `/api/staff/plan-proposals/${asked.proposal_id}/decide`, {
    approve: true,
  });
  assert.equal(denied.status, 403);
  await it.post(`/api/staff/plan-proposals/${asked.proposal_id}/decide`, { approve: true });
  await here.settle();
  const after = await here.ctx.db.many<{ session_id: string; method: string }>(sql`
    select session_id, method from release.session_release
    where session_id = any(${before.map((one) => one.session_id)}::uuid[]) order by session_id`);
  assert.deepEqual(after, before, 'announced sessions keep their draw');
  assert.equal((await planOf(manager, '许怀瑾主任门诊')).method, 'order');
});

test('[R001] times and shares one person may change; a plan that breaks a rule is not even proposed', async () => {
  const manager = await staffAt(here.app, 'manager');
  const plan = await planOf(manager, '眼科普通门诊');
  const saved = await manager.post('/api/staff/plans', { ...plan, release_time: '08:30' });
  assert.equal(saved.plan.release_time, '08:30');
  const night = await manager.send('POST', '/api/staff/plans', {
    ...plan,
    method: 'draw',
    draw_rhythm: default_rhythm,
    release_time: '02:00',
  });
  assert.equal(night.body.code, 'release/plan-refused');
  const secret = await manager.send('POST', '/api/staff/plans', {
    ...(await planOf(manager, '林知远主任门诊')),
    draw_rules: { pool: 'public' },
  });
  assert.equal(secret.body.findings[0].code, 'no-impact-assessment');
});

test('a shadow draw seals and ranks those who took numbers in order, gives nothing out, and shows both side by side', async () => {
  const manager = await staffAt(here.app, 'manager');
  const it = await staffAt(here.app, 'it');
  const plan = await planOf(manager, '眼科普通门诊');
  const { proposal_id } = await manager.post('/api/staff/plans', {
    ...plan,
    shadow: true,
    draw_rhythm: {
      kind: 'seconds',
      entry_s: 300,
      seal_s: 5,
      offset_s: 20,
      margin_s: 10,
      confirm_s: 60,
    },
  });
  await it.post(`/api/staff/plan-proposals/${proposal_id}/decide`, { approve: true });
  // Sessions that are released already keep their plan; a new one comes under the shadow.
  const session = await here.ctx.db.one<{ session_id: string }>(sql`
    select session_id from release.session_release
    where healthcare_service_id = ${plan.healthcare_service_id} and service_date = '2026-11-27'
    order by starts_at limit 1`);
  await here.ctx.db.run(sql`
    update release.session_release set plan_id = (select id from release.plan
      where healthcare_service_id = ${plan.healthcare_service_id} order by version desc limit 1)
    where session_id = ${session.session_id}`);
  const mother = await patientAt(here.app, here.ctx.population.syntheticPerson(37).phone);
  const quick = await addPerson(here, mother, 8000);
  await mother.post('/api/appointments', {
    session_id: session.session_id,
    patient_id: quick,
    confirm: true,
  });
  await here.settle();
  const draw = await openDraw(here, `shadow.${plan.draw_group}`, '2026-11-27');
  const slow = await addPerson(here, mother, 8001);
  await mother.post(`/api/draws/${draw.draw_id}/entries`, entryBody(slow, draw.sessions).body);
  await until(here, draw.closes_at, 2);
  await until(here, draw.round_at, 10);
  const visits = await here.ctx.db.one<{ n: number }>(sql`
    select count(*)::int as n from booking.appointment where session_id = ${session.session_id}`);
  assert.equal(visits.n, 1, 'nothing was given out');
  const report = await (
    await staffAt(here.app, 'manager')
  ).get(`/api/staff/draws/${draw.draw_id}/shadow`);
  assert.equal(report.entries, 2);
  assert.equal(report.served_in_order, 1);
  assert.equal(report.served_by_draw, 2);
});

test('[R022] clinics that sell out in minutes are proposed for the draw once a month; a person decides', async () => {
  const service = await here.ctx.db.one<{ id: string; hospital_id: string }>(sql`
    select distinct healthcare_service_id as id, hospital_id from booking.session_stock t
    where method = 'order' and not exists (select from booking.session_stock o
      where o.healthcare_service_id = t.healthcare_service_id and o.method = 'draw')
    order by healthcare_service_id limit 1`);
  await here.ctx.db.run(sql`
    update booking.session_stock set released_at = '2026-11-24 00:00+00', sold_out_at = '2026-11-24 00:03+00'
    where healthcare_service_id = ${service.id}`);
  // The first of the next month.
  here.clock.set(new Date('2026-12-01T00:00:00Z'));
  await here.settle();
  const manager = await staffAt(here.app, 'manager');
  const { recommendations } = await manager.get('/api/staff/recommendations');
  const mine = recommendations.find(
    (one: { healthcare_service_id: string }) => one.healthcare_service_id === service.id,
  );
  assert.ok(mine);
  assert.ok(mine.fast_sessions >= 3);
  assert.equal(mine.fastest_s, 180);
  await here.settle();
  const twice = (await manager.get('/api/staff/recommendations')).recommendations;
  assert.equal(twice.length, recommendations.length, 'once a month');
  await manager.post(`/api/staff/recommendations/${mine.id}`, { take: false });
  const gone = await manager.send('POST', `/api/staff/recommendations/${mine.id}`, { take: true });
  assert.equal(gone.body.code, 'release/recommendation-unknown');
});
