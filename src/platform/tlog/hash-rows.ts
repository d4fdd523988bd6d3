import { utf8 } from './bytes.ts';
import { nobleHasher, type Hasher } from './hasher.ts';
import { leafHash, rootBuilder, rootOfLeafHashes } from './merkle.ts';
import { BLOCK_BYTES, DIGEST_BYTES, openLanes, type Lanes } from './sha256-lanes.ts';

// Hashing of a million small things: the same results as leaf by leaf and MAC by MAC, several times faster
// where the machine has WebAssembly vectors, and by the given hasher where it has not.

/** How many messages or leaves are hashed together. */
export const ROWS_MAX = 256;
/** Where the next message begins in {@link RowsMac}'s rows. */
export const ROW_STRIDE = BLOCK_BYTES;
/** Opens the fast engine; given by tests to do without it. */
export type OpenLanes = typeof openLanes;

const LENGTH_BYTES = 8;

/** Pads a message of `length` bytes to whole blocks; `before` bytes were hashed ahead of it. */
function pad(memory: Uint8Array, at: number, length: number, before = 0): void {
  const end = at + BLOCK_BYTES * blocksOf(length);
  memory[at + length] = 0x80;
  for (let i = at + length + 1; i < end - 3; i++) memory[i] = 0;
  const bits = 8 * (before + length);
  memory[end - 3] = bits >>> 16;
  memory[end - 2] = bits >>> 8;
  memory[end - 1] = bits;
}

function blocksOf(length: number): number {
  return (length + LENGTH_BYTES + BLOCK_BYTES) >>> 6;
}

/** Computes HMAC-SHA-256 under one key of up to ROWS_MAX messages of one length. */
export type RowsMac = {
  /** To be filled: message n at n · ROW_STRIDE; what lies behind a message must be left alone. */
  rows: Uint8Array;
  /** The MACs of the first `count` messages, 32 bytes each, valid until the next call. */
  run(count: number): Uint8Array;
};

/** Below so many messages in all, setting the fast engine up costs more than it saves. */
const WORTH_IT = 200;

/**
 * {@link RowsMac} under a key of at most 64 bytes, for messages of at most 55 bytes. `total`, where it
 * is known, is how many messages will come altogether.
 */
export function rowsMac(
  of: { key: Uint8Array; messageBytes: number; total?: number },
  hasher: Hasher = nobleHasher,
  open: OpenLanes = openLanes,
): RowsMac {
  const isWorthIt = (of.total ?? Infinity) >= WORTH_IT;
  const lanes = isWorthIt ? open(ROWS_MAX * (2 * BLOCK_BYTES + DIGEST_BYTES)) : null;
  return lanes
    ? fastMac(of.key, of.messageBytes, lanes)
    : plainMac(of.key, of.messageBytes, hasher);
}

function plainMac(key: Uint8Array, messageBytes: number, hasher: Hasher): RowsMac {
  const mac = hasher.hmac(key);
  const rows = new Uint8Array(ROWS_MAX * ROW_STRIDE);
  const macs = new Uint8Array(ROWS_MAX * DIGEST_BYTES);
  const run = (count: number): Uint8Array => {
    for (let i = 0; i < count; i++) {
      const message = rows.subarray(i * ROW_STRIDE, i * ROW_STRIDE + messageBytes);
      mac(message, macs.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES));
    }
    return macs.subarray(0, count * DIGEST_BYTES);
  };
  return { rows, run };
}

function fastMac(key: Uint8Array, messageBytes: number, lanes: Lanes): RowsMac {
  const { memory, hash, stateAfter } = lanes;
  const padded = new Uint8Array(BLOCK_BYTES);
  padded.set(key);
  const inner = stateAfter(padded.map((byte) => byte ^ 0x36));
  const outer = stateAfter(padded.map((byte) => byte ^ 0x5c));
  const middle = ROWS_MAX * BLOCK_BYTES;
  const macs = 2 * middle;
  for (let at = 0; at < middle; at += BLOCK_BYTES) {
    pad(memory, at, messageBytes, BLOCK_BYTES);
    pad(memory, middle + at, DIGEST_BYTES, BLOCK_BYTES);
  }
  const job = { blocks: 1, stride: BLOCK_BYTES };
  const run = (count: number): Uint8Array => {
    hash({ ...job, count, from: 0, to: middle, toStride: BLOCK_BYTES, state: inner });
    hash({ ...job, count, from: middle, to: macs, toStride: DIGEST_BYTES, state: outer });
    return memory.subarray(macs, macs + count * DIGEST_BYTES);
  };
  return { rows: memory.subarray(0, middle), run };
}

/** Merkle root over texts as leaves, in order: RFC 9162 with SHA-256, the root of no leaves included. */
export function rootOfTexts(
  texts: Iterable<string>,
  hasher: Hasher = nobleHasher,
  open: OpenLanes = openLanes,
): Uint8Array {
  // Chunks of a power of two are complete subtrees, the last one excepted: their roots have the same root.
  const builder = rootBuilder(hasher);
  const lanes = open(MEMORY_BYTES);
  const fast = lanes && fastChunkRoot(lanes);
  const rootOf = (chunk: readonly string[]): Uint8Array =>
    fast?.(chunk) ??
    rootOfLeafHashes(
      chunk.map((text) => leafHash(utf8(text), hasher)),
      hasher,
    );
  let chunk: string[] = [];
  for (const text of texts) {
    if (chunk.push(text) < ROWS_MAX) continue;
    builder.push(rootOf(chunk));
    chunk = [];
  }
  if (chunk.length > 0) builder.push(rootOf(chunk));
  return builder.root();
}

