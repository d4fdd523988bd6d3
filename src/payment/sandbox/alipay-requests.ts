import { fenOfYuan, yuanOfFen } from '../channels/money.ts';
import { instantOf, shanghaiText } from '../channels/time.ts';
import { alipayBill } from './alipay-bill.ts';
import { givenBack, type openBook, type SandboxOrder, type SandboxRefund } from './book.ts';
import type { callbackPost } from './calls.ts';
import type { SandboxContext } from './controls.ts';
import { digits, token, type KeyPair } from './keys.ts';
import type { Moves } from './moves.ts';

export type AlipayKeys = { merchant: KeyPair; alipay: KeyPair };

export type AlipayDesk = SandboxContext & {
  keys: AlipayKeys;
  book: ReturnType<typeof openBook<AlipayKeys>>;
  posts: ReturnType<typeof callbackPost>;
};

/** A refusal in the words of the real gateway. */
export class AlipayRefusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

type Content = Record<string, unknown>;
type Counter = AlipayDesk &
  Pick<Moves, 'settle' | 'isHeld' | 'endsBadly'> & { seller_id: string; origin: () => string };

/** The sum that has really gone back. */
export function refundTotal(order: SandboxOrder): number {
  return order.refunds
    .filter((one) => one.state === 'refunded')
    .reduce((sum, one) => sum + one.amount_fen, 0);
}

