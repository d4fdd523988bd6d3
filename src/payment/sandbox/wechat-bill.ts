import { shanghaiDate } from '../../platform/clock.ts';
import { yuanOfFen } from '../channels/money.ts';
import { shanghaiText } from '../channels/time.ts';
import type { SandboxOrder, SandboxRefund } from './book.ts';

const columns =
  '交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注';
const sum_columns =
  '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额';
const refund_states = {
  refunded: 'SUCCESS',
  processing: 'PROCESSING',
  closed: 'CLOSED',
  abnormal: 'CHANGE',
} as const;

type Row = { at: number; paid_fen: number; back_fen: number; values: string[] };

/** The statement of a day (bill type ALL); undefined when nothing happened. */
export function wechatBill(
  orders: Iterable<SandboxOrder>,
  day: string,
  merchant: { app_id: string; id: string },
): string | undefined {
  const isOfDay = (at: number | null): boolean => at !== null && shanghaiDate(new Date(at)) === day;
  const rows: Row[] = [];
  for (const order of orders) {
    if (isOfDay(order.paid_at)) rows.push(rowOf(order, undefined, merchant));
    for (const refund of order.refunds)
      if (isOfDay(refund.asked_at)) rows.push(rowOf(order, refund, merchant));
  }
  if (rows.length === 0) return undefined;
  rows.sort((a, b) => a.at - b.at);
  const sum = (pick: (row: Row) => number): string =>
    yuanOfFen(rows.reduce((total, row) => total + pick(row), 0));
  const [paid, back] = [sum((row) => row.paid_fen), sum((row) => row.back_fen)];
  const sums = [String(rows.length), paid, back, '0.00', '0.00000', paid, back];
  const lines = [columns, ...rows.map((row) => line(row.values)), sum_columns, line(sums), ''];
  return `\uFEFF${lines.join('\r\n')}`;
}

const line = (values: readonly string[]): string => values.map((value) => `\`${value}`).join(',');

function rowOf(
  order: SandboxOrder,
  refund: SandboxRefund | undefined,
  merchant: { app_id: string; id: string },
): Row {
  const at = refund?.asked_at ?? order.paid_at ?? 0;
  const paid_fen = refund ? 0 : (order.paid_fen ?? 0);
  const back_fen = refund?.amount_fen ?? 0;
  const about = [
    shanghaiText(new Date(at)),
    merchant.app_id,
    merchant.id,
    '0',
    '',
    order.transaction_id ?? '',
    order.number,
    order.payer ?? '',
    'NATIVE',
    refund ? 'REFUND' : 'SUCCESS',
    'OTHERS',
    'CNY',
    yuanOfFen(paid_fen),
    '0.00',
  ];
  const back = refund
    ? [
        refund.id,
        refund.number,
        yuanOfFen(back_fen),
        '0.00',
        'ORIGINAL',
        refund_states[refund.state],
      ]
    : ['0', '0', '0.00', '0.00', '', ''];
  const rest = [
    order.description,
    '',
    '0.00000',
    '0.00%',
    yuanOfFen(paid_fen),
    yuanOfFen(back_fen),
  ];
  return { at, paid_fen, back_fen, values: [...about, ...back, ...rest, ''] };
}
