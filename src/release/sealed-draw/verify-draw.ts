import { fromHex } from '../../platform/tlog/index.ts';
import { chainHash, diceRandomness, drawSeed, randomnessOf, verifyRound } from './beacon.ts';
import { countEntries, poolLeaf, sealOf } from './entry.ts';
import { readJson } from './files.ts';
import { secretHash, verifyCounts, verifyReceipt } from './receipt.ts';
import { say, type Sentence } from './sentence.ts';
import {
  countsShape,
  receiptShape,
  voidLineShape,
  type AllocationLine,
  type BeaconFile,
  type Counts,
  type Manifest,
  type PoolLine,
  type RankingLine,
  type VoidLine,
} from './types.ts';
import { ownedLines, type Context } from './verify-context.ts';
import { NotChecked, type Findings } from './verify-report.ts';

// V4 to V10: pool, receipt, beacon, seed, ranking, allocation, weights.

/** V4: the pool is sorted, without duplicates, and is what the seal sealed. */
export function checkPool(context: Context, findings: Findings): void {
  const pool = context.owned.pool();
  const unsorted = pool.findIndex((line, i) => i > 0 && line.e <= (pool[i - 1] as PoolLine).e);
  if (unsorted > 0) {
    findings.fail(
      `名单第 ${unsorted + 1} 行没有按顺序排，或者重复。`,
      `Pool line ${unsorted + 1} is out of order or twice in the pool.`,
    );
  }
  const inPool = new Set(pool.map(({ e }) => e));
  const withdrawn = ownedVoids(context).find(({ e }) => inPool.has(e));
  if (withdrawn) {
    findings.fail(
      `登记 ${withdrawn.e} 已经撤回，却还在名单里。`,
      `Entry ${withdrawn.e} was withdrawn but is in the pool.`,
    );
  }
  const root = context.poolRoot();
  const manifestHash = context.manifestHash();
  const seal = context.seal();
  if (seal.entries !== pool.length) {
    findings.fail(
      `封存的是 ${seal.entries} 条登记，名单有 ${pool.length} 条。`,
      `The seal is over ${seal.entries} entries, the pool has ${pool.length}.`,
    );
  }
  if (seal.root !== root) {
    findings.fail(
      '名单不是封存的那一份：根值不同。',
      'The pool is not the sealed one: its root differs.',
    );
  }
  if (seal.seal !== sealOf({ manifestHash, root, entries: pool.length }, context.hasher)) {
    findings.fail(
      '从规则和名单算不出这个封存值。',
      'The seal does not follow from the manifest and the pool.',
    );
  }
  findings.pass(
    `${pool.length} 条登记，依次排列、各列一次，正是封存的那些。`,
    `${pool.length} entries, sorted and each once, are what was sealed.`,
  );
}

function ownedVoids({ files }: Context): VoidLine[] {
  return files.has('void.jsonl') ? ownedLines(files, 'void.jsonl', voidLineShape) : [];
}

/** V5: a receipt is genuine and its entry is in the pool, or was withdrawn by its holder. */
export function checkReceipt(context: Context, findings: Findings): void {
  const { options, hasher } = context;
  if (options.receipt === undefined) throw new NotChecked('需要您的回执。', 'needs a receipt.');
  const manifest = context.manifest();
  const receipt = receiptShape(options.receipt, 'receipt');
  if (receipt.draw !== manifest.draw) {
    throw new NotChecked(
      `需要本次派号的回执；这一张是派号 ${receipt.draw} 的。`,
      `needs a receipt of this draw; it is of draw ${receipt.draw}.`,
    );
  }
  if (!verifyReceipt(receipt, manifest.receiptKey)) {
    findings.fail(
      '回执没有规则所指公钥的签名：是伪造的，或者已经损坏。',
      'The receipt is not signed by the key in the manifest: it is forged or damaged.',
    );
    return;
  }
  const line = context.pool().find(({ e }) => e === receipt.e);
  const withdrawal = ownedVoids(context).find(({ e }) => e === receipt.e);
  if (line) {
    findings.expect(
      poolLeaf(line, hasher) === receipt.leaf,
      say(
        '您的登记在名单里，内容与回执一字不差。',
        'Your entry is in the pool exactly as your receipt says.',
      ),
      say(
        '您的登记在名单里，但内容与回执不同。',
        'Your entry is in the pool but differs from your receipt.',
      ),
    );
  } else if (withdrawal) {
    findings.expect(
      secretHash(fromHex(withdrawal.secret), hasher) === receipt.v,
      say('您的登记已用您自己的密码撤回。', 'Your entry was withdrawn with your own secret.'),
      say(
        '您的登记被列为撤回，但用的不是您的密码。',
        'Your entry is listed as withdrawn, but not with your secret.',
      ),
    );
  } else {
    findings.fail(
      '回执是真的，您的登记却不在名单里：这就是作弊的证据。',
      'Your receipt is genuine but your entry is missing: this is proof of cheating.',
    );
  }
}

