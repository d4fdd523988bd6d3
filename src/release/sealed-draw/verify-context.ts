import {
  nobleHasher,
  parseCanonical,
  toHex,
  utf8Text,
  type Hasher,
} from '../../platform/tlog/index.ts';
import { QUICKNET } from './beacon.ts';
import { readJson, readLines, readLineTexts, type BundleFiles } from './files.ts';
import { plainPrecedence } from './manifest.ts';
import type { Shape } from './shape.ts';
import {
  allocationLineShape,
  blsBeaconFileShape,
  diceBeaconFileShape,
  manifestShape,
  poolLineShape,
  rankingLineShape,
  sealFileShape,
  vectorManifestShape,
  type AllocationLine,
  type BeaconFile,
  type Manifest,
  type PoolLine,
  type RankingLine,
  type SealFile,
  type VectorManifest,
} from './types.ts';
import { NotChecked } from './verify-report.ts';

/** A copy of the log: the current checkpoint note and the data of all its leaves, in order. */
export type LogCopy = { checkpoint: string; leaves: readonly Uint8Array[] };

/** What a verifier may be given besides the bundle. */
export type VerifyOptions = {
  /** The parsed JSON of a receipt. */
  receipt?: unknown;
  /** Another copy of the bundle (or the bundle of the hospital's previous draw, for V1). */
  other?: BundleFiles;
  /** A copy of the log. */
  log?: LogCopy;
  hasher?: Hasher;
};

/** The rules that a draw can be recomputed from; the vector has no others. */
export type Rules = {
  draw: string;
  slots: string[];
  precedence: number[];
  reserves: Manifest['reserves'];
};

/** A bundle being verified: each file is read once; a file a check does not own only makes it unchecked. */
export type Context = {
  files: BundleFiles;
  options: VerifyOptions;
  hasher: Hasher;
  /** Full manifest; NotChecked for the vector's or an unreadable one. */
  manifest(): Manifest;
  vector: VectorManifest | null;
  rules(): Rules;
  manifestHash(): string;
  beaconKey(): { chain: string; publicKey: string };
  pool(): PoolLine[];
  seal(): SealFile;
  beacon(): BeaconFile;
  ranking(): RankingLine[];
  allocation(): AllocationLine[];
};

/** Wraps the files of a bundle for the checks. */
export function openContext(files: BundleFiles, options: VerifyOptions): Context {
  const hasher = options.hasher ?? nobleHasher;
  const vector = readVectorManifest(files);
  const manifest = once(() => {
    if (vector) throw new NotChecked('not in the vector.');
    return needed(files, 'manifest.json', () => readJson(files, 'manifest.json', manifestShape));
  });
  const lines = <T>(path: string, shape: Shape<T>) =>
    once(() => needed(files, path, () => readLines(files, path, shape)));
  return {
    files,
    options,
    hasher,
    vector,
    manifest,
    rules: once(() => (vector ? vectorRules(vector) : manifest())),
    manifestHash: once(() => {
      const bytes = needed(files, 'manifest.json', () => files.get('manifest.json'));
      return toHex(hasher.sha256(bytes));
    }),
    beaconKey: () => (vector ? pinnedKey(vector) : pinnedManifestKey(manifest())),
    pool: lines('pool.jsonl', poolLineShape),
    seal: once(() => needed(files, 'seal.json', () => readJson(files, 'seal.json', sealFileShape))),
    beacon: once(() => needed(files, 'beacon.json', () => readBeaconFile(files, 'beacon.json'))),
    ranking: lines('ranking.jsonl', rankingLineShape),
    allocation: lines('allocation.jsonl', allocationLineShape),
  };
}

/** beacon.json of the draw or of a return, in either of its two forms. */
export function readBeaconFile(files: BundleFiles, path: string): BeaconFile | undefined {
  return readJson<BeaconFile>(files, path, (value, at) =>
    (value as { chain?: unknown } | null)?.chain === 'dice'
      ? diceBeaconFileShape(value, at)
      : blsBeaconFileShape(value, at),
  );
}

/** The file as read, or NotChecked when the bundle lacks it or it is unreadable to a check that only uses it. */
export function needed<T>(files: BundleFiles, path: string, read: () => T | undefined): T {
  if (!files.has(path)) throw new NotChecked(`needs ${path}.`);
  try {
    return read() as T;
  } catch (error) {
    if (error instanceof NotChecked) throw error;
    throw new NotChecked(`needs a readable ${path} (${(error as Error).message}).`);
  }
}

/** Reads a file for the check that owns it: an unreadable file is this check's failure. */
export function owned(files: BundleFiles, path: string, read: () => unknown): void {
  if (files.has(path)) read();
}

/** The raw lines of a file; unreadable ones throw. */
export function ownedLines<T>(files: BundleFiles, path: string, shape: Shape<T>): T[] {
  const lines = readLines(files, path, shape);
  if (lines === undefined) throw new NotChecked(`needs ${path}.`);
  return lines;
}

/** Line texts of pool.jsonl for the root; the caller has the shapes checked. */
export function poolTexts(files: BundleFiles): string[] {
  return readLineTexts(files, 'pool.jsonl') ?? [];
}

function once<T>(read: () => T): () => T {
  let known: { value: T } | { error: unknown } | undefined;
  return () => {
    if (known === undefined) {
      try {
        known = { value: read() };
      } catch (error) {
        known = { error };
      }
    }
    if ('error' in known) throw known.error;
    return known.value;
  };
}

function readVectorManifest(files: BundleFiles): VectorManifest | null {
  try {
    const bytes = files.get('manifest.json');
    return bytes ? vectorManifestShape(parseCanonical(utf8Text(bytes)), 'manifest') : null;
  } catch {
    return null; // then it is a full manifest, or V1 will say what is wrong with it
  }
}

function vectorRules({ draw, slots }: VectorManifest): Rules {
  return { draw, slots, precedence: plainPrecedence(slots), reserves: [] };
}

function pinnedKey(vector: VectorManifest): { chain: string; publicKey: string } {
  if (vector.beacon.chain !== QUICKNET.chain) throw new NotChecked('needs the key of the beacon.');
  return { chain: QUICKNET.chain, publicKey: QUICKNET.publicKey };
}

function pinnedManifestKey({ beacon }: Manifest): { chain: string; publicKey: string } {
  return { chain: beacon.chain, publicKey: beacon.kind === 'dice' ? '' : beacon.publicKey };
}
