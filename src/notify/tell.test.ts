import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { notifyWorld, type NotifyWorld } from '../../test/support/notify.ts';
import type { EventName, Events } from '../events.ts';
import { sql } from '../platform/sql.ts';
import { listNotices } from './notices.ts';
import { choosePreferences } from './preferences.ts';
import { tellPatients } from './tell.ts';

let here: NotifyWorld;
let session_id = '';
before(async () => {
  here = await notifyWorld('tell');
  session_id = await here.session({ numbers: 4 });
});
after(() => here.stop());

const draw_id = '01900000-0000-7000-8000-00000000d1a3';
const appointment_id = '01900000-0000-7000-8000-0000000000a1';
const slot_id = '01900000-0000-7000-8000-000000000051';
const entry_id = 'e'.repeat(64);
const confirm_until = '2026-11-25T12:00:00.000Z';
let phones = 16400000000;
const phone = (): string => String(++phones);

const placed = (n = 0): Events['release.entry.placed'] => ({
  draw_id,
  entry_id,
  appointment_id,
  session_id,
  confirm_until,
  n,
});
const visit = (channel: string, status: string): Events['booking.visit.lapsed'] => ({
  appointment_id,
  session_id,
  slot_id,
  status,
  channel,
});

type News = { [Name in EventName]?: Events[Name] };
const first = (): [kind: string, link: string, news: News][] => [
  ['placed', `/visits/${appointment_id}`, { 'release.entry.placed': placed() }],
  ['placed_return', `/visits/${appointment_id}`, { 'release.entry.placed': placed(2) }],
  [
    'unplaced',
    `/entries/${entry_id}`,
    { 'release.entry.unplaced': { draw_id, entry_id, service_date: '2026-11-27' } },
  ],
  [
    'excluded',
    `/entries/${entry_id}`,
    { 'release.entry.excluded': { draw_id, entry_id, n: 1, places: [3, 5] } },
  ],
  [
    'displaced',
    `/entries/${entry_id}`,
    { 'release.entry.displaced': { draw_id, entry_id, session_id } },
  ],
  [
    'offer',
    `/visits/${appointment_id}`,
    { 'release.offer.made': { displaced_id: draw_id, appointment_id, session_id, confirm_until } },
  ],
  ['wish_asked', '/entries', { 'release.wish.ended': { wish_id: draw_id, reason: 'draws' } }],
  ['lapsed', `/visits/${appointment_id}`, { 'booking.visit.lapsed': visit('draw', 'lapsed') }],
  ['stopped', `/visits/${appointment_id}`, { 'booking.visit.stopped': visit('web', 'stopped') }],
];

test('every result reaches every account in the site and every phone by short message', async () => {
  for (const [kind, link, news] of first()) {
    const own = phone();
    const person = await here.withPhone(own);
    const [father, mother] = [phone(), phone()];
    const accounts = [
      await here.holder(father, person.patient_id),
      await here.holder(mother, person.patient_id),
    ];
    const [[name, payload] = []] = Object.entries(news);
    await here.happen(name as EventName, person.patient_id, payload as never);
    here.received.length = 0;
    await here.settle();
    for (const account_id of accounts) {
      const { notices, unread } = await listNotices(here.ctx, { account_id });
      assert.deepEqual([notices.length, unread, notices[0]?.kind], [1, 1, kind]);
      assert.equal(notices[0]?.link, link);
      assert.match(notices[0]?.text ?? '', /示例医院/);
    }
    assert.deepEqual(here.received.map(({ to }) => to).sort(), [own, father, mother].sort(), kind);
    for (const { text } of here.received) {
      assert.match(text, /^【正号】/);
      assert.ok(!text.includes(person.name), kind);
    }
  }
});

