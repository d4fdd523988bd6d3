import { addDays, shanghaiInstant, shanghaiTime } from '../platform/clock.ts';
import { lintDrawRules, type DrawRules, type Finding } from './draw-rules.ts';

export type { Finding };

/** A point of the default rhythm: so many days before the clinic day, at a wall time. */
export type RhythmPoint = { days_before: number; time: string };

/** When a draw's steps happen, by days before the clinic (the default) or by seconds (demo). */
export type DrawRhythm =
  | {
      kind: 'days';
      announce: RhythmPoint;
      close: RhythmPoint;
      seal_by: RhythmPoint;
      offset_s: number;
      margin_s: number;
      confirm_by: RhythmPoint;
      /** Return draws: when each gathers what came back, and until when its winners confirm. */
      returns?: { close: RhythmPoint; confirm_by: RhythmPoint }[];
    }
  | {
      kind: 'seconds';
      entry_s: number;
      seal_s: number;
      offset_s: number;
      margin_s: number;
      confirm_s: number;
      /** Seconds from the draw's round to each close, and for confirming after its own round. */
      returns?: { wait_s: number; confirm_s: number }[];
    };

/**
 * Manifest D−4 08:00 · entries to D−3 12:00 · seal 12:05 · round 12:15 · confirm by 20:00. A return's
 * round comes ten minutes after its close, so that results stand by 20:20, 12:20, 20:20 and 16:20.
 */
export const default_rhythm: DrawRhythm = {
  kind: 'days',
  announce: { days_before: 4, time: '08:00' },
  close: { days_before: 3, time: '12:00' },
  seal_by: { days_before: 3, time: '12:05' },
  offset_s: 600,
  margin_s: 300,
  confirm_by: { days_before: 3, time: '20:00' },
  returns: [
    { close: { days_before: 3, time: '20:05' }, confirm_by: { days_before: 2, time: '12:00' } },
    { close: { days_before: 2, time: '12:05' }, confirm_by: { days_before: 2, time: '20:00' } },
    { close: { days_before: 2, time: '20:05' }, confirm_by: { days_before: 1, time: '12:00' } },
    { close: { days_before: 1, time: '16:05' }, confirm_by: { days_before: 1, time: '20:00' } },
  ],
};

/** Minutes where the default has days; only with the demo beacon. */
export const demo_rhythm: Extract<DrawRhythm, { kind: 'seconds' }> = {
  kind: 'seconds',
  entry_s: 120,
  seal_s: 5,
  offset_s: 20,
  margin_s: 10,
  confirm_s: 900,
  returns: [
    { wait_s: 960, confirm_s: 600 },
    { wait_s: 1680, confirm_s: 600 },
  ],
};

export type PlanDraft = {
  method: 'order' | 'draw';
  effective_from: string;
  advance_days: number;
  release_time: string;
  same_day_share: number;
  same_day_time: string;
  on_site_share: number;
  on_site_time: string;
  on_site_zero_reason?: string | null;
  draw_group: string;
  draw_rhythm?: DrawRhythm | null;
  /** Numbers go out in order; a draw beside it seals and ranks those who ask, and gives nothing out. */
  shadow?: boolean;
  draw_rules?: DrawRules;
};

/** What the lint knows of the clinic the plan is for. */
export type ClinicFacts = {
  time_critical: string | null;
  /** Whether the same speciality has an undrawn clinic with numbers within three days. */
  undrawn_within_3_days: boolean;
  /** Whether an outside channel still sells numbers of its sessions. */
  outside_channel_open: boolean;
  /** Release times (HH:mm) of the clinic's plans of the last weeks. */
  recent_release_times: readonly string[];
  sold_out_under_10_minutes: number;
  /** The department's speciality by its official name (诊疗科目). */
  specialty_name: string | null;
  today: string;
  /** The clinic's plan in force, if it has one. */
  current: { method: 'order' | 'draw'; effective_from: string } | null;
  /** Why an early change back to order must not wait, e.g. for patients' safety. */
  reason: string | null;
  demo: boolean;
};

const never_drawn: Record<string, string> = {
  emergency: '急诊',
  fever: '发热门诊',
  pediatric_ordinary: '儿科普通门诊',
  antenatal: '产检、建档',
  dialysis: '透析',
  oncology_follow_up: '放化疗随诊',
  rabies: '犬伤处置',
  other: '时间紧急的诊疗',
};

/**
 * Checks a plan against the release rules: no release at night (R019), no interval that can be
 * learnt (R020, R021), and no draw where waiting would harm (specification, "what is never drawn").
 */
export function lintPlan(plan: PlanDraft, clinic: ClinicFacts): Finding[] {
  return [
    ...lintTimes(plan),
    ...lintOnSite(plan),
    ...lintPattern(plan, clinic),
    ...(plan.method === 'draw' ? lintDraw(clinic) : []),
    ...(plan.method === 'draw' || plan.shadow ? lintRhythm(plan, clinic) : []),
    ...lintDrawRules(plan.draw_rules, clinic.specialty_name),
    ...lintSwitch(plan, clinic),
  ];
}

