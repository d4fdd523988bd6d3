import assert from 'node:assert/strict';
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  readdirSync,
  mkdirSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { clinicWorld, type ClinicWorld } from '../../test/support/clinic.ts';
import { pdfText } from '../../test/support/pdf-text.ts';
import { book } from '../booking/index.ts';
import type { Problem } from '../platform/problem.ts';
import { sql } from '../platform/sql.ts';
import { upsertDepartment, upsertHealthcareService } from '../schedule/index.ts';
import { createDrawer, type Drawer } from './draw.ts';
import { listPaper, openPaper } from './read-paper.ts';
import { dueEdition, fileName } from './rules.ts';
import { rowsAsFile, type GivenRow } from './outcome-rows.ts';
import { typeInOutcomes } from './type-in-outcomes.ts';
import { writeDuePaper, writePaperNow } from './write-edition.ts';
import type { PaperContext } from './types.ts';

let clinic: ClinicWorld;
let ctx: PaperContext & ClinicWorld['ctx'];
let folder: string;
const day = '2026-11-25';
let morning: string;
let people: Awaited<ReturnType<ClinicWorld['person']>>[];

before(async () => {
  clinic = await clinicWorld('paper');
  folder = mkdtempSync(join(tmpdir(), 'paper-'));
  ctx = { ...clinic.ctx, config: { ...clinic.ctx.config, paper_dir: folder } };
  morning = await clinic.session({ numbers: 8, service_date: day, released: ['online'] });
  await clinic.session({ numbers: 4, service: 'other', service_date: day, period: 'afternoon' });
  people = [];
  for (let n = 0; n < 3; n++) {
    const person = await clinic.person();
    people.push(person);
    await book(ctx, {
      asker: { actor: 'staff:test', channel: 'window', account_id: null, device_key_id: null, payer_reference: null, phone_index: null }, // prettier-ignore
      session_id: morning,
      slot_id: null,
      patient_id: person.patient_id,
      idempotency: clinic.key(),
    });
  }
  // Three numbers of the session are the hall's: two are free, the hour of one has not come.
  await ctx.db.run(sql`
    update booking.slot set pool = 'on_site', state = case when sequence = 8 then 'unreleased' else 'free' end
    where session_id = ${morning} and sequence in (6, 7, 8)`);
});
after(async () => {
  await clinic.stop();
  rmSync(folder, { recursive: true });
});

const at = (text: string): void => ctx.clock.set(new Date(`${text}+08:00`));
const events = (name: string) =>
  ctx.db.many<{ subject: string; version: number; payload: Record<string, unknown> }>(
    sql`select subject, version, payload from platform.event where name = ${name} order by id`,
  );

const refusal = (code: string) => (error: Problem) => error.kind.code === code;

/** Draws nothing, and fails where it is told to. */
function quickDrawer(fails: (title: string) => boolean = () => false): () => Drawer {
  return () => ({
    draw: async (sheet) => {
      if (fails(sheet.subtitle)) throw new Error('no ink');
      return Buffer.from(`%PDF ${sheet.subtitle}`);
    },
    close: async () => undefined,
  });
}

test('the edition that is due is the one whose hour came last', () => {
  const due = (text: string) => {
    const { kind, due_at } = dueEdition(new Date(`${text}+08:00`));
    return `${kind} ${due_at.toISOString()}`;
  };
  assert.equal(due('2026-11-24T05:59:59'), 'evening 2026-11-23T12:00:00.000Z');
  assert.equal(due('2026-11-24T06:00:00'), 'morning 2026-11-23T22:00:00.000Z');
  assert.equal(due('2026-11-24T19:59:59'), 'morning 2026-11-23T22:00:00.000Z');
  assert.equal(due('2026-11-24T20:00:00'), 'evening 2026-11-24T12:00:00.000Z');
});

test('at 20:00 the next clinic day is written once, by one of two servers, with masked names', async () => {
  at('2026-11-24T20:00:10');
  const rounds = await Promise.all([writeDuePaper(ctx), writeDuePaper(ctx)]);
  assert.deepEqual(rounds.sort(), [0, 1]);
  assert.equal(await writeDuePaper(ctx), 0);
  const [told, ...more] = await events('paper.edition.written');
  assert.equal(more.length, 0);
  assert.equal(told?.payload['service_date'], day);
  assert.deepEqual(
    ['sessions', 'numbers', 'booked', 'on_site_free', 'failed'].map((key) => told?.payload[key]),
    [2, 12, 3, 3, 0],
  );
  const [edition] = await listPaper(ctx, { hospital_id: clinic.hospital_id });
  assert.deepEqual(edition?.files.map((file) => file.format).sort(), ['csv', 'pdf']);
  for (const file of edition?.files ?? []) {
    const path = join(folder, file.path);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.equal(statSync(dirname(path)).mode & 0o777, 0o700);
    assert.ok(!readdirSync(dirname(path)).some((name) => name.endsWith('.part')));
    const { bytes } = await openPaper(ctx, { hospital_id: clinic.hospital_id, ...file });
    assert.deepEqual(bytes, readFileSync(path));
  }
});

