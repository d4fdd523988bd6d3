import { toHex } from '../../platform/tlog/index.ts';
import { returnSeed } from './beacon.ts';
import { returnFolder } from './bundle.ts';
import { readJson, readLines } from './files.ts';
import {
  applyEvent,
  closeReturn,
  dueAt,
  finalProblems,
  openLedger,
  returnLineProblems,
  type Ledger,
  type ReturnOutcome,
} from './ledger.ts';
import { chainProblems, logHead } from './log-chain.ts';
import { returnMoment } from './manifest.ts';
import { checkProof, closedLeaf, returnsLeaf } from './proof.ts';
import { allocationLines, rankingLines } from './quick-lines.ts';
import { drawReturn, EXCLUSIONS_MAX } from './returns.ts';
import { say, type Sentence } from './sentence.ts';
import {
  finalLineShape,
  logLineShape,
  logProofShape,
  returnLineShape,
  returnSealFileShape,
  type AllocationLine,
  type LogLine,
  type PoolLine,
  type ReturnLine,
  type ReturnSealFile,
} from './types.ts';
import { beaconFileProblems, rankingProblems } from './verify-draw.ts';
import { missing, ownedLike, ownedLines, readBeaconFile, type Context } from './verify-context.ts';
import { tellProof } from './verify-rules.ts';
import { NotChecked, type Findings } from './verify-report.ts';

// V11: everything after the draw.

/** V11: log chain, every return from its own round, exclusions applied, final list reached and logged. */
export function checkAfter(context: Context, findings: Findings): void {
  const manifest = context.manifest();
  const { files } = context;
  const log = ownedLines(files, 'log.jsonl', logLineShape);
  findings.failAll(chainProblems(log, context.hasher));
  const last = lastReturnPresent(context, findings);
  const isClosed = files.has('final.jsonl') || files.has('closed.json');
  const upTo = isClosed ? manifest.returns.closes.length : last;
  const ledger = replay(context, { log, upTo }, findings);
  findings.failAll(ledger.problems);
  if (files.has('final.jsonl')) {
    const final = readLines(files, 'final.jsonl', finalLineShape) ?? [];
    findings.failAll(finalProblems(ledger, final));
    findings.pass(
      '从日志和各次再派正好得到最终名单。',
      'The log and the returns lead to the final list.',
    );
  } else {
    findings.skip('核对最终名单需要 final.jsonl。', 'needs final.jsonl for the final list.');
  }
  checkClosed(context, log, findings);
}

function lastReturnPresent(context: Context, findings: Findings): number {
  let last = 0;
  for (const path of context.files.keys()) {
    const match = /^returns\/(\d{3})\//.exec(path);
    if (match?.[1] === undefined) continue;
    const n = Number(match[1]);
    if (n < 1 || n > context.manifest().returns.closes.length) {
      findings.fail(
        `规则里没有第 ${match[1]} 次再派。`,
        `Return ${match[1]} is not among the announced ones.`,
      );
    } else last = Math.max(last, n);
  }
  return last;
}

function replay(
  context: Context,
  input: { log: readonly LogLine[]; upTo: number },
  findings: Findings,
): Ledger {
  const manifest = context.manifest();
  const ledger = openLedger(manifest, context.allocation());
  const closeBefore = (time: number): void => {
    while (ledger.next <= manifest.returns.closes.length) {
      const n = ledger.next;
      // Before the final list exists, a return still to come is no fault.
      const hasPassed = (manifest.returns.closes[n - 1] ?? Infinity) <= time;
      if (!hasPassed) return;
      const outcome = checkReturn(context, ledger, { n, mustExist: n <= input.upTo }, findings);
      closeReturn(ledger, n, outcome, context.hasher);
    }
  };
  for (const event of input.log) {
    closeBefore(event.at);
    applyEvent(ledger, event);
  }
  closeBefore(manifest.returns.closes[input.upTo - 1] ?? -1);
  return ledger;
}