/** A change to the draw is announced seven days ahead and lasts a month at least. */
function lintSwitch(plan: PlanDraft, clinic: ClinicFacts): Finding[] {
  const { current, today } = clinic;
  if (!current || current.method === plan.method || clinic.demo) return [];
  if (plan.method === 'draw' && plan.effective_from < addDays(today, 7))
    return [
      {
        code: 'announce-7-days',
        severity: 'refuse',
        message: '改为统一登记·随机派号要提前7天公告，生效日期请不早于7天后。',
      },
    ];
  const month = addDays(current.effective_from, 30);
  if (plan.method === 'order' && plan.effective_from < month && !clinic.reason)
    return [
      {
        code: 'draw-a-month',
        severity: 'refuse',
        message: '统一登记·随机派号至少试行一个月；因患者安全须提前恢复先到先得的，请写明理由。',
      },
    ];
  return [];
}

function lintTimes(plan: PlanDraft): Finding[] {
  const findings: Finding[] = [];
  const times: [string, string][] = [['放号时间', plan.release_time]];
  if (plan.same_day_share > 0) times.push(['当日号时间', plan.same_day_time]);
  for (const [what, time] of times) {
    if (time >= '22:00' || time < '06:00')
      findings.push({
        code: 'night-release',
        severity: 'refuse',
        message: `${what} ${time} 在夜间（22:00–06:00），不得深夜、凌晨放号，请改到06:00以后。`,
      });
    else if (time < '07:00')
      findings.push({
        code: 'early-release',
        severity: 'flag',
        message: `${what} ${time} 偏早，老年人和上班的人不便，建议07:00以后。`,
      });
  }
  return findings;
}

function lintOnSite(plan: PlanDraft): Finding[] {
  if (plan.on_site_share > 0) return [];
  const reasoned = (plan.on_site_zero_reason ?? '').trim().length >= 5;
  return [
    reasoned
      ? {
          code: 'no-on-site-share',
          severity: 'flag',
          message: '没有现场号：60岁以上、残疾和没有手机的人只能靠窗口代约，请定期复核理由。',
        }
      : {
          code: 'no-on-site-share',
          severity: 'refuse',
          message: '现场号比例为0时必须由负责人写明理由（不少于5个字）。',
        },
  ];
}

function lintPattern(plan: PlanDraft, clinic: ClinicFacts): Finding[] {
  const findings: Finding[] = [];
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  const gap = Math.abs(minutes(plan.same_day_time) - minutes(plan.release_time));
  if (plan.method === 'order' && plan.same_day_share > 0 && gap < 30)
    findings.push({
      code: 'short-interval',
      severity: 'flag',
      message: `两次放号只隔${gap}分钟，间隔太短容易被摸清规律，建议至少30分钟。`,
    });
  const same = clinic.recent_release_times.filter((time) => time === plan.release_time).length;
  const predictable =
    clinic.recent_release_times.length >= 3 && same === clinic.recent_release_times.length;
  if (plan.method === 'order' && (predictable || clinic.sold_out_under_10_minutes >= 3))
    findings.push({
      code: 'predictable-scarce',
      severity: 'advise',
      message:
        '这个门诊放号时间固定且很快约满，先到先得只会便宜抢号软件，建议改为统一登记·随机派号。',
    });
  return findings;
}

function lintDraw(clinic: ClinicFacts): Finding[] {
  const findings: Finding[] = [];
  const refuse = (code: string, message: string) =>
    findings.push({ code, severity: 'refuse', message });
  if (clinic.time_critical)
    refuse(
      'time-critical',
      `${never_drawn[clinic.time_critical] ?? '时间紧急的诊疗'}不得随机派号，病情不能等。`,
    );
  if (!clinic.undrawn_within_3_days)
    refuse(
      'no-undrawn-number',
      '这个专科3天内没有不派号的普通号，急着看病的人会没有去处，请先安排普通门诊。',
    );
  if (clinic.outside_channel_open)
    refuse('outside-channel-open', '这个门诊还有号在其他渠道出售，全部收回之前不能派号。');
  return findings;
}

function lintRhythm(plan: PlanDraft, clinic: ClinicFacts): Finding[] {
  const findings: Finding[] = [];
  const refuse = (code: string, message: string) =>
    findings.push({ code, severity: 'refuse', message });
  const rhythm = plan.draw_rhythm;
  if (!rhythm) refuse('no-rhythm', '派号计划要写明公告、登记、封存和确认的时间。');
  if (rhythm?.kind === 'seconds' && !clinic.demo)
    refuse('demo-rhythm', '以分钟计的派号节奏只能在演示中使用；正式派号须提前至少24小时公告。');
  if (rhythm?.kind === 'days' && rhythmFault(rhythm))
    refuse('rhythm', rhythmFault(rhythm) as string);
  return findings;
}

