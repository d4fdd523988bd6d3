import {
  equalBytes,
  leafHash,
  parseCanonical,
  parseCheckpoint,
  parseNote,
  rootBuilder,
  utf8Text,
} from '../../platform/tlog/index.ts';
import { readJson, type BundleFiles } from './files.ts';
import { signedByLog } from './proof.ts';
import {
  logProofShape,
  manifestShape,
  returnSealFileShape,
  sealFileShape,
  type Manifest,
} from './types.ts';
import type { Context, LogCopy } from './verify-context.ts';
import { NotChecked, type Findings } from './verify-report.ts';
import { returnFolder } from './bundle.ts';

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
  const { other, log } = context.options;
  const copy = other && copyOfSameDraw(context, other, manifest);
  if (!copy && !log) throw new NotChecked('needs --other (another copy of the bundle) or --log.');
  context.seal();
  if (copy) compareCopies(context, copy, findings);
  if (log) compareLog(context, log, findings);
}

function copyOfSameDraw(
  context: Context,
  other: BundleFiles,
  manifest: Manifest,
): BundleFiles | undefined {
  const theirs = readJson(other, 'manifest.json', manifestShape);
  if (theirs === undefined) throw new NotChecked('needs a manifest.json in the other bundle.');
  const same = theirs.hospital === manifest.hospital && theirs.number === manifest.number;
  if (same || theirs.draw === manifest.draw) return other;
  if (context.options.log) return undefined;
  throw new NotChecked(`needs a copy of this draw; the other bundle is of draw ${theirs.draw}.`);
}

function compareCopies(context: Context, other: BundleFiles, findings: Findings): void {
  const mine = context.files;
  const [seal, theirs] = [mine, other].map((files) => readJson(files, 'seal.json', sealFileShape));
  if (theirs === undefined) throw new NotChecked('needs a seal.json in the other bundle.');
  if (seal === undefined) return;
  for (const field of ['manifestHash', 'root', 'entries', 'seal'] as const) {
    if (seal[field] !== theirs[field]) {
      findings.fail(`The other copy has another ${field}: ${theirs[field]}, not ${seal[field]}.`);
    }
  }
  for (let n = 1; n <= context.manifest().returns.closes.length; n++) {
    const path = `${returnFolder(n)}/seal.json`;
    const [own, their] = [mine, other].map((files) => readJson(files, path, returnSealFileShape));
    if (own && their && own.returnsHash !== their.returnsHash) {
      findings.fail(`The other copy drew other places in return ${n}.`);
    }
  }
  const heads = [mine, other].map((files) => checkpointOf(files));
  if (heads[0] && heads[1] && heads[0].size === heads[1].size) {
    if (!equalBytes(heads[0].root, heads[1].root)) findings.fail('The two copies show two logs.');
  }
  findings.pass('The other copy of the bundle has the same seal.');
}

function checkpointOf(files: BundleFiles): { size: number; root: Uint8Array } | null {
  const seal = readJson(files, 'seal.json', sealFileShape);
  return seal ? parseCheckpoint(parseNote(seal.checkpoint).text) : null;
}

function compareLog(context: Context, log: LogCopy, findings: Findings): void {
  const manifest = context.manifest();
  const note = parseNote(log.checkpoint);
  const head = parseCheckpoint(note.text);
  if (head.origin !== manifest.log.origin || !signedByLog(note, manifest.log)) {
    findings.fail('The given log is not signed by the log named in the manifest.');
    return;
  }
  const roots = rootsOf(context, log, [head.size, ...bundleCheckpoints(context).keys()]);
  if (log.leaves.length !== head.size || !sameRoot(roots.get(head.size), head.root)) {
    findings.fail('The entries of the log do not make up its checkpoint.');
    return;
  }
  for (const [size, { path, root }] of bundleCheckpoints(context)) {
    if (!sameRoot(roots.get(size), root)) {
      findings.fail(`The checkpoint in ${path} is not part of the log: there are two logs.`);
    }
  }
  const own = (t: string) => leavesOf(log, t).filter((leaf) => leaf['draw'] === manifest.draw);
  const seal = context.seal();
  expectOne(findings, 'announcement', own('draw.announced'), {
    manifestHash: context.manifestHash(),
  });
  expectOne(findings, 'seal', own('draw.sealed'), { seal: seal.seal });
  const closings = own('draw.closed').length;
  if (closings > 1) findings.fail(`The log closes this draw ${closings} times.`);
  const returned = own('draw.returns').map((leaf) => leaf['n']);
  if (new Set(returned).size !== returned.length) {
    findings.fail('The log seals the same return more than once.');
  }
  findings.pass('The log holds exactly one seal for this draw.');
}

function expectOne(
  findings: Findings,
  what: string,
  leaves: readonly Record<string, unknown>[],
  wanted: Record<string, string>,
): void {
  if (leaves.length !== 1) {
    findings.fail(
      `The log holds ${leaves.length} entries with a ${what} of this draw instead of one.`,
    );
  }
  for (const [field, value] of Object.entries(wanted)) {
    if (leaves.some((leaf) => leaf[field] !== value)) {
      findings.fail(`The log holds another ${what} of this draw than the bundle.`);
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
      throw new Error(`${path} and ${known.path} show two logs of the same size.`);
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
