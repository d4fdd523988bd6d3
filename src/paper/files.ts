import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isOld } from './rules.ts';

/**
 * Writes a file whole or not at all, readable by the server's user only: what stands on paper are
 * names. Whoever copies the folder meanwhile never gets half a list.
 */
export async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.part`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  const folderFile = await open(folder, 'r');
  await folderFile.sync().finally(() => folderFile.close());
}

/** The bytes of a file, or undefined when it is gone. */
export async function readWhole(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Removes the folders of clinic days whose paper nobody needs any more; returns how many. Only below
 * the hospitals' own folders: others may keep theirs beside them.
 */
export async function removeOld(
  paper_dir: string,
  hospitals: readonly string[],
  today: string,
): Promise<number> {
  let removed = 0;
  for (const hospital of hospitals)
    for (const day of await foldersOf(join(paper_dir, hospital)))
      if (isOld(day, today)) {
        await rm(join(paper_dir, hospital, day), { recursive: true, force: true });
        removed++;
      }
  return removed;
}

async function foldersOf(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');
