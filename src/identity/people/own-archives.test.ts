import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { patientAt, staffAt, world, type Visitor } from '../../../test/support/world.ts';
import { sql } from '../../platform/sql.ts';

let here: Awaited<ReturnType<typeof world>>;
let own: Visitor;
let clerk: Visitor;
let office: Visitor;
let patient_id: string;
let hospital_id: string;
const person = (n: number) => {
  const { name, documentNumber } = here.ctx.population.syntheticPerson(n);
  return { name, document_type: 'resident_id', document_number: documentNumber };
};

before(async () => {
  here = await world('own archives');
  own = await patientAt(here.app, here.ctx.population.syntheticPerson(61).phone);
  clerk = await staffAt(here.app, 'clerk');
  office = await staffAt(here.app, 'manager');
  ({ patient_id } = await own.post('/api/patients', { ...person(61), relation: 'self' }));
  const { hospitals } = await own.get('/api/hospitals');
  hospital_id = hospitals[0].id;
});
after(() => here?.stop());

const path = () => `/api/patients/${patient_id}/archives`;
const staffPath = () => `/api/staff/patients/${patient_id}/archives`;
const list = async (): Promise<any[]> => (await own.get(path())).archives;

test('a number that a person wrote down counts only when the hospital has looked', async () => {
  await own.post(path(), { hospital_id, number: 'MZ-0012345' });
  assert.deepEqual(await own.post(path(), { hospital_id, number: 'mz0012345' }), {
    state: 'known',
  });
  const [asked] = await list();
  assert.equal(asked.checked, false);
  assert.equal(asked.number_masked, '****345');
  const early = await own.send('POST', `${path()}/${asked.archive_id}/choose`, {});
  assert.equal(early.body.code, 'identity/archive-unknown');
  const { cases } = await clerk.get('/api/staff/person-cases');
  assert.ok(cases.some((one: any) => one.kind === 'archives'));
  const check = `${staffPath()}/${asked.archive_id}/check`;
  await clerk.post(check, { accept: true });
  assert.equal((await clerk.send('POST', check, { accept: true })).status, 404);
  assert.deepEqual(
    (await list()).map((one) => [one.chosen, one.checked]),
    [[true, true]],
  );
  assert.deepEqual((await clerk.get('/api/staff/person-cases')).cases, []);
});

test('of several archives the person chooses one, and with the chosen gone the oldest is used', async () => {
  await clerk.post(staffPath(), { number: '778899' });
  const second = (await list()).find((one) => !one.chosen);
  await own.post(`${path()}/${second.archive_id}/choose`);
  assert.equal((await list())[0].archive_id, second.archive_id);
  await own.must('DELETE', `${path()}/${second.archive_id}`);
  assert.deepEqual(
    (await list()).map((one) => [one.chosen, one.number_masked]),
    [[true, '****345']],
  );
});

test('another’s number is refused at the window and its owner is not told to who wrote it', async () => {
  const other = await patientAt(here.app, here.ctx.population.syntheticPerson(62).phone);
  const theirs = await other.post('/api/patients', { ...person(62), relation: 'self' });
  const at = `/api/patients/${theirs.patient_id}/archives`;
  assert.equal((await own.send('GET', at)).status, 404);
  const many = await Promise.all(
    ['MZ-0012345', '1111', '2222', '3333'].map((number) =>
      other.send('POST', at, { hospital_id, number }),
    ),
  );
  assert.equal(many.filter((one) => one.body.code === 'identity/archives-max').length, 1);
  const waiting = (await other.get(at)).archives as any[];
  assert.equal(waiting.length, 3);
  await here.ctx.db.run(sql`delete from identity.his_archive where not checked`);
  await other.post(at, { hospital_id, number: 'MZ-0012345' });
  const [asked] = (await other.get(at)).archives;
  const check = `/api/staff/patients/${theirs.patient_id}/archives/${asked.archive_id}/check`;
  const taken = await clerk.send('POST', check, { accept: true });
  assert.equal(taken.body.code, 'identity/archive-taken');
  await clerk.post(check, { accept: false });
  assert.deepEqual((await other.get(at)).archives, []);
});

test('the office reads what a helper did, on record, and a helper stops by themselves', async () => {
  const { delegate_id } = await own.post('/api/delegate', {
    ...{ hospital_id, organisation: '柳溪村卫生室', kind: 'village_doctor' },
    ...{ name: person(61).name, document_number: person(61).document_number },
    valid_until: '2027-06-30',
  });
  await office.post(`/api/staff/delegates/${delegate_id}`, {
    ...{ state: 'approved', day_max: 2, month_max: 20 },
  });
  const helped = await own.post('/api/delegate/patients', {
    ...{ ...person(70), paper_reference: '同意书 2026-070' },
  });
  const { acts } = await office.get(`/api/staff/delegates/${delegate_id}/acts`);
  assert.deepEqual(
    acts.map((one: any) => one.kind),
    ['added'],
  );
  assert.match(acts[0].name_masked, /\*/);
  const { read } = await here.ctx.db.one<{ read: number }>(sql`
    select count(*)::int as read from platform.event where name = 'identity.patient.read'
      and person_id = ${helped.patient_id}`);
  assert.equal(read, 1);
  assert.equal(
    (await own.send('GET', `/api/patients/${helped.patient_id}/archives`)).status,
    404,
    'a helper books and leaves archives alone',
  );
  await own.post('/api/delegate/end');
  assert.equal((await own.get('/api/delegate')).delegate.state, 'ended');
  const { patients } = await own.get('/api/patients');
  assert.ok(patients.every((one: any) => one.patient_id !== helped.patient_id));
  assert.equal(
    (await own.send('POST', '/api/delegate/end', {})).body.code,
    'identity/delegate-none',
  );
});
