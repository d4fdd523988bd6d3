import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { patientAt, staffAt, world, type Visitor } from '../../test/support/world.ts';
import { checkDigit } from '../identity/documents/index.ts';
import { sql } from '../platform/sql.ts';

/* Through the routes: a child known twice becomes one person, and each patient sees who booked. */

let here: Awaited<ReturnType<typeof world>>;
let clerk: Visitor;
let manager: Visitor;
before(async () => {
  here = await world('merge-patient');
  clerk = await staffAt(here.app, 'clerk');
  manager = await staffAt(here.app, 'manager');
});
after(() => here.stop());

async function freeSession(nth: number): Promise<string> {
  const rows = await here.ctx.db.many<{ session_id: string }>(sql`
    select distinct s.session_id, s.service_date from booking.slot s
      join booking.session_stock t using (session_id)
    where s.state = 'free' and s.pool = 'online' and s.service_date > '2026-11-25' and t.method = 'order'
      and t.master <> 'his'
    order by s.service_date, s.session_id`);
  return rows[nth]?.session_id ?? '';
}

const parent = () => here.ctx.population.syntheticPerson(7000);

test('[R012] a child booked under its certificate and again under its card ends with one number, and no-shows and restrictions follow', async () => {
  const mother = parent();
  const who = await patientAt(here.app, mother.phone);
  const { patient_id: guardian_patient_id } = await who.post('/api/patients', {
    ...{ name: mother.name, document_type: 'resident_id', relation: 'self' },
    document_number: mother.documentNumber,
  });
  const birth_date = '2024-03-05';
  const born = {
    ...{ name: '小宝', document_type: 'birth_certificate', document_number: 'Q900000001' },
    ...{ birth_date, guardian_patient_id, relation: 'child', manual: true },
  };
  const { patient_id: from, state } = await who.post('/api/patients', born);
  assert.equal(state, 'trial');
  const digits = '11010520240305901';
  const { patient_id: into } = await clerk.post('/api/staff/patients', {
    ...{ name: '林小宝', document_type: 'resident_id' },
    document_number: digits + checkDigit(digits),
  });
  const [both, alone] = [await freeSession(0), await freeSession(1)];
  const early = await who.post('/api/appointments', {
    ...{ session_id: both, patient_id: from, confirm: true },
  });
  await who.post('/api/appointments', { session_id: alone, patient_id: from, confirm: true });
  await here.advance(60);
  const late = await clerk.post('/api/staff/appointments', { session_id: both, patient_id: into });
  await here.ctx.db.run(sql`
    insert into booking.no_show_count (hospital_id, patient_id, migrated)
    select hospital_id, p, 1 from booking.session_stock, unnest(array[${from}, ${into}]::uuid[]) p
    where session_id = ${both}`);
  await manager.post(`/api/staff/patients/${from}/merge`, { into_patient_id: into });
  await here.settle();
  const visits = await here.ctx.db.many<{ id: string; patient_id: string; status: string }>(sql`
    select id, patient_id, status from booking.appointment order by created_at`);
  assert.ok(visits.every((one) => one.patient_id === into));
  const statusOf = (id: string) => visits.find((one) => one.id === id)?.status;
  assert.equal(statusOf(early.appointment_id), 'booked');
  assert.equal(statusOf(late.appointment_id), 'cancelled');
  const counts = await here.ctx.db.many(sql`
    select patient_id, migrated from booking.no_show_count`);
  assert.deepEqual(counts, [{ patient_id: into, migrated: 2 }]);
  const again = await who.send('POST', '/api/appointments', {
    ...{ session_id: await freeSession(2), patient_id: from, confirm: true },
  });
  assert.equal(again.body.code, 'identity/link-merged');
  const { appointments } = await who.get('/api/appointments');
  assert.equal(appointments.length, 3, 'the guardian still sees what was booked');
});

