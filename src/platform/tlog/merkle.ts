import { concatBytes, equalBytes } from './bytes.ts';
import { nobleHasher, type Hasher } from './hasher.ts';

// Merkle tree of RFC 9162 section 2.1 (the same as RFC 6962) over SHA-256.

/** Leaves [from, to) of a tree, whose Merkle tree hash is one element of a proof. */
export type LeafRange = readonly [from: number, to: number];

/** Root of the tree without leaves: SHA-256 of nothing. */
export function emptyRoot(hasher: Hasher = nobleHasher): Uint8Array {
  return hasher.sha256(new Uint8Array(0));
}

/** Hash of a leaf: SHA-256(0x00 ‖ data). */
export function leafHash(data: Uint8Array, hasher: Hasher = nobleHasher): Uint8Array {
  const message = new Uint8Array(1 + data.length);
  message.set(data, 1);
  return hasher.sha256(message);
}

/** Hash of an inner node: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(
  left: Uint8Array,
  right: Uint8Array,
  hasher: Hasher = nobleHasher,
): Uint8Array {
  return hasher.sha256(concatBytes(Uint8Array.of(1), left, right));
}

/** A root computed leaf by leaf, holding one hash for each level only. */
export type RootBuilder = {
  /** Adds the hash of the next leaf (not its data). The bytes are copied. */
  push(hash: Uint8Array): void;
  /** Number of leaves so far. */
  size(): number;
  /** Root over the leaves so far; more may be added afterwards. */
  root(): Uint8Array;
};

/** Starts a streaming root: O(log n) memory, one node hash a leaf. */
export function rootBuilder(hasher: Hasher = nobleHasher): RootBuilder {
  const scratch = new Uint8Array(65);
  scratch[0] = 1;
  const right = scratch.subarray(33);
  // pending[level] is the hash of a complete subtree of 2^level leaves while bit `level` of count is set.
  const pending: Uint8Array[] = [];
  let count = 0;
  function push(hash: Uint8Array): void {
    right.set(hash);
    let level = 0;
    for (let rest = count; rest % 2 === 1; rest = Math.floor(rest / 2)) {
      scratch.set(pending[level++] as Uint8Array, 1);
      hasher.sha256(scratch, right);
    }
    (pending[level] ??= new Uint8Array(32)).set(right);
    count++;
  }
  function root(): Uint8Array {
    const subtrees = pending.filter((_, level) => Math.floor(count / 2 ** level) % 2 === 1);
    return subtrees.length === 0
      ? emptyRoot(hasher)
      : subtrees.reduce((folded, left) => nodeHash(left, folded, hasher)).slice();
  }
  return { push, size: () => count, root };
}

/** Root over leaf data, in order. */
export function rootOfLeaves(
  leaves: Iterable<Uint8Array>,
  hasher: Hasher = nobleHasher,
): Uint8Array {
  const builder = rootBuilder(hasher);
  for (const data of leaves) builder.push(leafHash(data, hasher));
  return builder.root();
}

/** Root over leaf hashes, in order. */
export function rootOfLeafHashes(
  hashes: Iterable<Uint8Array>,
  hasher: Hasher = nobleHasher,
): Uint8Array {
  const builder = rootBuilder(hasher);
  for (const hash of hashes) builder.push(hash);
  return builder.root();
}

/**
 * The leaf ranges whose hashes are the inclusion proof of leaf `index` in a tree of `size` leaves,
 * from the leaf upwards. Throws RangeError unless 0 ≤ index < size.
 */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!isCount(index) || !isCount(size) || index >= size) throw new RangeError('no such leaf');
  const ranges: LeafRange[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + largestPowerBelow(to - from);
    ranges.push(index < middle ? [middle, to] : [from, middle]);
    if (index < middle) to = middle;
    else from = middle;
  }
  return ranges.reverse();
}

/**
 * The leaf ranges whose hashes prove that the tree of `oldSize` leaves is a prefix of the tree of
 * `newSize`. Empty for an empty or equal old tree. Throws RangeError unless 0 ≤ oldSize ≤ newSize.
 */
