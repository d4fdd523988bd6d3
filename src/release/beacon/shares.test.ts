import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { seededRandom } from '../../platform/random.ts';
import { QUICKNET, randomnessOf, signRound, verifyRound } from '../sealed-draw/index.ts';
import { fromHex } from '../../platform/tlog/index.ts';
import { parseGroup, parseShare } from './group.ts';
import type { Group, Share } from './group-file.ts';
import { combine, deal, type Partial } from './shares.ts';

const rounds = JSON.parse(
  readFileSync(new URL('../../../test/fixtures/quicknet-rounds.json', import.meta.url), 'utf8'),
) as { rounds: { round: number; signature: string; randomness?: string }[] };

function dealt(threshold: number, holders: number): { group: Group; shares: Share[] } {
  const names = Array.from({ length: holders }, (_, n) => `holder ${n + 1}`);
  return deal(
    { threshold, names, genesis: 1_700_000_000, period: 30 },
    seededRandom(`deal ${threshold} of ${holders}`),
  );
}

const partials = (shares: readonly Share[], round: number): Partial[] =>
  shares.map(({ index, secret }) => ({ index, signature: signRound(fromHex(secret), round) }));

/** Every choice of `size` of the items, in order. */
function choices<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, at) =>
    choices(items.slice(at + 1), size - 1).map((rest) => [item, ...rest]),
  );
}

for (const [threshold, holders] of [
  [2, 3],
  [3, 5],
] as const)
  test(`any ${threshold} of ${holders} holders give one and the same signature, ${threshold - 1} give none`, () => {
    const { group, shares } = dealt(threshold, holders);
    const all = partials(shares, 77);
    const given = choices(all, threshold).map((some) => combine(group, 77, some.toReversed()));
    assert.equal(given.length, threshold === 2 ? 3 : 10);
    assert.equal(new Set(given).size, 1);
    const [signature = ''] = given;
    assert.match(signature, /^[0-9a-f]{96}$/);
    assert.ok(verifyRound(group.publicKey, 77, signature));
    assert.equal(combine(group, 77, all), signature, 'more than enough give the same');
    for (const few of choices(all, threshold - 1)) {
      assert.equal(combine(group, 77, few), undefined);
      assert.equal(combine(group, 77, [...few, ...few]), undefined, 'a holder counts once');
    }
  });

test('a part of another round, another holder or another key is left out', () => {
  const { group, shares } = dealt(2, 3);
  const [first, second, third] = partials(shares, 9) as [Partial, Partial, Partial];
  const wrong = [
    { ...second, index: 3 },
    { ...second, index: 9 },
    ...partials(shares.slice(1, 2), 10),
    { index: 2, signature: 'c0'.padEnd(96, '0') },
    { index: 2, signature: 'not hex' },
  ];
  for (const bad of wrong) {
    assert.equal(combine(group, 9, [first, bad]), undefined);
    assert.equal(combine(group, 9, [bad, first, third]), combine(group, 9, [first, third]));
  }
});

test('a ceremony refuses a threshold of one, and more holders needed than there are', () => {
  assert.throws(() => dealt(1, 3), /at least 2/);
  assert.throws(() => dealt(4, 3), /from 4/);
});

test('two ceremonies never share a secret, and nothing secret stands in the group file', () => {
  const names = ['a', 'b'];
  const source = seededRandom('one source');
  const facts = { threshold: 2, names, genesis: 1, period: 3 };
  const one = deal(facts, source);
  const other = deal(facts, source);
  assert.notEqual(one.group.publicKey, other.group.publicKey);
  for (const { secret } of one.shares) assert.ok(!JSON.stringify(one.group).includes(secret));
});

test('a holder finds out that a share does not fit what the dealer published', () => {
  const { group, shares } = dealt(3, 5);
  const [first, second] = shares as [Share, Share];
  for (const share of shares) assert.deepEqual(parseShare(share, group), share);
  const wrong = { ...first, secret: second.secret };
  assert.throws(() => parseShare(wrong, group), /share is wrong.*holder 1/);
  assert.throws(() => parseShare({ ...first, secret: '0'.repeat(64) }, group), /share is wrong/);
  assert.throws(() => parseShare({ ...first, index: 6 }, group), /no holder number 6/);
  assert.throws(() => parseShare({ ...first, chain: 'ab'.repeat(32) }, group), /of the beacon/);
});

test('a group file that was changed anywhere is refused', () => {
  const { group } = dealt(2, 3);
  assert.deepEqual(parseGroup(structuredClone(group)), group);
  const other = deal(
    { threshold: 2, names: ['x', 'y', 'z'], genesis: 1, period: 3 },
    seededRandom('another'),
  ).group;
  const [one, two, three] = group.holders as [
    Group['holders'][0],
    Group['holders'][0],
    Group['holders'][0],
  ];
  const changes: [Changed<Group>, RegExp][] = [
    [{ genesis: group.genesis + 30 }, /chain is not the hash/],
    [{ period: 3 }, /chain is not the hash/],
    [{ publicKey: other.publicKey }, /not the one committed to/],
    [{ threshold: 3 }, /one commitment for each/],
    [{ commitments: [group.publicKey, other.publicKey] }, /does not fit the commitments/],
    [{ holders: [one, three] }, /numbered from 1/],
    [{ holders: [one, { ...two, publicKey: three.publicKey }, three] }, /holder 2 does not fit/],
  ];
  for (const [change, said] of changes)
    assert.throws(() => parseGroup({ ...group, ...change }), said);
});

type Changed<T> = { [K in keyof T]?: T[K] };

test('recorded real rounds of drand quicknet verify, and only as themselves', () => {
  assert.equal(rounds.rounds.length, 5);
  for (const { round, signature, randomness } of rounds.rounds) {
    assert.ok(verifyRound(QUICKNET.publicKey, round, signature), `round ${round}`);
    assert.ok(!verifyRound(QUICKNET.publicKey, round + 1, signature));
    if (randomness !== undefined) assert.equal(randomnessOf(signature), randomness);
  }
});