test('a patient sees every booking in their name and by whom, and may say that one is not theirs', async () => {
  const [me, friend] = [7100, 7101].map((n) => here.ctx.population.syntheticPerson(n));
  assert.ok(me && friend);
  const [own, other] = [
    await patientAt(here.app, me.phone),
    await patientAt(here.app, friend.phone, { keepsPending: true }),
  ];
  const person = {
    name: me.name,
    document_type: 'resident_id',
    document_number: me.documentNumber,
  };
  const { patient_id } = await own.post('/api/patients', { ...person, relation: 'self' });
  const added = await other.post('/api/patients', { ...person, relation: 'other' });
  assert.deepEqual(added, { patient_id, state: 'pending' });
  const session_id = await freeSession(4);
  const early = await other.send('POST', '/api/appointments', {
    session_id,
    patient_id,
    confirm: true,
  });
  assert.equal(early.body.code, 'identity/link-pending');
  assert.equal((await other.send('GET', `/api/patients/${patient_id}/acts`)).status, 404);
  await other.post(`/api/patients/${patient_id}/confirm/code`, {});
  const { messages } = await own.get('/api/demo/outbox');
  const code = messages
    .filter((one: { to: string }) => one.to === me.phone)
    .map((one: { text: string }) => /确认码 (\d{6})/.exec(one.text)?.[1])
    .find(Boolean);
  assert.deepEqual(await other.post(`/api/patients/${patient_id}/confirm`, { code }), {
    state: 'active',
  });
  await other.post('/api/appointments', { session_id, patient_id, confirm: true });
  await here.advance(1);
  await clerk.post('/api/staff/appointments', { session_id: await freeSession(5), patient_id });
  const { acts } = await own.get(`/api/patients/${patient_id}/acts`);
  assert.deepEqual(
    acts.map((act: { by: { text: string } }) => act.by.text),
    ['医院窗口', `家人账号（尾号 ${friend.phone.slice(-4)}）`],
  );
  const id = acts[1].visit.appointment_id;
  const said = { note: '这个时间我不在本地' };
  const { case_id } = await own.post(`/api/patients/${patient_id}/acts/${id}/dispute`, said);
  const twice = await own.post(`/api/patients/${patient_id}/acts/${id}/dispute`, said);
  assert.equal(twice.case_id, case_id);
  const after_word = await own.get(`/api/patients/${patient_id}/acts`);
  assert.equal(after_word.acts[1].dispute, 'open');
  assert.equal(after_word.acts[1].visit.status, 'booked', 'nothing is cancelled by it');
  const { cases } = await clerk.get('/api/staff/person-cases');
  const found = cases.find((one: { case_id: string }) => one.case_id === case_id);
  assert.deepEqual([found.kind, found.note], ['act', said.note]);
  await clerk.post(`/api/staff/person-cases/${case_id}`, { accept: true });
});

test('[R042] helpers, agreements and archives are served at their routes', async () => {
  const helper = here.ctx.population.syntheticPerson(7200);
  const who = await patientAt(here.app, helper.phone);
  const { hospitals } = await who.get('/api/hospitals');
  assert.deepEqual(await who.get('/api/delegate'), { delegate: null });
  const { delegate_id } = await who.post('/api/delegate', {
    ...{ hospital_id: hospitals[0].id, organisation: '柳溪村卫生室', kind: 'village_doctor' },
    ...{ name: helper.name, document_number: helper.documentNumber, valid_until: '2027-06-30' },
  });
  await manager.post(`/api/staff/delegates/${delegate_id}`, { state: 'approved', day_max: 2 });
  const { delegates } = await manager.get('/api/staff/delegates');
  assert.deepEqual([delegates[0].state, delegates[0].day_max], ['approved', 2]);
  const old = here.ctx.population.syntheticPerson(7201);
  const { patient_id } = await who.post('/api/delegate/patients', {
    ...{ name: old.name, document_type: 'resident_id', document_number: old.documentNumber },
    paper_reference: '同意书 2026-7',
  });
  await here.ctx.guard.delegates.refresh();
  const session_id = await freeSession(6);
  const visit = await who.post('/api/appointments', { session_id, patient_id, confirm: true });
  assert.equal(visit.status, 'booked');
  assert.equal((await who.get('/api/delegate')).delegate.used_today, 1);
  const { account_id } = await who.get('/api/me');
  const key = who.key()?.device_key_id ?? '';
  assert.equal(here.ctx.guard.risk.read({ account_id, device_key_id: key }).patients_on_device, 0);
  const { links } = await clerk.get(`/api/staff/patients/${patient_id}/links`);
  assert.deepEqual([links[0].relation, links[0].state], ['delegate', 'delegate']);
  await clerk.post(`/api/staff/patients/${patient_id}/archives`, { number: '88001' });
  const { archives } = await clerk.get(`/api/staff/patients/${patient_id}/archives`);
  assert.equal(archives[0].chosen, true);
  await clerk.post(`/api/staff/patients/${patient_id}/archives/${archives[0].archive_id}/choose`, {
    end_others: false,
  });
  const { checks } = await clerk.get(`/api/staff/patients/${patient_id}/checks`);
  assert.equal(checks[0].result, 'match');
});
