/** What the lint says of a plan; `refuse` keeps it from being stored. */
export type Finding = { code: string; severity: 'refuse' | 'flag' | 'advise'; message: string };

/** By what the system itself can tell that a person belongs to a class; never by anyone's word. */
export type ClassRule = 'age-60' | 'other-province';

/** A class of entrants with numbers reserved for it in each session. */
export type ClassPlan = {
  id: string;
  rule: ClassRule;
  /** For `other-province`: the hospital's own province, the first two digits of its region code. */
  province?: string;
  /** Numbers of each session kept for the class. */
  reserved: number;
};

/** What a clinic's manifests offer beyond equal weights; everything is off by default. */
export type DrawRules = {
  eligibility?: 'open' | 'prior-visit' | 'pre-review';
  pool?: 'entrants-and-witnesses' | 'public';
  /** Reference of the signed impact assessment that a public pool needs. */
  impact_assessment?: string;
  /** Loss compensation: a weight that grows with draws lost in a row. */
  weights?: 'equal' | 'loss-1-6-8';
  classes?: ClassPlan[];
  /** Whether 「任一主任号」「任一号」 may stand at the end of a list. */
  wildcards?: boolean;
  /** An unwanted place waits one to `later` returns, so that nobody knows when it comes back. */
  later?: number;
};

/** Entries a class or a weight above 1 needs in each of the last three draws, or it would unmask people. */
export const crowd_min = 10;

/** 诊疗科目 whose patients nobody may recognise from a published pool. */
const confidential = /精神|生殖|性传播|性病|肿瘤/;

/** What of the draw's rules may not be so. */
export function lintDrawRules(
  rules: DrawRules | undefined,
  specialty_name: string | null,
): Finding[] {
  if (!rules) return [];
  const findings: Finding[] = [];
  const refuse = (code: string, message: string) =>
    findings.push({ code, severity: 'refuse', message });
  if (rules.pool === 'public') {
    if ((rules.impact_assessment ?? '').trim().length < 4)
      refuse('no-impact-assessment', '公开登记名单前要有签字的个人信息影响评估，请填写文号。');
    if (confidential.test(specialty_name ?? ''))
      refuse('confidential-specialty', `${specialty_name}的登记名单不得公开。`);
  }
  const ids = new Set((rules.classes ?? []).map((one) => one.id));
  if (ids.size !== (rules.classes ?? []).length || ids.has('general'))
    refuse('class-id', '各类别的代码要各不相同，general 留给普通登记。');
  if ((rules.later ?? 1) < 1 || (rules.later ?? 1) > 8)
    refuse('later', '没人要的号最多隔8次重派，请填1到8。');
  if (rules.weights === 'loss-1-6-8')
    findings.push({
      code: 'loss-weights',
      severity: 'flag',
      message: '多次未派到者机会加大已打开：须满足人数下限才会生效，请在公告中说明。',
    });
  return findings;
}

/** The weight of a person who lost so many draws of the group in a row: 1 + ⌊losses/6⌋, at most 8. */
export function lossWeight(losses: number): number {
  return Math.min(8, 1 + Math.floor(losses / 6));
}

/** What identity knows of a person that a class may rest on. */
export type PersonFacts = { age: number | null; province: string | null };

/** The planned classes whose rule a person satisfies, by id. */
export function traitsOf(person: PersonFacts, classes: readonly ClassPlan[]): string[] {
  return classes.filter((one) => satisfies(person, one)).map((one) => one.id);
}

function satisfies({ age, province }: PersonFacts, { rule, province: own }: ClassPlan): boolean {
  if (rule === 'age-60') return age !== null && age >= 60;
  return province !== null && own !== undefined && province !== own;
}

/**
 * The classes a manifest offers of those planned: only where each of the group's last three draws
 * had at least ten such entries (specification, pool.jsonl).
 */
export function offeredClasses(
  planned: readonly ClassPlan[],
  crowds: readonly { traits: Record<string, number> }[],
): ClassPlan[] {
  if (crowds.length < 3) return [];
  return planned.filter(({ id }) => crowds.every((one) => (one.traits[id] ?? 0) >= crowd_min));
}

/** Whether weights above 1 may be offered, by the same rule. */
export function offersWeights(crowds: readonly { heavy: number }[]): boolean {
  return crowds.length >= 3 && crowds.every((one) => one.heavy >= crowd_min);
}

/** Reserves a session's first places, as many as each class has planned. */
export function reservesOf(
  slots: readonly string[],
  classes: readonly ClassPlan[],
): { c: number; place: number }[] {
  const placesOf = new Map<string, number[]>();
  slots.forEach((slot, place) => placesOf.set(slot, [...(placesOf.get(slot) ?? []), place]));
  const reserves = [...placesOf.values()].flatMap((places) => {
    const left = [...places];
    return classes.flatMap(({ reserved }, at) =>
      left.splice(0, reserved).map((place) => ({ c: at + 1, place })),
    );
  });
  return reserves.sort((a, b) => a.place - b.place);
}
