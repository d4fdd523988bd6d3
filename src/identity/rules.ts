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
/** A token of ten minutes, and as long again to come back to it. */
export const staff_idle_minutes = 20;

export const real_name_checks_day_max = 20;

export const staff_failures_max = 5;
export const staff_lock_minutes = 15;
export const password_length_min = 12;
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

/** What people choose first when twelve characters are asked for; the demo's is public. */
const commonPasswords = new Set(
  `123456789012 1234567890123 12345678901234 123456123456 111111111111 000000000000 888888888888
  666666666666 112233445566 123123123123 abcd12345678 abc123456789 a12345678910 qwertyuiop12
  qwertyuiop123 1qaz2wsx3edc 1q2w3e4r5t6y qazwsxedcrfv password1234 password12345 password123456
  passw0rd1234 p@ssw0rd1234 p@ssword1234 admin1234567 admin12345678 administrator administrator1
  admin@123456 admin@12345678 welcome12345 letmein12345 iloveyou1234 hospital1234 hospital123456
  yiyuan123456 woaini123456 woaini1314520 5201314520131 zhenghao1234 zhenghao123456
  changeme1234 qwer12345678 asdf12345678 asdfghjkl123 zxcvbnm12345 aaaaaaaaaaaa 123456abcdef`.split(
    /\s+/,
  ),
);

/** Long enough, not one of the commonest, not one character or two over and over, not the user name. */
export function isStrongPassword(password: string, username: string): boolean {
  const length = [...password].length;
  return (
    length >= password_length_min &&
    length <= 128 &&
    new Set(password).size >= 4 &&
    !commonPasswords.has(password.toLowerCase()) &&
    !password.toLowerCase().includes(username.toLowerCase())
  );
}

export function minutesAfter(at: Date, minutes: number): Date {
  return new Date(at.getTime() + minutes * 60_000);
}
