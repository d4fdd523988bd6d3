import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';
import { sql } from '../../src/platform/sql.ts';
import {
  addPerson,
  entryBody,
  openDraw,
  personAtWindow,
  registerAtWindow,
  until,
  type OpenDraw,
} from '../support/draws.ts';
import { patientAt, staffAt, world, type Visitor } from '../support/world.ts';

let here: Awaited<ReturnType<typeof world>>;
let mother: Visitor;
beforeEach(async () => {
  here = await world('wishes');
  mother = await patientAt(here.app, here.ctx.population.syntheticPerson(37).phone);
});
afterEach(() => here.stop());

/** The demo's hospital and the drawn clinics of the eye group. */
async function eyeClinics(): Promise<{ hospital_id: string; ids: string[] }> {
  const rows = await here.ctx.db.many<{ hospital_id: string; id: string }>(sql`
    select distinct hospital_id, healthcare_service_id as id from release.plan
    where draw_group = 'EYE' and method = 'draw' order by id`);
  return { hospital_id: rows[0]?.hospital_id as string, ids: rows.map((row) => row.id) };
}

async function wish(patient_id: string, more: object = {}): Promise<any> {
  const { hospital_id, ids } = await eyeClinics();
  return mother.post('/api/wishes', {
    hospital_id,
    draw_group: 'EYE',
    patient_id,
    healthcare_service_ids: ids.slice(0, 1),
    any_service: false,
    from_date: '2026-11-25',
    to_date: '2026-12-20',
    notice_days: 0,
    ...more,
  });
}

const stateOf = async (wish_id: string): Promise<{ state: string; draws_passed: number }> =>
  (await mother.get('/api/wishes')).wishes.find(
    (one: { wish_id: string }) => one.wish_id === wish_id,
  );

test('[R016] a standing wish enters one draw at a time by itself, its holder can recompute the entry, and a win ends it', async () => {
  const child = await addPerson(here, mother, 6000, 'child');
  const { wish_id, secret } = await wish(child, { any_service: true });
  await here.settle();
  const entered = await here.ctx.db.many<{
    draw_id: string;
    id: string;
    secret_hash: string;
    line: string;
    manifest_hash: string;
    tag: string;
  }>(sql`
    select e.draw_id, e.id, e.secret_hash, e.line, d.manifest_hash, encode(e.person_tag, 'hex') as tag
    from release.entry e join release.draw d on d.id = e.draw_id where e.wish_id = ${wish_id} order by d.number`);
  assert.equal(entered.length, 1, 'seven draws of the group are open, and it is in the first');
  for (const one of entered) {
    const nonce = createHmac('sha256', Buffer.from(secret, 'hex'))
      .update(one.manifest_hash, 'hex')
      .digest();
    const e = createHash('sha256')
      .update(
        Buffer.concat([
          Buffer.from([0x10]),
          Buffer.from(one.manifest_hash + one.tag, 'hex'),
          nonce,
        ]),
      )
      .digest('hex');
    assert.equal(one.id, e, 'nonce = HMAC(wish secret, manifest hash)');
    assert.ok(
      (JSON.parse(one.line) as { p: string[] }).p.length >= 2,
      'the named clinic, then the others',
    );
  }
  assert.equal(new Set(entered.map((one) => one.secret_hash)).size, entered.length);

  // A second wish of the person is refused, and so is a second entry by hand.
  const again = await mother.send('POST', '/api/wishes', { ...(await wishBody(child)) });
  assert.equal(again.body.code, 'release/wish-exists');

  // Alone in it the wish wins: one number, not one a day.
  const [first] = entered;
  const times = await here.ctx.db.one<{ closes_at: Date; round_at: Date }>(sql`
    select closes_at, round_at from release.draw where id = ${first?.draw_id}`);
  await until(here, times.closes_at, 2);
  await until(here, times.round_at, 15);
  assert.equal((await stateOf(wish_id)).state, 'won');
  const after = await here.ctx.db.one<{ entries: number; won: number }>(sql`
    select count(*)::int as entries, count(place)::int as won from release.entry
    where patient_id = ${child}`);
  assert.deepEqual(after, { entries: 1, won: 1 });
});

