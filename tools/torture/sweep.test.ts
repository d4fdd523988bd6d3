import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openDb, type Db, type Tx } from '../../src/platform/db.ts';
import { sql } from '../../src/platform/sql.ts';
import { patientAt, staffAt, world, type Visitor } from '../../test/support/world.ts';
import { addLine, type ActName, type Answer, type StormRecord } from './record.ts';
import type { FindingKind } from './finding.ts';
import { sweep } from './sweep.ts';

type Here = Awaited<ReturnType<typeof world>>;
let here: Here;
/** What the storm would have written down of the world below. */
const record: StormRecord = new Map();
/** A visit whose event is not in the log yet: a commit that is lost later loses all of it. */
let newest: string;
/** Someone who is not of the storm, with one visit. */
let bystander: string;
let entry: string;

before(async () => {
  here = await world('sweep');
  await liveThroughAMorning();
});
after(() => here.stop());

let keys = 0;
/** Sends a write as the storm does and writes it down with its answer. */
async function tell(
  who: Visitor,
  about: { act: ActName; patient_id: string; subject: string; path: string; body: object },
): Promise<Answer> {
  const { act, patient_id, subject, path, body } = about;
  const key = `sweep-${++keys}-${act}`;
  addLine(record, { line: 'asked', key, act, patient_id, subject });
  const reply = await who.send('POST', path, body, { 'idempotency-key': key });
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  const { appointment_id, session_id, sequence, e, receipt } = reply.body;
  const given = { appointment_id, session_id, sequence, e, receipt };
  const answer = { status: 200, ...JSON.parse(JSON.stringify(given)) } as Answer;
  addLine(record, { line: 'answered', key, ...answer });
  return answer;
}

const book = (who: Visitor, session_id: string, patient_id: string): Promise<Answer> =>
  tell(who, {
    ...{ act: 'book', patient_id, subject: session_id },
    ...{ path: '/api/staff/appointments', body: { session_id, patient_id } },
  });

function stepTo(who: Visitor, act: 'cancel' | 'restore', visit: Answer, patient_id: string) {
  const path = `/api/staff/appointments/${visit.appointment_id}/${act}`;
  const subject = visit.appointment_id ?? '';
  return tell(who, { act, patient_id, subject, path, body: { reason: 'storm' } });
}

async function register(clerk: Visitor, n: number): Promise<string> {
  const person = { name: '风暴', document_type: 'other', document_number: `SWEEP-${n}` };
  return (await clerk.post('/api/staff/patients', person)).patient_id;
}

async function liveThroughAMorning(): Promise<void> {
  const clerk = await staffAt(here.app, 'clerk');
  const open = await here.ctx.db.many<{ session_id: string }>(sql`
    select session_id from booking.slot where state = 'free' and service_date > '2026-11-25'
    group by session_id having count(*) > 20 order by session_id limit 2`);
  const [first = '', second = ''] = open.map((one) => one.session_id);
  const people = await Promise.all([1, 2, 3, 4].map((n) => register(clerk, n)));
  const [one = '', two = '', three = '', four = ''] = people;
  await book(clerk, first, one);
  const returned = await book(clerk, first, two);
  await stepTo(clerk, 'cancel', returned, two);
  const restored = await book(clerk, second, three);
  await stepTo(clerk, 'cancel', restored, three);
  await stepTo(clerk, 'restore', restored, three);
  bystander = await register(clerk, 5);
  await clerk.post('/api/staff/appointments', { session_id: first, patient_id: bystander });

  const account = await patientAt(here.app, here.demo?.phones[0] as string);
  const person = here.demo?.people[0];
  const { patient_id } = await account.post('/api/patients', {
    ...{ name: person?.name, document_type: 'resident_id', relation: 'self' },
    document_number: person?.document_number,
  });
  const held = await tell(account, {
    ...{ act: 'hold', patient_id, subject: second, path: '/api/appointments' },
    body: { session_id: second, patient_id },
  });
  await tell(account, {
    ...{ act: 'confirm', patient_id, subject: held.appointment_id ?? '', body: {} },
    path: `/api/appointments/${held.appointment_id}/confirm`,
  });
  const [draw] = await here.ctx.db.many<{ id: string; session_id: string }>(sql`
    select d.id, s.session_id from release.draw d join release.draw_session s on s.draw_id = d.id
    where d.state = 'announced' order by d.closes_at desc limit 1`);
  const entered = await tell(account, {
    ...{ act: 'enter', patient_id, subject: draw?.id ?? '' },
    path: `/api/draws/${draw?.id}/entries`,
    body: {
      ...{ patient_id, preferences: [draw?.session_id], notice_days: 0 },
      ...{ nonce: '01'.repeat(32), secret_hash: '02'.repeat(32) },
    },
  });
  entry = entered.e ?? '';
  await here.settle();
  newest = (await book(clerk, second, four)).appointment_id ?? '';
}

