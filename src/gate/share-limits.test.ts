import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { testDatabase } from '../../test/support/database.ts';
import { manualClock } from '../platform/clock.ts';
import { openDb, type Db } from '../platform/db.ts';
import { seededRandom } from '../platform/random.ts';
import { secretsFrom } from '../platform/secrets.ts';
import { sql } from '../platform/sql.ts';
import { createGuard } from './limits-guard.ts';
import { limitSharing } from './share-limits.ts';

// Servers on one database share nothing but the database: each has its own connections and memory.

let test_db: Awaited<ReturnType<typeof testDatabase>>;
const opened: Db[] = [];
const clock = manualClock(new Date('2026-11-24T00:00:00Z'));
const secrets = secretsFrom(seededRandom('limits of several').bytes(32));

before(async () => {
  test_db = await testDatabase();
});
after(async () => {
  for (const db of opened) await db.close();
  await test_db.stop();
});

function server() {
  const db = openDb(test_db.url);
  opened.push(db);
  const guard = createGuard({ clock, secrets });
  const ctx = { db, clock, guard };
  return { ctx, share: limitSharing(ctx) };
}

/** Writes of one account, asked of each server in turn; how many are let through. */
async function letThrough(
  account: string,
  servers: ReturnType<typeof server>[],
  each: (n: number) => Promise<unknown>,
): Promise<number> {
  let through = 0;
  for (let n = 0; n < 400; n++) {
    const { limits } = (servers[n % servers.length] as ReturnType<typeof server>).ctx.guard;
    if (limits.account.take(account, 10, clock.now().getTime()) === 0) through++;
    await each(n);
  }
  return through;
}

const nothing = (): Promise<void> => Promise.resolve();

test('[R057] whoever asks three servers in turn gets no more from all than from one', async () => {
  const servers = [server(), server(), server()];
  const exchange = async (): Promise<void> => {
    for (let round = 0; round < 2; round++) for (const { share } of servers) await share();
  };
  const alone = await letThrough('alone', servers.slice(0, 1), nothing);
  const shared = await letThrough('shared', servers, (n) => (n % 20 === 19 ? exchange() : nothing())); // prettier-ignore
  const unshared = await letThrough('unshared', servers, nothing);
  assert.equal(alone, 120);
  assert.ok(shared >= alone && shared <= alone + 20, `${shared} with what was asked in between`);
  assert.equal(unshared, 3 * alone, 'control: servers that tell each other nothing');
  await exchange();

  // Whoever took three bursts at once pays two of them back, a minute each, before anything more.
  clock.set(new Date(clock.now().getTime() + 119_000));
  const now = clock.now().getTime();
  for (const { ctx } of servers) assert.ok(ctx.guard.limits.account.take('unshared', 30, now) > 0);
  assert.equal(servers[1]?.ctx.guard.limits.account.take('shared', 600, now), 0);
});

test('a restart forgives nothing, and after a minute nothing of it is kept', async () => {
  const before_restart = server();
  assert.equal(await letThrough('restarted', [before_restart], nothing), 120);
  await before_restart.share();
  const restarted = server();
  await restarted.share();
  const now = clock.now().getTime();
  assert.ok(restarted.ctx.guard.limits.account.take('restarted', 10, now) > 0);
  assert.equal(restarted.ctx.guard.limits.account.take('other', 10, now), 0);
  clock.set(new Date(now + 61_000));
  await restarted.share();
  const rows = await test_db.db.many(sql`select 1 from gate.spending`);
  assert.deepEqual(rows, []);
});

test('what could not be told while the database was away is told afterwards', async () => {
  const [one, other] = [server(), server()];
  const away = { ...one.ctx.db, many: () => Promise.reject(new Error('away')) } as Db;
  const ctx = { ...one.ctx, db: away };
  const share = limitSharing(ctx);
  assert.equal(await letThrough('through', [one], nothing), 120);
  await assert.rejects(share());
  ctx.db = one.ctx.db;
  await share();
  await other.share();
  const now = clock.now().getTime();
  assert.ok(other.ctx.guard.limits.account.take('through', 10, now) > 0);
});
