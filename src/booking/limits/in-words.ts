import { default_people_limits, type PeopleLimits } from '../../platform/people-config.ts';
import { compileLimits } from './compile.ts';
import { limited_channels, type CancelDeadline, type RuleSet, type Rung } from './rule-set.ts';
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

const channelNames: Record<string, string> = {
  web: '网站',
  wechat: '微信',
  kiosk: '自助机',
  phone: '电话',
};

/**
 * A rule set as people read it before they sign in: who may book what, until when, and what follows.
 * Nothing is told that is not kept: a test holds every field against what it decides. How many people
 * an account acts for is the installation's own limit and told as it is enforced.
 */
export function rulesInWords(
  rules: RuleSet,
  people: PeopleLimits = default_people_limits,
): Section[] {
  return [
    {
      heading: '预约',
      lines: [
        ...limitLines(rules),
        `占号后${rules.hold_minutes}分钟内确认或付款，过时号自动退回。`,
        '急诊、窗口、转诊和复诊不受以上次数限制。',
        `互联网门诊给看过的人复诊：${rules.internet_prior_days}天内在本院同一专科看过，就可以约；没有看过的，请先约一次线下门诊。`,
      ],
    },
    { heading: '退号', lines: [...rules.cancel_deadlines.map(deadlineWords), ...lateBooked(rules), '未就诊退号全额退款；医院停诊不计入任何次数。'] }, // prettier-ignore
    {
      heading: '代约',
      lines: [
        '可以为家人和其他人代约；成年人要本人同意一次，孩子由监护人添加。',
        `一个账号最多添加${people.patients_account_max}位就诊人，一位就诊人最多由${people.accounts_patient_max}个账号代办；不方便用手机的，请到窗口或打电话预约。`,
      ],
    },
    { heading: '签到', lines: checkInWords(rules) },
    { heading: '叫号先后', lines: priorityWords(rules) },
    { heading: '免费回诊', lines: returnWords(rules) },
    { heading: '爽约与限制', lines: ladderWords(rules) },
    { heading: '申诉', lines: [rules.appeal] },
  ];
}

/** A limit that leaves some channels out says which ones it is for. */
function limitLines(rules: RuleSet): string[] {
  return compileLimits(rules).map(({ told, channels }) => {
    const all = limited_channels.every((channel) => channels.includes(channel));
    const named = channels.map((channel) => channelNames[channel] ?? channel).join('、');
    return `${limitRule(told)}${all ? '' : `（${named}预约）`}。`;
  });
}

function returnWords({ free_return: { opens, days } }: RuleSet): string[] {
  if (opens === 'never') return ['本院没有免费回诊；复诊请预约复诊号，医生也可以在诊间直接约好。'];
  const who =
    opens === 'every_visit'
      ? `看过一次以后，${days}天内可以回同一科室一次`
      : `医生认为需要时，可以开${days}天内回同一科室一次的回诊`;
  return [
    `${who}，不再挂号、不收挂号费；到时带证件到分诊台签到就排队，最后一天写在“医生约的号”里。`,
  ];
}

/** Said only where there is a deadline before the visit itself. */
function lateBooked({ cancel_deadlines }: RuleSet): string[] {
  const early = cancel_deadlines.some((line) => line.minutes_before !== 0);
  return early ? ['约上时已经过了退号时间的，到就诊前都可以退，不记超时。'] : [];
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

function checkInWords({ check_in }: RuleSet): string[] {
  const times = (
    [
      ['上午', check_in.morning],
      ['下午', check_in.afternoon],
      ['晚间', check_in.evening],
    ] as const
  ).flatMap(([period, time]) =>
    time === null
      ? []
      : [`${period}的号请在${time}前签到；来晚了请找分诊台，还看得上就给您补签到。`],
  );
  const late =
    check_in.late === 'end_of_half_day'
      ? '过了号上的时间才签到的，排在这半天准时签到的人之后。'
      : '过了号上的时间才签到的，仍按号上的时间排队。';
  return [...times, late];
}

/** Who may be called out of turn, in words: `70岁及以上老年人、军人（含退役军人）、残疾人`; none: empty. */
export function preferredWords({ elder_age, military, disabled }: RuleSet['priority']): string {
  return [
    ...(elder_age === null ? [] : [`${elder_age}岁及以上老年人`]),
    ...(military ? ['军人（含退役军人）'] : []),
    ...(disabled ? ['残疾人'] : []),
  ].join('、');
}

function priorityWords({ priority }: RuleSet): string[] {
  const line = '签到后按号上的时间叫号；叫到没有来的，回来后排在两位之后。';
  const who = preferredWords(priority);
  if (who === '') return [line];
  const { elder_age, military, disabled } = priority;
  const papers = [...(military ? ['军人有关证件'] : []), ...(disabled ? ['残疾人证'] : [])].join('、'); // prettier-ignore
  const how = [
    ...(elder_age === null ? [] : ['年龄签到时自动认定']),
    ...(papers === '' ? [] : [`${papers}请在签到时给分诊台看`]),
  ].join('，');
  const laws = [
    ...(elder_age === null ? [] : ['《老年人权益保障法》第五十七条']),
    ...(military ? ['《军人地位和权益保障法》第五十一条、《退役军人保障法》第五十二条'] : []),
    ...(disabled ? ['《无障碍环境建设法》第四十四条'] : []),
  ].join('、');
  return [
    line,
    `${who}优先：每叫${priority.one_in}位，最多有1位优先的人提前，其余的人仍按号上的时间；屏幕上会标明。`,
    `${how}。`,
    `依据：${laws}。`,
    '病情急的，请马上告诉分诊台，不受以上先后限制。',
  ];
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
