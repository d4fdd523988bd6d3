import { isUtf8 } from 'node:buffer';
import { setImmediate as turn } from 'node:timers/promises';
import { parse as parseCsv } from 'csv-parse';
import { Problem } from '../../platform/problem.ts';
import {
  createFaults,
  formula_mark,
  normaliseCell,
  normaliseHeader,
  type Columns,
  type Fault,
  type Faults,
  type Parsed,
  type RawRow,
  type RowOf,
} from './columns.ts';
import { badFile, tooBig, tooManyRows } from './errors.ts';
import { readXlsx } from './read-xlsx.ts';

export const import_limits = { bytes_max: 64 << 20, rows_max: 200_000, columns_max: 200 } as const;

export type TableFile = { file_name: string; bytes: Buffer };

/**
 * Reads the lines of a CSV (UTF-8 with or without BOM, else GB18030) or XLSX file, some hundreds at a
 * time. What a file is, its first bytes say, not its name. A line that cannot be read carries a `fault`.
 * @throws Problem schedule/import-unreadable, schedule/import-too-large.
 */
export async function* readRows(file: TableFile): AsyncGenerator<RawRow[]> {
  if (file.bytes.length > import_limits.bytes_max) throw new Problem(tooBig);
  if (file.bytes.length === 0) throw badFile('文件是空的');
  const head = file.bytes.subarray(0, 4).toString('latin1');
  const isXlsx = head.startsWith('PK\x03\x04');
  let count = 0;
  for await (const rows of isXlsx ? readXlsx(file.bytes) : readCsv(file.bytes, head)) {
    count += rows.length;
    // The header is a line too.
    if (count > import_limits.rows_max + 1) throw new Problem(tooManyRows);
    if (rows.some((row) => row.cells.length > import_limits.columns_max)) throw badFile('列数太多');
    yield rows;
    // Bookings are served by this process as well: a long file must not keep it.
    await turn();
  }
}

async function* readCsv(bytes: Buffer, head: string): AsyncGenerator<RawRow[]> {
  if (head.startsWith('\xd0\xcf\x11\xe0'))
    throw badFile('这是旧版 .xls 或加密的文件，请另存为不加密的 .xlsx 或 CSV');
  if (head.startsWith('\xff\xfe') || head.startsWith('\xfe\xff'))
    throw badFile('这是 UTF-16 编码的文件，请另存为“CSV UTF-8”');
  const chunks = decode(bytes);
  const first = chunks.next().value ?? '';
  const headerLine = /^[^\n]*/.exec(first)?.[0] ?? '';
  let rows: RawRow[] = [];
  let last = 0;
  const parser = parseCsv({
    delimiter: !headerLine.includes(',') && headerLine.includes('\t') ? '\t' : ',',
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: 1 << 20,
    skip_records_with_error: true,
    on_skip: (): undefined => {
      const fault = '引号不成对，或这一行过长，无法读取';
      rows.push({ line: last + 1, cells: [], fault });
    },
    on_record: (record: string[], info) => {
      // A quoted cell may span lines, and a record is named by the line on which it begins.
      const inside = info.lines - last > 1 ? record.join('').split('\n').length - 1 : 0;
      const line = info.lines - inside;
      last = info.lines;
      if (record.some((cell) => cell.trim() !== '')) rows.push({ line, cells: record });
      return null;
    },
  });
  const taken = (): RawRow[] => {
    const batch = rows;
    rows = [];
    return batch;
  };
  const write = (text: string): Promise<void> =>
    new Promise((resolve, reject) =>
      parser.write(text, (error) => (error ? reject(error) : resolve())),
    );
  // Rows are handed over by the chunk: a promise for each of 50,000 would cost more than they do.
  parser.resume();
  await write(first);
  yield taken();
  for (const chunk of chunks) {
    await write(chunk);
    yield taken();
  }
  await new Promise<void>((resolve, reject) => {
    parser.on('error', reject);
    parser.on('end', resolve);
    parser.end();
  });
  yield taken();
}

const CHUNK = 1 << 16;

function* decode(bytes: Buffer): Generator<string> {
  const decoder = new TextDecoder(isUtf8(bytes) ? 'utf-8' : 'gb18030', { fatal: true });
  for (let at = 0; at < bytes.length; at += CHUNK) {
    try {
      yield decoder.decode(bytes.subarray(at, at + CHUNK), { stream: at + CHUNK < bytes.length });
    } catch {
      throw badFile('文件编码既不是 UTF-8 也不是 GB18030，请另存为“CSV UTF-8”');
    }
  }
}

