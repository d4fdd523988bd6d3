import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSnapshots } from './snapshots.ts';

test('a crowd that asks at once or within a second has one read made', async () => {
  let now = 0;
  let made = 0;
  const snapshots = createSnapshots({ ttl_ms: 1000, now_ms: () => now });
  const make = async (): Promise<string> => `read ${++made}`;
  const first = await Promise.all(Array.from({ length: 100 }, () => snapshots.get('a', make)));
  assert.deepEqual(new Set(first), new Set(['read 1']));
  now = 999;
  assert.equal(await snapshots.get('a', make), 'read 1');
  assert.equal(await snapshots.get('b', make), 'read 2');
  now = 1000;
  assert.equal(await snapshots.get('a', make), 'read 3');
});

test('a failed read is not kept, and addresses made up by a reader do not fill the memory', async () => {
  const snapshots = createSnapshots({ ttl_ms: 1000, entries_max: 10, now_ms: () => 0 });
  await assert.rejects(snapshots.get('a', () => Promise.reject(new Error('down'))));
  assert.equal(await snapshots.get('a', async () => 'up'), 'up');
  for (let n = 0; n < 1000; n++) await snapshots.get(String(n), async () => 'x');
  // The oldest had to go, so it is read again.
  assert.equal(await snapshots.get('a', async () => 'again'), 'again');
});

test('with a lifetime of nothing every read is made', async () => {
  const snapshots = createSnapshots({ ttl_ms: 0 });
  assert.equal(await snapshots.get('a', async () => '1'), '1');
  assert.equal(await snapshots.get('a', async () => '2'), '2');
});
