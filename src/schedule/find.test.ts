import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { testDatabase } from '../../test/support/database.ts';
import { manualClock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import { seededRandom } from '../platform/random.ts';
import { sql } from '../platform/sql.ts';
import { calledOff } from './called-off.ts';
import { substituteDoctor } from './changes.ts';
import { approveRedFlags, listHospitals, placeCampus, redFlags } from './index.ts';
import { runImport, type KindName } from './index.ts';
import { createCampus, createHospital, findSessions, stopSession } from './index.ts';
import { redFlagsForAll, redFlagsOf } from './red-flags.data.ts';
import { listRedFlags } from './red-flags.ts';
import { createDirectory, guide, search } from './search.ts';
import { fit, plainQuery, sought } from './search-words.ts';
import { specialtyNames } from './specialties.data.ts';
import { symptoms } from './symptoms.data.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
const clock = manualClock(new Date('2026-11-20T10:00:00+08:00'));
let ctx: { db: Db; clock: typeof clock; random: ReturnType<typeof seededRandom> };
let found: typeof ctx & { directory: ReturnType<typeof createDirectory> };
const hospitals: string[] = [];

const tables: [KindName, string[]][] = [
  [
    'departments',
    [
      '科室代码,科室名称,院区代码,院区名称,诊疗科目代码,位置',
      'EYE,眼科,E,东院区,10,3楼',
      'CARD,心内科,E,东院区,03.04,2楼',
      'SURG,普外科,E,东院区,04.01,5楼',
      'PED,儿科,W,西院区,07,1楼',
      'ER,急诊科,E,东院区,20,1楼',
      'GP,全科医学科,E,东院区,02,1楼',
    ],
  ],
  [
    'doctors',
    [
      '医生工号,姓名,职称,科室代码,擅长,门诊代码,门诊名称,号别,挂号费,诊疗费,时限性',
      'D1,单示例,主任医师,EYE,儿童近视与斜弱视,EYE-S,单示例主任门诊,主任,0,100,',
      'D2,吕示例,主任医师,EYE,青光眼,EYE-L,吕示例主任门诊,主任,0,100,',
      'D3,周示例,主治医师,CARD,高血压,CARD-O,心内科普通门诊,普通,0,50,',
    ],
  ],
  [
    'sessions',
    [
      '门诊代码,出诊日期,午别,开始时间,结束时间,诊室,号源总数',
      'EYE-S,2026-11-21,上午,08:00,12:00,301,5',
      'EYE-S,2026-11-23,上午,08:00,12:00,301,5',
      'EYE-S,2026-12-20,上午,08:00,12:00,301,5',
      'CARD-O,2026-11-22,上午,08:00,12:00,205,5',
    ],
  ],
];

before(async () => {
  database = await testDatabase();
  db = database.db;
  ctx = { db, clock, random: seededRandom('find') };
  found = { ...ctx, directory: createDirectory(db, { ttl_ms: 0 }) };
  const { hospital_id } = await createHospital(ctx, {
    code: 'A',
    name: '示例一院',
    address: '示例路1号',
    phone: '0000-1',
    actor: 'test',
  });
  for (const [kind, rows] of tables) {
    const file = Buffer.from(rows.join('\n'));
    const input = { hospital_id, kind, file_name: `${kind}.csv`, file, dry_run: false };
    const report = await runImport(ctx, { ...input, staff_id: null });
    assert.ok(report.committed, JSON.stringify(report.errors));
  }
  const second = await createHospital(ctx, { code: 'B', name: '示例二院', actor: 'test' });
  await createCampus(ctx, { hospital_id: second.hospital_id, code: 'E', name: '本部' });
  const file = Buffer.from(
    '科室代码,科室名称,院区代码,院区名称,诊疗科目代码,位置\nMED,内科门诊,E,本部,03,1楼',
  );
  const input = { hospital_id: second.hospital_id, kind: 'departments' as const, file };
  await runImport(ctx, { ...input, file_name: 'd.csv', dry_run: false, staff_id: null });
  hospitals.push(hospital_id, second.hospital_id);
});
after(() => database.stop());

const departments = async (q: string, hospital_id?: string): Promise<string[]> =>
  (await search(found, { q, hospital_id })).departments.map((one) => one.department_name);
const doctors = async (q: string): Promise<(string | null)[]> =>
  (await search(found, { q })).clinics.map((one) => one.practitioner_name);

test('[R042] a department is found by its name, its pinyin and its initials, official or its own', async () => {
  for (const q of ['眼科', '眼', 'yanke', 'YanKe', 'yan ke', 'yk', ' 眼 科 '])
    assert.equal((await departments(q))[0], '眼科', q);
  assert.ok((await departments('xnk')).includes('心内科'));
  assert.deepEqual(await departments('心血管', hospitals[0]), ['心内科'], 'by the official name');
  assert.deepEqual(await departments('yanke', hospitals[1]), [], 'of the other hospital only');
  const { hospitals: named } = await search(found, { q: 'slyy' });
  assert.deepEqual(
    named.map(({ hospital_name }) => hospital_name),
    ['示例一院'],
  );
});

test('a doctor is found by name, by the surname’s own reading and by what they are good at', async () => {
  assert.deepEqual(await doctors('单示例'), ['单示例']);
  assert.deepEqual(await doctors('shanshili'), ['单示例'], '单 as a surname is shan');
  assert.deepEqual(await doctors('lvsl'), [], 'neither pinyin nor initials');
  assert.deepEqual(await doctors('lvshili'), ['吕示例'], 'ü is typed v');
  assert.deepEqual(await doctors('lsl'), ['吕示例']);
  assert.deepEqual(await doctors('斜弱视'), ['单示例']);
  const [clinic] = (await search(found, { q: '青光眼' })).clinics;
  assert.equal(
    clinic?.campus_address,
    '示例路1号',
    'the hospital’s address stands for the campus’s',
  );
});

test('[R042] [R041] a complaint in everyday words leads to where people begin with it, as guidance', async () => {
  const red = await search(found, { q: '眼睛红' });
  assert.deepEqual(
    red.departments.map(({ department_name, why }) => [department_name, why]),
    [['眼科', 'guidance']],
  );
  assert.deepEqual(red.complaints, ['眼睛红']);
  assert.equal(red.urgent, false);
  assert.deepEqual(await departments('我妈最近老心慌', hospitals[0]), ['心内科']);
  assert.deepEqual(
    await departments('心慌', hospitals[1]),
    ['内科门诊'],
    'the speciality above it',
  );
  assert.deepEqual(
    await departments('头痛', hospitals[0]),
    ['全科医学科'],
    'nobody treats it here: the general practitioner',
  );
  assert.deepEqual(await departments('xinhuang', hospitals[0]), ['心内科'], 'in pinyin');
  assert.ok(!(await departments('头部外伤')).includes('普外科'), 'not every kind of surgery');
  const chest = await search(found, { q: '胸痛' });
  assert.equal(chest.urgent, true);
  assert.deepEqual(
    chest.departments.map(({ department_name }) => department_name),
    ['心内科', '内科门诊', '急诊科'],
  );
  assert.deepEqual((await search(found, { q: '，。 ' })).departments, []);
  assert.deepEqual((await search(found, { q: 'qqqq' })).departments, []);
});

test('[R041] the guide leads a child to children’s doctors, and to the eye clinic for the eyes', async () => {
  const of = async (part: 'eye' | 'belly' | 'chest', age: 'child' | 'adult'): Promise<string[]> =>
    (await guide(found, { part, age, hospital_id: hospitals[0] })).departments.map(
      (one) => one.department_name,
    );
  assert.deepEqual(await of('eye', 'child'), ['眼科', '儿科']);
  assert.deepEqual(await of('belly', 'child'), ['儿科']);
  assert.ok((await of('chest', 'adult')).includes('心内科'));
  const { urgent } = await guide(found, { part: 'chest', age: 'adult' });
  assert.ok(urgent.includes('胸痛'));
});

test('every speciality of the complaints and red flags is one of the official list', () => {
  const codes = [...symptoms.flatMap(({ specialties }) => specialties), ...Object.keys(redFlagsOf)];
  assert.deepEqual(
    codes.filter((code) => !specialtyNames.has(code)),
    [],
  );
  const words = symptoms.flatMap((one) => one.words);
  assert.equal(new Set(words).size, words.length, 'a complaint stands once');
});

test('pinyin fits at the beginning of a syllable only, and one letter fits nothing', () => {
  const name = sought('心血管内科');
  assert.equal(fit(plainQuery('xinxue'), name), 2);
  assert.equal(fit('neike', name), 1);
  assert.equal(fit('inxue', name), 0);
  assert.equal(fit('x', name), 0);
  assert.equal(fit(plainQuery('ＸＸＧＮＫ'), name), 3);
});

test('red flags are general until the hospital approves its own, for a speciality or for all', async () => {
  const [hospital_id = ''] = hospitals;
  const flags = (specialty_code: string) => redFlags(db, { hospital_id, specialty_code });
  const general = await flags('03.04');
  assert.equal(general.approved_at, null);
  assert.ok(general.lines.includes(redFlagsForAll[0] ?? ''));
  assert.ok(general.lines[0]?.includes('胸痛'), 'those of the speciality come first');
  const approve = (specialty_code: string, lines: string[]) =>
    approveRedFlags(ctx, { hospital_id, specialty_code, lines, actor: 'staff:1' });
  await approve('', ['胸口疼']);
  assert.deepEqual((await flags('03.04')).lines, ['胸口疼']);
  await approve('03', [' 憋气 ']);
  assert.deepEqual(await flags('03.04'), { lines: ['憋气'], approved_at: clock.now() });
  assert.deepEqual((await flags('10')).lines, ['胸口疼']);
  assert.equal((await redFlags(db, { hospital_id: hospitals[1] ?? '', specialty_code: '10' })).approved_at, null); // prettier-ignore
  await approve('03', ['憋气', '咯血']);
  const sets = await listRedFlags(ctx, { hospital_id, specialty_codes: ['10', '03.04', '10'] });
  assert.deepEqual(
    sets.map(({ specialty_code, approved_at }) => [specialty_code, approved_at !== null]),
    [
      ['', true],
      ['10', false],
      ['03.04', false],
      ['03', true],
    ],
  );
  const told = await db.many<{ version: number }>(
    sql`select version from platform.event where name = 'schedule.red-flags.approved'
        and subject like '%/03' order by version`,
  );
  assert.deepEqual(
    told.map(({ version }) => version),
    [1, 2],
  );
  await assert.rejects(
    approve('99', ['无']),
    (error: unknown) =>
      error instanceof Problem && error.kind.code === 'schedule/specialty-unknown',
  );
});

test('stops and substitutions of the next 14 days are public, their reasons are not', async () => {
  const [hospital_id = ''] = hospitals;
  const sessions = await findSessions(ctx, { hospital_id, from: '2026-11-20', to: '2026-12-31' });
  const of = (day: string) => sessions.find(({ service_date }) => service_date === day);
  const act = { hospital_id, actor: 'test', reason: '医生生病' };
  for (const day of ['2026-11-21', '2026-12-20'])
    await stopSession(ctx, { ...act, session_id: of(day)?.id ?? '' });
  const [other] = await db.many<{ id: string }>(
    sql`select id from schedule.practitioner where name = '吕示例'`,
  );
  const standIn = { session_id: of('2026-11-23')?.id ?? '', practitioner_id: other?.id ?? '' };
  await substituteDoctor(ctx, { ...act, ...standIn, cause: 'approved' });
  const { from, to, sessions: off } = await calledOff(ctx, {});
  assert.deepEqual([from, to], ['2026-11-20', '2026-12-03']);
  assert.deepEqual(
    off.map((one) => [one.service_date, one.kind, one.practitioner_name, one.instead_of]),
    [
      ['2026-11-21', 'stopped', '单示例', null],
      ['2026-11-23', 'substituted', '吕示例', '单示例'],
    ],
  );
  assert.ok(!JSON.stringify(off).includes('生病'));
  assert.deepEqual((await calledOff(ctx, { hospital_id: hospitals[1] })).sessions, []);
});

test('a campus says where it stands, and only its own hospital says so', async () => {
  const [hospital_id = '', elsewhere = ''] = hospitals;
  const before = (await listHospitals(ctx)).find(({ id }) => id === hospital_id);
  const campus_id = before?.campuses[0]?.id ?? '';
  assert.equal(before?.campuses[0]?.latitude, null);
  const place = { campus_id, address: '江滨大道9号', position: { latitude: 30, longitude: 120 } };
  await assert.rejects(
    placeCampus(ctx, { hospital_id: elsewhere, ...place, actor: 'test' }),
    (error: unknown) => error instanceof Problem && error.kind.code === 'schedule/campus-unknown',
  );
  await placeCampus(ctx, { hospital_id, ...place, actor: 'test' });
  const [campus] = (await listHospitals(ctx)).find(({ id }) => id === hospital_id)?.campuses ?? [];
  assert.deepEqual(
    [campus?.address, campus?.latitude, campus?.longitude],
    ['江滨大道9号', 30, 120],
  );
});
