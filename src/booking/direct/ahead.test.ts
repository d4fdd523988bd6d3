import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinicWorld, signedIn, type ClinicWorld } from '../../../test/support/clinic.ts';
import { upsertHealthcareService } from '../../schedule/index.ts';
import type { App } from '../../platform/http.ts';
import { newId } from '../../platform/id.ts';
import { sql } from '../../platform/sql.ts';
import { doctorsDay } from '../../../test/support/doctors-day.ts';
import { moveVisit } from '../move.ts';
import { step } from '../step.ts';
import { stopStock } from '../store-stock.ts';
import { sweepInvariants } from '../store-sweep.ts';
import { book } from '../take.ts';
import { bookFollowUps } from './book-follow-ups.ts';
import { bookNext, endFollowUps, followUpTimes } from './follow-up.ts';
import { greenOffers, greenTotals, upgradeGreen } from './green.ts';
import { directSubscriptions } from './subscribers.ts';

let world: ClinicWorld;
let app: App;
let ordinary: string;
let kept: ReturnType<typeof doctorsDay>['kept'];
let present: ReturnType<typeof doctorsDay>['present'];
before(async () => {
  world = await clinicWorld('ahead');
  ({ kept, present } = doctorsDay(world, today));
  app = await world.app();
  const made = await upsertHealthcareService(world.ctx, {
    hospital_id: world.hospital_id,
    department_id: world.department_id,
    practitioner_id: null,
    code: 'XNK-03',
    name: '心内科普通门诊',
    level: 'ordinary',
    registration_fee_fen: 100,
    consultation_fee_fen: 1900,
  });
  ordinary = made.healthcare_service_id;
});
after(async () => {
  await app.close();
  await world.stop();
});

const code = (expected: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, expected, String(error)) ?? true;
const by = () => ({ hospital_id: world.hospital_id, actor: 'staff:doctor' });
const today = '2026-11-24';

const next = (appointment_id: string, more: Partial<Parameters<typeof bookNext>[1]>) =>
  bookNext(world.ctx, {
    ...by(),
    appointment_id,
    session_id: null,
    every_months: null,
    times: 4,
    first_due: null,
    idempotency: world.key(),
    ...more,
  });
const turns = (plan_id: string | null) =>
  world.ctx.db.many<{ n: number; due: string; outcome: string; service_date: string | null }>(sql`
    select t.n, t.due, t.outcome, a.service_date from booking.follow_up_turn t
    left join booking.appointment a on a.id = t.appointment_id
    where plan_id = ${plan_id} order by n`);
const at = (instant: string) => world.ctx.clock.set(new Date(instant));

test('[R043] any doctor of an ordinary clinic gives an urgent patient an expert number; it is counted and published', async () => {
  const urgent = await present(ordinary);
  await assert.rejects(
    greenOffers(world.ctx, { ...by(), appointment_id: urgent.appointment_id }),
    code('booking/green-from'),
  );
  await urgent.checkIn();
  const expert = await world.session({ numbers: 4, service_date: today, period: 'afternoon' });
  await kept('2026-11-25', 'green_channel', 1, { service: 'other' });
  const offers = await greenOffers(world.ctx, { ...by(), appointment_id: urgent.appointment_id });
  assert.equal(offers[0]?.session_id, expert, 'the soonest first');
  assert.deepEqual(
    offers.map(({ reserved_free }) => reserved_free),
    [0, 1],
  );
  const given = { ...by(), appointment_id: urgent.appointment_id, reason: 'severe' as const };
  const key = world.key();
  const press = () => upgradeGreen(world.ctx, { ...given, session_id: expert, idempotency: key });
  const [one, two] = await Promise.all([press(), press()]);
  assert.deepEqual(one, two);
  const told = await world.ctx.db.one<{ person_id: string; payload: { reason: string } }>(
    sql`select person_id, payload from platform.event where name = 'booking.green.given'`,
  );
  assert.equal(told.person_id, urgent.patient_id);
  assert.equal(told.payload.reason, 'severe');
  await assert.rejects(
    upgradeGreen(world.ctx, { ...given, session_id: urgent.session_id, idempotency: world.key() }),
    code('booking/green-to'),
  );
  const url = `/api/hospitals/${world.hospital_id}/green-channel`;
  const open = await app.inject({ url });
  assert.deepEqual(open.json(), { months: [{ month: '2026-11', total: 1 }] });
  assert.equal((await greenTotals(world.ctx, world.hospital_id)).length, 1);
});

