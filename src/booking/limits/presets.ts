import { limited_channels, type Limit, type RuleSet } from './rule-set.ts';

/**
 * Rule sets to start from. They follow what public notices of such hospitals say, mostly read in
 * press copies (marked "press"), so a hospital checks each value against its own notice before it
 * uses one. What no notice says is ours (marked "ours"). What is said there of persons an account may
 * act for is the platform's to limit, not a hospital's (0021). Longer terms than 90 days are cut to 90: a
 * restriction closes remote registration for drawn clinics and nothing else.
 */
export type Preset = { code: string; name: string; about: string; rules: RuleSet };

const channels = [...limited_channels];
const one_a_session: Limit = { code: 'session-patient', counts: 'active_bookings', window: 'session', per: 'patient', within: 'doctor_session', max: 1, channels }; // prettier-ignore
const ladder = (count: number, within_days: number): RuleSet['ladders']['no_show'] => [
  { count, within_days, restrict_days: 90 },
];

/** What holds where a hospital has written nothing: only what the product itself promises. */
export const plain_rules: RuleSet = {
  limits: [],
  booking_horizon: { advance_days: 180, next_day_stop_time: null },
  cancel_deadlines: [
    { levels: [], days_before: 0, time: null, minutes_before: 0, after: 'window_only' },
  ],
  cooling: { after_hold_minutes: 0, after_cancel_minutes: 0 },
  hold_minutes: 10,
  check_in: { morning: null, afternoon: null, evening: null, late: 'keeps_place' },
  // The laws oblige hospitals to prefer these people (0030); neither age nor measure is in them: ours.
  priority: { one_in: 4, elder_age: 70, military: true, disabled: true },
  ladders: { no_show: [], late_cancel: [], unconfirmed_win: [], first_free_in_days: 365 },
  free_return: { opens: 'by_doctor', days: 3 },
  internet_prior_days: 180,
  hospital_month_first_day: 1,
  appeal: '到门诊办公室或拨打医院总机转门诊办公室，一个工作日内答复。',
};

const beijing: RuleSet = {
  ...plain_rules,
  limits: [
    // Press: at most 3 a day, and 2 a department and half-day.
    { code: 'day-patient', counts: 'active_bookings', window: 'service_day', per: 'patient', within: 'hospital', max: 3, channels }, // prettier-ignore
    { code: 'half-day-department', counts: 'active_bookings', window: 'service_half_day', per: 'patient', within: 'department', max: 2, channels }, // prettier-ignore
    one_a_session, // ours
    // Press: one phone books at most 2 visits for a clinic day.
    { code: 'day-phone', counts: 'active_bookings', window: 'service_day', per: 'phone', within: 'hospital', max: 2, channels }, // prettier-ignore
    // Press speaks of monthly totals without a figure; the figure is ours.
    { code: 'month-patient', counts: 'bookings_made', window: 'calendar_month', per: 'patient', within: 'hospital', max: 10, channels }, // prettier-ignore
  ],
  // Press: three months ahead, tomorrow until 15:00 today.
  booking_horizon: { advance_days: 90, next_day_stop_time: '15:00' },
  // Press: the day before, 15:00 (some hospitals 23:59).
  cancel_deadlines: [
    { levels: [], days_before: 1, time: '15:00', minutes_before: null, after: 'counts_as_late' },
  ],
  // Press: 3 no-shows in 3 months, then half a year; cut to 90 days.
  ladders: {
    ...plain_rules.ladders,
    no_show: ladder(3, 90),
    late_cancel: ladder(3, 90), // ours
    unconfirmed_win: [{ count: 3, within_days: 90, restrict_days: 30 }], // ours
  },
};

