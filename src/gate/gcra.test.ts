import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../platform/random.ts';
import { createGcra } from './gcra.ts';
import { createUsedOnce } from './request-key-replays.ts';

const limit = () => createGcra({ per_second: 2, burst: 10, slots: 1024 }, seededRandom('limits'));

test('a key spends its burst at once, then waits for as long as it is told, and no longer', () => {
  const gcra = limit();
  for (let n = 0; n < 10; n++) assert.equal(gcra.take('a', 1, 1_000), 0);
  const wait = gcra.take('a', 1, 1_000);
  assert.equal(wait, 500);
  assert.ok(gcra.take('a', 1, 1_499) > 0);
  assert.equal(gcra.take('a', 1, 1_500), 0);
  assert.equal(gcra.take('b', 10, 1_500), 0);
});

test('a dear request costs as much as its weight, and one dearer than all is still possible', () => {
  const gcra = limit();
  assert.equal(gcra.take('a', 8, 0), 0);
  assert.ok(gcra.take('a', 8, 0) > 0);
  assert.equal(gcra.take('a', 2, 0), 0);
  assert.equal(gcra.take('b', 100, 0), 0);
});

test('millions of keys take no more memory, and a key that is active stays limited', () => {
  const gcra = createGcra({ per_second: 2, burst: 10, slots: 2 ** 14 }, seededRandom('many'));
  const before = gcra.bytes();
  let let_through = 0;
  for (let n = 0; n < 2_000_000; n++) {
    gcra.take(`key ${n}`, 1, 0);
    if (n % 100 === 0 && gcra.take('busy', 1, 0) === 0) let_through++;
  }
  assert.equal(gcra.bytes(), before);
  assert.equal(let_through, 10);
});

const proof = (n: number): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(0, Math.imul(n, 2654435761));
  new DataView(bytes.buffer).setUint32(4, Math.imul(n, 1597334677));
  return bytes;
};

test('what was used once is known for as long as it could be believed, in bounded memory', () => {
  const used = createUsedOnce({ keep_ms: 600_000, slots: 1024 });
  const bytes = used.bytes();
  assert.equal(used.use(proof(1), 7, 1_000_000), 'fresh');
  assert.equal(used.use(proof(1), 7, 1_000_000), 'same');
  assert.equal(used.use(proof(1), 8, 1_599_000), 'replayed');
  assert.equal(used.use(proof(2), 1, 1_700_000), 'fresh');
  assert.equal(used.use(proof(1), 8, 1_700_000), 'replayed');
  for (let n = 3; n < 5_000; n++) used.use(proof(n), 1, 1_700_000);
  assert.equal(used.bytes(), bytes);
});
