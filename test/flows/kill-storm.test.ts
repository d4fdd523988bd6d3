import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSequencer, databaseSource, verifyLog } from '../../src/evidence/index.ts';
import { demo_password } from '../../src/identity/index.ts';
import { addDays, shanghaiDate, systemClock } from '../../src/platform/clock.ts';
import { openDb, type Db } from '../../src/platform/db.ts';
import { openFields } from '../../src/platform/field-keys.ts';
import { projectFolder } from '../../src/platform/project.ts';
import { systemRandom } from '../../src/platform/random.ts';
import { openSecrets } from '../../src/platform/secrets.ts';
import { sql } from '../../src/platform/sql.ts';
import { dataFolder, startServerProcess, type ServerProcess } from '../support/server.ts';
import {
  staffClient,
  type Answered,
  type Asked,
  type StormOrder,
} from '../support/storm-client.ts';

const folder = dataFolder();
const notes = dataFolder();
const ends: (() => unknown)[] = [];
after(async () => {
  for (const end of ends.reverse()) await end();
  folder.remove();
  notes.remove();
});

/** The kill comes after this long, or after so many answers, for a fast machine must not run dry. */
const storm_ms = 4000;
const answers = { min: 200, max: 1000 };

function postmaster(): { pid: number; port: number } {
  const lines = readFileSync(join(folder.path, 'postgres/postmaster.pid'), 'utf8').split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]) };
}

function openServerDatabase(): Db {
  const password = readFileSync(join(folder.path, 'postgres.password'), 'utf8').trim();
  return openDb(`postgres://zhenghao:${password}@127.0.0.1:${postmaster().port}/zhenghao`);
}

function lines<Line>(file: string): Line[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line);
}

/** Large sessions of the demo's general practice, whose numbers are released at once. */
async function bigSessions(url: string): Promise<string[]> {
  const manager = await staffClient(url, 'manager', demo_password);
  const days = [1, 2, 3, 4].map((ahead) => addDays(shanghaiDate(new Date()), ahead));
  const rows = days.map((day) => `GP-ORD,${day},下午,13:30,17:30,2000`);
  const form = new FormData();
  const csv = ['门诊代码,出诊日期,午别,开始时间,结束时间,号源总数', ...rows].join('\n');
  form.set('file', new Blob([csv]), 'storm.csv');
  const reply = await fetch(`${url}/api/staff/imports/sessions?dry_run=false`, {
    method: 'POST',
    headers: {
      cookie: manager.cookie,
      'x-requested-with': 'zhenghao',
      'idempotency-key': 'storm-import',
    },
    body: form,
  });
  assert.equal(reply.status, 200, await reply.clone().text());
  assert.equal(((await reply.json()) as { committed: boolean }).committed, true);
  const db = openServerDatabase();
  try {
    for (let tries = 0; tries < 200; tries++) {
      const open = await db.many<{ session_id: string }>(sql`
        select session_id from booking.slot where state = 'free'
        group by session_id having count(*) > 1000`);
      if (open.length === days.length) return open.map((one) => one.session_id);
      await sleep(50);
    }
    throw new Error('the sessions were not released');
  } finally {
    await db.close();
  }
}

