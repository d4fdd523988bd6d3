import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { identityWorld, type IdentityWorld } from '../../../test/support/identity.ts';
import { newId } from '../../platform/id.ts';
import { sql } from '../../platform/sql.ts';
import { accountFacts } from '../account-facts.ts';
import { addPatient } from '../add-patient.ts';
import { checkDigit } from '../documents/index.ts';
import { linkPatient, mayActFor } from '../link-patient.ts';
import { readOutbox } from '../messages.ts';
import { findPatientByDocument, listPatients, personTags } from '../read-patients.ts';
import type { RealNameProvider } from '../real-name.ts';
import { registerPatient } from '../register-patient.ts';
import type { Relation } from '../rules.ts';
import { sandboxCredential } from '../sandbox/index.ts';
import { phoneIndex, sealedAs } from '../sealing.ts';
import { signIn } from '../sign-in.ts';
import { openAccount } from '../store.ts';
import { chooseArchive, listArchives, recordArchive } from './archives.ts';
import { decideCase, listCases } from './cases.ts';
import { claimBooking } from './claim-booking.ts';
import { answerAtWindow, confirmByCode, confirmByCredential, sendConfirmCode } from './confirm.ts';
import { listAccountPeople } from './list-people.ts';
import { mergePatients, takeIdentityCard } from './merge.ts';
import { correctPatientName } from '../correct-patient.ts';

let world: IdentityWorld;
before(async () => {
  world = await identityWorld('people');
});
after(() => world.stop());

const is = (code: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, code, String(error)) ?? true;
const hospital_id = '01900000-0000-7000-8000-000000000001';
const staff = { actor: 'staff:1', hospital_id };
const key = (n: number) => ({ scope: 'test', key: `key ${n}`, fingerprint: '' });

type Person = ReturnType<IdentityWorld['population']['syntheticPerson']>;
let next = 0;
function someone(from = 20, to = 90): Person {
  for (;;) {
    const person = world.population.syntheticPerson(next++);
    const age = 2026 - Number(person.birthDate.slice(0, 4));
    if (age >= from && age <= to) return person;
  }
}

let phones = 0;
async function account(phone = `138${String(++phones).padStart(8, '0')}`): Promise<string> {
  const { fields, clock, db } = world.ctx;
  const id = newId(world.ctx);
  const sealed_phone = fields.seal(phone, sealedAs.account_phone);
  const made = { id, sealed_phone, phone_index: phoneIndex(fields, phone), at: clock.now() };
  return (await db.tx((tx) => openAccount(tx, made))).id;
}

const of = (person: Person) => ({
  name: person.name,
  document_type: 'resident_id',
  document_number: person.documentNumber,
});
const add = (account_id: string, person: Person, relation: Relation, more: object = {}) =>
  addPatient(world.ctx, { ...of(person), account_id, relation, ...more });
const stateFor = async (account_id: string, patient_id: string) =>
  (await accountFacts(world.ctx, { account_id, patient_id })).state;
async function codeTo(phone: string): Promise<string> {
  const sent = (await readOutbox(world.ctx)).find((one) => one.to === phone);
  return /确认码 (\d{6})/.exec(sent?.text ?? '')?.[1] ?? '';
}

