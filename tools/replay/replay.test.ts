import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { projectFolder } from '../../src/platform/project.ts';
import { zipFiles } from '../../src/platform/zip.ts';
import type { ReplayReport } from './index.ts';

const run = promisify(execFile);
const header =
  'PatientId,AppointmentID,Gender,ScheduledDay,AppointmentDay,Age,Neighbourhood,' +
  'Scholarship,Hipertension,Diabetes,Alcoholism,Handcap,SMS_received,No-show';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'zhenghao-replay-test-'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

type Row = {
  patient?: string;
  booked?: string;
  day?: string;
  age?: string;
  clinic?: string;
  missed?: boolean;
};

function line(row: Row, at: number): string {
  const { patient = `${29872499824000 + at}`, day = '2016-05-02', missed = false } = row;
  const { booked = '2016-04-29T18:38:08Z', age = '62', clinic = 'JARDIM DA PENHA' } = row;
  return [
    ...[patient, 5642903 + at, at % 2 ? 'F' : 'M', booked, `${day}T00:00:00Z`, age, clinic],
    ...[0, 1, 0, 0, 0, 0, missed ? 'Yes' : 'No'],
  ].join(',');
}

/** 2,000 rows over ten clinics and five days, of 700 persons, and the rows a replay must reject. */
function makeFile(): { text: string; accepted: Row[] } {
  const days = ['2016-05-02', '2016-05-03', '2016-05-04', '2016-05-05', '2016-05-06'];
  const accepted = Array.from({ length: 2000 }, (_, at): Row => {
    const day = days[at % 5] as string;
    // Some months ahead, some late on the very day; several in one second.
    const booked = at % 3 === 0 ? `${day}T21:27:35Z` : `2015-11-${10 + (at % 20)}T07:13:56Z`;
    const clinic = `CLÍNICA ${at % 10}`;
    return { patient: `${1000 + (at % 700)}`, booked, day, clinic, missed: at % 5 === 1 };
  });
  const rejected: Row[] = [
    { patient: '9.377952927E10', age: '-1' },
    { patient: '39217.84439' },
    { booked: '2016-05-03T00:00:01Z', day: '2016-05-02', age: '-1' },
    { age: '-1' },
    { age: '-1' },
    { age: '-1' },
  ];
  const rows = [...accepted.slice(0, 900), ...rejected, ...accepted.slice(900)];
  return { text: [header, ...rows.map(line)].join('\n'), accepted };
}

async function replayed(...args: string[]): Promise<ReplayReport> {
  const { stdout } = await run(process.execPath, [join(projectFolder, 'tools/replay.ts'), ...args]);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as ReplayReport;
}

test('a file of recorded appointments goes through the booking verbs without loss or oversale', async () => {
  const { text, accepted } = makeFile();
  const file = join(folder, 'appointments.csv.zip');
  writeFileSync(file, zipFiles(new Map([['recorded.csv', Buffer.from(text)]])));
  const { wall_s, ...report } = await replayed(file);
  assert.ok(wall_s > 0);
  assert.deepEqual(report, {
    rows: 2006,
    accepted: 2000,
    rejected: { patient_id: 2, booked_after: 1, age: 3 },
    refused: {},
    persons: 700,
    sessions: new Set(accepted.map(({ clinic, day }) => `${clinic} ${day}`)).size,
    no_shows: 400,
    oversold: 0,
  });
});

test('with a limit of one booking a session, the file’s repeats are refused by that rule', async () => {
  const { text, accepted } = makeFile();
  const file = join(folder, 'appointments.csv');
  writeFileSync(file, text);
  // Whoever booked first has the number; what became of the repeats is not known.
  const first = new Map<string, Row>();
  for (const row of accepted.toSorted((a, b) => ((a.booked ?? '') < (b.booked ?? '') ? -1 : 1))) {
    const key = `${row.patient} ${row.clinic} ${row.day}`;
    if (!first.has(key)) first.set(key, row);
  }
  const report = await replayed(file, '--limit', 'session-day=1');
  assert.equal(report.accepted, first.size);
  assert.deepEqual(report.refused, { 'session-day': 2000 - first.size });
  assert.ok(first.size < 2000);
  assert.equal(report.persons, 700);
  assert.equal(report.oversold, 0);
  assert.equal(report.no_shows, [...first.values()].filter((row) => row.missed).length);
});

test('an unknown limit is refused with the names of the limits there are', async () => {
  await assert.rejects(replayed('nowhere.csv', '--limit', 'week=3'), {
    code: 1,
    stderr: 'There is no limit "week". The limits are: session-day.\n',
  });
});