test('[R043] the green channel stays open when every number is taken and departments may add none', async () => {
  await world.ctx.db.run(sql`
    insert into booking.added_quota (hospital_id, department_id, version, share, set_by, set_at)
    values (${world.hospital_id}, ${world.department_id}, 1, 0, 'staff:office', ${world.ctx.clock.now()})`);
  const full = await world.session({
    numbers: 1,
    service_date: '2026-11-26',
    released: ['online'],
  });
  const taken = await world.person();
  const { asker } = { asker: { actor: 'account:x', channel: 'web', account_id: null, device_key_id: null, payer_reference: null, phone_index: null } as const }; // prettier-ignore
  await book(world.ctx, {
    asker,
    session_id: full,
    slot_id: null,
    patient_id: taken.patient_id,
    idempotency: world.key(),
  });
  for (let count = 0; count < 3; count++) {
    const urgent = await present(ordinary);
    await urgent.checkIn();
    const { appointment_id } = await upgradeGreen(world.ctx, {
      ...by(),
      appointment_id: urgent.appointment_id,
      session_id: full,
      reason: 'worse',
      idempotency: world.key(),
    });
    assert.ok(appointment_id);
  }
  const pools = (await world.slots(full)).map(({ pool, state }) => `${pool} ${state}`);
  assert.deepEqual(pools, ['online booked', ...Array(3).fill('green_channel booked')]);
});

test('[R043] a patient is registered and seen without any of this: nothing waits for a quota or an approval', async () => {
  const walkIn = await present(ordinary);
  await walkIn.checkIn();
  for (const name of ['call', 'see'] as const)
    await step(world.ctx, name, {
      appointment_id: walkIn.appointment_id,
      actor: 'staff:doctor',
      idempotency: world.key(),
    });
  const asked = await world.ctx.db.one<{ n: number }>(
    sql`select count(*) as n from booking.added_order where patient_id = ${walkIn.patient_id}`,
  );
  assert.equal(asked.n, 0);
});

test('[R027, R028] the doctor books the next visit in the room from the numbers kept for it, never from the open ones', async () => {
  const here = await present();
  await here.checkIn();
  const day = await kept('2026-12-08', 'in_clinic', 1);
  const { times, plan } = await followUpTimes(world.ctx, { ...by(), ...here });
  assert.deepEqual(
    times.map(({ session, free }) => [session.id, free]),
    [[day, 1]],
  );
  assert.equal(plan, null);
  const booked = await next(here.appointment_id, { session_id: day });
  const row = await world.ctx.db.one<{ pool: string; channel: string; patient_id: string }>(sql`
    select s.pool, a.channel, a.patient_id from booking.appointment a join booking.slot s on s.id = a.slot_id
    where a.id = ${booked.appointment_id}`);
  assert.deepEqual(row, { pool: 'in_clinic', channel: 'in_clinic', patient_id: here.patient_id });
  const told = await world.ctx.db.one<{ person_id: string }>(sql`
    select person_id from platform.event where name = 'booking.follow-up.booked'
      and payload ->> 'appointment_id' = ${booked.appointment_id}`);
  assert.equal(told.person_id, here.patient_id);
  const other = await present();
  await assert.rejects(next(other.appointment_id, { session_id: day }), code('booking/sold-out'));
  await assert.rejects(next(other.appointment_id, {}), code('booking/follow-up-empty'));
});