/** A draw of the group for so many people more than one clinic of it has places. */
async function crowd(
  people: number,
): Promise<{ draw: OpenDraw; session: string; service: string; patients: string[] }> {
  const clerk = await staffAt(here.app, 'clerk');
  const draw = await openDraw(here, 'EYE', '2026-11-25');
  const one = await here.ctx.db.one<{ session: string; service: string; places: number }>(sql`
    select p.session_id as session, r.healthcare_service_id as service, count(*)::int as places
    from release.draw_place p join release.session_release r using (session_id)
    where p.draw_id = ${draw.draw_id} group by 1, 2 order by 1 limit 1`);
  const patients: string[] = [];
  for (let n = 0; n < one.places + people; n++)
    patients.push(await personAtWindow(here, clerk, 6060 + n));
  return { draw, ...one, patients };
}

async function wishAtWindow(clerk: Visitor, patient_id: string, service: string): Promise<string> {
  const { hospital_id: _, ...body } = (await wishBody(patient_id)) as { hospital_id: string };
  const asked = { ...body, healthcare_service_ids: [service], notice_days: 0 };
  return (await clerk.post('/api/staff/wishes', asked)).wish_id;
}

test('[R016] who registers by hand waits with the wish until that result, and after a loss it enters the next draw', async () => {
  const clerk = await staffAt(here.app, 'clerk');
  const { draw, session, service, patients } = await crowd(3);
  // Another draw of the group stays open an hour longer.
  await here.ctx.db.run(sql`
    update release.draw set closes_at = closes_at + interval '1 hour', seal_by = seal_by + interval '1 hour',
      round_at = round_at + interval '1 hour'
    where draw_group = 'EYE' and state = 'announced' and id <> ${draw.draw_id}`);
  for (const patient_id of patients) {
    const body = { patient_id, preferences: [session], notice_days: 0 };
    await clerk.post(`/api/staff/draws/${draw.draw_id}/entries`, body);
    await wishAtWindow(clerk, patient_id, service);
  }
  await here.settle();
  const entries = () =>
    here.ctx.db.many<{ patient_id: string; draw_id: string; by_wish: boolean; won: boolean }>(sql`
      select patient_id, draw_id, wish_id is not null as by_wish, place is not null as won from release.entry`);
  assert.equal((await entries()).length, patients.length, 'the wishes wait');
  await until(here, draw.closes_at, 2);
  await until(here, draw.round_at, 15);
  const all = await entries();
  const lost = all.filter((one) => one.draw_id === draw.draw_id && !one.won);
  assert.equal(lost.length, 3);
  const next = all.filter((one) => one.by_wish);
  assert.deepEqual(
    next.map((one) => one.patient_id).toSorted(),
    lost.map((one) => one.patient_id).toSorted(),
    'one entry each, of those who lost',
  );
});

async function wishBody(patient_id: string): Promise<object> {
  const { hospital_id, ids } = await eyeClinics();
  return {
    hospital_id,
    draw_group: 'EYE',
    patient_id,
    healthcare_service_ids: ids,
    any_service: false,
    from_date: '2026-11-25',
    to_date: '2026-12-01',
    notice_days: 1,
  };
}

test('[R016] after four draws without a place the patient is asked once, and may go on or withdraw', async () => {
  const clerk = await staffAt(here.app, 'clerk');
  const { draw, service, patients } = await crowd(2);
  for (const patient_id of patients) await wishAtWindow(clerk, patient_id, service);
  // They have lost three draws before this one.
  await here.ctx.db.run(sql`update release.wish set draws_passed = 3`);
  await here.settle();
  await until(here, draw.closes_at, 2);
  await until(here, draw.round_at, 15);
  const states = () =>
    here.ctx.db.many<{ id: string; state: string; draws_passed: number }>(sql`
      select id, state, draws_passed from release.wish order by id`);
  const asked = (await states()).filter((one) => one.state === 'asked');
  assert.equal(asked.length, 2);
  assert.equal((await states()).filter((one) => one.state === 'won').length, patients.length - 2);
  const [again, never] = asked.map((one) => one.id) as [string, string];
  const later = await staffAt(here.app, 'clerk');
  await later.post(`/api/staff/wishes/${again}/renew`);
  await later.post(`/api/staff/wishes/${never}/withdraw`);
  const now = new Map((await states()).map((one) => [one.id, one]));
  assert.deepEqual(pick(now.get(again)), { state: 'active', draws_passed: 0 });
  assert.equal(now.get(never)?.state, 'withdrawn');
});

const pick = (one: { state: string; draws_passed: number } | undefined) => ({
  state: one?.state,
  draws_passed: one?.draws_passed,
});