test('[R009] the account’s owner may book at once; a relative must agree first, by a code to their own phone', async () => {
  const [me, mother] = [someone(), someone()];
  const account_id = await account(me.phone);
  const self = await add(account_id, me, 'self');
  assert.equal(self.state, 'active');
  const { patient_id, state } = await add(account_id, mother, 'parent');
  assert.equal(state, 'pending');
  assert.equal(await mayActFor(world.ctx.db, account_id, patient_id), false);
  assert.deepEqual((await listPatients(world.ctx, account_id)).length, 1);
  await assert.rejects(
    claimBooking(world.ctx, { account_id, patient_id, state: 'pending', idempotency: key(1) }),
    is('identity/link-pending'),
  );
  const pair = { account_id, patient_id, ip: '10.0.0.1' };
  await assert.rejects(sendConfirmCode(world.ctx, pair), is('identity/confirm-phone-needed'));
  await assert.rejects(
    sendConfirmCode(world.ctx, { ...pair, phone: me.phone }),
    is('identity/confirm-phone-own'),
  );
  const { phone_end } = await sendConfirmCode(world.ctx, { ...pair, phone: mother.phone });
  assert.equal(phone_end, mother.phone.slice(-2));
  const code = await codeTo(mother.phone);
  const wrong = code === '000000' ? '000001' : '000000';
  const answer = { account_id, patient_id, phone: mother.phone };
  await assert.rejects(
    confirmByCode(world.ctx, { ...answer, code: wrong }),
    is('identity/code-wrong'),
  );
  assert.deepEqual(await confirmByCode(world.ctx, { ...answer, code }), { state: 'active' });
  assert.equal(await stateFor(account_id, patient_id), 'active');
});

test('[R012] a phone that is registered in a stranger’s name agrees for nobody', async () => {
  const [me, victim, accomplice] = [someone(), someone(), someone()];
  const account_id = await account(me.phone);
  const { patient_id } = await add(account_id, victim, 'other');
  const ask = { account_id, patient_id, phone: accomplice.phone, ip: '10.0.0.2' };
  await assert.rejects(sendConfirmCode(world.ctx, ask), is('identity/confirm-phone-refused'));
});

test('a code of agreement signs nobody in and serves no other account', async () => {
  const [father, one, two] = [someone(), await account(), await account()];
  const { patient_id } = await add(one, father, 'parent');
  await add(two, father, 'parent');
  await sendConfirmCode(world.ctx, { account_id: one, patient_id, phone: father.phone, ip: '1' });
  const code = await codeTo(father.phone);
  await assert.rejects(
    signIn(world.ctx, { phone: father.phone, code, user_agent: '' }),
    is('identity/code-wrong'),
  );
  await assert.rejects(
    confirmByCode(world.ctx, { account_id: two, patient_id, phone: father.phone, code }),
    is('identity/code-wrong'),
  );
  const own = { account_id: one, patient_id, phone: father.phone, code };
  assert.equal((await confirmByCode(world.ctx, own)).state, 'active');
});

test('[R011] agreement also comes at the window, and by 网证 with its check on record', async () => {
  const [aunt, uncle, account_id] = [someone(), someone(), await account()];
  const first = await add(account_id, aunt, 'other');
  const pair = { account_id, patient_id: first.patient_id };
  await answerAtWindow(world.ctx, { ...pair, accept: true, actor: 'staff:1' });
  assert.equal(await stateFor(account_id, first.patient_id), 'active');
  const second = await add(account_id, uncle, 'other');
  const ask = { account_id, patient_id: second.patient_id };
  await assert.rejects(
    confirmByCredential(world.ctx, { ...ask, credential: 'WZ0000000000' }),
    is('identity/credential-refused'),
  );
  const credential = sandboxCredential(uncle.documentNumber);
  assert.equal((await confirmByCredential(world.ctx, { ...ask, credential })).state, 'active');
  const checks = await world.ctx.db.many<{ method: string; result: string; source: string }>(sql`
    select method, result, source from identity.real_name_check
    where patient_id = ${second.patient_id} order by method desc`);
  assert.deepEqual(checks, [
    { method: 'two_factor', result: 'match', source: 'sandbox' },
    { method: 'credential', result: 'match', source: 'sandbox' },
  ]);
});

test('a phone the window wrote down agrees by itself; the owner of a known phone is asked first', async () => {
  const [old, daughter] = [someone(), await account('13700000001')];
  await registerPatient(world.ctx, {
    ...of(old),
    ...{ how: 'counter', actor: 'staff:1', phone: '13700000001' },
  });
  assert.equal((await add(daughter, old, 'parent')).state, 'active');
  const thief = await account();
  assert.equal((await add(thief, old, 'self')).state, 'pending', 'nobody takes over a person');
});

