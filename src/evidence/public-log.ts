import type { Db } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import { parseTilePath, TILE_WIDTH } from '../platform/tlog/index.ts';
import { notInLog } from './errors.ts';
import { readCheckpoint } from './store-checkpoint.ts';
import { readLogState } from './store.ts';
import { readEntryBundle, readTileBytes, tileWidth } from './tiles.ts';

/** The newest checkpoint's note. @throws Problem evidence/not-in-log before the log's first start. */
export async function publicCheckpoint(ctx: { db: Db }): Promise<string> {
  const checkpoint = await readCheckpoint(ctx.db);
  if (!checkpoint) throw new Problem(notInLog);
  return checkpoint.note;
}

/** The log's verifier key. @throws Problem evidence/not-in-log before the log's first start. */
export async function publicVkey(ctx: { db: Db }): Promise<string> {
  const state = await readLogState(ctx.db);
  if (!state) throw new Problem(notInLog);
  return state.vkey;
}

/**
 * A tile or entry bundle by its path (`tile/0/x001/067.p/12`, `tile/entries/…`). Only what the newest
 * checkpoint covers is given out, so nobody sees a leaf that the log has not yet signed for.
 * @throws Problem evidence/not-in-log beyond the checkpoint or for another spelling of a path.
 */
export async function publicTile(
  ctx: { db: Db },
  path: string,
): Promise<{ bytes: Uint8Array; isFull: boolean }> {
  const place = parseTilePath(path);
  const checkpoint = place ? await readCheckpoint(ctx.db) : undefined;
  if (!place || !checkpoint) throw new Problem(notInLog);
  const { level, index, width } = place;
  const height = level === 'entries' ? 0 : level;
  if (width > tileWidth(height, index, checkpoint.size)) throw new Problem(notInLog);
  const bytes =
    level === 'entries'
      ? await readEntryBundle(ctx.db, index, width)
      : await readTileBytes(ctx.db, { level, index, width });
  if (!bytes) throw new Problem(notInLog);
  return { bytes, isFull: width === TILE_WIDTH };
}