/** V6: the randomness is the pinned beacon's. */
export function checkBeacon(context: Context, findings: Findings): void {
  const beacon = context.owned.beacon();
  const manifest = context.vector ? null : context.manifest();
  findings.failAll(beaconFileProblems(context, beacon, manifest));
  if (context.vector && 'round' in beacon && beacon.round !== context.vector.beacon.round) {
    findings.fail(
      '这个签名属于规则之外的另一轮。',
      'The signature is of another round than the manifest names.',
    );
  }
  findings.pass(
    'throws' in beacon ? '随机数是现场骰子记录的哈希。' : '随机数带有信标自己的签名，不能伪造。',
    'throws' in beacon
      ? 'The randomness is the hash of the throws in the hall.'
      : 'The randomness follows from the beacon’s own signature.',
  );
  if (manifest?.beacon.kind === 'demo') {
    findings.pass(
      '这是演示信标，不独立：只有一把钥匙，由系统自己保管。',
      'This is the demo beacon, not independent: one key, held by the system itself.',
    );
  }
}

/** What is wrong with a beacon file apart from its round and seed, as sentences. */
export function beaconFileProblems(
  context: Context,
  beacon: BeaconFile,
  manifest: Manifest | null,
): Sentence[] {
  const { chain, publicKey } = context.beaconKey();
  const { hasher } = context;
  const told: Sentence[] = [];
  const expect = (holds: boolean, zh: string, en: string): void => {
    if (!holds) told.push(say(zh, en));
  };
  if (beacon.chain !== chain) {
    return [
      say(
        '随机数来自规则之外的信标。',
        'The randomness is from another beacon than the manifest’s.',
      ),
    ];
  }
  if ('throws' in beacon) {
    const isTheirs = beacon.randomness === diceRandomness(beacon.throws, hasher);
    expect(isTheirs, '随机数不是骰子记录的哈希。', 'The randomness is not the hash of the throws.');
    return told;
  }
  const pinned = manifest?.beacon;
  const own = pinned && pinned.kind !== 'dice' && pinned.kind !== 'drand' ? pinned : null;
  expect(
    own === null || chainHash(own, hasher) === chain,
    '信标的链号与它的参数对不上。',
    'The beacon chain is not the hash of its parameters.',
  );
  expect(
    beacon.publicKey === publicKey,
    '信标文件里的公钥不是规则里的。',
    'The beacon file names another key.',
  );
  expect(
    verifyRound(publicKey, beacon.round, beacon.signature),
    `签名不是信标第 ${beacon.round} 轮的签名。`,
    `The signature is not the beacon’s signature of round ${beacon.round}.`,
  );
  expect(
    beacon.randomness === randomnessOf(beacon.signature, hasher),
    '随机数不是签名的哈希。',
    'The randomness is not the hash of the signature.',
  );
  return told;
}

/** V7: the seed follows from seal and randomness. */
export function checkSeed(context: Context, findings: Findings): void {
  const { seed, randomness } = context.beacon();
  findings.expect(
    seed === drawSeed(context.seal().seal, randomness, context.hasher),
    say('种子由封存值和随机数算出。', 'The seed follows from the seal and the randomness.'),
    say(
      '从封存值和随机数算不出这个种子。',
      'The seed does not follow from the seal and the randomness.',
    ),
  );
}

/** V8: every entry is ranked, by its right key. */
export function checkRanking(context: Context, findings: Findings): void {
  const given = context.owned.ranking();
  const expected = context.expectedRanking();
  findings.failAll(rankingProblems(given, expected));
  findings.pass(
    `${expected.length} 个排序值都重新算过，次序一致。`,
    `All ${expected.length} keys and their order are right.`,
  );
}

/** Differences between a given and a recomputed ranking, as sentences. */
export function rankingProblems(
  given: readonly RankingLine[],
  expected: readonly RankingLine[],
): Sentence[] {
  if (given === expected) return [];
  if (given.length !== expected.length) {
    return [
      say(
        `排序有 ${given.length} 行，应当有 ${expected.length} 行。`,
        `The ranking has ${given.length} entries instead of ${expected.length}.`,
      ),
    ];
  }
  const wrong = given.findIndex(
    ({ e, key }, i) => e !== expected[i]?.e || key !== expected[i]?.key,
  );
  if (wrong < 0) return [];
  return [
    say(
      `排序第 ${wrong + 1} 名不是种子算出的结果。`,
      `Rank ${wrong + 1} of the ranking is not what the seed gives.`,
    ),
  ];
}

/** V9: the allocation follows from the ranking. */
export function checkAllocation(context: Context, findings: Findings): void {
  const given = context.owned.allocation();
  const expected = context.expectedAllocation();
  if (given.length !== expected.length) {
    findings.fail(
      `派号结果有 ${given.length} 行，应当有 ${expected.length} 行。`,
      `The allocation has ${given.length} entries instead of ${expected.length}.`,
    );
  }
  if (given !== expected) {
    findings.failAll(allocationProblems(given, expected, context.vector !== null));
  }
  const count = expected.reduce((sum, { place }) => sum + (place === null ? 0 : 1), 0);
  findings.pass(
    `${expected.length} 条登记的结果都对，其中 ${count} 条派到号。`,
    `The results of all ${expected.length} entries are right; ${count} have a place.`,
  );
}

