import {
  canonicalBytes,
  cosignatureTime,
  ED25519_ALG,
  equalBytes,
  fromBase64,
  fromHex,
  leafHash,
  nobleHasher,
  noteKey,
  parseCheckpoint,
  parseNote,
  parseVkey,
  verifyInclusion,
  verifyNote,
  type Hasher,
  type Note,
} from '../../platform/tlog/index.ts';
import { say, sentenceOf, type Sentence } from './sentence.ts';
import { readTimestamp } from './timestamp.ts';
import type { LogProof, Manifest } from './types.ts';

/** Data of the log leaf that announces a manifest. */
export function announcedLeaf(draw: string, manifestHash: string): Uint8Array {
  return canonicalBytes({ draw, manifestHash, t: 'draw.announced' });
}

/** Data of the log leaf that seals the pool. */
export function sealedLeaf(draw: string, manifestHash: string, seal: string): Uint8Array {
  return canonicalBytes({ draw, manifestHash, seal, t: 'draw.sealed' });
}

/** Data of the log leaf that seals return `n`. */
export function returnsLeaf(draw: string, n: number, returnsHash: string): Uint8Array {
  return canonicalBytes({ draw, n, returnsHash, t: 'draw.returns' });
}

/** Data of the log leaf that closes the draw: hash of final.jsonl and head of log.jsonl, hex. */
export function closedLeaf(draw: string, final: string, head: string): Uint8Array {
  return canonicalBytes({ draw, final, head, t: 'draw.closed' });
}

/** The fields by which every logged file proves its leaf. */
export type Inclusion = Omit<LogProof, 'manifestHash'>;

/** Whom a manifest trusts for its log. */
export type LogTrust = Pick<Manifest, 'log' | 'witnesses' | 'witnesses_min'>;

/** The outcome of checking a proof. */
export type ProofReport = {
  /** What is wrong, as sentences; empty if the proof holds. */
  problems: Sentence[];
  /** When each listed witness countersigned. */
  witnessed: { name: string; time: number }[];
  /** Times of RFC 3161 tokens over this leaf. */
  stamped: number[];
};

/** Checks that a leaf is in the manifest's log, under the listed witnesses and timestamps. */
export function checkProof(
  proof: Inclusion,
  leafData: Uint8Array,
  trust: LogTrust,
  hasher: Hasher = nobleHasher,
): ProofReport {
  const report: ProofReport = { problems: [], witnessed: [], stamped: [] };
  try {
    const note = parseNote(proof.checkpoint);
    checkLogged(report, { proof, note, leafData, trust }, hasher);
    checkWitnesses(report, proof, note, trust);
  } catch (error) {
    report.problems.push(
      say(
        `日志检查点读不出来（${sentenceOf(error).zh}）。`,
        `The checkpoint cannot be read: ${sentenceOf(error).en}.`,
      ),
    );
  }
  checkTimestamps(report, proof, hasher.sha256(leafData));
  return report;
}

/** True when the note is signed by the manifest's log. */
export function signedByLog(note: Note, log: Manifest['log']): boolean {
  return verifyNote(note, noteKey(log.origin, ED25519_ALG, fromHex(log.publicKey)));
}

function checkLogged(
  report: ProofReport,
  input: { proof: Inclusion; note: Note; leafData: Uint8Array; trust: LogTrust },
  hasher: Hasher,
): void {
  const { proof, note, leafData, trust } = input;
  const { origin, size, root } = parseCheckpoint(note.text);
  if (origin !== trust.log.origin)
    report.problems.push(say('检查点属于另一个日志。', 'The checkpoint is of another log.'));
  if (!signedByLog(note, trust.log)) {
    report.problems.push(
      say(
        '检查点没有规则所指日志的签名。',
        'The checkpoint is not signed by the log named in the manifest.',
      ),
    );
  }
  const claim = {
    index: proof.inclusion.index,
    size,
    leaf: leafHash(leafData, hasher),
    root,
    proof: proof.inclusion.proof.map(fromHex),
  };
  if (!verifyInclusion(claim, hasher)) {
    report.problems.push(
      say(
        '收录证明从这条记录推不到检查点。',
        'The inclusion proof does not lead from the entry to the checkpoint.',
      ),
    );
  }
}

function checkWitnesses(report: ProofReport, proof: Inclusion, note: Note, trust: LogTrust): void {
  for (const vkey of new Set(proof.witnesses)) {
    if (!trust.witnesses.includes(vkey)) {
      report.problems.push(
        say('列出的见证方不在规则里。', 'A listed witness is not named in the manifest.'),
      );
      continue;
    }
    const witness = parseVkey(vkey);
    const time = cosignatureTime(note, witness);
    if (time === null) {
      report.problems.push(
        say(
          `见证方 ${witness.name} 的副署缺失或不真。`,
          `The countersignature of witness ${witness.name} is missing or false.`,
        ),
      );
    } else report.witnessed.push({ name: witness.name, time });
  }
  if (report.witnessed.length < trust.witnesses_min) {
    report.problems.push(
      say(
        `要求 ${trust.witnesses_min} 个见证方副署，只有 ${report.witnessed.length} 个。`,
        `Only ${report.witnessed.length} of the required ${trust.witnesses_min} witnesses countersigned.`,
      ),
    );
  }
}

function checkTimestamps(report: ProofReport, proof: Inclusion, stampedHash: Uint8Array): void {
  for (const token of proof.timestamps) {
    try {
      const { imprint, time } = readTimestamp(fromBase64(token));
      if (equalBytes(imprint, stampedHash)) report.stamped.push(time);
      else
        report.problems.push(
          say('有一个时间戳盖的是别的内容。', 'A timestamp is over something else.'),
        );
    } catch {
      report.problems.push(
        say(
          '有一个时间戳不是可读的 RFC 3161 格式。',
          'A timestamp cannot be read as an RFC 3161 token.',
        ),
      );
    }
  }
}
