import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { identityWorld, type IdentityWorld } from '../../test/support/identity.ts';
import { newId } from '../platform/id.ts';
import { readPersonKeys } from '../platform/person-keys.ts';
import { sql } from '../platform/sql.ts';
import { addPatient } from './add-patient.ts';
import { bulkRegisterPersons } from './bulk-register-persons.ts';
import { correctPatientName } from './correct-patient.ts';
import { linkPatient, mayActFor, unlinkPatient } from './link-patient.ts';
import {
  findPatientByDocument,
  keptPatient,
  listPeople,
  maskedPatients,
  patientNames,
  personTag,
  personTags,
  readPatient,
} from './read-patients.ts';
import type { RealNameProvider } from './real-name.ts';
import { registerPatient, type RegisterInput } from './register-patient.ts';
import { openAccount } from './store.ts';

let world: IdentityWorld;
before(async () => {
  world = await identityWorld('patients');
});
after(() => world.stop());

const is = (code: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, code, String(error)) ?? true;

let next = 0;
type Person = ReturnType<IdentityWorld['population']['syntheticPerson']>;
const someone = (): Person => world.population.syntheticPerson(next++);

async function account(): Promise<string> {
  const { fields, random, clock, db } = world.ctx;
  const phone_index = random.bytes(32);
  const made = { id: newId(world.ctx), sealed_phone: fields.seal('1', 'x'), phone_index };
  return (await db.tx((tx) => openAccount(tx, { ...made, at: clock.now() }))).id;
}

function asks(person: Person, more: Partial<RegisterInput> = {}): RegisterInput {
  return {
    name: person.name,
    document_type: 'resident_id',
    document_number: person.documentNumber,
    how: 'provider',
    actor: 'test',
    ...more,
  };
}

function ageOf(person: Person): number {
  return 2026 - Number(person.birthDate.slice(0, 4));
}

async function adult(): Promise<Person> {
  for (;;) {
    const person = someone();
    if (ageOf(person) > 20) return person;
  }
}

test('[R011] a match by the authority is stored with its source, number and time', async () => {
  const { patient_id, created } = await registerPatient(world.ctx, asks(someone()));
  assert.equal(created, true);
  const row = await world.ctx.db.one<Record<string, unknown>>(sql`
    select check_result, check_source, check_reference <> '' as referred, checked_at
    from identity.patient where id = ${patient_id}`);
  assert.deepEqual(row, {
    check_result: 'match',
    check_source: 'sandbox',
    referred: true,
    checked_at: world.ctx.clock.now(),
  });
  assert.equal(readPersonKeys(world.ctx.fields, [patient_id]).size, 1);
});

test('[R012] one person is one row, however the number is typed and by whichever of two papers', async () => {
  const person = someone();
  const first = await registerPatient(world.ctx, asks(person));
  const spaced = person.documentNumber.replace(/(.{6})/g, '$1 ').toLowerCase();
  const again = await registerPatient(world.ctx, asks(person, { document_number: spaced }));
  const register = asks(person, { document_type: 'household_register', how: 'counter' });
  const paper = await registerPatient(world.ctx, register);
  assert.deepEqual(
    [again.patient_id, paper.patient_id, again.created, paper.created],
    [first.patient_id, first.patient_id, false, false],
  );
});

test('[R012] two registrations of one person at once leave one row', async () => {
  const person = someone();
  const both = await Promise.all(
    Array.from({ length: 8 }, () => registerPatient(world.ctx, asks(person))),
  );
  assert.equal(new Set(both.map((one) => one.patient_id)).size, 1);
  assert.equal(both.filter((one) => one.created).length, 1);
});

test('[R013] a wrong check digit, an impossible birth date and an unknown region are refused with the field', async () => {
  const person = someone();
  const last = person.documentNumber.at(-1) === '1' ? '2' : '1';
  for (const document_number of [
    person.documentNumber.slice(0, 17) + last,
    '110105190002301234',
    '000000199003071239',
  ])
    await assert.rejects(
      registerPatient(world.ctx, asks(person, { document_number, how: 'counter' })),
      (error: { kind?: { code: string }; detail?: { field: string } }) =>
        is('identity/document-invalid')(error) && error.detail?.field === 'number',
    );
});

