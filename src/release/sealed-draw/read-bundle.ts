import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import {
  decodeEntries,
  entriesPath,
  parseCheckpoint,
  parseNote,
  TILE_WIDTH,
  utf8Text,
} from '../../platform/tlog/index.ts';
import { DrawError } from './errors.ts';
import type { BundleFiles } from './files.ts';
import { vectorFiles } from './vector.ts';
import type { LogCopy } from './verify-context.ts';

// Reading bundles and logs from disk or the network; the checks themselves are pure.

const UNPACKED_BYTES_MAX = 2 ** 30;
const FETCH_TIMEOUT_MS = 30_000;

/**
 * Reads a bundle from a folder, a .zip or (the known-answer vector) a .json file. DrawError 'bundle'
 * with a plain sentence when there is none.
 */
export async function readBundle(path: string): Promise<BundleFiles> {
  const kind = await stat(path).catch(() => {
    throw new DrawError('bundle', `There is no file or folder ${path}.`);
  });
  if (kind.isDirectory()) return fromTopFolder(await readFolder(path), path);
  const bytes = await readFile(path);
  if (path.toLowerCase().endsWith('.json')) return vectorFiles(parseJson(bytes, path));
  return fromTopFolder(await readZip(bytes, path), path);
}

/** Reads a JSON file; DrawError 'bundle' when it is missing or not JSON. */
export async function readJsonFile(path: string): Promise<unknown> {
  const bytes = await readFile(path).catch(() => {
    throw new DrawError('bundle', `There is no file ${path}.`);
  });
  return parseJson(bytes, path);
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(utf8Text(bytes));
  } catch {
    throw new DrawError('bundle', `${path} is not JSON.`);
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

// A zipped bundle often sits in one folder inside the archive.
function fromTopFolder(files: Map<string, Uint8Array>, path: string): BundleFiles {
  if (files.has('manifest.json')) return files;
  const tops = [...files.keys()].filter((name) => /^[^/]+\/manifest\.json$/.test(name));
  const top = tops[0]?.slice(0, -'manifest.json'.length);
  if (tops.length !== 1 || top === undefined) {
    throw new DrawError('bundle', `${path} is not a bundle: it has no manifest.json.`);
  }
  const inside = [...files].filter(([name]) => name.startsWith(top));
  return new Map(inside.map(([name, bytes]) => [name.slice(top.length), bytes]));
}

async function readZip(bytes: Buffer, path: string): Promise<Map<string, Uint8Array>> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true }).catch(() => {
    throw new DrawError('bundle', `${path} is neither a folder nor a readable .zip file.`);
  });
  const files = new Map<string, Uint8Array>();
  let unpacked = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      unpacked += entry.uncompressedSize;
      if (unpacked > UNPACKED_BYTES_MAX) throw new Error('it unpacks to more than 1 GiB');
      if (files.has(entry.fileName)) throw new Error(`it holds ${entry.fileName} twice`);
      files.set(entry.fileName, await unpack(zip, entry));
    }
  } catch (error) {
    throw new DrawError('bundle', `${path} cannot be unpacked: ${(error as Error).message}.`);
  }
  return files;
}

async function unpack(zip: ZipFile, entry: Entry): Promise<Uint8Array> {
  const stream = await zip.openReadStreamPromise(entry);
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
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
    throw new DrawError('log', `The log at ${source} cannot be read: ${(error as Error).message}.`);
  }
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
