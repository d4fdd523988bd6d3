import { createHmac, hash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nodeHasher } from '../../src/platform/tlog/node-hasher.ts';
import { orderByKeys } from '../../src/release/sealed-draw/rank.ts';
import {
  allocationChunks,
  drawPool,
  drawSeed,
  jsonBytes,
  packPool,
  plainPrecedence,
  poolLineText,
  poolRoot,
  rankingChunks,
  sealOf,
  textLineChunks,
  type PackedDraw,
  type PackedPool,
} from '../../src/release/sealed-draw/index.ts';
import { BenchError, timed, type Case } from './section.ts';

const SESSIONS = 40;
const PLACES = 1000;
const WISHES_MAX = 4;
const ENTRIES_MAX = 4_000_000;
const MANIFEST_HASH = hash('sha256', 'bench manifest');
const RANDOMNESS = hash('sha256', 'bench round');

/**
 * A draw of so many entries (general class, weight 1, one to four wishes among 40 sessions, 1000 places)
 * from the pool lines as the database gives them, sorted texts, to the files of the bundle on disk: root,
 * seal, seed, reading the lines, tickets, order, allocation, writing. The baseline is as many bare hashes
 * of 36 bytes and one sort of as many 32-byte keys, before and after: their
 * mean counts, because what else the machine does falls on both.
 */
export function* benchDraw(args: string[]): Generator<Case> {
  const { values } = parseArgs({ args, options: { entries: { type: 'string' } } });
  const entries = Number(values.entries ?? 1_000_000);
  if (!Number.isInteger(entries) || entries < 1 || entries > ENTRIES_MAX)
    throw new BenchError(`--entries is a whole number from 1 to ${ENTRIES_MAX}.`, true);
  const texts = poolTexts(entries);
  const before = baseline(entries);
  const draw = wholeDraw(texts);
  const after = baseline(entries);
  const mean = (part: keyof typeof before): number => (before[part] + after[part]) / 2;
  const baselineS = mean('hash') + mean('sort');
  const strictS = mean('hash') + mean('packedSort');
  const peak = process.resourceUsage().maxRSS / 1024;
  const seconds = (value: number): string => `${value.toFixed(2)} s`;
  yield {
    figures: {
      entries,
      draw_s: rounded(draw.seconds),
      baseline_s: rounded(baselineS),
      rss_mib: Math.round(peak),
    },
    table: [
      ...draw.steps.map(([what, value]) => [`draw: ${what}`, seconds(value)] as const),
      ['draw', seconds(draw.seconds)],
      ['baseline: hashes', seconds(mean('hash'))],
      ['baseline: sort', seconds(mean('sort'))],
      ['baseline', seconds(baselineS)],
      ['draw / baseline', (draw.seconds / baselineS).toFixed(2)],
      ['draw / (hashes + the sort of the draw)', (draw.seconds / strictS).toFixed(2)],
      ['most memory at any time', `${Math.round(peak)} MiB`],
    ],
  };
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;

const sessionId = (number: number): string => `2026-12-01.clinic-${number % SESSIONS}`;

/** Line texts by entryId, like those that a draw reads from its table. */
function poolTexts(entries: number): string[] {
  const ids = Array.from({ length: entries }, (_, i) => hash('sha256', `bench entry ${i}`)).sort();
  return ids.map((e, i) => {
    const p = Array.from({ length: 1 + (i % WISHES_MAX) }, (_, wish) => sessionId(i + 7 * wish));
    // Through bytes: a text read from a database is one piece, not a chain of parts.
    return Buffer.from(poolLineText({ c: 0, e, p, w: 1 })).toString('latin1');
  });
}

function wholeDraw(texts: readonly string[]): { seconds: number; steps: [string, number][] } {
  const slots = Array.from({ length: PLACES }, (_, place) => sessionId(place));
  const places = { slots, precedence: plainPrecedence(slots), reserves: [] };
  const steps: [string, number][] = [];
  const step = <T>(what: string, work: () => T): T => {
    const { result, seconds } = timed(work);
    steps.push([what, seconds]);
    return result;
  };
  const folder = mkdtempSync(join(tmpdir(), 'bench-draw-'));
  try {
    const { result, seconds } = timed(() => {
      const root = step('root', () => poolRoot(texts, nodeHasher));
      const facts = { manifestHash: MANIFEST_HASH, root, entries: texts.length };
      const seal = sealOf(facts, nodeHasher);
      const seed = drawSeed(seal, RANDOMNESS, nodeHasher);
      const pool = step('read pool lines', () => packPool(texts));
      const drawn = step('tickets, order, places', () =>
        drawPool(pool, { seed, places }, nodeHasher),
      );
      step('write files', () => {
        writeFileSync(join(folder, 'manifest.json'), jsonBytes({ ...places, bench: true }));
        writeFileSync(join(folder, 'seal.json'), jsonBytes({ ...facts, seal }));
        writeFileSync(join(folder, 'beacon.json'), jsonBytes({ randomness: RANDOMNESS, seed }));
        writeChunks(join(folder, 'pool.jsonl'), textLineChunks(texts));
        writeChunks(join(folder, 'ranking.jsonl'), rankingChunks(pool, drawn));
        writeChunks(join(folder, 'allocation.jsonl'), allocationChunks(pool, drawn, slots));
      });
      return { pool, drawn, seed };
    });
    checkRanks(result);
    return { seconds, steps };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeChunks(path: string, chunks: Iterable<Uint8Array>): void {
  const file = openSync(path, 'w');
  try {
    for (const chunk of chunks)
      for (let at = 0; at < chunk.length;) at += writeSync(file, chunk, at);
  } finally {
    closeSync(file);
  }
}

/** A fast wrong draw is worth nothing: keys by the library's own HMAC, the order by comparison. */
function checkRanks(draw: { pool: PackedPool; drawn: PackedDraw; seed: string }): void {
  const { ids } = draw.pool;
  const { keys, order } = draw.drawn;
  const row = (of: Uint8Array, entry: number): Uint8Array =>
    of.subarray(32 * entry, 32 * entry + 32);
  const every = Math.ceil(order.length / 1000);
  order.forEach((entry, rank) => {
    if (rank > 0 && Buffer.compare(row(keys, order[rank - 1] as number), row(keys, entry)) >= 0)
      throw new BenchError(`Rank ${rank + 1} is out of order.`);
    if (rank % every !== 0) return;
    const mac = createHmac('sha256', Buffer.from(draw.seed, 'hex'));
    const key = mac
      .update(row(ids, entry))
      .update(Uint8Array.of(0, 0, 0, 1))
      .digest();
    if (!key.equals(row(keys, entry))) throw new BenchError(`Rank ${rank + 1} has a wrong key.`);
  });
}

/**
 * Seconds of so many bare hashes of 36 bytes, and of one sort of the keys they give: the texts that the
 * library returns, by the language's own order, which is six times faster than sorting buffers of 32 bytes.
 * `packedSort` is the product's own sort of the same keys, faster still.
 */
function baseline(entries: number): { hash: number; sort: number; packedSort: number } {
  const message = new Uint8Array(36);
  const counter = new DataView(message.buffer);
  const keys: string[] = [];
  const hashes = timed(() => {
    for (let i = 0; i < entries; i++) {
      counter.setUint32(0, i);
      keys.push(hash('sha256', message));
    }
  });
  const packed = Buffer.from(keys.join(''), 'hex');
  const sort = timed(() => keys.sort());
  const packedSort = timed(() => orderByKeys(packed, packed));
  return { hash: hashes.seconds, sort: sort.seconds, packedSort: packedSort.seconds };
}
