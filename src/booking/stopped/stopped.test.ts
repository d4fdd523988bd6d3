import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinicWorld, signedIn, type ClinicWorld } from '../../../test/support/clinic.ts';
import type { App } from '../../platform/http.ts';
import { sql } from '../../platform/sql.ts';
import {
  checkChange,
  countChanges,
  stopSession,
  substituteDoctor,
  upsertDepartment,
  upsertHealthcareService,
  upsertPractitioner,
} from '../../schedule/index.ts';
import { lapseHolds } from '../lapse.ts';
import { step } from '../step.ts';
import { sweepInvariants } from '../store-sweep.ts';
import { book } from '../take.ts';
import { offerRebookings } from './offer.ts';
import { offerUntil } from './rules.ts';

let here: ClinicWorld;
let app: App;
before(async () => {
  here = await clinicWorld('stopped');
  app = await here.app();
});
after(async () => {
  assert.deepEqual(await sweepInvariants(here.ctx.db), []);
  await app.close();
  await here.stop();
});

const actor = 'staff:test';
const wall = (text: string): void => here.ctx.clock.set(new Date(`${text}+08:00`));
const tick = async (): Promise<number> => {
  await here.follow();
  const offered = await offerRebookings(here.ctx);
  await here.follow();
  return offered;
};

async function booked(session_id: string) {
  const person = await here.person();
  const account_id = await here.account(person.patient_id);
  const { appointment_id } = await book(here.ctx, {
    asker: {
      actor: `account:${account_id}`,
      channel: 'web',
      account_id,
      device_key_id: null,
      payer_reference: null,
      phone_index: null,
    },
    session_id,
    slot_id: null,
    patient_id: person.patient_id,
    idempotency: here.key(),
  });
  const headers = signedIn({ account_id });
  const get = async (url: string) => (await app.inject({ url, headers: headers() })).json();
  const post = (url: string) => app.inject({ method: 'POST', url, headers: headers() });
  return { ...person, account_id, appointment_id, get, post };
}
type Booked = Awaited<ReturnType<typeof booked>>;
const mine = async (one: Booked): Promise<any[]> => (await one.get('/api/rebookings')).rebookings;
const confirm = (_one: Booked, appointment_id: string) =>
  step(here.ctx, 'confirm', { appointment_id, actor, idempotency: here.key() });
const stop = async (session_id: string): Promise<void> => {
  const { hospital_id } = here;
  await stopSession(here.ctx, { hospital_id, session_id, actor, reason: '医生生病' });
  await here.follow();
};

test('stopped people are offered numbers before anybody else, in the order of those they had', async () => {
  wall('2026-11-24T09:00:00');
  const lost = await here.session({ numbers: 6, released: ['online'] });
  const [first, second, third] = [await booked(lost), await booked(lost), await booked(lost)];
  // Two numbers of that doctor are left in the next weeks, not yet released to anybody.
  const next = await here.session({ numbers: 2, service_date: '2026-12-04' });
  await stop(lost);
  assert.equal(await tick(), 2);
  const offers = await Promise.all([first, second, third].map(mine));
  assert.deepEqual(
    offers.map(([offer]) => offer.state),
    ['offered', 'offered', 'waiting'],
  );
  assert.equal(offers[0]?.[0].offer.service_date, '2026-12-04');
  assert.equal(offers[0]?.[0].offer.until, '2026-11-26T01:00:00.000Z', 'held for two days');
  assert.deepEqual(
    (await here.slots(next)).map(({ state }) => state),
    ['held', 'held'],
  );
  assert.equal(await tick(), 0, 'nobody is offered twice');

  await confirm(first, offers[0]?.[0].offer.appointment_id);
  wall('2026-11-26T09:00:01');
  await lapseHolds(here.ctx);
  assert.equal(await tick(), 1, 'what the second did not want goes to the third');
  const states = await Promise.all([first, second, third].map(async (one) => (await mine(one))[0].state)); // prettier-ignore
  assert.deepEqual(states, ['taken', 'ended', 'offered']);
  const reply = await third.post(`/api/rebookings/${(await mine(third))[0].rebooking_id}/decline`);
  assert.equal(reply.json().rebookings[0].state, 'ended');
  assert.deepEqual((await here.slots(next)).map(({ state }) => state).sort(), [
    'booked',
    'unreleased',
  ]);
  const again = await third.post(`/api/rebookings/${(await mine(third))[0].rebooking_id}/decline`);
  assert.deepEqual([again.statusCode, again.json().code], [409, 'booking/rebooking-over']);
});