let copies = 0;
/** Runs `work` on a copy of the database, which nobody else uses. */
async function onCopy<Result>(work: (db: Db) => Promise<Result>): Promise<Result> {
  const name = `copy_${++copies}`;
  const at = (database: string): string => here.url.replace(/\/zhenghao$/, `/${database}`);
  const outside = openDb(at('postgres'), { connections_max: 1 });
  try {
    // A template may have no connections; the pool of the world opens new ones when it needs them.
    await outside.many(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = 'zhenghao'`,
    );
    await outside.run({ text: `create database ${name} template zhenghao`, values: [] });
    const db = openDb(at(name), { connections_max: 4 });
    try {
      return await work(db);
    } finally {
      await db.close();
      await outside.run({ text: `drop database ${name} with (force)`, values: [] });
    }
  } finally {
    await outside.close();
  }
}

type Planted = { db: Db; tx: Tx; record: StormRecord };

/** Plants a fault in a copy, past triggers, and returns the kinds of what the sweep then finds. */
function findingsAfter(plant: (fault: Planted) => Promise<unknown>): Promise<FindingKind[]> {
  return onCopy(async (db) => {
    const own = structuredClone(record);
    await db.tx(async (tx) => {
      await tx.run(sql`set local session_replication_role = replica`);
      await plant({ db, tx, record: own });
    });
    const { findings } = await sweep({ ...here.ctx, db }, own);
    return [...new Set(findings.map((finding) => finding.kind))];
  });
}

/** One more visit, told as every visit is: only what it breaks is wrong with it. */
function plantVisit(tx: Tx, visit: { slot_id: string; patient_id: string }): Promise<number> {
  return tx.run(sql`
    with number as (
      update booking.slot set state = 'booked', version = version + 1, appointment_id = uuidv7(),
        hold_until = null, cooling_until = null
      where id = ${visit.slot_id} returning *
    ), made as (
      insert into booking.appointment (hospital_id, id, session_id, slot_id, service_date, patient_id, ordinal,
        bookings_max, status, channel, booked_by, created_at)
      select hospital_id, appointment_id, session_id, id, service_date, ${visit.patient_id}, 1, 1, 'booked',
        'window', 'staff:fault', now() from number
    )
    insert into platform.event (id, hospital_id, name, subject, version, actor, payload, occurred_at)
    select uuidv7(), hospital_id, 'booking.visit.booked', 'slot:' || id, version, 'staff:fault',
      jsonb_build_object('appointment_id', appointment_id, 'session_id', session_id, 'slot_id', id,
        'status', 'booked', 'channel', 'window', 'pool', pool), now()
    from number`);
}

const freeNumberIn = async (tx: Tx, session_id: string): Promise<string> =>
  (
    await tx.one<{ id: string }>(sql`
      select id from booking.slot where session_id = ${session_id} and state = 'free' order by sequence limit 1`)
  ).id;

const takes = (own: StormRecord) =>
  [...own.values()].filter(({ asked }) => asked.act === 'book' || asked.act === 'hold');
const someone = '0190aaaa-0000-7000-8000-000000000001';

const faults: [FindingKind, string, (fault: Planted) => Promise<unknown>][] = [
  [
    'booking-lost',
    'an acknowledged booking whose commit was lost whole',
    async ({ tx }) => {
      await tx.run(sql`update booking.slot set state = 'free', appointment_id = null, version = version - 1
        where appointment_id = ${newest}`);
      await tx.run(sql`delete from booking.appointment where id = ${newest}`);
      await tx.run(sql`delete from platform.event where payload ->> 'appointment_id' = ${newest}`);
      await tx.run(
        sql`delete from platform.idempotency where answer ->> 'appointment_id' = ${newest}`,
      );
    },
  ],
  [
    'booking-unasked',
    'a second visit of one key',
    async ({ tx, record: own }) => {
      const [one] = takes(own);
      const other = takes(own).find(({ asked }) => asked.subject !== one?.asked.subject);
      const slot_id = await freeNumberIn(tx, other?.asked.subject ?? '');
      await plantVisit(tx, { slot_id, patient_id: one?.asked.patient_id ?? '' });
    },
  ],
  [
    'number-held-twice',
    'a number sold twice, its index dropped',
    async ({ tx }) => {
      await tx.run(sql`drop index booking.appointment_slot`);
      const sold = await tx.one<{ slot_id: string }>(sql`
        select slot_id from booking.appointment where patient_id = ${bystander}`);
      await plantVisit(tx, { ...sold, patient_id: someone });
    },
  ],
  [
    'over-the-maximum',
    'a second visit of one person in a session that allows one, its index dropped',
    async ({ tx }) => {
      await tx.run(sql`drop index booking.appointment_patient_session`);
      const { session_id } = await tx.one<{ session_id: string }>(sql`
        select session_id from booking.appointment where patient_id = ${bystander}`);
      const slot_id = await freeNumberIn(tx, session_id);
      await plantVisit(tx, { slot_id, patient_id: bystander });
    },
  ],
  [
    'number-and-visit-disagree',
    'a number that says it belongs to another visit',
    ({ tx }) =>
      tx.run(
        sql`update booking.slot set appointment_id = ${someone} where appointment_id = ${newest}`,
      ),
  ],
  [
    'number-uncounted',
    'a number in a state that is no count',
    async ({ tx }) => {
      await tx.run(sql`alter table booking.slot drop constraint slot_state_check`);
      await tx.run(sql`update booking.slot set state = 'astray' where id = (
        select id from booking.slot where state = 'free' limit 1)`);
    },
  ],
  [
    'number-uncounted',
    'a number that is gone',
    ({ tx }) =>
      tx.run(sql`delete from booking.slot where id = (
        select s.id from booking.slot s where s.state = 'free' and not exists (
          select from booking.appointment a where a.slot_id = s.id) limit 1)`),
  ],
  [
    'change-without-event',
    'a number voided by hand',
    ({ tx }) =>
      tx.run(sql`update booking.slot set state = 'void', void_reason = 'fault' where id = (
        select id from booking.slot where state = 'free' limit 1)`),
  ],
  [
    'change-without-event',
    'a version that no event has',
    ({ tx }) =>
      tx.run(sql`update booking.slot set version = version + 1 where appointment_id = ${newest}`),
  ],
  [
    'change-without-event',
    'a visit whose status nobody told of',
    ({ tx }) =>
      tx.run(sql`update booking.appointment set status = 'noshow' where patient_id = ${bystander}`),
  ],
  [
    'event-without-leaf',
    'an event that came behind the reader of events',
    ({ tx }) =>
      tx.run(sql`
        insert into platform.event (tx, id, name, subject, version, actor, payload, occurred_at)
        values ('3', uuidv7(), 'booking.visits.read', 'fault:1', 1, 'staff:fault', '{}', now())`),
  ],
  [
    'log',
    'an event that was changed after it was logged',
    ({ tx }) =>
      tx.run(sql`update platform.event set actor = 'staff:other' where id = (
        select event_id from evidence.leaf order by index limit 1)`),
  ],
  [
    'other-answer',
    'a repetition that was answered with another visit',
    ({ record: own }) => {
      const [one] = takes(own);
      one?.answers.push({ ...(one.answers[0] as Answer), appointment_id: someone });
      return Promise.resolve();
    },
  ],
  [
    'other-answer',
    'another answer kept for the next repetition',
    ({ tx }) =>
      tx.run(sql`update platform.idempotency set answer = answer || jsonb_build_object('appointment_id', ${someone}::text)
        where answer ->> 'appointment_id' = ${newest}`),
  ],
  [
    'never-answered',
    'a key that nobody answered',
    ({ record: own }) => {
      const asked = {
        key: 'sweep-none',
        act: 'book',
        patient_id: someone,
        subject: someone,
      } as const;
      addLine(own, { line: 'asked', ...asked });
      return Promise.resolve();
    },
  ],
  [
    'entry-lost',
    'an acknowledged entry that is gone',
    ({ tx }) => tx.run(sql`delete from release.entry where id = ${entry}`),
  ],
  [
    'entry-lost',
    'an entry withdrawn behind its holder',
    ({ tx }) =>
      tx.run(
        sql`update release.entry set withdrawn_at = now(), secret = 'fault' where id = ${entry}`,
      ),
  ],
  [
    'entry-twice',
    'a second entry of one person, its index dropped',
    async ({ tx }) => {
      await tx.run(sql`drop index release.entry_person, release.entry_patient_once`);
      await tx.run(sql`
        insert into release.entry (draw_id, id, patient_id, person_tag, line, secret_hash, receipt, channel, entered_by, entered_at)
        select draw_id, ${'ab'.repeat(32)}, patient_id, person_tag, line, secret_hash, receipt, channel, entered_by, entered_at
        from release.entry where id = ${entry}`);
    },
  ],
  [
    'receipt-invalid',
    'a line that was given more weight than its receipt says',
    ({ tx }) =>
      tx.run(
        sql`update release.entry set line = replace(line, '"w":1', '"w":2') where id = ${entry}`,
      ),
  ],
];

test('a morning without faults sweeps clean', async () => {
  assert.deepEqual(await findingsAfter(() => Promise.resolve()), []);
});

for (const [kind, what, plant] of faults)
  test(`the sweep finds ${what}, and nothing else`, async () => {
    assert.deepEqual(await findingsAfter(plant), [kind]);
  });
