import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { buildApp } from '../../src/app.ts';
import { createContext, type Context } from '../../src/context.ts';
import { countWaiting } from '../../src/evidence/index.ts';
import { writeDuePaper } from '../../src/paper/index.ts';
import { shanghaiInstant } from '../../src/platform/clock.ts';
import type { App } from '../../src/platform/http.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { sql } from '../../src/platform/sql.ts';
import { tickRelease } from '../../src/release/index.ts';
import { staffAt, world, type Visitor } from '../support/world.ts';

/**
 * The drill: a general clinic's morning on paper. The lists of 20:00 and 06:00 are there, the server
 * stops at 08:00, people come, walk in and stay away, and at 13:00 the paper is typed in.
 */
const seed = 'paper morning';
const day = '2026-11-25';
const folder = mkdtempSync(join(tmpdir(), 'paper-'));
let here: Awaited<ReturnType<typeof world>>;
let back: { ctx: Context; app: App; url: string } | undefined;
let people = 500;

before(async () => {
  here = await world(seed, new Date('2026-11-24T00:00:00Z'), { PAPER_DIR: folder });
});
after(async () => {
  await back?.app.close();
  await back?.ctx.db.close();
  await here.stop();
  rmSync(folder, { recursive: true });
});

const at = (time: string, date = day): Promise<void> =>
  here.advance((shanghaiInstant(date, time).getTime() - here.clock.now().getTime()) / 1000);
const next = () => here.ctx.population.syntheticPerson(people++);

async function sessionOf(code: string, period: string): Promise<string> {
  const { id } = await here.ctx.db.one<{ id: string }>(sql`
    select e.id from schedule.session e join schedule.healthcare_service s on s.id = e.healthcare_service_id
    where s.code = ${code} and e.service_date = ${day} and e.period = ${period}`);
  return id;
}

async function register(clerk: Visitor, person = next()) {
  const { patient_id } = await clerk.post('/api/staff/patients', {
    name: person.name,
    document_type: 'resident_id',
    document_number: person.documentNumber,
  });
  return { patient_id: patient_id as string, person };
}

async function booked(clerk: Visitor, session_id: string, more: object = {}) {
  const { patient_id, person } = await register(clerk);
  const visit = await clerk.post('/api/staff/appointments', { session_id, patient_id, ...more });
  return { ...visit, person } as {
    appointment_id: string;
    slot_id: string;
    sequence: number;
    person: typeof person;
  };
}

/** What is known of a visit and its number, with the events that made it so. */
async function fateOf(sequence: number, session_id: string) {
  const fate = await here.ctx.db.one<Record<string, unknown> & { slot_id: string }>(sql`
    select a.slot_id, a.status, a.channel, a.checked_in_at, a.called_at, a.ended_at, a.calls, a.missed,
      a.identity_checked_by is not null as identity_checked, s.state, s.pool, s.version
    from booking.appointment a join booking.slot s on s.id = a.slot_id
    where a.session_id = ${session_id} and s.sequence = ${sequence}`);
  const { slot_id, ...rest } = fate;
  const events = await here.ctx.db.many<{
    name: string;
    version: number;
    occurred_at: Date;
    payload: { detail?: { true_at?: string; paper?: string }; [key: string]: unknown };
  }>(sql`
    select name, version, occurred_at, payload from platform.event
    where subject = ${`slot:${slot_id}`} order by version`);
  return { ...rest, events } as typeof rest & { events: typeof events; status: string };
}

/** The CSV of a department in the edition of that hour, as rows by their header. */
function csvOf(
  edition: { files: { path: string; format: string; name: string }[] } | undefined,
  name: string,
) {
  const file = edition?.files.find((one) => one.format === 'csv' && one.name === name);
  const text = readFileSync(join(folder, file?.path ?? ''), 'utf8');
  return parse(text, { bom: true, columns: true }) as Record<string, string>[];
}

function fill(rows: Record<string, string>[], outcomes: Record<number, Record<string, string>>) {
  const headers = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => {
    const filled = { ...row, ...outcomes[Number(row['序号'])] };
    return headers.map((header) => filled[header] ?? '').join(',');
  });
  return `\ufeff${[headers.join(','), ...lines].join('\r\n')}\r\n`;
}

async function editions(): Promise<
  { kind: string; files: { path: string; format: string; name: string }[] }[]
> {
  return here.ctx.db.many(sql`
    select e.kind, json_agg(json_build_object('path', f.path, 'format', f.format, 'name', f.department_name)) as files
    from paper.edition e join paper.file f on f.edition_id = e.id
    where e.service_date = ${day} group by e.id order by e.due_at`);
}