test('a stop counts against nobody, and what was only held waits for nothing', async () => {
  wall('2026-11-24T09:00:00');
  const lost = await here.session({ numbers: 2, released: ['online'], period: 'afternoon' });
  const one = await booked(lost);
  await stop(lost);
  await tick();
  const { status } = await here.ctx.db.one<{ status: string }>(
    sql`select status from booking.appointment where id = ${one.appointment_id}`,
  );
  assert.equal(status, 'stopped');
  const { count } = await here.ctx.db.one<{ count: number }>(sql`
    select count(*)::int as count from booking.appointment
    where patient_id = ${one.patient_id} and status in ('cancelled', 'noshow', 'lapsed')`);
  assert.equal(count, 0);
});

test('a colleague of the same department and rank is offered where the doctor has no number', async () => {
  wall('2026-11-24T09:00:00');
  const lost = await here.session({ numbers: 1, released: ['online'], service_date: '2026-12-21' });
  const one = await booked(lost);
  await here.session({ numbers: 1, service: 'other', service_date: '2026-12-23' });
  await stop(lost);
  assert.equal(await tick(), 1);
  const [rebooking] = await mine(one);
  assert.equal(rebooking.offer.service_name, '李主任门诊');
  const stranger = await booked(await here.session({ numbers: 1, released: ['online'], service_date: '2026-12-24' })); // prettier-ignore
  const reply = await stranger.post(`/api/rebookings/${rebooking.rebooking_id}/decline`);
  assert.equal(reply.statusCode, 409, 'somebody else’s is not found');
});

test('numbers that a draw has claimed are never taken for an offer; a month of waiting ends', async () => {
  wall('2026-11-24T09:00:00');
  const lost = await here.session({ numbers: 1, released: ['online'], service_date: '2027-01-11' });
  const one = await booked(lost);
  const drawn = await here.session({ numbers: 1, service_date: '2027-01-18' });
  await here.ctx.db.run(sql`update booking.slot set draw_id = ${lost} where session_id = ${drawn}`);
  await stop(lost);
  assert.equal(await tick(), 0);
  assert.equal((await mine(one))[0].state, 'waiting');
  wall('2027-02-11T09:00:00');
  await tick();
  assert.equal((await mine(one))[0].state, 'ended');
});

test('an offer is held for two days, never past the evening before, and not when too little time is left', () => {
  const at = (text: string) => new Date(`${text}+08:00`);
  const cases: [string, string, string | undefined][] = [
    ['2026-12-20T08:00:00', '2026-12-01T09:00:00', '2026-12-03T09:00:00'],
    ['2026-12-02T08:00:00', '2026-12-01T09:00:00', '2026-12-01T20:00:00'],
    ['2026-12-02T08:00:00', '2026-12-01T21:00:00', '2026-12-02T06:00:00'],
    ['2026-12-02T08:00:00', '2026-12-02T05:30:00', undefined],
  ];
  for (const [starts, now, until] of cases)
    assert.deepEqual(offerUntil(at(starts), at(now)), until && at(until), `${starts} ${now}`);
});

async function colleague(code: string, title: string, specialty_code = '03.04') {
  const { hospital_id, ctx } = here;
  const { practitioner_id } = await upsertPractitioner(ctx, { hospital_id, code, name: `${code}医生`, title }); // prettier-ignore
  const { campus_id } = await ctx.db.one<{ campus_id: string }>(
    sql`select campus_id from schedule.department where id = ${here.department_id}`,
  );
  const { department_id } = await upsertDepartment(ctx, { hospital_id, campus_id, code: `K${code}`, name: code, specialty_code }); // prettier-ignore
  await upsertHealthcareService(ctx, { hospital_id, department_id, practitioner_id, code: `S${code}`, name: code, level: 'chief' }); // prettier-ignore
  return practitioner_id;
}

