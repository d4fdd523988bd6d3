import assert from 'node:assert/strict';
import { test } from 'node:test';

const lacking = ['at', 'toReversed', 'toSorted', 'findLast'] as const;

test('what an old browser lacks does what the standard says', async () => {
  for (const name of lacking) Reflect.deleteProperty(Array.prototype, name);
  Reflect.deleteProperty(String.prototype, 'at');
  Reflect.deleteProperty(Object, 'hasOwn');
  await import('./old-browsers.ts');
  const list = [3, 1, 2];
  assert.deepEqual([list.at(0), list.at(-1), list.at(3), 'abc'.at(-1)], [3, 2, undefined, 'c']);
  assert.deepEqual(
    [list.toReversed(), list.toSorted(), list.toSorted((a, b) => b - a), list],
    [
      [2, 1, 3],
      [1, 2, 3],
      [3, 2, 1],
      [3, 1, 2],
    ],
  );
  assert.equal(
    list.findLast((one) => one < 3),
    2,
  );
  assert.deepEqual([Object.hasOwn({ a: 1 }, 'a'), Object.hasOwn({}, 'toString')], [true, false]);
  assert.deepEqual(Object.keys(list), ['0', '1', '2'], 'nothing is listed that was not');
});
