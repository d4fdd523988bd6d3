import type { StatementLine } from '../types.ts';
import { fenOfYuan } from './money.ts';
import { instantOf } from './time.ts';

const wanted = [
  '交易时间',
  '商户号',
  '微信订单号',
  '商户订单号',
  '交易状态',
  '商户退款单号',
  '退款状态',
  '订单金额',
  '申请退款金额',
] as const;
type Column = (typeof wanted)[number];

/** A refund that ended without money is in the statement too. */
const refund_moves: Record<string, boolean> = {
  SUCCESS: true,
  PROCESSING: true,
  FAIL: false,
  CHANGE: false,
  CLOSED: false,
  ABNORMAL: false,
};

/**
 * The lines of a trade statement (bill type ALL). Every value has a backtick before it, so a comma in
 * the name of a good separates nothing. The last two lines are sums and are compared with the lines.
 * @throws Error in a sentence when the file is not understood to the last line.
 */
export function readWechatBill(csv: string, merchant_id: string): StatementLine[] {
  const [head = '', ...rest] = csv
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const names = head.split(',').map((name) => name.trim());
  const at = new Map(wanted.map((name) => [name, names.indexOf(name)]));
  for (const [name, index] of at)
    if (index < 0) throw new Error(`The WeChat statement has no column ${name}.`);
  const sums = rest.findIndex((line) => line.startsWith('总交易单数'));
  if (sums < 0) throw new Error('The WeChat statement has no sums: it was cut off.');
  const lines = rest.slice(0, sums).flatMap((line) => {
    const values = valuesOf(line);
    if (values.length !== names.length)
      throw new Error('A line of the WeChat statement has another number of columns.');
    const get = (name: Column): string => values[at.get(name) ?? -1] ?? '';
    if (get('商户号') !== merchant_id)
      throw new Error('The WeChat statement is that of another merchant.');
    return lineOf(get);
  });
  const [count] = valuesOf(rest[sums + 1] ?? '');
  if (Number(count) !== sums)
    throw new Error('The WeChat statement counts other lines than it has.');
  return lines;
}

function valuesOf(line: string): string[] {
  return line.replace(/^`/, '').split(',`');
}

function lineOf(get: (name: Column) => string): StatementLine[] {
  const at = instantOf(get('交易时间'));
  const common = { order_number: get('商户订单号'), transaction_id: get('微信订单号'), at };
  const state = get('交易状态');
  if (state === 'SUCCESS')
    return [{ ...common, refund_number: null, amount_fen: fenOfYuan(get('订单金额')) }];
  const moves = refund_moves[get('退款状态')];
  if ((state !== 'REFUND' && state !== 'REVOKED') || moves === undefined)
    throw new Error('A line of the WeChat statement has an unknown state.');
  if (!moves) return [];
  const amount_fen = -fenOfYuan(get('申请退款金额'));
  return [{ ...common, refund_number: get('商户退款单号'), amount_fen }];
}
