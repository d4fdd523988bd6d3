import type { Db } from '../../platform/db.ts';
import { getHospital } from '../../schedule/index.ts';
import { csvCell } from '../direct/report.ts';
import { quotaInMonth, spanOf } from './rules.ts';
import { selectInstitutions, selectQuotas } from './store-institutions.ts';
import { reportRows, reservedByDepartment, type ReportRow } from './store-report.ts';

export type ReferralReport = {
  month: string;
  /** What each institution was given and used, by department. */
  rows: (ReportRow & { institution_name: string; department_name: string; quota: number })[];
  /** Numbers that stand in the pool kept for referrals; unused ones of drawn sessions have joined the draw. */
  departments: { department_name: string; reserved: number; used: number }[];
  total: { quota: number; sent: number; given: number; seen: number };
};

const nothing = {
  ...{ sent: 0, at_once: 0, by_office: 0, refused: 0, expired: 0 },
  ...{ waiting: 0, seen: 0, missed: 0, given_back: 0 },
};

/**
 * The numbers a hospital gave down to primary care (R030) on the clinic days of a month: quotas as
 * they are in force now, what was sent and what became of it. Nobody is named.
 */
export async function referralReport(
  ctx: { db: Db },
  input: { hospital_id: string; month: string },
): Promise<ReferralReport> {
  const { hospital_id, month } = input;
  const span = { hospital_id, ...spanOf('month', `${month}-01`) };
  const [rows, reserved, institutions, hospital] = await Promise.all([
    reportRows(ctx.db, span),
    reservedByDepartment(ctx.db, span),
    selectInstitutions(ctx.db, hospital_id),
    getHospital(ctx, { hospital_id }),
  ]);
  const quotas = await selectQuotas(
    ctx.db,
    institutions.filter((one) => one.closed_at === null).map((one) => one.id),
  );
  const departments = new Map(hospital.departments.map(({ id, name }) => [id, name]));
  const names = new Map(institutions.map(({ id, name }) => [id, name]));
  const cells = new Map(rows.map((row) => [`${row.institution_id} ${row.department_id}`, { ...row, quota: 0 }])); // prettier-ignore
  for (const { institution_id, department_id, per, numbers } of quotas) {
    if (numbers === null) continue;
    const key = `${institution_id} ${department_id}`;
    const cell = cells.get(key) ?? { ...nothing, institution_id, department_id, quota: 0 };
    cells.set(key, { ...cell, quota: cell.quota + quotaInMonth({ per, numbers }, month) });
  }
  const named = [...cells.values()].map((cell) => ({
    ...cell,
    institution_name: names.get(cell.institution_id) ?? '',
    department_name: departments.get(cell.department_id) ?? '',
  }));
  named.sort(
    (a, b) =>
      a.institution_name.localeCompare(b.institution_name, 'zh') ||
      a.department_name.localeCompare(b.department_name, 'zh'),
  );
  const sum = (of: (row: (typeof named)[number]) => number): number =>
    named.reduce((total, row) => total + of(row), 0);
  return {
    month,
    rows: named,
    departments: reserved.map((one) => ({
      department_name: departments.get(one.department_id) ?? '',
      reserved: one.reserved,
      used: one.used,
    })),
    total: {
      quota: sum((row) => row.quota),
      sent: sum((row) => row.sent),
      given: sum((row) => row.at_once + row.by_office),
      seen: sum((row) => row.seen),
    },
  };
}

const heads = [
  '月份',
  '基层机构',
  '科室',
  '下沉号源',
  '转来',
  '额度内受理',
  '转诊办同意',
  '未同意',
  '失效或撤回',
  '已就诊',
  '爽约',
  '退号或停诊',
];

/** The report as CSV with a byte order mark, so that spreadsheets read the Chinese. */
export function reportCsv(report: ReferralReport): string {
  const lines = report.rows.map((row) => [
    ...[report.month, row.institution_name, row.department_name],
    ...[row.quota, row.sent, row.at_once, row.by_office, row.refused].map(String),
    ...[row.expired, row.seen, row.missed, row.given_back].map(String),
  ]);
  return `\ufeff${[heads, ...lines].map((line) => line.map(csvCell).join(',')).join('\r\n')}\r\n`;
}
