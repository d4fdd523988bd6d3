import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exportFolder } from '../../src/evidence/index.ts';
import type { Context } from '../../src/context.ts';
import { drawBundle, entriesOf, getDraw } from '../../src/release/index.ts';
import { canonicalText } from '../../src/platform/tlog/index.ts';

/** What was left on the disk, for the person at the command line. */
export type Left = { what: 'bundle' | 'receipt' | 'log'; path: string };

/** Writes the bundle unzipped; the folder's old files were seen to be a bundle's and are replaced. */
export async function writeBundle(ctx: Context, draw_id: string, folder: string): Promise<Left> {
  const draw = await getDraw(ctx.db, draw_id);
  if (draw?.state !== 'closed' || draw.closed_json === null)
    throw new Error(`The draw is ${draw?.state ?? 'gone'}, not closed and proven.`);
  const files = await drawBundle(ctx, draw);
  await emptied(folder);
  for (const [path, bytes] of files) {
    const file = join(folder, ...path.split('/'));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
  return { what: 'bundle', path: folder };
}

/** Writes the receipt that a person of the draw holds, as its QR code carries it. */
export async function writeReceipt(ctx: Context, patient_id: string, file: string): Promise<Left> {
  const [entry] = await entriesOf(ctx, [patient_id]);
  if (!entry) throw new Error('The person of the receipt has no entry.');
  await writeFile(file, canonicalText(entry.receipt));
  return { what: 'receipt', path: file };
}

export async function writeLog(ctx: Context, folder: string): Promise<Left> {
  await emptied(folder);
  await exportFolder(ctx, folder);
  return { what: 'log', path: folder };
}

async function emptied(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}
