import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { testDatabase } from '../../test/support/database.ts';
import { manualClock } from '../platform/clock.ts';
import { readConfig } from '../platform/config.ts';
import type { Db } from '../platform/db.ts';
import { createHttp, type Session } from '../platform/http.ts';
import { Problem } from '../platform/problem.ts';
import { seededRandom } from '../platform/random.ts';
import { sql } from '../platform/sql.ts';
import {
  assignPractitioner,
  createCampus,
  createHospital,
  createTemplate,
  findSessions,
  getHospital,
  getSessions,
  materialiseTemplates,
  resumeSession,
  scheduleRoutes,
  specialtyNames,
  stopSession,
  upsertDepartment,
  upsertHealthcareService,
  upsertPractitioner,
} from './index.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
const clock = manualClock(new Date('2026-11-20T10:00:00+08:00'));
let ctx: { db: Db; clock: typeof clock; random: ReturnType<typeof seededRandom> };
const actor = 'system';
let numbers = 0;

before(async () => {
  database = await testDatabase();
  db = database.db;
  ctx = { db, clock, random: seededRandom('schedule') };
});
after(() => database.stop());
beforeEach(() => clock.set(new Date('2026-11-20T10:00:00+08:00')));

const refusedAs = (code: string) => (error: unknown) =>
  error instanceof Problem && error.kind.code === `schedule/${code}`;

async function clinic(licence_number: string | null = null) {
  const code = `H${++numbers}`;
  const { hospital_id } = await createHospital(ctx, { code, name: `示例医院${code}`, actor });
  const { campus_id } = await createCampus(ctx, { hospital_id, code: 'BY', name: '本部院区' });
  const { department_id } = await upsertDepartment(ctx, {
    hospital_id,
    campus_id,
    code: 'XNK',
    name: '心血管内科',
    specialty_code: '03.04',
  });
  const { practitioner_id } = await upsertPractitioner(ctx, {
    hospital_id,
    code: 'D1',
    name: '张示例',
    title: '主任医师',
    licence_number,
  });
  const base = { hospital_id, department_id, level: 'chief' as const, consultation_fee_fen: 5900 };
  const named = await upsertHealthcareService(ctx, {
    ...base,
    practitioner_id,
    code: 'C1',
    name: '主任门诊',
  });
  const unnamed = await upsertHealthcareService(ctx, {
    ...base,
    code: 'U1',
    name: '不具名主任',
    title: '主任医师',
  });
  return {
    hospital_id,
    department_id,
    practitioner_id,
    named: named.healthcare_service_id,
    unnamed: unnamed.healthcare_service_id,
  };
}

/** A Wednesday-morning template of a service, and its session of 2026-11-25. */
async function wednesday(hospital_id: string, healthcare_service_id: string) {
  await createTemplate(ctx, {
    hospital_id,
    healthcare_service_id,
    weekday: 3,
    period: 'morning',
    starts_at: '08:00',
    ends_at: '11:30',
    numbers: 30,
    effective_from: '2026-11-01',
    actor,
  });
  const range = { hospital_id, from: '2026-11-25', to: '2026-11-25' };
  return materialiseTemplates(ctx, range);
}

async function eventsOf(session_id: string): Promise<string[]> {
  const rows = await db.many<{ name: string; version: number }>(
    sql`select name, version from platform.event where subject = ${`session:${session_id}`} order by version`,
  );
  return rows.map((row) => `${row.version} ${row.name}`);
}

test('[R036] a template makes dated sessions once, however often and by however many it is run', async () => {
  const at = await clinic();
  await createTemplate(ctx, {
    hospital_id: at.hospital_id,
    healthcare_service_id: at.named,
    weekday: 3,
    period: 'morning',
    starts_at: '08:00',
    ends_at: '11:30',
    numbers: 30,
    direct_pools: { follow_up: 4 },
    mode: 'internet',
    effective_from: '2026-11-01',
    effective_to: '2026-12-02',
    actor,
  });
  const range = { hospital_id: at.hospital_id, from: '2026-11-18', to: '2026-12-31' };
  const both = await Promise.all([
    materialiseTemplates(ctx, range),
    materialiseTemplates(ctx, range),
  ]);
  assert.equal(both[0].created.length + both[1].created.length, 2);
  assert.deepEqual(await materialiseTemplates(ctx, range), { created: [], skipped: [] });
  const sessions = await findSessions(ctx, range);
  assert.deepEqual(
    sessions.map((session) => [
      session.service_date,
      session.starts_at.toISOString(),
      session.mode,
    ]),
    [
      ['2026-11-25', '2026-11-25T00:00:00.000Z', 'internet'],
      ['2026-12-02', '2026-12-02T00:00:00.000Z', 'internet'],
    ],
  );
  assert.deepEqual(await eventsOf(sessions[0]?.id ?? ''), ['1 schedule.session.created']);
});

