import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { identityWorld, type IdentityWorld } from '../../../test/support/identity.ts';
import { newId } from '../../platform/id.ts';
import { sql } from '../../platform/sql.ts';
import { accountFacts } from '../account-facts.ts';
import { families, mayActFor } from '../link-patient.ts';
import { phoneIndex, sealedAs } from '../sealing.ts';
import { openAccount } from '../store.ts';
import { actorWords } from './actors.ts';
import { claimBooking } from './claim-booking.ts';
import { createDelegateList } from './delegate-list.ts';
import { addHelped, askToHelp, decideDelegate, listDelegates, readDelegate } from './delegates.ts';

let world: IdentityWorld;
before(async () => {
  world = await identityWorld('delegates');
});
after(() => world.stop());

const is = (code: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, code, String(error)) ?? true;
const hospital_id = '01900000-0000-7000-8000-000000000001';
const office = { actor: 'staff:1', hospital_id };

async function account(phone: string): Promise<string> {
  const { fields, clock, db } = world.ctx;
  const id = newId(world.ctx);
  const sealed_phone = fields.seal(phone, sealedAs.account_phone);
  const made = { id, sealed_phone, phone_index: phoneIndex(fields, phone), at: clock.now() };
  return (await db.tx((tx) => openAccount(tx, made))).id;
}

const person = (n: number) => {
  const { name, documentNumber } = world.population.syntheticPerson(n);
  return { name, document_type: 'resident_id', document_number: documentNumber };
};
let keys = 0;
const key = () => ({ scope: 'test', key: `delegate ${++keys}`, fingerprint: '' });

async function helper(phone: string, day_max: number): Promise<string> {
  const account_id = await account(phone);
  const { delegate_id } = await askToHelp(world.ctx, {
    ...{ account_id, hospital_id, organisation: '柳溪村卫生室', kind: 'village_doctor' },
    ...{ ...person(500), valid_until: '2026-12-31' },
  });
  await decideDelegate(world.ctx, {
    ...{ delegate_id, state: 'approved', day_max, month_max: Math.max(4, day_max), ...office },
  });
  return account_id;
}

test('[R042] a helper acts for nobody before the hospital has agreed and each patient has consented', async () => {
  const account_id = await account('13900000001');
  const wanted = { account_id, ...person(1), paper_reference: '同意书 2026-001' };
  await assert.rejects(addHelped(world.ctx, wanted), is('identity/delegate-none'));
  const ask = {
    ...{ account_id, hospital_id, organisation: '柳溪村卫生室', kind: 'village_doctor' as const },
    ...{ ...person(500), valid_until: '2026-12-31' },
  };
  await assert.rejects(
    askToHelp(world.ctx, { ...ask, valid_until: '2030-01-01' }),
    is('identity/delegate-invalid'),
  );
  const { delegate_id } = await askToHelp(world.ctx, ask);
  await assert.rejects(askToHelp(world.ctx, ask), is('identity/delegate-asked'));
  await assert.rejects(addHelped(world.ctx, wanted), is('identity/delegate-none'));
  await assert.rejects(
    decideDelegate(world.ctx, {
      ...{ delegate_id, state: 'approved', actor: 'staff:2', hospital_id: newId(world.ctx) },
    }),
    is('identity/delegate-unknown'),
  );
  await decideDelegate(world.ctx, { delegate_id, state: 'approved', ...office });
  const { patient_id, state } = await addHelped(world.ctx, wanted);
  assert.equal(state, 'delegate');
  assert.equal(await mayActFor(world.ctx.db, account_id, patient_id), true);
  assert.equal((await families(world.ctx.db, [{ account_id, patient_id }]))[0], false);
  const unsigned = await addHelped(world.ctx, { account_id, ...person(2) });
  assert.equal(unsigned.state, 'pending');
  assert.equal(await mayActFor(world.ctx.db, account_id, unsigned.patient_id), false);
});

test('[R041] a helper books within a quota of the day and the month, and every act is on record', async () => {
  const account_id = await helper('13900000002', 2);
  const { patient_id } = await addHelped(world.ctx, {
    ...{ account_id, ...person(3), paper_reference: '同意书 2026-002' },
  });
  const { state } = await accountFacts(world.ctx, { account_id, patient_id });
  assert.equal(state, 'delegate');
  const book = () =>
    claimBooking(world.ctx, { account_id, patient_id, state: 'delegate', idempotency: key() });
  const many = await Promise.allSettled(Array.from({ length: 6 }, book));
  assert.equal(many.filter((one) => one.status === 'fulfilled').length, 2);
  for (const one of many)
    if (one.status === 'rejected') is('identity/delegate-quota')(one.reason as never);
  world.pass(24 * 60);
  const claim = await book();
  await claim.giveBack();
  await book();
  await book();
  await assert.rejects(book(), is('identity/delegate-quota'));
  const own = await readDelegate(world.ctx, account_id);
  assert.deepEqual([own?.used_today, own?.used_month], [2, 4]);
  const { acts } = await world.ctx.db.one<{ acts: number }>(sql`
    select count(*)::int as acts from platform.event where name = 'identity.delegate.acted'
      and person_id = ${patient_id}`);
  assert.equal(acts, 6);
});

test('many patients of a village doctor are no family limit and no signal of risk; the end of the agreement ends them', async () => {
  const account_id = await helper('13900000003', 4);
  const added: string[] = [];
  for (let n = 10; n < 17; n++) {
    const paper_reference = `同意书 2026-${n}`;
    const { patient_id } = await addHelped(world.ctx, {
      account_id,
      ...person(n),
      paper_reference,
    }).catch((error: unknown) => {
      is('identity/delegate-quota')(error as never);
      return { patient_id: '' };
    });
    if (patient_id !== '') added.push(patient_id);
    if (added.length === 4) world.pass(24 * 60);
  }
  assert.ok(added.length > 5 || added.length === 4);
  const list = createDelegateList(world.ctx);
  assert.equal(list.has(account_id), false);
  await list.refresh();
  assert.equal(list.has(account_id), true);
  const listed = (await listDelegates(world.ctx, hospital_id)).find(
    (one) => one.patients === added.length,
  );
  assert.ok(listed);
  assert.ok(listed.name_masked.includes('*'));
  await decideDelegate(world.ctx, { delegate_id: listed.delegate_id, state: 'ended', ...office });
  assert.equal(await mayActFor(world.ctx.db, account_id, added[0] ?? ''), false);
  await list.refresh();
  assert.equal(list.has(account_id), false);
});

test('the patient reads in words who booked: own account, family, helper, window', async () => {
  const account_id = await helper('13900000004', 5);
  const { patient_id } = await addHelped(world.ctx, {
    ...{ account_id, ...person(30), paper_reference: '同意书 2026-030' },
  });
  const viewer = await account('13900001234');
  const words = await actorWords(world.ctx, { account_id: viewer, patient_id }, [
    { actor: `account:${account_id}`, account_id, channel: 'web' },
    { actor: `account:${viewer}`, account_id: viewer, channel: 'web' },
    { actor: 'staff:1', account_id: null, channel: 'window' },
    { actor: 'staff:1', account_id: null, channel: 'phone' },
    { actor: 'system:release', account_id, channel: 'draw' },
  ]);
  assert.deepEqual(
    words.map((one) => one.text),
    [
      '村医 · 柳溪村卫生室',
      '您现在的账号（尾号 1234）',
      '医院窗口',
      '医院电话',
      '村医 · 柳溪村卫生室',
    ],
  );
});
