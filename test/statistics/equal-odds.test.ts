import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeHasher } from '../../src/platform/tlog/node-hasher.ts';
import { drawSeed, rankEntries } from '../../src/release/sealed-draw/index.ts';
import {
  GROUPS,
  groupPValues,
  reordered,
  simulateDraw,
  textHash,
  UNFAIR_ORDERS,
  type SimulatedDraw,
} from '../support/simulated-draws.ts';
import {
  ALPHA,
  chance,
  chiSquare,
  kolmogorovSmirnov,
  normalTwoSided,
  probability,
  spearman,
  tell,
} from '../support/statistics.ts';

const DRAWS = 10_000;
const NAME = 'equal odds, seeds of 2026';

const draws = Array.from({ length: DRAWS }, (_, n) => simulateDraw(NAME, n));
const controls = Object.entries(UNFAIR_ORDERS).map(([name, order]) => ({
  name,
  draws: draws.map((draw, n) => reordered(draw, order(draw, n))),
}));

const GROUP_NAMES = { early: '抢先登记的机器', old: '老人', grinders: '挑随机数的人' };

test('over 10,000 draws the p-values of every group are uniform', (t) => {
  for (const group of GROUPS)
    for (const kind of ['wins', 'ranks'] as const) {
      const { d, p } = kolmogorovSmirnov(draws.map((draw) => groupPValues(draw, group)[kind]));
      const what = kind === 'wins' ? '派到的人数' : '名次之和';
      tell(t, `${GROUP_NAMES[group]}：${what}`, d.toFixed(4), probability(p));
      assert.ok(p > ALPHA, `${group}, ${kind}: D = ${d}, p = ${p}`);
    }
});

test('the uniformity test rejects orders that favour those who came first', (t) => {
  for (const { name, draws } of controls)
    for (const kind of ['wins', 'ranks'] as const) {
      const { d, p } = kolmogorovSmirnov(draws.map((draw) => groupPValues(draw, 'early')[kind]));
      t.diagnostic(`${name}, ${kind}: D = ${d.toFixed(4)}, p = ${probability(p)}`);
      if (kind === 'ranks') tell(t, CONTROL_NAMES[name] ?? name, d.toFixed(4), probability(p));
      assert.ok(p < ALPHA, `${name} passes by its ${kind}: D = ${d}, p = ${p}`);
    }
});

const CONTROL_NAMES: Record<string, string> = {
  'by arrival': '对照：按登记先后',
  'byte modulo m': '对照：一个字节取余 m 抽号',
  'short tickets': '对照：一字节号码，相同者先到先得',
};

/** Mean Spearman correlation of arrival and rank, and the z of its sum (variance 1 / (n − 1) a draw). */
function arrivalCorrelation(all: readonly SimulatedDraw[]): { mean: number; z: number; p: number } {
  let sum = 0;
  let total = 0;
  for (const { order } of all) {
    const rho = spearman(order);
    sum += rho;
    total += rho * Math.sqrt(order.length - 1);
  }
  const z = total / Math.sqrt(all.length);
  return { mean: sum / all.length, z, p: normalTwoSided(z) };
}

test('the time of arrival and the rank are uncorrelated', (t) => {
  const { mean, z, p } = arrivalCorrelation(draws);
  tell(t, '封存派号', mean.toFixed(5), z.toFixed(2), probability(p));
  assert.ok(p > ALPHA, `z = ${z}`);
  for (const { name, draws } of controls) {
    const control = arrivalCorrelation(draws);
    const { mean, z, p } = control;
    tell(t, CONTROL_NAMES[name] ?? name, mean.toFixed(5), z.toFixed(2), probability(p));
    assert.ok(p < ALPHA, `${name} passes: z = ${z}`);
  }
});

test('the rank of an entry does not depend on the order in which the pool is given', () => {
  for (let n = 0; n < 200; n++) {
    const next = chance(`order of the pool ${n}`);
    const entries = Array.from({ length: 2 + next.below(80) }, (_, i) => ({
      e: textHash(`order of the pool ${n} ${i}`),
      w: 1 + next.below(8),
    }));
    const seed = textHash(`order of the pool, seed ${n}`);
    const ranking = rankEntries(seed, entries, nodeHasher);
    assert.deepEqual(rankEntries(seed, next.shuffled(entries), nodeHasher), ranking);
  }
});