test('[R031] every three months: each visit is booked from the follow-up pool as its session opens, over month ends and holidays', async () => {
  const here = await present();
  const first = await kept('2026-11-30', 'follow_up', 2);
  const { plan_id, appointment_id } = await next(here.appointment_id, {
    session_id: first,
    every_months: 3,
    times: 3,
  });
  await assert.rejects(
    next(here.appointment_id, { every_months: 1 }),
    code('booking/follow-up-planned'),
  );
  assert.ok(appointment_id);
  assert.equal(await bookFollowUps(world.ctx), 0, 'no session is planned yet');
  // The last day of February falls into a holiday week without clinics.
  await kept('2027-02-24', 'follow_up', 1);
  assert.equal(await bookFollowUps(world.ctx), 0, 'a nearer day may still come');
  await kept('2027-03-02', 'follow_up', 1);
  const ticks = await Promise.all([bookFollowUps(world.ctx), bookFollowUps(world.ctx)]);
  assert.equal(ticks[0] + ticks[1], 1, 'two servers book it once');
  assert.deepEqual(await turns(plan_id), [
    { n: 0, due: '2026-11-30', outcome: 'booked', service_date: '2026-11-30' },
    { n: 1, due: '2027-02-28', outcome: 'booked', service_date: '2027-03-02' },
  ]);
  await kept('2027-05-31', 'follow_up', 1);
  assert.equal(await bookFollowUps(world.ctx), 1);
  assert.deepEqual((await turns(plan_id)).at(-1), {
    n: 2,
    due: '2027-05-30',
    outcome: 'booked',
    service_date: '2027-05-31',
  });
  const events = await world.ctx.db.many<{ name: string; version: number }>(
    sql`select name, version from platform.event where subject = ${`follow-up:${plan_id}`} order by version`,
  );
  assert.deepEqual(events, [
    { name: 'booking.follow-up.planned', version: 1 },
    { name: 'booking.follow-up.booked', version: 2 },
    { name: 'booking.follow-up.booked', version: 3 },
    { name: 'booking.follow-up.ended', version: 4 },
  ]);
});

test('[R031] a stopped session’s follow-up is booked again; a time that went by without a number is told', async () => {
  const here = await present();
  const plan = await next(here.appointment_id, { every_months: 1, first_due: '2027-08-10' });
  const one = await kept('2027-08-10', 'follow_up', 1);
  assert.equal(await bookFollowUps(world.ctx), 1);
  await world.ctx.db.tx((tx) =>
    stopStock(tx, { session_id: one, at: world.ctx.clock.now(), actor: 'staff:office' }),
  );
  assert.equal(await bookFollowUps(world.ctx), 0);
  await kept('2027-08-17', 'follow_up', 1);
  assert.equal(await bookFollowUps(world.ctx), 1);
  assert.deepEqual(await turns(plan.plan_id), [
    { n: 0, due: '2027-08-10', outcome: 'booked', service_date: '2027-08-17' },
  ]);
  const now = world.ctx.clock.now();
  at('2027-10-02T01:00:00Z');
  assert.equal(await bookFollowUps(world.ctx), 0);
  assert.equal((await turns(plan.plan_id)).at(-1)?.outcome, 'unbooked');
  const told = await world.ctx.db.one<{ n: number }>(sql`
    select count(*) as n from platform.event
    where name = 'booking.follow-up.unbooked' and payload ->> 'plan_id' = ${plan.plan_id}`);
  assert.equal(told.n, 1);
  world.ctx.clock.set(now);
  await endFollowUps(world.ctx, {
    ...by(),
    plan_id: plan.plan_id as string,
    patient_ids: null,
    reason: 'doctor',
  });
});

