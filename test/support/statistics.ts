import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { projectFolder } from '../../src/platform/project.ts';
import { utf8 } from '../../src/platform/tlog/index.ts';
import { nodeHasher } from '../../src/platform/tlog/node-hasher.ts';

/** The level at which every test of the statistics rejects. */
export const ALPHA = 0.001;

/** Reproducible chance: the same name gives the same numbers on every machine. */
export type Chance = {
  /** A number in [0, 1) of 53 bits. */
  unit(): number;
  /** A whole number below `limit`. */
  below(limit: number): number;
  shuffled<T>(items: readonly T[]): T[];
  bytes(count: number): Uint8Array;
};

/** xoshiro128**, its state the SHA-256 of the name: a million numbers cost less than one draw's hashes. */
export function chance(name: string): Chance {
  const state = new DataView(nodeHasher.sha256(utf8(name)).buffer);
  let a = state.getInt32(0);
  let b = state.getInt32(4);
  let c = state.getInt32(8);
  let d = state.getInt32(12);
  const word = (): number => {
    const five = Math.imul(b, 5);
    const result = Math.imul((five << 7) | (five >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const unit = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53;
  const below = (limit: number): number => Math.floor(unit() * limit);
  return {
    unit,
    below,
    shuffled: (items) => {
      const rest = [...items];
      for (let i = rest.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [rest[i], rest[j]] = [rest[j] as never, rest[i] as never];
      }
      return rest;
    },
    bytes: (count) => {
      const words = new Uint32Array(Math.ceil(count / 4));
      for (let i = 0; i < words.length; i++) words[i] = word();
      return new Uint8Array(words.buffer, 0, count);
    },
  };
}

/** P(Γ(a) > x): series below the mean, continued fraction (Lentz) above it. */
function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const scale = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-15; n++) sum += term *= x / (a + n);
    return 1 - sum * scale;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let i = 1; i < 1000; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction * scale;
}

function logGamma(x: number): number {
  // Stirling's series, taken where it is exact to the last digits.
  let shift = 0;
  let at = x;
  for (; at < 20; at++) shift -= Math.log(at);
  const inverse = 1 / at;
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260 - inverse ** 7 / 1680;
  return shift + (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series;
}

/** P(χ² ≥ x) with `freedom` degrees. */
export const chiSquareTail = (x: number, freedom: number): number => upperGamma(freedom / 2, x / 2);

/** P(|Z| ≥ |z|) of a standard normal. */
export const normalTwoSided = (z: number): number => chiSquareTail(z * z, 1);

/** Pearson's test of counts against probabilities that sum to 1. */
export function chiSquare(
  counts: readonly number[],
  probabilities: readonly number[],
): { x2: number; freedom: number; p: number } {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const x2 = probabilities.reduce((sum, probability, i) => {
    const expected = total * probability;
    return sum + ((counts[i] ?? 0) - expected) ** 2 / expected;
  }, 0);
  const freedom = counts.length - 1;
  return { x2, freedom, p: chiSquareTail(x2, freedom) };
}

/** The Kolmogorov–Smirnov test of numbers in [0, 1] against the uniform law (Stephens' approximation). */
export function kolmogorovSmirnov(values: readonly number[]): { d: number; p: number } {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  const d = sorted.reduce((most, x, i) => Math.max(most, (i + 1) / n - x, x - i / n), 0);
  const lambda = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * d;
  let tail = 0;
  for (let j = 1; j <= 100; j++) tail += (j % 2 ? 2 : -2) * Math.exp(-2 * (j * lambda) ** 2);
  return { d, p: lambda < 0.2 ? 1 : Math.min(1, Math.max(0, tail)) };
}

/** A discrete law from its masses (any scale), by value 0, 1, …. */
export type DiscreteLaw = { below: Float64Array; mass: Float64Array };

function discreteLaw(masses: Float64Array): DiscreteLaw {
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  const mass = masses.map((one) => one / total);
  let sum = 0;
  const below = mass.map((one) => (sum += one) - one);
  return { below, mass };
}

/**
 * P(X < x) + u · P(X = x): with `u` uniform on [0, 1) this p-value is *exactly* uniform when x follows
 * the law, which a p-value of a discrete count otherwise is not.
 */
export const randomisedP = ({ below, mass }: DiscreteLaw, x: number, u: number): number =>
  (below[x] ?? Number.NaN) + u * (mass[x] ?? Number.NaN);

/** How many of `winners` drawn from `all` without replacement belong to a group of `group`. */
export function hypergeometric(all: number, group: number, winners: number): DiscreteLaw {
  const logChoose = (n: number, k: number): number =>
    k < 0 || k > n ? -Infinity : logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);
  return discreteLaw(
    Float64Array.from({ length: group + 1 }, (_, x) =>
      Math.exp(logChoose(group, x) + logChoose(all - group, winners - x) - logChoose(all, winners)),
    ),
  );
}

/** The sum of `group` ranks (0 … all−1) drawn without replacement: Wilcoxon's and Mann–Whitney's law. */
export function rankSum(all: number, group: number): DiscreteLaw {
  const sums = all * group;
  const ways = Array.from({ length: group + 1 }, () => new Float64Array(sums));
  (ways[0] as Float64Array)[0] = 1;
  for (let rank = 0; rank < all; rank++)
    for (let size = Math.min(group, rank + 1); size > 0; size--) {
      const [from, to] = [ways[size - 1] as Float64Array, ways[size] as Float64Array];
      for (let sum = sums - 1; sum >= rank; sum--)
        to[sum] = (to[sum] ?? 0) + (from[sum - rank] ?? 0);
    }
  return discreteLaw(ways[group] as Float64Array);
}

/** Spearman's correlation of a ranking with its indexes: `order[rank]` is the index that has the rank. */
export function spearman(order: ArrayLike<number>): number {
  const n = order.length;
  let squares = 0;
  for (let rank = 0; rank < n; rank++) squares += (rank - (order[rank] ?? 0)) ** 2;
  return 1 - (6 * squares) / (n * (n * n - 1));
}

/** Attempts with a bound on each one's probability: the share of hits against the bound + 2 SE. */
export class HitRate {
  attempts = 0;
  hits = 0;
  #expected = 0;
  #variance = 0;

  attempt(hit: boolean, bound: number): void {
    this.attempts++;
    if (hit) this.hits++;
    this.#expected += bound;
    this.#variance += bound * (1 - bound);
  }

  get share(): number {
    return this.hits / this.attempts;
  }

  get bound(): number {
    return this.#expected / this.attempts;
  }

  /** The bound and two standard errors of a share that had exactly the bound's probabilities. */
  get limit(): number {
    return this.bound + (2 * Math.sqrt(this.#variance)) / this.attempts;
  }
}

export const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

/** A probability to three digits; below a millionth only that it is. */
export const probability = (p: number): string => (p < 1e-6 ? '< 0.000001' : p.toPrecision(3));

const page = readFileSync(join(projectFolder, 'docs/fairness.md'), 'utf8').replaceAll(/ +/g, ' ');

/**
 * Tells a measured row and holds the page of figures to it: seeds are fixed, so a figure that changes
 * means that the draw has changed.
 */
export function tell(t: TestContext, ...cells: readonly string[]): void {
  const row = `| ${cells.join(' | ')} |`;
  t.diagnostic(row);
  assert.ok(page.includes(row), `docs/fairness.md lacks the row ${row}`);
}
