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

test('what was spent at another server counts here, once, and is paid back in the same time', () => {
  const make = () => createGcra({ per_second: 2, burst: 100, slots: 1024 }, seededRandom('same'));
  const [here, there] = [make(), make()];
  for (let n = 0; n < 100; n++) assert.equal(here.take('a', 1, 1_000), 0);
  assert.equal(here.take('quiet', 4, 1_000), 0);
  const told = here.takeSpent();
  assert.deepEqual(told.map(({ units }) => units), [100]); // prettier-ignore
  assert.deepEqual(here.takeSpent(), []);
  assert.equal(there.take('a', 1, 2_000), 0);
  for (const spent of told) there.add(spent, 1_000);
  // A hundred units and one; what the second between them paid back is given up.
  assert.equal(there.take('a', 1, 2_000), 1_000);
  assert.equal(there.take('quiet', 100, 2_000), 0);
  assert.equal(there.take('a', 1, 3_000), 0);
});

test('however many keys spend, one telling is bounded and nothing untold is lost', () => {
  const gcra = createGcra({ per_second: 2, burst: 10, slots: 2 ** 16 }, seededRandom('told'));
  const told = new Set<number>();
  for (let n = 0; n < 6000; n++) gcra.take(`key ${n}`, 1, 0);
  const first = gcra.takeSpent();
  assert.ok(first.length <= 4096);
  for (let n = 6000; n-- > 0;) gcra.take(`key ${n}`, 1, 0);
  for (const spent of [...first, ...gcra.takeSpent(), ...gcra.takeSpent()]) told.add(spent.high);
  assert.ok(told.size > 5_990, `${told.size} keys told of`);
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
