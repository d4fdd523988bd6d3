import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testDatabase } from '../../test/support/database.ts';
import { sql } from './sql.ts';

let database: Awaited<ReturnType<typeof testDatabase>>;
before(async () => {
  database = await testDatabase();
});
after(() => database.stop());

test('a connection that breaks between two statements fails its transaction, not the server', async () => {
  const { db } = database;
  const broken = db.tx(async (tx) => {
    const { pid } = await tx.one<{ pid: number }>(sql`select pg_backend_pid() as pid`);
    await db.run(sql`select pg_terminate_backend(${pid})`);
    await sleep(200);
    return tx.one(sql`select 1 as one`);
  });
  await assert.rejects(broken);
  assert.deepEqual(await db.one(sql`select 1 as one`), { one: 1 });
});

test('on the lane statements follow one another unasked: each sees the last, and none suffers by a neighbour', async () => {
  const { lane, run } = database.db;
  await run(sql`create table seen (n int primary key)`);
  const insert = (n: number) =>
    lane.one<{ before: number }>(
      sql`insert into seen values (${n}) returning (select count(*)::int from seen) as before`,
    );
  const sent = [insert(1), insert(2), insert(2), insert(3)];
  const done = await Promise.allSettled(sent);
  assert.deepEqual(
    done.map((one) => (one.status === 'fulfilled' ? one.value.before : 'refused')),
    [0, 1, 'refused', 2],
  );
});

test('a lane that breaks fails what is under way and is made again', async () => {
  const { db } = database;
  const { pid } = await db.lane.one<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  const cut = [db.lane.one(sql`select pg_sleep(5)`), db.lane.one(sql`select 1 as one`)];
  const fallen = Promise.allSettled(cut);
  await sleep(50);
  await db.run(sql`select pg_terminate_backend(${pid})`);
  assert.deepEqual(
    (await fallen).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  const own = () => db.lane.one<{ pid: number }>(sql`select pg_backend_pid() as pid`);
  // Asked at once, before the old connection has told its end, which must not cost the new one.
  const again = await own().catch(own);
  assert.notEqual(again.pid, pid);
  await sleep(100);
  assert.deepEqual(await own(), again);
});
