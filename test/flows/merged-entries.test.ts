import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from '../../src/platform/sql.ts';
import { verifyBundle } from '../../src/release/sealed-draw/verify.ts';
import { bundleOf } from '../support/drawn-clinic.ts';
import { addPerson, entryBody, heldOf, openDraw, until } from '../support/draws.ts';
import { patientAt, staffAt, world, type Visitor } from '../support/world.ts';

/* One child known by its birth certificate and by its card enters a draw under both. */

let here: Awaited<ReturnType<typeof world>>;
let mother: Visitor;
let clerk: Visitor;
let manager: Visitor;
before(async () => {
  here = await world('merged-entries');
  mother = await parent(37);
  clerk = await staffAt(here.app, 'clerk');
  manager = await staffAt(here.app, 'manager');
});
after(() => here.stop());

/** An adult with an account and themself in it: one account has room for five people. */
async function parent(index: number): Promise<Visitor> {
  const who = await patientAt(here.app, here.ctx.population.syntheticPerson(index).phone);
  await addPerson(here, who, index, 'self');
  return who;
}

let certificates = 900000100;

/** Synthetic people who are children on the tests' day. */
function* children(): Generator<number> {
  for (let n = 20_000; ; n++)
    if (here.ctx.population.syntheticPerson(n).birthDate > '2014-01-01') yield n;
}
const childIndexes = children();

/** The same child twice: by certificate, not yet seen by staff, and by card. */
async function childTwice(mother: Visitor): Promise<{ from: string; into: string }> {
  const index = childIndexes.next().value as number;
  const person = here.ctx.population.syntheticPerson(index);
  const { patients } = await mother.get('/api/patients');
  const self = patients.find((one: { relation: string }) => one.relation === 'self');
  const guardian_patient_id = self.patient_id;
  const { patient_id: from } = await mother.post('/api/patients', {
    ...{ name: person.name, document_type: 'birth_certificate', relation: 'child', manual: true },
    document_number: `Q${++certificates}`,
    ...{ birth_date: person.birthDate, guardian_patient_id },
  });
  return { from, into: await addPerson(here, mother, index, 'child') };
}

const atWindow = (draw_id: string, patient_id: string, preferences: string[]) =>
  clerk.post(`/api/staff/draws/${draw_id}/entries`, { patient_id, preferences, notice_days: 0 });

const merge = async ({ from, into }: { from: string; into: string }): Promise<void> => {
  const manager = await staffAt(here.app, 'manager');
  await manager.post(`/api/staff/patients/${from}/merge`, { into_patient_id: into });
  await here.settle();
};

type Row = { id: string; patient_id: string; twin_of: string | null; withdrawn_at: Date | null };
const entriesOf = (draw_id: string): Promise<Row[]> =>
  here.ctx.db.many<Row>(sql`
    select id, patient_id, twin_of, withdrawn_at from release.entry
    where draw_id = ${draw_id} order by entered_at, id`);

test('[R016] two records of one child have one chance: the earlier entry counts, the draw stays provable, and no third is taken', async () => {
  const draw = await openDraw(here, 'EYE', '2026-11-28');
  const child = await childTwice(mother);
  const refused = await mother.send(
    'POST',
    `/api/draws/${draw.draw_id}/entries`,
    entryBody(child.from, draw.sessions).body,
  );
  assert.equal(refused.body.code, 'release/document-first', 'nobody has seen the certificate');
  const first = await atWindow(draw.draw_id, child.from, draw.sessions);
  await here.advance(60);
  const second = entryBody(child.into, draw.sessions, { notice_days: 0 });
  const later = await mother.post(`/api/draws/${draw.draw_id}/entries`, second.body);
  await merge(child);
  const rows = await entriesOf(draw.draw_id);
  assert.deepEqual(
    rows.map(({ id, patient_id, twin_of }) => ({ id, patient_id, twin_of })),
    [
      { id: first.e, patient_id: child.into, twin_of: null },
      { id: later.e, patient_id: child.into, twin_of: first.e },
    ],
  );
  for (const [patient_id, code] of [
    [child.from, 'release/record-merged'],
    [child.into, 'release/already-registered'],
  ] as const) {
    const { body } = entryBody(patient_id, draw.sessions);
    const third = await mother.send('POST', `/api/draws/${draw.draw_id}/entries`, body);
    assert.equal(third.body.code, code);
  }
  await until(here, draw.closes_at, 2);
  await until(here, draw.round_at, 10);
  const held = await heldOf(here, draw.draw_id);
  assert.deepEqual(
    held.map((one) => one.patient_id),
    [child.into],
    'one person, one number, though both were drawn',
  );
  const log = await here.ctx.db.many<{ kind: string; entry_id: string }>(sql`
    select kind, entry_id from release.draw_log where draw_id = ${draw.draw_id} order by n`);
  assert.deepEqual(log, [{ kind: 'cancel', entry_id: later.e }], 'its number goes to the return');
  const told = await here.ctx.db.many<{ subject: string }>(sql`
    select subject from platform.event where name = 'release.entry.doubled'`);
  assert.deepEqual(told, [{ subject: `entry:${later.e}` }]);
  const files = await bundleOf(manager, draw.draw_id);
  const failed = verifyBundle(files, { receipt: later.receipt }).filter(
    (check) => check.status === 'fail',
  );
  assert.deepEqual(failed, []);
});

