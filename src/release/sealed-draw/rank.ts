import {
  fromHex,
  nobleHasher,
  toHexRows,
  writeHex,
  type Hasher,
} from '../../platform/tlog/index.ts';
import { DrawError } from './errors.ts';
import type { RankingLine } from './types.ts';

const ID_BYTES = 32;
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
  return Array.from(order, (i) => ({
    e: (entries[i] as { e: string }).e,
    key: keyTexts[i] as string,
  }));
}

/** The entryIds (hex) as bytes, 32 an entry. */
export function packIds(entries: readonly { e: string }[]): Uint8Array {
  const ids = new Uint8Array(entries.length * ID_BYTES);
  entries.forEach(({ e }, i) => writeHex(e, ids, i * ID_BYTES));
  return ids;
}

/**
 * {@link rankEntries} over packed bytes: `ids` holds 32 bytes an entry. Returns the indexes in rank
 * order and every entry's key (32 bytes each, by index). DrawError 'ranking' for a weight below 1.
 */
export function rankIds(
  seed: Uint8Array,
  entries: { ids: Uint8Array; weights: readonly number[] },
  hasher: Hasher = nobleHasher,
): { order: Uint32Array; keys: Uint8Array } {
  const { ids, weights } = entries;
  const keys = new Uint8Array(weights.length * ID_BYTES);
  const ticketOf = hasher.hmac(seed);
  const message = new Uint8Array(ID_BYTES + 4);
  const counter = new DataView(message.buffer);
  const ticket = new Uint8Array(ID_BYTES);
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] ?? 0;
    if (!Number.isSafeInteger(weight) || weight < 1) {
      throw new DrawError('ranking', 'Every weight must be a whole number of at least 1.');
    }
    const start = i * ID_BYTES;
    for (let j = 0; j < ID_BYTES; j++) message[j] = ids[start + j] ?? 0;
    for (let k = 1; k <= weight; k++) {
      counter.setUint32(ID_BYTES, k);
      ticketOf(message, ticket);
      if (k > 1 && compareAt(ticket, 0, keys, start) >= 0) continue;
      for (let j = 0; j < ID_BYTES; j++) keys[start + j] = ticket[j] ?? 0;
    }
  }
  return { order: orderByKeys(keys, ids), keys };
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
  const prefixSpan = Math.min(2 ** 32, 2 ** DOUBLE_BITS / indexSpan);
  const packed = new Float64Array(count);
  const view = new DataView(keys.buffer, keys.byteOffset, keys.byteLength);
  for (let i = 0; i < count; i++) {
    const prefix = Math.floor((view.getUint32(i * ID_BYTES) / 2 ** 32) * prefixSpan);
    packed[i] = prefix * indexSpan + i;
  }
  packed.sort();
  const order = Uint32Array.from(packed, (value) => value % indexSpan);
  const before = (a: number, b: number): boolean => {
    const byKey = compareAt(keys, a * ID_BYTES, keys, b * ID_BYTES);
    return (byKey === 0 ? compareAt(ids, a * ID_BYTES, ids, b * ID_BYTES) : byKey) < 0;
  };
  for (let i = 1; i < count; i++) {
    const moving = order[i] ?? 0;
    let to = i;
    for (; to > 0 && before(moving, order[to - 1] ?? 0); to--) order[to] = order[to - 1] ?? 0;
    order[to] = moving;
  }
  return order;
}