/** A row that could be read, with its line. */
export type TableRow<C extends Columns> = { line: number; value: RowOf<C> };

export type Table<C extends Columns> = {
  /** Lines with content below the header, good and bad. */
  lines: number;
  rows: TableRow<C>[];
};

/**
 * Reads a whole table by its header row. Columns may stand in any order; a missing, doubled or
 * unknown header and every cell that cannot be read are added to `faults`, with line and column.
 */
export async function readTable<C extends Columns>(
  file: TableFile,
  columns: C,
  faults: Faults = createFaults(),
): Promise<Table<C>> {
  const rows: TableRow<C>[] = [];
  let seats: Seat[] | undefined;
  let lines = 0;
  for await (const batch of readRows(file)) {
    for (const row of batch) {
      if (!seats && row.fault === undefined) {
        seats = readHeader(row, columns, faults);
        if (!seats) return { lines: 0, rows };
        continue;
      }
      lines++;
      const value = readLine(row, seats, faults);
      if (value) rows.push({ line: row.line, value: value as RowOf<C> });
    }
  }
  if (!seats) throw badFile('文件里没有表头');
  if (lines === 0) faults.add({ line: 2, column: '', reason: '表头下面没有数据' });
  return { lines, rows };
}

type Seat = {
  key: string;
  column: Columns[string];
  at: number;
  /** What cells of this column meant before: dates, times and codes repeat thousands of times. */
  known: Map<string, Parsed<unknown>>;
};

const known_max = 5000;

function readHeader(row: RawRow, columns: Columns, faults: Faults): Seat[] | undefined {
  const before = faults.total();
  const names = row.cells.map(normaliseHeader);
  const known = new Map<string, string>();
  for (const [key, column] of Object.entries(columns))
    for (const name of [column.header, ...(column.aliases ?? [])])
      known.set(normaliseHeader(name), key);
  const places = new Map<string, number>();
  names.forEach((name, at) => {
    const key = known.get(name);
    const column = row.cells[at] ?? '';
    if (name === '') return;
    if (key === undefined) {
      const reason = '表头不认识；请对照下载的模板，删去或改名这一列';
      faults.add({ line: row.line, column: column.slice(0, 40), reason });
    } else if (places.has(key)) {
      faults.add({ line: row.line, column: column.slice(0, 40), reason: '这一列出现了两次' });
    } else places.set(key, at);
  });
  const seats = Object.entries(columns).map(([key, column]) => {
    const at = places.get(key) ?? -1;
    if (at < 0 && !column.missing)
      faults.add({ line: row.line, column: column.header, reason: '缺少这一列' });
    return { key, column, at, known: new Map() };
  });
  return faults.total() === before ? seats : undefined;
}

function readLine(
  row: RawRow,
  seats: Seat[] | undefined,
  faults: Faults,
): Record<string, unknown> | undefined {
  if (row.fault !== undefined || !seats) {
    faults.add({ line: row.line, column: '', reason: row.fault ?? '' });
    return undefined;
  }
  const value: Record<string, unknown> = {};
  let good = true;
  for (const { key, column, at, known } of seats) {
    const text = at < 0 ? '' : (row.cells[at] ?? '');
    let parsed = known.get(text);
    if (!parsed) {
      parsed = readCell(column, text);
      if (known.size < known_max) known.set(text, parsed);
    }
    if ('value' in parsed) value[key] = parsed.value;
    else {
      good = false;
      faults.add(faultOf(row.line, column, text, parsed.reason));
    }
  }
  return good ? value : undefined;
}

function readCell(column: Columns[string], text: string): Parsed<unknown> {
  if (normaliseCell(text) === '') return column.missing ?? { reason: '必填' };
  if (text.startsWith(formula_mark)) return { reason: '这一格是公式，请复制后粘贴为数值' };
  return column.parse(text);
}

/** A fault that shows enough of the cell to find it, of personal data the first character only. */
export function faultOf(
  line: number,
  column: Columns[string],
  text: string,
  reason: string,
): Fault {
  const plain = text
    .replace(formula_mark, '=')
    .replace(/\p{Cc}/gu, ' ')
    .trim();
  const [first = ''] = plain;
  const shown = column.personal ? (plain === '' ? '' : `${first}***`) : plain.slice(0, 40);
  const { header } = column;
  return { line, column: header, ...(shown === '' ? {} : { value_masked: shown }), reason };
}