export function consistencyRanges(oldSize: number, newSize: number): LeafRange[] {
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) {
    throw new RangeError('the old tree must not be larger than the new one');
  }
  if (oldSize === 0) return [];
  const ranges: LeafRange[] = [];
  let [from, to] = [0, newSize];
  while (to !== oldSize) {
    const middle = from + largestPowerBelow(to - from);
    ranges.push(oldSize <= middle ? [middle, to] : [from, middle]);
    if (oldSize <= middle) to = middle;
    else from = middle;
  }
  if (from > 0) ranges.push([from, to]);
  return ranges.reverse();
}

/** Inclusion proof of one leaf among in-memory leaf hashes; RangeError if there is no such leaf. */
export function inclusionProof(
  hashes: readonly Uint8Array[],
  index: number,
  hasher: Hasher = nobleHasher,
): Uint8Array[] {
  return inclusionRanges(index, hashes.length).map(([from, to]) =>
    rootOfLeafHashes(hashes.slice(from, to), hasher),
  );
}

/** Consistency proof from the first `oldSize` of in-memory leaf hashes to all of them. */
export function consistencyProof(
  hashes: readonly Uint8Array[],
  oldSize: number,
  hasher: Hasher = nobleHasher,
): Uint8Array[] {
  return consistencyRanges(oldSize, hashes.length).map(([from, to]) =>
    rootOfLeafHashes(hashes.slice(from, to), hasher),
  );
}

/** What an inclusion proof claims. */
export type InclusionClaim = {
  index: number;
  size: number;
  leaf: Uint8Array;
  root: Uint8Array;
  proof: readonly Uint8Array[];
};

/** True when the proof shows the leaf hash at `index` under `root`. Never throws on bad proofs. */
export function verifyInclusion(claim: InclusionClaim, hasher: Hasher = nobleHasher): boolean {
  const { index, size, leaf, root, proof } = claim;
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  const ranges = inclusionRanges(index, size);
  if (ranges.length !== proof.length || !proof.every((hash) => hash.length === 32)) return false;
  let folded = leaf;
  ranges.forEach(([from], i) => {
    const sibling = proof[i] as Uint8Array;
    folded = from > index ? nodeHash(folded, sibling, hasher) : nodeHash(sibling, folded, hasher);
  });
  return equalBytes(folded, root);
}

/** What a consistency proof claims. */
export type ConsistencyClaim = {
  oldSize: number;
  oldRoot: Uint8Array;
  newSize: number;
  newRoot: Uint8Array;
  proof: readonly Uint8Array[];
};

/** True when the proof shows that the new tree extends the old one. Never throws on bad proofs. */
export function verifyConsistency(claim: ConsistencyClaim, hasher: Hasher = nobleHasher): boolean {
  const { oldSize, oldRoot, newSize, newRoot, proof } = claim;
  if (!isCount(oldSize) || !isCount(newSize) || oldSize > newSize) return false;
  if (oldSize === 0) return proof.length === 0 && equalBytes(oldRoot, emptyRoot(hasher));
  const ranges = consistencyRanges(oldSize, newSize);
  if (ranges.length !== proof.length || !proof.every((hash) => hash.length === 32)) return false;
  // Where the old tree is itself a complete left subtree, the proof leaves its root out.
  const startsAtOldRoot = ranges.length === 0 || (ranges[0] as LeafRange)[0] >= oldSize;
  let oldFolded = startsAtOldRoot ? oldRoot : (proof[0] as Uint8Array);
  let newFolded = oldFolded;
  for (let i = startsAtOldRoot ? 0 : 1; i < ranges.length; i++) {
    const sibling = proof[i] as Uint8Array;
    if ((ranges[i] as LeafRange)[0] >= oldSize) newFolded = nodeHash(newFolded, sibling, hasher);
    else {
      oldFolded = nodeHash(sibling, oldFolded, hasher);
      newFolded = nodeHash(sibling, newFolded, hasher);
    }
  }
  return equalBytes(oldFolded, oldRoot) && equalBytes(newFolded, newRoot);
}

/** The largest power of two strictly below n (n ≥ 2), exact beyond 32 bits. */
export function largestPowerBelow(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