function allocationProblems(
  given: readonly AllocationLine[],
  expected: readonly AllocationLine[],
  isVector: boolean,
): Sentence[] {
  const told: Sentence[] = [];
  const session = (slot: string | null): string => (slot === null ? '“无号”' : `场次 ${slot}`);
  for (const [rank, line] of expected.entries()) {
    const is = given[rank];
    const samePlace = isVector || is?.place === line.place;
    if (!is || (is.e === line.e && is.slot === line.slot && samePlace)) continue;
    const place = (one: AllocationLine, zh: boolean): string =>
      one.place === null ? '' : zh ? `（号 ${one.place}）` : ` (place ${one.place})`;
    told.push(
      say(
        `第 ${rank + 1} 名应当得到${session(line.slot)}${place(line, true)}，` +
          `派号结果写的是${session(is.slot)}${place(is, true)}。`,
        `Rank ${rank + 1} must get ${line.slot ?? 'no place'}${place(line, false)}, ` +
          `the allocation says ${is.slot ?? 'no place'}${place(is, false)}.`,
      ),
    );
  }
  return told;
}

/** V10: classes, weights and wishes are inside the rules and counted by the identity module. */
export function checkRules(context: Context, findings: Findings): void {
  const manifest = context.manifest();
  const pool = context.pool();
  const sessions = new Set(manifest.slots);
  for (const line of pool) {
    if (!keepsRules(line, manifest, sessions)) {
      findings.failAll(lineProblems(line, manifest, sessions));
    }
  }
  if (!context.files.has('counts.json')) {
    findings.skip(
      '核对实名核验的人数需要 counts.json。',
      'needs counts.json for the identity module’s counts.',
    );
    return;
  }
  const counts = readJson(context.files, 'counts.json', countsShape) as Counts;
  checkCounts(counts, manifest, pool, findings);
  findings.pass(
    '类别和权重都合规则，人数与实名核验的一致。',
    'Classes and weights keep the rules and match the identity module’s counts.',
  );
}

function checkCounts(
  counts: Counts,
  manifest: Manifest,
  pool: readonly PoolLine[],
  findings: Findings,
): void {
  if (counts.draw !== manifest.draw) {
    findings.fail('人数统计属于另一次派号。', 'The counts are of another draw.');
  }
  if (!verifyCounts(counts, manifest.identityKey)) {
    findings.fail(
      '人数统计没有实名核验的签名。',
      'The counts are not signed by the identity module.',
    );
  }
  const spelt = (lines: Counts['counts']): string =>
    lines
      .filter(({ n }) => n > 0)
      .map(({ c, n, w }) => `${c}/${w}: ${n}`)
      .sort()
      .join(', ');
  const [stated, actual] = [spelt(counts.counts), spelt(countEntries(pool))];
  if (stated === actual) return;
  findings.fail(
    `实名核验放行的（类别/权重: 人数）是 ${stated || '无'}，名单里是 ${actual || '无'}。`,
    `The identity module let in (class/weight: entries) ${stated || 'nobody'}, the pool has ${actual || 'nobody'}.`,
  );
}

// The quick question that a hundred thousand honest lines are asked.
function keepsRules({ c, p, w }: PoolLine, manifest: Manifest, sessions: Set<string>): boolean {
  const rule = manifest.classes[c];
  if (rule === undefined || w > rule.weight_max || p.length === 0) return false;
  if (manifest.weights === 'equal' ? w !== 1 : w > WEIGHT_MAX) return false;
  return p.every((one, i) => sessions.has(one) && p.indexOf(one) === i);
}

const WEIGHT_MAX = 8;

function lineProblems(line: PoolLine, manifest: Manifest, sessions: Set<string>): Sentence[] {
  const { e, c, p, w } = line;
  const rule = manifest.classes[c];
  const told: Sentence[] = [];
  if (rule === undefined) {
    told.push(say(`登记 ${e} 属于没有的类别。`, `Entry ${e} is of an unknown class.`));
  } else if (w > rule.weight_max) {
    told.push(
      say(
        `登记 ${e} 的权重是 ${w}，超过所属类别的上限。`,
        `Entry ${e} has weight ${w}, its class allows less.`,
      ),
    );
  }
  if (manifest.weights === 'equal' ? w !== 1 : w > WEIGHT_MAX) {
    told.push(
      say(
        `登记 ${e} 的权重是 ${w}，规则里没有。`,
        `Entry ${e} has weight ${w}, which the rules do not know.`,
      ),
    );
  }
  if (p.length === 0 || new Set(p).size !== p.length || !p.every((one) => sessions.has(one))) {
    told.push(
      say(
        `登记 ${e} 的志愿必须是本次派号的场次，各列一次。`,
        `Entry ${e} must wish for sessions of this draw, each once.`,
      ),
    );
  }
  return told;
}
