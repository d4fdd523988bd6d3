import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import ExcelJS from 'exceljs';
import { testDatabase } from '../../../test/support/database.ts';
import { manualClock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import { Problem } from '../../platform/problem.ts';
import { seededRandom } from '../../platform/random.ts';
import { sql } from '../../platform/sql.ts';
import { createHospital } from '../directory.ts';
import { findSessions, stopSession } from '../sessions.ts';
import type { KindName } from './kinds.ts';
import { listImports, runImport, type ImportReport } from './run.ts';
import { templateFile } from './template-file.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
let db: Db;
const clock = manualClock(new Date('2026-11-20T10:00:00+08:00'));
const random = seededRandom('schedule import');
let ctx: { db: Db; clock: typeof clock; random: typeof random };
let hospital_id: string;
let hospitals = 0;
/** Each test has a doctor of its own, so that no test finds the doctor busy in another's hospital. */
let licence: string;

before(async () => {
  database = await testDatabase();
  db = database.db;
  ctx = { db, clock, random };
});
after(() => database.stop());

async function newHospital(): Promise<string> {
  const made = await createHospital(ctx, {
    code: `H${++hospitals}`,
    name: `示例医院${hospitals}`,
    actor: 'system',
  });
  return made.hospital_id;
}

type Options = { dry_run?: boolean; at?: string; file_name?: string };

function bring(kind: KindName, file: Buffer | string, options: Options = {}) {
  return runImport(ctx, {
    hospital_id: options.at ?? hospital_id,
    kind,
    file_name: options.file_name ?? `${kind}.csv`,
    file: Buffer.from(file as string),
    dry_run: options.dry_run ?? false,
    staff_id: null,
  });
}

const departmentHead = '科室代码,科室名称,院区代码,院区名称,诊疗科目代码,位置';
const departmentFile = `${departmentHead}
XNK,心血管内科,BY,本部院区,03.04,门诊楼3层
EK,儿科,BY,本部院区,07,门诊楼1层
`;
const doctorHead =
  '医生工号,姓名,职称,科室代码,擅长,执业证书编码,门诊代码,门诊名称,号别,挂号费,诊疗费,时限性';
const doctorFile = (licence: string): string => `${doctorHead}
D1,张示例,主任医师,XNK,冠心病,${licence},C1,心内主任门诊,主任,1,59,
D1,张示例,主任医师,XNK,冠心病,${licence},C2,心内特需门诊,特需,1,299.50,
D2,李示例,主治医师,XNK,,,,,,,,
,,主任医师,XNK,,,U1,心内不具名主任,主任,0,59,
,,,EK,,,P1,儿科普通门诊,普通,０,９,儿科普通
`;
const sessionHead =
  '门诊代码,出诊日期,午别,开始时间,结束时间,诊室,号源总数,复诊预留,诊间预留,转诊预留,号源归属,医生工号';
const sessionFile = (...rows: string[]): string => `${sessionHead}\n${rows.join('\n')}\n`;

const hasCode =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof Problem && error.kind.code === code;

function clean(report: ImportReport): ImportReport {
  assert.deepEqual(report.errors, []);
  return report;
}

beforeEach(async () => {
  hospital_id = await newHospital();
  licence = `11011000000${hospitals}`;
});

async function references(at = hospital_id): Promise<void> {
  clean(await bring('departments', departmentFile, { at }));
  clean(await bring('doctors', doctorFile(licence), { at }));
}

const found = (at = hospital_id) =>
  findSessions(ctx, { hospital_id: at, from: '2026-11-01', to: '2027-12-31' });

async function count(table: 'session' | 'department' | 'practitioner' | 'campus' | 'import_run') {
  const text = `select count(*) as n from schedule.${table} where hospital_id = $1`;
  return (await db.one<{ n: number }>({ text, values: [hospital_id] })).n;
}

async function eventsOf(name: string): Promise<number> {
  const row = await db.one<{ n: number }>(
    sql`select count(*) as n from platform.event where hospital_id = ${hospital_id} and name = ${name}`,
  );
  return row.n;
}

async function xlsx(rows: unknown[][]): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet('排班');
  sheet.addRows(rows);
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** The GB18030 bytes of a text, found by turning the decoder round: Node encodes UTF-8 only. */
function gb18030(text: string): Buffer {
  const decoder = new TextDecoder('gb18030');
  const table = new Map<string, number[]>();
  for (let high = 0x81; high <= 0xfe; high++)
    for (let low = 0x40; low <= 0xfe; low++) {
      const character = decoder.decode(Uint8Array.of(high, low));
      if (character.length === 1) table.set(character, [high, low]);
    }
  return Buffer.from(
    [...text].flatMap((character) =>
      character.charCodeAt(0) < 128 ? [character.charCodeAt(0)] : (table.get(character) ?? [63]),
    ),
  );
}

describe('files', () => {
  test('[R036] every 号别, ordinary ones too, comes in from UTF-8, BOM and GB18030 files alike', async () => {
    for (const file of [
      Buffer.from(departmentFile),
      Buffer.from(`\ufeff${departmentFile.replaceAll('\n', '\r\n')}`),
      gb18030(departmentFile),
    ]) {
      const at = await newHospital();
      const report = clean(await bring('departments', file, { at }));
      assert.deepEqual([report.rows, report.created, report.committed], [2, 2, true]);
      const row = await db.one<{ name: string }>(
        sql`select name from schedule.department where hospital_id = ${at} and code = 'XNK'`,
      );
      assert.equal(row.name, '心血管内科');
    }
    await references();
    const levels = await db.many<{
      code: string;
      level: string;
      fee: number;
      critical: string;
    }>(sql`
      select code, level, consultation_fee_fen as fee, time_critical as critical
      from schedule.healthcare_service where hospital_id = ${hospital_id} order by code`);
    assert.deepEqual(
      levels.map((row) => [row.code, row.level, row.fee, row.critical]),
      [
        ['C1', 'chief', 5900, null],
        ['C2', 'special', 29950, null],
        ['P1', 'ordinary', 900, 'pediatric_ordinary'],
        ['U1', 'chief', 5900, null],
      ],
    );
  });

  test('an XLSX file with date and time cells means the same as the CSV file', async () => {
    await references();
    const report = clean(
      await bring(
        'sessions',
        await xlsx([
          sessionHead.split(','),
          [
            'C1',
            new Date('2026-11-25T00:00:00Z'),
            '上午',
            new Date('1899-12-30T08:00:00Z'),
            '11:30',
            '3诊室',
            30,
            4,
            2,
            2,
            '本平台',
            null,
          ],
          [
            'C1',
            '2026年11月26日',
            '下午',
            '１４：００',
            0.6875,
            null,
            '20',
            null,
            null,
            null,
            'HIS',
            '',
          ],
          ['U1', 46352, '上午', '8:00', '11:30', '', 10],
        ]),
      ),
    );
    assert.equal(report.created, 3);
    const [first, third, second] = await found();
    assert.equal(first?.starts_at.toISOString(), '2026-11-25T00:00:00.000Z');
    assert.deepEqual(first?.direct_pools, { follow_up: 4, in_clinic: 2, referral: 2 });
    assert.equal(second?.ends_at.toISOString(), '2026-11-26T08:30:00.000Z');
    assert.equal(second?.master, 'his');
    assert.equal(third?.service_date, '2026-11-26');
  });

  test('a formula is refused, whether a cell holds one or a text would become one', async () => {
    const head = departmentHead.split(',');
    const byCell = await bring(
      'departments',
      await xlsx([head, ['A', { formula: '1+1', result: 2 }, 'BY', '本部', '03']]),
    );
    assert.match(byCell.errors[0]?.reason ?? '', /公式/);
    const byText = await bring(
      'departments',
      `${departmentHead}\nA,"=HYPERLINK(""x"")",BY,本部,03,\n`,
    );
    assert.deepEqual(
      byText.errors.map(({ line, column }) => [line, column]),
      [[2, '科室名称']],
    );
    assert.equal(await count('department'), 0);
  });

  test('what is no table is refused in words', async () => {
    const refusal = hasCode('schedule/import-unreadable');
    await assert.rejects(bring('departments', ''), refusal);
    await assert.rejects(bring('departments', Buffer.from('PK\x03\x04 not a zip')), refusal);
    await assert.rejects(bring('departments', Buffer.from([0xff, 0xfe, 0x41, 0x00])), refusal);
    await assert.rejects(bring('departments', Buffer.from([0xd0, 0xcf, 0x11, 0xe0])), refusal);
    await assert.rejects(bring('departments', Buffer.from([0xff, 0x81, 0x20, 0xff])), refusal);
    await assert.rejects(
      bring('departments', `${departmentHead}\n${'A,B,C,D,03,\n'.repeat(200_001)}`),
      hasCode('schedule/import-too-many-rows'),
    );
    await assert.rejects(
      bring('departments', Buffer.alloc((64 << 20) + 1, 'a')),
      hasCode('schedule/import-too-large'),
    );
  });

  test('unknown, missing and doubled headers are named; aliases and any order are understood', async () => {
    const bad = await bring(
      'departments',
      '科室代码,科室代码,科室名,血型,院区代码,院区名称\nA,A,B,C,D,E\n',
    );
    assert.deepEqual(
      bad.errors.map(({ column, reason }) => `${column}：${reason.slice(0, 7)}`),
      ['科室代码：这一列出现了两', '血型：表头不认识；请', '诊疗科目代码：缺少这一列'],
    );
    const good = clean(
      await bring(
        'departments',
        ' 诊疗科目 ,科室,科室编码*,院区,院区编码（必填）\n03,内科,NK,本部,BY\n',
      ),
    );
    assert.equal(good.created, 1);
  });

  test('a line is counted as a spreadsheet counts it, blank lines and quoted line breaks included', async () => {
    const report = await bring(
      'departments',
      `${departmentHead}\n\nA,"内\n科",BY,本部,03,\nB,外科,BY,本部,99,\n"C,内科,BY,本部,03,\n`,
    );
    const lines = report.errors.map(({ line, column }) => [line, column]);
    assert.deepEqual(lines, [
      [3, '科室名称'],
      [5, '诊疗科目代码'],
      [6, ''],
    ]);
  });
});

describe('all or nothing', () => {
  test('a dry run says what would happen and writes nothing', async () => {
    const dry = clean(await bring('departments', departmentFile, { dry_run: true }));
    assert.deepEqual([dry.created, dry.committed, dry.valid], [2, false, 2]);
    assert.equal(await count('department'), 0);
    assert.equal(await count('campus'), 0);
    await references();
    const row = 'C1,2026-11-25,上午,08:00,11:30,,30,4,2,2,,';
    const sessions = clean(await bring('sessions', sessionFile(row), { dry_run: true }));
    assert.equal(sessions.created, 1);
    assert.equal(await count('session'), 0);
    assert.equal(await eventsOf('schedule.session.created'), 0);
  });

  test('one bad line among many leaves nothing behind, and is named with column and reason', async () => {
    await references();
    const rows = Array.from({ length: 500 }, (_, at) => {
      const day = new Date(Date.UTC(2026, 11, 1 + at)).toISOString().slice(0, 10);
      return `U1,${day},上午,08:00,11:30,,30,,,,,`;
    });
    rows[300] = 'U1,2027-02-30,上午,08:00,11:30,,30,,,,,';
    const report = await bring('sessions', sessionFile(...rows));
    assert.deepEqual(report.errors, [
      { line: 302, column: '出诊日期', value_masked: '2027-02-30', reason: '日历上没有这一天' },
    ]);
    assert.deepEqual([report.rows, report.valid, report.committed], [500, 499, false]);
    assert.equal(await count('session'), 0);
    assert.equal(await eventsOf('schedule.session.created'), 0);
  });

  test('every kind of bad cell is reported in one go', async () => {
    await references();
    const report = await bring(
      'sessions',
      sessionFile(
        'C9,2026-11-25,上午,08:00,11:30,,30,,,,,',
        'C1,2026-11-25,中午,8点,25:00,,0,,,,,',
        'U1,2026-11-25,上午,11:30,08:00,,30,20,10,1,,',
        'U1,2026-11-19,上午,08:00,11:30,,30,,,,,',
        'U1,2026-11-27,上午,08:00,11:30,,30,,,,医院,',
        'U1,2026-11-28,上午,08:00,11:30,,30,,,,,D2',
        'U1,2026-11-28,上午,08:00,11:30,,30,,,,,D1',
      ),
    );
    assert.deepEqual(report.errors.map(({ line, column }) => `${line} ${column}`).sort(), [
      '2 门诊代码',
      '3 午别',
      '3 号源总数',
      '3 结束时间',
      '4 号源总数',
      '4 结束时间',
      '5 出诊日期',
      '6 号源归属',
      '7 医生工号',
      '8 门诊代码',
    ]);
    assert.match(report.errors.at(-1)?.reason ?? '', /第 7 行/);
  });

  test('a doctor written two ways, or a clinic twice, is refused with both lines', async () => {
    clean(await bring('departments', departmentFile));
    const report = await bring(
      'doctors',
      `${doctorHead}
D1,张示例,主任医师,XNK,,,C1,门诊,主任,1,59,
D1,张样例,主任医师,XNK,,,C1,门诊,主任,1,59,
,,,XX,,,,,,,,
D3,王示例,,XNK,,,C3,门诊,主任,,5.999,
`,
    );
    assert.deepEqual(
      report.errors.map(({ line, column }) => `${line} ${column}`),
      ['3 门诊代码', '3 姓名', '4 门诊代码', '4 科室代码', '5 诊疗费'],
    );
    assert.equal(await count('practitioner'), 0);
  });

  test('a refusal by the database at the last moment leaves nothing half imported', async () => {
    await references();
    await db.run({
      text: `create function schedule.refuse_last() returns trigger language plpgsql as $$
        begin if new.service_date = '2027-01-20' then raise exception 'late'; end if; return new; end $$`,
      values: [],
    });
    await db.run({
      text: `create trigger refuse_last before insert on schedule.session
        for each row execute function schedule.refuse_last()`,
      values: [],
    });
    const rows = Array.from({ length: 3000 }, (_, at) => {
      const day = new Date(Date.UTC(2027, 0, 1 + (at % 20))).toISOString().slice(0, 10);
      return at < 20 ? `U1,${day},上午,08:00,11:30,,30,,,,,` : '';
    });
    await assert.rejects(bring('sessions', sessionFile(...rows)), /late/);
    await db.run({ text: 'drop trigger refuse_last on schedule.session', values: [] });
    assert.equal(await count('session'), 0);
    assert.equal(await eventsOf('schedule.session.created'), 0);
    assert.equal(await count('import_run'), 2);
  });

  test('two identical imports at once write once, and a repeat changes nothing', async () => {
    await references();
    const rows = Array.from({ length: 40 }, (_, at) => {
      const day = new Date(Date.UTC(2027, 0, 1 + at)).toISOString().slice(0, 10);
      return `C1,${day},上午,08:00,11:30,,30,4,,,,`;
    });
    const file = sessionFile(...rows);
    const both = await Promise.all([bring('sessions', file), bring('sessions', file)]);
    both.forEach(clean);
    assert.deepEqual(both.map((report) => report.created).sort(), [0, 40]);
    const again = clean(await bring('sessions', file));
    assert.deepEqual([again.created, again.updated, again.committed], [0, 0, true]);
    assert.equal(await count('session'), 40);
    assert.equal(await eventsOf('schedule.session.created'), 40);
    assert.equal(await eventsOf('schedule.session.changed'), 0);
    assert.equal((await listImports(ctx, { hospital_id })).length, 5);
  });
});

describe('what stands', () => {
  test('numbers may grow; less, another time or owner, and a stopped session are refused in words', async () => {
    await references();
    const row = (text: string): Promise<ImportReport> => bring('sessions', sessionFile(text));
    clean(await row('C1,2026-11-25,上午,08:00,11:30,,30,4,,,,'));
    const grown = clean(await row('C1,2026-11-25,上午,08:00,11:30,7诊室,40,6,,,,'));
    assert.deepEqual([grown.created, grown.updated], [0, 1]);
    const [session] = await found();
    assert.deepEqual([session?.numbers, session?.room, session?.version], [40, '7诊室', 2]);
    assert.equal(await eventsOf('schedule.session.changed'), 1);
    const refused = await row('C1,2026-11-25,上午,08:30,12:00,7诊室,20,2,,,HIS,D2');
    assert.deepEqual(
      refused.errors.map(({ column }) => column).sort(),
      ['医生工号'],
      'a doctor of a lower title cannot stand in',
    );
    const harmful = await row('C1,2026-11-25,上午,08:30,12:00,7诊室,20,2,,,HIS,');
    assert.deepEqual(
      harmful.errors.map(({ column }) => column).sort(),
      ['号源归属', '号源总数', '复诊预留', '开始时间', '结束时间'].sort(),
    );
    await stopSession(ctx, {
      hospital_id,
      session_id: session?.id ?? '',
      reason: '医生生病',
      actor: 'system',
    });
    const stopped = await row('C1,2026-11-25,上午,08:00,11:30,7诊室,50,6,,,,');
    assert.match(stopped.errors[0]?.reason ?? '', /停诊/);
  });

  test('[R037] one doctor of two hospitals cannot sit in both at once; the line says so', async () => {
    await references();
    const other = await newHospital();
    await references(other);
    clean(await bring('sessions', sessionFile('C1,2026-11-25,上午,08:00,11:30,,30,,,,,')));
    const report = await bring(
      'sessions',
      sessionFile(
        'C1,2026-11-25,下午,14:00,17:00,,30,,,,,',
        'C2,2026-11-25,上午,08:00,11:30,,30,,,,,',
      ),
      { at: other },
    );
    assert.deepEqual(
      report.errors.map(({ line, column }) => [line, column]),
      [[3, '医生工号']],
    );
    assert.match(report.errors[0]?.reason ?? '', /另一家医院/);
    assert.equal((await found(other)).length, 0);
    const within = await bring(
      'sessions',
      sessionFile(
        'C1,2026-12-25,上午,08:00,11:30,,30,,,,,',
        'C2,2026-12-25,上午,08:00,11:30,,30,,,,,',
      ),
    );
    assert.match(within.errors[0]?.reason ?? '', /第 2 行/);
  });

  test('[R037] two hospitals importing one doctor at the same moment: one of them is told', async () => {
    await references();
    const other = await newHospital();
    await references(other);
    const file = sessionFile('C1,2026-11-25,上午,08:00,11:30,,30,,,,,');
    const both = await Promise.all([
      bring('sessions', file),
      bring('sessions', file, { at: other }),
    ]);
    assert.deepEqual(both.map((report) => report.committed).sort(), [false, true]);
    assert.equal(both.find((report) => !report.committed)?.errors_total, 1);
    assert.equal((await found()).length + (await found(other)).length, 1);
  });
});

test('a downloaded template imports its own example once what it refers to exists', async () => {
  for (const format of ['csv', 'xlsx'] as const) {
    hospital_id = await newHospital();
    for (const kind of ['departments', 'doctors', 'sessions'] as const) {
      const file = await templateFile(ctx, { kind, format });
      const report = clean(await bring(kind, file.bytes, { file_name: file.file_name }));
      assert.equal(report.rows, 1);
      assert.equal(report.committed, true);
    }
    // The example doctor of the next hospital is the same person and must find the half-day free.
    await db.run(sql`update schedule.session set status = 'stopped', stop_reason = 'example'
      where hospital_id = ${hospital_id}`);
  }
});

test('fifty thousand sessions come in whole from CSV, five thousand from XLSX', async () => {
  for (const [format, days] of [
    ['csv', 250],
    ['xlsx', 25],
  ] as const) {
    hospital_id = await newHospital();
    clean(await bring('departments', departmentFile));
    const clinics = Array.from(
      { length: 100 },
      (_, at) => `E${at},医生${at},主任医师,XNK,,,S${at},主任门诊${at},主任,1,59,`,
    );
    clean(await bring('doctors', `${doctorHead}\n${clinics.join('\n')}\n`));
    const rows: string[] = [];
    for (let day = 0; day < days; day++) {
      const date = new Date(Date.UTC(2027, 0, 1 + day)).toISOString().slice(0, 10);
      for (let clinic = 0; clinic < 100; clinic++)
        rows.push(
          `S${clinic},${date},上午,08:00,11:30,3诊室,30,4,2,2,本平台,`,
          `S${clinic},${date},下午,14:00,17:00,3诊室,30,4,2,2,HIS,E${clinic}`,
        );
    }
    const file =
      format === 'csv'
        ? Buffer.from(sessionFile(...rows))
        : await xlsx([sessionHead, ...rows].map((row) => row.split(',')));
    const report = clean(await bring('sessions', file));
    assert.deepEqual([report.rows, report.created], [rows.length, rows.length]);
    assert.equal(await count('session'), rows.length);
    assert.equal(await eventsOf('schedule.session.created'), rows.length);
  }
});