/** The server starts again: it knows only the database, its secrets and its folder. */
async function startAgain(): Promise<{ ctx: Context; app: App; url: string }> {
  const ctx = createContext(here.ctx.config, {
    database_url: here.url,
    clock: here.clock,
    random: seededRandom(`${seed} after the failure`),
    secrets: here.ctx.secrets,
  });
  await ctx.outbox.drain();
  await tickRelease(ctx);
  await ctx.sequencer.drain();
  const app = await buildApp(ctx, here.demo ? { demo: here.demo } : {});
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { ctx, app, url: `http://127.0.0.1:${port}` };
}

async function upload(cookie: string, text: string, dry_run = false) {
  const form = new FormData();
  form.append('file', new Blob([text]), '全科医学科.csv');
  const reply = await fetch(
    `${back?.url}/api/staff/paper/outcomes?service_date=${day}&dry_run=${dry_run}`,
    { method: 'POST', headers: { cookie, 'x-requested-with': 'zhenghao' }, body: form },
  );
  return { status: reply.status, body: (await reply.json()) as Record<string, any> };
}

test('a morning on paper, typed in afterwards, stands as if it had been live, with the true times', async () => {
  const clerk = await staffAt(here.app, 'clerk');
  const general = await sessionOf('GP-ORD', 'morning');
  const eyes = await sessionOf('EYE-ORD', 'afternoon');
  const visits: Awaited<ReturnType<typeof booked>>[] = [];
  for (let n = 0; n < 6; n++) visits.push(await booked(clerk, general));
  const live = [await booked(clerk, eyes), await booked(clerk, eyes)];

  await at('20:00:30', '2026-11-24');
  assert.equal(await writeDuePaper(here.ctx), 1);
  await at('06:00:30');
  assert.equal(await writeDuePaper(here.ctx), 1);
  const [evening, morning] = await editions();
  assert.deepEqual([evening?.kind, morning?.kind], ['evening', 'morning']);
  assert.equal(morning?.files.length, 8, 'four departments, a PDF and a CSV each');

  // Before the failure the first patient has checked in; then the server is gone.
  await at('07:50');
  const desk = await staffAt(here.app, 'nurse');
  await desk.post(`/api/staff/appointments/${visits[0]?.appointment_id}/check-in`, {
    document_number: visits[0]?.person.documentNumber,
  });
  await here.app.close();

  const rows = csvOf(morning, '全科医学科');
  const blanks = rows.filter((row) => row['预约人'] === '').map((row) => Number(row['序号']));
  assert.equal(rows.length, 6 + blanks.length);
  assert.ok(blanks.length >= 2);
  const [one = 0, two = 0] = blanks;
  const [first, second] = [next(), next()];
  const sequences = visits.map((visit) => visit.sequence);
  const [checkedIn = 0, seen = 0, slow = 0, absent = 0, left = 0, only = 0] = sequences;
  const paper = fill(rows, {
    [checkedIn]: { 叫号时间: '08:05', 就诊时间: '08:15' },
    [seen]: { 到诊时间: '08:02', 叫号时间: '08:16', 就诊时间: '08:30' },
    [slow]: { 到诊时间: '08:10', 叫号时间: '9:05', 就诊时间: '9:20' },
    [absent]: { 未到: '√' },
    [left]: { 到诊时间: '08:20', 叫号时间: '08:50' },
    [only]: { 就诊时间: '09:40' },
    [one]: { 到诊时间: '07:30', 叫号时间: '08:31', 就诊时间: '08:45', 现场姓名: first.name, 现场证件类型: '身份证', 现场证件号码: first.documentNumber }, // prettier-ignore
    [two]: { 到诊时间: '08:40', 叫号时间: '09:21', 就诊时间: '09:33', 现场姓名: second.name, 现场证件号码: second.documentNumber }, // prettier-ignore
  });

  here.clock.set(shanghaiInstant(day, '13:00'));
  back = await startAgain();
  const again = await staffAt(back.app, 'clerk');
  const { cookie = '' } = await again.send('GET', '/api/staff/paper');
  const trial = await upload(cookie, paper, true);
  assert.deepEqual([trial.status, trial.body['errors'], trial.body['committed']], [200, [], false]);
  const { body: report } = await upload(cookie, paper);
  assert.deepEqual(
    { ...report, sha256: '' },
    {
      service_date: day,
      sha256: '',
      rows: rows.length,
      filled: 8,
      empty: blanks.length - 2,
      walk_ins: 2,
      checked_in: 5,
      called: 6,
      seen: 5,
      attended: 1,
      no_shows: 1,
      open: [],
      errors: [],
      errors_total: 0,
      committed: true,
      repeated: false,
    },
  );
  const { body: repeated } = await upload(cookie, paper);
  assert.deepEqual(repeated, { ...report, repeated: true });

  const time = (text: string): Date => shanghaiInstant(day, text);
  const typed = here.clock.now();
  const fate = await fateOf(seen, general);
  assert.deepEqual(
    [fate.status, fate['checked_in_at'], fate['called_at'], fate['ended_at'], fate['calls']],
    ['fulfilled', time('08:02'), time('08:16'), time('08:30'), 1],
  );
  const byPaper = fate.events.filter((event) => event.payload.detail?.paper);
  assert.deepEqual(
    byPaper.map(({ name, occurred_at, payload }) => [name, occurred_at, new Date(payload.detail?.true_at ?? 0)]), // prettier-ignore
    [
      ['booking.visit.checked-in', typed, time('08:02')],
      ['booking.visit.called', typed, time('08:16')],
      ['booking.visit.seen', typed, time('08:30')],
    ],
  );
  const statuses = await Promise.all([...sequences, one, two].map((n) => fateOf(n, general)));
  assert.deepEqual(
    statuses.map((one_fate) => one_fate.status),
    [
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'noshow',
      'called',
      'fulfilled',
      'fulfilled',
      'fulfilled',
    ],
  );
  for (const { events } of statuses) {
    const versions = events.map((event) => event.version);
    assert.deepEqual(
      versions,
      versions.map((_, index) => (versions[0] ?? 0) + index),
    );
  }
  // What the desk recorded before the failure stands as it was.
  assert.deepEqual(statuses[0]?.['checked_in_at'], time('07:50'));

  await downloadAndWrite(again);
  const nurse = await staffAt(back.app, 'nurse');
  const rowsUrl = '/api/staff/paper/outcomes/rows';
  const late = { service_code: 'GP-ORD', period: 'morning', sequence: left, seen: '10:05' };
  const given = { service_date: day, rows: [late] };
  assert.equal((await nurse.send('POST', rowsUrl, given)).status, 403);
  assert.equal((await again.post(rowsUrl, given)).seen, 1);

  await compareWithLive(live, { eyes, general, seen, absent, walk_in: one });
  await back.ctx.sequencer.drain();
  assert.equal(await countWaiting(back.ctx.db), 0, 'every event has its leaf in the log');
});

