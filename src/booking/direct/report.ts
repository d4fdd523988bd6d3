import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import type { Random } from '../../platform/random.ts';
import { listStaff, maskedPatients } from '../../identity/index.ts';
import { getHospital } from '../../schedule/index.ts';
import { monthSpan, type AddReason } from './rules.ts';
import { concentratedPairs, reportRows, type ReportRow } from './store-added.ts';
import type { ByStaff } from './types.ts';

type Names = {
  department_name: string;
  practitioner_name: string | null;
};

export type Counts = Pick<ReportRow, 'within_quota' | 'approved' | 'refused' | 'expired'>;

export type AddedReport = {
  month: string;
  rows: (ReportRow & Names)[];
  /** Patients, and apart from them colleagues and relatives. */
  patients: Counts;
  staff: Counts;
  /** One doctor's numbers for one person that come up often, for the office to look at. */
  concentrated: { staff_name: string; name_masked: string; given: number }[];
};

/**
 * The month's added numbers by department, doctor and reason; staff and relatives are counted apart.
 * That it was read is recorded, because it names people.
 */
export async function addedReport(
  ctx: { db: Db; fields: FieldCrypto; clock: Clock; random: Random },
  input: ByStaff & { month: string },
): Promise<AddedReport> {
  const { hospital_id, month } = input;
  const span = { hospital_id, ...monthSpan(month) };
  const [rows, pairs, hospital, members] = await Promise.all([
    reportRows(ctx.db, span),
    concentratedPairs(ctx.db, span),
    getHospital(ctx, { hospital_id }),
    listStaff(ctx, hospital_id),
  ]);
  const patients = await maskedPatients(
    ctx,
    pairs.map((pair) => pair.patient_id),
  );
  if (pairs.length > 0) await tellRead(ctx, input, pairs);
  const departments = new Map(hospital.departments.map(({ id, name }) => [id, name]));
  const doctors = new Map(
    hospital.services.map((one) => [one.practitioner_id, one.practitioner_name]),
  );
  const staff = new Map(members.map((one) => [`staff:${one.id}`, one.display_name]));
  const named = rows.map((row) => ({
    ...row,
    department_name: departments.get(row.department_id) ?? '',
    practitioner_name: doctors.get(row.practitioner_id) ?? null,
  }));
  named.sort(
    (a, b) =>
      a.department_name.localeCompare(b.department_name, 'zh') ||
      (a.practitioner_name ?? '').localeCompare(b.practitioner_name ?? '', 'zh') ||
      a.reason.localeCompare(b.reason),
  );
  return {
    month,
    rows: named,
    patients: sum(rows.filter((row) => row.reason !== 'staff')),
    staff: sum(rows.filter((row) => row.reason === 'staff')),
    concentrated: pairs.map((pair) => ({
      staff_name: staff.get(pair.asked_by) ?? '',
      name_masked: patients.get(pair.patient_id)?.name_masked ?? '',
      given: pair.given,
    })),
  };
}

function sum(rows: readonly ReportRow[]): Counts {
  const total: Counts = { within_quota: 0, approved: 0, refused: 0, expired: 0 };
  for (const row of rows)
    for (const name of ['within_quota', 'approved', 'refused', 'expired'] as const)
      total[name] += row[name];
  return total;
}

async function tellRead(
  ctx: { db: Db; clock: Clock; random: Random },
  input: ByStaff,
  pairs: readonly { patient_id: string }[],
): Promise<void> {
  const patient_ids = [...new Set(pairs.map((pair) => pair.patient_id))];
  await ctx.db.tx((tx) =>
    appendEvents(tx, ctx, [
      {
        name: 'booking.direct.looked-up',
        hospital_id: input.hospital_id,
        subject: `direct-look-up:${newId(ctx)}`,
        version: 1,
        actor: input.actor,
        payload: { by: 'report', patient_ids },
      },
    ]),
  );
}

const reasonNames: Record<AddReason, string> = {
  condition: '病情需要',
  post_discharge: '术后或出院复查',
  result: '看检查结果',
  far: '远道而来',
  medicine: '续方取药',
  staff: '本院职工或家属',
};

const heads = [
  '月份',
  '科室',
  '医生',
  '原因',
  '对象',
  '限额内',
  '门诊办同意',
  '未同意',
  '未及处理',
];

/** The report's rows as CSV with a byte order mark, so that spreadsheets read the Chinese. */
export function reportCsv(report: AddedReport): string {
  const lines = report.rows.map((row) => [
    report.month,
    row.department_name,
    row.practitioner_name ?? '',
    reasonNames[row.reason],
    row.reason === 'staff' ? '职工' : '患者',
    ...[row.within_quota, row.approved, row.refused, row.expired].map(String),
  ]);
  return `\ufeff${[heads, ...lines].map((line) => line.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

/** A cell that no spreadsheet takes for a formula. */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
