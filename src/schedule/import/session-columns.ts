import type { Master, Mode, Period } from '../types.ts';
import {
  column,
  parseChoice,
  parseCode,
  parseDate,
  parseText,
  parseTime,
  parseWhole,
  type Column,
  type Columns,
} from './columns.ts';

/** Numbers set aside for one purpose; none where the cell is empty. */
function reserve(header: string, aliases: string[], example: string): Column<number> {
  return { header, aliases, missing: { value: 0 }, parse: parseWhole(0, 100_000), example };
}

export const columns = {
  service_code: column<string>({
    header: '门诊代码',
    aliases: ['号别代码', '门诊编码'],
    parse: parseCode,
    example: 'XNK-ZR-01',
  }),
  service_date: column<string>({
    header: '出诊日期',
    aliases: ['日期', '门诊日期', '就诊日期'],
    parse: parseDate,
    example: '',
  }),
  period: column<Period>({
    header: '午别',
    aliases: ['时段', '班次', '上下午'],
    parse: parseChoice<Period>({
      上午: 'morning',
      下午: 'afternoon',
      晚上: 'evening',
      夜间: 'evening',
      晚间: 'evening',
    }),
    example: '上午',
  }),
  starts_at: column<string>({
    header: '开始时间',
    aliases: ['开诊时间', '起始时间'],
    parse: parseTime,
    example: '08:00',
  }),
  ends_at: column<string>({
    header: '结束时间',
    aliases: ['停诊时间', '截止时间'],
    parse: parseTime,
    example: '11:30',
  }),
  room: column<string>({
    header: '诊室',
    aliases: ['诊间', '诊室名称'],
    missing: { value: '' },
    parse: parseText({ length_max: 60 }),
    example: '3诊室',
  }),
  numbers: column<number>({
    header: '号源总数',
    aliases: ['号源数', '限号数', '放号数'],
    parse: parseWhole(1, 100_000),
    example: '30',
  }),
  follow_up: reserve('复诊预留', ['复诊预留数'], '4'),
  in_clinic: reserve('诊间预留', ['诊间预留数', '诊间预约预留'], '2'),
  referral: reserve('转诊预留', ['转诊预留数'], '2'),
  team: reserve('团队预留', ['专家团队预留'], ''),
  green_channel: reserve('绿色通道预留', ['绿通预留'], ''),
  patient_bookings_max: column<number>({
    header: '每人限约',
    aliases: ['每人限约数', '限约数'],
    missing: { value: 1 },
    parse: parseWhole(1, 100),
    example: '1',
  }),
  master: column<Master>({
    header: '号源归属',
    aliases: ['号源主控', '号源管理方'],
    missing: { value: 'own' },
    parse: parseChoice<Master>({ 本平台: 'own', 平台: 'own', HIS: 'his', his: 'his' }),
    example: '本平台',
  }),
  mode: column<Mode>({
    header: '出诊方式',
    aliases: ['门诊方式'],
    missing: { value: 'in_person' },
    parse: parseChoice<Mode>({
      线下: 'in_person',
      现场: 'in_person',
      互联网: 'internet',
      线上: 'internet',
      远程: 'internet',
    }),
    example: '线下',
  }),
  practitioner_code: column<string | null>({
    header: '医生工号',
    aliases: ['工号', '医生代码', '出诊医生工号'],
    missing: { value: null },
    parse: parseCode,
    example: '',
  }),
} satisfies Columns;

export type SessionColumns = typeof columns;
