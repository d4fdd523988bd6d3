import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinicWorld, signedIn, type ClinicWorld } from '../../../test/support/clinic.ts';
import { doctorsDay } from '../../../test/support/doctors-day.ts';
import type { App } from '../../platform/http.ts';
import { newId } from '../../platform/id.ts';
import { sql } from '../../platform/sql.ts';
import {
  createHospital,
  upsertHealthcareService,
  upsertPractitioner,
} from '../../schedule/index.ts';
import { step } from '../step.ts';
import { claimForDraw } from '../store-draw.ts';
import { sweepInvariants } from '../store-sweep.ts';
import { escalate, expertTimes, type EscalateInput } from './escalate.ts';
import { teamRoutes } from './routes.ts';
import { teamSubscriptions } from './subscribers.ts';
import { listTeams, setTeam } from './teams.ts';

const today = '2026-11-24';
let world: ClinicWorld;
let app: App;
let clinic: string;
let member: string;
let kept: ReturnType<typeof doctorsDay>['kept'];
let present: ReturnType<typeof doctorsDay>['present'];
before(async () => {
  world = await clinicWorld('team');
  app = await world.app();
  teamRoutes(app, world.ctx);
  ({ kept, present } = doctorsDay(world, today));
  const { hospital_id } = world;
  const doctor = { hospital_id, code: 'D-M', name: '王主治', title: '主治医师' };
  member = (await upsertPractitioner(world.ctx, doctor)).practitioner_id;
  clinic = await teamClinic('XNK-T', '张主任团队门诊');
  await setTeam(world.ctx, { ...team(), members: [member, expert(), member] });
});
after(async () => {
  await app.close();
  await world.stop();
});

const code = (expected: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, expected, String(error)) ?? true;
const by = () => ({ hospital_id: world.hospital_id, actor: 'staff:member' });
const expert = () => world.services.chief.practitioner_id;
const team = () => ({
  ...by(),
  healthcare_service_id: clinic,
  expert_id: expert(),
  members: [member],
  closed: false,
});
async function teamClinic(clinic_code: string, name: string): Promise<string> {
  const made = await upsertHealthcareService(world.ctx, {
    hospital_id: world.hospital_id,
    department_id: world.department_id,
    practitioner_id: null,
    code: clinic_code,
    name,
    level: 'team',
  });
  return made.healthcare_service_id;
}
const move = (appointment_id: string, name: 'call' | 'see' | 'cancel') =>
  step(world.ctx, name, { appointment_id, actor: 'staff:member', idempotency: world.key() });
/** Somebody whom the team has called in today. */
async function seen() {
  const patient = await present(clinic);
  await patient.checkIn();
  await move(patient.appointment_id, 'call');
  return patient;
}
const up = (appointment_id: string, session_id: string, more: Partial<EscalateInput> = {}) =>
  escalate(world.ctx, {
    ...by(),
    ...{ appointment_id, session_id, reason: 'complex', idempotency: world.key() },
    ...more,
  });

test('[R035] the patient books the team, a member sees them first, and sends them on to the named expert', async () => {
  const session = await kept('2026-11-26', 'team', 2);
  const patient = await present(clinic);
  const times = () => expertTimes(world.ctx, { ...by(), appointment_id: patient.appointment_id });
  await assert.rejects(times(), code('booking/escalate-from'));
  await patient.checkIn();
  await assert.rejects(up(patient.appointment_id, session), code('booking/escalate-from'));
  await move(patient.appointment_id, 'call');
  assert.deepEqual(
    (await times()).map((one) => [one.session.id, one.free]),
    [[session, 2]],
  );
  const key = world.key();
  const press = () => up(patient.appointment_id, session, { idempotency: key });
  const [one, two] = await Promise.all([press(), press()]);
  assert.deepEqual(one, two);
  const pools = (await world.slots(session)).map((slot) => `${slot.pool} ${slot.state}`);
  assert.deepEqual(pools.slice(0, 3), ['team booked', 'team free', 'online unreleased']);
  const told = await world.ctx.db.one<{ person_id: string; actor: string; payload: object }>(
    sql`select person_id, actor, payload from platform.event where name = 'booking.team.escalated'`,
  );
  assert.equal(told.person_id, patient.patient_id);
  assert.equal(told.actor, 'staff:member');
  const first = await world.ctx.db.one<{ status: string }>(
    sql`select status from booking.appointment where id = ${patient.appointment_id}`,
  );
  assert.equal(first.status, 'called', 'the first visit stays as it was');
  // What is kept for the team is kept to the clinic day: no draw takes it.
  const draw = { draw_id: newId(world.ctx), session_ids: [session] };
  const claimed = await world.ctx.db.tx((tx) =>
    claimForDraw(tx, { ...draw, at: world.ctx.clock.now(), actor: 'system' }),
  );
  assert.equal(claimed.length, 6);
});

