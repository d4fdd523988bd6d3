import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addPerson, entryBody, openDraw, type OpenDraw } from '../../../test/support/draws.ts';
import { patientAt, staffAt, world, type Visitor } from '../../../test/support/world.ts';
import { sql } from '../../platform/sql.ts';
import { decideAppeal } from './appeal.ts';

/* Through the routes of the whole product: what a restriction closes, and every way out of it. */

let here: Awaited<ReturnType<typeof world>>;
let mother: Visitor;
let clerk: Visitor;
let nurse: Visitor;
let manager: Visitor;
let draw: OpenDraw;
let hospital_id: string;
before(async () => {
  here = await world('restriction-routes');
  mother = await patientAt(here.app, here.ctx.population.syntheticPerson(61).phone);
  clerk = await staffAt(here.app, 'clerk');
  manager = await staffAt(here.app, 'manager');
  nurse = await staffAt(here.app, 'nurse');
  draw = await openDraw(here, 'EYE', '2026-11-27');
  const row = await here.ctx.db.one<{ hospital_id: string }>(
    sql`select hospital_id from release.draw where id = ${draw.draw_id}`,
  );
  hospital_id = row.hospital_id;
  const { plain, versions } = await manager.get('/api/staff/rule-sets');
  const ladder = [{ count: 2, within_days: 90, restrict_days: 30 }];
  await manager.post('/api/staff/rule-sets', {
    base_version: versions[0]?.version ?? 0,
    effective_from: versions[0] ? '2026-11-25' : '2026-11-24',
    reason: '测试阶梯规则',
    rules: { ...plain, ladders: { ...plain.ladders, late_cancel: ladder, no_show: ladder } },
  });
});
after(() => here.stop());

let nth_session = 0;
async function freeSession(pool: string): Promise<string> {
  const row = await here.ctx.db.one<{ session_id: string }>(sql`
    select distinct s.session_id, s.service_date from booking.slot s
      join booking.session_stock t using (session_id)
    where s.state = 'free' and s.pool = ${pool} and s.service_date > '2026-11-26'
      and t.method = 'order' and t.master <> 'his' and t.hospital_id = ${hospital_id}
    order by s.service_date, s.session_id limit 1 offset ${nth_session++ % 12}`);
  return row.session_id;
}

/** Three visits of which nobody came, as the desk would record them. */
async function neverCame(patient_id: string): Promise<void> {
  const rows: { appointment_id: string }[] = [];
  for (let nth = 0; nth < 3; nth++) {
    const session_id = await freeSession('online');
    rows.push(await mother.post('/api/appointments', { session_id, patient_id, confirm: true }));
  }
  for (const { appointment_id } of rows) {
    await here.ctx.db.run(sql`
      update booking.slot set starts_at = '2026-11-23T01:00:00Z', ends_at = '2026-11-23T02:00:00Z'
      where appointment_id = ${appointment_id}`);
    await nurse.post(`/api/staff/appointments/${appointment_id}/no-show`);
  }
  await here.settle();
}

const enter = (patient_id: string) =>
  mother.send('POST', `/api/draws/${draw.draw_id}/entries`, entryBody(patient_id, draw.sessions).body); // prettier-ignore

