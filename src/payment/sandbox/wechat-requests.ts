import { createHash } from 'node:crypto';
import { shanghaiRfc3339 } from '../channels/time.ts';
import { wechat_origin } from '../channels/wechat-http.ts';
import { givenBack, type openBook, type SandboxOrder, type SandboxRefund } from './book.ts';
import type { callbackPost } from './calls.ts';
import type { SandboxContext } from './controls.ts';
import { digits, token, type Certified } from './keys.ts';
import type { Moves } from './moves.ts';
import type { Asked } from './server.ts';
import { wechatBill } from './wechat-bill.ts';
import { sealResource, WechatRefusal } from './wechat-wire.ts';

export type WechatKeys = { merchant: Certified; platform: Certified[]; api_key: string };

export type WechatDesk = SandboxContext & {
  keys: WechatKeys;
  book: ReturnType<typeof openBook<WechatKeys>>;
  posts: ReturnType<typeof callbackPost>;
};

export const app_id = 'wx5a6d0b0c5a4d4b58';
export const merchant_id = '1900009991';

const time = (at: number | null): string => shanghaiRfc3339(new Date(at ?? 0));

export function transactionOf(order: SandboxOrder): Record<string, unknown> {
  const common = { appid: app_id, mchid: merchant_id, out_trade_no: order.number };
  const states = { promised: 'NOTPAY', open: 'NOTPAY', closed: 'CLOSED', paid: 'SUCCESS' };
  const trade_state = order.refunds.length > 0 ? 'REFUND' : states[order.state];
  if (order.state !== 'paid') return { ...common, trade_state, trade_state_desc: '未支付' };
  const total = order.paid_fen;
  return {
    ...common,
    trade_state,
    trade_state_desc: '支付成功',
    trade_type: 'NATIVE',
    bank_type: 'OTHERS',
    attach: '',
    transaction_id: order.transaction_id,
    success_time: time(order.paid_at),
    payer: { openid: order.payer },
    amount: { total, payer_total: total, currency: 'CNY', payer_currency: 'CNY' },
  };
}

export const refund_states = {
  processing: 'PROCESSING',
  refunded: 'SUCCESS',
  closed: 'CLOSED',
  abnormal: 'ABNORMAL',
};

function refundOf(order: SandboxOrder, refund: SandboxRefund): Record<string, unknown> {
  const [total, back] = [order.paid_fen, refund.amount_fen];
  return {
    refund_id: refund.id,
    out_refund_no: refund.number,
    transaction_id: order.transaction_id,
    out_trade_no: order.number,
    channel: 'ORIGINAL',
    user_received_account: '支付用户零钱',
    ...(refund.state === 'refunded' ? { success_time: time(refund.done_at) } : {}),
    create_time: time(refund.asked_at),
    status: refund_states[refund.state],
    funds_account: 'AVAILABLE',
    amount: { total, refund: back, payer_total: total, payer_refund: back, currency: 'CNY' },
  };
}

export function refundNotice(order: SandboxOrder, refund: SandboxRefund): Record<string, unknown> {
  const { status, ...told } = refundOf(order, refund);
  return { mchid: merchant_id, ...told, refund_status: status };
}

export type WechatCounter = WechatDesk &
  Pick<Moves, 'settle' | 'isHeld'> & { origin: () => string };
type Prepay = {
  appid?: string;
  mchid?: string;
  description?: string;
  out_trade_no?: string;
  time_expire?: string;
  notify_url?: string;
  amount?: { total?: number };
  payer?: { openid?: string };
};