test('a standing wish is withdrawn with its own secret, which a verifier finds in void.jsonl; withdrawing the kept one brings the other back', async () => {
  const mother = await parent(74);
  const [clinic] = await here.ctx.db.many<{ hospital_id: string }>(sql`
    select hospital_id from release.plan where draw_group = 'CARD' and method = 'draw' limit 1`);
  const wish = (patient_id: string) =>
    mother.post('/api/wishes', {
      ...{ hospital_id: clinic?.hospital_id, draw_group: 'CARD', patient_id },
      ...{ healthcare_service_ids: [], any_service: true, notice_days: 0 },
      ...{ from_date: '2026-11-25', to_date: '2026-12-20' },
    });
  // Wishes enter one draw of their group: the one that the mother's own enters.
  const [self] = (await mother.get('/api/patients')).patients;
  await wish(self.patient_id);
  await here.settle();
  const draw = await here.ctx.db.one<{ draw_id: string; sessions: string[] }>(sql`
    select e.draw_id, array_agg(s.session_id) as sessions from release.entry e
    join release.draw_session s on s.draw_id = e.draw_id
    where e.patient_id = ${self.patient_id} group by e.draw_id`);
  const child = await childTwice(mother);
  const first = await atWindow(draw.draw_id, child.from, draw.sessions);
  await here.advance(60);
  await wish(child.into);
  await here.settle();
  assert.equal((await entriesOf(draw.draw_id)).length, 3);
  await merge(child);
  const theirs = (await entriesOf(draw.draw_id)).filter((one) => one.patient_id === child.into);
  const [kept, gone] = theirs;
  assert.ok(kept && gone);
  assert.deepEqual([kept.id, kept.withdrawn_at], [first.e, null]);
  assert.ok(gone.withdrawn_at);
  const { right } = await here.ctx.db.one<{ right: boolean }>(sql`
    select secret_hash = encode(sha256(decode(secret, 'hex')), 'hex') as right
    from release.entry where id = ${gone.id}`);
  assert.ok(right, 'void.jsonl shows the secret that its receipt names');
  const other = await childTwice(mother);
  const slip = await atWindow(draw.draw_id, other.from, draw.sessions);
  await here.advance(60);
  const later = await atWindow(draw.draw_id, other.into, draw.sessions);
  await merge(other);
  await mother.post(`/api/entries/${slip.e}/withdraw`, { secret: slip.secret });
  const revived = (await entriesOf(draw.draw_id)).find((one) => one.id === later.e);
  assert.equal(revived?.twin_of, null);
});

test('two numbers drawn before anybody knew it was one child: the later is given back', async () => {
  const mother = await parent(111);
  clerk = await staffAt(here.app, 'clerk');
  const draw = await openDraw(here, 'CARD', '2026-11-28');
  const child = await childTwice(mother);
  await atWindow(draw.draw_id, child.from, draw.sessions);
  await atWindow(draw.draw_id, child.into, draw.sessions.toReversed());
  await until(here, draw.closes_at, 2);
  await until(here, draw.round_at, 10);
  const before = await heldOf(here, draw.draw_id);
  await merge(child);
  const mine = (all: { patient_id: string }[]) =>
    all.filter((one) => [child.from, child.into].includes(one.patient_id));
  const held = mine(await heldOf(here, draw.draw_id));
  assert.equal(mine(before).length, 2);
  assert.deepEqual(
    held.map((one) => one.patient_id),
    [child.into],
  );
});