test('[R013] a name that is not the number’s is refused, and nothing is stored', async () => {
  const person = someone();
  await assert.rejects(
    registerPatient(world.ctx, asks(person, { name: '甄别' })),
    is('identity/real-name-mismatch'),
  );
  const found = await findPatientByDocument(world.ctx, 'resident_id', person.documentNumber);
  assert.equal(found, undefined);
});

test('[R013] an account gets twenty real-name checks in a day, also when it asks all at once', async () => {
  const person = someone();
  const account_id = await account();
  const results = await Promise.allSettled(
    Array.from({ length: 25 }, () =>
      registerPatient(world.ctx, asks(person, { name: '甄别', account_id })),
    ),
  );
  const codes = results.map((one) =>
    one.status === 'rejected' ? (one.reason as { kind: { code: string } }).kind.code : '',
  );
  assert.equal(codes.filter((code) => code === 'identity/real-name-mismatch').length, 20);
  assert.equal(codes.filter((code) => code === 'identity/real-name-limit').length, 5);
});

test('an authority that does not answer turns the account away for now, not the window', async () => {
  const silent: RealNameProvider = {
    name: 'silent',
    check: () =>
      Promise.resolve({
        result: 'unavailable',
        source: 'silent',
        checkedAt: world.ctx.clock.now(),
        reference: '',
      }),
  };
  const ctx = { ...world.ctx, realName: silent };
  const person = someone();
  await assert.rejects(registerPatient(ctx, asks(person)), is('identity/real-name-unavailable'));
  const { patient_id } = await registerPatient(ctx, asks(person, { how: 'counter' }));
  // Once the window has seen the paper, the account may go on without the authority.
  assert.equal((await registerPatient(ctx, asks(person))).patient_id, patient_id);
});

test('a passport is registered at the window once and used online afterwards', async () => {
  const passport = asks(someone(), { document_type: 'passport', document_number: 'E12345678' });
  await assert.rejects(registerPatient(world.ctx, passport), is('identity/real-name-unknown'));
  const { patient_id } = await registerPatient(world.ctx, { ...passport, how: 'counter' });
  assert.equal((await registerPatient(world.ctx, passport)).patient_id, patient_id);
});

test('the window hears that a person has another name and corrects it', async () => {
  const person = someone();
  const { patient_id } = await registerPatient(world.ctx, asks(person));
  const renamed = asks(person, { name: '改新名', how: 'counter' });
  await assert.rejects(
    registerPatient(world.ctx, renamed),
    (error: { kind?: { code: string }; detail?: { patient_id: string } }) =>
      is('identity/name-differs')(error) && error.detail?.patient_id === patient_id,
  );
  await correctPatientName(world.ctx, {
    patient_id,
    name: '改新名',
    actor: 'test',
    hospital_id: null,
  });
  assert.equal((await registerPatient(world.ctx, renamed)).patient_id, patient_id);
});

test('a newborn known by birth certificate needs a registered adult, and two guardians share one child', async () => {
  const [mother, father] = [await adult(), await adult()];
  const guardian = await registerPatient(world.ctx, asks(mother));
  const child = asks(someone(), {
    name: '小宝',
    document_type: 'birth_certificate',
    document_number: 'P123456789',
    how: 'counter',
  });
  await assert.rejects(registerPatient(world.ctx, child), is('identity/document-invalid'));
  const guardian_patient_id = guardian.patient_id;
  const { patient_id } = await registerPatient(world.ctx, { ...child, guardian_patient_id });
  const other = await registerPatient(world.ctx, asks(father));
  const again = await registerPatient(world.ctx, {
    ...child,
    guardian_patient_id: other.patient_id,
  });
  assert.equal(again.patient_id, patient_id);
});

