import {
  nobleHasher,
  parseCanonical,
  toHex,
  utf8Text,
  type Hasher,
} from '../../platform/tlog/index.ts';
import { QUICKNET } from './beacon.ts';
import { allocate } from './allocate.ts';
import { poolRoot } from './entry.ts';
import {
  readLinesLike,
  readJson,
  readLines,
  readLineTexts,
  type BundleFiles,
  type LineReader,
} from './files.ts';
import { plainPrecedence } from './manifest.ts';
import { allocationLines, poolLines, rankingLines } from './quick-lines.ts';
import { rankEntries } from './rank.ts';
import { sentenceOf } from './sentence.ts';
import type { Shape } from './shape.ts';
import {
  allocationLineShape,
  blsBeaconFileShape,
  diceBeaconFileShape,
  manifestShape,
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
  /** Other copies of the bundle (for V12), or the bundle of the hospital's previous draw (for V1). */
  others?: readonly BundleFiles[];
  /** A copy of the log. */
  log?: LogCopy;
  /** True when the bundle may lack files that were published: then an absent return is no fault. */
  partial?: boolean;
  hasher?: Hasher;
};

/** The rules that a draw can be recomputed from; the vector has no others. */
export type Rules = {
  draw: string;
  slots: string[];
  precedence: number[];
  reserves: Manifest['reserves'];
};

/** The files that several checks read; an unreadable one throws DrawError, an absent one NotChecked. */
type Owned = {
  pool(): PoolLine[];
  seal(): SealFile;
  beacon(): BeaconFile;
  ranking(): RankingLine[];
  allocation(): AllocationLine[];
};

/**
 * A bundle being verified: each file is read once. The check that owns a file reads it through `owned`
 * and fails on a bad one; to the other checks it is then merely missing.
 */
export type Context = Owned & {
  files: BundleFiles;
  options: VerifyOptions;
  hasher: Hasher;
  owned: Owned;
  /** Full manifest; NotChecked for the vector's or an unreadable one. */
  manifest(): Manifest;
  vector: VectorManifest | null;
  rules(): Rules;
  manifestHash(): string;
  beaconKey(): { chain: string; publicKey: string };
  /** Root (hex) over the lines of the pool. */
  poolRoot(): string;
  /** The ranking that pool and seed give. */
  expectedRanking(): RankingLine[];
  /** The allocation that the ranking gives. */
  expectedAllocation(): AllocationLine[];
};

/** Wraps the files of a bundle for the checks. */
export function openContext(files: BundleFiles, options: VerifyOptions): Context {
  const hasher = options.hasher ?? nobleHasher;
  const vector = readVectorManifest(files);
  const manifest = once(() => {
    if (vector) throw new NotChecked('公开的核对样例里没有这一项。', 'not in the vector.');
    return needed(files, 'manifest.json', () => readJson(files, 'manifest.json', manifestShape));
  });
  const rules = once(() => (vector ? vectorRules(vector) : manifest()));
  const owned: Owned = {
    pool: once(() => ownedLines(files, 'pool.jsonl', poolLines)),
    seal: once(() => ownedFile('seal.json', readJson(files, 'seal.json', sealFileShape))),
    beacon: once(() => ownedFile('beacon.json', readBeaconFile(files, 'beacon.json'))),
    ranking: once(() => ownedLike(files, 'ranking.jsonl', rankingLines, expectedRanking)),
    allocation: once(() =>
      vector
        ? ownedLines(files, 'allocation.jsonl', vectorAllocation)
        : ownedLike(files, 'allocation.jsonl', allocationLines, expectedAllocation),
    ),
  };
  const used = <T>(path: string, read: () => T) => once(() => needed(files, path, read));
  const pool = used('pool.jsonl', owned.pool);
  const beacon = used('beacon.json', owned.beacon);
  const ranking = used('ranking.jsonl', owned.ranking);
  const expectedRanking = once(() => rankEntries(beacon().seed, pool(), hasher));
  const expectedAllocation = once(() => allocate(applicants(ranking(), pool()), rules()));
  return {
    files,
    options,
    hasher,
    vector,
    owned,
    manifest,
    rules,
    manifestHash: once(() => {
      const bytes = needed(files, 'manifest.json', () => files.get('manifest.json'));
      return toHex(hasher.sha256(bytes));
    }),
    beaconKey: () => (vector ? pinnedKey(vector) : pinnedManifestKey(manifest())),
    pool,
    seal: used('seal.json', owned.seal),
    beacon,
    ranking,
    allocation: used('allocation.jsonl', owned.allocation),
    poolRoot: once(() => poolRoot(readLineTexts(files, 'pool.jsonl') ?? [], hasher)),
    expectedRanking,
    expectedAllocation,
  };
}

function applicants(ranking: readonly RankingLine[], pool: readonly PoolLine[]): PoolLine[] {
  const lines = new Map(pool.map((line) => [line.e, line]));
  return ranking.map(({ e }) => {
    const line = lines.get(e);
    if (line) return line;
    throw new NotChecked(
      `需要名单里有排序中的登记 ${e}。`,
      `needs entry ${e} of the ranking in the pool.`,
    );
  });
}

// The vector names sessions only.
function vectorAllocation(value: unknown, at: string): AllocationLine {
  return allocationLineShape({ ...(value as object), place: null }, at);
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
  if (!files.has(path)) throw missing(path);
  try {
    return read() as T;
  } catch (error) {
    if (error instanceof NotChecked) throw error;
    const { zh, en } = sentenceOf(error);
    throw new NotChecked(`需要读得出来的 ${path}（${zh}）。`, `needs a readable ${path} (${en}).`);
  }
}

/** NotChecked for a file that the bundle lacks. */
export function missing(path: string): NotChecked {
  return new NotChecked(`需要 ${path}。`, `needs ${path}.`);
}

function ownedFile<T>(path: string, file: T | undefined): T {
  if (file === undefined) throw missing(path);
  return file;
}

/** The lines of a file for the check that owns it; DrawError for a bad one, NotChecked for an absent one. */
export function ownedLines<T>(
  files: BundleFiles,
  path: string,
  reader: Shape<T> | LineReader<T>,
): T[] {
  return ownedFile(path, readLines(files, path, reader));
}

/** {@link ownedLines}, sparing the parsing when the lines are the expected ones, if those can be had. */
export function ownedLike<T>(
  files: BundleFiles,
  path: string,
  reader: LineReader<T>,
  expected: () => T[],
): T[] {
  if (!files.has(path)) throw missing(path);
  let lines: T[];
  try {
    lines = expected();
  } catch {
    return ownedLines(files, path, reader); // what is lacking, the checks tell themselves
  }
  return ownedFile(path, readLinesLike(files, path, reader, lines));
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
  if (vector.beacon.chain !== QUICKNET.chain)
    throw new NotChecked('需要信标的公钥。', 'needs the key of the beacon.');
  return { chain: QUICKNET.chain, publicKey: QUICKNET.publicKey };
}

function pinnedManifestKey({ beacon }: Manifest): { chain: string; publicKey: string } {
  return { chain: beacon.chain, publicKey: beacon.kind === 'dice' ? '' : beacon.publicKey };
}
