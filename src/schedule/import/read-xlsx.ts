import { Readable } from 'node:stream';
import ExcelJS from 'exceljs';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import { Problem } from '../../platform/problem.ts';
import { formula_mark, type RawRow } from './columns.ts';
import { badFile, tooBig } from './errors.ts';

/** Unpacked XML of 200,000 rows stays well below; a small file that unpacks to more is a bomb. */
const unpacked_bytes_max = 1 << 30;

type SheetEvents = {
  parse(): AsyncIterable<{ eventType: string; value: ExcelJS.Row }[]>;
};

/**
 * The rows of the first visible sheet, streamed. Date cells come as `YYYY-MM-DD`, time cells as
 * `HH:mm`, formula cells marked, so that their text is never taken for a value.
 * @throws Problem schedule/import-unreadable, schedule/import-too-large.
 */
export async function* readXlsx(bytes: Buffer): AsyncGenerator<RawRow[]> {
  await checkUnpackedSize(bytes);
  const reader = new ExcelJS.stream.xlsx.WorkbookReader(Readable.from(chunksOf(bytes)), {
    worksheets: 'emit',
    sharedStrings: 'cache',
    styles: 'cache',
    hyperlinks: 'ignore',
    entries: 'ignore',
  });
  let found = false;
  try {
    for await (const sheet of reader) {
      const { state } = sheet as { state?: string };
      if (found || (state !== undefined && state !== 'visible')) continue;
      found = true;
      if ((reader as { properties?: { date1904?: boolean } }).properties?.date1904)
        throw badFile('工作簿用的是 1904 日期系统，请在 Excel 选项里取消后另存');
      let rows: RawRow[] = [];
      // exceljs parses by the chunk; its rows are taken as they are there, not by a promise each.
      for await (const events of (sheet as unknown as SheetEvents).parse()) {
        for (const { eventType, value } of events) {
          if (eventType !== 'row') continue;
          const cells = Array.from((value.values as unknown[]).slice(1), cellText);
          if (cells.some((cell) => cell.trim() !== '')) rows.push({ line: value.number, cells });
        }
        if (rows.length < 500) continue;
        yield rows;
        rows = [];
      }
      yield rows;
      return;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw badFile('不是完整的 .xlsx 文件，请重新另存后再导入');
  }
  if (!found) throw badFile('工作簿里没有可见的工作表');
}

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1 << 16) yield bytes.subarray(at, at + (1 << 16));
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if (value instanceof Date) return dateText(value);
  const cell = value as {
    richText?: { text?: string }[];
    text?: unknown;
    formula?: string;
    sharedFormula?: string;
    error?: string;
  };
  if (cell.formula !== undefined || cell.sharedFormula !== undefined)
    return `${formula_mark}${cell.formula ?? cell.sharedFormula}`;
  if (cell.richText) return cell.richText.map((part) => part.text ?? '').join('');
  if (cell.error !== undefined) return cell.error;
  return cell.text === undefined ? '' : cellText(cell.text);
}

/** Binary fractions of spreadsheets (12.299999999999999) as people typed them. */
function numberText(value: number): string {
  return String(Number(value.toPrecision(15)));
}

function dateText(value: Date): string {
  if (Number.isNaN(value.getTime())) return '#DATE';
  // Spreadsheets keep times as fractions of a day, so a minute may be a few milliseconds off.
  const text = new Date(Math.round(value.getTime() / 60_000) * 60_000).toISOString();
  const date = text.slice(0, 10);
  const time = text.slice(11, 16);
  if (date < '1901') return time;
  return time === '00:00' ? date : `${date} ${time}`;
}

/** Inflates every entry once, counting, so that no header can lie about what an archive unpacks to. */
async function checkUnpackedSize(bytes: Buffer): Promise<void> {
  const zip = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(bytes, { lazyEntries: true }, (error, opened) =>
      error ? reject(badFile('不是完整的 .xlsx 文件，请重新另存后再导入')) : resolve(opened),
    );
  });
  let unpacked = 0;
  let sheets = 0;
  await new Promise<void>((resolve, reject) => {
    const fail = (): void => reject(badFile('压缩包损坏或加密，请重新另存为不加密的 .xlsx'));
    zip.on('error', fail);
    zip.on('end', resolve);
    zip.on('entry', (entry: Entry) => {
      if (entry.fileName.startsWith('xl/worksheets/')) sheets++;
      zip.openReadStream(entry, (error, stream) => {
        if (error) return fail();
        stream.on('error', fail);
        stream.on('data', (chunk: Buffer) => {
          unpacked += chunk.length;
          if (unpacked > unpacked_bytes_max) {
            stream.destroy();
            reject(new Problem(tooBig));
          }
        });
        stream.on('end', () => zip.readEntry());
      });
    });
    zip.readEntry();
  });
  if (sheets === 0) throw badFile('压缩包里没有工作表，不是 .xlsx 文件');
}
