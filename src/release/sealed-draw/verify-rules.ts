import { toHex } from '../../platform/tlog/index.ts';
import { readJson } from './files.ts';
import { drawMoment, manifestProblems, publishDeadline, roundProblems } from './manifest.ts';
import { announcedLeaf, checkProof, sealedLeaf, type ProofReport } from './proof.ts';
import { logProofShape, manifestShape, sealFileShape, type Manifest } from './types.ts';
import { owned, readBeaconFile, type Context } from './verify-context.ts';
import { leavesOf } from './verify-log.ts';
import { NotChecked, type Findings } from './verify-report.ts';

// V1 to V3: the rules, the round, the seal's moment.

const NOT_WITNESSED =
  'not witnessed; needs a witness (only the operator’s own word says when this was logged).';

/** V1: the manifest is whole, in the chain, and was public in time. */
export function checkManifest(context: Context, findings: Findings): void {
  const { files, hasher } = context;
  if (context.vector) throw new NotChecked('not in the vector.');
  if (!files.has('manifest.json')) throw new NotChecked('needs manifest.json.');
  const manifest = readJson(files, 'manifest.json', manifestShape) as Manifest;
  findings.fail(...manifestProblems(manifest));
  const verifier = files.get('verify.html');
  if (verifier && toHex(hasher.sha256(verifier)) !== manifest.verifier) {
    findings.fail('verify.html is not the verifier named in the manifest.');
  }
  const hash = context.manifestHash();
  for (const path of ['published.json', 'seal.json', 'closed.json']) {
    if (statedHash(context, path, hash) !== hash) {
      findings.fail(`${path} is about another manifest.`);
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
  const { log, other } = context.options;
  const announced = log && leavesOf(log, 'draw.announced').map((leaf) => leaf['manifestHash']);
  const bytes = other?.get('manifest.json');
  const previous = other && readOtherManifest(other);
  if (announced) {
    findings.expect(
      announced.includes(manifest.prev),
      'The previous manifest is in the log.',
      'The log never announced the previous manifest.',
    );
  } else if (bytes && previous?.number === manifest.number - 1) {
    findings.expect(
      toHex(context.hasher.sha256(bytes)) === manifest.prev &&
        previous.hospital === manifest.hospital,
      'The previous manifest is the one named.',
      'The previous manifest is not the one named.',
    );
  } else findings.skip(`prev chain needs --log or the bundle of number ${manifest.number - 1}.`);
}

function readOtherManifest(other: Context['files']): Manifest | undefined {
  try {
    return readJson(other, 'manifest.json', manifestShape);
  } catch {
    return undefined; // then it cannot serve as the previous manifest
  }
}

function checkPublished(context: Context, manifest: Manifest, findings: Findings): void {
  const { files, hasher } = context;
  if (!files.has('published.json')) {
    findings.skip('publication needs published.json.');
    return;
  }
  const proof = readJson(files, 'published.json', logProofShape);
  if (proof === undefined) return;
  const leaf = announcedLeaf(manifest.draw, context.manifestHash());
  const report = checkProof(proof, leaf, manifest, hasher);
  const deadline = publishDeadline(manifest);
  const inTime = manifest.beacon.kind === 'demo' ? 'before' : 'at least 24 hours before';
  tellProof(findings, report, {
    what: 'The manifest',
    latest: deadline,
    late: `was not public ${inTime} entries closed`,
  });
}

/** Tells the outcome of a log proof: faults, lateness, or that nobody independent saw it. */
export function tellProof(
  findings: Findings,
  report: ProofReport,
  wanted: { what: string; latest: number; late: string },
): void {
  const { what, latest, late } = wanted;
  findings.fail(...report.problems.map((problem) => `${what}: ${problem}`));
  for (const { name, time } of report.witnessed) {
    if (time > latest) findings.fail(`${what} ${late}: witness ${name} saw it at ${time}.`);
  }
  for (const time of report.stamped) {
    if (time > latest) findings.fail(`${what} ${late}: it was timestamped at ${time}.`);
  }
  findings.pass(`${what} is in the log under its signed checkpoint.`);
  if (report.witnessed.length > 0) {
    findings.pass(`${report.witnessed.length} witnesses saw it in time.`);
  } else if (latest === Infinity) {
    findings.pass('(No witness is named, and no deadline depends on one.)');
  } else if (report.stamped.length > 0) {
    findings.skip(
      `not witnessed; the time of an RFC 3161 timestamp is early enough, its signature needs the stamping authority’s certificate. (${what})`,
    );
  } else findings.skip(`${NOT_WITNESSED} (${what})`);
}

/** V2: round, offset and margin follow the formula; the beacon file is of that round. */
export function checkRound(context: Context, findings: Findings): void {
  const manifest = context.manifest();
  findings.fail(...roundProblems(manifest));
  const { round } = drawMoment(manifest);
  if (!context.files.has('beacon.json')) {
    findings.skip('the round used needs beacon.json.');
    return;
  }
  owned(context.files, 'beacon.json', () => readBeaconFile(context.files, 'beacon.json'));
  const beacon = context.beacon();
  const used = 'round' in beacon ? beacon.round : null;
  findings.expect(
    used === round,
    round === null ? 'The draw uses dice, as announced.' : `Round ${round} follows from the rules.`,
    `The draw used round ${used ?? 'of dice'}, the rules give ${round ?? 'dice'}.`,
  );
}

/** V3: the seal was logged, and seen by witnesses, before the randomness could be known. */
export function checkSealed(context: Context, findings: Findings): void {
  const manifest = context.manifest();
  if (!context.files.has('seal.json')) throw new NotChecked('needs seal.json.');
  owned(context.files, 'seal.json', () => readJson(context.files, 'seal.json', sealFileShape));
  const seal = context.seal();
  const leaf = sealedLeaf(manifest.draw, seal.manifestHash, seal.seal);
  const report = checkProof(seal, leaf, manifest, context.hasher);
  const latest = drawMoment(manifest).time - manifest.beacon.margin - 1;
  if (seal.sealedAt > latest) {
    findings.fail(`The seal says of itself that it was too late (${seal.sealedAt}).`);
  }
  tellProof(findings, report, {
    what: 'The seal',
    latest,
    late: `was later than ${manifest.beacon.margin} seconds before the randomness`,
  });
}
