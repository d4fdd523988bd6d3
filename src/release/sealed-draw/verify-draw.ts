import { allocate } from './allocate.ts';
import { chainHash, diceRandomness, drawSeed, randomnessOf, verifyRound } from './beacon.ts';
import { countEntries, poolRoot, sealOf } from './entry.ts';
import { readJson } from './files.ts';
import { rankEntries } from './rank.ts';
import { secretHash, verifyCounts, verifyReceipt } from './receipt.ts';
import { poolLeaf } from './entry.ts';
import {
  allocationLineShape,
  countsShape,
  poolLineShape,
  rankingLineShape,
  receiptShape,
  voidLineShape,
  type AllocationLine,
  type BeaconFile,
  type Manifest,
  type PoolLine,
  type RankingLine,
  type VoidLine,
} from './types.ts';
import { fromHex } from '../../platform/tlog/index.ts';
import { owned, ownedLines, poolTexts, readBeaconFile, type Context } from './verify-context.ts';
import { NotChecked, type Findings } from './verify-report.ts';

// V4 to V10: pool, receipt, beacon, seed, ranking, allocation, weights.

/** V4: the pool is sorted, without duplicates, and is what the seal sealed. */
export function checkPool(context: Context, findings: Findings): void {
  const { files, hasher } = context;
  const pool = ownedLines(files, 'pool.jsonl', poolLineShape);
  const unsorted = pool.findIndex((line, i) => i > 0 && line.e <= (pool[i - 1] as PoolLine).e);
  if (unsorted > 0)
    findings.fail(`Pool line ${unsorted + 1} is out of order or twice in the pool.`);
  const inPool = new Set(pool.map(({ e }) => e));
  const withdrawn = ownedVoids(context).find(({ e }) => inPool.has(e));
  if (withdrawn) findings.fail(`Entry ${withdrawn.e} was withdrawn but is in the pool.`);
  const root = poolRoot(poolTexts(files), hasher);
  const manifestHash = context.manifestHash();
  const seal = context.seal();
  if (seal.entries !== pool.length) {
    findings.fail(`The seal is over ${seal.entries} entries, the pool has ${pool.length}.`);
  }
  if (seal.root !== root) findings.fail('The pool is not the sealed one: its root differs.');
  if (seal.seal !== sealOf({ manifestHash, root, entries: pool.length }, hasher)) {
    findings.fail('The seal does not follow from the manifest and the pool.');
  }
  findings.pass(`${pool.length} entries, sorted and each once, are what was sealed.`);
}

function ownedVoids({ files }: Context): VoidLine[] {
  return files.has('void.jsonl') ? ownedLines(files, 'void.jsonl', voidLineShape) : [];
}

/** V5: a receipt is genuine and its entry is in the pool, or was withdrawn by its holder. */
export function checkReceipt(context: Context, findings: Findings): void {
  const { options, hasher } = context;
  if (options.receipt === undefined) throw new NotChecked('needs --receipt.');
  const manifest = context.manifest();
  const receipt = receiptShape(options.receipt, 'receipt');
  if (receipt.draw !== manifest.draw) {
    throw new NotChecked(`needs a receipt of this draw; it is of draw ${receipt.draw}.`);
  }
  if (!verifyReceipt(receipt, manifest.receiptKey)) {
    findings.fail('The receipt is not signed by the key in the manifest: it is forged or damaged.');
    return;
  }
  const line = context.pool().find(({ e }) => e === receipt.e);
  const withdrawal = ownedVoids(context).find(({ e }) => e === receipt.e);
  if (line) {
    findings.expect(
      poolLeaf(line, hasher) === receipt.leaf,
      'Your entry is in the pool exactly as your receipt says.',
      'Your entry is in the pool but differs from your receipt.',
    );
  } else if (withdrawal) {
    findings.expect(
      secretHash(fromHex(withdrawal.secret), hasher) === receipt.v,
      'Your entry was withdrawn with your own secret.',
      'Your entry is listed as withdrawn, but not with your secret.',
    );
  } else {
    findings.fail('Your receipt is genuine but your entry is missing: this is proof of cheating.');
  }
}

/** V6: the randomness is the pinned beacon's. */
export function checkBeacon(context: Context, findings: Findings): void {
  owned(context.files, 'beacon.json', () => readBeaconFile(context.files, 'beacon.json'));
  const beacon = context.beacon();
  const manifest = context.vector ? null : context.manifest();
  findings.fail(...beaconFileProblems(context, beacon, manifest));
  if (context.vector && 'round' in beacon && beacon.round !== context.vector.beacon.round) {
    findings.fail('The signature is of another round than the manifest names.');
  }
  findings.pass('The randomness follows from the beacon’s own signature or throws.');
}

/** What is wrong with a beacon file apart from its round and seed, as sentences. */
export function beaconFileProblems(
  context: Context,
  beacon: BeaconFile,
  manifest: Manifest | null,
): string[] {
  const { chain, publicKey } = context.beaconKey();
  if (beacon.chain !== chain) return ['The randomness is from another beacon than the manifest’s.'];
  if ('throws' in beacon) {
    return beacon.randomness === diceRandomness(beacon.throws, context.hasher)
      ? []
      : ['The randomness is not the hash of the throws.'];
  }
  const told: string[] = [];
  const pinned = manifest?.beacon;
  const own = pinned && pinned.kind !== 'dice' && pinned.kind !== 'drand' ? pinned : null;
  if (own && chainHash(own, context.hasher) !== chain) {
    told.push('The beacon chain is not the hash of its parameters.');
  }
  if (beacon.publicKey !== publicKey) told.push('The beacon file names another key.');
  if (!verifyRound(publicKey, beacon.round, beacon.signature)) {
    told.push(`The signature is not the beacon’s signature of round ${beacon.round}.`);
  }
  if (beacon.randomness !== randomnessOf(beacon.signature, context.hasher)) {
    told.push('The randomness is not the hash of the signature.');
  }
  return told;
}