test('[R009] an account acts for at most five patients, also when it adds seven at once', async () => {
  const account_id = await account();
  const results = await Promise.allSettled(
    Array.from({ length: 7 }, () => {
      const { how: _how, actor: _actor, ...person } = asks(someone());
      return addPatient(world.ctx, { ...person, account_id, relation: 'other' });
    }),
  );
  for (const one of results)
    if (one.status === 'rejected') is('identity/patients-max')(one.reason as never);
  assert.equal(results.filter((one) => one.status === 'fulfilled').length, 5);
  assert.equal((await listPeople(world.ctx, account_id)).length, 5);
});

test('at most four accounts act for a patient, and one patient is an account’s owner', async () => {
  const { patient_id } = await registerPatient(world.ctx, asks(someone()));
  const accounts = await Promise.all(Array.from({ length: 6 }, account));
  const results = await Promise.allSettled(
    accounts.map((account_id) =>
      linkPatient(world.ctx, { account_id, patient_id, relation: 'self' }),
    ),
  );
  assert.equal(results.filter((one) => one.status === 'fulfilled').length, 4);
  const at = results.findIndex((one) => one.status === 'fulfilled');
  const account_id = accounts[at] ?? '';
  const other = await registerPatient(world.ctx, asks(someone()));
  await assert.rejects(
    linkPatient(world.ctx, { account_id, patient_id: other.patient_id, relation: 'self' }),
    is('identity/self-max'),
  );
  // Linking again is no new link and no event.
  await linkPatient(world.ctx, { account_id, patient_id, relation: 'self' });
  assert.equal(await mayActFor(world.ctx.db, account_id, patient_id), true);
  assert.equal(await mayActFor(world.ctx.db, account_id, other.patient_id), false);
});

test('an account removes at most five patients in ninety days', async () => {
  const account_id = await account();
  const rotate = async (): Promise<void> => {
    const { patient_id } = await registerPatient(world.ctx, asks(someone()));
    await linkPatient(world.ctx, { account_id, patient_id, relation: 'other' });
    await unlinkPatient(world.ctx, { account_id, patient_id });
    assert.equal(await mayActFor(world.ctx.db, account_id, patient_id), false);
    await assert.rejects(
      unlinkPatient(world.ctx, { account_id, patient_id }),
      is('identity/patient-unknown'),
    );
  };
  for (let removed = 0; removed < 5; removed++) await rotate();
  await assert.rejects(rotate(), is('identity/removals-max'));
  world.pass(91 * 24 * 60);
  await rotate();
});

test('another account’s patient cannot be removed or used as guardian', async () => {
  const { patient_id } = await registerPatient(world.ctx, asks(await adult()));
  const account_id = await account();
  await assert.rejects(
    unlinkPatient(world.ctx, { account_id, patient_id }),
    is('identity/patient-unknown'),
  );
  const { how: _how, actor: _actor, ...child } = asks(someone());
  await assert.rejects(
    addPatient(world.ctx, {
      ...child,
      account_id,
      relation: 'child',
      guardian_patient_id: patient_id,
    }),
    is('identity/patient-unknown'),
  );
});

test('whom a list has shown is told again without a look, until something of theirs changes', async () => {
  const { patient_id } = await registerPatient(world.ctx, asks(someone()));
  assert.equal(keptPatient(world.ctx, patient_id, 1), undefined);
  const look = async () => (await maskedPatients(world.ctx, [patient_id])).get(patient_id);
  const versionNow = async () => {
    const { version } = await world.ctx.db.one<{ version: number }>(
      sql`select version from identity.patient where id = ${patient_id}`,
    );
    return version;
  };
  const shown = await look();
  assert.deepEqual(keptPatient(world.ctx, patient_id, await versionNow()), shown);
  const change = { patient_id, name: '改后名', actor: 'test', hospital_id: null };
  await correctPatientName(world.ctx, change);
  assert.equal(keptPatient(world.ctx, patient_id, await versionNow()), undefined);
  const changed = await look();
  assert.notEqual(changed?.name_masked, shown?.name_masked);
  assert.deepEqual(keptPatient(world.ctx, patient_id, await versionNow()), changed);
});

