import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { clinicWorld, signedIn, type ClinicWorld } from '../../test/support/clinic.ts';
import { can } from '../identity/index.ts';
import { createPayment } from '../payment/index.ts';
import { readConfig } from '../platform/config.ts';
import { createHttp, type App, type Session } from '../platform/http.ts';
import { releaseNumbers } from './store-stock.ts';
import { sql } from '../platform/sql.ts';
import { upsertDepartment, upsertHealthcareService } from '../schedule/index.ts';
import { attend } from './check-in.ts';
import { assertSeenBefore, internetAhead, internetGuard } from './internet.ts';
import { notePriorDiagnosis } from './internet-notes.ts';
import { bookingRoutes } from './routes.ts';
import { book } from './take.ts';

let world: ClinicWorld;
let app: App;
before(async () => {
  world = await clinicWorld('internet');
  app = await edge();
  internetGuard(app, world.ctx);
  bookingRoutes(app, { ...world.ctx, payment: createPayment(world.ctx, { channels: [] }) });
});

/** The HTTP edge, where a header says who is signed in. */
function edge(): Promise<App> {
  return createHttp({
    config: readConfig({}),
    authenticate: (request) => {
      const text = request.headers['x-test-session'];
      return typeof text === 'string' ? (JSON.parse(text) as Session) : undefined;
    },
    can: (roles, permission) => can(roles, permission),
    log: false,
  });
}
after(async () => {
  await app.close();
  await world.stop();
});

const window = { actor: 'staff:clerk', channel: 'window', account_id: null, device_key_id: null, payer_reference: null, phone_index: null } as const; // prettier-ignore

async function internetSession(service_date = '2026-11-27'): Promise<string> {
  const id = await world.session({ numbers: 6, service_date });
  await world.ctx.db.run(sql`update schedule.session set mode = 'internet' where id = ${id}`);
  await world.ctx.db.tx(
    (tx) =>
    releaseNumbers(tx, { session_ids: [id], pools: ['online'], at: world.ctx.clock.now(), actor: 'system' }), // prettier-ignore
  );
  return id;
}

/** A person with an account, and how they ask for a number online. */
async function patient() {
  const { patient_id } = await world.person();
  const headers = signedIn({ account_id: await world.account(patient_id) });
  const ask = async (session_id: string) => {
    const payload = { session_id, patient_id, confirm: true };
    const reply = await app.inject({ method: 'POST', url: '/api/appointments', headers: headers(), payload }); // prettier-ignore
    return reply.json() as { code?: string; detail?: string; status?: string; mode?: string };
  };
  const move = async (appointment_id: string, slot_id: string) => {
    const url = `/api/appointments/${appointment_id}/move`;
    const reply = await app.inject({ method: 'POST', url, headers: headers(), payload: { slot_id } }); // prettier-ignore
    return reply.json() as { code?: string };
  };
  return { patient_id, ask, move };
}

/** A visit that took place on a day, in a session of that day. */
async function wasSeen(patient_id: string, service_date: string, session?: string): Promise<void> {
  const now = world.ctx.clock.now();
  world.ctx.clock.set(new Date(`${service_date}T01:00:00Z`));
  const session_id = session ?? (await world.session({ numbers: 1, service_date, released: ['online'] })); // prettier-ignore
  const taken = await book(world.ctx, { asker: window, session_id, slot_id: null, patient_id, idempotency: world.key() }); // prettier-ignore
  const { appointment_id } = taken;
  const { hospital_id } = world;
  await attend(world.ctx, { appointment_id, hospital_id, actor: 'staff:nurse', idempotency: world.key() }); // prettier-ignore
  world.ctx.clock.set(now);
}

test('a number of an internet clinic is refused to whoever was never seen, naming the clinic in person', async () => {
  const session = await internetSession();
  const one = await patient();
  const refused = await one.ask(session);
  assert.equal(refused.code, 'booking/internet-needs-visit', JSON.stringify(refused));
  for (const word of ['线下门诊', '心血管内科', '带病历到窗口'])
    assert.ok(refused.detail?.includes(word), `${word}: ${refused.detail}`);
  const inPerson = await world.session({ numbers: 2, released: ['online'], service: 'other' });
  assert.equal((await one.ask(inPerson)).status, 'booked', 'the way in person is open');
});

test('a crowd at many clinics asks once how they are held', async () => {
  const dates = ['2026-12-07', '2026-12-08', '2026-12-09'];
  const session_ids: string[] = [];
  for (const date of dates) session_ids.push(await internetSession(date));
  const { patient_id } = await patient();
  const refuses = (session_id: string) =>
    assert.rejects(assertSeenBefore(world.ctx, { session_ids: [session_id], patient_id }));
  const trips = async (): Promise<number> => {
    const before = world.ctx.db.roundTrips();
    await Promise.all(session_ids.map(refuses));
    return world.ctx.db.roundTrips() - before;
  };
  // What they are refused for is read for each of them, each time.
  const first = await trips();
  assert.equal(first - (await trips()), 1, 'what the clinics are is read once, and together');
});

test('a visit seen in the same specialty opens it, as long ago as the rules allow and no longer', async () => {
  const session = await internetSession('2026-11-30');
  const one = await patient();
  await wasSeen(one.patient_id, '2026-10-12');
  const booked = await one.ask(session);
  assert.equal(booked.status, 'booked', JSON.stringify(booked));
  assert.equal(booked.mode, 'internet');
  const other = await patient();
  await wasSeen(other.patient_id, '2026-05-06');
  assert.equal((await other.ask(session)).code, 'booking/internet-needs-visit', 'too long ago');
});