/** V7: the seed follows from seal and randomness. */
export function checkSeed(context: Context, findings: Findings): void {
  const { seed, randomness } = context.beacon();
  findings.expect(
    seed === drawSeed(context.seal().seal, randomness, context.hasher),
    'The seed follows from the seal and the randomness.',
    'The seed does not follow from the seal and the randomness.',
  );
}

/** V8: every entry is ranked, by its right key. */
export function checkRanking(context: Context, findings: Findings): void {
  const given = ownedLines(context.files, 'ranking.jsonl', rankingLineShape);
  const pool = context.pool();
  const expected = rankEntries(context.beacon().seed, pool, context.hasher);
  findings.fail(...rankingProblems(given, expected));
  findings.pass(`All ${expected.length} keys and their order are right.`);
}

/** Differences between a given and a recomputed ranking, as sentences. */
export function rankingProblems(
  given: readonly RankingLine[],
  expected: readonly RankingLine[],
): string[] {
  if (given.length !== expected.length) {
    return [`The ranking has ${given.length} entries instead of ${expected.length}.`];
  }
  const wrong = given.findIndex(
    ({ e, key }, i) => e !== expected[i]?.e || key !== expected[i]?.key,
  );
  return wrong < 0 ? [] : [`Rank ${wrong + 1} of the ranking is not what the seed gives.`];
}

/** V9: the allocation follows from the ranking. */
export function checkAllocation(context: Context, findings: Findings): void {
  const vector = context.vector !== null;
  const given = ownedLines<Pick<AllocationLine, 'e' | 'slot'> & { place?: number | null }>(
    context.files,
    'allocation.jsonl',
    vector ? vectorAllocation : allocationLineShape,
  );
  const lines = new Map(context.pool().map((line) => [line.e, line]));
  const applicants = context.ranking().map(({ e }) => {
    const line = lines.get(e);
    if (!line) throw new NotChecked(`needs entry ${e} of the ranking in the pool.`);
    return line;
  });
  const expected = allocate(applicants, context.rules());
  if (given.length !== expected.length) {
    findings.fail(`The allocation has ${given.length} entries instead of ${expected.length}.`);
  }
  expected.forEach((line, rank) => {
    const is = given[rank];
    const placeDiffers = !vector && is?.place !== line.place;
    if (is && (is.e !== line.e || is.slot !== line.slot || placeDiffers)) {
      findings.fail(
        `Rank ${rank + 1} must get ${line.slot ?? 'no place'}${line.place === null ? '' : ` (place ${line.place})`}, ` +
          `the allocation says ${is.slot ?? 'no place'}.`,
      );
    }
  });
  const count = expected.filter(({ place }) => place !== null).length;
  findings.pass(`${count} of ${expected.length} entries have the right place.`);
}

// The vector names sessions only.
function vectorAllocation(value: unknown, at: string): { e: string; slot: string | null } {
  const { e, slot } = allocationLineShape({ ...(value as object), place: null }, at);
  return { e, slot };
}

/** V10: classes, weights and wishes are inside the rules and counted by the identity module. */
export function checkRules(context: Context, findings: Findings): void {
  const manifest = context.manifest();
  const pool = context.pool();
  const sessions = new Set(manifest.slots);
  for (const line of pool) findings.fail(...lineProblems(line, manifest, sessions));
  if (!context.files.has('counts.json')) {
    findings.skip('the identity module’s counts need counts.json.');
    return;
  }
  const counts = readJson(context.files, 'counts.json', countsShape);
  if (counts === undefined) return;
  if (counts.draw !== manifest.draw) findings.fail('The counts are of another draw.');
  if (!verifyCounts(counts, manifest.identityKey)) {
    findings.fail('The counts are not signed by the identity module.');
  }
  const spelt = (lines: typeof counts.counts): string =>
    lines
      .filter(({ n }) => n > 0)
      .map(({ c, n, w }) => `${c}/${w}: ${n}`)
      .sort()
      .join(', ');
  const [stated, actual] = [spelt(counts.counts), spelt(countEntries(pool))];
  if (stated !== actual) {
    findings.fail(
      `The identity module let in (class/weight: entries) ${stated || 'nobody'}, the pool has ${actual || 'nobody'}.`,
    );
  }
  findings.pass('Classes and weights keep the rules and match the identity module’s counts.');
}

function lineProblems(line: PoolLine, manifest: Manifest, sessions: Set<string>): string[] {
  const { e, c, p, w } = line;
  const rule = manifest.classes[c];
  const told: string[] = [];
  if (rule === undefined) told.push(`Entry ${e} is of an unknown class.`);
  else if (w > rule.weight_max) told.push(`Entry ${e} has weight ${w}, its class allows less.`);
  if (manifest.weights === 'equal' ? w !== 1 : w > 8) {
    told.push(`Entry ${e} has weight ${w}, which the rules do not know.`);
  }
  if (p.length === 0 || new Set(p).size !== p.length || !p.every((one) => sessions.has(one))) {
    told.push(`Entry ${e} must wish for sessions of this draw, each once.`);
  }
  return told;
}