const some_day = '2026-06-15';

function rhythmFault(rhythm: Extract<DrawRhythm, { kind: 'days' }>): string | undefined {
  const instants = drawInstants(rhythm, some_day, new Date(0));
  if (instants.close.getTime() - instants.announce.getTime() < 86_400_000)
    return '公告到登记截止不足24小时。';
  if (instants.seal_by < instants.close) return '封存不能早于登记截止。';
  if (rhythm.offset_s < 600 || rhythm.margin_s < 300)
    return '封存到公布结果至少600秒，封存证明至少提前300秒。';
  const round = instants.seal_by.getTime() + rhythm.offset_s * 1000;
  if (instants.confirm_until.getTime() - round < 3 * 3_600_000) return '确认时间不足3小时。';
  const hour = shanghaiTime(instants.confirm_until);
  if (hour < '08:00' || hour > '21:00') return '确认截止要在08:00到21:00之间。';
  if (instants.confirm_until >= shanghaiInstant(some_day, '00:00'))
    return '确认截止要在出诊日之前。';
  return returnsFault(rhythm.offset_s, instants);
}

function returnsFault(offset_s: number, instants: DrawInstants): string | undefined {
  let last = new Date(instants.seal_by.getTime() + offset_s * 1000);
  for (const { close, confirm_until } of instants.returns) {
    if (close <= last) return '各次退号重派的截止时间要依次在后，且晚于首次派号。';
    if (confirm_until.getTime() - close.getTime() - offset_s * 1000 < 3 * 3_600_000)
      return '退号重派后的确认时间不足3小时。';
    const hour = shanghaiTime(confirm_until);
    if (hour < '08:00' || hour > '21:00') return '退号重派的确认截止要在08:00到21:00之间。';
    last = close;
  }
  return undefined;
}

export type DrawInstants = {
  announce: Date;
  open: Date;
  close: Date;
  seal_by: Date;
  confirm_until: Date;
  returns: { close: Date; confirm_until: Date }[];
};

/**
 * The instants of a draw for a clinic day. Seconds rhythms count from `now`; confirm_until is then
 * measured from sealing plus offset.
 */
export function drawInstants(rhythm: DrawRhythm, service_date: string, now: Date): DrawInstants {
  if (rhythm.kind === 'days') {
    const at = (point: RhythmPoint) =>
      shanghaiInstant(addDays(service_date, -point.days_before), point.time);
    const announce = at(rhythm.announce);
    return {
      announce,
      open: announce,
      close: at(rhythm.close),
      seal_by: at(rhythm.seal_by),
      confirm_until: at(rhythm.confirm_by),
      returns: (rhythm.returns ?? []).map(({ close, confirm_by }) => ({
        close: at(close),
        confirm_until: at(confirm_by),
      })),
    };
  }
  const start = Math.ceil(now.getTime() / 1000) * 1000;
  const after = (seconds: number) => new Date(start + seconds * 1000);
  const seal = rhythm.entry_s + rhythm.seal_s;
  return {
    announce: after(0),
    open: after(0),
    close: after(rhythm.entry_s),
    seal_by: after(seal),
    confirm_until: after(seal + rhythm.offset_s + rhythm.confirm_s),
    returns: (rhythm.returns ?? []).map(({ wait_s, confirm_s }) => ({
      close: after(seal + rhythm.offset_s + wait_s),
      confirm_until: after(seal + 2 * rhythm.offset_s + wait_s + confirm_s),
    })),
  };
}

export type ReleaseInstants = {
  online_at: Date;
  same_day_at: Date | null;
  on_site_at: Date;
  /** Until when returned numbers may still join a batch; from then on they go on-site. */
  batch_until: Date;
};

/** When the numbers of a session become bookable under a plan. */
export function releaseInstants(
  plan: PlanDraft,
  session: { service_date: string },
): ReleaseInstants {
  const { service_date } = session;
  const online =
    plan.method === 'draw' && plan.draw_rhythm?.kind === 'days'
      ? drawInstants(plan.draw_rhythm, service_date, new Date(0)).announce
      : shanghaiInstant(addDays(service_date, -plan.advance_days), plan.release_time);
  return {
    online_at: online,
    same_day_at: plan.same_day_share > 0 ? shanghaiInstant(service_date, plan.same_day_time) : null,
    on_site_at: shanghaiInstant(service_date, plan.on_site_time),
    batch_until: shanghaiInstant(addDays(service_date, -1), '20:00'),
  };
}

/** 「11-25 08:00 放号」, as a date strip announces it (R021: no number of what is unreleased). */
export function releaseText(at: Date, method: 'order' | 'draw'): string {
  const local = new Date(at.getTime() + 8 * 3_600_000).toISOString();
  return `${local.slice(5, 10)} ${local.slice(11, 16)} ${method === 'draw' ? '开始登记' : '放号'}`;
}