test('[R035] one visit leads to one number of the expert, also when two press at once, until it is given back', async () => {
  const [first, second] = [
    await kept('2026-12-01', 'team', 3),
    await kept('2026-12-02', 'team', 3),
  ];
  const patient = await seen();
  const both = await Promise.allSettled([
    up(patient.appointment_id, first),
    up(patient.appointment_id, second),
  ]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  const [won] = both.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  await assert.rejects(up(patient.appointment_id, second), code('booking/escalated-already'));
  await move(won?.appointment_id ?? '', 'cancel');
  assert.ok((await up(patient.appointment_id, second)).appointment_id);
});

test('no session gives more numbers than it keeps for the team, and only the expert’s sessions do', async () => {
  const session = await kept('2026-12-03', 'team', 1);
  const people = [await seen(), await seen(), await seen()];
  const answers = await Promise.allSettled(
    people.map(({ appointment_id }) => up(appointment_id, session)),
  );
  assert.equal(answers.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const one of answers)
    if (one.status === 'rejected') code('booking/sold-out')(one.reason as never);
  const { appointment_id } = await seen();
  const others = await kept('2026-12-04', 'team', 1, { service: 'other' });
  await assert.rejects(up(appointment_id, others), code('booking/escalate-to'));
  const ordinary = await present('chief', 'afternoon');
  await ordinary.checkIn();
  await move(ordinary.appointment_id, 'call');
  await assert.rejects(up(ordinary.appointment_id, session), code('booking/escalate-from'));
  const elsewhere = await present(clinic, 'afternoon');
  await elsewhere.checkIn();
  await move(elsewhere.appointment_id, 'call');
  await world.ctx.db.run(sql`
    update schedule.session set practitioner_id = ${world.services.other.practitioner_id}
    where id = ${elsewhere.session_id}`);
  await assert.rejects(up(elsewhere.appointment_id, session), code('booking/escalate-from'));
});

test('[R035] who is in a team and how many it sent on is public; nobody is named', async () => {
  const url = `/api/hospitals/${world.hospital_id}/expert-teams`;
  const { teams } = (await app.inject({ url })).json();
  assert.equal(teams.length, 1);
  assert.deepEqual(
    [teams[0].expert.name, teams[0].members.map((one: { name: string }) => one.name)],
    ['张主任', ['王主治']],
  );
  assert.deepEqual(teams[0].months, [{ month: '2026-11', total: 4 }]);
  assert.ok(!JSON.stringify(teams).includes('patient'));
});

test('a team is set up on the hospital’s own team clinics, with doctors of its own; closed, it sends nobody on', async () => {
  const foreign = await createHospital(world.ctx, { code: 'H8', name: '另一医院', actor: 'x' });
  const set = (more: object) => setTeam(world.ctx, { ...team(), ...more });
  await assert.rejects(set({ hospital_id: foreign.hospital_id }), code('booking/team-clinic'));
  const { healthcare_service_id } = world.services.chief;
  await assert.rejects(set({ healthcare_service_id }), code('booking/team-clinic'));
  await assert.rejects(set({ members: [expert()] }), code('booking/team-members'));
  await assert.rejects(set({ members: [newId(world.ctx)] }), code('booking/team-members'));
  const [a, b] = await Promise.all([set({}), set({ closed: true })]);
  assert.notEqual(a.version, b.version);
  await set({ closed: true });
  const session = await kept('2026-12-08', 'team', 1);
  const { appointment_id } = await seen();
  await assert.rejects(up(appointment_id, session), code('booking/escalate-from'));
  assert.deepEqual((await app.inject({ url: `/api/hospitals/${world.hospital_id}/expert-teams` })).json(), { teams: [] }); // prettier-ignore
  assert.equal((await listTeams(world.ctx, world.hospital_id))[0]?.closed, true);
  await set({});
  const foreigners = { ...by(), hospital_id: foreign.hospital_id };
  await assert.rejects(
    expertTimes(world.ctx, { ...foreigners, appointment_id }),
    code('booking/visit-unknown'),
  );
});

test('[R035] over the pages: the office sets the team up, a doctor sends on, others may not', async () => {
  const session = await kept('2026-12-09', 'team', 1);
  const { appointment_id, patient_id } = await seen();
  const as = (role: string) =>
    signedIn({ staff_id: newId(world.ctx), hospital_id: world.hospital_id, roles: [role] })();
  const url = '/api/staff/expert-teams';
  const edit = (await app.inject({ url, headers: as('registration_manager') })).json();
  assert.deepEqual(
    edit.clinics.map((one: { name: string }) => one.name),
    ['张主任团队门诊'],
  );
  assert.equal(edit.doctors.length, 3);
  const payload = { healthcare_service_id: clinic, expert_id: expert(), members: [member] };
  const post = (role: string) => app.inject({ method: 'POST', url, headers: as(role), payload });
  assert.equal((await post('doctor')).statusCode, 403);
  assert.equal((await post('registration_manager')).statusCode, 200);
  const times = `/api/staff/team-escalations/times?appointment_id=${appointment_id}`;
  const shown = (await app.inject({ url: times, headers: as('doctor') })).json();
  assert.ok(shown.times.some((one: { session_id: string }) => one.session_id === session));
  const send = (role: string) =>
    app.inject({
      ...{ method: 'POST', url: '/api/staff/team-escalations', headers: as(role) },
      payload: { appointment_id, session_id: session, reason: 'procedure' },
    });
  assert.equal((await send('triage_nurse')).statusCode, 403);
  assert.equal((await send('doctor')).statusCode, 200);

  const into = (await world.person()).patient_id;
  const [following] = teamSubscriptions();
  const merged = { name: 'identity.patient.merged', payload: { from: patient_id, into } };
  await world.ctx.db.tx(async (tx) => following?.handle(tx, [merged as never]));
  const moved = await world.ctx.db.one<{ patient_id: string }>(
    sql`select patient_id from booking.team_escalation where from_appointment_id = ${appointment_id}`,
  );
  assert.equal(moved.patient_id, into);
});

test('after all of it numbers, visits and events agree', async () => {
  assert.deepEqual(await sweepInvariants(world.ctx.db), []);
});