test('a wish that ended for good is a notice, not a short message', async () => {
  const person = await here.person();
  const account_id = await here.holder(phone(), person.patient_id);
  here.received.length = 0;
  for (const reason of ['won', 'withdrawn', 'expired'])
    await here.happen('release.wish.ended', person.patient_id, { wish_id: draw_id, reason });
  await here.settle();
  const { notices } = await listNotices(here.ctx, { account_id });
  assert.deepEqual(
    notices.map(({ kind }) => kind),
    ['wish_ended', 'wish_ended', 'wish_ended'],
  );
  assert.match(notices[2]?.text ?? '', /派到号了/);
  assert.equal(here.received.length, 0);
});

test('a hold of ten minutes that runs out is no news; a place of a draw that lapses is', async () => {
  const person = await here.person();
  const account_id = await here.holder(phone(), person.patient_id);
  await here.happen('booking.visit.lapsed', person.patient_id, visit('web', 'lapsed'));
  await here.settle();
  assert.equal((await listNotices(here.ctx, { account_id })).unread, 0);
});

test('one phone gets one message, however many ways lead to it', async () => {
  const shared = phone();
  const person = await here.withPhone(shared);
  await here.holder(shared, person.patient_id);
  await here.happen('release.entry.placed', person.patient_id, placed());
  here.received.length = 0;
  await here.settle();
  assert.deepEqual(
    here.received.map(({ to }) => to),
    [shared],
  );
});

test('an event that is handed over again is told once', async () => {
  const person = await here.withPhone(phone());
  const id = await here.happen('release.entry.placed', person.patient_id, placed());
  await here.settle();
  here.received.length = 0;
  const event = {
    tx: '1',
    id,
    hospital_id: here.hospital_id,
    name: 'release.entry.placed' as const,
    subject: `test:${id}`,
    version: 1,
    person_id: person.patient_id,
    actor: 'system:test',
    payload: placed(),
    occurred_at: here.ctx.clock.now(),
  };
  const again = await here.ctx.db.tx((tx) => tellPatients(tx, here.ctx, [event, event]));
  assert.equal(again, 0);
  await here.settle();
  assert.equal(here.received.length, 0);
});

test('a stop that release and booking both tell is told once', async () => {
  const person = await here.withPhone(phone());
  const account_id = await here.holder(phone(), person.patient_id);
  await here.happen('booking.visit.stopped', person.patient_id, visit('draw', 'stopped'));
  await here.happen('release.entry.displaced', person.patient_id, {
    draw_id,
    entry_id,
    session_id,
  });
  here.received.length = 0;
  await here.settle();
  const { notices } = await listNotices(here.ctx, { account_id });
  assert.deepEqual(
    notices.map(({ kind }) => kind),
    ['displaced'],
  );
  assert.equal(here.received.length, 2);
});

test('who turned short messages off still finds the notice; others of the patient get theirs', async () => {
  const quiet = phone();
  const other = phone();
  const person = await here.withPhone(quiet);
  const account_id = await here.holder(quiet, person.patient_id);
  await here.holder(other, person.patient_id);
  await choosePreferences(here.ctx, { account_id, sms: false });
  await here.happen('release.entry.placed', person.patient_id, placed());
  here.received.length = 0;
  await here.settle();
  assert.deepEqual(
    here.received.map(({ to }) => to),
    [other],
  );
  assert.equal((await listNotices(here.ctx, { account_id })).unread, 1);
});

test('news that reaches nobody by itself is counted', async () => {
  const { db } = here.ctx;
  const unreachable = async (patient_id: string): Promise<string[]> => {
    const rows = await db.many<{ kind: string }>(
      sql`select kind from notify.unreachable_message where patient_id = ${patient_id}`,
    );
    return rows.map((row) => row.kind);
  };
  const alone = await here.person();
  const called = await here.withPhone(phone());
  for (const { patient_id } of [alone, called])
    await here.happen('release.entry.placed', patient_id, placed());
  await here.settle();
  assert.deepEqual(await unreachable(alone.patient_id), ['placed']);
  assert.deepEqual(await unreachable(called.patient_id), []);
});
