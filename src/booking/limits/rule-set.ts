import { Type, type Static, type TInteger, type TString } from 'typebox';

/**
 * A hospital's booking rules as data: versioned, in force from a day on, read by the hot statement,
 * by the restriction ladders and by the public page of rules. The titles are the fields' names in
 * the editor.
 */
const strict = { additionalProperties: false } as const;

const choice = <Value extends string>(title: string, ...values: Value[]) =>
  Type.Unsafe<Value>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      { title },
    ),
  );

const Time = (title: string) => Type.String({ title, pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' });

/** As one schema with two types: in a union of two, the server's parser would make 0 of null. */
const orNull = <Schema extends TString | TInteger>(schema: Schema) =>
  Type.Unsafe<Static<Schema> | null>({ ...schema, type: [schema.type, 'null'] });

/** Channels a limit can apply to. Window, doctor, referral, revisit and emergency are never limited. */
export const limited_channels = ['web', 'wechat', 'kiosk', 'phone'] as const;

/** What is counted. Numbers a stop (停诊) or a void took away count as nothing. */
export const Counted = choice('统计什么', 'active_bookings', 'bookings_made', 'cancellations');
/**
 * Over what time. Session, half-day and service day go by the clinic day; the others by when the
 * booking (or the cancellation) was made.
 */
export const Window = choice(
  '统计时间',
  'session',
  'service_half_day',
  'service_day',
  'rolling_7_days',
  'rolling_3_months',
  'calendar_month',
  'hospital_month',
);
export const Per = choice('按谁统计', 'patient', 'account', 'phone', 'device');
export const Within = choice('在什么范围', 'doctor_session', 'department', 'hospital');

export const Limit = Type.Object(
  {
    /** Stable name of the limit; part of refusals and of the public page. */
    code: Type.String({ title: '规则代码', pattern: '^[a-z][a-z0-9-]{1,39}$' }),
    counts: Counted,
    window: Window,
    per: Per,
    within: Within,
    /** Refused is whoever already has this many. */
    max: Type.Integer({ title: '最多', minimum: 1, maximum: 999 }),
    channels: Type.Array(choice('适用渠道', ...limited_channels), {
      title: '适用渠道',
      minItems: 1,
      uniqueItems: true,
    }),
  },
  { ...strict, title: '限约规则' },
);
export type Limit = Static<typeof Limit>;

export const Level = choice(
  '号别',
  'ordinary',
  'associate_chief',
  'chief',
  'disease',
  'special',
  'team',
  'emergency',
  'convenience',
);

/** 退号截止: by `minutes_before` the number's time, or at `time` `days_before` the clinic day. */
export const CancelDeadline = Type.Object(
  {
    /** 号别 it is for; none means every level no other line names. */
    levels: Type.Array(Level, { title: '适用号别', uniqueItems: true }),
    days_before: Type.Integer({ title: '就诊日前几天', minimum: 0, maximum: 14 }),
    time: orNull(Time('几点前')),
    minutes_before: orNull(Type.Integer({ title: '就诊前多少分钟', minimum: 0, maximum: 1440 })),
    /** Afterwards: given back only at the window, or online and counted as late. */
    after: choice('截止后', 'window_only', 'counts_as_late'),
  },
  { ...strict, title: '退号截止' },
);
export type CancelDeadline = Static<typeof CancelDeadline>;

/** One step of a ladder: at `count` within `within_days`, closed out of remote draws for `restrict_days`. */
export const Rung = Type.Object(
  {
    count: Type.Integer({ title: '累计次数', minimum: 2, maximum: 50 }),
    within_days: Type.Integer({ title: '多少天内', minimum: 1, maximum: 366 }),
    restrict_days: Type.Unsafe<30 | 60 | 90>(
      Type.Union([Type.Literal(30), Type.Literal(60), Type.Literal(90)], { title: '限制天数' }),
    ),
  },
  { ...strict, title: '限制阶梯' },
);
export type Rung = Static<typeof Rung>;

const ladder = (title: string) => Type.Array(Rung, { title, maxItems: 5 });

export const Ladders = Type.Object(
  {
    no_show: ladder('爽约'),
    late_cancel: ladder('超时退号'),
    unconfirmed_win: ladder('派到号未确认'),
    /** The first of each kind in so many days costs only a message. */
    first_free_in_days: Type.Integer({ title: '首次免计的期限（天）', minimum: 0, maximum: 366 }),
  },
  { ...strict, title: '限制阶梯' },
);
export type Ladders = Static<typeof Ladders>;

export const RuleSet = Type.Object(
  {
    limits: Type.Array(Limit, { title: '限约规则', maxItems: 20 }),
    booking_horizon: Type.Object(
      {
        advance_days: Type.Integer({ title: '最多提前几天预约', minimum: 0, maximum: 180 }),
        /** From this hour on, tomorrow is no longer booked remotely; null: until the number begins. */
        next_day_stop_time: orNull(Time('次日号停约时间')),
      },
      { ...strict, title: '预约周期' },
    ),
    cancel_deadlines: Type.Array(CancelDeadline, { title: '退号截止', minItems: 1, maxItems: 9 }),
    cooling: Type.Object(
      {
        /** After giving up a number that was held but not confirmed. */
        after_hold_minutes: Type.Integer({ title: '取消占号后间隔（分钟）', minimum: 0, maximum: 60 }), // prettier-ignore
        /** After giving back a confirmed one (退号). */
        after_cancel_minutes: Type.Integer({ title: '退号后再约间隔（分钟）', minimum: 0, maximum: 1440 }), // prettier-ignore
      },
      { ...strict, title: '再次预约的间隔' },
    ),
    /** How long an unpaid or unconfirmed number is kept. */
    hold_minutes: Type.Integer({ title: '占号（支付）时限（分钟）', minimum: 5, maximum: 60 }),
    check_in: Type.Object(
      {
        /** Latest check-in by half-day; null: until the session ends. */
        morning: orNull(Time('上午最晚签到')),
        afternoon: orNull(Time('下午最晚签到')),
        evening: orNull(Time('晚间最晚签到')),
        /** Who checks in after their number's time: keeps its place, or is called after those in time. */
        late: choice('迟到', 'keeps_place', 'end_of_half_day'),
      },
      { ...strict, title: '签到' },
    ),
    /** Who is called before others at the clinic (就诊优先), and how often that happens. */
    priority: Type.Object(
      {
        /** Of so many people called, one with priority may be called out of turn. */
        one_in: Type.Integer({ title: '每叫几位，可以有一位优先', minimum: 2, maximum: 20 }),
        /** From this age on by itself; null: age gives none. */
        elder_age: orNull(Type.Integer({ title: '多少岁起老年优先', minimum: 60, maximum: 100 })),
        /** Those in service and veterans, whose paper the desk has seen. */
        military: Type.Boolean({ title: '军人优先' }),
        disabled: Type.Boolean({ title: '残疾人优先' }),
      },
      { ...strict, title: '就诊优先' },
    ),
    ladders: Ladders,
    /** 三天有效: whether a visit that was seen opens a free return to the same department. */
    free_return: Type.Object(
      {
        opens: choice('免费回诊', 'by_doctor', 'every_visit', 'never'),
        /** The last day is so many days after the visit. */
        days: Type.Integer({ title: '就诊后几天内可回诊', minimum: 1, maximum: 14 }),
      },
      { ...strict, title: '免费回诊' },
    ),
    /** Internet clinics are for people seen here, in the same specialty, so many days back at most. */
    internet_prior_days: Type.Integer({ title: '互联网门诊：多少天内在本院同专科看过', minimum: 7, maximum: 366 }), // prettier-ignore
    /** The day of the month on which the hospital's own month begins. */
    hospital_month_first_day: Type.Integer({ title: '医院统计月起始日', minimum: 1, maximum: 28 }),
    /** How a person reaches the people who decide appeals, in words. */
    appeal: Type.String({ title: '申诉方式', minLength: 4, maxLength: 200 }),
  },
  { ...strict, title: '预约规则' },
);
export type RuleSet = Static<typeof RuleSet>;

/** A rule set as it is kept: the newest version in force on a day counts. */
export type RuleSetVersion = {
  hospital_id: string;
  version: number;
  /** YYYY-MM-DD from which it is in force, in Asia/Shanghai. */
  effective_from: string;
  rules: RuleSet;
  reason: string;
  written_by: string;
  written_at: Date;
};
