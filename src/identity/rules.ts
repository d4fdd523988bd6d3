import type { RealNameOutcome } from './real-name.ts';

/** One-time codes: digits, tries, life, and how many a phone and a network may ask for. */
export const code_digits = 6;
export const code_tries_max = 5;
export const code_minutes_max = 5;
export const codes_minute_max = 1;
export const codes_day_max = 10;
export const codes_network_hour_max = 60;

/** How long the signed cookie is believed without asking the database. */
export const account_token_minutes = 30;
export const staff_token_minutes = 10;
/** How long a session can be renewed. */
export const account_session_days = 30;
export const staff_session_hours = 12;

export const patients_account_max = 5;
export const accounts_patient_max = 4;
export const removals_max = 5;
export const removals_days = 90;
export const real_name_checks_day_max = 20;

export const staff_failures_max = 5;
export const staff_lock_minutes = 15;
export const password_length_min = 10;
export const setup_tries_max = 10;
export const setup_hours_max = 24;

export const relations = ['self', 'child', 'parent', 'spouse', 'other'] as const;
export type Relation = (typeof relations)[number];

/** How a person's name and number came to be believed. */
export type Check = RealNameOutcome | 'counter' | 'migrated';

const worth: Partial<Record<Check, number>> = { match: 3, counter: 2, migrated: 1 };

/** Whether a new check says more about a person than the one on record. */
export function isBetterCheck(fresh: Check, recorded: Check): boolean {
  return (worth[fresh] ?? 0) > (worth[recorded] ?? 0);
}

/** A name as stored, or undefined when it holds what no name holds. Private-use characters stay: old fonts wrote rare names with them. */
export function readName(text: string): string | undefined {
  const name = text.normalize('NFC').trim().replace(/\s+/gu, ' ');
  return /^[\p{L}\p{M}\p{Co}·•・‧∙⋅.'’\- ]{1,50}$/u.test(name) ? name : undefined;
}

/**
 * The network an address belongs to: an IPv4 address itself, the /64 of an IPv6 address (one
 * household or phone is given a whole /64).
 */
export function networkOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1];
  if (mapped !== undefined || !ip.includes(':')) return mapped ?? ip;
  const [head = '', tail] = (ip.split('%')[0] ?? '').toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0');
  const groups = tail === undefined ? left : [...left, ...zeros, ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

/** Whole years on the clinic day `today` (both YYYY-MM-DD), or null when the birth date is not known. */
export function ageOn(birth_date: string | null, today: string): number | null {
  if (birth_date === null) return null;
  const years = Number(today.slice(0, 4)) - Number(birth_date.slice(0, 4));
  return today.slice(5) < birth_date.slice(5) ? years - 1 : years;
}

/** Long enough and not the user name in disguise. */
export function isStrongPassword(password: string, username: string): boolean {
  const length = [...password].length;
  return (
    length >= password_length_min &&
    length <= 128 &&
    !password.toLowerCase().includes(username.toLowerCase())
  );
}

export function minutesAfter(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * 60_000);
}
