import { toHex } from '../../platform/tlog/index.ts';
import { readJson } from './files.ts';
import { drawMoment, manifestProblems, publishDeadline, roundProblems } from './manifest.ts';
import { announcedLeaf, checkProof, sealedLeaf, type ProofReport } from './proof.ts';
import { say, type Sentence } from './sentence.ts';
import {
  logProofShape,
  manifestShape,
  sealFileShape,
  type LogProof,
  type Manifest,
} from './types.ts';
import { missing, type Context } from './verify-context.ts';
import { leavesOf, readOtherManifest } from './verify-log.ts';
import { NotChecked, type Findings } from './verify-report.ts';

// V1 to V3: the rules, the round, the seal's moment.

/** V1: the manifest is whole, in the chain, and was public in time. */
export function checkManifest(context: Context, findings: Findings): void {
  const { files, hasher } = context;
  if (context.vector) throw new NotChecked('公开的核对样例里没有这一项。', 'not in the vector.');
  const manifest = readJson(files, 'manifest.json', manifestShape);
  if (manifest === undefined) throw missing('manifest.json');
  findings.failAll(manifestProblems(manifest));
  const verifier = files.get('verify.html');
  if (verifier && toHex(hasher.sha256(verifier)) !== manifest.verifier) {
    findings.fail(
      'verify.html 不是规则里写明的核验程序。',
      'verify.html is not the verifier named in the manifest.',
    );
  }
  const hash = context.manifestHash();
  for (const path of ['published.json', 'seal.json', 'closed.json']) {
    if (statedHash(context, path, hash) !== hash) {
      findings.fail(`${path} 说的是另一份规则。`, `${path} is about another manifest.`);
    }
  }
  checkPrevious(context, manifest, findings);
  checkPublished(context, manifest, findings);
}

function statedHash(context: Context, path: string, absent: string): string {
  const shape = path === 'seal.json' ? sealFileShape : logProofShape;
  try {
    return readJson(context.files, path, shape)?.manifestHash ?? absent;
  } catch {
    return absent; // the check that owns the file tells
  }
}

function checkPrevious(context: Context, manifest: Manifest, findings: Findings): void {
  if (manifest.number === 1) return;
  const { log, others = [] } = context.options;
  const before = others.find((other) => {
    const theirs = readOtherManifest(other);
    return theirs?.number === manifest.number - 1 && theirs.hospital === manifest.hospital;
  });
  if (log) {
    const announced = leavesOf(log, 'draw.announced').map((leaf) => leaf['manifestHash']);
    findings.expect(
      announced.includes(manifest.prev),
      say('上一份规则在日志里。', 'The previous manifest is in the log.'),
      say('日志从未公布过上一份规则。', 'The log never announced the previous manifest.'),
    );
  }
  if (before) {
    findings.expect(
      toHex(context.hasher.sha256(before.get('manifest.json') ?? new Uint8Array(0))) ===
        manifest.prev,
      say('上一次派号的规则正是所指的那一份。', 'The previous manifest is the one named.'),
      say('上一次派号的规则不是所指的那一份。', 'The previous manifest is not the one named.'),
    );
  }
  if (log || before) return;
  findings.skip(
    `核对编号连续需要第 ${manifest.number - 1} 号派号的数据包，或日志副本。`,
    `needs the bundle of number ${manifest.number - 1}, or a copy of the log, for the prev chain.`,
  );
}

function checkPublished(context: Context, manifest: Manifest, findings: Findings): void {
  const { files, hasher } = context;
  if (!files.has('published.json')) {
    findings.skip(
      '核对公布时间需要 published.json。',
      'needs published.json for the time of publication.',
    );
    return;
  }
  const proof = readJson(files, 'published.json', logProofShape) as LogProof;
  const leaf = announcedLeaf(manifest.draw, context.manifestHash());
  const report = checkProof(proof, leaf, manifest, hasher);
  const demo = manifest.beacon.kind === 'demo';
  tellProof(findings, report, {
    what: say('规则', 'The manifest'),
    latest: publishDeadline(manifest),
    late: say(
      demo ? '没有在登记截止前公布' : '没有在登记截止 24 小时前公布',
      `was not public ${demo ? 'before' : 'at least 24 hours before'} entries closed`,
    ),
  });
}

