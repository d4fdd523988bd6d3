import { concatBytes } from './bytes.ts';
import { nobleHasher, type Hasher } from './hasher.ts';
import {
  consistencyRanges,
  emptyRoot,
  inclusionRanges,
  largestPowerBelow,
  nodeHash,
  rootOfLeafHashes,
  type LeafRange,
} from './merkle.ts';

// Tiled logs: c2sp.org/tlog-tiles. A tile holds up to 256 hashes of 32 bytes.

export const TILE_WIDTH = 256;
const HASH_BYTES = 32;
const ENTRY_BYTES_MAX = 0xffff;

/** Where a tile lies; `width` is 256 for a full tile, 1 … 255 for a partial one. */
export type TilePlace = { level: number; index: number; width: number };

/** A tile with its hashes one after another (32 × width bytes). */
export type Tile = TilePlace & { bytes: Uint8Array };

/** Reads one tile; may return more hashes than `width` (a fuller tile), never fewer. */
export type ReadTile = (place: TilePlace) => Uint8Array | Promise<Uint8Array>;

/** `tile/<level>/<index>[.p/<width>]`, without a leading slash. */
export function tilePath(place: TilePlace): string {
  return `tile/${place.level}/${indexPath(place.index, place.width)}`;
}

/** `tile/entries/<index>[.p/<width>]`, without a leading slash. */
export function entriesPath(index: number, width: number = TILE_WIDTH): string {
  return `tile/entries/${indexPath(index, width)}`;
}

function indexPath(index: number, width: number): string {
  const groups = String(index)
    .padStart(Math.ceil(String(index).length / 3) * 3, '0')
    .match(/.{3}/g);
  const path = (groups ?? []).map((group, i, all) => (i < all.length - 1 ? `x${group}` : group));
  return path.join('/') + (width < TILE_WIDTH ? `.p/${width}` : '');
}