test('a child under fourteen is booked for by guardians, and stays one person with two of them', async () => {
  const [mother, father, child] = [someone(), someone(), someone(3, 12)];
  const [hers, his] = [await account(mother.phone), await account(father.phone)];
  const early = await add(hers, child, 'child');
  assert.equal(early.state, 'pending', 'no guardian is known yet');
  await add(hers, mother, 'self');
  await add(his, father, 'self');
  const first = await add(hers, child, 'child');
  const second = await add(his, child, 'child');
  assert.deepEqual([first.state, second.state], ['active', 'active']);
  assert.equal(first.patient_id, second.patient_id);
  const { guardians } = await world.ctx.db.one<{ guardians: number }>(sql`
    select count(*)::int as guardians from identity.guardian where child_patient_id = ${first.patient_id}`);
  assert.equal(guardians, 2);
});

const newborn = (number: string, birth_date: string) => ({
  ...{ name: '小宝', document_type: 'birth_certificate', document_number: number, birth_date },
  ...{ relation: 'child' as const, manual: true },
});

test('[R012] a birth certificate and the later card are one person, in draws too', async () => {
  const [mother, child] = [someone(), someone(1, 8)];
  const account_id = await account(mother.phone);
  const { patient_id: guardian_patient_id } = await add(account_id, mother, 'self');
  const born = { ...newborn('Q100000001', child.birthDate), guardian_patient_id, account_id };
  await assert.rejects(
    addPatient(world.ctx, { ...born, manual: false }),
    is('identity/real-name-unknown'),
  );
  const { patient_id, state } = await addPatient(world.ctx, born);
  assert.equal(state, 'trial');
  const draw = { group: 'PED', year: 2026 };
  const tag = async () => (await personTags(world.ctx, [patient_id], draw)).get(patient_id);
  const before_card = await tag();
  const card = { patient_id, name: child.name, document_number: child.documentNumber };
  const by = { ...card, how: 'provider', account_id, actor: `account:${account_id}` } as const;
  const other = someone(1, 8);
  await assert.rejects(
    takeIdentityCard(world.ctx, { ...by, document_number: other.documentNumber }),
    is('identity/card-not-for-child'),
  );
  await takeIdentityCard(world.ctx, by);
  const byCard = await findPatientByDocument(world.ctx, 'resident_id', child.documentNumber);
  const byPaper = await findPatientByDocument(world.ctx, 'birth_certificate', 'Q100000001');
  assert.deepEqual([byCard?.patient_id, byPaper?.patient_id], [patient_id, patient_id]);
  assert.equal(await stateFor(account_id, patient_id), 'active', 'the card is proven');
  assert.deepEqual(await tag(), before_card, 'a new card is no second chance');
  const again = { ...born, name: child.name };
  assert.equal((await addPatient(world.ctx, again)).patient_id, patient_id);
});

