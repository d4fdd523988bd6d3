import type { Static } from 'typebox';
import {
  limited_channels,
  type Counted,
  type Level as LevelSchema,
  type Limit,
  type Per,
  type RuleSet,
  type Window as WindowSchema,
  type Within,
} from './rule-set.ts';

export type Level = Static<typeof LevelSchema>;
export type LimitWindow = Static<typeof WindowSchema>;

/** What a refusal says of the limit: data for the page, and for the sentence in `words.ts`. */
export type LimitTold = {
  code: string;
  counts: Static<typeof Counted> | 'holds_given_up' | 'advance' | 'next_day';
  window: LimitWindow | 'minutes' | 'horizon';
  per: Static<typeof Per>;
  within: Static<typeof Within>;
  max: number;
  /** Of a cooling: how long; of the horizon: how many days. */
  minutes?: number;
  days?: number;
  /** HH:mm */
  time?: string;
};

/** A limit as the hot statement reads it: refused is who has used `max` of it. */
export type CompiledLimit = {
  n: number;
  counts: LimitTold['counts'];
  per: LimitTold['per'];
  place: LimitTold['within'];
  /** Counted by the clinic day: which part of it; else null and `since` applies. */
  part: 'session' | 'half_day' | 'day' | null;
  /** Counted by when it was made: a PostgreSQL interval back from now, or the first day of a month. */
  span: string | null;
  month_day: number | null;
  days: number | null;
  stop_at: string | null;
  max: number;
  channels: readonly string[];
  told: LimitTold;
};

type Back = Pick<CompiledLimit, 'part' | 'span' | 'month_day'>;
const nothing: Back = { part: null, span: null, month_day: null };

function back(limit: Pick<Limit, 'window'>, rules: RuleSet): Back {
  switch (limit.window) {
    case 'session':
      return { ...nothing, part: 'session' };
    case 'service_half_day':
      return { ...nothing, part: 'half_day' };
    case 'service_day':
      return { ...nothing, part: 'day' };
    case 'rolling_7_days':
      return { ...nothing, span: '7 days' };
    case 'rolling_3_months':
      return { ...nothing, span: '3 months' };
    case 'calendar_month':
      return { ...nothing, month_day: 1 };
    default:
      return { ...nothing, month_day: rules.hospital_month_first_day };
  }
}

/**
 * The rules of a rule set that decide on a booking, in the order in which a refusal names them: how
 * far ahead, then what was given back a moment ago, then the counted limits.
 */
export function compileLimits(rules: RuleSet): CompiledLimit[] {
  const made: Omit<CompiledLimit, 'n'>[] = [
    ...horizon(rules),
    ...coolings(rules),
    ...rules.limits.map((limit) => {
      const { code, counts, window, per, within, max, channels } = limit;
      const told = { code, counts, window, per, within, max };
      const place = within;
      return { counts, per, place, ...back(limit, rules), days: null, stop_at: null, max, channels, told }; // prettier-ignore
    }),
  ];
  return made.map((limit, n) => ({ n, ...limit }));
}

const whole = { per: 'patient', within: 'hospital', max: 1 } as const;
const open_ended = { ...nothing, days: null, stop_at: null, max: 1, per: 'patient', place: 'hospital', channels: limited_channels } as const; // prettier-ignore

function horizon({ booking_horizon }: RuleSet): Omit<CompiledLimit, 'n'>[] {
  const { advance_days: days, next_day_stop_time: time } = booking_horizon;
  const counts = 'advance' as const;
  const told: LimitTold = { code: 'advance-days', counts, window: 'horizon', ...whole, days };
  const ahead = { ...open_ended, counts, days, told };
  if (time === null) return [ahead];
  const next: LimitTold = {
    code: 'next-day',
    counts: 'next_day',
    window: 'horizon',
    ...whole,
    time,
  };
  return [ahead, { ...open_ended, counts: 'next_day', stop_at: time, told: next }];
}

function coolings({ cooling }: RuleSet): Omit<CompiledLimit, 'n'>[] {
  const one = (code: string, counts: 'cancellations' | 'holds_given_up', minutes: number) =>
    minutes === 0
      ? []
      : [
          {
            ...open_ended,
            counts,
            span: `${minutes} minutes`,
            told: { code, counts, window: 'minutes', ...whole, minutes } satisfies LimitTold,
          },
        ];
  return [
    ...one('after-hold', 'holds_given_up', cooling.after_hold_minutes),
    ...one('after-cancel', 'cancellations', cooling.after_cancel_minutes),
  ];
}
