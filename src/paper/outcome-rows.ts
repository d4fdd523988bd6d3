import { DOCUMENT_TYPES, isDocumentType } from '../identity/index.ts';
import type { Period } from '../schedule/index.ts';
import { columns, periodNames } from './columns.ts';
import { writeCsv } from './csv.ts';

export type GivenRow = {
  service_code: string;
  period: Period;
  sequence: number;
  arrived?: string;
  called?: string;
  seen?: string;
  no_show?: boolean;
  walk_in_name?: string;
  walk_in_type?: string;
  walk_in_document?: string;
};

/** Rows as the file they could have come in: one way of reading, one way of checking, one hash. */
export function rowsAsFile(service_date: string, rows: readonly GivenRow[]): Buffer {
  const keys = Object.keys(columns) as (keyof typeof columns)[];
  const cells = rows.map((row) => {
    const type = row.walk_in_type ?? '';
    const texts: Partial<Record<keyof typeof columns, string>> = {
      ...row,
      service_date,
      period: periodNames[row.period],
      sequence: String(row.sequence),
      no_show: row.no_show === true ? '未到' : '',
      walk_in_type: isDocumentType(type) ? DOCUMENT_TYPES[type].label : type,
    };
    return keys.map((key) => texts[key] ?? '');
  });
  return writeCsv([keys.map((key) => columns[key].header), ...cells]);
}
