import {
  equalBytes,
  leafHash,
  parseCanonical,
  parseCheckpoint,
  parseNote,
  rootBuilder,
  utf8Text,
} from '../../platform/tlog/index.ts';
import { returnFolder } from './bundle.ts';
import { DrawError } from './errors.ts';
import { readJson, type BundleFiles } from './files.ts';
import { checkProof, sealedLeaf, signedByLog } from './proof.ts';
import { say, type Sentence } from './sentence.ts';
import {
  logProofShape,
  manifestShape,
  returnSealFileShape,
  sealFileShape,
  type Manifest,
  type SealFile,
} from './types.ts';
import type { Context, LogCopy } from './verify-context.ts';
import { NotChecked, type Findings } from './verify-report.ts';

// V12: one seal for everybody, against another copy of the bundle and against the log.

/** The JSON objects among a log's leaves whose `t` is the wanted one. */
export function leavesOf(log: LogCopy, t: string): Record<string, unknown>[] {
  return log.leaves.flatMap((data) => {
    const leaf = parsedLeaf(data);
    return leaf?.['t'] === t ? [leaf] : [];
  });
}

function parsedLeaf(data: Uint8Array): Record<string, unknown> | null {
  try {
    const value = parseCanonical(utf8Text(data));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // a log may hold leaves of other kinds
  }
}

/** V12: the same seal in another copy of the bundle, and no second one in the log. */
export function checkOneSeal(context: Context, findings: Findings): void {
  const manifest = context.manifest();
  const { others = [], log } = context.options;
  const copies = others.filter((other) => isOfSameDraw(other, manifest));
  if (copies.length === 0 && !log) throw nothingToCompare(others);
  context.seal();
  for (const copy of copies) compareCopies(context, copy, findings);
  if (log) compareLog(context, log, findings);
}

function nothingToCompare(others: readonly BundleFiles[]): NotChecked {
  const [other] = others;
  if (!other) {
    return new NotChecked(
      '需要从别处得到的另一份数据包，或日志副本。',
      'needs another copy of the bundle, or a copy of the log.',
    );
  }
  const theirs = readOtherManifest(other);
  if (!theirs) {
    return new NotChecked(
      '需要另一份数据包里读得出来的 manifest.json。',
      'needs a readable manifest.json in the other bundle.',
    );
  }
  return new NotChecked(
    `需要本次派号的另一份数据包；给的那份是派号 ${theirs.draw} 的。`,
    `needs another copy of this draw; the other bundle is of draw ${theirs.draw}.`,
  );
}

/** The manifest of another bundle; undefined when it has none that can be read. */
export function readOtherManifest(other: BundleFiles): Manifest | undefined {
  try {
    return readJson(other, 'manifest.json', manifestShape);
  } catch {
    return undefined;
  }
}

function isOfSameDraw(other: BundleFiles, manifest: Manifest): boolean {
  const theirs = readOtherManifest(other);
  if (theirs === undefined) return false;
  const sameNumber = theirs.hospital === manifest.hospital && theirs.number === manifest.number;
  return sameNumber || theirs.draw === manifest.draw;
}

const FIELD_NAMES = {
  manifestHash: '规则哈希',
  root: '名单根值',
  entries: '登记条数',
  seal: '封存值',
} as const;

function compareCopies(context: Context, other: BundleFiles, findings: Findings): void {
  const mine = context.files;
  const seal = context.seal();
  const theirs = readJson(other, 'seal.json', sealFileShape);
  if (theirs === undefined) {
    throw new NotChecked(
      '需要另一份数据包里的 seal.json。',
      'needs a seal.json in the other bundle.',
    );
  }
  const differing = (['manifestHash', 'root', 'entries', 'seal'] as const).filter(
    (field) => seal[field] !== theirs[field],
  );
  for (const field of differing) {
    findings.fail(
      `另一份的${FIELD_NAMES[field]}不同：${theirs[field]}，这一份是 ${seal[field]}。`,
      `The other copy has another ${field}: ${theirs[field]}, not ${seal[field]}.`,
    );
  }
  if (differing.length > 0) tellWhetherProven(context, theirs, findings);
  for (let n = 1; n <= context.manifest().returns.closes.length; n++) {
    const path = `${returnFolder(n)}/seal.json`;
    const [own, their] = [mine, other].map((files) => readJson(files, path, returnSealFileShape));
    if (own && their && own.returnsHash !== their.returnsHash) {
      findings.fail(
        `第 ${n} 次再派，另一份列的号不同。`,
        `The other copy drew other places in return ${n}.`,
      );
    }
  }
  const heads = [seal, theirs].map(({ checkpoint }) => parseCheckpoint(parseNote(checkpoint).text));
  const [head, theirHead] = heads;
  if (head && theirHead && head.size === theirHead.size && !equalBytes(head.root, theirHead.root)) {
    findings.fail('两份数据包里的日志不是同一本。', 'The two copies show two logs.');
  }
  findings.pass('另一份数据包里是同一个封存。', 'The other copy of the bundle has the same seal.');
}