test('[R027, R031] the patient sees the plan, moves and cancels a visit, and ends the plan; a stranger cannot', async () => {
  const here = await present();
  const account_id = await world.account(here.patient_id);
  const first = await kept('2027-04-05', 'follow_up', 1);
  const second = await kept('2027-04-07', 'follow_up', 1);
  const { plan_id, appointment_id } = await next(here.appointment_id, {
    session_id: first,
    every_months: 6,
  });
  const mine = signedIn({ account_id });
  const stranger = signedIn({ account_id: await world.account() });
  const seen = await app.inject({ url: '/api/direct-numbers', headers: mine() });
  assert.equal(seen.json().plans[0].plan_id, plan_id);
  assert.equal(seen.json().plans[0].appointment_id, appointment_id);
  assert.equal(seen.json().plans[0].next_due, '2027-10-05');
  const url = `/api/appointments/${appointment_id}/direct-times`;
  assert.equal((await app.inject({ url, headers: stranger() })).statusCode, 404);
  const { numbers } = (await app.inject({ url, headers: mine() })).json();
  const slot = numbers.find((one: { service_date: string }) => one.service_date === '2027-04-07');
  await moveVisit(world.ctx, {
    asker: { actor: `account:${account_id}`, channel: 'web', account_id },
    appointment_id: appointment_id as string,
    slot_id: slot.slot_id,
    idempotency: world.key(),
  });
  const moved = await world.ctx.db.one<{ session_id: string }>(
    sql`select session_id from booking.appointment where id = ${appointment_id}`,
  );
  assert.equal(moved.session_id, second);
  const cancelled = await app.inject({
    method: 'POST',
    url: `/api/appointments/${appointment_id}/cancel`,
    headers: mine(),
    payload: {},
  });
  assert.equal(cancelled.json().status, 'cancelled');
  const end = (headers: Record<string, string>) =>
    app.inject({ method: 'POST', url: `/api/follow-up-plans/${plan_id}/end`, headers });
  assert.equal((await end(stranger())).statusCode, 404);
  assert.equal((await end(mine())).statusCode, 200);
  assert.equal((await end(mine())).json().code, 'booking/follow-up-unknown');
});

test('two records of one person become one for their doctors too, and nothing is booked for an erased person', async () => {
  const one = await present();
  const two = await present();
  const kept_plan = await next(two.appointment_id, { every_months: 2 });
  const moved_plan = await next(one.appointment_id, { every_months: 3 });
  const tell = (name: string, payload: object) =>
    world.ctx.db.run(sql`
      insert into platform.event (id, name, subject, version, actor, payload, occurred_at)
      values (${newId(world.ctx)}, ${name}, ${`test:${newId(world.ctx)}`}, 1, 'system:test',
        ${JSON.stringify(payload)}, ${world.ctx.clock.now()})`);
  await tell('identity.patient.merged', { from: one.patient_id, into: two.patient_id });
  await world.follow(directSubscriptions(world.ctx));
  const plans = await world.ctx.db.many<{ id: string; state: string; patient_id: string }>(sql`
    select id, state, patient_id from booking.follow_up_plan
    where id in (${kept_plan.plan_id}, ${moved_plan.plan_id}) order by state`);
  assert.deepEqual(plans, [
    { id: kept_plan.plan_id, state: 'active', patient_id: two.patient_id },
    { id: moved_plan.plan_id, state: 'ended', patient_id: two.patient_id },
  ]);
  await tell('identity.patient.erased', { patient_id: two.patient_id, kept_until: null });
  await world.follow(directSubscriptions(world.ctx));
  const left = await world.ctx.db.one<{ n: number }>(sql`
    select count(*) as n from booking.follow_up_plan
    where patient_id = ${two.patient_id} and state = 'active'`);
  assert.equal(left.n, 0);
});

test('[R028] others do not come by a follow-up number through the open channels', async () => {
  const id = await kept('2027-06-15', 'follow_up', 2);
  const { patient_id } = await world.person();
  const asker = {
    actor: 'account:x',
    channel: 'web',
    account_id: null,
    device_key_id: null,
    payer_reference: null,
    phone_index: null,
  } as const;
  const [slot] = await world.slots(id);
  await assert.rejects(
    book(world.ctx, {
      asker,
      session_id: id,
      slot_id: slot?.id as string,
      patient_id,
      idempotency: world.key(),
    }),
    code('booking/other-channel'),
  );
});

test('after all of it numbers, visits and events agree', async () => {
  const found = await sweepInvariants(world.ctx.db);
  assert.deepEqual(found, []);
});
