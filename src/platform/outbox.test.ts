import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testDatabase } from '../../test/support/database.ts';
import { systemClock } from './clock.ts';
import type { Db } from './db.ts';
import { appendEvents, createOutbox, runSubscription, type Subscription } from './outbox.ts';
import { seededRandom } from './random.ts';
import { sql } from './sql.ts';

let db: Db;
let stop: () => Promise<void>;
before(async () => {
  ({ db, stop } = await testDatabase());
});
after(() => stop());

const random = seededRandom('outbox');
let subjects = 0;

function tell(on: Db): Promise<unknown> {
  return on.tx((tx) =>
    appendEvents(tx, { clock: systemClock, random }, [
      {
        name: 'schedule.session.created',
        hospital_id: null,
        subject: `test:${++subjects}`,
        version: 1,
        actor: 'test',
        payload: { session_id: String(subjects) },
      },
    ]),
  );
}

function listener(
  name: string,
  heard: string[],
  fail = (_id: string): boolean => false,
): Subscription {
  return {
    name,
    events: ['schedule.session.created'],
    handle: async (_tx, events) => {
      for (const event of events) {
        const id = (event.payload as { session_id: string }).session_id;
        if (fail(id)) throw new Error(`cannot handle ${id}`);
        heard.push(id);
      }
    },
  };
}

test('events are heard in the order of their transactions, past the thousandth and the ten-thousandth', async () => {
  const heard: string[] = [];
  const { xid } = await db.one<{ xid: number }>(sql`select pg_current_xact_id()::text::int as xid`);
  // The number of digits of a transaction id changes on the way.
  const edge = 10 ** String(xid).length;
  const before = edge - xid < 2000 ? edge - xid + 20 : 200;
  for (let n = 0; n < before; n++) {
    await tell(db);
    if (n % 50 === 0) await runSubscription({ db, clock: systemClock }, listener('digits', heard));
  }
  await createOutbox({ db, clock: systemClock }, [listener('digits', heard)]).drain();
  assert.equal(heard.length, subjects);
  assert.deepEqual(
    heard.map(Number),
    heard.map((_, at) => at + 1),
  );
});

test('an event that commits late is not lost', async () => {
  const heard: string[] = [];
  const subscription = listener('late', heard);
  await createOutbox({ db, clock: systemClock }, [subscription]).drain();
  const known = heard.length;
  let commit: (() => void) | undefined;
  const waits = new Promise<void>((resolve) => (commit = resolve));
  let written: (() => void) | undefined;
  const isWritten = new Promise<void>((resolve) => (written = resolve));
  const late = db.tx(async (tx) => {
    await appendEvents(tx, { clock: systemClock, random }, [
      {
        name: 'schedule.session.created',
        hospital_id: null,
        subject: 'test:late',
        version: 1,
        actor: 'test',
        payload: { session_id: 'late' },
      },
    ]);
    written?.();
    await waits;
  });
  await isWritten;
  await tell(db); // commits first, with the higher transaction id
  await createOutbox({ db, clock: systemClock }, [subscription]).drain();
  assert.equal(heard.length, known, 'nothing beyond the running transaction is read');
  commit?.();
  await late;
  await createOutbox({ db, clock: systemClock }, [subscription]).drain();
  assert.deepEqual(heard.slice(known), ['late', String(subjects)]);
});

test('a drain waits for a round that is under way elsewhere, and leaves nothing behind', async () => {
  const heard: string[] = [];
  const subscription = listener('shared', heard);
  await createOutbox({ db, clock: systemClock }, [subscription]).drain();
  await tell(db);
  const begun = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const other = runSubscription(
    { db, clock: systemClock },
    {
      ...subscription,
      handle: async (tx, events) => {
        begun.resolve();
        await end.promise;
        await subscription.handle(tx, events);
      },
    },
  );
  await begun.promise;
  const known = heard.length;
  const drained = createOutbox({ db, clock: systemClock }, [subscription])
    .drain()
    .then(() => heard.length);
  await tell(db);
  end.resolve();
  assert.equal((await other).read, 1);
  assert.equal(await drained, known + 2, 'both were handled before the drain said so');
});