test('sessions are found with every name in one statement', async () => {
  const at = await clinic();
  await wednesday(at.hospital_id, at.named);
  const trips = db.roundTrips();
  const filter = { department_id: at.department_id, from: '2026-11-01', to: '2026-11-30' };
  const [session] = await findSessions(ctx, filter);
  assert.equal(db.roundTrips() - trips, 1);
  assert.deepEqual(
    [session?.department_name, session?.practitioner_name, session?.campus_name],
    ['心血管内科', '张示例', '本部院区'],
  );
  assert.equal(session?.consultation_fee_fen, 5900);
  assert.deepEqual(await getSessions(ctx, [session?.id ?? '']), [session]);
  assert.deepEqual(await findSessions(ctx, { ...filter, practitioner_id: at.department_id }), []);
});

test('a stopped session tells why, and resumes only before its start', async () => {
  const at = await clinic();
  const [session_id = ''] = (await wednesday(at.hospital_id, at.named)).created;
  const act = { hospital_id: at.hospital_id, session_id, actor };
  await assert.rejects(resumeSession(ctx, act), refusedAs('session-not-stopped'));
  await stopSession(ctx, { ...act, reason: '医生生病' });
  await assert.rejects(
    stopSession(ctx, { ...act, reason: '再停' }),
    refusedAs('session-not-planned'),
  );
  await resumeSession(ctx, act);
  await stopSession(ctx, { ...act, reason: '医生生病' });
  assert.deepEqual(await eventsOf(session_id), [
    '1 schedule.session.created',
    '2 schedule.session.stopped',
    '3 schedule.session.resumed',
    '4 schedule.session.stopped',
  ]);
  clock.set(new Date('2026-11-25T08:00:00+08:00'));
  await assert.rejects(resumeSession(ctx, act), refusedAs('session-begun'));
  const other = await clinic();
  await assert.rejects(
    stopSession(ctx, { ...act, hospital_id: other.hospital_id, reason: '别家' }),
    refusedAs('session-unknown'),
  );
});

test('[R037] a doctor of two hospitals is found out by the licence, also when a session resumes', async () => {
  const here = await clinic('110110000009999');
  const there = await clinic('110110000009999');
  const [first = ''] = (await wednesday(here.hospital_id, here.named)).created;
  const clash = await wednesday(there.hospital_id, there.named);
  assert.deepEqual([clash.created.length, clash.skipped.length], [0, 1]);
  const act = { hospital_id: here.hospital_id, session_id: first, actor };
  await stopSession(ctx, { ...act, reason: '去另一家医院出诊' });
  const range = { hospital_id: there.hospital_id, from: '2026-11-25', to: '2026-11-25' };
  assert.equal((await materialiseTemplates(ctx, range)).created.length, 1);
  await assert.rejects(resumeSession(ctx, act), refusedAs('practitioner-elsewhere'));
});

test('[R037] a licence learnt later is refused when it shows sessions that clash', async () => {
  const here = await clinic('110110000008888');
  const there = await clinic();
  await wednesday(here.hospital_id, here.named);
  await wednesday(there.hospital_id, there.named);
  await assert.rejects(
    upsertPractitioner(ctx, {
      hospital_id: there.hospital_id,
      code: 'D1',
      name: '张示例',
      title: '主任医师',
      licence_number: '110110000008888',
    }),
    refusedAs('practitioner-elsewhere'),
  );
});

test('triage names the doctor of an unnamed session once, of the promised title or higher', async () => {
  const at = await clinic();
  const [session_id = ''] = (await wednesday(at.hospital_id, at.unnamed)).created;
  const act = { hospital_id: at.hospital_id, session_id, actor };
  const junior = await upsertPractitioner(ctx, {
    hospital_id: at.hospital_id,
    code: 'D2',
    name: '李示例',
    title: '主治医师',
  });
  await assert.rejects(
    assignPractitioner(ctx, { ...act, ...junior }),
    refusedAs('practitioner-title'),
  );
  const { practitioner_id } = at;
  await assignPractitioner(ctx, { ...act, practitioner_id });
  await assert.rejects(
    assignPractitioner(ctx, { ...act, practitioner_id }),
    refusedAs('session-named'),
  );
  const [session] = await getSessions(ctx, [session_id]);
  assert.equal(session?.practitioner_name, '张示例');
  assert.deepEqual((await eventsOf(session_id)).at(-1), '2 schedule.session.changed');
});