test('a restricted person is refused online with reasons and ways out; window, ordinary, follow-up, referral and emergency stay open', async () => {
  const patient_id = await addPerson(here, mother, 9300, 'child');
  await neverCame(patient_id);
  const refused = await enter(patient_id);
  assert.equal(refused.body.code, 'release/restricted', JSON.stringify(refused.body));
  const said: string = refused.body.detail;
  for (const word of ['自动恢复', '自己的名单', '申诉', '急诊', '窗口', '普通门诊', '复诊', '转诊'])
    assert.ok(said.includes(word), `${word}: ${said}`);
  const wish = { patient_id, draw_group: 'EYE' };
  assert.notEqual((await mother.send('POST', '/api/wishes', wish)).status, 200);
  const ordinary = { session_id: await freeSession('online'), patient_id, confirm: true };
  assert.equal((await mother.post('/api/appointments', ordinary)).status, 'booked');
  for (const pool of ['follow_up', 'referral', 'online']) {
    const session_id = await freeSession('online');
    await here.ctx.db.run(sql`update booking.slot set pool = ${pool} where id in (select id
      from booking.slot where session_id = ${session_id} and is_free limit 1)`);
    const body = { session_id, patient_id, pool };
    assert.equal((await clerk.post('/api/staff/appointments', body)).status, 'booked', pool);
  }
  const emergency = await freeSession('online');
  await here.ctx.db.run(
    sql`update booking.session_stock set stays_open = true where session_id = ${emergency}`,
  );
  const urgent = { session_id: emergency, patient_id, confirm: true };
  assert.equal((await mother.post('/api/appointments', urgent)).status, 'booked');
  const slip = { patient_id, preferences: draw.sessions, notice_days: 0 };
  const atWindow = await clerk.send('POST', `/api/staff/draws/${draw.draw_id}/entries`, slip);
  assert.equal(atWindow.status, 200, JSON.stringify(atWindow.body));
});

test('the patient reads why, whose list and how to object; an upheld appeal opens everything and is answered', async () => {
  const patient_id = await addPerson(here, mother, 9301, 'parent');
  await neverCame(patient_id);
  const read = async () =>
    (await mother.get('/api/restrictions')).restrictions.filter(
      (one: { patient_id: string }) => one.patient_id === patient_id,
    );
  const [found] = await read();
  assert.equal(found.visits.length, 2, 'the first was free');
  assert.ok(found.hospital_name && found.how_to_appeal && found.visits[0].service_name);
  assert.deepEqual(found.stays_open, ['emergency', 'window', 'ordinary', 'follow_up', 'referral']);
  const path = `/api/restrictions/${found.restriction_id}/appeal`;
  const words = { text: '那两天孩子发烧住院', document: '出院小结 第 12 号' };
  const { appeal_id, due_at } = await mother.post(path, words);
  assert.equal(due_at.slice(0, 10), '2026-11-25');
  assert.equal((await mother.send('POST', path, words)).body.code, 'booking/appeal-open');
  const stranger = await patientAt(here.app, here.ctx.population.syntheticPerson(62).phone);
  const foreign = await stranger.send('POST', path, words);
  assert.equal(foreign.body.code, 'booking/restriction-unknown');
  assert.equal((await clerk.send('GET', '/api/staff/restriction-appeals')).status, 403);
  const { appeals } = await manager.get('/api/staff/restriction-appeals');
  assert.equal(appeals[0].text, words.text);
  assert.equal(appeals[0].visits.length, 2);
  const plain = await here.ctx.db.many(sql`
    select id from booking.restriction_appeal where position(convert_to('发烧', 'UTF8') in sealed_text) > 0
    union all select id from platform.event where payload::text like '%发烧%'`);
  assert.deepEqual(plain, []);
  const decide = `/api/staff/restriction-appeals/${appeal_id}/decide`;
  const answer = { uphold: true, answer: '已核实，记录已消除' };
  await manager.post(decide, answer);
  assert.equal((await manager.send('POST', decide, answer)).body.code, 'booking/appeal-decided');
  await here.settle();
  assert.deepEqual(await read(), []);
  assert.equal((await enter(patient_id)).status, 200);
  const { notices } = await mother.get('/api/notices');
  const kinds = notices.map((one: { kind: string }) => one.kind);
  for (const kind of ['restricted', 'restriction_lifted', 'appeal_answered'])
    assert.ok(kinds.includes(kind), `${kind} in ${kinds.join()}`);
});

