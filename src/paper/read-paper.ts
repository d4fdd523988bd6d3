import { join } from 'node:path';
import { addDays, shanghaiDate } from '../platform/clock.ts';
import { Problem } from '../platform/problem.ts';
import { fileChanged, fileUnknown } from './errors.ts';
import { readWhole, sha256 } from './files.ts';
import { keep_days } from './rules.ts';
import { selectEditions, selectFile, selectFiles } from './store.ts';
import type { EditionRow, FileRow, PaperContext } from './types.ts';

export type Edition = EditionRow & { files: FileRow[] };

/** The editions whose files are kept, the newest first, with their files. */
export async function listPaper(
  ctx: Pick<PaperContext, 'db' | 'clock'>,
  input: { hospital_id: string; edition_id?: string },
): Promise<Edition[]> {
  const from = addDays(shanghaiDate(ctx.clock.now()), -keep_days);
  const editions = await selectEditions(ctx.db, { ...input, from });
  const files = await selectFiles(
    ctx.db,
    editions.map((edition) => edition.edition_id),
  );
  const byEdition = Map.groupBy(files, (file) => file.edition_id);
  return editions.map((edition) => ({
    ...edition,
    files: byEdition.get(edition.edition_id) ?? [],
  }));
}

/**
 * A file as it was written: one that was changed on disk is not handed out.
 * @throws Problem paper/file-unknown, paper/file-changed.
 */
export async function openPaper(
  ctx: Pick<PaperContext, 'db' | 'config'>,
  input: { hospital_id: string; file_id: string },
): Promise<{ file: FileRow; bytes: Buffer }> {
  const file = await selectFile(ctx.db, input);
  const bytes = file && (await readWhole(join(ctx.config.paper_dir, file.path)));
  if (!file || !bytes) throw new Problem(fileUnknown);
  if (sha256(bytes) !== file.sha256) throw new Problem(fileChanged);
  return { file, bytes };
}
