import { DOCUMENT_TYPES, validatePhone, type DocumentType } from '../identity/index.ts';
import {
  column,
  eachRepeat,
  faultAt,
  parseChoice,
  parseCode,
  parseDate,
  parseText,
  parseWhole,
  type Columns,
  type Faults,
  type Period,
  type TableRow,
} from '../schedule/index.ts';

const none = { value: null };

/** 居民身份证 and every other kind by its Chinese name, with the short names hospitals use. */
const documentTypes: Record<string, DocumentType> = {
  ...Object.fromEntries(
    Object.entries(DOCUMENT_TYPES).map(([type, { label }]) => [label, type as DocumentType]),
  ),
  身份证: 'resident_id',
  户口簿: 'household_register',
  出生证: 'birth_certificate',
};

/** A booking, a restriction, or a count of no-shows: what a row of the file is. */
export type SoldKind = 'booking' | 'restriction' | 'no_shows';

export const columns = {
  kind: column<SoldKind>({
    header: '类别',
    aliases: ['行类别'],
    missing: { value: 'booking' },
    parse: parseChoice<SoldKind>({ 预约: 'booking', 限制: 'restriction', 爽约: 'no_shows' }),
    example: '预约',
  }),
  order_number: column<string | null>({
    header: '原订单号',
    aliases: ['订单号', '预约单号'],
    missing: none,
    parse: parseText({ length_max: 64 }),
    example: 'GH20261125001',
  }),
  service_code: column<string | null>({
    header: '门诊代码',
    aliases: ['号别代码', '门诊编码'],
    missing: none,
    parse: parseCode,
    example: 'XNK-ZR-01',
  }),
  service_date: column<string | null>({
    header: '出诊日期',
    aliases: ['日期', '就诊日期'],
    missing: none,
    parse: parseDate,
    example: '2026-11-25',
  }),
  period: column<Period | null>({
    header: '午别',
    aliases: ['时段', '上下午'],
    missing: none,
    parse: parseChoice<Period>({ 上午: 'morning', 下午: 'afternoon', 晚上: 'evening' }),
    example: '上午',
  }),
  sequence: column<number | null>({
    header: '序号',
    aliases: ['号序', '就诊序号'],
    missing: none,
    parse: parseWhole(1, 100_000),
    example: '12',
  }),
  name: column<string | null>({
    header: '姓名',
    aliases: ['患者姓名', '就诊人姓名'],
    missing: none,
    parse: parseText({ length_max: 50 }),
    example: '李示例',
    personal: true,
  }),
  document_type: column<DocumentType>({
    header: '证件类型',
    missing: { value: 'resident_id' },
    parse: parseChoice(documentTypes),
    example: '居民身份证',
  }),
  document_number: column<string | null>({
    header: '证件号码',
    aliases: ['身份证号', '证件号'],
    missing: none,
    parse: parseText({ length_max: 60 }),
    example: '11010519491231002X',
    personal: true,
  }),
  phone: column<string | null>({
    header: '手机',
    aliases: ['手机号', '手机号码', '联系电话'],
    missing: none,
    parse: (text) => {
      const checked = validatePhone(text);
      return checked.ok ? { value: text } : { reason: '应为以 1 开头的 11 位手机号码' };
    },
    example: '13800138000',
    personal: true,
  }),
  status: column<'booked' | 'stopped'>({
    header: '状态',
    aliases: ['预约状态'],
    missing: { value: 'booked' },
    parse: parseChoice({ 已约: 'booked', 已预约: 'booked', 停诊: 'stopped' } as const),
    example: '已约',
  }),
  restricted_until: column<string | null>({
    header: '限制至',
    aliases: ['限制截止日期'],
    missing: none,
    parse: parseDate,
    example: '',
  }),
  no_shows: column<number | null>({
    header: '爽约次数',
    missing: none,
    parse: parseWhole(0, 1000),
    example: '',
  }),
} satisfies Columns;

export type SoldRow = TableRow<typeof columns>;

/** Checks that need the file only: what each kind of row must and must not say, and repeats. */
export function checkSoldRows(rows: SoldRow[], faults: Faults, today: string): void {
  const fault = faultAt(faults, columns);
  for (const row of rows) checkRow(row, today, (key, reason) => fault(row, key, reason));
  const bookings = rows.filter((row) => row.value.kind === 'booking');
  eachRepeat(
    bookings,
    (row) => row.value.order_number,
    (row, first) => fault(row, 'order_number', `与第 ${first.line} 行的原订单号重复`),
  );
  eachRepeat(
    bookings,
    ({ value }) => (value.sequence === null ? null : `${sessionKey(value)} ${value.sequence}`),
    (row, first) => fault(row, 'sequence', `与第 ${first.line} 行是同一个号`),
  );
  const stopped = new Map<string, SoldRow>();
  for (const row of bookings)
    if (row.value.status === 'stopped') stopped.set(sessionKey(row.value), row);
  for (const row of bookings) {
    const stop = row.value.status === 'booked' ? stopped.get(sessionKey(row.value)) : undefined;
    if (stop) fault(row, 'status', `第 ${stop.line} 行说这次出诊已停诊，同一出诊的状态应一致`);
  }
}

/** Which session a booking row speaks of. */
export function sessionKey(value: SoldRow['value']): string {
  return `${value.service_code} ${value.service_date} ${value.period}`;
}

/** Whether the row names a person; a stop may come without one. */
export function namesPerson(value: SoldRow['value']): boolean {
  return value.document_number !== null;
}

type Key = keyof typeof columns;

function checkRow(
  { value }: SoldRow,
  today: string,
  fault: (key: Key, reason: string) => void,
): void {
  const need = (keys: readonly Key[], why: string): void => {
    for (const key of keys) if (value[key] === null) fault(key, why);
  };
  if (value.kind === 'booking') {
    need(['service_code', 'service_date', 'period'], '预约行必填');
    if (value.status === 'booked' || namesPerson(value))
      need(['order_number', 'name', 'document_number'], '有患者的预约行必填');
    if (value.service_date !== null && value.service_date < today)
      fault('service_date', '出诊日期已过，只导入今天及以后的预约');
    return;
  }
  need(['name', 'document_number'], '必填');
  if (value.kind === 'restriction') {
    need(['restricted_until'], '限制行必填');
    if (value.restricted_until !== null && value.restricted_until < today)
      fault('restricted_until', '限制已到期，不需要导入');
  } else need(['no_shows'], '爽约行必填');
}