function checkReturn(
  context: Context,
  ledger: Ledger,
  { n, mustExist }: { n: number; mustExist: boolean },
  findings: Findings,
): ReturnOutcome | null {
  const folder = returnFolder(n);
  const due = dueAt(ledger, n);
  if (!context.files.has(`${folder}/returns.jsonl`)) {
    if (due.length > 0) tellAbsent(context, due, { n, mustExist }, findings);
    return null;
  }
  const lines = ownedLines(context.files, `${folder}/returns.jsonl`, returnLineShape);
  findings.failAll([...returnLineProblems(ledger, n, lines), ...lineOrderProblems(lines, n)]);
  const seed = checkReturnSeed(context, n, findings);
  if (seed === null) return null;
  const candidates = context.pool().filter(({ e }) => ledger.standby.has(e));
  const allocation = checkReturnDraw(context, { n, lines, candidates, seed }, findings);
  return { lines, allocation, seed };
}

// Where files may be lacking, nothing can be said of what came after either.
function tellAbsent(
  { options }: Context,
  due: readonly { place: number }[],
  { n, mustExist }: { n: number; mustExist: boolean },
  findings: Findings,
): void {
  const file = `${returnFolder(n)}/returns.jsonl`;
  const [zh, en] = [`核对第 ${n} 次再派需要 ${file}。`, `needs ${file} for return ${n}.`];
  if (options.partial) throw new NotChecked(zh, en);
  if (!mustExist) return findings.skip(zh, en);
  const places = due.map(({ place }) => place).join(', ');
  findings.fail(
    `有号退回，第 ${n} 次再派却被跳过：号 ${places}。`,
    `Return ${n} was skipped although places came back: ${places}.`,
  );
}

function lineOrderProblems(lines: readonly ReturnLine[], n: number): Sentence[] {
  const told: Sentence[] = [];
  if (lines.length === 0)
    told.push(
      say(`第 ${n} 次再派是空的，本不该有。`, `Return ${n} is empty and should be absent.`),
    );
  if (lines.some(({ place }, i) => i > 0 && place <= (lines[i - 1] as ReturnLine).place)) {
    told.push(
      say(`第 ${n} 次再派的号没有按顺序排。`, `The places of return ${n} are out of order.`),
    );
  }
  for (const { place, x } of lines) {
    const sorted = x.every((e, i) => i === 0 || e > (x[i - 1] as string));
    if (!sorted || x.length > EXCLUSIONS_MAX) {
      told.push(
        say(
          `号 ${place} 的排除名单应当最多 20 个、依次排列、各列一次。`,
          `The exclusions of place ${place} must be at most 20, sorted, each once.`,
        ),
      );
    }
  }
  return told;
}

/** Checks seal and beacon of a return; its seed′, or null when they are not there. */
function checkReturnSeed(context: Context, n: number, findings: Findings): string | null {
  const manifest = context.manifest();
  const { files, hasher } = context;
  const folder = returnFolder(n);
  const seal = readJson(files, `${folder}/seal.json`, returnSealFileShape);
  const beacon = readBeaconFile(files, `${folder}/beacon.json`);
  if (!seal) throw missing(`${folder}/seal.json`);
  if (!beacon) throw missing(`${folder}/beacon.json`);
  checkReturnSeal(context, n, seal, findings);
  const moment = returnMoment(manifest, n);
  const round = 'round' in beacon ? beacon.round : null;
  if (round !== moment.round) {
    const zhRound = (one: number | null): string => (one === null ? '骰子' : `第 ${one} 轮`);
    findings.fail(
      `第 ${n} 次再派用了${zhRound(round)}，按规则应当是${zhRound(moment.round)}。`,
      `Return ${n} used round ${round ?? 'of dice'}, the rules give ${moment.round ?? 'dice'}.`,
    );
  }
  for (const { zh, en } of beaconFileProblems(context, beacon, manifest)) {
    findings.fail(`第 ${n} 次再派：${zh}`, `Return ${n}: ${en}`);
  }
  const { randomness } = beacon;
  const mainSeal = context.seal().seal;
  const seed = returnSeed({ seal: mainSeal, returnsHash: seal.returnsHash, randomness }, hasher);
  if (beacon.seed !== seed) {
    findings.fail(`第 ${n} 次再派的种子算不出来。`, `The seed of return ${n} is not its own.`);
  }
  return beacon.seed;
}