const NODE_STRIDE = 2 * BLOCK_BYTES;
const LEAF_BLOCKS_MAX = 16;
const TEXT_BYTES = ROWS_MAX * LEAF_BLOCKS_MAX * BLOCK_BYTES;

// The parts of the engine's memory.
const SCRATCH_AT = 0;
const ROWS_AT = SCRATCH_AT + 4 * DIGEST_BYTES;
const NODES_AT = ROWS_AT + (ROWS_MAX + 4) * DIGEST_BYTES;
const BINS_AT = NODES_AT + (ROWS_MAX / 2) * NODE_STRIDE;
const TEXT_AT = BINS_AT + binOffset(LEAF_BLOCKS_MAX + 1);
const MEMORY_BYTES = TEXT_AT + TEXT_BYTES;

/** Where four messages of so many blocks wait to be hashed together. */
function binOffset(blocks: number): number {
  return 4 * BLOCK_BYTES * ((blocks * (blocks - 1)) / 2);
}

/** Root over up to ROWS_MAX texts, or null when one is not ASCII or too long for the engine's memory. */
function fastChunkRoot(lanes: Lanes): (texts: readonly string[]) => Uint8Array | null {
  const { memory } = lanes;
  for (let at = NODES_AT; at < BINS_AT; at += NODE_STRIDE) {
    memory[at] = 1;
    pad(memory, at, 1 + 2 * DIGEST_BYTES);
  }
  const encoder = new TextEncoder();
  const space = memory.subarray(TEXT_AT, TEXT_AT + TEXT_BYTES);
  return (texts) => {
    // Every text behind its own 0x00, which is the prefix of a leaf.
    const joined = `\0${texts.join('\0')}`;
    if (joined.length > TEXT_BYTES) return null;
    const { written } = encoder.encodeInto(joined, space);
    const longest = texts.reduce((most, { length }) => Math.max(most, length), 0);
    if (written !== joined.length || blocksOf(1 + longest) > LEAF_BLOCKS_MAX) return null;
    hashLeaves(texts, lanes);
    foldRows(texts.length, lanes);
    return memory.slice(ROWS_AT, ROWS_AT + DIGEST_BYTES);
  };
}

/** Writes the leaf hashes of the texts, which lie joined in the memory, to the rows. */
function hashLeaves(texts: readonly string[], { memory, hash }: Lanes): void {
  const waiting = Array.from({ length: LEAF_BLOCKS_MAX + 1 }, (): number[] => []);
  const hashBin = (rows: number[], blocks: number): void => {
    const from = BINS_AT + binOffset(blocks);
    const stride = blocks * BLOCK_BYTES;
    hash({ count: rows.length, blocks, from, stride, to: SCRATCH_AT, toStride: DIGEST_BYTES });
    for (let i = 0; i < rows.length; i++) {
      const digest = SCRATCH_AT + i * DIGEST_BYTES;
      const row = ROWS_AT + (rows[i] as number) * DIGEST_BYTES;
      memory.copyWithin(row, digest, digest + DIGEST_BYTES);
    }
    rows.length = 0;
  };
  let at = TEXT_AT;
  for (let row = 0; row < texts.length; row++) {
    const length = 1 + (texts[row] as string).length;
    const blocks = blocksOf(length);
    const rows = waiting[blocks] as number[];
    const slot = BINS_AT + binOffset(blocks) + rows.length * blocks * BLOCK_BYTES;
    memory.copyWithin(slot, at, at + length);
    pad(memory, slot, length);
    at += length;
    if (rows.push(row) === 4) hashBin(rows, blocks);
  }
  waiting.forEach(hashBin);
}

/** Folds the rows into their root in the first row; the last of an odd number moves up as it is. */
function foldRows(leaves: number, { memory, hash }: Lanes): void {
  const job = {
    blocks: 2,
    from: NODES_AT,
    stride: NODE_STRIDE,
    to: ROWS_AT,
    toStride: DIGEST_BYTES,
  };
  for (let count = leaves; count > 1; count = Math.ceil(count / 2)) {
    const pairs = count >> 1;
    for (let i = 0; i < pairs; i++) {
      const left = ROWS_AT + 2 * i * DIGEST_BYTES;
      memory.copyWithin(NODES_AT + i * NODE_STRIDE + 1, left, left + 2 * DIGEST_BYTES);
    }
    const last = ROWS_AT + (count - 1) * DIGEST_BYTES;
    memory.copyWithin(SCRATCH_AT, last, last + DIGEST_BYTES);
    hash({ ...job, count: pairs });
    if (count % 2 === 0) continue;
    memory.copyWithin(ROWS_AT + pairs * DIGEST_BYTES, SCRATCH_AT, SCRATCH_AT + DIGEST_BYTES);
  }
}
