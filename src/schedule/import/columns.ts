/** One line of a file: its number as a spreadsheet counts, and its cells as text. */
export type RawRow = { line: number; cells: string[]; fault?: string };

/** What the XLSX reader puts before the text of a formula cell; a typed cell cannot contain it. */
export const formula_mark = '\u0000=';

/** A cell's value, or why it is none. */
export type Parsed<T> = { value: T } | { reason: string };

/** One column of an import: its Chinese header, other names for it, and how a cell is read. */
export type Column<T> = {
  header: string;
  aliases?: readonly string[];
  /** What an empty cell or an absent column means; without it the column is required. */
  missing?: { value: T };
  parse(text: string): Parsed<T>;
  /** The cell of the downloadable template's example row. */
  example: string;
  /** Personal data: an error report shows the first character only. */
  personal?: true;
};

/** Infers the value type of one column. */
export function column<T>(definition: Column<T>): Column<T> {
  return definition;
}

export type Columns = Readonly<Record<string, Column<unknown>>>;

/** The value of a row whose every cell could be read. */
export type RowOf<C extends Columns> = {
  [Key in keyof C]: C[Key] extends Column<infer T> ? T : never;
};

export type Fault = { line: number; column: string; value_masked?: string; reason: string };

/** Counts every fault and keeps the first `kept_max`. */
export type Faults = {
  add(fault: Fault): void;
  total(): number;
  list(): Fault[];
};

export const faults_kept_max = 1000;

export function createFaults(kept_max = faults_kept_max): Faults {
  const kept: Fault[] = [];
  let total = 0;
  return {
    add: (fault) => {
      total++;
      if (kept.length < kept_max) kept.push(fault);
    },
    total: () => total,
    list: () => kept.toSorted((a, b) => a.line - b.line),
  };
}

/** Joins what hospitals' files differ in: full-width forms, spaces of all kinds, a trailing `*`. */
export function normaliseHeader(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\s\u200b\ufeff*]/gu, '')
    .replace(/[（(].*?[)）]$/u, '')
    .toLowerCase();
}

/** Trims every kind of space; digits and letters in full width become the plain ones. */
export function normaliseCell(text: string): string {
  return text.normalize('NFKC').trim();
}

const edges = /^[\s\u3000\u200b\ufeff]+|[\s\u3000\u200b\ufeff]+$/gu;

/** A text as a person wrote it, without what a spreadsheet would run as a formula. */
export function parseText(options: { length_max: number }): (text: string) => Parsed<string> {
  return (text) => {
    const value = text.replace(edges, '');
    if (/^[=+@\-\t\r]/u.test(normaliseCell(value)))
      return { reason: '不能以 = + - @ 开头（会被表格软件当作公式）' };
    if (/\p{Cc}/u.test(value) || !value.isWellFormed()) return { reason: '含有不可见的控制字符' };
    if (value.length > options.length_max) return { reason: `不能超过 ${options.length_max} 个字` };
    return { value };
  };
}

/** A code: letters, digits, and `. _ - /` inside. */
export function parseCode(text: string): Parsed<string> {
  const value = normaliseCell(text);
  return /^[\p{L}\p{N}][\p{L}\p{N}._/-]{0,39}$/u.test(value)
    ? { value }
    : { reason: '代码只能用字母、数字和 . _ - /，不超过 40 个字符' };
}

/** A whole number within bounds. */
export function parseWhole(min: number, max: number): (text: string) => Parsed<number> {
  return (text) => {
    const plain = normaliseCell(text).replace(/^(\d+)\.0+$/, '$1');
    const value = Number(plain);
    return /^\d{1,9}$/.test(plain) && value >= min && value <= max
      ? { value }
      : { reason: `应为 ${min} 到 ${max} 之间的整数` };
  };
}

/** Yuan with at most two decimals → fen. */
export function parseYuan(text: string): Parsed<number> {
  const found = /^¥?(\d{1,6})(?:\.(\d{1,2})0*)?元?$/.exec(normaliseCell(text).replaceAll(',', ''));
  if (!found) return { reason: '应为金额（元），最多两位小数，例如 50 或 12.50' };
  return { value: Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0')) };
}

/** One of a few words. */
export function parseChoice<T extends string>(
  choices: Readonly<Record<string, T>>,
): (text: string) => Parsed<T> {
  const offered = Object.keys(choices);
  const first = new Map<T, string>();
  for (const word of offered) {
    const value = choices[word] as T;
    if (!first.has(value)) first.set(value, word);
  }
  const reason = `应为以下之一：${[...first.values()].join('、')}`;
  return (text) => {
    const word = normaliseCell(text).replace(/\s/gu, '');
    return Object.hasOwn(choices, word) ? { value: choices[word] as T } : { reason };
  };
}

const DAY_MS = 86_400_000;
/** Day 0 of spreadsheets (1900 system): serial 1 is 1900-01-01, with their false 1900-02-29. */
const SERIAL_ZERO_MS = Date.UTC(1899, 11, 30);

/** 2026-11-25, 2026/11/25, 2026.11.25, 2026年11月25日, 20261125 or a spreadsheet's day number. */
export function parseDate(text: string): Parsed<string> {
  const plain = normaliseCell(text).replace(/ 00:00(:00)?$/, '');
  if (/^[345]\d{4}$/.test(plain))
    return {
      value: new Date(SERIAL_ZERO_MS + Number(plain) * DAY_MS).toISOString().slice(0, 10),
    };
  const found =
    /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/.exec(plain) ??
    /^(\d{4})(年)\s*(\d{1,2})月\s*(\d{1,2})日?$/.exec(plain) ??
    /^(\d{4})()(\d{2})(\d{2})$/.exec(plain);
  if (!found) return { reason: '应为日期，例如 2026-11-25、2026/11/25 或 2026年11月25日' };
  const value = `${found[1]}-${found[3]?.padStart(2, '0')}-${found[4]?.padStart(2, '0')}`;
  const instant = new Date(`${value}T00:00:00Z`);
  if (Number.isNaN(instant.getTime()) || instant.toISOString().slice(0, 10) !== value)
    return { reason: '日历上没有这一天' };
  return { value };
}

/** 8:00, 08:00, 08:00:00, 8点30分, or a spreadsheet's fraction of a day → HH:mm. */
export function parseTime(text: string): Parsed<string> {
  const plain = normaliseCell(text);
  const reason = '应为 24 小时制时间，例如 08:00 或 14:30';
  let minutes: number;
  if (/^0?\.\d+(e-\d+)?$/i.test(plain)) minutes = Math.round(Number(plain) * 1440);
  else {
    const found =
      /^(\d{1,2}):(\d{2})(?::00)?$/.exec(plain) ?? /^(\d{1,2})[点时](?:(\d{1,2})分?)?$/.exec(plain);
    if (!found || Number(found[2] ?? 0) > 59) return { reason };
    minutes = Number(found[1]) * 60 + Number(found[2] ?? 0);
  }
  if (minutes >= 1440) return { reason };
  const two = (number: number): string => String(number).padStart(2, '0');
  return { value: `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}` };
}
