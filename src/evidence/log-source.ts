import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Queryable } from '../platform/db.ts';
import { entriesPath, TILE_WIDTH, tilePath, type TilePlace } from '../platform/tlog/index.ts';
import { listRenewals, type Renewal } from './renewals.ts';
import { RenewalShape } from './schema.ts';
import { readCheckpoint } from './store-checkpoint.ts';
import { readLogState } from './store.ts';
import { readEntryBundle, readTileBytes } from './tiles.ts';

/** Where a verifier reads a log from; undefined means that the source does not have it. */
export type LogSource = {
  checkpoint(): Promise<string | undefined>;
  vkey(): Promise<string | undefined>;
  tile(place: TilePlace): Promise<Uint8Array | undefined>;
  entries(index: number, width: number): Promise<Uint8Array | undefined>;
  /** Under which origins the log stood before, oldest first; empty as a rule. */
  renewals(): Promise<Renewal[]>;
};

type Get = (path: string) => Promise<Uint8Array | undefined>;

/** A log served over HTTP, e.g. `http://127.0.0.1:8080/log`. Its methods reject when it is out of reach. */
export function httpSource(url: string, fetcher: typeof fetch = fetch): LogSource {
  const base = url.replace(/\/+$/, '');
  return sourceOf(async (path) => {
    const reply = await fetcher(`${base}/${path}`, { signal: AbortSignal.timeout(30_000) });
    if (reply.ok) return new Uint8Array(await reply.arrayBuffer());
    await reply.arrayBuffer();
    if (reply.status === 404) return undefined;
    throw new Error(`${base}/${path} answered ${reply.status}.`);
  });
}

/** A log in a folder of static files. */
export function folderSource(folder: string): LogSource {
  return sourceOf(async (path) => {
    try {
      return await readFile(join(folder, ...path.split('/')));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  });
}

function sourceOf(get: Get): LogSource {
  const text = async (path: string) => {
    const bytes = await get(path);
    return bytes && Buffer.from(bytes).toString('utf8');
  };
  // A partial file may be gone once the full one is there (tlog-tiles, "Partial Tiles").
  const orFull = async (partial: string, full: string) => (await get(partial)) ?? (await get(full));
  return {
    checkpoint: () => text('checkpoint'),
    vkey: async () => (await text('vkey'))?.trim(),
    tile: async (place) => {
      const bytes = await orFull(tilePath(place), tilePath({ ...place, width: TILE_WIDTH }));
      return bytes?.subarray(0, place.width * 32);
    },
    entries: (index, width) => orFull(entriesPath(index, width), entriesPath(index)),
    renewals: async () => readRenewalList(await text('renewals')),
  };
}

/** @throws TypeError when the list is no list of renewals. */
function readRenewalList(text: string | undefined): Renewal[] {
  // A copy made elsewhere may not have the list: it then shows one origin.
  if (text === undefined) return [];
  const { renewals } = JSON.parse(text) as { renewals?: unknown };
  if (!Value.Check(Type.Array(RenewalShape), renewals))
    throw new TypeError('The list of renewals cannot be read.');
  return renewals;
}

/** The log in the database itself. */
export function databaseSource(db: Queryable): LogSource {
  return {
    checkpoint: async () => (await readCheckpoint(db))?.note,
    vkey: async () => (await readLogState(db))?.vkey,
    tile: (place) => readTileBytes(db, place),
    entries: (index, width) => readEntryBundle(db, index, width),
    renewals: () => listRenewals(db),
  };
}
