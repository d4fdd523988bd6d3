import {
  fromHex,
  nobleHasher,
  readHexText,
  ROW_STRIDE,
  ROWS_MAX,
  rowsMac,
  toHexRows,
  type Hasher,
} from '../../platform/tlog/index.ts';
import { DrawError } from './errors.ts';
import { say } from './sentence.ts';
import type { RankingLine } from './types.ts';

const ID_BYTES = 32;
const HEX_LENGTH = 2 * ID_BYTES;
const ID_WORDS = ID_BYTES / 4;
const DOUBLE_BITS = 53;

/**
 * Ranks entries: T(k) = HMAC-SHA-256(seed, entryId ‖ u32be(k)) for k = 1 … w, the lowest is the key;
 * ascending by key, equal keys by entryId. `seed` is hex. An entry is first with probability w / Σw.
 */
export function rankEntries(
  seed: string,
  entries: readonly { e: string; w: number }[],
  hasher: Hasher = nobleHasher,
): RankingLine[] {
  const ids = packIds(entries);
  const weights = entries.map(({ w }) => w);
  const { order, keys } = rankIds(fromHex(seed), { ids, weights }, hasher);
  const keyTexts = toHexRows(keys, ID_BYTES);
  const ranking: RankingLine[] = [];
  for (const i of order)
    ranking.push({ e: (entries[i] as { e: string }).e, key: keyTexts[i] as string });
  return ranking;
}

/** The entryIds (hex) as bytes, 32 an entry; DrawError 'pool' for one that is no such hex. */
export function packIds(entries: readonly { e: string }[]): Uint8Array {
  // Many at a time through bytes: reading characters out of parts of other texts takes far longer.
  const ids = new Uint8Array(entries.length * ID_BYTES);
  const encoder = new TextEncoder();
  const text = new Uint8Array(ROWS_MAX * HEX_LENGTH);
  for (let from = 0; from < entries.length; from += ROWS_MAX) {
    const part = entries.slice(from, from + ROWS_MAX);
    encoder.encodeInto(part.map(({ e }) => e).join(''), text);
    const range = { text, from: 0, count: part.length * ID_BYTES };
    const wellFormed = part.every(({ e }) => e.length === HEX_LENGTH);
    if (!wellFormed || !readHexText(range, ids, from * ID_BYTES)) {
      throw new DrawError(
        'pool',
        say('登记编号须为 64 位小写十六进制。', 'An entryId has 64 lower-case hex digits.'),
      );
    }
  }
  return ids;
}

/**
 * {@link rankEntries} over packed bytes: `ids` holds 32 bytes an entry. Returns the indexes in rank
 * order and every entry's key (32 bytes each, by index). DrawError 'ranking' for a weight below 1.
 */
export function rankIds(
  seed: Uint8Array,
  entries: { ids: Uint8Array; weights: ArrayLike<number> },
  hasher: Hasher = nobleHasher,
): { order: Uint32Array; keys: Uint8Array } {
  const { ids } = entries;
  const keys = lowestTickets(seed, entries, hasher);
  return { order: orderByKeys(keys, ids), keys };
}

/** Every entry's key, the lowest of its tickets. Tickets are made many at a time, in the order of entries. */
function lowestTickets(
  seed: Uint8Array,
  { ids, weights }: { ids: Uint8Array; weights: ArrayLike<number> },
  hasher: Hasher,
): Uint8Array {
  const facts = { key: seed, messageBytes: ID_BYTES + 4, total: weights.length };
  const mac = rowsMac(facts, hasher);
  const keys = new Uint8Array(weights.length * ID_BYTES);
  const [idWords, rowWords, keyWords] = [wordsOf(ids), wordsOf(mac.rows), wordsOf(keys)];
  const counters = new DataView(mac.rows.buffer, mac.rows.byteOffset, mac.rows.byteLength);
  const entryOf = new Uint32Array(ROWS_MAX);
  let count = 0;
  const settle = (): void => {
    const tickets = mac.run(count);
    const ticketWords = wordsOf(tickets);
    for (let i = 0; i < count; i++) {
      const entry = entryOf[i] as number;
      const first = counters.getUint32(i * ROW_STRIDE + ID_BYTES) === 1;
      if (first || compareAt(tickets, i * ID_BYTES, keys, entry * ID_BYTES) < 0)
        copyWords(ticketWords, i * ID_WORDS, keyWords, entry * ID_WORDS);
    }
    count = 0;
  };
  for (let entry = 0; entry < weights.length; entry++) {
    const weight = weights[entry] ?? 0;
    if (!Number.isSafeInteger(weight) || weight < 1) {
      throw new DrawError('ranking', 'Every weight must be a whole number of at least 1.');
    }
    for (let k = 1; k <= weight; k++) {
      copyWords(idWords, entry * ID_WORDS, rowWords, (count * ROW_STRIDE) / 4);
      counters.setUint32(count * ROW_STRIDE + ID_BYTES, k);
      entryOf[count++] = entry;
      if (count === ROWS_MAX) settle();
    }
  }
  settle();
  return keys;
}

/** The bytes as 32-bit words in the machine's order: good for copying only. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
}

function copyWords(from: Uint32Array, at: number, into: Uint32Array, to: number): void {
  for (let i = 0; i < ID_WORDS; i++) into[to + i] = from[at + i] as number;
}

function compareAt(a: Uint8Array, aStart: number, b: Uint8Array, bStart: number): number {
  for (let i = 0; i < ID_BYTES; i++) {
    const difference = (a[aStart + i] ?? 0) - (b[bStart + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Indexes of 32-byte keys in ascending order, equal keys by their ids (32 bytes each). */
export function orderByKeys(keys: Uint8Array, ids: Uint8Array): Uint32Array {
  // Packs the leading bits of a key and the index into one double, which a typed array sorts natively;
  // the few neighbours that share those bits are then put right by their full keys.
  const count = keys.length / ID_BYTES;
  const indexSpan = 2 ** Math.ceil(Math.log2(Math.max(count, 2)));
  const prefixBits = Math.min(32, DOUBLE_BITS - Math.log2(indexSpan));
  const packed = new Float64Array(count);
  const view = new DataView(keys.buffer, keys.byteOffset, keys.byteLength);
  for (let i = 0; i < count; i++) {
    packed[i] = (view.getUint32(i * ID_BYTES) >>> (32 - prefixBits)) * indexSpan + i;
  }
  packed.sort();
  const order = new Uint32Array(count);
  const byFullKey = (a: number, b: number): number =>
    compareAt(keys, a * ID_BYTES, keys, b * ID_BYTES) ||
    compareAt(ids, a * ID_BYTES, ids, b * ID_BYTES);
  let [shared, from] = [-1, 0];
  for (let i = 0; i <= count; i++) {
    const value = i < count ? (packed[i] as number) : Infinity;
    const prefix = Math.floor(value / indexSpan);
    if (i < count) order[i] = value - prefix * indexSpan;
    if (prefix === shared) continue;
    if (i - from > 1) order.subarray(from, i).sort(byFullKey);
    [shared, from] = [prefix, i];
  }
  return order;
}
