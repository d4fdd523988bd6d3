import { readdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** Something the person at the command line can put right; its message says how. */
export class UsageError extends Error {}

export type DemoOptions = {
  entries: number;
  seed: string;
  /** Where the bundle goes: a new or empty folder, or one that holds a bundle, which is replaced. */
  out: string;
  reserves: boolean;
  returns: boolean;
  /** A file for the receipt of one entry. */
  receipt?: string;
  /** A folder for a copy of the log. */
  log?: string;
};

export const entries_max = 100_000;

const bundle_names = new Set([
  'manifest.json',
  'published.json',
  'pool.jsonl',
  'void.jsonl',
  'seal.json',
  'beacon.json',
  'ranking.jsonl',
  'allocation.jsonl',
  'counts.json',
  'log.jsonl',
  'final.jsonl',
  'closed.json',
  'verify.html',
  'returns',
]);
const log_names = new Set(['checkpoint', 'vkey', 'renewals', 'tile']);

/** Checks what was asked for before anything is done. @throws UsageError in a sentence. */
export async function readDemoOptions(values: {
  entries?: string | undefined;
  seed?: string | undefined;
  out?: string | undefined;
  receipt?: string | undefined;
  log?: string | undefined;
  reserves: boolean;
  returns: boolean;
}): Promise<DemoOptions> {
  const { entries = '', seed = '', out = '', receipt, log, reserves, returns } = values;
  if (!/^[1-9]\d{0,5}$/.test(entries) || Number(entries) > entries_max)
    throw new UsageError(`--entries needs a whole number from 1 to ${entries_max}.`);
  if (!/^[\w.-]{1,64}$/.test(seed))
    throw new UsageError('--seed needs 1 to 64 letters, digits, dots, dashes or underscores.');
  if (out === '') throw new UsageError('--out needs the folder that the bundle goes to.');
  await checkFolder(out, '--out', { mark: 'manifest.json', known: bundle_names, what: 'a bundle' });
  if (log !== undefined)
    await checkFolder(log, '--log', { mark: 'checkpoint', known: log_names, what: 'a log' });
  if (receipt !== undefined) await checkFile(receipt);
  return {
    ...{ entries: Number(entries), seed, out: resolve(out), reserves, returns },
    ...(receipt === undefined ? {} : { receipt: resolve(receipt) }),
    ...(log === undefined ? {} : { log: resolve(log) }),
  };
}

/** A folder is only ever written over when everything in it is what this command leaves there. */
async function checkFolder(
  path: string,
  option: string,
  { mark, known, what }: { mark: string; known: ReadonlySet<string>; what: string },
): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return;
  if (path === '' || !found.isDirectory())
    throw new UsageError(`${option} ${path} is a file; a folder is needed.`);
  const names = await readdir(path);
  if (names.length === 0) return;
  if (!names.includes(mark) || names.some((name) => !known.has(name)))
    throw new UsageError(
      `${option} ${path} is not empty and is not ${what}: give a new folder, so that nothing of yours is written over.`,
    );
}

async function checkFile(path: string): Promise<void> {
  if (path === '') throw new UsageError('--receipt needs the file that the receipt goes to.');
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory())
    throw new UsageError(`--receipt ${path} is a folder; a file is needed.`);
  const parent = await stat(dirname(resolve(path))).catch(() => undefined);
  if (!parent?.isDirectory())
    throw new UsageError(`--receipt ${path} lies in a folder that does not exist.`);
}