test('a department needs an official subject; a clinic keeps its department and doctor', async () => {
  const at = await clinic();
  const { campuses } = await getHospital(ctx, at);
  const department = {
    hospital_id: at.hospital_id,
    campus_id: campuses[0]?.id ?? '',
    code: 'X',
    name: '某科',
  };
  await assert.rejects(
    upsertDepartment(ctx, { ...department, specialty_code: '03.4' }),
    refusedAs('specialty-unknown'),
  );
  await assert.rejects(
    upsertHealthcareService(ctx, {
      hospital_id: at.hospital_id,
      department_id: at.department_id,
      code: 'C1',
      name: '主任门诊',
      level: 'chief',
    }),
    refusedAs('service-fixed'),
  );
});

test('the official subjects have unique two-digit codes', () => {
  assert.ok(specialtyNames.size > 140);
  assert.ok([...specialtyNames.keys()].every((code) => /^\d\d(\.\d\d)?$/.test(code)));
  assert.equal(specialtyNames.get('03.04'), '心血管内科专业');
  assert.equal(specialtyNames.get('50.18'), '其他');
  assert.equal(specialtyNames.get('28'), '重症医学科');
});

test('routes: everyone reads the directory; staff act on their own hospital only', async () => {
  const at = await clinic();
  const [session_id = ''] = (await wednesday(at.hospital_id, at.named)).created;
  let session: Session | undefined;
  const app = await createHttp({
    config: readConfig({}),
    authenticate: () => session,
    can: () => true,
    log: false,
  });
  scheduleRoutes(app, ctx);
  const headers = { 'x-requested-with': 'zhenghao' };
  const staff = (hospital_id: string): Session => ({
    kind: 'staff',
    session_id,
    staff_id: session_id,
    hospital_id,
    roles: ['x'],
  });
  try {
    const detail = await app.inject(`/api/hospitals/${at.hospital_id}`);
    assert.equal(detail.json().departments[0].specialty_name, '心血管内科专业');
    assert.equal(detail.json().services.length, 2);
    assert.equal((await app.inject(`/api/hospitals/${session_id}`)).statusCode, 404);
    const services = await app.inject(`/api/departments/${at.department_id}/services`);
    assert.equal(services.json().services[0].practitioner_name, '张示例');
    assert.equal((await app.inject('/api/staff/imports')).statusCode, 401);
    session = staff(session_id);
    const url = `/api/staff/sessions/${session_id}/stop`;
    const payload = { reason: '医生生病' };
    const foreign = await app.inject({ method: 'POST', url, headers, payload });
    assert.equal(foreign.statusCode, 404);
    session = staff(at.hospital_id);
    assert.equal((await app.inject({ method: 'POST', url, headers, payload })).statusCode, 200);
    const list = await app.inject('/api/staff/sessions?from=2026-11-01&to=2026-11-30');
    assert.equal(list.json().sessions[0].stop_reason, '医生生病');
    const template = await app.inject('/api/staff/imports/departments/template.csv');
    const form = (bytes: Buffer) =>
      Buffer.concat([
        Buffer.from(
          '--b\r\ncontent-disposition: form-data; name="file"; filename="科室.csv"\r\n\r\n',
        ),
        bytes,
        Buffer.from('\r\n--b--\r\n'),
      ]);
    const upload = (query: string, bytes: Buffer) =>
      app.inject({
        method: 'POST',
        url: `/api/staff/imports/departments${query}`,
        headers: { ...headers, 'content-type': 'multipart/form-data; boundary=b' },
        payload: form(bytes),
      });
    // Without a word the upload is a dry run; two megabytes pass the limit of JSON bodies.
    const dry = await upload('', Buffer.concat([template.rawPayload, Buffer.alloc(2 << 20, '\n')]));
    assert.equal(dry.json().committed, false);
    assert.deepEqual([dry.json().rows, dry.json().updated, dry.json().errors], [1, 1, []]);
    const renamed = template.body.replace('本部院区', '东院区').replace(',BY,', ',DY,');
    const wet = await upload('?dry_run=false', Buffer.from(renamed));
    assert.equal(wet.json().committed, true, wet.body);
    const runs = await app.inject('/api/staff/imports');
    assert.equal(runs.json().imports[0].file_name, '科室.csv');
  } finally {
    await app.close();
  }
});
