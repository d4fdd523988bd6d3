import { parse } from 'csv-parse/sync';
import { fromBuffer, type Entry, type ZipFile } from 'yauzl';
import type { StatementLine } from '../types.ts';
import { fenOfYuan } from './money.ts';
import { instantOf } from './time.ts';

/** 200,000 lines stay below; a small archive that unpacks to more is a bomb. */
const unpacked_bytes_max = 128 << 20;
const wanted = [
  '支付宝交易号',
  '商户订单号',
  '业务类型',
  '完成时间',
  '订单金额（元）',
  '退款批次号/请求号',
] as const;
type Column = (typeof wanted)[number];

/**
 * The lines of a day's archive (bill type trade): a zip with GBK names and GBK tables, one of details
 * and one of sums. Comment lines begin with #, and values end in tabs.
 * @throws Error in a sentence when the archive is not understood to the last line.
 */
export async function readAlipayBill(zip: Buffer): Promise<StatementLine[]> {
  const csv = new TextDecoder('gb18030').decode(await detailsIn(zip));
  const lines = csv.split(/\r?\n/);
  if (!lines.some((line) => /^#-*业务明细列表结束/.test(line)))
    throw new Error('The Alipay statement has no end of its list: it was cut off.');
  const table = lines.filter((line) => line.trim() !== '' && !line.startsWith('#')).join('\n');
  const [head = [], ...rows] = parse(table, { trim: true });
  const names = head.map((name) => name.trim());
  const at = new Map(wanted.map((name) => [name, names.indexOf(name)]));
  for (const [name, index] of at)
    if (index < 0) throw new Error(`The Alipay statement has no column ${name}.`);
  return rows.map((row) => lineOf((name) => (row[at.get(name) ?? -1] ?? '').trim()));
}

function lineOf(get: (name: Column) => string): StatementLine {
  const kind = get('业务类型');
  if (kind !== '交易' && kind !== '退款')
    throw new Error('A line of the Alipay statement is of an unknown kind.');
  // Refunds are negative in the file already; a sign the other way round would be a new format.
  const amount_fen = fenOfYuan(get('订单金额（元）'));
  if (amount_fen > 0 !== (kind === '交易'))
    throw new Error('A line of the Alipay statement has the wrong sign.');
  return {
    order_number: get('商户订单号'),
    refund_number: kind === '退款' ? get('退款批次号/请求号') : null,
    transaction_id: get('支付宝交易号'),
    amount_fen,
    at: instantOf(get('完成时间')),
  };
}

async function detailsIn(zip: Buffer): Promise<Buffer> {
  const archive = await new Promise<ZipFile>((resolve, reject) => {
    fromBuffer(zip, { lazyEntries: true, decodeStrings: false }, (error, file) =>
      error ? reject(error) : resolve(file),
    );
  });
  try {
    for (let entry = await nextEntry(archive); entry; entry = await nextEntry(archive)) {
      // Undecoded names come as bytes, whatever the types say.
      const bytes = entry.fileName as unknown as Buffer;
      const utf8 = (entry.generalPurposeBitFlag & 0x800) !== 0;
      const name = new TextDecoder(utf8 ? 'utf-8' : 'gb18030').decode(bytes);
      if (!name.endsWith('.csv') || name.includes('汇总')) continue;
      if (entry.uncompressedSize > unpacked_bytes_max)
        throw new Error('The Alipay statement is too large.');
      return await contentOf(archive, entry);
    }
  } finally {
    archive.close();
  }
  throw new Error('The Alipay statement has no table of details.');
}

function nextEntry(archive: ZipFile): Promise<Entry | undefined> {
  return new Promise((resolve, reject) => {
    const done = (result: Entry | undefined): void => {
      archive.removeAllListeners();
      resolve(result);
    };
    archive.once('entry', done);
    archive.once('end', () => done(undefined));
    archive.once('error', reject);
    archive.readEntry();
  });
}

async function contentOf(archive: ZipFile, entry: Entry): Promise<Buffer> {
  const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    archive.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened)));
  });
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