test('the PDF shows what the desk needs and no name, document or phone in full', async () => {
  const [edition] = await listPaper(ctx, { hospital_id: clinic.hospital_id });
  const pdf = edition?.files.find((file) => file.format === 'pdf');
  const texts = pdfText(readFileSync(join(folder, pdf?.path ?? '')));
  const all = texts.join('\n');
  assert.ok(!all.includes('?'), 'every glyph has its character');
  for (const part of [
    '心血管内科',
    '张主任门诊',
    '序号',
    '现场取号空白表：3 个现场号',
    '签名',
    '存证日志',
  ])
    assert.ok(all.includes(part), part);
  for (const person of people) {
    assert.ok(!all.includes(person.name), person.name);
    assert.ok(!all.includes(person.documentNumber));
    assert.ok(all.includes(person.name[0] ?? ''));
    assert.ok(all.includes(person.documentNumber.slice(-4)));
  }
  assert.doesNotMatch(all, /1[3-9]\d{9}/);
});

test('the CSV is UTF-8 with BOM, CRLF, has the rows of the PDF, and comes back as it went', async () => {
  const [edition] = await listPaper(ctx, { hospital_id: clinic.hospital_id });
  const csv = edition?.files.find((file) => file.format === 'csv');
  const text = readFileSync(join(folder, csv?.path ?? ''), 'utf8');
  assert.ok(text.startsWith('\ufeff院区,科室,出诊日期,'));
  const lines = text.split('\r\n');
  assert.equal(lines.length, 1 + 3 + 3 + 1);
  assert.equal(lines.at(-1), '');
  for (const person of people) assert.ok(!text.includes(person.name));
  at('2026-11-25T13:00:00');
  const report = await typeInOutcomes(ctx, input(Buffer.from(text)));
  assert.equal(report.rows, 6);
  assert.deepEqual(report.open, [2, 3, 4]);
  assert.match(report.errors[0]?.reason ?? '', /没有一行/);
});

test('a department that cannot be drawn holds up no other, and is tried again a minute later', async () => {
  const { department_id } = await upsertDepartment(ctx, {
    hospital_id: clinic.hospital_id,
    campus_id: (await ctx.db.one<{ id: string }>(sql`select id from schedule.campus`)).id,
    code: 'EYE/2',
    name: '眼科',
    specialty_code: '10',
  });
  await upsertHealthcareService(ctx, {
    hospital_id: clinic.hospital_id,
    department_id,
    code: 'EYE-1',
    name: '眼科普通门诊',
    level: 'ordinary',
    registration_fee_fen: 0,
    consultation_fee_fen: 5000,
  });
  await ctx.db.run(sql`
    insert into schedule.session (id, hospital_id, healthcare_service_id, service_date, period, starts_at, ends_at,
      numbers, created_at)
    select gen_random_uuid(), hospital_id, id, ${day}, 'morning', '2026-11-25T00:00Z', '2026-11-25T04:00Z', 5, now()
    from schedule.healthcare_service where code = 'EYE-1'`);
  at('2026-11-25T06:00:05');
  const broken = quickDrawer((title) => title.includes('心血管内科'));
  await assert.rejects(writeDuePaper(ctx, { drawer: broken }), /心血管内科 pdf.*no ink/);
  const formats = async () =>
    (await listPaper(ctx, { hospital_id: clinic.hospital_id }))[0]?.files
      .map((file) => `${file.department_name} ${file.format}`)
      .sort();
  assert.deepEqual(await formats(), ['心血管内科 csv', '眼科 csv', '眼科 pdf']);
  assert.equal(await writeDuePaper(ctx, { drawer: quickDrawer() }), 0, 'not before a minute');
  at('2026-11-25T06:01:06');
  assert.equal(await writeDuePaper(ctx, { drawer: quickDrawer() }), 1);
  assert.deepEqual(await formats(), ['心血管内科 csv', '心血管内科 pdf', '眼科 csv', '眼科 pdf']);
  const told = await events('paper.edition.written');
  assert.deepEqual(
    told.map(({ version, payload }) => [version, payload['kind'], payload['failed']]),
    [
      [1, 'evening', 0],
      [1, 'morning', 1],
      [2, 'morning', 0],
    ],
  );
});