test('lists show masked names and numbers; a read in clear leaves an event', async () => {
  const person = someone();
  const { patient_id } = await registerPatient(world.ctx, asks(person, { phone: person.phone }));
  const shown = (await maskedPatients(world.ctx, [patient_id, patient_id])).get(patient_id);
  assert.ok(shown?.name_masked.includes('*') && shown.document_masked.includes('********'));
  assert.equal((await patientNames(world.ctx, [patient_id])).get(patient_id), shown?.name_masked);
  const by = { actor: 'staff:1', purpose: 'window' };
  const clear = await readPatient(world.ctx, patient_id, by);
  assert.deepEqual(
    [clear.name, clear.document_number, clear.phone],
    [person.name, person.documentNumber, person.phone],
  );
  const { reads } = await world.ctx.db.one<{ reads: number }>(sql`
    select count(*) as reads from platform.event
    where name = 'identity.patient.read' and person_id = ${patient_id}`);
  assert.equal(reads, 1);
});

test('a person’s tag is the same in one group and year only', async () => {
  const person = someone();
  const { patient_id } = await registerPatient(world.ctx, asks(person));
  const { secrets } = world.ctx;
  const document = { type: 'resident_id', number: person.documentNumber };
  const tag = (group: string, year: number) =>
    Buffer.from(personTag(secrets, document, group, year)).toString('hex');
  const draw = { group: 'cardiology', year: 2026 };
  const tags = await personTags(world.ctx, [patient_id], draw);
  assert.equal(Buffer.from(tags.get(patient_id) ?? []).toString('hex'), tag(draw.group, draw.year));
  assert.equal(
    new Set([tag('cardiology', 2026), tag('cardiology', 2027), tag('eye', 2026)]).size,
    3,
  );
});

test('many persons move in from another system at once, in order, and those known are reused', async () => {
  const known = someone();
  const { patient_id } = await registerPatient(world.ctx, asks(known));
  const rows = Array.from({ length: 12_000 }, (_, at) => ({
    name: `病人${at}`,
    document_type: 'other' as const,
    document_number: `HIS-${at}`,
  }));
  const mine = {
    name: known.name,
    document_type: 'resident_id' as const,
    document_number: known.documentNumber,
  };
  const started = Date.now();
  const ids = await world.ctx.db.tx((tx) =>
    bulkRegisterPersons(tx, world.ctx, [mine, ...rows, ...rows.slice(0, 1)], { actor: 'test' }),
  );
  assert.ok(Date.now() - started < 20_000);
  assert.equal(ids[0], patient_id);
  assert.equal(ids.at(-1), ids[1]);
  assert.equal(new Set(ids).size, 12_001);
  const names = await patientNames(world.ctx, ids.slice(1, 3));
  assert.equal(names.size, 2);
});

test('two migrations of the same persons in opposite order finish and agree', async () => {
  const rows = Array.from({ length: 300 }, (_, at) => ({
    name: `双份${at}`,
    document_type: 'other' as const,
    document_number: `TWICE-${at}`,
  }));
  const move = (persons: typeof rows) =>
    world.ctx.db.tx((tx) => bulkRegisterPersons(tx, world.ctx, persons, { actor: 'test' }));
  const [forward, backward] = await Promise.all([move(rows), move(rows.toReversed())]);
  assert.deepEqual(forward, backward.toReversed());
});

test('a migration with a faulty number names its row and stores nothing', async () => {
  const rows = [
    { name: '甲', document_type: 'other' as const, document_number: 'FAULT-1' },
    { name: '乙', document_type: 'resident_id' as const, document_number: '110105190002301234' },
  ];
  await assert.rejects(
    world.ctx.db.tx((tx) => bulkRegisterPersons(tx, world.ctx, rows, { actor: 'test' })),
    (error: { kind?: { code: string }; detail?: { rows: number[] } }) =>
      is('identity/document-invalid')(error) && error.detail?.rows[0] === 1,
  );
  assert.equal(await findPatientByDocument(world.ctx, 'other', 'FAULT-1'), undefined);
});