// Anybody could make a false second copy; only one that the log signed accuses the log.
function tellWhetherProven(context: Context, theirs: SealFile, findings: Findings): void {
  const manifest = context.manifest();
  const leaf = sealedLeaf(manifest.draw, theirs.manifestHash, theirs.seal);
  const trust = { ...manifest, witnesses_min: 0 };
  const { problems } = checkProof({ ...theirs, witnesses: [] }, leaf, trust, context.hasher);
  if (problems.length === 0) {
    findings.fail(
      '另一份的封存也有日志的签名：日志给人看了两份不同的封存。',
      'The other seal, too, is signed by the log: the log showed two seals.',
    );
  } else {
    findings.fail(
      '另一份的封存没有日志的签名，也可能是另一份作假。',
      'The other seal is not signed by the log: the other copy may be the false one.',
    );
  }
}

function compareLog(context: Context, log: LogCopy, findings: Findings): void {
  const manifest = context.manifest();
  const note = parseNote(log.checkpoint);
  const head = parseCheckpoint(note.text);
  if (head.origin !== manifest.log.origin || !signedByLog(note, manifest.log)) {
    findings.fail(
      '给的日志没有规则所指日志的签名。',
      'The given log is not signed by the log named in the manifest.',
    );
    return;
  }
  const roots = rootsOf(context, log, [head.size, ...bundleCheckpoints(context).keys()]);
  if (log.leaves.length !== head.size || !sameRoot(roots.get(head.size), head.root)) {
    findings.fail(
      '日志的记录推不出它的检查点。',
      'The entries of the log do not make up its checkpoint.',
    );
    return;
  }
  for (const [size, { path, root }] of bundleCheckpoints(context)) {
    if (!sameRoot(roots.get(size), root)) {
      findings.fail(
        `${path} 里的检查点不在这本日志里：有两本日志。`,
        `The checkpoint in ${path} is not part of the log: there are two logs.`,
      );
    }
  }
  const own = (t: string) => leavesOf(log, t).filter((leaf) => leaf['draw'] === manifest.draw);
  const seal = context.seal();
  expectOne(findings, say('公告', 'announcement'), own('draw.announced'), {
    manifestHash: context.manifestHash(),
  });
  expectOne(findings, say('封存', 'seal'), own('draw.sealed'), { seal: seal.seal });
  const closings = own('draw.closed').length;
  if (closings > 1)
    findings.fail(
      `日志给本次派号收了 ${closings} 次尾。`,
      `The log closes this draw ${closings} times.`,
    );
  const returned = own('draw.returns').map((leaf) => leaf['n']);
  if (new Set(returned).size !== returned.length) {
    findings.fail(
      '日志把同一次再派封存了不止一次。',
      'The log seals the same return more than once.',
    );
  }
  findings.pass('日志里本次派号只有一个封存。', 'The log holds exactly one seal for this draw.');
}

function expectOne(
  findings: Findings,
  what: Sentence,
  leaves: readonly Record<string, unknown>[],
  wanted: Record<string, string>,
): void {
  if (leaves.length !== 1) {
    findings.fail(
      `日志里本次派号的${what.zh}有 ${leaves.length} 条，应当只有一条。`,
      `The log holds ${leaves.length} entries with a ${what.en} of this draw instead of one.`,
    );
  }
  for (const [field, value] of Object.entries(wanted)) {
    if (leaves.some((leaf) => leaf[field] !== value)) {
      findings.fail(
        `日志里本次派号的${what.zh}与数据包不同。`,
        `The log holds another ${what.en} of this draw than the bundle.`,
      );
    }
  }
}

function bundleCheckpoints(context: Context): Map<number, { path: string; root: Uint8Array }> {
  const found = new Map<number, { path: string; root: Uint8Array }>();
  const paths = [...context.files.keys()].filter((path) =>
    /^(published|closed|(returns\/\d{3}\/)?seal)\.json$/.test(path),
  );
  for (const path of paths) {
    const shape = path.startsWith('returns/')
      ? returnSealFileShape
      : path === 'seal.json'
        ? sealFileShape
        : logProofShape;
    const file = readJson<{ checkpoint: string }>(context.files, path, shape);
    if (!file) continue;
    const { size, root } = parseCheckpoint(parseNote(file.checkpoint).text);
    const known = found.get(size);
    if (known && !equalBytes(known.root, root)) {
      throw new DrawError(
        'log',
        say(
          `${path} 和 ${known.path} 里的日志一样长却不相同。`,
          `${path} and ${known.path} show two logs of the same size.`,
        ),
      );
    }
    found.set(size, { path, root });
  }
  return found;
}

function rootsOf(
  context: Context,
  log: LogCopy,
  sizes: readonly number[],
): Map<number, Uint8Array> {
  const wanted = new Set(sizes);
  const roots = new Map<number, Uint8Array>();
  const builder = rootBuilder(context.hasher);
  if (wanted.has(0)) roots.set(0, builder.root());
  for (const data of log.leaves) {
    builder.push(leafHash(data, context.hasher));
    if (wanted.has(builder.size())) roots.set(builder.size(), builder.root());
  }
  return roots;
}

function sameRoot(a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && equalBytes(a, b);
}