test('staff have an edition written by hand, once a minute, and a changed file is not handed out', async () => {
  at('2026-11-25T07:30:00');
  const by = { hospital_id: clinic.hospital_id, actor: 'staff:test' };
  const options = { drawer: quickDrawer() };
  const { edition_id } = await writePaperNow(ctx, by, options);
  await assert.rejects(writePaperNow(ctx, by, options), refusal('paper/being-written'));
  const [edition] = await listPaper(ctx, { hospital_id: clinic.hospital_id, edition_id });
  const [file] = edition?.files ?? [];
  assert.equal(edition?.kind, 'manual');
  writeFileSync(join(folder, file?.path ?? ''), 'other');
  const wanted = { hospital_id: clinic.hospital_id, file_id: file?.file_id ?? '' };
  await assert.rejects(openPaper(ctx, wanted), refusal('paper/file-changed'));
  rmSync(join(folder, file?.path ?? ''));
  await assert.rejects(openPaper(ctx, wanted), refusal('paper/file-unknown'));
  await assert.rejects(
    writePaperNow(ctx, { ...by, service_date: '2026-12-25' }, options),
    refusal('paper/no-sessions'),
  );
});

const input = (bytes: Buffer, dry_run = false) => ({
  hospital_id: clinic.hospital_id,
  service_date: day,
  file_name: 'outcomes.csv',
  bytes,
  dry_run,
  actor: 'staff:test',
});
const row = (sequence: number, rest: Partial<GivenRow>): GivenRow => ({
  service_code: 'XNK-01',
  period: 'morning',
  sequence,
  ...rest,
});
const typeIn = (rows: GivenRow[], dry_run = false) =>
  typeInOutcomes(ctx, input(rowsAsFile(day, rows), dry_run));
const reasons = (report: Awaited<ReturnType<typeof typeIn>>) =>
  report.errors.map((fault) => `${fault.line} ${fault.column}: ${fault.reason}`);

test('faults are told by line and in words, and nothing of such a file is kept', async () => {
  at('2026-11-25T11:00:00');
  const stranger = clinic.stranger();
  const inFile = await typeIn([
    row(1, { arrived: '08:10', called: '08:05' }),
    row(1, { seen: '12:30' }),
    row(2, { no_show: true, seen: '08:30' }),
    row(6, { walk_in_name: stranger.name, walk_in_document: stranger.documentNumber }),
    row(3, { arrived: '25点' }),
  ]);
  assert.deepEqual(reasons(inFile), [
    '2 叫号时间: 叫号时间早于到诊时间，请核对',
    '3 就诊时间: 比现在（11:00）还晚，请填纸上写的真实时间',
    '3 序号: 与第 2 行是同一个号',
    '4 未到: 未到和就诊时间只能填一个',
    '5 到诊时间: 现场取号请填到诊时间',
    '6 到诊时间: 应为 24 小时制时间，例如 08:00 或 14:30',
  ]);
  const [first] = people;
  const inDatabase = await typeIn([
    row(4, { seen: '08:30' }),
    row(99, { seen: '08:30' }),
    { ...row(1, { seen: '08:30' }), service_code: 'NONE' },
    row(1, { called: '08:30' }),
    row(8, { arrived: '08:00', walk_in_name: first?.name ?? '', walk_in_document: first?.documentNumber ?? '' }), // prettier-ignore
  ]);
  assert.deepEqual(reasons(inDatabase).slice(0, 2), [
    '3 序号: 这次出诊没有这个序号，请核对',
    '4 门诊代码: 这个门诊在这一天这一午别没有出诊，请核对代码和午别',
  ]);
  const steps = await typeIn([
    row(4, { seen: '08:30' }),
    row(1, { called: '08:30' }),
    row(2, { arrived: '08:00', seen: '08:30' }),
    row(6, { arrived: '08:00', walk_in_name: first?.name ?? '', walk_in_document: first?.documentNumber ?? '' }), // prettier-ignore
    row(7, { arrived: '08:00', walk_in_name: '王别人', walk_in_document: stranger.documentNumber }),
    row(8, { arrived: '08:00', walk_in_name: '李某某', walk_in_document: clinic.stranger().documentNumber }), // prettier-ignore
  ]);
  assert.deepEqual(reasons(steps), [
    '2 序号: 这个号现在没有预约（可能已退号）；现场来人请填现场姓名和证件号码',
    '3 到诊时间: 填了叫号时间，请同时填到诊时间',
    '4 叫号时间: 填了就诊时间，请同时填叫号时间（没有叫号就填进诊室的时间）',
    '5 现场证件号码: 这位患者在这次出诊已有号，不能再取一个；请核对证件号码',
    '7 序号: 这个现场号系统还没有放出，请过一分钟再提交',
  ]);
  const { count } = await ctx.db.one<{ count: number }>(
    sql`select count(*) from booking.appointment where status <> 'booked'`,
  );
  assert.equal(count, 0);
  await assert.rejects(
    typeInOutcomes(ctx, { ...input(Buffer.from('x')), service_date: '2026-11-17' }),
    refusal('paper/day-outside'),
  );
});

