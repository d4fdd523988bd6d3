import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { sql } from '../../src/platform/sql.ts';
import { patientAt, staffAt, visitor, world } from '../support/world.ts';

let here: Awaited<ReturnType<typeof world>>;
before(async () => {
  // 2026-11-24 06:00 in Shanghai: the numbers of 12-01 are released at 07:30.
  here = await world('release flow', new Date('2026-11-23T22:00:00Z'));
});
after(() => here.stop());

async function department(name: string): Promise<string> {
  const anyone = visitor(here.app);
  const { hospitals } = await anyone.get('/api/hospitals');
  const hospital = await anyone.get(`/api/hospitals/${hospitals[0].id}`);
  return hospital.departments.find((one: { name: string }) => one.name === name).id;
}

async function sessionsOf(name: string, service: string) {
  const { sessions } = await visitor(here.app).get(
    `/api/departments/${await department(name)}/availability`,
  );
  return sessions.filter((one: { service: { name: string } }) => one.service.name === service);
}

test('availability goes out compressed, and whoever has it already is told so in a few bytes', async () => {
  const url = `/api/departments/${await department('儿科')}/availability`;
  const plain = await here.app.inject(url);
  const ask = (headers: Record<string, string>) => here.app.inject({ url, headers });
  const [br, gzip, never] = [
    await ask({ 'accept-encoding': 'gzip, deflate, br' }),
    await ask({ 'accept-encoding': 'gzip' }),
    await ask({ 'accept-encoding': 'br;q=0' }),
  ];
  assert.equal(br.headers['content-encoding'], 'br');
  assert.equal(brotliDecompressSync(br.rawPayload).toString(), plain.body);
  assert.equal(gzip.headers['content-encoding'], 'gzip');
  assert.equal(gunzipSync(gzip.rawPayload).toString(), plain.body);
  assert.equal(never.body, plain.body);
  for (const reply of [br, gzip, never]) assert.equal(reply.headers.vary, 'accept-encoding');
  const again = await ask({ 'if-none-match': String(plain.headers.etag) });
  assert.deepEqual([again.statusCode, again.body], [304, '']);
  assert.equal((await ask({ 'if-none-match': 'W/"other"' })).statusCode, 200);
});

test('[R001,R007] a tenth of every clinic stays for people who come in person, rounded up', async () => {
  const rows = await here.ctx.db.many<{ total: number; on_site: number; same_day: number }>(sql`
    select count(*) as total, count(*) filter (where pool = 'on_site') as on_site,
      count(*) filter (where pool = 'same_day') as same_day
    from booking.slot where draw_id is null and pool in ('online', 'on_site', 'same_day')
    group by session_id having count(*) = 40`);
  assert.ok(rows.length > 0);
  for (const row of rows) assert.deepEqual([row.on_site, row.same_day], [4, 4]);
});

test('[R001] a new plan version governs sessions that nothing was released of and no others', async () => {
  const manager = await staffAt(here.app, 'manager');
  const { plans } = await manager.get('/api/staff/plans');
  const children = plans.find(
    (plan: { service_name: string }) => plan.service_name === '儿科普通门诊',
  );
  const changed = await manager.post('/api/staff/plans', {
    healthcare_service_id: children.healthcare_service_id,
    method: 'order',
    effective_from: '2026-11-24',
    advance_days: 3,
    release_time: '09:00',
    same_day_share: 0,
    same_day_time: '07:00',
    on_site_share: 0.5,
    on_site_time: '07:00',
    draw_group: 'PED',
  });
  assert.equal(changed.plan.version, children.version + 1);
  const rows = await here.ctx.db.many<{ plan_id: string; online_done_at: Date | null }>(sql`
    select plan_id, online_done_at from release.session_release
    where healthcare_service_id = ${children.healthcare_service_id}`);
  const unreleased = rows.filter((row) => row.online_done_at === null);
  assert.ok(unreleased.length > 0 && unreleased.length < rows.length);
  for (const row of rows)
    assert.equal(row.plan_id === changed.plan.id, row.online_done_at === null);
});

