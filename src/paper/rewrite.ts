import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { shanghaiDate } from '../platform/clock.ts';
import { Problem } from '../platform/problem.ts';
import {
  endRewrite,
  filesBefore,
  forgetFiles,
  openRewrites,
  type Rewrite,
} from './store-person.ts';
import type { PaperContext } from './types.ts';
import { writePaperNow, type WriteOptions } from './write-edition.ts';

/**
 * Removes paper on which somebody stands whose data was deleted. A day that is over loses its files; of
 * today and the days to come a new edition is written first, so that the hospital is never without one.
 * What fails is tried again at the next round. @returns how many files went.
 */
export async function rewritePaper(ctx: PaperContext, options: WriteOptions = {}): Promise<number> {
  let removed = 0;
  for (const { asked_at, ...day } of await openRewrites(ctx.db)) {
    const isOver = day.service_date < shanghaiDate(ctx.clock.now());
    const newest = isOver ? null : await writeAgain(ctx, day, options);
    if (newest === undefined) continue;
    const files = await filesBefore(ctx.db, { ...day, before: asked_at, newest });
    for (const { path } of files) await rm(join(ctx.config.paper_dir, path), { force: true });
    await forgetFiles(
      ctx.db,
      files.map((file) => file.file_id),
    );
    await endRewrite(ctx.db, day);
    removed += files.length;
  }
  return removed;
}

/** The new edition; null when that day has no sessions left, undefined when somebody writes just now. */
async function writeAgain(
  ctx: PaperContext,
  day: Rewrite,
  options: WriteOptions,
): Promise<string | null | undefined> {
  try {
    return (await writePaperNow(ctx, { ...day, actor: 'system:paper' }, options)).edition_id;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.kind.code === 'paper/no-sessions' ? null : undefined;
  }
}
