import { say, sentenceOf, type Sentence } from './sentence.ts';

/** The twelve checks of the specification, in order, with their names. */
export const CHECK_NAMES = {
  V1: { en: 'rules published in time', zh: '规则事先公布' },
  V2: { en: 'round by the formula', zh: '轮次由公式定' },
  V3: { en: 'sealed before the randomness', zh: '随机数产生前已封存' },
  V4: { en: 'entries match the seal', zh: '登记名单与封存一致' },
  V5: { en: 'my receipt is in the pool', zh: '我的回执在名单内' },
  V6: { en: 'randomness is the beacon’s', zh: '随机数来自信标' },
  V7: { en: 'seed', zh: '种子' },
  V8: { en: 'every key and the order', zh: '每个排序值与次序' },
  V9: { en: 'allocation', zh: '派号' },
  V10: { en: 'weights, classes and counts', zh: '权重、类别与人数' },
  V11: { en: 'returns and the final list', zh: '退号再派与最终名单' },
  V12: { en: 'one seal for everybody', zh: '所有人看到同一封存' },
} as const;

export type CheckId = keyof typeof CHECK_NAMES;
export type CheckStatus = 'pass' | 'fail' | 'not-checked';

/** The result of one check, in plain sentences. */
export type Check = {
  id: CheckId;
  name: Sentence;
  status: CheckStatus;
  told: Sentence[];
};

/** Thrown inside a check that cannot run; the sentence says what it needs. */
export class NotChecked extends Error {
  readonly sentence: Sentence;

  constructor(zh: string, en: string) {
    super(en);
    this.sentence = say(zh, en);
  }
}

/** What a running check has found so far. */
export class Findings {
  readonly passed: Sentence[] = [];
  readonly failed: Sentence[] = [];
  readonly unchecked: Sentence[] = [];

  /** Records a fact that was checked and holds. */
  pass(zh: string, en: string): void {
    this.passed.push(say(zh, en));
  }

  /** Records what is wrong. */
  fail(zh: string, en: string): void {
    this.failed.push(say(zh, en));
  }

  /** Records several things that are wrong. */
  failAll(sentences: readonly Sentence[]): void {
    for (const sentence of sentences) this.failed.push(sentence);
  }

  /** Records a part that could not be checked: "not checked: …" will precede the words. */
  skip(zh: string, en: string): void {
    this.unchecked.push(say(zh, en));
  }

  /** Records one sentence as held or broken. */
  expect(holds: boolean, passed: Sentence, failed: Sentence): void {
    (holds ? this.passed : this.failed).push(holds ? passed : failed);
  }
}

const SENTENCES_MAX = 10;

/** Runs one check; whatever it throws becomes part of its result, never of another's. */
export function runCheck(id: CheckId, check: (findings: Findings) => void): Check {
  const findings = new Findings();
  try {
    check(findings);
  } catch (error) {
    if (error instanceof NotChecked) findings.unchecked.push(error.sentence);
    else findings.failed.push(sentenceOf(error));
  }
  const { passed, failed, unchecked } = findings;
  const skipped = unchecked.map(({ zh, en }) => say(`未检查：${zh}`, `not checked: ${en}`));
  const status = failed.length > 0 ? 'fail' : unchecked.length > 0 ? 'not-checked' : 'pass';
  const told = status === 'fail' ? shortened(failed) : [...skipped, ...passed];
  return { id, name: CHECK_NAMES[id], status, told };
}

function shortened(sentences: readonly Sentence[]): Sentence[] {
  const rest = sentences.length - SENTENCES_MAX;
  if (rest <= 0) return [...sentences];
  return [...sentences.slice(0, SENTENCES_MAX), say(`（另有 ${rest} 处）`, `(${rest} more)`)];
}

/** How many checks ended each way. */
export type Tally = { pass: number; fail: number; open: number };

/** Counts the outcomes. */
export function tally(checks: readonly Check[]): Tally {
  const count = (wanted: CheckStatus): number =>
    checks.filter(({ status }) => status === wanted).length;
  return { pass: count('pass'), fail: count('fail'), open: count('not-checked') };
}

/** One sentence over all checks, which never calls a draw faultless while something is unchecked. */
export function verdict(checks: readonly Check[]): Sentence {
  const { pass, fail, open } = tally(checks);
  if (fail > 0) {
    return say(
      `有 ${fail} 项检查没有通过：${pass} 项通过，${open} 项未检查。`,
      `${fail} ${fail === 1 ? 'check' : 'checks'} failed: ${pass} passed, ${open} not checked.`,
    );
  }
  if (pass === 0) return say('什么都没有检查成。', 'Nothing could be checked.');
  if (open > 0) {
    return say(
      `没有发现问题：${pass} 项通过，${open} 项未检查。`,
      `No fault found: ${pass} passed, ${open} not checked.`,
    );
  }
  return say(`${pass} 项检查全部通过。`, `All ${pass} checks passed.`);
}