test('a refused appeal keeps the restriction and shows the answer; a clerk clears with one reason, and is counted', async () => {
  const patient_id = await addPerson(here, mother, 9302, 'spouse');
  await neverCame(patient_id);
  const read = async () =>
    (await mother.get('/api/restrictions')).restrictions.find(
      (one: { patient_id: string }) => one.patient_id === patient_id,
    );
  const { restriction_id } = await read();
  const { appeal_id } = await mother.post(`/api/restrictions/${restriction_id}/appeal`, {
    text: '不同意',
  });
  await manager.post(`/api/staff/restriction-appeals/${appeal_id}/decide`, {
    ...{ uphold: false, answer: '请提供证明' },
  });
  assert.deepEqual((await read()).appeal.answer, '请提供证明');
  const list = await clerk.get(`/api/staff/conduct?patient_id=${patient_id}`);
  assert.equal(list.conduct.length, 3);
  assert.equal(list.restrictions[0].restriction_id, restriction_id);
  const reason = { reason: 'notice_failed' };
  await clerk.post(`/api/staff/conduct/${restriction_id}/clear`, reason);
  const again = await clerk.send('POST', `/api/staff/conduct/${restriction_id}/clear`, reason);
  assert.equal(again.body.code, 'booking/conduct-cleared');
  assert.equal(await read(), undefined);
  assert.equal((await clerk.send('GET', '/api/staff/clearances')).status, 403);
  const { clearances } = await manager.get('/api/staff/clearances?days=7');
  const mine = clearances.find((one: { reason: string }) => one.reason === 'notice_failed');
  assert.deepEqual([mine.visits, mine.patients], [2, 1]);
  assert.ok(mine.clerk_name.length > 1 && !mine.clerk_name.startsWith('staff:'));
  const audit = await here.ctx.db.many(sql`
    select id from platform.event where name = 'booking.conduct.read'
      and payload -> 'patient_ids' ? ${patient_id}`);
  assert.ok(audit.length > 0);
});

test('nobody decides twice: who recorded a no-show, or refused an earlier appeal, leaves it to a colleague', async () => {
  const patient_id = await addPerson(here, mother, 9304, 'parent');
  await neverCame(patient_id);
  const { restrictions } = await mother.get('/api/restrictions');
  const { restriction_id } = restrictions.find(
    (one: { patient_id: string }) => one.patient_id === patient_id,
  );
  const appealed = async (): Promise<string> =>
    (await mother.post(`/api/restrictions/${restriction_id}/appeal`, { text: '请核实' })).appeal_id;
  const first = await appealed();
  const { actor } = await here.ctx.db.one<{ actor: string }>(sql`
    select e.actor from platform.event e join booking.restriction r on r.id = ${restriction_id}
    where e.name = 'booking.visit.no-show' and (e.payload ->> 'appointment_id')::uuid = any(r.counted) limit 1`);
  const answer = { appeal_id: first, hospital_id, uphold: true, answer: '已核实' };
  await assert.rejects(
    decideAppeal(here.ctx, { ...answer, actor }),
    (error: { kind: { code: string } }) => error.kind.code === 'booking/appeal-not-own',
  );
  const decide = (id: string, uphold: boolean) =>
    manager.send('POST', `/api/staff/restriction-appeals/${id}/decide`, { uphold, answer: '请提供证明' }); // prettier-ignore
  assert.equal((await decide(first, false)).status, 200);
  const second = await appealed();
  assert.equal((await decide(second, true)).body.code, 'booking/appeal-not-own');
  await decideAppeal(here.ctx, { ...answer, appeal_id: second, actor: 'staff:colleague' });
});

test('who has their data deleted leaves no appeal behind, and the restriction runs on under a pseudonym', async () => {
  const patient_id = await addPerson(here, mother, 9303);
  await neverCame(patient_id);
  const { restrictions } = await mother.get('/api/restrictions');
  const own = restrictions.find((one: { patient_id: string }) => one.patient_id === patient_id);
  await mother.post(`/api/restrictions/${own.restriction_id}/appeal`, { text: '请核实' });
  const { bookingPersonData } = await import('../person-data.ts');
  const at = here.clock.now();
  const until = await here.ctx.db.tx((tx) =>
    bookingPersonData(here.ctx).erase(tx, { patient_id, at }),
  );
  assert.ok(until instanceof Date && until > at);
  const left = await here.ctx.db.many<{ what: string }>(sql`
    select 'appeal' as what from booking.restriction_appeal where patient_id = ${patient_id}
    union all select 'restriction' from booking.restriction
      where patient_id = ${patient_id} and lifted_at is null`);
  assert.deepEqual(left, [{ what: 'restriction' }]);
});
