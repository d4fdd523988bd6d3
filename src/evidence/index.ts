export { exportFolder } from './export-folder.ts';
export { logIdentity } from './log-identity.ts';
export { logPublicKey, logVkey } from './log-key.ts';
export { databaseSource, folderSource, httpSource, type LogSource } from './log-source.ts';
export {
  addCosignature,
  consistency,
  inclusionAt,
  newestCheckpoint,
  proofFor,
  type LogProof,
} from './proof.ts';
export { evidenceRoutes } from './routes.ts';
export {
  createSequencer,
  type Sequencer,
  type SequencerContext,
  type SequencerOptions,
} from './sequence.ts';
export { countWaiting } from './store.ts';
export { examineCopy, examineLog, verifyLog, type LogReport } from './verify.ts';
export { type Finding, type FindingCode } from './verify-tree.ts';