test('[R012] two records of one child become one at the window; the old papers find it', async () => {
  const [mother, child] = [someone(), someone(1, 8)];
  const account_id = await account(mother.phone);
  const { patient_id: guardian_patient_id } = await add(account_id, mother, 'self');
  const born = { ...newborn('Q100000002', child.birthDate), guardian_patient_id, account_id };
  const { patient_id: from } = await addPatient(world.ctx, born);
  await recordArchive(world.ctx, {
    ...{ hospital_id, patient_id: from, number: 'A-1', source: 'counter', actor: 'staff:1' },
  });
  const { patient_id: into } = await registerPatient(world.ctx, {
    ...{ ...of(child), how: 'counter', actor: 'staff:1' },
  });
  const card = { patient_id: from, name: child.name, document_number: child.documentNumber };
  await assert.rejects(
    takeIdentityCard(world.ctx, { ...card, how: 'counter', actor: 'staff:1' }),
    is('identity/merge-by-window'),
  );
  await mergePatients(world.ctx, { from, into, ...staff });
  assert.equal(
    (await findPatientByDocument(world.ctx, 'birth_certificate', 'Q100000002'))?.patient_id,
    into,
  );
  assert.equal(await stateFor(account_id, from), 'merged', 'old bookings can be looked after');
  assert.equal(await mayActFor(world.ctx.db, account_id, from), true);
  assert.equal(await stateFor(account_id, into), 'trial');
  const archives = await listArchives(world.ctx, { hospital_id, patient_id: into });
  assert.deepEqual(
    archives.map(({ number, chosen }) => [number, chosen]),
    [['A-1', true]],
  );
  await assert.rejects(
    mergePatients(world.ctx, { from, into, ...staff }),
    is('identity/merge-refused'),
  );
  const [a, b] = [someone(), someone()];
  const two = await Promise.all(
    [a, b].map((one) =>
      registerPatient(world.ctx, { ...of(one), how: 'counter', actor: 'staff:1' }),
    ),
  );
  await assert.rejects(
    mergePatients(world.ctx, {
      ...{ from: two[0]?.patient_id ?? '', into: two[1]?.patient_id ?? '', ...staff },
    }),
    is('identity/merge-refused'),
    'two citizens are two people',
  );
});

test('[R013] a made-up number stays out; a passport goes by the manual lane with few bookings until staff saw it', async () => {
  const [me, account_id] = [someone(), await account()];
  const invented = '11010519900101998';
  await assert.rejects(
    addPatient(world.ctx, {
      ...{ name: '甲乙', document_type: 'resident_id', manual: true, account_id },
      ...{ document_number: invented + checkDigit(invented), relation: 'self' },
    }),
    is('identity/real-name-unknown'),
  );
  const passport = {
    ...{ name: 'Anna Berg', document_type: 'passport', document_number: 'E7654321' },
    ...{ birth_date: '1990-05-01', relation: 'self' as const, manual: true, account_id },
  };
  const { patient_id, state } = await addPatient(world.ctx, passport);
  assert.equal(state, 'trial');
  const claim = (n: number) =>
    claimBooking(world.ctx, { account_id, patient_id, state: 'trial', idempotency: key(n) });
  await claim(11);
  const given = await claim(12);
  await assert.rejects(claim(13), is('identity/trial-used'));
  await given.giveBack();
  await claim(14);
  const { patients } = await listAccountPeople(world.ctx, account_id);
  assert.equal(patients[0]?.document_case, 'open');
  const found = (await listCases(world.ctx, hospital_id)).find(
    (one) => one.patient.patient_id === patient_id,
  );
  assert.equal(found?.kind, 'document');
  const case_id = found?.case_id ?? '';
  await decideCase(world.ctx, { case_id, accept: true, ...staff });
  assert.equal(await stateFor(account_id, patient_id), 'active');
  await assert.rejects(
    decideCase(world.ctx, { case_id, accept: false, ...staff }),
    is('identity/case-unknown'),
  );
  assert.equal((await add(account_id, me, 'other')).state, 'pending');
});

test('[R013] a refused document takes remote bookings away', async () => {
  const account_id = await account();
  const { patient_id } = await addPatient(world.ctx, {
    ...{ name: 'Bo Lund', document_type: 'passport', document_number: 'E7654329' },
    ...{ birth_date: '1990-05-01', relation: 'self', manual: true, account_id },
  });
  const cases = await listCases(world.ctx, hospital_id);
  const case_id = cases.find((one) => one.patient.patient_id === patient_id)?.case_id ?? '';
  await decideCase(world.ctx, { case_id, accept: false, note: '照片不符', ...staff });
  assert.equal(await stateFor(account_id, patient_id), 'pending');
});

