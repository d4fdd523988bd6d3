import { shanghaiDate, shanghaiTime } from '../platform/clock.ts';
import { columns } from './columns.ts';
import { editionNames } from './rules.ts';
import type { DepartmentList, EditionFacts, ListedNumber, ListedSession } from './types.ts';

/** A page's worth of table: what is drawn, and nothing else is. */
export type Section = {
  heading: string;
  note: string;
  columns: readonly { label: string; width: number }[];
  rows: string[][];
  row_height: number;
};

/** A department's paper: the text of its cover, then its lists and blank sheets. */
export type Sheet = {
  title: string;
  subtitle: string;
  printed_at: Date;
  cover: string[];
  sections: Section[];
};

export type Totals = { sessions: number; numbers: number; booked: number; on_site_free: number };

/** What is counted on the cover and in the event; stopped sessions have no numbers to count. */
export function totalsOf(list: DepartmentList): Totals {
  const totals = { sessions: 0, numbers: 0, booked: 0, on_site_free: 0 };
  for (const session of list.sessions) {
    totals.sessions++;
    for (const number of session.numbers) {
      totals.numbers++;
      if (number.place === 'visit') totals.booked++;
      if (number.place === 'blank' && session.stopped === null) totals.on_site_free++;
    }
  }
  return totals;
}

const rules = [
  '停机时怎么用（全文见应急手册）：',
  '1. 只用最新的一版：手里有两版时，以打印时间晚的为准。',
  '2. 预约人凭证件签到：姓名和证件只印首尾，须与所持证件逐字核对；不是本人不能用号。',
  '3. 现场来人只发空白表上印好的现场号，从小到大，一号一人；空白表发完即止，不手写加号。',
  '4. 每一步写真实时间（24小时制，写到分）：到诊、叫号、就诊；没来的打钩“未到”。',
  '5. 恢复后由挂号处照纸补录；补录完核对总数，再把纸交门诊办封存。不得拍照外传。',
];

/** Lays out what a department's paper says; all text of the PDF comes from here. */
export function sheetOf(facts: EditionFacts, list: DepartmentList): Sheet {
  const totals = totalsOf(list);
  const other = totals.numbers - totals.booked - totals.on_site_free;
  const log = facts.checkpoint;
  const cover = [
    `院区：${list.campus_name}　　科室：${list.department_name}（${list.department_code}）　　位置：${list.place || '见现场指引'}`,
    `出诊日期：${facts.service_date}　　版本：${editionNames[facts.kind]}　　打印时间：${shanghaiDate(facts.printed_at)} ${shanghaiTime(facts.printed_at)}`,
    `班次 ${totals.sessions} 个　　号 ${totals.numbers} 个　　已约 ${totals.booked} 个　　可发现场空号 ${totals.on_site_free} 个　　停机时不发的号 ${other} 个`,
    log === null ? '存证日志：尚无检查点' : `存证日志检查点：第 ${log.size} 条　　指纹 ${log.root}`,
    '',
    ...rules,
    '',
    '停机时间：____月____日 ____:____ 至 ____:____　　负责人签名：________________　　共用纸 ______ 张',
  ];
  return {
    title: `${facts.hospital_name} 应急名单`,
    subtitle: `${list.campus_name} ${list.department_name} ${facts.service_date} ${editionNames[facts.kind]}`,
    printed_at: facts.printed_at,
    cover,
    sections: list.sessions.flatMap(sectionsOf),
  };
}

const listColumns = [
  { label: '序号', width: 34 },
  { label: '时间', width: 70 },
  { label: '预约人', width: 60 },
  { label: '预约人证件', width: 130 },
  { label: '状态', width: 64 },
  { label: '号源', width: 38 },
  { label: '到诊', width: 58 },
  { label: '叫号', width: 58 },
  { label: '就诊', width: 58 },
  { label: '未到', width: 38 },
  { label: '签名', width: 174 },
] as const;

const blankColumns = [
  { label: '序号', width: 34 },
  { label: '时间', width: 70 },
  { label: '姓名', width: 90 },
  { label: '证件类型和号码', width: 214 },
  { label: '到诊', width: 62 },
  { label: '叫号', width: 62 },
  { label: '就诊', width: 62 },
  { label: '签名', width: 188 },
] as const;

function sectionsOf(session: ListedSession): Section[] {
  const { period, hours, service_name, practitioner, room, service_code } = session;
  const heading = `${period} ${hours}　${service_name}（${service_code}）　${practitioner}　${room}`;
  const of = (place: ListedNumber['place']): ListedNumber[] =>
    session.numbers.filter((number) => number.place === place);
  const visits = of('visit');
  const list: Section = {
    heading,
    note:
      session.stopped === null
        ? `预约名单：${visits.length} 人`
        : `本次出诊已停诊（${session.stopped}）：不接诊，不发号`,
    columns: listColumns,
    rows: visits.map((number) => [
      String(number.sequence),
      number.time,
      number.name_masked,
      number.document_masked,
      number.status,
      number.pool,
      ...Array<string>(5).fill(''),
    ]),
    row_height: 20,
  };
  const blanks = session.stopped === null ? of('blank') : [];
  if (blanks.length === 0) return [list];
  return [
    list,
    {
      heading,
      note: `现场取号空白表：${blanks.length} 个现场号，从小到大发，一号一人`,
      columns: blankColumns,
      rows: blanks.map((number) => [
        String(number.sequence),
        number.time,
        ...Array<string>(6).fill(''),
      ]),
      row_height: 26,
    },
  ];
}

/** Every string a sheet draws, cell by cell: what may be read off the paper. */
export function textOf(sheet: Sheet): string[] {
  return [
    sheet.title,
    sheet.subtitle,
    ...sheet.cover,
    ...sheet.sections.flatMap((section) => [
      section.heading,
      section.note,
      ...section.columns.map((column) => column.label),
      ...section.rows.flat(),
    ]),
  ].filter((text) => text !== '');
}

/** The rows of the CSV: the header, then each visit and each blank number, to be filled in. */
export function csvRows(facts: EditionFacts, list: DepartmentList): string[][] {
  const headers = Object.values(columns).map((column) => column.header);
  const empty = headers.length - 14;
  const rows = list.sessions.flatMap((session) =>
    session.numbers
      .filter(({ place }) => place === 'visit' || (place === 'blank' && session.stopped === null))
      .map((number) => [
        list.campus_name,
        list.department_name,
        facts.service_date,
        session.period,
        session.service_code,
        session.service_name,
        session.practitioner,
        session.room,
        String(number.sequence),
        number.time,
        number.pool,
        number.status,
        number.name_masked,
        number.document_masked,
        ...Array<string>(empty).fill(''),
      ]),
  );
  return [headers, ...rows];
}
