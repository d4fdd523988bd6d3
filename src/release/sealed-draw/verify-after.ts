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
import { drawReturn, EXCLUSIONS_MAX } from './returns.ts';
import {
  allocationLineShape,
  finalLineShape,
  logLineShape,
  logProofShape,
  rankingLineShape,
  returnLineShape,
  returnSealFileShape,
  type AllocationLine,
  type LogLine,
  type PoolLine,
  type ReturnLine,
} from './types.ts';
import { beaconFileProblems, rankingProblems } from './verify-draw.ts';
import { ownedLines, readBeaconFile, type Context } from './verify-context.ts';
import { tellProof } from './verify-rules.ts';
import { NotChecked, type Findings } from './verify-report.ts';

// V11: everything after the draw.

/** V11: log chain, every return from its own round, exclusions applied, final list reached and logged. */
export function checkAfter(context: Context, findings: Findings): void {
  const manifest = context.manifest();
  const { files } = context;
  const log = ownedLines(files, 'log.jsonl', logLineShape);
  findings.fail(...chainProblems(log, context.hasher));
  const last = lastReturnPresent(context, findings);
  const isClosed = files.has('final.jsonl') || files.has('closed.json');
  const upTo = isClosed ? manifest.returns.closes.length : last;
  const ledger = replay(context, { log, upTo }, findings);
  findings.fail(...ledger.problems);
  if (files.has('final.jsonl')) {
    const final = readLines(files, 'final.jsonl', finalLineShape) ?? [];
    findings.fail(...finalProblems(ledger, final));
    findings.pass('The log and the returns lead to the final list.');
  } else findings.skip('the final list needs final.jsonl.');
  checkClosed(context, log, findings);
}

function lastReturnPresent(context: Context, findings: Findings): number {
  let last = 0;
  for (const path of context.files.keys()) {
    const match = /^returns\/(\d{3})\//.exec(path);
    if (match?.[1] === undefined) continue;
    const n = Number(match[1]);
    if (n < 1 || n > context.manifest().returns.closes.length) {
      findings.fail(`Return ${match[1]} is not among the announced ones.`);
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
    if (due.length > 0 && mustExist) {
      const places = due.map(({ place }) => place).join(', ');
      findings.fail(`Return ${n} was skipped although places came back: ${places}.`);
    } else if (due.length > 0) findings.skip(`return ${n} needs ${folder}/returns.jsonl.`);
    return null;
  }
  const lines = ownedLines(context.files, `${folder}/returns.jsonl`, returnLineShape);
  findings.fail(...returnLineProblems(ledger, n, lines), ...lineOrderProblems(lines, n));
  const seed = checkReturnSeed(context, n, findings);
  if (seed === null) return null;
  const candidates = context.pool().filter(({ e }) => ledger.standby.has(e));
  const allocation = checkReturnDraw(context, { n, lines, candidates, seed }, findings);
  return { lines, allocation, seed };
}

function lineOrderProblems(lines: readonly ReturnLine[], n: number): string[] {
  const told: string[] = [];
  if (lines.length === 0) told.push(`Return ${n} is empty and should be absent.`);
  if (lines.some(({ place }, i) => i > 0 && place <= (lines[i - 1] as ReturnLine).place)) {
    told.push(`The places of return ${n} are out of order.`);
  }
  for (const { place, x } of lines) {
    const sorted = x.every((e, i) => i === 0 || e > (x[i - 1] as string));
    if (!sorted || x.length > EXCLUSIONS_MAX) {
      told.push(`The exclusions of place ${place} must be at most 20, sorted, each once.`);
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
  const missing = seal ? 'beacon.json' : 'seal.json';
  if (!seal || !beacon) throw new NotChecked(`return ${n} needs ${folder}/${missing}.`);
  const moment = returnMoment(manifest, n);
  const bytes = files.get(`${folder}/returns.jsonl`) ?? new Uint8Array(0);
  const hash = toHex(hasher.sha256(bytes));
  const latest = moment.time - manifest.beacon.margin - 1;
  if (seal.n !== n) findings.fail(`The seal in ${folder} is of return ${seal.n}.`);
  if (seal.manifestHash !== context.manifestHash()) {
    findings.fail(`The seal of return ${n} is about another manifest.`);
  }
  if (seal.returnsHash !== hash)
    findings.fail(`The places of return ${n} are not the sealed ones.`);
  if (seal.sealedAt > latest) findings.fail(`Return ${n} says of itself that it was sealed late.`);
  const report = checkProof(
    seal,
    returnsLeaf(manifest.draw, n, seal.returnsHash),
    manifest,
    hasher,
  );
  tellProof(findings, report, {
    what: `Return ${n}`,
    latest,
    late: 'was sealed too late before its randomness',
  });
  const round = 'round' in beacon ? beacon.round : null;
  if (round !== moment.round) {
    findings.fail(`Return ${n} used round ${round ?? 'of dice'}, the rules give ${moment.round}.`);
  }
  findings.fail(...beaconFileProblems(context, beacon, manifest));
  const { randomness } = beacon;
  const mainSeal = context.seal().seal;
  const seed = returnSeed({ seal: mainSeal, returnsHash: seal.returnsHash, randomness }, hasher);
  if (beacon.seed !== seed) findings.fail(`The seed of return ${n} is not its own.`);
  return beacon.seed;
}

function checkReturnDraw(
  context: Context,
  input: { n: number; lines: ReturnLine[]; candidates: PoolLine[]; seed: string },
  findings: Findings,
): AllocationLine[] {
  const { n } = input;
  const folder = returnFolder(n);
  const expected = drawReturn(input, context.hasher);
  const ranking = ownedLines(context.files, `${folder}/ranking.jsonl`, rankingLineShape);
  findings.fail(
    ...rankingProblems(ranking, expected.ranking).map((problem) => `Return ${n}: ${problem}`),
  );
  const given = ownedLines(context.files, `${folder}/allocation.jsonl`, allocationLineShape);
  if (given.length !== expected.allocation.length) {
    findings.fail(
      `Return ${n} allocates to ${given.length} candidates instead of ${expected.allocation.length}.`,
    );
  }
  expected.allocation.forEach((line, rank) => {
    const is = given[rank];
    if (is && (is.e !== line.e || is.place !== line.place || is.slot !== line.slot)) {
      findings.fail(
        `Return ${n}: rank ${rank + 1} must get ${line.slot ?? 'no place'}, the allocation says ${is.slot ?? 'no place'}${exclusionNote(input.lines, is)}.`,
      );
    }
  });
  return given;
}

function exclusionNote(lines: readonly ReturnLine[], given: AllocationLine): string {
  const line = lines.find(({ place }) => place === given.place);
  return line?.x.includes(given.e) ? `, from which ${given.e} is excluded` : '';
}

function checkClosed(context: Context, log: readonly LogLine[], findings: Findings): void {
  const { files, hasher } = context;
  const manifest = context.manifest();
  const final = files.get('final.jsonl');
  const closed = readJson(files, 'closed.json', logProofShape);
  if (closed === undefined || final === undefined) {
    findings.skip(`the close of the draw needs ${final ? 'closed.json' : 'final.jsonl'}.`);
    return;
  }
  const leaf = closedLeaf(manifest.draw, toHex(hasher.sha256(final)), logHead(log, hasher));
  tellProof(findings, checkProof(closed, leaf, manifest, hasher), {
    what: 'The closing of the draw',
    latest: Infinity,
    late: '',
  });
}