const westChinaStyle: RuleSet = {
  ...plain_rules,
  limits: [
    one_a_session, // ours
    // Press, of another hospital: one a department and day.
    { code: 'day-department', counts: 'active_bookings', window: 'service_day', per: 'patient', within: 'department', max: 1, channels }, // prettier-ignore
    {
      code: 'rolling-week',
      counts: 'active_bookings',
      window: 'rolling_7_days',
      per: 'patient',
      within: 'hospital',
      max: 5,
      channels,
    }, // ours, prettier-ignore
  ],
  booking_horizon: { advance_days: 14, next_day_stop_time: null }, // ours
  // Press: at least two days before.
  cancel_deadlines: [
    { levels: [], days_before: 2, time: null, minutes_before: null, after: 'counts_as_late' },
  ],
  // Press: check in by 11:30 and 15:30.
  check_in: { morning: '11:30', afternoon: '15:30', evening: null, late: 'keeps_place' },
  // Press: 3 no-shows, then half a year with automatic end; cut to 90 days.
  ladders: { ...plain_rules.ladders, no_show: ladder(3, 365), unconfirmed_win: ladder(3, 365) },
};

const guangzhou: RuleSet = {
  ...plain_rules,
  limits: [
    one_a_session, // ours
    {
      code: 'day-patient',
      counts: 'active_bookings',
      window: 'service_day',
      per: 'patient',
      within: 'hospital',
      max: 2,
      channels,
    }, // ours, prettier-ignore
    {
      code: 'quarter-patient',
      counts: 'bookings_made',
      window: 'rolling_3_months',
      per: 'patient',
      within: 'hospital',
      max: 20,
      channels,
    }, // ours, prettier-ignore
  ],
  booking_horizon: { advance_days: 30, next_day_stop_time: null }, // ours
  cancel_deadlines: [
    { levels: [], days_before: 1, time: '23:59', minutes_before: null, after: 'counts_as_late' }, // ours
  ],
  // Official platform page: 3 no-shows, then 3 months; the platform's list is not a hospital's list.
  ladders: { ...plain_rules.ladders, no_show: ladder(3, 90) },
  appeal:
    '先在“为什么受限”页自助查询；对平台名单的异议拨打12320，对本院名单的异议到门诊办公室，一个工作日内答复。',
};

const childrens: RuleSet = {
  ...plain_rules,
  limits: [
    one_a_session, // ours
    {
      code: 'half-day-department',
      counts: 'active_bookings',
      window: 'service_half_day',
      per: 'patient',
      within: 'department',
      max: 1,
      channels,
    }, // ours, prettier-ignore
    {
      code: 'day-account',
      counts: 'active_bookings',
      window: 'service_day',
      per: 'account',
      within: 'hospital',
      max: 4,
      channels,
    }, // ours, prettier-ignore
  ],
  // Press: 7 days ahead.
  booking_horizon: { advance_days: 7, next_day_stop_time: null },
  // Press: until the day before.
  cancel_deadlines: [
    { levels: [], days_before: 1, time: '23:59', minutes_before: null, after: 'counts_as_late' },
  ],
  // Press: whoever checks in late goes to the end of the half-day.
  check_in: { morning: null, afternoon: null, evening: null, late: 'end_of_half_day' },
  // Press: 3 no-shows in 90 days, then 3 months; appeals in person with papers.
  ladders: { ...plain_rules.ladders, no_show: ladder(3, 90) },
  appeal: '带就诊人的证明材料到门诊办公室当面申诉，也可以上传材料，一个工作日内答复。',
};

export const presets: readonly Preset[] = [
  { code: 'beijing', name: '北京平台式', about: '三个月号源，次日号到15:00，按人、按手机号限约', rules: beijing }, // prettier-ignore
  { code: 'west-china', name: '华西式医院', about: '提前两天退号，同科室一天一个，按时间签到', rules: westChinaStyle }, // prettier-ignore
  { code: 'guangzhou', name: '广州式', about: '爽约三次限制三个月，平台名单与医院名单分开', rules: guangzhou }, // prettier-ignore
  { code: 'childrens', name: '儿童医院', about: '提前7天，按账号限约，迟到排到半天最后', rules: childrens }, // prettier-ignore
];
