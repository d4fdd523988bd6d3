import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fenOfYuan, yuanOfFen } from './money.ts';

test('any whole number of fen goes to yuan and back unchanged', () => {
  fc.assert(
    fc.property(fc.integer({ min: -99_999_999_999, max: 99_999_999_999 }), (fen) => {
      const yuan = yuanOfFen(fen);
      assert.match(yuan, /^-?\d+\.\d\d$/);
      assert.equal(fenOfYuan(yuan), fen);
    }),
  );
});

test('amounts are read as text: 0.29 is 29 fen, and what is not whole fen is refused', () => {
  assert.deepEqual(
    ['0.29', '15', '15.0', '-0.01', '-0.00', '1.15', '8.99'].map(fenOfYuan),
    [29, 1500, 1500, -1, 0, 115, 899],
  );
  for (const wrong of ['', '.5', '1.005', '1e3', '１５', '1,000.00', '--1', 'NaN', '0x10'])
    assert.throws(() => fenOfYuan(wrong), RangeError, wrong);
  for (const wrong of [0.5, Number.NaN, Infinity, 2 ** 53])
    assert.throws(() => yuanOfFen(wrong), RangeError);
  assert.deepEqual([0, 5, 1500, -29].map(yuanOfFen), ['0.00', '0.05', '15.00', '-0.29']);
});