function checkReturnSeal(
  context: Context,
  n: number,
  seal: ReturnSealFile,
  findings: Findings,
): void {
  const manifest = context.manifest();
  const { files, hasher } = context;
  const folder = returnFolder(n);
  const moment = returnMoment(manifest, n);
  const bytes = files.get(`${folder}/returns.jsonl`) ?? new Uint8Array(0);
  const hash = toHex(hasher.sha256(bytes));
  const latest = moment.time - manifest.beacon.margin - 1;
  if (seal.n !== n) {
    findings.fail(
      `${folder} 里的封存属于第 ${seal.n} 次再派。`,
      `The seal in ${folder} is of return ${seal.n}.`,
    );
  }
  if (seal.manifestHash !== context.manifestHash()) {
    findings.fail(
      `第 ${n} 次再派的封存说的是另一份规则。`,
      `The seal of return ${n} is about another manifest.`,
    );
  }
  if (seal.returnsHash !== hash) {
    findings.fail(
      `第 ${n} 次再派的号不是封存的那些。`,
      `The places of return ${n} are not the sealed ones.`,
    );
  }
  if (seal.sealedAt > latest) {
    findings.fail(
      `第 ${n} 次再派自己写的封存时间就已太晚。`,
      `Return ${n} says of itself that it was sealed late.`,
    );
  }
  const report = checkProof(
    seal,
    returnsLeaf(manifest.draw, n, seal.returnsHash),
    manifest,
    hasher,
  );
  tellProof(findings, report, {
    what: say(`第 ${n} 次再派`, `Return ${n}`),
    latest,
    late: say('封存得太晚', 'was sealed too late before its randomness'),
  });
}

function checkReturnDraw(
  context: Context,
  input: { n: number; lines: ReturnLine[]; candidates: PoolLine[]; seed: string },
  findings: Findings,
): AllocationLine[] {
  const { n } = input;
  const folder = returnFolder(n);
  const expected = drawReturn(input, context.hasher);
  const ranking = ownedLike(
    context.files,
    `${folder}/ranking.jsonl`,
    rankingLines,
    () => expected.ranking,
  );
  for (const { zh, en } of rankingProblems(ranking, expected.ranking)) {
    findings.fail(`第 ${n} 次再派：${zh}`, `Return ${n}: ${en}`);
  }
  const given = ownedLike(
    context.files,
    `${folder}/allocation.jsonl`,
    allocationLines,
    () => expected.allocation,
  );
  if (given.length !== expected.allocation.length) {
    findings.fail(
      `第 ${n} 次再派的结果有 ${given.length} 行，应当有 ${expected.allocation.length} 行。`,
      `Return ${n} allocates to ${given.length} candidates instead of ${expected.allocation.length}.`,
    );
  }
  expected.allocation.forEach((line, rank) => {
    const is = given[rank];
    if (is && (is.e !== line.e || is.place !== line.place || is.slot !== line.slot)) {
      const note = exclusionNote(input.lines, is);
      findings.fail(
        `第 ${n} 次再派：第 ${rank + 1} 名应当得到${line.slot ?? '“无号”'}，结果写的是${is.slot ?? '“无号”'}${note.zh}。`,
        `Return ${n}: rank ${rank + 1} must get ${line.slot ?? 'no place'}, the allocation says ${is.slot ?? 'no place'}${note.en}.`,
      );
    }
  });
  return given;
}

function exclusionNote(lines: readonly ReturnLine[], given: AllocationLine): Sentence {
  const line = lines.find(({ place }) => place === given.place);
  return line?.x.includes(given.e)
    ? say(`，而 ${given.e} 在这个号的排除名单里`, `, from which ${given.e} is excluded`)
    : say('', '');
}

function checkClosed(context: Context, log: readonly LogLine[], findings: Findings): void {
  const { files, hasher } = context;
  const manifest = context.manifest();
  const final = files.get('final.jsonl');
  const closed = readJson(files, 'closed.json', logProofShape);
  if (closed === undefined || final === undefined) {
    const file = final ? 'closed.json' : 'final.jsonl';
    findings.skip(`核对收尾需要 ${file}。`, `needs ${file} for the close of the draw.`);
    return;
  }
  const leaf = closedLeaf(manifest.draw, toHex(hasher.sha256(final)), logHead(log, hasher));
  tellProof(findings, checkProof(closed, leaf, manifest, hasher), {
    what: say('收尾', 'The closing of the draw'),
    latest: Infinity,
    late: say('', ''),
  });
}
