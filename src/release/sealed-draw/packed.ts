import {
  fromHex,
  hexWriter,
  nobleHasher,
  readHexText,
  utf8,
  type Hasher,
} from '../../platform/tlog/index.ts';
import { allocate, placesBySession, type Places } from './allocate.ts';
import { DrawError } from './errors.ts';
import { CHUNK_BYTES, textLineChunks } from './files.ts';
import { rankIds } from './rank.ts';
import { say } from './sentence.ts';
import type { PoolLine } from './types.ts';

// A draw over columns instead of an object an entry, for pools of a million: making and collecting objects
// would cost more than the hashing. The results are those of rankEntries and allocate, byte for byte.

/** A pool as its line texts, with the columns that ranking needs; row i is entry i. */
export type PackedPool = {
  texts: readonly string[];
  /** entryIds, 32 bytes each. */
  ids: Uint8Array;
  weights: Float64Array;
};

/** Entries by rank, every entry's key (32 bytes each, by entry) and the place by rank (−1: none). */
export type PackedDraw = { order: Uint32Array; keys: Uint8Array; placed: Int32Array };

const ID_BYTES = 32;
const HEX_LENGTH = 2 * ID_BYTES;
const NO_PLACE = -1;
const CLASS_AT = 5;
const ID_MARK = utf8(',"e":"');
const WEIGHT_MARK = utf8('],"w":');
const [LINE_FEED, BRACE, ZERO] = [0x0a, 0x7d, 0x30];

/** Reads pool lines as `poolLineText` writes them; DrawError 'pool' where no id or weight is found. */
export function packPool(texts: readonly string[]): PackedPool {
  const ids = new Uint8Array(texts.length * ID_BYTES);
  const weights = new Float64Array(texts.length);
  let entry = 0;
  // As bytes: reading characters out of a million texts one by one takes several times as long.
  for (const bytes of textLineChunks(texts)) {
    for (let start = 0; start < bytes.length; entry++) {
      const end = start + (texts[entry] as string).length;
      let at = start + CLASS_AT;
      while (isDigit(bytes[at])) at++;
      const id = at + ID_MARK.length;
      const weight = bytes[end] === LINE_FEED ? readWeight(bytes, end) : 0;
      if (weight < 1 || !standsAt(ID_MARK, bytes, at)) throw misread(entry);
      if (!readHexText({ text: bytes, from: id, count: ID_BYTES }, ids, entry * ID_BYTES))
        throw misread(entry);
      weights[entry] = weight;
      start = end + 1;
    }
  }
  return { texts, ids, weights };
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

function standsAt(mark: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < mark.length; i++) if (bytes[at + i] !== mark[i]) return false;
  return true;
}

/** The weight of the line that ends before `end`; 0 if there is none. */
function readWeight(bytes: Uint8Array, end: number): number {
  let at = end - 1;
  while (isDigit(bytes[at - 1])) at--;
  if (bytes[end - 1] !== BRACE || !standsAt(WEIGHT_MARK, bytes, at - WEIGHT_MARK.length)) return 0;
  let weight = 0;
  for (; at < end - 1; at++) weight = weight * 10 + (bytes[at] as number) - ZERO;
  return weight;
}

function misread(entry: number): DrawError {
  const line = entry + 1;
  const en = `Pool line ${line} is not written as the rules say.`;
  return new DrawError('pool', say(`登记池第 ${line} 行的写法不合规则。`, en));
}

/** Ranks a pool by the seed (hex) and allocates the places: rankEntries and allocate in one. */
export function drawPool(
  pool: PackedPool,
  draw: { seed: string; places: Places },
  hasher: Hasher = nobleHasher,
): PackedDraw {
  const { order, keys } = rankIds(fromHex(draw.seed), pool, hasher);
  const placed =
    draw.places.reserves.length === 0
      ? placeInOrder(pool, order, draw.places)
      : placeWithReserves(pool, order, draw.places);
  return { order, keys, placed };
}

