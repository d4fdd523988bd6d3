import type { CancelDeadline, RuleSet, Rung } from './rule-set.ts';
import { compileLimits } from './compile.ts';
import { limitRule, minutesInWords } from './words.ts';

export type Section = { heading: string; lines: string[] };

const levels: Record<string, string> = {
  ordinary: '普通号',
  associate_chief: '副主任医师号',
  chief: '主任医师号',
  disease: '专病号',
  special: '特需号',
  team: '团队号',
  emergency: '急诊号',
  convenience: '便民号',
};

/** A rule set as people read it before they sign in: who may book what, until when, and what follows. */
export function rulesInWords(rules: RuleSet): Section[] {
  const limits = compileLimits(rules).map(({ told }) => `${limitRule(told)}。`);
  return [
    {
      heading: '预约',
      lines: [
        ...limits,
        `占号后${rules.hold_minutes}分钟内确认或付款，过时号自动退回。`,
        '急诊、窗口、转诊和复诊不受以上次数限制。',
      ],
    },
    { heading: '退号', lines: [...rules.cancel_deadlines.map(deadlineWords), '未就诊退号全额退款；医院停诊不计入任何次数。'] }, // prettier-ignore
    { heading: '代约', lines: proxyWords(rules) },
    { heading: '签到', lines: checkInWords(rules) },
    { heading: '爽约与限制', lines: ladderWords(rules) },
    { heading: '申诉', lines: [rules.appeal] },
  ];
}

function deadlineWords(line: CancelDeadline): string {
  const whose = line.levels.map((level) => levels[level] ?? level).join('、');
  const until =
    line.minutes_before === null
      ? `${line.days_before === 0 ? '就诊当天' : `就诊日前${line.days_before}天`}${line.time ?? '24:00'}`
      : line.minutes_before === 0
        ? '就诊时间开始'
        : `就诊前${minutesInWords(line.minutes_before)}`;
  const after =
    line.after === 'window_only'
      ? '之后请到窗口或打电话退号'
      : '之后到就诊前仍可网上退号，记为超时退号';
  return `${whose === '' ? '' : `${whose}：`}${until}前可以网上退号，${after}。`;
}

function proxyWords({ proxies, ...rules }: RuleSet): string[] {
  const { children_below, elders_from } = proxies;
  const who = {
    anyone: '可以为家人和其他人代约。',
    children_and_elders: `可以为未满${children_below}岁的孩子和${elders_from}岁以上的老人代约。`,
    children: `可以为未满${children_below}岁的孩子代约。`,
    nobody: '请用就诊人自己的账号预约；不方便用手机的，请到窗口或打电话预约。',
  }[proxies.allowed];
  return [
    who,
    `一个账号最多添加${rules.patients_per_account_max}位就诊人，一位就诊人最多绑定${rules.accounts_per_patient_max}个账号。`,
  ];
}

function checkInWords({ check_in }: RuleSet): string[] {
  const times = (
    [
      ['上午', check_in.morning],
      ['下午', check_in.afternoon],
      ['晚间', check_in.evening],
    ] as const
  ).flatMap(([period, time]) => (time === null ? [] : [`${period}的号请在${time}前签到。`]));
  const late =
    check_in.late === 'end_of_half_day'
      ? '晚到的，排在这半天其他人之后。'
      : '晚到的，仍按号的时间排队。';
  return [...times, late];
}

function ladderWords({ ladders }: RuleSet): string[] {
  const line = (what: string, rungs: readonly Rung[]): string[] =>
    rungs.map(
      (rung) =>
        `${rung.within_days}天内${what}满${rung.count}次，暂停网上登记派号门诊${rung.restrict_days}天，到期自动恢复。`,
    );
  const lines = [
    ...line('爽约', ladders.no_show),
    ...line('超时退号', ladders.late_cancel),
    ...line('派到号未确认', ladders.unconfirmed_win),
  ];
  const free =
    lines.length === 0
      ? []
      : [`${ladders.first_free_in_days}天内第一次只提醒，不计次；没有通知到您的不计次。`];
  return [
    ...(lines.length === 0
      ? ['本院目前不因爽约限制预约；来不了请早些退号，别人就能用上。']
      : lines),
    ...free,
    '限制只关闭派号门诊的网上登记，任何时候都不影响急诊、窗口和就诊。',
  ];
}
