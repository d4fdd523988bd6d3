import { shanghaiDate } from '../../platform/clock.ts';
import { zipFiles } from '../../platform/zip.ts';
import { yuanOfFen } from '../channels/money.ts';
import { shanghaiText } from '../channels/time.ts';
import type { SandboxOrder, SandboxRefund } from './book.ts';
import { gbk } from './gbk.ts';

const columns =
  '支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注';

/** The archive of a day (bill type trade); undefined when nothing happened. */
export function alipayBill(
  orders: Iterable<SandboxOrder>,
  day: string,
  seller_id: string,
): Buffer | undefined {
  const isOfDay = (at: number | null): boolean => at !== null && shanghaiDate(new Date(at)) === day;
  const rows: { at: number; fen: number; text: string }[] = [];
  for (const order of orders) {
    if (isOfDay(order.paid_at)) rows.push(rowOf(order, undefined));
    for (const refund of order.refunds)
      if (refund.state === 'refunded' && isOfDay(refund.done_at)) rows.push(rowOf(order, refund));
  }
  if (rows.length === 0) return undefined;
  rows.sort((a, b) => a.at - b.at);
  const of = (isPayment: boolean): string => {
    const some = rows.filter((row) => row.fen > 0 === isPayment);
    const sum = yuanOfFen(some.reduce((total, row) => total + row.fen, 0));
    return `${some.length}笔，商家实收共${sum}元，商家优惠共0.00元`;
  };
  const rule = '-'.repeat(40);
  const details = [
    '#支付宝业务明细查询',
    `#账号：[${seller_id}0156]`,
    `#起始日期：[${day} 00:00:00]   终止日期：[${day} 23:59:59]`,
    `#${rule}业务明细列表${rule}`,
    columns,
    ...rows.map((row) => row.text),
    `#${rule}业务明细列表结束${rule}`,
    `#交易合计：${of(true)}`,
    `#退款合计：${of(false)}`,
    '',
  ].join('\r\n');
  const name = `${seller_id}0156_${day.replaceAll('-', '')}_业务明细`;
  return zipFiles(
    new Map([
      [`${name}(汇总).csv`, gbk('#支付宝业务汇总查询\r\n')],
      [`${name}.csv`, gbk(details)],
    ]),
  );
}

function rowOf(
  order: SandboxOrder,
  refund: SandboxRefund | undefined,
): { at: number; fen: number; text: string } {
  const at = refund?.done_at ?? order.paid_at ?? 0;
  const fen = refund ? -refund.amount_fen : (order.paid_fen ?? 0);
  const amount = yuanOfFen(fen);
  const when = shanghaiText(new Date(at));
  const head = [order.transaction_id ?? '', order.number, refund ? '退款' : '交易'];
  const about = [order.description, when, when, '', '', '', '', '*演示(***@example.com)'];
  const money = [amount, amount, '0.00', '0.00', '0.00', '0.00', '0.00', '', '0.00', '0.00'];
  const values = [...head, ...about, ...money, refund?.number ?? '', '0.00', '0.00', ''];
  return { at, fen, text: values.map((value) => `${value}\t`).join(',') };
}