test('[R011] while the authority is silent people go on by the window’s lane; a name nobody confirmed gives way to the right one', async () => {
  const silent: RealNameProvider = {
    name: 'silent',
    check: () =>
      Promise.resolve({
        ...{ result: 'unavailable', source: 'silent', reference: '' },
        checkedAt: world.ctx.clock.now(),
      }),
  };
  const ctx = { ...world.ctx, realName: silent };
  const [victim, squatter] = [someone(), await account()];
  const wrong = { ...of(victim), name: '占名者', account_id: squatter, relation: 'self' as const };
  await assert.rejects(
    addPatient(ctx, wrong),
    (error: { kind?: { code: string }; detail?: { manual: boolean } }) =>
      is('identity/real-name-unavailable')(error) && error.detail?.manual === true,
  );
  const squatted = await addPatient(ctx, { ...wrong, manual: true });
  assert.equal(squatted.state, 'trial');
  const owner = await account(victim.phone);
  const own = await add(owner, victim, 'self');
  assert.equal(own.patient_id, squatted.patient_id);
  assert.equal(await stateFor(squatter, own.patient_id), 'pending');
  const { names } = await world.ctx.db.one<{ names: number }>(sql`
    select count(*)::int as names from identity.former_name where patient_id = ${own.patient_id}`);
  assert.equal(names, 1);
});

test('a renamed person keeps the former name, sealed, with what staff saw', async () => {
  const person = someone();
  const { patient_id } = await registerPatient(world.ctx, {
    ...{ ...of(person), how: 'provider', actor: 'test' },
  });
  await correctPatientName(world.ctx, {
    ...{ patient_id, name: '䶮·𠮷野', proof: 'household_register', ...staff },
  });
  const row = await world.ctx.db.one<{ sealed_name: Buffer; proof: string }>(sql`
    select sealed_name, proof from identity.former_name where patient_id = ${patient_id}`);
  assert.equal(row.proof, 'household_register');
  assert.equal(world.ctx.fields.open(row.sealed_name, sealedAs.former_name), person.name);
});

test('several archives of one person open a case, and one is chosen', async () => {
  const { patient_id } = await registerPatient(world.ctx, {
    ...{ ...of(someone()), how: 'counter', actor: 'staff:1' },
  });
  const note = (number: string, whose = patient_id) =>
    recordArchive(world.ctx, {
      ...{ hospital_id, patient_id: whose, number, source: 'his', actor: 'system:his' },
    });
  await note('0001');
  await note('0002');
  await note('0002');
  const stranger = await registerPatient(world.ctx, {
    ...{ ...of(someone()), how: 'counter', actor: 'staff:1' },
  });
  await assert.rejects(note('0001', stranger.patient_id), is('identity/archive-taken'));
  const open = async () =>
    (await listCases(world.ctx, hospital_id)).filter(
      (one) => one.kind === 'archives' && one.patient.patient_id === patient_id,
    ).length;
  assert.equal(await open(), 1);
  const second = (await listArchives(world.ctx, { hospital_id, patient_id })).find(
    (one) => !one.chosen,
  );
  await chooseArchive(world.ctx, {
    ...{ hospital_id, patient_id, archive_id: second?.archive_id ?? '' },
    ...{ end_others: true, actor: 'staff:1' },
  });
  assert.deepEqual(
    (await listArchives(world.ctx, { hospital_id, patient_id })).map((one) => [
      ...[one.number, one.chosen, one.ended],
    ]),
    [
      ['0002', true, false],
      ['0001', false, true],
    ],
  );
  assert.equal(await open(), 0);
});

test('[R014] adding and dropping many people is slowed in kind words, and the numbers come from one place', async () => {
  const account_id = await account();
  const limits = { ...(await listAccountPeople(world.ctx, account_id)).limits, adds_max: 3 };
  const ctx = { ...world.ctx, config: { demo: false, people: { limits, real_name: undefined } } };
  const link = async () => {
    const { patient_id } = await registerPatient(world.ctx, {
      ...{ ...of(someone()), how: 'counter', actor: 'staff:1' },
    });
    await linkPatient(ctx, { account_id, patient_id, relation: 'other' });
  };
  for (let n = 0; n < 3; n++) await link();
  await assert.rejects(link(), is('identity/adds-max'));
});
