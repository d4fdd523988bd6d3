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
