/** The twelve checks of the specification, in order, with their names. */
export const CHECK_NAMES = {
  V1: { en: 'rules published in time', zh: '规则事先公布' },
  V2: { en: 'round by the formula', zh: '轮次由公式定' },
  V3: { en: 'sealed before the randomness', zh: '随机数产生前已封存' },
  V4: { en: 'entries match the seal', zh: '报名名单与封存一致' },
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

/** The result of one check; `detail` is made of plain sentences. */
export type Check = {
  id: CheckId;
  name: { en: string; zh: string };
  status: CheckStatus;
  detail: string;
};

/** Thrown inside a check that cannot run; the message says what it needs. */
export class NotChecked extends Error {}

/** What a running check has found so far. */
export class Findings {
  readonly passed: string[] = [];
  readonly failed: string[] = [];
  readonly unchecked: string[] = [];

  /** Records a fact that was checked and holds. */
  pass(sentence: string): void {
    this.passed.push(sentence);
  }

  /** Records what is wrong. */
  fail(...sentences: readonly string[]): void {
    this.failed.push(...sentences);
  }

  /** Records a part that could not be checked: "not checked: …" will precede the words. */
  skip(reason: string): void {
    this.unchecked.push(reason);
  }

  /** Records one sentence as held or broken. */
  expect(holds: boolean, passed: string, failed: string): void {
    if (holds) this.pass(passed);
    else this.fail(failed);
  }
}

const SENTENCES_MAX = 10;

/** Runs one check; whatever it throws becomes part of its result, never of another's. */
export function runCheck(id: CheckId, check: (findings: Findings) => void): Check {
  const findings = new Findings();
  try {
    check(findings);
  } catch (error) {
    if (error instanceof NotChecked) findings.skip(error.message);
    else findings.fail(error instanceof Error ? error.message : String(error));
  }
  const { passed, failed, unchecked } = findings;
  const skipped = unchecked.map((reason) => `not checked: ${reason}`);
  const status = failed.length > 0 ? 'fail' : unchecked.length > 0 ? 'not-checked' : 'pass';
  const sentences = status === 'fail' ? shortened(failed) : [...skipped, ...passed];
  return { id, name: CHECK_NAMES[id], status, detail: sentences.join(' ') };
}

function shortened(sentences: readonly string[]): string[] {
  const rest = sentences.length - SENTENCES_MAX;
  return rest > 0 ? [...sentences.slice(0, SENTENCES_MAX), `(${rest} more)`] : [...sentences];
}