/** A time (Unix seconds) as people in China read it. */
export function when(time: number): string {
  if (!(Math.abs(time) < 8e12)) return String(time);
  const text = new Date((time + 8 * 3600) * 1000).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 19)}`;
}

/** Tells the outcome of a log proof: faults, lateness, or that nobody independent saw it. */
export function tellProof(
  findings: Findings,
  report: ProofReport,
  wanted: { what: Sentence; latest: number; late: Sentence },
): void {
  const { what, latest, late } = wanted;
  for (const { zh, en } of report.problems) findings.fail(`${what.zh}：${zh}`, `${what.en}: ${en}`);
  for (const { name, time } of report.witnessed) {
    if (time <= latest) continue;
    findings.fail(
      `${what.zh}${late.zh}：见证方 ${name} 在 ${when(time)}（北京时间）才看到。`,
      `${what.en} ${late.en}: witness ${name} saw it at ${when(time)} (UTC+8).`,
    );
  }
  for (const time of report.stamped) {
    if (time <= latest) continue;
    findings.fail(
      `${what.zh}${late.zh}：时间戳写的是 ${when(time)}（北京时间）。`,
      `${what.en} ${late.en}: its timestamp names ${when(time)} (UTC+8).`,
    );
  }
  findings.pass(
    `${what.zh}已记入日志，有签名的检查点作证。`,
    `${what.en} is in the log under its signed checkpoint.`,
  );
  for (const time of report.stamped) {
    findings.pass(
      `一个时间戳写明了这个哈希和 ${when(time)}（北京时间）；签发者的签名这里不核对。`,
      `A timestamp names this hash and ${when(time)} (UTC+8); its issuer’s signature is not checked here.`,
    );
  }
  tellWitnesses(findings, report, wanted);
}

function tellWitnesses(
  findings: Findings,
  report: ProofReport,
  { what, latest }: { what: Sentence; latest: number },
): void {
  const count = report.witnessed.length;
  if (count > 0) {
    if (latest === Infinity) {
      findings.pass(`有 ${count} 个见证方看到。`, `Witnesses that saw it: ${count}.`);
    } else {
      findings.pass(`有 ${count} 个见证方按时看到。`, `Witnesses that saw it in time: ${count}.`);
    }
  } else if (latest < Infinity) {
    findings.skip(
      `需要独立的见证方：${what.zh}何时记入日志，只有运营者自己的说法。`,
      `needs a witness: only the operator’s own word says when this was logged (${what.en}).`,
    );
  }
}

/** V2: round, offset and margin follow the formula; the beacon file is of that round. */
export function checkRound(context: Context, findings: Findings): void {
  const manifest = context.manifest();
  findings.failAll(roundProblems(manifest));
  const { round } = drawMoment(manifest);
  if (!context.files.has('beacon.json')) {
    findings.skip('核对用了哪一轮需要 beacon.json。', 'needs beacon.json for the round used.');
    return;
  }
  const beacon = context.beacon();
  const used = 'round' in beacon ? beacon.round : null;
  const zhRound = (one: number | null): string => (one === null ? '骰子' : `第 ${one} 轮`);
  const enRound = (one: number | null): string => (one === null ? 'dice' : `round ${one}`);
  findings.expect(
    used === round,
    round === null
      ? say('按规则用骰子。', 'The draw uses dice, as announced.')
      : say(`按公式正是第 ${round} 轮。`, `Round ${round} follows from the rules.`),
    say(
      `派号用了${zhRound(used)}，按规则应当用${zhRound(round)}。`,
      `The draw used ${enRound(used)}, the rules give ${enRound(round)}.`,
    ),
  );
}

/** V3: the seal was logged, and seen by witnesses, before the randomness could be known. */
export function checkSealed(context: Context, findings: Findings): void {
  const manifest = context.manifest();
  const seal = context.owned.seal();
  const leaf = sealedLeaf(manifest.draw, seal.manifestHash, seal.seal);
  const report = checkProof(seal, leaf, manifest, context.hasher);
  const latest = drawMoment(manifest).time - manifest.beacon.margin - 1;
  if (seal.sealedAt > latest) {
    findings.fail(
      `封存文件自己写的时间就已太晚（${when(seal.sealedAt)}，北京时间）。`,
      `The seal says of itself that it was too late (${when(seal.sealedAt)} UTC+8).`,
    );
  }
  tellProof(findings, report, {
    what: say('封存', 'The seal'),
    latest,
    late: say(
      `没有早于随机数 ${manifest.beacon.margin} 秒`,
      `was later than ${manifest.beacon.margin} seconds before the randomness`,
    ),
  });
}
