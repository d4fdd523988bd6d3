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
  type WantedWitnesses,
} from './proof.ts';
export { renewLog, type Renewed } from './renew.ts';
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
export {
  createWitnessing,
  WitnessRefusal,
  type WitnessAddress,
  type Witnessing,
  type WitnessingOptions,
} from './witness-client.ts';
export { witnessesOf, witnessQuorum, type WitnessSetting } from './witnesses.ts';
export { hasWitnessed } from './witness/disk.ts';
export { serveWitness, type Listening } from './witness/server.ts';
export { createWitness, type Witness, type WitnessOptions } from './witness/witness.ts';
export { requestTimestamp, timestampFor } from './timestamp-client.ts';
