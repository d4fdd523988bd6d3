import type { RuleSet } from './rule-set.ts';

/** What of a rule set contradicts itself, in sentences for its writer; none when it can be used. */
export function lintRules(rules: RuleSet): string[] {
  return [...limitFaults(rules), ...deadlineFaults(rules), ...ladderFaults(rules)];
}

function limitFaults({ limits }: RuleSet): string[] {
  const faults: string[] = [];
  const codes = limits.map((limit) => limit.code);
  for (const code of new Set(codes))
    if (codes.filter((other) => other === code).length > 1)
      faults.push(`规则代码“${code}”用了两次，请改成不同的代码。`);
  for (const { code, window, within, counts, max } of limits) {
    if ((window === 'session') !== (within === 'doctor_session'))
      faults.push(`“${code}”：按一次出诊统计时，时间和范围都要选“一次出诊”。`);
    if (counts === 'cancellations' && (window.startsWith('service') || window === 'session'))
      faults.push(`“${code}”：退号次数要按7天、3个月或月份统计。`);
    // Giving back what one cannot use must stay easier than not coming.
    if (counts === 'cancellations' && max < 2)
      faults.push(`“${code}”：退号次数的上限至少为2，退一次号不该停约。`);
  }
  return faults;
}

function deadlineFaults({ cancel_deadlines }: RuleSet): string[] {
  const faults: string[] = [];
  const named = cancel_deadlines.flatMap((line) => line.levels);
  if (new Set(named).size < named.length) faults.push('同一个号别有两条退号截止，请只留一条。');
  if (cancel_deadlines.filter((line) => line.levels.length === 0).length !== 1)
    faults.push('退号截止要有且只有一条适用于其余号别（不选号别）。');
  for (const line of cancel_deadlines)
    if (line.minutes_before !== null && (line.days_before > 0 || line.time !== null))
      faults.push('退号截止请只选一种：就诊前多少分钟，或就诊日前几天的几点。');
  return faults;
}

function ladderFaults({ ladders }: RuleSet): string[] {
  const kinds = [ladders.no_show, ladders.late_cancel, ladders.unconfirmed_win];
  const climbs = kinds.every((rungs) =>
    rungs.every((rung, at) => {
      const before = rungs[at - 1];
      return !before || (rung.count > before.count && rung.restrict_days >= before.restrict_days);
    }),
  );
  return climbs ? [] : ['限制阶梯要从少到多排列，次数越多限制越长。'];
}
