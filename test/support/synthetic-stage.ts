import { utf8 } from '../../src/platform/tlog/index.ts';
import { nodeHasher } from '../../src/platform/tlog/node-hasher.ts';
import {
  beaconFile,
  beaconSecretKey,
  signRound,
  type AllocationLine,
  type BeaconFile,
  type FinalLine,
  type LogEvent,
  type Manifest,
  type PoolLine,
  type RankingLine,
  type ReturnLine,
} from '../../src/release/sealed-draw/index.ts';
import type { SyntheticLog } from './synthetic-log.ts';

export const THROWS = '3152644512365421631245364152635416253'.repeat(2);

export const BEACON_SECRET = beaconSecretKey(new Uint8Array(48).fill(0x42));

/** Where a dishonest operator interferes; everything later is then computed from the false value. */
export type Tamper = {
  /** The manifest used after the honest one was announced. */
  manifest?: (manifest: Manifest) => Manifest;
  /** The pool before it is sealed (receipts and counts are already out). */
  poolBeforeSeal?: (pool: PoolLine[]) => PoolLine[];
  /** The pool of a first run that was sealed and then dropped. */
  firstRun?: (pool: PoolLine[]) => PoolLine[];
  /** The identity module is in league: it signs the counts of the tampered pool. */
  countsFollow?: boolean;
  /** The pool published after the honest one was sealed. */
  poolAfterSeal?: (pool: PoolLine[]) => PoolLine[];
  /** Seconds by which sealing is late. */
  sealDelay?: number;
  /** Rounds by which the draw waits. */
  roundDelay?: number;
  /** A signature that is not the beacon's, with everything after it following from it. */
  falseSignature?: boolean;
  /** A seed that somebody chose. */
  seed?: string;
  ranking?: (lines: RankingLine[]) => RankingLine[];
  /** The precedence by which places are given out. */
  precedence?: (precedence: number[]) => number[];
  allocation?: (lines: AllocationLine[], manifest: Manifest) => AllocationLine[];
  skipReturn?: number;
  returnRoundDelay?: number;
  /** Exclusions ignored when a return's places are given out (the file still lists them). */
  ignoreExclusions?: boolean;
  returnLines?: (lines: ReturnLine[], n: number) => ReturnLine[];
  /** The final list that is logged at the close. */
  final?: (lines: FinalLine[]) => FinalLine[];
  /** The event log published after the close was logged. */
  eventsAfterClose?: (events: LogEvent[]) => LogEvent[];
};

/** What the stages of a synthetic draw share. */
export type Stage = {
  manifest: Manifest;
  hash: string;
  log: SyntheticLog;
  tamper: Tamper;
};

/** A reproducible number below `limit` from a text. */
export function pick(text: string, limit: number): number {
  const digest = nodeHasher.sha256(utf8(text));
  return (((digest[0] ?? 0) << 16) | ((digest[1] ?? 0) << 8) | (digest[2] ?? 0)) % limit;
}

/** The beacon's output for a moment. */
export function beaconOutput(
  manifest: Manifest,
  round: number | null,
  seedOf: (randomness: string) => string,
): BeaconFile {
  const output =
    round === null ? { throws: THROWS } : { round, signature: signRound(BEACON_SECRET, round) };
  return beaconFile(manifest.beacon, output, seedOf);
}
