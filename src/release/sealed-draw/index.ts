export { allocate, type Applicant, type Places } from './allocate.ts';
export {
  beaconFile,
  beaconPublicKey,
  beaconSecretKey,
  chainHash,
  diceRandomness,
  drawSeed,
  QUICKNET,
  randomnessOf,
  returnSeed,
  signRound,
  verifyRound,
  type BeaconOutput,
} from './beacon.ts';
export { buildBundle, returnFolder, type BundleParts, type ReturnParts } from './bundle.ts';
export {
  countEntries,
  countsMessage,
  entryId,
  personTag,
  poolLeaf,
  poolLineText,
  poolRoot,
  sealOf,
  sortPool,
  wishNonce,
} from './entry.ts';
export { DrawError, type DrawErrorCode } from './errors.ts';
export {
  jsonBytes,
  linesBytes,
  readJson,
  readLines,
  readLineTexts,
  textLineChunks,
  textLinesBytes,
  type BundleFiles,
} from './files.ts';
export {
  applyEvent,
  closeReturn,
  dueAt,
  finalLines,
  finalProblems,
  openLedger,
  returnLineProblems,
  type DuePlace,
  type Ledger,
  type ReturnOutcome,
} from './ledger.ts';
export {
  chainEvent,
  chainEvents,
  chainProblems,
  logHead,
  logLineHash,
  NO_LINE,
} from './log-chain.ts';
export {
  drawMoment,
  manifestHash,
  manifestProblems,
  plainPrecedence,
  publishDeadline,
  returnMoment,
  roundAt,
  roundProblems,
  roundTime,
  validateManifest,
  type DrawMoment,
} from './manifest.ts';
export {
  allocationChunks,
  drawPool,
  packPool,
  rankingChunks,
  type PackedDraw,
  type PackedPool,
} from './packed.ts';
export {
  announcedLeaf,
  checkProof,
  closedLeaf,
  returnsLeaf,
  sealedLeaf,
  type Inclusion,
  type LogTrust,
  type ProofReport,
} from './proof.ts';
export { rankEntries, rankIds } from './rank.ts';
export {
  ed25519Signer,
  receiptMessage,
  secretHash,
  shortCode,
  signCounts,
  signReceipt,
  verifyCounts,
  verifyReceipt,
  verifySignature,
  type Sign,
} from './receipt.ts';
export {
  allocateReturn,
  drawReturn,
  exclusions,
  EXCLUSIONS_MAX,
  laterDelay,
  returnsHash,
} from './returns.ts';
export {
  ALGORITHM,
  BEACON_SCHEME,
  type AllocationLine,
  type BeaconFile,
  type BlsBeacon,
  type BlsBeaconFile,
  type Counts,
  type DiceBeacon,
  type DiceBeaconFile,
  type FinalLine,
  type LogEvent,
  type LogLine,
  type LogProof,
  type Manifest,
  type ManifestBeacon,
  type PoolLine,
  type RankingLine,
  type Receipt,
  type ReturnLine,
  type ReturnSealFile,
  type SealFile,
  type VoidLine,
} from './types.ts';
export type { Sentence } from './sentence.ts';
export { vectorFiles } from './vector.ts';
export { verifyBundle, verifyInSteps, type Progress, type Verified } from './verify.ts';
export type { LogCopy, VerifyOptions } from './verify-context.ts';
export type { DrawFacts, MyResult } from './verify-facts.ts';
export {
  CHECK_NAMES,
  tally,
  verdict,
  type Check,
  type CheckId,
  type CheckStatus,
} from './verify-report.ts';