test('another specialty proves nothing; another department of the same specialty does', async () => {
  const session = await internetSession('2026-12-01');
  const { hospital_id } = world;
  const { campus_id } = await world.ctx.db.one<{ campus_id: string }>(
    sql`select campus_id from schedule.department where id = ${world.department_id}`,
  );
  const seenIn = async (code: string, specialty_code: string, patient_id: string) => {
    const { department_id } = await upsertDepartment(world.ctx, { hospital_id, campus_id, code, name: `科室${code}`, specialty_code }); // prettier-ignore
    const { healthcare_service_id } = await upsertHealthcareService(world.ctx, { hospital_id, department_id, practitioner_id: null, code: `${code}-1`, name: '普通门诊', level: 'ordinary', registration_fee_fen: 100, consultation_fee_fen: 900 }); // prettier-ignore
    const id = await world.session({ numbers: 2, service_date: '2026-10-13' });
    await world.ctx.db.run(sql`update schedule.session set healthcare_service_id = ${healthcare_service_id}, practitioner_id = null where id = ${id}`); // prettier-ignore
    await world.ctx.db.run(sql`update booking.session_stock set department_id = ${department_id}, healthcare_service_id = ${healthcare_service_id} where session_id = ${id}`); // prettier-ignore
    await world.ctx.db.tx(
      (tx) =>
      releaseNumbers(tx, { session_ids: [id], pools: ['online'], at: world.ctx.clock.now(), actor: 'system' }), // prettier-ignore
    );
    await wasSeen(patient_id, '2026-10-13', id);
  };
  const one = await patient();
  await seenIn('GK', '03.05', one.patient_id);
  assert.equal((await one.ask(session)).code, 'booking/internet-needs-visit');
  await seenIn('XNK2', '03.04', one.patient_id);
  assert.equal((await one.ask(session)).status, 'booked');
});

test('a paper seen at the window opens it, once noted or twice; a day to come is refused', async () => {
  const session = await internetSession('2026-12-02');
  const one = await patient();
  const headers = signedIn({ staff_id: 'c', hospital_id: world.hospital_id, roles: ['registration_clerk'] }); // prettier-ignore
  const note = async (diagnosed_on: string) => {
    const payload = { patient_id: one.patient_id, department_id: world.department_id, diagnosed_on }; // prettier-ignore
    const reply = await app.inject({ method: 'POST', url: '/api/staff/prior-diagnoses', headers: headers(), payload }); // prettier-ignore
    return reply.json() as { code?: string; done?: boolean };
  };
  assert.equal((await note('2026-12-24')).code, 'booking/diagnosis-in-future');
  assert.deepEqual(await note('2026-11-02'), { done: true });
  assert.deepEqual(await note('2026-11-02'), { done: true });
  const rows = await world.ctx.db.many(sql`
    select from platform.event where name = 'booking.prior-diagnosis.noted'`);
  assert.equal(rows.length, 1);
  assert.equal((await one.ask(session)).status, 'booked');
  const told = { hospital_id: world.hospital_id, department_id: world.department_id, diagnosed_on: '2026-11-03', source: 'his' as const, actor: 'system:his' }; // prettier-ignore
  const other = await patient();
  await notePriorDiagnosis(world.ctx, { ...told, patient_id: other.patient_id });
  assert.equal((await other.ask(session)).status, 'booked', 'as does the word of the HIS');
});

test('a booking in person does not move to the internet without a visit before', async () => {
  const from = await world.session({
    numbers: 2,
    service_date: '2026-12-03',
    released: ['online'],
  });
  const session = await internetSession('2026-12-04');
  const one = await patient();
  const booked = (await one.ask(from)) as { appointment_id: string };
  const [slot] = await world.slots(session);
  const refused = await one.move(booked.appointment_id, slot?.id ?? '');
  assert.equal(refused.code, 'booking/internet-needs-visit');
  const same = (await world.slots(from)).find(({ state }) => state === 'free');
  assert.equal((await one.move(booked.appointment_id, same?.id ?? '')).code, undefined);
});

test('how a session is held is being read while a guard before asks its own', async () => {
  const session_id = await world.session({ numbers: 1, service_date: '2026-12-21' });
  const { patient_id } = await world.person();
  const headers = signedIn({ account_id: await world.account(patient_id) });
  const other = await edge();
  const { db } = world.ctx;
  let meanwhile = -1;
  internetAhead(other, world.ctx);
  other.addHook('preHandler', async () => {
    const before = db.roundTrips();
    await sleep(50);
    meanwhile = db.roundTrips() - before;
  });
  const config = { permission: 'account' as const };
  other.post('/api/appointments', { config }, () => ({ held: true }));
  const payload = { session_id, patient_id };
  const ask = { method: 'POST' as const, url: '/api/appointments', payload };
  const reply = await other.inject({ ...ask, headers: headers() });
  assert.deepEqual(reply.json(), { held: true });
  assert.ok(meanwhile >= 1, `${meanwhile} statements`);
  await other.inject({ ...ask, headers: headers() });
  assert.equal(meanwhile, 0, 'what is known is not read again');
  await other.close();
});
