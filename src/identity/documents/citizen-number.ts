import type { DocumentRefusal, DocumentWarning, Sex } from './types.ts';
import { isKnownProvince, lookupRegion, REGION_TABLE_EDITION } from './region-codes.ts';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_DIGITS = '10X98765432';

/** No living person is older; a greater age is a slip of the finger. */
const OLDEST_AGE = 130;

/**
 * The check digit of the first 17 digits: ISO 7064 MOD 11-2, as GB 11643-1999 prescribes it.
 * @throws RangeError when `digits` does not start with 17 digits
 */
export function checkDigit(digits: string): string {
  if (!/^\d{17}/.test(digits)) throw new RangeError('the check digit needs 17 digits before it');
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);
  return CHECK_DIGITS.charAt(sum % 11);
}

function refuse(code: string, message: string, field: DocumentRefusal['field']): DocumentRefusal {
  return { ok: false, code, message, field };
}

/** Whether `date` (YYYY-MM-DD) is a day of the calendar. */
export function isRealDate(date: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return false;
  const instant = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(date);
}

/** `today` moved back by whole years, for comparing dates as text. */
export function yearsBefore(today: string, years: number): string {
  return `${String(Number(today.slice(0, 4)) - years).padStart(4, '0')}${today.slice(4)}`;
}

/**
 * A birth date's refusal, or undefined when a living person can have it.
 * `field` is where the date was entered: inside the number, or beside it.
 */
export function refuseBirthDate(
  date: string,
  today: string,
  field: 'number' | 'birthDate',
): DocumentRefusal | undefined {
  const where = field === 'number' ? '证件号码中的出生日期' : '出生日期';
  if (!isRealDate(date)) {
    return refuse('birth_date_invalid', `${where}不存在，请核对后重新填写。`, field);
  }
  if (date > today) {
    return refuse('birth_date_future', `${where}晚于今天，请核对后重新填写。`, field);
  }
  if (date < yearsBefore(today, OLDEST_AGE)) {
    return refuse(
      'birth_date_too_old',
      `${where}距今超过 ${OLDEST_AGE} 年，请核对后重新填写。`,
      field,
    );
  }
  return undefined;
}

/** What the 18 characters say: all three kinds of 18-character number share birth and check digit. */
export type NumberParts = { regionCode: string; birthDate: string; sequence: string };

/**
 * Takes an 18-character number apart and checks all but its region.
 * Refuses with `old_15_digit`, `length`, `characters`, `check_digit` or a birth date's code.
 * Source: GB 11643-1999.
 */
export function readNumber(
  number: string,
  today: string,
): { ok: true; parts: NumberParts } | DocumentRefusal {
  if (/^\d{15}$/.test(number)) {
    return refuse(
      'old_15_digit',
      '15 位的旧身份证已停止使用，请填写 18 位的公民身份号码。',
      'number',
    );
  }
  if (number.length !== 18) {
    const message = `证件号码应为 18 位，现在是 ${number.length} 位，请补全或删去多余的字符。`;
    return refuse('length', message, 'number');
  }
  if (!/^\d{17}[\dX]$/.test(number)) {
    const message = '证件号码只能是数字，仅最后一位可以是字母 X，请检查后重新填写。';
    return refuse('characters', message, 'number');
  }
  if (checkDigit(number) !== number.charAt(17)) {
    const message = '证件号码有误，很可能输错了一位或颠倒了两位，请对照证件逐位核对。';
    return refuse('check_digit', message, 'number');
  }
  const birthDate = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  const refused = refuseBirthDate(birthDate, today, 'number');
  if (refused) return refused;
  const parts = { regionCode: number.slice(0, 6), birthDate, sequence: number.slice(14, 17) };
  return { ok: true, parts };
}

/** The sex that a sequence number encodes: odd for men, even for women (GB 11643-1999). */
export function sexOfSequence(sequence: string): Sex {
  return Number(sequence) % 2 === 1 ? 'male' : 'female';
}

/**
 * The place of a citizen's number. A code that no list ever had is refused, unless the person was
 * born after the table's edition, or staff see the card: no list is complete, and nobody with a
 * genuine card may be kept out of care by ours.
 */
export function checkRegion(
  parts: NumberParts,
  paperSeen = false,
): { ok: true; name?: string; warnings: DocumentWarning[] } | DocumentRefusal {
  const { regionCode, birthDate } = parts;
  const region = lookupRegion(regionCode);
  if (region) {
    const newer = region.since !== undefined && Number(birthDate.slice(0, 4)) < region.since;
    return { ok: true, name: region.name, warnings: newer ? ['region_newer_than_birth'] : [] };
  }
  if (isKnownProvince(regionCode) && (paperSeen || birthDate > REGION_TABLE_EDITION)) {
    return { ok: true, warnings: ['region_not_listed'] };
  }
  const message =
    '证件号码前 6 位不是已知的行政区划代码，请逐位核对；若证件确实如此，请带证件到窗口办理。';
  return refuse('region_unknown', message, 'number');
}