test('[R016] a withdrawn wish leaves open draws by revealing its secret of that draw only', async () => {
  const child = await addPerson(here, mother, 6300, 'child');
  const { wish_id } = await wish(child);
  await here.settle();
  await mother.post(`/api/wishes/${wish_id}/withdraw`);
  const rows = await here.ctx.db.many<{ secret: string; secret_hash: string }>(sql`
    select secret, secret_hash from release.entry where wish_id = ${wish_id}`);
  assert.ok(rows.length > 0 && rows.every((row) => row.secret !== null));
  for (const row of rows)
    assert.equal(
      createHash('sha256').update(Buffer.from(row.secret, 'hex')).digest('hex'),
      row.secret_hash,
    );
  await here.settle();
  const entered = await here.ctx.db.one<{ n: number }>(sql`
    select count(*)::int as n from release.entry where patient_id = ${child} and withdrawn_at is null`);
  assert.equal(entered.n, 0, 'it does not come back');
});

test('[R016] an entry is edited until closing: the old one is void by its secret, the new one stands', async () => {
  const draw = await openDraw(here, 'EYE', '2026-11-27');
  const patient = await addPerson(here, mother, 6400);
  const first = entryBody(patient, draw.sessions);
  const { e } = await mother.post(`/api/draws/${draw.draw_id}/entries`, first.body);
  const { body } = entryBody(patient, draw.sessions.toReversed());
  const wrong = await mother.send('POST', `/api/entries/${e}/edit`, {
    ...body,
    secret: '00'.repeat(32),
  });
  assert.equal(wrong.body.code, 'release/wrong-secret');
  const changed = await mother.post(`/api/entries/${e}/edit`, { ...body, secret: first.secret });
  assert.notEqual(changed.e, e);
  const { entries } = await mother.get('/api/entries');
  const states = entries.map((one: { e: string; state: string }) => [one.e, one.state]);
  assert.deepEqual(
    new Map(states),
    new Map([
      [e, 'withdrawn'],
      [changed.e, 'registered'],
    ]),
  );
});

test('[R016] entries of a burnt draw go on in the draw that its places went to, with new receipts', async () => {
  const clerk = await staffAt(here.app, 'clerk');
  const draw = await openDraw(here, 'EYE', '2026-11-28');
  const slip = await registerAtWindow(here, clerk, draw.draw_id, 6500, draw.sessions);
  // Nothing runs from before closing until after the round.
  here.clock.set(new Date(Date.parse(draw.round_at) + 60_000));
  await here.settle();
  const again = await openDraw(here, 'EYE', '2026-11-28');
  assert.notEqual(again.draw_id, draw.draw_id);
  const carried = await here.ctx.db.one<{ id: string; secret_hash: string }>(sql`
    select id, secret_hash from release.entry where draw_id = ${again.draw_id} and carried_from = ${slip.e}`);
  assert.notEqual(carried.id, slip.e);
  assert.equal(carried.secret_hash, slip.receipt.v, 'the slip still withdraws it');
});

test('[R016] a wish made at the window needs neither account nor phone', async () => {
  const clerk = await staffAt(here.app, 'clerk');
  const patient_id = await personAtWindow(here, clerk, 6600);
  const { hospital_id: _, ...body } = (await wishBody(patient_id)) as { hospital_id: string };
  const { wish_id } = await clerk.post('/api/staff/wishes', { ...body, channel: 'phone' });
  await here.settle();
  const row = await here.ctx.db.one<{ n: number; channel: string }>(sql`
    select count(*)::int as n, min(channel) as channel from release.entry where wish_id = ${wish_id}`);
  assert.ok(row.n > 0);
  assert.equal(row.channel, 'phone');
  await clerk.post(`/api/staff/wishes/${wish_id}/withdraw`);
});

test('[R016] a win by hand ends the standing wish that was waiting for the next draw', async () => {
  const child = await addPerson(here, mother, 6700, 'child');
  const draw = await openDraw(here, 'EYE', '2026-11-27');
  await mother.post(`/api/draws/${draw.draw_id}/entries`, entryBody(child, draw.sessions).body);
  const { wish_id } = await wish(child, { any_service: true });
  await until(here, draw.closes_at, 2);
  await until(here, draw.round_at, 15);
  assert.equal((await stateOf(wish_id)).state, 'won');
});