function lineOf(pool: PackedPool, entry: number): PoolLine {
  return JSON.parse(pool.texts[entry] as string) as PoolLine;
}

function placeInOrder(pool: PackedPool, order: Uint32Array, places: Places): Int32Array {
  const placed = new Int32Array(order.length).fill(NO_PLACE);
  const free = new Map(
    Array.from(placesBySession(places), ([session, own]) => [session, own.reverse()]),
  );
  // Once everything is given out nobody's wishes matter, which spares reading nearly all lines.
  for (let rank = 0; rank < order.length && free.size > 0; rank++) {
    const session = lineOf(pool, order[rank] as number).p.find((wish) => free.has(wish));
    if (session === undefined) continue;
    const own = free.get(session) ?? [];
    placed[rank] = own.pop()?.place ?? NO_PLACE;
    if (own.length === 0) free.delete(session);
  }
  return placed;
}

function placeWithReserves(pool: PackedPool, order: Uint32Array, places: Places): Int32Array {
  const applicants = Array.from(order, (entry) => lineOf(pool, entry));
  return Int32Array.from(allocate(applicants, places), ({ place }) => place ?? NO_PLACE);
}

/** ranking.jsonl of a draw, piece by piece; a chunk is valid until the next one is asked for. */
export function* rankingChunks(pool: PackedPool, draw: PackedDraw): Generator<Uint8Array> {
  const blank = '0'.repeat(HEX_LENGTH);
  const line = utf8(`{"e":"${blank}","key":"${blank}"}\n`);
  const [idAt, keyAt] = [6, 6 + HEX_LENGTH + 9];
  const linesMax = Math.min(draw.order.length, Math.floor(CHUNK_BYTES / line.length));
  // Only the hex differs from line to line.
  const chunk = new Uint8Array(linesMax * line.length);
  for (let at = 0; at < chunk.length; at += line.length) chunk.set(line, at);
  const writeHex = hexWriter(chunk);
  let used = 0;
  for (const entry of draw.order) {
    writeHex({ bytes: pool.ids, from: entry * ID_BYTES, count: ID_BYTES }, used + idAt);
    writeHex({ bytes: draw.keys, from: entry * ID_BYTES, count: ID_BYTES }, used + keyAt);
    used += line.length;
    if (used < chunk.length) continue;
    yield chunk;
    used = 0;
  }
  if (used > 0) yield chunk.subarray(0, used);
}

/** allocation.jsonl of a draw, piece by piece; a chunk is valid until the next one is asked for. */
export function* allocationChunks(
  pool: PackedPool,
  draw: PackedDraw,
  slots: readonly string[],
): Generator<Uint8Array> {
  const start = utf8('{"e":"');
  const ends = slots.map((slot, place) => utf8(`","place":${place},"slot":"${slot}"}\n`));
  const noPlace = utf8('","place":null,"slot":null}\n');
  const longest = ends.reduce((most, { length }) => Math.max(most, length), noPlace.length);
  const lineMax = start.length + HEX_LENGTH + longest;
  const chunk = new Uint8Array(
    Math.max(lineMax, Math.min(CHUNK_BYTES, lineMax * draw.order.length)),
  );
  const writeHex = hexWriter(chunk);
  let used = 0;
  for (let rank = 0; rank < draw.order.length; rank++) {
    if (used + lineMax > chunk.length) {
      yield chunk.subarray(0, used);
      used = 0;
    }
    const from = (draw.order[rank] as number) * ID_BYTES;
    const end = ends[draw.placed[rank] as number] ?? noPlace;
    used = append(start, chunk, used);
    writeHex({ bytes: pool.ids, from, count: ID_BYTES }, used);
    used = append(end, chunk, used + HEX_LENGTH);
  }
  if (used > 0) yield chunk.subarray(0, used);
}

function append(bytes: Uint8Array, into: Uint8Array, at: number): number {
  // Shorter than what a native copy costs to start.
  for (let i = 0; i < bytes.length; i++) into[at + i] = bytes[i] as number;
  return at + bytes.length;
}
