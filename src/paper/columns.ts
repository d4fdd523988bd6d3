import { DOCUMENT_TYPES, type DocumentType } from '../identity/index.ts';
import {
  column,
  eachRepeat,
  faultAt,
  parseChoice,
  parseCode,
  parseDate,
  parseText,
  parseTime,
  parseWhole,
  type Column,
  type Columns,
  type Faults,
  type Period,
  type TableRow,
} from '../schedule/index.ts';

const none = { value: null };

export const periodNames: Record<Period, string> = {
  morning: '上午',
  afternoon: '下午',
  evening: '晚上',
};

/** Printed for people; what stands there when the file comes back is not looked at. */
const shown = (header: string): Column<string | null> =>
  column<string | null>({ header, missing: none, parse: (value) => ({ value }), example: '' });

const time = (header: string, example: string): Column<string | null> =>
  column<string | null>({ header, missing: none, parse: parseTime, example });

const documentTypes: Record<string, DocumentType> = {
  ...Object.fromEntries(
    Object.entries(DOCUMENT_TYPES).map(([type, { label }]) => [label, type as DocumentType]),
  ),
  身份证: 'resident_id',
  户口簿: 'household_register',
  出生证: 'birth_certificate',
};

/**
 * The columns of the CSV, in its order. The file that was written out is the file to fill in: its
 * last columns are empty until somebody types in what stands on the paper.
 */
export const columns = {
  campus: shown('院区'),
  department: shown('科室'),
  service_date: column<string>({ header: '出诊日期', parse: parseDate, example: '2026-11-25' }),
  period: column<Period>({
    header: '午别',
    parse: parseChoice<Period>({ 上午: 'morning', 下午: 'afternoon', 晚上: 'evening' }),
    example: '上午',
  }),
  service_code: column<string>({ header: '门诊代码', parse: parseCode, example: 'XNK-01' }),
  service: shown('门诊'),
  practitioner: shown('医生'),
  room: shown('诊室'),
  sequence: column<number>({ header: '序号', parse: parseWhole(1, 100_000), example: '12' }),
  time: shown('时间'),
  pool: shown('号源'),
  status: shown('状态'),
  name_masked: shown('预约人'),
  document_masked: shown('预约人证件'),
  arrived: time('到诊时间', '08:05'),
  called: time('叫号时间', '08:20'),
  seen: time('就诊时间', '08:40'),
  no_show: column<boolean>({
    header: '未到',
    missing: { value: false },
    parse: (text) => {
      const read = parseChoice({ 未到: 'no', 是: 'no', '√': 'no', 否: 'came' } as const)(text);
      return 'value' in read ? { value: read.value === 'no' } : read;
    },
    example: '',
  }),
  walk_in_name: column<string | null>({
    header: '现场姓名',
    missing: none,
    parse: parseText({ length_max: 50 }),
    example: '李示例',
    personal: true,
  }),
  walk_in_type: column<DocumentType>({
    header: '现场证件类型',
    missing: { value: 'resident_id' },
    parse: parseChoice(documentTypes),
    example: '居民身份证',
  }),
  walk_in_document: column<string | null>({
    header: '现场证件号码',
    missing: none,
    parse: parseText({ length_max: 60 }),
    example: '11010519491231002X',
    personal: true,
  }),
} satisfies Columns;

export type OutcomeRow = TableRow<typeof columns>;
type Key = keyof typeof columns;

/** Whether anything was written on this line. */
export function isFilled({ value }: OutcomeRow): boolean {
  const { arrived, called, seen, no_show, walk_in_name, walk_in_document } = value;
  return no_show || [arrived, called, seen, walk_in_name, walk_in_document].some((cell) => cell !== null); // prettier-ignore
}

export const isWalkIn = ({ value }: OutcomeRow): boolean => value.walk_in_document !== null;

/** Which number a line speaks of, within its day. */
export const numberKey = ({ value }: OutcomeRow): string =>
  `${value.service_code} ${value.period} ${value.sequence}`;

/**
 * Checks that need the file only: the day, times in order and not ahead of the clock (`now`: HH:mm
 * when the day is today, else null), what goes together, and numbers named twice.
 */
export function checkOutcomes(
  rows: OutcomeRow[],
  faults: Faults,
  day: { service_date: string; now: string | null },
): void {
  const fault = faultAt(faults, columns);
  for (const row of rows) {
    const tell = (key: Key, reason: string): void => fault(row, key, reason);
    if (row.value.service_date !== day.service_date)
      tell('service_date', `不是补录的这一天（${day.service_date}），请核对`);
    checkTimes(row, day.now, tell);
    checkTogether(row, tell);
  }
  eachRepeat(rows, numberKey, (row, first) =>
    fault(row, 'sequence', `与第 ${first.line} 行是同一个号`),
  );
}

const labels = { arrived: '到诊', called: '叫号', seen: '就诊' } as const;

function checkTimes(
  { value }: OutcomeRow,
  now: string | null,
  tell: (key: Key, reason: string) => void,
): void {
  let before: keyof typeof labels | undefined;
  for (const key of ['arrived', 'called', 'seen'] as const) {
    const time = value[key];
    if (time === null) continue;
    if (now !== null && time > now) tell(key, `比现在（${now}）还晚，请填纸上写的真实时间`);
    if (before !== undefined && time < (value[before] as string))
      tell(key, `${labels[key]}时间早于${labels[before]}时间，请核对`);
    before = key;
  }
}

function checkTogether({ value }: OutcomeRow, tell: (key: Key, reason: string) => void): void {
  if (value.no_show && value.seen !== null) tell('no_show', '未到和就诊时间只能填一个');
  const named = value.walk_in_name !== null;
  const shownDocument = value.walk_in_document !== null;
  if (named && !shownDocument) tell('walk_in_document', '填了现场姓名，请同时填证件号码');
  if (!shownDocument) return;
  if (!named) tell('walk_in_name', '填了证件号码，请同时填现场姓名');
  if (value.arrived === null) tell('arrived', '现场取号请填到诊时间');
  if (value.no_show) tell('no_show', '现场来人不会未到；离开未看的只填到诊时间');
  if (value.document_masked !== null)
    tell('walk_in_document', '这一行是预约人的号，不能给现场来人；请填在空白的现场号行');
}
