import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import {
  decodeEntries,
  entriesPath,
  parseCheckpoint,
  parseNote,
  TILE_WIDTH,
  utf8Text,
} from '../../platform/tlog/index.ts';
import { bundleAmong } from './bundle-folder.ts';
import { DrawError } from './errors.ts';
import type { BundleFiles } from './files.ts';
import { say, sentenceOf } from './sentence.ts';
import { unzip } from './unzip.ts';
import { vectorFiles } from './vector.ts';
import type { LogCopy } from './verify-context.ts';

// Reading bundles and logs from disk or the network; the checks themselves are pure.

const FETCH_TIMEOUT_MS = 30_000;

/**
 * Reads a bundle from a folder, a .zip or (the known-answer vector) a .json file. DrawError 'bundle'
 * with a plain sentence when there is none.
 */
export async function readBundle(path: string): Promise<BundleFiles> {
  const kind = await stat(path).catch(() => {
    throw new DrawError(
      'bundle',
      say(`没有 ${path} 这个文件或文件夹。`, `There is no file or folder ${path}.`),
    );
  });
  if (kind.isDirectory()) return bundleAmong(await readFolder(path), path);
  const bytes = await readFile(path);
  if (path.toLowerCase().endsWith('.json')) return vectorFiles(parseJson(bytes, path));
  return bundleAmong(await unzip(bytes), path);
}

/** Reads a JSON file; DrawError 'bundle' when it is missing or not JSON. */
export async function readJsonFile(path: string): Promise<unknown> {
  const bytes = await readFile(path).catch(() => {
    throw new DrawError('bundle', say(`没有 ${path} 这个文件。`, `There is no file ${path}.`));
  });
  return parseJson(bytes, path);
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(utf8Text(bytes));
  } catch {
    throw new DrawError('bundle', say(`${path} 不是 JSON 文件。`, `${path} is not JSON.`));
  }
}

async function readFolder(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path).split(sep).join('/'), await readFile(path));
  }
  return files;
}

/** Reads a tiled log from a folder or a URL; DrawError 'log' with a plain sentence when it cannot. */
export async function readLog(source: string): Promise<LogCopy> {
  const read = /^https?:\/\//.test(source) ? fetchFrom(source) : readFrom(source);
  try {
    const checkpoint = utf8Text(await read('checkpoint'));
    const { size } = parseCheckpoint(parseNote(checkpoint).text);
    const leaves: Uint8Array[] = [];
    for (let start = 0; start < size; start += TILE_WIDTH) {
      const width = Math.min(TILE_WIDTH, size - start);
      const index = start / TILE_WIDTH;
      // The log may since have replaced a partial bundle by the full one.
      const bundle = await read(entriesPath(index, width)).catch(() => read(entriesPath(index)));
      leaves.push(...decodeEntries(bundle).slice(0, width));
    }
    return { checkpoint, leaves };
  } catch (error) {
    const { zh, en } = reasonOf(error);
    throw new DrawError(
      'log',
      say(`${source} 的日志读不出来：${zh}。`, `The log at ${source} cannot be read: ${en}.`),
    );
  }
}

// What the network says of itself ("fetch failed") helps nobody.
function reasonOf(error: unknown): { zh: string; en: string } {
  const { name, cause } = error as { name?: string; cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') {
    const seconds = FETCH_TIMEOUT_MS / 1000;
    return say(`${seconds} 秒没有回应`, `no answer within ${seconds} seconds`);
  }
  if (cause) {
    const code = cause.code ?? cause.message ?? '';
    return say(`连不上（${code}）`, `it cannot be reached (${code})`);
  }
  return sentenceOf(error);
}

function readFrom(folder: string): (path: string) => Promise<Uint8Array> {
  return (path) => readFile(join(folder, path));
}

function fetchFrom(url: string): (path: string) => Promise<Uint8Array> {
  const prefix = url.replace(/\/+$/, '');
  return async (path) => {
    const reply = await fetch(`${prefix}/${path}`, {
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}`);
    return new Uint8Array(await reply.arrayBuffer());
  };
}
