import type { Lang } from './i18n.tsx';

/** China keeps eight hours before UTC all year, since 1991. */
const AHEAD_MS = 8 * 3_600_000;

/** The clinic's clock at an instant. By hand: a browser takes long to get a time zone ready. */
function read(iso: string | number): Record<string, string> {
  const at = new Date(iso).getTime() + AHEAD_MS;
  const [, year, month, day, hour, minute] =
    (Number.isNaN(at) ? null : /^(.+)-(..)-(..)T(..):(..)/.exec(new Date(at).toISOString())) ?? [];
  return year && month && day && hour && minute ? { year, month, day, hour, minute } : {};
}

/** 08:30 in the hospital's time. */
export function hm(iso: string): string {
  const { hour = '--', minute = '--' } = read(iso);
  return `${hour}:${minute}`;
}

/** 08:30–09:00. */
export function span(from: string, to: string): string {
  return `${hm(from)}–${hm(to)}`;
}

/** 11-25 08:00. */
export function mdHm(iso: string): string {
  const { month = '', day = '' } = read(iso);
  return `${month}-${day} ${hm(iso)}`;
}

/** The clinic day (YYYY-MM-DD) of an instant. */
export function dayOf(instant: string | number): string {
  const { year = '', month = '', day = '' } = read(instant);
  return `${year}-${month}-${day}`;
}

/** A day so many days after another. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

const weekdays = {
  'zh-CN': ['周日', '周一', '周二', '周三', '周四', '周五', '周六'],
  'zh-Hant': ['週日', '週一', '週二', '週三', '週四', '週五', '週六'],
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
} as const;

export function weekday(day: string, lang: Lang): string {
  return weekdays[lang][new Date(`${day}T00:00:00Z`).getUTCDay()] ?? '';
}

/** 11月25日 周三, or Wed 11-25. */
export function dayText(day: string, lang: Lang): string {
  const [, month = '', date = ''] = day.split('-');
  return lang === 'en'
    ? `${weekday(day, lang)} ${month}-${date}`
    : `${Number(month)}月${Number(date)}日 ${weekday(day, lang)}`;
}

/** ¥50, ¥12.5 → ¥12.50; free is ¥0. */
export function yuan(fen: number): string {
  return `¥${fen % 100 === 0 ? fen / 100 : (fen / 100).toFixed(2)}`;
}
