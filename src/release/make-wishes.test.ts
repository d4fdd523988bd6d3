import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { world } from '../../test/support/world.ts';
import { bulkRegisterPersons } from '../identity/index.ts';
import { Problem } from '../platform/problem.ts';
import { sql } from '../platform/sql.ts';
import { getHospital, listHospitals } from '../schedule/index.ts';
import { tickRelease } from './index.ts';
import { makeWishes, type WishList } from './make-wishes.ts';

let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  here = await world('make wishes');
});
after(() => here.stop());

async function listOf(count: number): Promise<WishList & { ids: string[] }> {
  const { ctx } = here;
  const [hospital] = await listHospitals(ctx);
  const hospital_id = hospital?.id ?? '';
  const { services } = await getHospital(ctx, { hospital_id });
  const clinic = services.find((service) => service.code === 'EYE-LIN')?.id ?? '';
  const persons = Array.from({ length: count }, (_, n) => {
    const { name, documentNumber, birthDate } = ctx.population.syntheticPerson(9000 + n);
    return {
      ...{ name, birth_date: birthDate },
      ...{ document_type: 'resident_id' as const, document_number: documentNumber },
    };
  });
  const ids = await ctx.db.tx((tx) => bulkRegisterPersons(tx, ctx, persons, { actor: 'test' }));
  const wishes = ids.map((patient_id) => ({
    ...{ patient_id, healthcare_service_ids: [clinic], any_service: false },
    ...{ from_date: '2026-11-24', to_date: '2026-12-24', notice_days: 2, payer_reference: null },
  }));
  const by = { hospital_id, draw_group: 'EYE', actor: 'test', channel: 'window' as const };
  return { ...by, wishes, ids };
}

test('a list of standing wishes is made at once, each person’s once, and enters the next draw by itself', async () => {
  const list = await listOf(12);
  const made = await makeWishes(here.ctx, { ...list, wishes: list.wishes.slice(0, 10) });
  assert.deepEqual(
    made.map((one) => one.patient_id),
    list.ids.slice(0, 10),
  );
  assert.equal(new Set(made.map((one) => one.secret)).size, 10);
  const rest = await makeWishes(here.ctx, list);
  assert.deepEqual(
    rest.map((one) => one.patient_id),
    list.ids.slice(10),
  );
  await tickRelease(here.ctx);
  const { entered } = await here.ctx.db.one<{ entered: number }>(sql`
    select count(distinct patient_id)::int as entered from release.entry
    where patient_id = any(${list.ids}::uuid[]) and wish_id is not null`);
  assert.equal(entered, 12);
});

test('one unclear wish refuses the whole list and says which rows are at fault', async () => {
  const list = await listOf(3);
  const faulty = list.wishes.map((wish, at) =>
    at === 1 ? { ...wish, to_date: '2026-11-23' } : wish,
  );
  const elsewhere = { ...list, draw_group: 'CARD' };
  const refused = (rows: number[]) => (error: unknown) => {
    assert.ok(error instanceof Problem);
    assert.equal(error.kind.code, 'release/wish-unclear');
    assert.deepEqual(error.detail, { rows });
    return true;
  };
  await assert.rejects(makeWishes(here.ctx, { ...list, wishes: faulty }), refused([1]));
  await assert.rejects(makeWishes(here.ctx, elsewhere), refused([0, 1, 2]));
});