/** A loop over listeners of whom only the first has anything to hear. */
function loopOver(heard: string[], more: Partial<Subscription> = {}) {
  const idle = Array.from({ length: 40 }, (_, n): Subscription => ({
    name: `idle ${n}`,
    events: ['schedule.session.stopped'],
    handle: () => Promise.reject(new Error('nothing was told to the idle')),
  }));
  const first = { ...listener('awake', heard), ...more };
  const outbox = createOutbox({ db, clock: systemClock }, [first, ...idle]);
  outbox.start((error) => {
    throw error;
  });
  return outbox;
}

async function until(isSo: () => boolean): Promise<void> {
  const late = performance.now() + 5_000;
  while (!isSo() && performance.now() < late) await sleep(10);
  assert.ok(isSo(), 'in time');
}

test('a quiet loop asks once for all who listen, and tells what comes then', async () => {
  const heard: string[] = [];
  const outbox = loopOver(heard);
  await until(() => heard.at(-1) === String(subjects));
  await sleep(300); // until everybody has been found idle
  const trips = db.roundTrips();
  const began = performance.now();
  await sleep(1_000);
  const looks = (performance.now() - began) / 100;
  assert.ok(db.roundTrips() - trips <= looks + 2, `${db.roundTrips() - trips} statements`);
  await tell(db);
  await until(() => heard.at(-1) === String(subjects));
  await outbox.stop();
});

test('those who hear nothing are moved on, one who fails is not', async () => {
  await db.run(sql`insert into platform.subscription (name, failures) values ('idle 7', 1)
    on conflict (name) do update set failures = 1`);
  const heard: string[] = [];
  const outbox = loopOver(heard);
  for (let n = 0; n < 220; n++) await tell(db);
  await until(() => heard.at(-1) === String(subjects));
  const behind = async (name: string): Promise<number> =>
    (
      await db.one<{ n: number }>(sql`select count(*)::int as n from platform.event e
        where e.tx >= coalesce((select s.tx from platform.subscription s where s.name = ${name}), '0')`)
    ).n;
  let found = Infinity;
  for (let tries = 0; tries < 50 && found > 100; tries++) {
    for (let n = 0; n < 10; n++) await tell(db);
    await sleep(100);
    found = await behind('idle 3');
  }
  await outbox.stop();
  assert.ok(found <= 100, `${found} events behind`);
  assert.equal(await behind('idle 7'), subjects + 1, 'one told late besides');
});

test('what another server was about to tell is told here when that one is gone', async () => {
  const other = await db.connect();
  await other.query('begin');
  await other.query("select pg_advisory_xact_lock(hashtextextended('subscription awake', 0))");
  const heard: string[] = [];
  const outbox = loopOver(heard);
  await tell(db);
  await sleep(500);
  assert.equal(heard.includes(String(subjects)), false);
  await other.query('rollback');
  other.release();
  await until(() => heard.at(-1) === String(subjects));
  await outbox.stop();
});

test('an event that cannot be handled is parked after repeated failures, and the rest goes on', async () => {
  const heard: string[] = [];
  await tell(db);
  const bad = String(subjects);
  await tell(db);
  await createOutbox({ db, clock: systemClock }, [
    listener('failing', heard, (id) => id === bad),
  ]).drain();
  assert.equal(heard.includes(bad), false);
  assert.equal(heard.at(-1), String(subjects));
  const parked = await db.many<{ error: string }>(
    sql`select error from platform.parked_event where subscription = 'failing'`,
  );
  assert.deepEqual(parked, [{ error: `Error: cannot handle ${bad}` }]);
});

test('events cannot be changed or removed, and a subject has each version once', async () => {
  await assert.rejects(db.run(sql`update platform.event set actor = 'x'`), /append-only/);
  await assert.rejects(db.run(sql`delete from platform.event`), /append-only/);
  await assert.rejects(
    db.run(sql`insert into platform.event (id, name, subject, version, actor, payload, occurred_at)
      values (uuidv7(), 'x', 'test:1', 1, 'test', '{}', now())`),
    /event_subject_version/,
  );
});
