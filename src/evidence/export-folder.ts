import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Db } from '../platform/db.ts';
import { entriesPath, TILE_WIDTH, tilePath } from '../platform/tlog/index.ts';
import { databaseSource, type LogSource } from './log-source.ts';
import { readCheckpoint } from './store-checkpoint.ts';
import { tileWidth } from './tiles.ts';

/**
 * Writes the log under its newest checkpoint as static files in the layout of tlog-tiles, for a web
 * server, a memory stick or an archive. The checkpoint is written last, so a reader never finds one
 * whose tiles are not there yet.
 * @returns the number of leaves written. @throws Error before the log's first start.
 */
export async function exportFolder(ctx: { db: Db }, folder: string): Promise<number> {
  const checkpoint = await readCheckpoint(ctx.db);
  if (!checkpoint) throw new Error('The log has not begun: start the server once.');
  const source = databaseSource(ctx.db);
  for (let level = 0; tileWidth(level, 0, checkpoint.size) > 0; level++)
    await exportLevel(source, { level, size: checkpoint.size, folder });
  const renewals = await source.renewals();
  if (renewals.length > 0) await write(folder, 'renewals', JSON.stringify({ renewals }, null, 2));
  await write(folder, 'vkey', `${await source.vkey()}\n`);
  await write(folder, 'checkpoint', checkpoint.note);
  return checkpoint.size;
}

async function exportLevel(
  source: LogSource,
  { level, size, folder }: { level: number; size: number; folder: string },
): Promise<void> {
  for (let index = 0; ; index++) {
    const width = tileWidth(level, index, size);
    if (width === 0) return;
    await write(
      folder,
      tilePath({ level, index, width }),
      await source.tile({ level, index, width }),
    );
    if (level === 0)
      await write(folder, entriesPath(index, width), await source.entries(index, width));
    if (width < TILE_WIDTH) return;
  }
}

async function write(
  folder: string,
  path: string,
  content: string | Uint8Array | undefined,
): Promise<void> {
  if (content === undefined) throw new Error(`The log has no ${path}. Run npm run log:verify.`);
  const file = join(folder, ...path.split('/'));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(`${file}.new`, content);
  await rename(`${file}.new`, file);
}
