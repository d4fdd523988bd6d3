import ExcelJS from 'exceljs';
import { addDays, shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { Columns } from './columns.ts';
import { kinds, kindTitles, type KindName } from './kinds.ts';

export type TemplateFormat = 'csv' | 'xlsx';

/**
 * The file to fill in for a kind: the header row and one example row, as CSV (UTF-8 with BOM, so that
 * spreadsheets read it) or XLSX with every cell as text.
 */
export async function templateFile(
  ctx: { clock: Clock },
  input: { kind: KindName; format: TemplateFormat },
): Promise<{ file_name: string; content_type: string; bytes: Buffer }> {
  const columns: Columns = kinds[input.kind].columns;
  const headers = Object.values(columns).map((column) => column.header);
  // A date of the example has to lie ahead, or the example itself would be refused.
  const day = addDays(shanghaiDate(ctx.clock.now()), 7);
  const example = Object.entries(columns).map(([key, column]) =>
    key === 'service_date' ? day : column.example,
  );
  const file_name = `${kindTitles[input.kind]}导入模板.${input.format}`;
  if (input.format === 'csv') {
    const text = `\ufeff${headers.map(csvCell).join(',')}\r\n${example.map(csvCell).join(',')}\r\n`;
    return { file_name, content_type: 'text/csv; charset=utf-8', bytes: Buffer.from(text) };
  }
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet(kindTitles[input.kind]);
  sheet.columns = headers.map(() => ({ width: 16, style: { numFmt: '@' } }));
  sheet.addRow(headers).font = { bold: true };
  sheet.addRow(example);
  return {
    file_name,
    content_type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    bytes: Buffer.from(await book.xlsx.writeBuffer()),
  };
}

/** A cell no spreadsheet will run: quoted, and with `'` before what would begin a formula. */
export function csvCell(text: string): string {
  const safe = /^[=+@\-\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
