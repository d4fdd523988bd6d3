import { poolLineText } from './entry.ts';
import { jsonBytes, linesBytes, textLinesBytes } from './files.ts';
import { DrawError } from './errors.ts';
import type {
  AllocationLine,
  BeaconFile,
  Counts,
  FinalLine,
  LogLine,
  LogProof,
  Manifest,
  PoolLine,
  RankingLine,
  ReturnLine,
  ReturnSealFile,
  SealFile,
  VoidLine,
} from './types.ts';

/** The files of one return. */
export type ReturnParts = {
  /** Position in `returns.closes`, from 1. */
  n: number;
  returns: readonly ReturnLine[];
  seal?: ReturnSealFile;
  beacon?: BeaconFile;
  ranking?: readonly RankingLine[];
  allocation?: readonly AllocationLine[];
};

/** What a bundle is made of; parts that do not exist yet are left out. */
export type BundleParts = {
  manifest: Manifest;
  published?: LogProof;
  pool?: readonly PoolLine[];
  void?: readonly VoidLine[];
  seal?: SealFile;
  beacon?: BeaconFile;
  ranking?: readonly RankingLine[];
  allocation?: readonly AllocationLine[];
  counts?: Counts;
  returns?: readonly ReturnParts[];
  log?: readonly LogLine[];
  final?: readonly FinalLine[];
  closed?: LogProof;
  /** Bytes of verify.html. */
  verifier?: Uint8Array;
};

/** The folder of return `n`: returns/001 … returns/999. */
export function returnFolder(n: number): string {
  if (!Number.isInteger(n) || n < 1 || n > 999) {
    throw new DrawError('returns', 'Returns are numbered from 1 to 999.');
  }
  return `returns/${String(n).padStart(3, '0')}`;
}

/** The files of a bundle by path, byte for byte as the specification writes them. */
export function buildBundle(parts: BundleParts): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const json = (path: string, value: object | undefined): void => {
    if (value !== undefined) files.set(path, jsonBytes(value));
  };
  const lines = (path: string, values: readonly object[] | undefined): void => {
    if (values !== undefined) files.set(path, linesBytes(values));
  };
  const result = (folder: string, { ranking, allocation }: ReturnParts | BundleParts): void => {
    if (ranking) files.set(`${folder}ranking.jsonl`, textLinesBytes(ranking.map(rankingText)));
    if (!allocation) return;
    files.set(`${folder}allocation.jsonl`, textLinesBytes(allocation.map(allocationText)));
  };
  json('manifest.json', parts.manifest);
  json('published.json', parts.published);
  if (parts.pool) files.set('pool.jsonl', textLinesBytes(parts.pool.map(poolLineText)));
  lines('void.jsonl', parts.void);
  json('seal.json', parts.seal);
  json('beacon.json', parts.beacon);
  result('', parts);
  json('counts.json', parts.counts);
  for (const one of parts.returns ?? []) {
    const folder = returnFolder(one.n);
    lines(`${folder}/returns.jsonl`, one.returns);
    json(`${folder}/seal.json`, one.seal);
    json(`${folder}/beacon.json`, one.beacon);
    result(`${folder}/`, one);
  }
  lines('log.jsonl', parts.log);
  lines('final.jsonl', parts.final);
  json('closed.json', parts.closed);
  if (parts.verifier) files.set('verify.html', parts.verifier);
  return files;
}

// Written by hand like pool lines: ids and hex need no escapes, and a million of them are made at once.

function rankingText({ e, key }: RankingLine): string {
  return `{"e":"${e}","key":"${key}"}`;
}

function allocationText({ e, place, slot }: AllocationLine): string {
  return `{"e":"${e}","place":${place},"slot":${slot === null ? 'null' : `"${slot}"`}}`;
}