/** Reads a path of {@link tilePath} or {@link entriesPath} (level 'entries'); null if it is neither. */
export function parseTilePath(
  path: string,
): { level: number | 'entries'; index: number; width: number } | null {
  const match =
    /^tile\/(entries|\d|[1-5]\d|6[0-3])\/((?:x\d{3}\/)*\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const level = match[1] === 'entries' ? 'entries' : Number(match[1]);
  const width = match[3] === undefined ? TILE_WIDTH : Number(match[3]);
  const index = Number(match[2].replaceAll(/[x/]/g, ''));
  if (!Number.isSafeInteger(index)) return null;
  // Only one spelling a tile: no zero groups in front, no ".p/256".
  const spelt = `tile/${level}/${indexPath(index, width)}`;
  return spelt === path ? { level, index, width } : null;
}

/** The right edge of a log: its size and, a level, the hashes of its partial tile. All that appending needs. */
export type LogEdge = { size: number; partial: readonly (readonly Uint8Array[])[] };

/** The edge of a log without leaves. */
export const EMPTY_EDGE: LogEdge = { size: 0, partial: [] };

/**
 * Appends leaf hashes: returns the new edge and every tile to write (those completed, and the partial
 * ones at the new right edge). Tiles already full before are not returned again.
 */
export function appendLeafHashes(
  edge: LogEdge,
  hashes: readonly Uint8Array[],
  hasher: Hasher = nobleHasher,
): { edge: LogEdge; tiles: Tile[] } {
  const size = edge.size + hashes.length;
  const partial: Uint8Array[][] = [];
  const tiles: Tile[] = [];
  let arriving = hashes;
  for (let level = 0; level < edge.partial.length || arriving.length > 0; level++) {
    const row = [...(edge.partial[level] ?? []), ...arriving];
    const firstIndex = Math.floor(edge.size / TILE_WIDTH ** (level + 1));
    const fullCount = Math.floor(row.length / TILE_WIDTH);
    const above: Uint8Array[] = [];
    for (let i = 0; i < fullCount; i++) {
      const full = row.slice(i * TILE_WIDTH, (i + 1) * TILE_WIDTH);
      tiles.push({ level, index: firstIndex + i, width: TILE_WIDTH, bytes: concatBytes(...full) });
      above.push(rootOfLeafHashes(full, hasher));
    }
    const rest = row.slice(fullCount * TILE_WIDTH);
    if (rest.length > 0 && arriving.length > 0) {
      tiles.push({
        level,
        index: firstIndex + fullCount,
        width: rest.length,
        bytes: concatBytes(...rest),
      });
    }
    partial.push(rest);
    arriving = above;
  }
  return { edge: { size, partial }, tiles };
}

/** Root of the log with this edge. */
export function edgeRoot(edge: LogEdge, hasher: Hasher = nobleHasher): Uint8Array {
  // The leftmost leaves are in the highest level, so fold from level 0 upwards, right to left.
  let folded: Uint8Array | null = null;
  for (const row of edge.partial) {
    for (const subtree of completeSubtrees(row, hasher).reverse()) {
      folded = folded === null ? subtree : nodeHash(subtree, folded, hasher);
    }
  }
  return folded ?? emptyRoot(hasher);
}

function completeSubtrees(row: readonly Uint8Array[], hasher: Hasher): Uint8Array[] {
  const roots: Uint8Array[] = [];
  for (let from = 0; from < row.length;) {
    const width = largestPowerBelow(row.length - from + 1);
    roots.push(rootOfLeafHashes(row.slice(from, from + width), hasher));
    from += width;
  }
  return roots;
}

/** The edge of the log of `size` leaves, read from its tiles. */
export async function readEdge(readTile: ReadTile, size: number): Promise<LogEdge> {
  const partial: Uint8Array[][] = [];
  for (let level = 0, width = size; width > 0; level++, width = Math.floor(width / TILE_WIDTH)) {
    const rest = width % TILE_WIDTH;
    const place = { level, index: Math.floor(width / TILE_WIDTH), width: rest };
    partial.push(rest === 0 ? [] : splitTile(await readTile(place), rest));
  }
  return { size, partial };
}

/** Inclusion proof of leaf `index` in the log of `size` leaves, read from tiles. */
export async function inclusionProofFromTiles(
  readTile: ReadTile,
  index: number,
  size: number,
  hasher: Hasher = nobleHasher,
): Promise<Uint8Array[]> {
  return rangeHashes(readTile, inclusionRanges(index, size), size, hasher);
}

/** Consistency proof from `oldSize` to `newSize`, read from the tiles of the newer log. */
export async function consistencyProofFromTiles(
  readTile: ReadTile,
  oldSize: number,
  newSize: number,
  hasher: Hasher = nobleHasher,
): Promise<Uint8Array[]> {
  return rangeHashes(readTile, consistencyRanges(oldSize, newSize), newSize, hasher);
}

async function rangeHashes(
  readTile: ReadTile,
  ranges: readonly LeafRange[],
  size: number,
  hasher: Hasher,
): Promise<Uint8Array[]> {
  const read = cachedReader(readTile);
  const hashes: Uint8Array[] = [];
  for (const [from, to] of ranges) {
    const parts: Uint8Array[] = [];
    for (let start = from; start < to;) {
      const span = largestAlignedSpan(start, to);
      parts.push(await spanHash(read, { start, span, size }, hasher));
      start += span;
    }
    hashes.push(parts.reduceRight((folded, left) => nodeHash(left, folded, hasher)));
  }
  return hashes;
}

function cachedReader(readTile: ReadTile): ReadTile {
  const cache = new Map<string, Uint8Array | Promise<Uint8Array>>();
  return (place) => {
    const path = tilePath(place);
    const known = cache.get(path) ?? readTile(place);
    cache.set(path, known);
    return known;
  };
}

/** The largest power of two that divides `start` and fits before `to`. */
function largestAlignedSpan(start: number, to: number): number {
  let span = 1;
  while (start % (span * 2) === 0 && start + span * 2 <= to) span *= 2;
  return span;
}

async function spanHash(
  readTile: ReadTile,
  { start, span, size }: { start: number; span: number; size: number },
  hasher: Hasher,
): Promise<Uint8Array> {
  let level = 0;
  let leavesPerHash = 1;
  while (leavesPerHash * TILE_WIDTH <= span) {
    leavesPerHash *= TILE_WIDTH;
    level++;
  }
  const first = start / leavesPerHash;
  const index = Math.floor(first / TILE_WIDTH);
  const width = Math.min(TILE_WIDTH, Math.floor(size / leavesPerHash) - index * TILE_WIDTH);
  const tile = splitTile(await readTile({ level, index, width }), width);
  const offset = first - index * TILE_WIDTH;
  return rootOfLeafHashes(tile.slice(offset, offset + span / leavesPerHash), hasher);
}

function splitTile(bytes: Uint8Array, width: number): Uint8Array[] {
  if (bytes.length < width * HASH_BYTES) throw new RangeError('tile is shorter than the log needs');
  return Array.from({ length: width }, (_, i) => bytes.slice(i * HASH_BYTES, (i + 1) * HASH_BYTES));
}

/** An entry bundle: each entry's data behind its length as 16-bit big-endian. RangeError above 65535 bytes. */
export function encodeEntries(entries: readonly Uint8Array[]): Uint8Array {
  return concatBytes(
    ...entries.flatMap((data) => {
      if (data.length > ENTRY_BYTES_MAX) throw new RangeError('log entry of more than 65535 bytes');
      return [Uint8Array.of(data.length >> 8, data.length), data];
    }),
  );
}

/** The entries of a bundle; RangeError when it ends inside an entry. */
export function decodeEntries(bundle: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  for (let offset = 0; offset < bundle.length;) {
    const length = ((bundle[offset] ?? 0) << 8) | (bundle[offset + 1] ?? 0);
    const end = offset + 2 + length;
    if (end > bundle.length) throw new RangeError('entry bundle ends inside an entry');
    entries.push(bundle.slice(offset + 2, end));
    offset = end;
  }
  return entries;
}
