import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  chance,
  chiSquareTail,
  hypergeometric,
  kolmogorovSmirnov,
  normalTwoSided,
  rankSum,
  spearman,
} from '../support/statistics.ts';

const near = (value: number, expected: number, by = 1e-6): void =>
  assert.ok(Math.abs(value - expected) < by, `${value} is not ${expected}`);

test('the tails are those of the tables', () => {
  near(chiSquareTail(24.321886, 7), 0.001);
  near(chiSquareTail(27.877165, 9), 0.001);
  near(chiSquareTail(3.841459, 1), 0.05);
  near(chiSquareTail(2, 2), Math.exp(-1));
  near(normalTwoSided(1.959964), 0.05);
  near(normalTwoSided(-3.290527), 0.001);
});

test('the Kolmogorov–Smirnov test knows an even grid, and its table at one per thousand', () => {
  const n = 10_000;
  const grid = Array.from({ length: n }, (_, i) => (i + 0.5) / n);
  near(kolmogorovSmirnov(grid).d, 0.5 / n);
  near(kolmogorovSmirnov(grid).p, 1);
  const d = 1.94947 / (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n));
  const moved = grid.map((x) => Math.max(0, x - (d - 0.5 / n)));
  near(kolmogorovSmirnov(moved).p, 0.001, 1e-5);
});

test('the laws of counts and of rank sums are those of counting by hand', () => {
  near(hypergeometric(5, 2, 2).mass[1] ?? 0, 6 / 10);
  // Two of four ranks: the sums 1, 2, 3, 3, 4, 5.
  const { mass, below } = rankSum(4, 2);
  [0, 1, 1, 2, 1, 1].forEach((ways, sum) => near(mass[sum] ?? 0, ways / 6));
  near(below[3] ?? 0, 2 / 6);
});

test('the correlation of ranks is 1, −1 and what the formula gives between', () => {
  near(spearman([0, 1, 2, 3]), 1);
  near(spearman([3, 2, 1, 0]), -1);
  near(spearman([1, 0, 2, 3]), 0.8);
});

test('the same name gives the same chance, another name another', () => {
  const numbers = (name: string) => Array.from({ length: 5 }, chance(name).unit);
  assert.deepEqual(numbers('a'), numbers('a'));
  assert.notDeepEqual(numbers('a'), numbers('b'));
});