/** The requests of the merchant. @throws WechatRefusal */
export function wechatRequests(counter: WechatCounter) {
  const files = new Map<string, string>();
  return async ({ method, url, body }: Asked): Promise<object | Buffer | undefined> => {
    const { pathname, searchParams } = new URL(url, wechat_origin);
    const sent = (body === '' ? {} : JSON.parse(body)) as Prepay;
    const [, kind] = /^\/v3\/pay\/transactions\/(native|jsapi)$/.exec(pathname) ?? [];
    if (method === 'POST' && kind) return prepay(counter, kind, sent);
    const [, number, close] =
      /^\/v3\/pay\/transactions\/out-trade-no\/([^/]+)(\/close)?$/.exec(pathname) ?? [];
    if (number !== undefined) {
      const merchant = close ? sent.mchid : searchParams.get('mchid');
      if (merchant !== merchant_id) throw new WechatRefusal(400, 'PARAM_ERROR', '商户号不符');
      const order = known(counter, number);
      return close ? closeOrder(counter, order) : transactionOf(order);
    }
    const refunds = '/v3/refund/domestic/refunds';
    if (method === 'POST' && pathname === refunds) return refund(counter, sent);
    if (pathname.startsWith(`${refunds}/`)) {
      const found = counter.book.refund(pathname.slice(refunds.length + 1));
      if (!found) throw new WechatRefusal(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
      return refundOf(found.order, found.refund);
    }
    if (pathname === '/v3/certificates') return certificates(counter);
    if (pathname === '/v3/bill/tradebill') return tradeBill(counter, searchParams, files);
    const file = files.get(searchParams.get('token') ?? '');
    if (pathname === '/v3/billdownload/file' && file !== undefined) return Buffer.from(file);
    throw new WechatRefusal(404, 'RESOURCE_NOT_EXISTS', '请求的地址不存在');
  };
}

function known({ book, clock }: WechatDesk, number: string): SandboxOrder {
  const order = book.orders.get(decodeURIComponent(number));
  if (!order) throw new WechatRefusal(404, 'ORDER_NOT_EXIST', '订单不存在');
  if (order.state === 'open' && clock.now().getTime() >= order.expires_at) order.state = 'closed';
  return order;
}

function closeOrder({ book }: WechatDesk, order: SandboxOrder): undefined {
  if (order.state === 'paid') throw new WechatRefusal(400, 'ORDERPAID', '订单已支付');
  order.state = 'closed';
  book.save();
}

function prepay(counter: WechatCounter, kind: string, sent: Prepay): object {
  const { book, random, origin } = counter;
  const { out_trade_no = '', amount, description = '', notify_url = '' } = sent;
  if (sent.appid !== app_id || sent.mchid !== merchant_id)
    throw new WechatRefusal(400, 'APPID_MCHID_NOT_MATCH', '应用与商户号不匹配');
  const total = amount?.total ?? 0;
  const isOrder = /^[\w*|-]{6,32}$/.test(out_trade_no) && Number.isSafeInteger(total) && total > 0;
  if (!isOrder || !URL.canParse(notify_url) || Buffer.byteLength(description) > 127)
    throw new WechatRefusal(400, 'PARAM_ERROR', '参数错误');
  const before = book.orders.get(out_trade_no) && known(counter, out_trade_no);
  if (before?.state === 'paid') throw new WechatRefusal(400, 'ORDERPAID', '订单已支付');
  if (before?.state === 'closed') throw new WechatRefusal(400, 'ORDER_CLOSED', '订单已关闭');
  if (before && before.amount_fen !== total)
    throw new WechatRefusal(403, 'OUT_TRADE_NO_USED', '商户订单号重复');
  const order: SandboxOrder = before ?? {
    number: out_trade_no,
    token: token(random, 9),
    amount_fen: total,
    description,
    notify_url,
    return_url: null,
    expires_at: Date.parse(sent.time_expire ?? '2099-01-01T00:00:00+08:00'),
    state: 'open',
    transaction_id: null,
    paid_fen: null,
    paid_at: null,
    payer: sent.payer?.openid ?? null,
    refunds: [],
  };
  book.orders.set(out_trade_no, order);
  book.save();
  if (kind === 'jsapi') return { prepay_id: `wx${digits(random, 26)}` };
  // The real code begins with weixin://wxpay/bizpayurl; ours must lead to a page that can be opened.
  return { code_url: `${origin()}/cashier?pr=${order.token}` };
}

type RefundAsked = {
  out_trade_no?: string;
  out_refund_no?: string;
  amount?: { refund?: number; total?: number };
};

async function refund(counter: WechatCounter, sent: RefundAsked): Promise<object> {
  const { book, clock, random } = counter;
  const { out_trade_no = '', out_refund_no = '', amount } = sent;
  const order = book.orders.get(out_trade_no);
  if (order?.state !== 'paid') throw new WechatRefusal(404, 'RESOURCE_NOT_EXISTS', '订单不存在');
  const back = amount?.refund ?? 0;
  const before = book.refund(out_refund_no);
  if (before && (before.order !== order || before.refund.amount_fen !== back))
    throw new WechatRefusal(400, 'INVALID_REQUEST', '与之前的退款请求不一致');
  if (before) return refundOf(before.order, before.refund);
  if (amount?.total !== order.paid_fen || back <= 0)
    throw new WechatRefusal(400, 'INVALID_REQUEST', '订单金额不一致');
  if (givenBack(order) + back > (order.paid_fen ?? 0))
    throw new WechatRefusal(403, 'NOT_ENOUGH', '可退余额不足');
  const made: SandboxRefund = {
    number: out_refund_no,
    id: `5030${digits(random, 24)}`,
    amount_fen: back,
    state: 'processing',
    asked_at: clock.now().getTime(),
    done_at: null,
  };
  order.refunds.push(made);
  book.save();
  const answer = refundOf(order, made);
  // The answer says that it is under way; how it ended comes as a callback, after the answer.
  if (!counter.isHeld()) setImmediate(() => void counter.settle(order, made));
  return answer;
}

function certificates({ keys, random }: WechatDesk): object {
  const about = 'certificate';
  return {
    data: keys.platform.map(({ serial, certificate }) => ({
      serial_no: serial,
      effective_time: '2025-01-01T00:00:00+08:00',
      expire_time: '2031-01-01T00:00:00+08:00',
      encrypt_certificate: sealResource(certificate, { api_key: keys.api_key, random, about }),
    })),
  };
}

function tradeBill(desk: WechatDesk, asked: URLSearchParams, files: Map<string, string>): object {
  const day = asked.get('bill_date') ?? '';
  if (asked.get('bill_type') !== 'ALL' || !/^\d{4}-\d{2}-\d{2}$/.test(day))
    throw new WechatRefusal(400, 'PARAM_ERROR', '参数错误');
  const csv = wechatBill(desk.book.orders.values(), day, { app_id, id: merchant_id });
  if (csv === undefined) throw new WechatRefusal(400, 'NO_STATEMENT_EXIST', '账单文件不存在');
  const name = token(desk.random, 24);
  files.set(name, csv);
  return {
    hash_type: 'SHA1',
    hash_value: createHash('sha1').update(csv).digest('hex'),
    download_url: `${wechat_origin}/v3/billdownload/file?token=${name}`,
  };
}