test('[R032] a paper gives out no number that the system did not print: booked, online and invented ones are refused', async () => {
  at('2026-11-25T12:00:00');
  const walkIn = (sequence: number) => {
    const { name, documentNumber } = clinic.stranger();
    return row(sequence, {
      arrived: '08:00',
      walk_in_name: name,
      walk_in_document: documentNumber,
    });
  };
  assert.deepEqual(reasons(await typeIn([walkIn(1), walkIn(5)])), [
    '2 序号: 这个号在系统里已经给了别人，请核对序号；确属同号请另选一个空的现场号',
    '3 序号: 这不是现场号，停机时只发空白表上的现场号；请核对序号',
  ]);
  assert.deepEqual(reasons(await typeIn([walkIn(9)])), ['2 序号: 这次出诊没有这个序号，请核对']);
});

test('a file is typed in once: a trial keeps nothing, the same bytes twice at once give one answer', async () => {
  at('2026-11-25T13:00:00');
  const walkIn = clinic.stranger();
  const rows = [
    row(1, { arrived: '07:55', called: '08:10', seen: '08:30' }),
    row(2, { arrived: '08:00' }),
    row(3, { no_show: true }),
    row(6, { arrived: '08:20', called: '08:40', seen: '08:55', walk_in_name: walkIn.name, walk_in_document: walkIn.documentNumber }), // prettier-ignore
  ];
  const trial = await typeIn(rows, true);
  assert.deepEqual(
    [trial.committed, trial.errors_total, trial.walk_ins, trial.checked_in, trial.no_shows],
    [false, 0, 1, 3, 1],
  );
  const answers = await Promise.all([typeIn(rows), typeIn(rows)]);
  assert.deepEqual(answers.map((answer) => answer.repeated).sort(), [false, true]);
  assert.ok(answers.every((answer) => answer.committed && answer.seen === 2));
  const states = await ctx.db.many(sql`
    select s.sequence, a.status, s.state from booking.appointment a join booking.slot s on s.id = a.slot_id
    where a.session_id = ${morning} order by s.sequence`);
  assert.deepEqual(states, [
    { sequence: 1, status: 'fulfilled', state: 'checked_in' },
    { sequence: 2, status: 'checked_in', state: 'checked_in' },
    { sequence: 3, status: 'noshow', state: 'booked' },
    { sequence: 6, status: 'fulfilled', state: 'checked_in' },
  ]);
  const told = await events('paper.outcomes.typed-in');
  assert.equal(told.length, 1);
  // What the system knows stands: the paper that tells it again is asked about.
  const again = await typeIn([
    row(1, { arrived: '07:55' }),
    row(2, { arrived: '08:01', called: '08:30', seen: '08:50' }),
  ]);
  assert.deepEqual(reasons(again), [
    '2 序号: 系统里已登记为就诊完成，请删去这一行的时间',
    '3 到诊时间: 系统里停机前已签到（08:00），请删去这一格的到诊时间',
  ]);
  const rest = await typeIn([row(2, { called: '08:30', seen: '08:50' })]);
  assert.deepEqual([rest.committed, rest.called, rest.seen], [true, 1, 1]);
});

test('paper is removed three days after its clinic day', async () => {
  const hospital = join(folder, 'H1');
  mkdirSync(join(hospital, '2026-11-20'), { recursive: true });
  at('2026-11-28T06:30:00');
  await writeDuePaper(ctx, { drawer: quickDrawer() });
  assert.ok(readdirSync(hospital).includes(day));
  at('2026-11-29T06:30:00');
  await writeDuePaper(ctx, { drawer: quickDrawer() });
  assert.ok(!readdirSync(hospital).includes(day));
  assert.deepEqual(await listPaper(ctx, { hospital_id: clinic.hospital_id }), []);
});

test('a thread that ends refuses its sheet and those after it', async () => {
  const drawer = createDrawer();
  const sheet = {
    title: '应急名单',
    subtitle: '',
    printed_at: new Date(0),
    cover: ['号'],
    sections: [],
  };
  const pdf = await drawer.draw(sheet);
  assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
  const refused = assert.rejects(drawer.draw(sheet), /closed/);
  await drawer.close();
  await refused;
  await assert.rejects(drawer.draw(sheet), /closed/);
});

test('names of files leave no folder and stay different', () => {
  assert.equal(fileName('EYE/2-眼科（东）'), 'EYE~2-眼科_东_');
  assert.notEqual(fileName('EYE/2'), fileName('EYE_2'));
  assert.equal(fileName('../..'), '_~..');
  assert.equal(fileName('..'), '_');
});