/** Runs the client as another process; resolves when bookings have poured in for a while. */
async function startStorm(order: StormOrder): Promise<{ ended: Promise<unknown> }> {
  const order_file = join(notes.path, 'order.json');
  writeFileSync(order_file, JSON.stringify(order));
  const script = join(projectFolder, 'test/support/storm-client.ts');
  const client = spawn(process.execPath, [script, order_file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ends.push(() => client.kill('SIGKILL'));
  const ended = once(client, 'exit');
  await Promise.race([
    once(client.stdout, 'data'),
    ended.then(() => assert.fail('the client ended early')),
  ]);
  const began = Date.now();
  for (;;) {
    const [passed, count] = [Date.now() - began, lines(order.answered_file).length];
    if (count >= answers.max || (passed >= storm_ms && count >= answers.min)) break;
    assert.ok(passed < 30_000, 'too few bookings for a storm');
    await sleep(100);
  }
  return { ended };
}

function kill(server: ServerProcess): void {
  const { pid } = postmaster();
  server.child.kill('SIGKILL');
  process.kill(pid, 'SIGKILL');
}

type Visit = {
  id: string;
  session_id: string;
  patient_id: string;
  sequence: number;
  status: string;
  booked: number;
  cancelled: number;
};

/** Every visit of the storm, with its number and how many events tell of it. */
function readVisits(db: Db, sessions: string[]): Promise<Visit[]> {
  return db.many<Visit>(sql`
    select a.id, a.session_id, a.patient_id, s.sequence, a.status,
      count(*) filter (where e.name = 'booking.visit.booked') as booked,
      count(*) filter (where e.name = 'booking.visit.cancelled') as cancelled
    from booking.appointment a join booking.slot s on s.id = a.slot_id
    left join platform.event e on e.subject = 'slot:' || s.id and e.payload ->> 'appointment_id' = a.id::text
    where a.session_id = any(${sessions}::uuid[])
    group by a.id, s.id`);
}

/** Numbers sold twice, numbers and visits that disagree, and numbers whose events have gaps. */
function readFaults(db: Db, sessions: string[]): Promise<object[]> {
  return db.many<object>(sql`
    with number as (select * from booking.slot where session_id = any(${sessions}::uuid[]))
    select 'sold twice' as fault, slot_id as id from booking.appointment
      where status = 'booked' group by slot_id having count(*) > 1
    union all
    select 'number and visit disagree', s.id from number s
      left join booking.appointment a on a.slot_id = s.id and a.status = 'booked'
      where s.appointment_id is distinct from a.id or (s.state = 'booked') <> (a.id is not null)
    union all
    select 'events and versions disagree', s.id from number s
      left join platform.event e on e.subject = 'slot:' || s.id
      group by s.id, s.version having count(e.id) <> s.version or coalesce(max(e.version), 0) <> s.version`);
}

async function verifyWholeLog(db: Db): Promise<object[]> {
  const secrets = openSecrets(folder.path, systemRandom);
  const fields = openFields(secrets);
  const ctx = { db, clock: systemClock, random: systemRandom, secrets, fields };
  await createSequencer(ctx).drain();
  const vkey = await databaseSource(db).vkey();
  assert.ok(vkey);
  return verifyLog({ db, fields, vkey });
}

/** Asks again under the same keys, as a client does that got no answer. */
async function askAgain(url: string, asked: Asked[]): Promise<Map<string, Answered>> {
  const clerk = await staffClient(url, 'clerk', demo_password);
  const answers = new Map<string, Answered>();
  for (const { key, path, body } of asked) {
    const reply = await clerk.post(path, body, key);
    assert.equal(reply.status, 200, `${key}: ${await reply.clone().text()}`);
    answers.set(key, { ...((await reply.json()) as Answered), key });
  }
  return answers;
}

test('every acknowledged booking survives a kill -9 of server and database', async (t) => {
  const server = await startServerProcess(folder.path, { DEMO: '1' });
  ends.push(() => server.child.kill('SIGKILL'));
  const sessions = await bigSessions(server.url);
  const order: StormOrder = {
    url: server.url,
    username: 'clerk',
    password: demo_password,
    sessions,
    ...{
      patients: 600,
      workers: 32,
    },
    asked_file: join(notes.path, 'asked.jsonl'),
    answered_file: join(notes.path, 'answered.jsonl'),
  };
  const { ended } = await startStorm(order);
  kill(server);
  await ended;

  const asked = lines<Asked>(order.asked_file);
  const answered = new Map(lines<Answered>(order.answered_file).map((one) => [one.key, one]));
  const unanswered = asked.filter(({ key }) => !answered.has(key));
  t.diagnostic(`${asked.length} asked, ${answered.size} acknowledged, ${unanswered.length} not`);
  assert.ok(unanswered.length > 0, 'requests were under way when it was killed');

  const again = await startServerProcess(folder.path, { DEMO: '1' });
  ends.push(() => again.stop());
  const db = openServerDatabase();
  ends.push(() => db.close());
  const kept = new Map((await readVisits(db, sessions)).map((visit) => [visit.id, visit]));
  for (const answer of answered.values()) {
    const visit = kept.get(answer.appointment_id);
    assert.ok(visit, `${answer.key} was acknowledged and is gone`);
    assert.equal(visit.sequence, answer.sequence);
    if (answer.status === 'cancelled') assert.equal(visit.status, 'cancelled');
  }

  const settled = await askAgain(again.url, unanswered);
  const known = [...answered.keys()].filter((_, at) => at % 10 === 0);
  const repeated = await askAgain(
    again.url,
    asked.filter(({ key }) => known.includes(key)),
  );
  for (const [key, answer] of repeated)
    assert.equal(answer.appointment_id, answered.get(key)?.appointment_id, 'the same answer');

  const visits = await readVisits(db, sessions);
  const all = new Map([...answered, ...settled]);
  const bookings = asked.filter(({ key }) => key.startsWith('storm-book-'));
  assert.equal(visits.length, bookings.length, 'each key is one visit, however often it was sent');
  const byId = new Map(visits.map((visit) => [visit.id, visit]));
  for (const { key, body, patient_id } of bookings) {
    const visit = byId.get(all.get(key)?.appointment_id ?? '');
    assert.equal(visit?.patient_id, patient_id);
    assert.equal(visit?.session_id, body['session_id']);
    assert.equal(visit?.booked, 1, 'a booking has its event');
    assert.equal(visit?.cancelled, visit?.status === 'cancelled' ? 1 : 0);
  }
  assert.deepEqual(await readFaults(db, sessions), []);
  assert.deepEqual(await verifyWholeLog(db), []);
});
