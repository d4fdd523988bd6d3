import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex, utf8 } from '../../platform/tlog/index.ts';
import { nodeHasher } from '../../platform/tlog/node-hasher.ts';
import {
  allocateReturn,
  DrawError,
  laterDelay,
  manifestHash,
  rankEntries,
  validateManifest,
  type Manifest,
} from './index.ts';
import { makeSyntheticDraw } from '../../../test/support/synthetic-draw.ts';
import { readTimestamp } from './timestamp.ts';

test('ranking a thousand entries is what a plain sort by key gives', () => {
  const entries = Array.from({ length: 1000 }, (_, i) => ({
    e: toHex(nodeHasher.sha256(utf8(`e${i}`))),
    w: 1 + (i % 3),
  }));
  const ranking = rankEntries('ab'.repeat(32), entries, nodeHasher);
  const sorted = [...ranking].sort((a, b) => (a.key < b.key ? -1 : 1));
  assert.deepEqual(ranking, sorted);
  assert.throws(() => rankEntries('ab'.repeat(32), [{ e: '00'.repeat(32), w: 0 }]), DrawError);
});

test('returned places go lowest first, past the excluded', () => {
  const line = (place: number, slot: string, x: string[] = []) => ({
    place,
    slot,
    why: 'cancel' as const,
    x,
  });
  const lines = [line(4, 'A'), line(1, 'A', ['a']), line(2, 'B', ['b'])];
  const applicants = [
    { e: 'a', p: ['A'] },
    { e: 'b', p: ['B', 'A'] },
    { e: 'c', p: ['B'] },
    { e: 'd', p: ['A'] },
  ];
  assert.deepEqual(
    allocateReturn(applicants, lines).map(({ place }) => place),
    [4, 1, 2, null],
  );
});

test('an unwanted place waits one to `later` returns', () => {
  const delays = new Set(
    Array.from({ length: 200 }, (_, place) =>
      laterDelay({ seed: 'cd'.repeat(32), place, later: 3 }),
    ),
  );
  assert.deepEqual([...delays].sort(), [1, 2, 3]);
  assert.equal(laterDelay({ seed: 'cd'.repeat(32), place: 5, later: 1 }), 1);
});

test('a manifest that breaks any rule is refused with a sentence', () => {
  const { manifest } = makeSyntheticDraw({
    kind: 'city',
    reserves: true,
    weights: true,
    entries: 0,
  }).parts;
  assert.deepEqual(validateManifest(structuredClone(manifest)), manifest);
  assert.match(manifestHash(manifest), /^[0-9a-f]{64}$/);
  const beacon = manifest.beacon as Manifest['beacon'] & { round: number; period: number };
  const bad: Record<string, object> = {
    'offset below 600': { beacon: { ...beacon, offset: 599 } },
    'margin below 300': { beacon: { ...beacon, margin: 299 } },
    'wrong round': { beacon: { ...beacon, round: beacon.round + 1 } },
    'wrong chain': { beacon: { ...beacon, period: 4 } },
    'drand not pinned': { beacon: { ...beacon, kind: 'drand' } },
    'dice with a round': { beacon: { ...beacon, chain: 'dice', kind: 'dice' } },
    'unknown field': { extra: 1 },
    'short window': { open: manifest.close - 1700 },
    'confirm under three hours': { confirm_s: 10_799 },
    'prev of number 1': { prev: 'aa'.repeat(32) },
    'number without prev': { number: 2 },
    'bad id': { draw: 'a b' },
    'no classes': { classes: [] },
    'first class': { classes: [{ id: 'far', weight_max: 1 }] },
    'weight 9': {
      classes: [
        { id: 'general', weight_max: 9 },
        { id: 'far-away', weight_max: 1 },
      ],
    },
    'precedence short': { precedence: manifest.precedence.slice(1) },
    'precedence twice': { precedence: manifest.precedence.map(() => 0) },
    'reserve of nowhere': { reserves: [{ c: 1, place: 99 }] },
    'reserve of no class': { reserves: [{ c: 7, place: 0 }] },
    'reserved twice': {
      reserves: [
        { c: 1, place: 0 },
        { c: 0, place: 0 },
      ],
    },
    'no slots': { slots: [], precedence: [], reserves: [] },
    'returns backwards': {
      returns: { ...manifest.returns, closes: [...manifest.returns.closes].reverse() },
    },
    'later 0': { returns: { ...manifest.returns, later: 0 } },
    'return offset': { returns: { ...manifest.returns, offset: 20 } },
    'too few witnesses': { witnesses_min: 3 },
    'bad witness': { witnesses: ['x'], witnesses_min: 1 },
    'witness twice': { witnesses: manifest.witnesses.map(() => manifest.witnesses[0]) },
    'seal before close': { sealBy: manifest.close - 1 },
  };
  for (const [what, change] of Object.entries(bad)) {
    assert.throws(() => validateManifest({ ...manifest, ...change }), DrawError, what);
  }
  for (const field of Object.keys(manifest)) {
    const { [field as keyof Manifest]: _, ...rest } = manifest;
    assert.throws(() => validateManifest(rest), DrawError, field);
  }
});

test('an RFC 3161 token tells what it stamps and when', () => {
  const der = (tag: number, ...parts: Uint8Array[]): Uint8Array => {
    const body = parts.flatMap((part) => [...part]);
    const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255];
    return Uint8Array.from([tag, ...length, ...body]);
  };
  const imprint = nodeHasher.sha256(utf8('leaf'));
  const int = der(2, Uint8Array.of(1));
  const oid = der(6, Uint8Array.of(42, 3));
  const hashed = der(0x30, der(0x30, oid), der(4, imprint));
  const info = der(0x30, int, oid, hashed, int, der(0x18, utf8('20260102030405Z')));
  const content = der(0x30, oid, der(0xa0, der(4, info)));
  const token = der(0x30, oid, der(0xa0, der(0x30, int, der(0x31), content)));
  assert.deepEqual(readTimestamp(token), { imprint, time: Date.UTC(2026, 0, 2, 3, 4, 5) / 1000 });
  assert.throws(() => readTimestamp(token.slice(0, -1)), TypeError);
  assert.throws(() => readTimestamp(info), TypeError);
});