test('[R001,R052] before its hour a session says when it is released and cannot be booked, after it can', async () => {
  const [first, ...rest] = (await sessionsOf('全科医学科', '全科门诊')).toReversed();
  assert.equal(first.service_date, '2026-12-01');
  assert.equal(first.state, 'unreleased');
  assert.equal(first.release_text, '11-24 07:30 放号');
  assert.equal(first.free_numbers, 0);
  assert.ok(rest.every((one: { state: string }) => one.state === 'free'));

  const person = here.ctx.population.syntheticPerson(37);
  const patient = await patientAt(here.app, person.phone);
  const { patient_id } = await patient.post('/api/patients', {
    name: person.name,
    document_type: 'resident_id',
    document_number: person.documentNumber,
    relation: 'self',
  });
  const early = await patient.send('POST', '/api/appointments', {
    session_id: first.session_id,
    patient_id,
  });
  assert.equal(early.body.code, 'booking/not-released');
  // The server's clock decides; a client's word about the time changes nothing.
  await here.advance(90 * 60 - 1);
  assert.equal((await sessionsOf('全科医学科', '全科门诊')).at(-1).state, 'unreleased');
  await here.advance(1);
  const released = (await sessionsOf('全科医学科', '全科门诊')).at(-1);
  assert.equal(released.state, 'free');
  const again = await patientAt(here.app, person.phone);
  const visit = await again.post('/api/appointments', {
    session_id: first.session_id,
    patient_id,
    confirm: true,
  });
  assert.equal(visit.status, 'booked');
  assert.equal(visit.patient.name_masked.includes('*'), true);
});

test('[R028] follow-up and in-clinic numbers are a doctor’s own pool until the draw takes the unused ones', async () => {
  const pools = await here.ctx.db.many<{ pool: string; state: string }>(sql`
    select distinct s.pool, s.state from booking.slot s
    where s.pool in ('follow_up', 'in_clinic')`);
  for (const row of pools) assert.equal(row.state, 'free');
  const drawnInto = await here.ctx.db.one<{ n: number }>(sql`
    select count(*) as n from booking.slot s join release.draw_place p on p.slot_id = s.id
    where s.pool in ('follow_up', 'in_clinic')`);
  assert.equal(drawnInto.n, 0, 'numbers of a manifest are online numbers');
});

test('a plan that breaks a rule is refused with sentences, and one for a time-critical clinic is never drawn', async () => {
  const manager = await staffAt(here.app, 'manager');
  const { plans } = await manager.get('/api/staff/plans');
  const children = plans.find(
    (plan: { service_name: string }) => plan.service_name === '儿科普通门诊',
  );
  const body = {
    healthcare_service_id: children.healthcare_service_id,
    method: 'draw',
    effective_from: '2026-11-25',
    advance_days: 7,
    release_time: '23:00',
    same_day_share: 0,
    same_day_time: '07:00',
    on_site_share: 0.1,
    on_site_time: '07:00',
    draw_group: 'PED',
    draw_rhythm: {
      kind: 'seconds',
      entry_s: 60,
      seal_s: 5,
      offset_s: 20,
      margin_s: 10,
      confirm_s: 600,
    },
  };
  const refused = await manager.send('POST', '/api/staff/plans', body);
  assert.equal(refused.status, 422);
  assert.equal(refused.body.code, 'release/plan-refused');
  const codes = refused.body.findings.map((finding: { code: string }) => finding.code);
  assert.ok(codes.includes('night-release') && codes.includes('time-critical'));
  for (const finding of refused.body.findings) assert.match(finding.message, /[一-龥].*。$/);
});

test('from 20:00 of the day before, what is free of a drawn clinic goes on-site', async () => {
  // The eye clinic’s draws run without entries, so their numbers are free online.
  for (const seconds of [121, 5, 40]) await here.advance(seconds);
  const on = async (pool: string) =>
    (
      await here.ctx.db.one<{ n: number }>(sql`
        select count(*) as n from booking.slot s join booking.session_stock t using (session_id)
        where t.method = 'draw' and s.service_date = '2026-11-26' and s.state = 'free' and s.pool = ${pool}`)
    ).n;
  const to = async (instant: string) => {
    here.clock.set(new Date(instant));
    await here.settle();
  };
  await to('2026-11-25T11:59:00Z');
  const online = await on('online');
  assert.ok(online > 0);
  await to('2026-11-25T12:00:00Z');
  assert.equal(await on('online'), 0);
  assert.ok((await on('on_site')) >= online);
});