/** How often each tenth of the people, by arrival, had the first rank. */
function firstByTenth(all: readonly SimulatedDraw[]): number[] {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const { order } of all) {
    const tenth = Math.floor(((order[0] ?? 0) * 10) / order.length);
    counts[tenth] = (counts[tenth] ?? 0) + 1;
  }
  return counts;
}

test('each tenth of those who registered is first equally often', (t) => {
  const even = Array.from({ length: 10 }, () => 0.1);
  const { x2, freedom, p } = chiSquare(firstByTenth(draws), even);
  tell(t, '封存派号：先后十等分', `${x2.toFixed(2)} (${freedom})`, probability(p));
  assert.ok(p > ALPHA, `X² = ${x2}`);
  for (const { name, draws } of controls) {
    const { x2, freedom, p } = chiSquare(firstByTenth(draws), even);
    const figures = [`${x2.toFixed(2)} (${freedom})`, probability(p)];
    if (name === 'byte modulo m') tell(t, `${CONTROL_NAMES[name]}，先后十等分`, ...figures);
    else t.diagnostic(`${name}: ${figures.join(', p = ')}`);
    assert.ok(p < ALPHA, `${name} passes: X² = ${x2}`);
  }
});

/** Ranks of weighted entries, 10,000 times: indexes into `weights` in rank order. */
function weightedOrders(name: string, weights: readonly number[]): number[][] {
  return Array.from({ length: DRAWS }, (_, n) => {
    const entries = weights.map((w, i) => ({ e: textHash(`${name} ${n} ${i}`), w }));
    const seed = drawSeed(textHash(`${name} seal ${n}`), textHash(`${name} round ${n}`));
    const index = new Map(entries.map(({ e }, i) => [e, i]));
    return rankEntries(seed, entries, nodeHasher).map(({ e }) => index.get(e) ?? -1);
  });
}

function firsts(orders: readonly number[][], count: number): number[] {
  const counts = Array.from({ length: count }, () => 0);
  for (const [first = -1] of orders) counts[first] = (counts[first] ?? 0) + 1;
  return counts;
}

test('an entry of weight w is first with probability w / Σw', (t) => {
  const weights = [1, 2, 3, 4, 5, 6, 7, 8];
  const shares = weights.map((w) => w / 36);
  const counts = firsts(weightedOrders('weights', weights), weights.length);
  const { x2, freedom, p } = chiSquare(counts, shares);
  tell(t, '权重 1…8 的首位', `${x2.toFixed(2)} (${freedom})`, probability(p));
  weights.forEach((w, i) => t.diagnostic(`w = ${w}: ${counts[i]} of ${DRAWS}`));
  assert.ok(p > ALPHA, `X² = ${x2}: ${counts.join()}`);
  const ignored = firsts(
    weightedOrders(
      'weights',
      weights.map(() => 1),
    ),
    weights.length,
  );
  const control = chiSquare(ignored, shares);
  tell(t, '对照：不看权重', `${control.x2.toFixed(2)} (7)`, probability(control.p));
  assert.ok(control.p < ALPHA, 'weights ignored pass');
});

test('with weights the whole order is drawn pick by pick from those left', (t) => {
  const weights = [1, 2, 4, 8];
  const law = new Map<string, number>();
  const extend = (order: number[], share: number): void => {
    const left = weights
      .keys()
      .filter((i) => !order.includes(i))
      .toArray();
    const sum = left.reduce((total, i) => total + (weights[i] ?? 0), 0);
    if (left.length === 0) law.set(order.join(), share);
    for (const i of left) extend([...order, i], (share * (weights[i] ?? 0)) / sum);
  };
  extend([], 1);
  const test = (orders: readonly number[][]) => {
    const counts = new Map([...law.keys()].map((key) => [key, 0]));
    for (const order of orders) counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1);
    return chiSquare([...counts.values()], [...law.values()]);
  };
  const orders = weightedOrders('picks', weights);
  const { x2, freedom, p } = test(orders);
  tell(t, '权重 1、2、4、8 的 24 种次序', `${x2.toFixed(2)} (${freedom})`, probability(p));
  assert.ok(p > ALPHA, `X² = ${x2}`);
  // A fair first pick is not enough: here those after the first follow at even odds.
  const next = chance('even after the first');
  const half = orders.map(([first = 0, ...rest]) => [first, ...next.shuffled(rest)]);
  const control = test(half);
  tell(t, '对照：只有首位看权重', `${control.x2.toFixed(2)} (23)`, probability(control.p));
  assert.ok(control.p < ALPHA, 'an order that forgets weights after the first pick passes');
});
