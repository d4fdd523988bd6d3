import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { concatBytes, nobleHasher, readU32be, toHex, utf8 } from '../../platform/tlog/index.ts';
import { nodeHasher } from '../../platform/tlog/node-hasher.ts';
import {
  allocate,
  allocationChunks,
  buildBundle,
  DrawError,
  drawPool,
  linesBytes,
  packPool,
  poolLineText,
  rankEntries,
  rankingChunks,
  sortPool,
  textLinesBytes,
  type Places,
  type PoolLine,
} from './index.ts';
import { orderByKeys } from './rank.ts';
import { makeSyntheticDraw } from '../../../test/support/synthetic-draw.ts';

const SEED = 'c5'.repeat(32);

function randomPool(name: string, size: number, weightMax: number): PoolLine[] {
  let n = 0;
  const next = (limit: number): number =>
    readU32be(nodeHasher.sha256(utf8(`${name} ${n++}`))) % limit;
  const lines = Array.from({ length: size }, (_, i) => ({
    c: next(3) * next(8),
    e: toHex(nodeHasher.sha256(utf8(`${name} entry ${i}`))),
    p: ['s.1', 's.2', 's-3', 'X'].slice(next(3)).slice(0, 1 + next(3)),
    w: 1 + next(weightMax),
  }));
  return sortPool(lines);
}

/** D6 as the specification words it, with the library's own HMAC and a plain sort. */
function textbookRanking(pool: readonly PoolLine[]): { e: string; key: string }[] {
  const ranked = pool.map(({ e, w }) => {
    const tickets = Array.from({ length: w }, (_, k) => {
      const message = Buffer.alloc(36);
      message.write(e, 'hex');
      message.writeUInt32BE(k + 1, 32);
      return createHmac('sha256', Buffer.from(SEED, 'hex')).update(message).digest('hex');
    });
    return { e, key: tickets.sort()[0] as string };
  });
  return ranked.sort((a, b) => (a.key + a.e < b.key + b.e ? -1 : 1));
}

const slots = ['s.1', 's.2', 's.1', 's-3', 's.2', 's.1'];
const open: Places = { slots, precedence: [5, 3, 1, 0, 2, 4], reserves: [] };
const joined = (chunks: Iterable<Uint8Array>): string =>
  Array.from(chunks, (chunk) => Buffer.from(chunk).toString()).join('');

test('keys, order, places and files are the textbook ones on random pools, weights and reserves', () => {
  const sizes = [0, 1, 2, 3, 5, 64, 255, 256, 257, 1000];
  for (const [at, size] of sizes.entries()) {
    for (const weightMax of [1, 8]) {
      const pool = randomPool(`pool ${at}`, size, weightMax);
      const expected = textbookRanking(pool);
      assert.deepEqual(rankEntries(SEED, pool, nodeHasher), expected);
      assert.deepEqual(rankEntries(SEED, pool, nobleHasher), expected);
      const byId = new Map(pool.map((line) => [line.e, line]));
      const applicants = expected.map(({ e }) => byId.get(e) as PoolLine);
      const packed = packPool(pool.map(poolLineText));
      for (const reserves of [[], [{ c: 2, place: 0 }]]) {
        const places = { ...open, reserves };
        const drawn = drawPool(packed, { seed: SEED, places }, nodeHasher);
        const ranking = Buffer.from(linesBytes(expected)).toString();
        const allocation = Buffer.from(linesBytes(allocate(applicants, places))).toString();
        assert.equal(joined(rankingChunks(packed, drawn)), ranking);
        assert.equal(joined(allocationChunks(packed, drawn, slots)), allocation);
      }
    }
  }
});

test('a pool of many chunks is written whole', () => {
  const pool = randomPool('long', 300, 1);
  const texts = Array.from({ length: 120 }, () => pool.map(poolLineText)).flat();
  const packed = packPool(texts);
  assert.deepEqual(packed.ids.slice(-32), packPool(texts.slice(-1)).ids);
  const drawn = drawPool(packed, { seed: SEED, places: open }, nodeHasher);
  const lines = joined(rankingChunks(packed, drawn)).split('\n');
  assert.equal(lines.length, texts.length + 1);
  assert.equal(joined(allocationChunks(packed, drawn, slots)).split('\n').length, texts.length + 1);
  assert.equal(Buffer.from(textLinesBytes(texts)).toString(), `${texts.join('\n')}\n`);
});

test('equal keys go by entryId, also when their first bits alone are equal', () => {
  const row = (...bytes: number[]): Uint8Array =>
    Uint8Array.from({ length: 32 }, (_, i) => bytes[i] ?? 0);
  const keys = concatBytes(row(1, 2, 3, 4, 9), row(7), row(1, 2, 3, 4, 8), row(7), row(0), row(7));
  const ids = concatBytes(row(1), row(3), row(2), row(1), row(9), row(2));
  assert.deepEqual([...orderByKeys(keys, ids)], [4, 2, 0, 3, 5, 1]);
  assert.deepEqual([...orderByKeys(new Uint8Array(0), new Uint8Array(0))], []);
});

test('a line that is not a pool line is refused', () => {
  const good = `{"c":0,"e":"${'ab'.repeat(32)}","p":["A"],"w":1}`;
  assert.equal(packPool([good, good]).weights[1], 1);
  const bad = ['', 'x', '{}', good.replace('ab', 'AB'), good.replace('"w":1', '"w":0'), `${good} `];
  for (const text of [...bad, good.replace('"e"', '"f"'), good.slice(0, -1)]) {
    assert.throws(() => packPool([good, text]), DrawError, text);
  }
});

test('the bundle holds canonical lines whatever wrote them', () => {
  const { parts, files } = makeSyntheticDraw({ reserves: true, weights: true });
  assert.deepEqual(files.get('ranking.jsonl'), linesBytes(parts.ranking ?? []));
  assert.deepEqual(files.get('allocation.jsonl'), linesBytes(parts.allocation ?? []));
  assert.deepEqual(files.get('pool.jsonl'), linesBytes(parts.pool));
  const { ranking: _, allocation: __, ...early } = parts;
  assert.equal(buildBundle(early).has('ranking.jsonl'), false);
});
