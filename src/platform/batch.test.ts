import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createBatcher } from './batch.ts';

function violation(code: string): Error {
  const error = new pg.DatabaseError('violates', 8, 'error');
  error.code = code;
  return error;
}

test('requests that arrive together share one run and keep their order', async () => {
  const runs: number[][] = [];
  const batcher = createBatcher<number, number>({
    run: async (items) => {
      runs.push(items);
      return items.map((item) => item * 2);
    },
    size_max: 256,
    queue_max: 1000,
  });
  const answers = await Promise.all([1, 2, 3, 4].map((item) => batcher.submit(item)));
  assert.deepEqual(answers, [2, 4, 6, 8]);
  assert.deepEqual(runs, [[1, 2, 3, 4]]);
});

test('as many as begin in a turn are asked for at once, fewer at the end of the turn', async () => {
  const sent: number[] = [];
  const batcher = createBatcher<number, number>({
    run: async (items) => {
      sent.push(items.length);
      return items;
    },
    size_max: 256,
    queue_max: 1000,
    at_once: 64,
  });
  const first = Array.from({ length: 63 }, (_, item) => batcher.submit(item));
  assert.deepEqual(sent, []);
  const last = batcher.submit(63);
  assert.deepEqual(sent, [64], 'while the others of the rush are still being read');
  await Promise.all([...first, last]);
});

test('a batcher says when it serves a crowd, and when the crowd has gone', async () => {
  const batcher = createBatcher<number, number>({
    run: async (items) => items,
    size_max: 256,
    queue_max: 1000,
  });
  await Promise.all([1, 2, 3].map((item) => batcher.submit(item)));
  assert.equal(batcher.crowded(), false, 'three people are no crowd');
  await Promise.all(Array.from({ length: 40 }, (_, item) => batcher.submit(item)));
  assert.equal(batcher.crowded(), true);
  await new Promise((resolve) => setTimeout(resolve, 350));
  assert.equal(batcher.crowded(), false);
});

test('the next batch is on its way before those of the first are answered', async () => {
  const order: string[] = [];
  const batcher = createBatcher<number, number>({
    run: async (items) => {
      order.push(`run ${items.join(' ')}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return items;
    },
    size_max: 2,
    queue_max: 8,
  });
  const asked = [1, 2, 3, 4].map(async (item) => order.push(`told ${await batcher.submit(item)}`));
  await Promise.all(asked);
  assert.deepEqual(order, ['run 1 2', 'run 3 4', 'told 1', 'told 2', 'told 3', 'told 4']);
});

/** The batches when `first` come at once, `during` while they are served, and `then` just after. */
async function sizesOf(in_flight_max: number, first: number, during: number, then: number) {
  const sizes: number[] = [];
  const under_way = { now: 0, most: 0 };
  const asked: Promise<number>[] = [];
  const submit = (items: number) => {
    for (let n = 0; n < items; n++) asked.push(batcher.submit(n));
  };
  const batcher = createBatcher<number, number>({
    run: async (items) => {
      sizes.push(items.length);
      under_way.most = Math.max(under_way.most, ++under_way.now);
      if (sizes.length === 1) {
        submit(during);
        await sleep(20);
        setImmediate(() => submit(then));
      } else await sleep(1);
      under_way.now--;
      return items;
    },
    size_max: 256,
    queue_max: 1000,
    in_flight_max,
  });
  submit(first);
  await sleep(60);
  await Promise.all(asked);
  return { sizes, under_way: under_way.most };
}

test('in a crowd a few wait a moment for those on their way; without a crowd nobody waits', async () => {
  assert.deepEqual((await sizesOf(1, 40, 4, 30)).sizes, [40, 34]);
  assert.deepEqual(
    (await sizesOf(1, 40, 4, 0)).sizes,
    [40, 4],
    'when nobody comes they are served',
  );
  assert.deepEqual((await sizesOf(1, 8, 1, 6)).sizes, [8, 1, 6]);
});

test('a second batch goes after the first when it is as large, a small one waits', async () => {
  assert.deepEqual(await sizesOf(2, 40, 30, 0), { sizes: [40, 30], under_way: 2 });
  assert.deepEqual(await sizesOf(2, 40, 3, 0), { sizes: [40, 3], under_way: 1 });
});

test('one item at fault is refused alone, its neighbours succeed', async () => {
  const batcher = createBatcher<number, number>({
    run: async (items) => {
      if (items.includes(13)) throw violation('23505');
      return items;
    },
    size_max: 256,
    queue_max: 1000,
  });
  const results = await Promise.allSettled(
    Array.from({ length: 40 }, (_, item) => batcher.submit(item)),
  );
  assert.equal(results.filter((result) => result.status === 'rejected').length, 1);
  assert.equal(results[13]?.status, 'rejected');
});

test('a deadlock is retried whole, an unknown error fails the whole batch', async () => {
  let attempts = 0;
  const deadlocked = createBatcher<number, number>({
    run: async (items) => {
      if (attempts++ === 0) throw violation('40P01');
      return items;
    },
    size_max: 8,
    queue_max: 8,
  });
  assert.equal(await deadlocked.submit(5), 5);
  const broken = createBatcher<number, number>({
    run: () => Promise.reject(new Error('connection lost')),
    size_max: 8,
    queue_max: 8,
  });
  await assert.rejects(broken.submit(1), /connection lost/);
});

test('a full queue answers busy at once and loses nothing that was taken in', async () => {
  let open: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const batcher = createBatcher<number, number>({
    run: async (items) => {
      await gate;
      return items;
    },
    size_max: 2,
    queue_max: 3,
  });
  const first = [batcher.submit(1), batcher.submit(2)];
  await new Promise((resolve) => setImmediate(resolve));
  const waiting = [batcher.submit(3), batcher.submit(4), batcher.submit(5)];
  await assert.rejects(batcher.submit(6), (error: { kind?: { code: string; status: number } }) => {
    assert.equal(error.kind?.code, 'platform/busy');
    assert.equal(error.kind?.status, 503);
    return true;
  });
  open?.();
  assert.deepEqual(await Promise.all([...first, ...waiting]), [1, 2, 3, 4, 5]);
});
