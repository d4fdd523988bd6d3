import {
  canonicalBytes,
  concatBytes,
  fromHex,
  leafHash,
  nobleHasher,
  rootOfTexts,
  toHex,
  u32be,
  utf8,
  type Hasher,
} from '../../platform/tlog/index.ts';
import { DrawError } from './errors.ts';
import { orderByKeys, packIds } from './rank.ts';
import type { PoolLine } from './types.ts';

const ENTRY_TAG = Uint8Array.of(0x10);

/** A person's tag in a group: HMAC-SHA-256(identity key, group ‖ document), 32 bytes. */
export function personTag(
  identityKey: Uint8Array,
  group: string,
  document: string,
  hasher: Hasher = nobleHasher,
): Uint8Array {
  return hasher.hmac(identityKey)(utf8(group + document));
}

/** The nonce a standing wish uses in a draw: HMAC-SHA-256(wish secret, manifest hash), 32 bytes. */
export function wishNonce(
  wishSecret: Uint8Array,
  manifestHash: string,
  hasher: Hasher = nobleHasher,
): Uint8Array {
  return hasher.hmac(wishSecret)(fromHex(manifestHash));
}

/** entryId (hex): SHA-256(0x10 ‖ manifestHash ‖ personTag ‖ nonce), tag and nonce of 32 bytes. */
export function entryId(
  entry: { manifestHash: string; personTag: Uint8Array; nonce: Uint8Array },
  hasher: Hasher = nobleHasher,
): string {
  if (entry.personTag.length !== 32 || entry.nonce.length !== 32) {
    throw new DrawError('pool', 'A person tag and a nonce have 32 bytes each.');
  }
  const parts = [ENTRY_TAG, fromHex(entry.manifestHash), entry.personTag, entry.nonce];
  return toHex(hasher.sha256(concatBytes(...parts)));
}

/** The canonical text of a pool line, without LF. */
export function poolLineText(line: PoolLine): string {
  // Written by hand because a million of them are: ids and hex need no escapes.
  return `{"c":${line.c},"e":"${line.e}","p":[${line.p.length ? `"${line.p.join('","')}"` : ''}],"w":${line.w}}`;
}

/** Leaf hash (hex) of a pool line: SHA-256(0x00 ‖ line), as a receipt names it. */
export function poolLeaf(line: PoolLine, hasher: Hasher = nobleHasher): string {
  return toHex(leafHash(utf8(poolLineText(line)), hasher));
}

/** The lines by entryId; DrawError 'pool' when an entryId occurs twice. */
export function sortPool(lines: readonly PoolLine[]): PoolLine[] {
  const ids = packIds(lines);
  const sorted = Array.from(orderByKeys(ids, ids), (i) => lines[i] as PoolLine);
  sorted.forEach((line, i) => {
    if (i > 0 && sorted[i - 1]?.e === line.e) {
      throw new DrawError('pool', `Entry ${line.e} is in the pool twice.`);
    }
  });
  return sorted;
}

/** Root (hex) over the texts of sorted pool lines; SHA-256 of nothing for an empty pool. */
export function poolRoot(texts: Iterable<string>, hasher: Hasher = nobleHasher): string {
  return toHex(rootOfTexts(texts, hasher));
}

/** The seal (hex): SHA-256("sealed-draw/v1/seal\0" ‖ manifestHash ‖ root ‖ u32be(n)). */
export function sealOf(
  parts: { manifestHash: string; root: string; entries: number },
  hasher: Hasher = nobleHasher,
): string {
  const tag = utf8('sealed-draw/v1/seal\0');
  const { manifestHash, root, entries } = parts;
  return toHex(
    hasher.sha256(concatBytes(tag, fromHex(manifestHash), fromHex(root), u32be(entries))),
  );
}

/** Counts of entries a class and weight, by class then weight; only those that occur. */
export function countEntries(lines: Iterable<PoolLine>): { c: number; n: number; w: number }[] {
  const counts = new Map<string, { c: number; n: number; w: number }>();
  for (const { c, w } of lines) {
    const key = `${c}/${w}`;
    const known = counts.get(key);
    if (known) known.n++;
    else counts.set(key, { c, n: 1, w });
  }
  return [...counts.values()].sort((a, b) => a.c - b.c || a.w - b.w);
}

/** The message the identity module signs for counts.json. */
export function countsMessage(counts: {
  counts: readonly { c: number; n: number; w: number }[];
  draw: string;
}): Uint8Array {
  const { counts: lines, draw } = counts;
  return concatBytes(utf8('sealed-draw/v1/counts\0'), canonicalBytes({ counts: lines, draw }));
}