/** Staff download what was written, and have an edition written at once. */
async function downloadAndWrite(clerk: Visitor): Promise<void> {
  const { editions: known } = await clerk.get('/api/staff/paper');
  assert.equal(known.length, 2);
  for (const { file_id, bytes, format } of known[0].files) {
    const reply = await clerk.send('GET', `/api/staff/paper/files/${file_id}`);
    assert.equal(reply.raw.length, bytes);
    assert.equal(reply.raw.subarray(0, 4).toString() === '%PDF', format === 'pdf');
  }
  const now = await clerk.post('/api/staff/paper');
  assert.deepEqual(
    [now.kind, now.service_date, now.failed, now.files.length],
    ['manual', day, 0, 8],
  );
  assert.ok(now.written_at);
}

/** The same three fates lived at the desk in the afternoon: states and events must be alike. */
async function compareWithLive(
  live: Awaited<ReturnType<typeof booked>>[],
  paper: { eyes: string; general: string; seen: number; absent: number; walk_in: number },
): Promise<void> {
  const app = back?.app as App;
  here.clock.set(shanghaiInstant(day, '17:00'));
  const clerk = await staffAt(app, 'clerk');
  const nurse = await staffAt(app, 'nurse');
  const walkIn = await booked(clerk, paper.eyes, { pool: 'on_site', on_site_reason: 'no_phone' });
  const [came, absent] = live;
  for (const visit of [came, walkIn]) {
    const url = `/api/staff/appointments/${visit?.appointment_id}`;
    await nurse.post(`${url}/check-in`, { document_number: visit?.person.documentNumber });
    await nurse.post(`${url}/call`);
    await nurse.post(`${url}/seen`);
  }
  await nurse.post(`/api/staff/appointments/${absent?.appointment_id}/no-show`);
  for (const [lived, typed] of [
    [came?.sequence, paper.seen],
    [absent?.sequence, paper.absent],
    [walkIn.sequence, paper.walk_in],
  ] as const)
    assert.deepEqual(
      alike(await fateOf(typed, paper.general)),
      alike(await fateOf(lived ?? 0, paper.eyes)),
    );
}

/** A fate without what differs by nature: instants, ids, and what came by paper. */
function alike(fate: Awaited<ReturnType<typeof fateOf>>): object {
  const { checked_in_at, called_at, ended_at, events, ...rest } = fate;
  return {
    ...rest,
    happened: [checked_in_at, called_at, ended_at].map((instant) => instant !== null),
    events: events.map(({ name, payload }) => [
      name,
      Object.keys(payload)
        .filter((key) => key !== 'detail')
        .sort(),
      payload['status'],
      payload['number'],
    ]),
  };
}
