import type { Queryable } from '../platform/db.ts';
import {
  concatBytes,
  encodeEntries,
  leafHash,
  TILE_WIDTH,
  type ReadTile,
  type TilePlace,
} from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import { readFullTile, readLeafData, readTileRoots } from './store.ts';

/** How many hashes (on level 0, leaves) the tile at this place has in a log of `size` leaves. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** level);
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
}

/** The first `width` hashes of a tile; undefined when the log does not have that many. */
export async function readTileBytes(
  db: Queryable,
  { level, index, width }: TilePlace,
): Promise<Uint8Array | undefined> {
  const full = await readFullTile(db, level, index);
  if (full) return full.subarray(0, width * 32);
  const first = index * TILE_WIDTH;
  const hashes =
    level === 0
      ? (await readLeafData(db, first, width)).map((data) => leafHash(data, nodeHasher))
      : await readTileRoots(db, { level: level - 1, index: first, count: width });
  return hashes.length < width ? undefined : concatBytes(...hashes);
}

/** The first `width` entries of a bundle in its wire form; undefined when there are fewer. */
export async function readEntryBundle(
  db: Queryable,
  index: number,
  width: number,
): Promise<Uint8Array | undefined> {
  const data = await readLeafData(db, index * TILE_WIDTH, width);
  return data.length < width ? undefined : encodeEntries(data);
}

/** A reader of the database's tiles for proofs. @throws Error when a tile is not there. */
export function tileReader(db: Queryable): ReadTile {
  return async (place) => {
    const bytes = await readTileBytes(db, place);
    if (!bytes) throw new Error(`the log has no tile ${place.level}/${place.index}.${place.width}`);
    return bytes;
  };
}