/** The methods of the gateway that the product uses. */
export function alipayRequests(counter: Counter) {
  const files = new Map<string, Buffer>();
  const methods: Record<
    string,
    (content: Content, notify_url: string) => object | Promise<object>
  > = {
    'alipay.trade.precreate': (content, notify_url) => {
      const order = promise(counter, content, { notify_url, return_url: null });
      const qr_code = `${counter.origin()}/cashier?pr=${order.token}`;
      return { out_trade_no: order.number, qr_code };
    },
    'alipay.trade.query': (content) => tradeOf(known(counter, content)),
    'alipay.trade.close': (content) => {
      const order = known(counter, content);
      if (order.state === 'paid')
        throw new AlipayRefusal('ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
      order.state = 'closed';
      counter.book.save();
      return { out_trade_no: order.number, trade_no: order.transaction_id ?? '' };
    },
    'alipay.trade.refund': (content) => refund(counter, content),
    'alipay.trade.fastpay.refund.query': (content) => refundQuery(counter, content),
    'alipay.data.dataservice.bill.downloadurl.query': (content) => {
      const { seller_id, book } = counter;
      const zip = alipayBill(book.orders.values(), text(content.bill_date), seller_id);
      if (!zip) throw new AlipayRefusal('isp.bill_not_exist', '账单不存在');
      const path = `/bill/${token(counter.random, 24)}.zip`;
      files.set(path, zip);
      return { bill_download_url: `${counter.origin()}${path}?fileType=csv.zip` };
    },
  };
  return {
    file: (path: string): Buffer | undefined => files.get(path),
    answer: async (method: string, content: Content, notify_url = ''): Promise<object> => {
      const answer = methods[method];
      if (!answer) throw new AlipayRefusal('isv.invalid-method', '不存在的方法名');
      return answer(content, notify_url);
    },
    /** The token of the page that the redirect leads to; opened again it shows how it stands. */
    wapPay: (sent: Record<string, string>): string => {
      const content = JSON.parse(sent.biz_content ?? '{}') as Content;
      const before = counter.book.orders.get(text(content.out_trade_no));
      if (before && before.state !== 'promised') return before.token;
      const { notify_url = '', return_url = null } = sent;
      return promise(counter, content, { notify_url, return_url }).token;
    },
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A code or a redirect was given out; the order begins to exist when somebody opens it. */
function promise(
  { book, random }: Counter,
  content: Content,
  where: { notify_url: string; return_url: string | null },
): SandboxOrder {
  const number = text(content.out_trade_no);
  const amount_fen = fenOfYuan(text(content.total_amount));
  if (!/^\w{6,64}$/.test(number) || amount_fen <= 0)
    throw new AlipayRefusal('ACQ.INVALID_PARAMETER', '参数无效');
  const before = book.orders.get(number);
  if (before?.state === 'paid') throw new AlipayRefusal('ACQ.TRADE_HAS_SUCCESS', '交易已被支付');
  if (before?.state === 'closed') throw new AlipayRefusal('ACQ.TRADE_HAS_CLOSE', '交易已经关闭');
  if (before && before.amount_fen !== amount_fen)
    throw new AlipayRefusal('ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改');
  const order: SandboxOrder = before ?? {
    number,
    token: token(random, 12),
    amount_fen,
    description: text(content.subject),
    expires_at: instantOf(text(content.time_expire)).getTime(),
    state: 'promised',
    transaction_id: digits(random, 28),
    paid_fen: null,
    paid_at: null,
    payer: null,
    refunds: [],
    ...where,
  };
  book.orders.set(number, order);
  book.save();
  return order;
}

function known({ book, clock }: Counter, content: Content): SandboxOrder {
  const order = book.orders.get(text(content.out_trade_no));
  if (!order || order.state === 'promised')
    throw new AlipayRefusal('ACQ.TRADE_NOT_EXIST', '交易不存在');
  if (order.state === 'open' && clock.now().getTime() >= order.expires_at) order.state = 'closed';
  return order;
}

function tradeOf(order: SandboxOrder): object {
  const about = { out_trade_no: order.number, trade_no: order.transaction_id };
  const total_amount = yuanOfFen(order.paid_fen ?? order.amount_fen);
  if (order.state !== 'paid')
    return {
      ...about,
      total_amount,
      trade_status: order.state === 'open' ? 'WAIT_BUYER_PAY' : 'TRADE_CLOSED',
    };
  return {
    ...about,
    total_amount,
    trade_status: refundTotal(order) >= (order.paid_fen ?? 0) ? 'TRADE_CLOSED' : 'TRADE_SUCCESS',
    buyer_user_id: order.payer,
    buyer_logon_id: '159****5620',
    send_pay_date: shanghaiText(new Date(order.paid_at ?? 0)),
    receipt_amount: total_amount,
  };
}

async function refund(counter: Counter, content: Content): Promise<object> {
  const { book, clock } = counter;
  const order = known(counter, content);
  const number = text(content.out_request_no);
  const amount_fen = fenOfYuan(text(content.refund_amount));
  if (order.state !== 'paid') throw new AlipayRefusal('ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
  const before = order.refunds.find((one) => one.number === number);
  if (before && before.amount_fen !== amount_fen)
    throw new AlipayRefusal('ACQ.DISCORDANT_REPEAT_REQUEST', '请求信息不一致');
  if (!before && givenBack(order) + amount_fen > (order.paid_fen ?? 0))
    throw new AlipayRefusal('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限');
  const made: SandboxRefund = before ?? {
    number,
    id: number,
    amount_fen,
    state: 'processing',
    asked_at: clock.now().getTime(),
    done_at: null,
  };
  const at_once = !before && !counter.isHeld() && !counter.endsBadly(number);
  if (!before) order.refunds.push(made);
  if (at_once) await counter.settle(order, made);
  else if (!before && !counter.isHeld()) setImmediate(() => void counter.settle(order, made));
  book.save();
  return {
    out_trade_no: order.number,
    trade_no: order.transaction_id,
    buyer_user_id: order.payer,
    fund_change: at_once ? 'Y' : 'N',
    // The sum of all refunds of the order.
    refund_fee: yuanOfFen(refundTotal(order)),
    ...(made.done_at === null ? {} : { gmt_refund_pay: shanghaiText(new Date(made.done_at)) }),
  };
}

const refund_states = {
  refunded: 'REFUND_SUCCESS',
  abnormal: 'REFUND_FAIL',
  processing: 'REFUND_PROCESSING',
  closed: undefined,
};

function refundQuery(counter: Counter, content: Content): object {
  const order = known(counter, content);
  const found = order.refunds.find((one) => one.number === content.out_request_no);
  // Of a refund it never got the gateway also says 10000, with nothing else.
  if (!found) return {};
  const refund_status = refund_states[found.state];
  return {
    out_trade_no: order.number,
    trade_no: order.transaction_id,
    out_request_no: found.number,
    total_amount: yuanOfFen(order.paid_fen ?? 0),
    ...(refund_status === undefined ? {} : { refund_status }),
    ...(found.state === 'refunded'
      ? {
          refund_amount: yuanOfFen(found.amount_fen),
          gmt_refund_pay: shanghaiText(new Date(found.done_at ?? 0)),
        }
      : {}),
  };
}