test('替诊: the same speciality, the same or a higher title, told to all, refused at no cost', async () => {
  wall('2026-11-24T09:00:00');
  const { hospital_id, ctx } = here;
  const session_id = await here.session({ numbers: 3, released: ['online'], service_date: '2026-12-10' }); // prettier-ignore
  const [keeps, refuses] = [await booked(session_id), await booked(session_id)];
  const equal = await colleague('A', '主任医师');
  const lower = await colleague('B', '主治医师');
  const stranger = await colleague('C', '主任医师', '10');
  const by = (practitioner_id: string) => ({ hospital_id, session_id, practitioner_id, actor, cause: 'approved' as const, reason: '出差' }); // prettier-ignore
  await assert.rejects(substituteDoctor(ctx, by(lower)), /不能低于/);
  await assert.rejects(substituteDoctor(ctx, by(stranger)), /同一专科/);
  await assert.rejects(substituteDoctor(ctx, by(here.services.chief.practitioner_id)), /现在就是/);
  const { substitutes, lateness } = await checkChange(ctx, { hospital_id, session_id });
  assert.equal(lateness, 'in_time');
  assert.deepEqual(substitutes.map(({ name }) => name).sort(), ['A医生', '李主任']);
  wall('2026-11-24T10:00:00');
  await substituteDoctor(ctx, by(equal));
  await here.follow();
  const told = await ctx.db.many<{ person_id: string }>(
    sql`select person_id from platform.event where name = 'booking.visit.substituted' order by id`,
  );
  assert.deepEqual(told.map(({ person_id }) => person_id).sort(), [keeps.patient_id, refuses.patient_id].sort()); // prettier-ignore
  const [shown] = (await refuses.get('/api/substitutes')).substitutes;
  assert.deepEqual([shown.practitioner_name, shown.practitioner_title], ['A医生', '主任医师']);
  for (let again = 0; again < 2; again++) {
    const reply = await refuses.post(
      `/api/appointments/${refuses.appointment_id}/refuse-substitute`,
    );
    assert.equal(reply.statusCode, 200);
    assert.deepEqual(reply.json().substitutes, []);
  }
  await here.follow();
  const visits = await ctx.db.many<{ status: string }>(sql`
    select status from booking.appointment where id in (${keeps.appointment_id}, ${refuses.appointment_id})
    order by status`);
  assert.deepEqual(
    visits.map(({ status }) => status),
    ['booked', 'stopped'],
  );
  assert.equal((await here.slots(session_id)).filter(({ state }) => state === 'free').length, 2);
  assert.equal((await mine(refuses)).length, 1, 'who refused is offered another number');
  const late = await booked(session_id);
  const reply = await late.post(`/api/appointments/${late.appointment_id}/refuse-substitute`);
  assert.deepEqual(
    [reply.statusCode, reply.json().code],
    [409, 'booking/no-substitute'],
    'who knew',
  );
  const foreign = await late.post(`/api/appointments/${keeps.appointment_id}/refuse-substitute`);
  assert.equal(foreign.statusCode, 404);
});

test('stops and substitutions are counted by doctor, those without leave apart', async () => {
  wall('2026-11-24T09:00:00');
  const { hospital_id, ctx } = here;
  for (const day of ['2026-11-25', '2026-11-26', '2026-11-28'])
    await stopSession(ctx, {
      hospital_id,
      session_id: await here.session({ numbers: 1, service: 'other', service_date: day, period: 'afternoon' }), // prettier-ignore
      actor,
      reason: '没有到岗',
      cause: 'unannounced',
    });
  await here.follow();
  const doctors = await countChanges(ctx, { hospital_id, from: '2026-01-01', to: '2027-12-31' });
  const [worst] = doctors;
  assert.deepEqual([worst?.name, worst?.unannounced, worst?.suspend_due], ['李主任', 3, true]);
  const zhang = doctors.find(({ name }) => name === '张主任');
  assert.deepEqual([zhang?.unannounced, zhang?.suspend_due, zhang?.substitutions], [0, false, 1]);
});
