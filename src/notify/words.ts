import { shanghaiDate, shanghaiTime } from '../platform/clock.ts';
import type { Kind } from './kinds.ts';

/** How the sentences that patients are told are put together. */

/** A session as words name it. */
export type Clinic = {
  service_date: string;
  period: 'morning' | 'afternoon' | 'evening';
  department: string;
  /** The doctor, or the clinic where it has none. */
  doctor: string;
  campus: string;
  /** Where in the building. */
  place?: string;
  /** Mental health, infections, reproduction …: nothing of it is named outside the site. */
  sensitive?: boolean;
};

export type Ended = 'won' | 'withdrawn' | 'expired';

export type Facts = {
  kind: Kind;
  name_masked: string;
  hospital: string;
  /** The hospital's phone; empty where it has not given one. */
  hospital_phone: string;
  clinic?: Clinic | undefined;
  /** The clinic day, where no single session is meant. */
  service_date?: string | undefined;
  confirm_until?: Date | undefined;
  /** How many returned numbers a person is left out of. */
  places?: number | undefined;
  /** How a standing wish ended. */
  ended?: Ended | undefined;
  /** The number's time and place in its session. */
  visit?:
    { starts_at: Date; sequence: number; cancel_until: Date; late_after?: boolean } | undefined;
  /** How many others go first in the queue. */
  ahead?: number | undefined;
  amount_fen?: number | undefined;
  /** Until when something holds, e.g. a restriction. */
  until?: Date | undefined;
};

/** A sentence with its variable parts still apart: gateways with filed templates fill them in themselves. */
export type Out = { template: string; values: Record<string, string> };

/** `out` is null for what is worth a notice but never leaves the site. */
export type Told = { title: string; text: string; out: Out | null };

const periods = { morning: '上午', afternoon: '下午', evening: '晚上' } as const;
const weekdays = ['周日', '周一', '周二', '周三', '周四', '周五', '周六'] as const;

export function dayOf(date: string): string {
  const [, month, day] = date.split('-');
  return `${Number(month)}月${Number(day)}日`;
}

function longDay(date: string): string {
  return `${dayOf(date)}（${weekdays[new Date(`${date}T00:00:00Z`).getUTCDay()]}）`;
}

/** 11月25日20:00 and 11月25日（周三）20:00: always the hour itself, never "within so long". */
export function hour(instant: Date): string {
  return dayOf(shanghaiDate(instant)) + shanghaiTime(instant);
}

export function longHour(instant: Date): string {
  return longDay(shanghaiDate(instant)) + shanghaiTime(instant);
}

/** What a short message may say of a clinic: hospital and time, neither department nor doctor. */
function shortClinic(facts: Facts): string {
  const { clinic, service_date } = facts;
  if (clinic?.sensitive) return dayOf(clinic.service_date) + periods[clinic.period];
  if (clinic) return facts.hospital + dayOf(clinic.service_date) + periods[clinic.period];
  return facts.hospital + (service_date === undefined ? '' : dayOf(service_date));
}

const parts: Record<string, (facts: Facts) => string> = {
  clinic: shortClinic,
  hospital: (facts) => (facts.clinic?.sensitive ? '您预约的医院' : facts.hospital),
  until: (facts) => byHour(facts).short,
  places: (facts) => String(facts.places ?? 1),
  time: (facts) => (facts.visit ? shanghaiTime(facts.visit.starts_at) : '号上的时间'),
  cancel: (facts) => (facts.visit ? hour(facts.visit.cancel_until) : '看病'),
  ahead: (facts) => String(facts.ahead ?? 3),
  amount: (facts) => yuan(facts.amount_fen),
};

/** 60.00; the whole amount in words of money. */
export function yuan(fen: number | undefined): string {
  return ((fen ?? 0) / 100).toFixed(2);
}

/** A sentence that leaves the site: its variable parts may only be the ones above. */
export function short(template: string, facts: Facts): Out {
  const values: Record<string, string> = {};
  for (const [, name = ''] of template.matchAll(/\{(\w+)\}/g)) {
    const part = parts[name];
    if (!part) throw new Error(`a message knows no {${name}}`);
    values[name] = part(facts);
  }
  return { template, values };
}

/** The sentence as a phone shows it. */
export function fill({ template, values }: Out): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '');
}

export function longClinic(facts: Facts): string {
  const { clinic, service_date } = facts;
  if (clinic) {
    const { campus, department, doctor, period } = clinic;
    return `${facts.hospital}${campus} ${department} ${doctor} ${longDay(clinic.service_date)}${periods[period]}`;
  }
  return `${facts.hospital}${service_date === undefined ? '' : ` ${longDay(service_date)}`}`;
}

/** The ways without this site; a hospital without a phone has its window. */
export function otherWays(facts: Facts, purpose: string, lead = '也可以'): string {
  const phone = facts.hospital_phone ? `拨打医院电话 ${facts.hospital_phone}，或` : '';
  return `${lead}${phone}带证件到门诊窗口${purpose}。`;
}

export function byHour(facts: Facts): { short: string; long: string } {
  const until = facts.confirm_until;
  if (!until) return { short: '请尽快', long: '请尽快' };
  return { short: `请在${hour(until)}前`, long: `请在 ${longHour(until)} 前` };
}
