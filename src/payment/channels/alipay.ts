import { createPrivateKey, createPublicKey } from 'node:crypto';
import { AlipaySdk } from 'alipay-sdk';
import type {
  ChannelPayment,
  ChannelRefund,
  OrderToPay,
  PayWay,
  PaymentChannel,
} from '../types.ts';
import { readAlipayBill } from './alipay-bill.ts';
import { alipayCallbacks } from './alipay-callback.ts';
import { fenOfYuan, yuanOfFen } from './money.ts';
import { callback_replies } from './lazy.ts';
import { refused, unavailable } from './refusal.ts';
import { instantOf, shanghaiText, statementIsMade } from './time.ts';
import type { ChannelContext } from './wechat.ts';
import { systemClock } from '../../platform/clock.ts';

export type AlipaySetting = {
  gateway: string;
  app_id: string;
  /** The merchant's own number with Alipay (2088…). */
  seller_id: string;
  /** PEM. */
  private_key: string;
  public_key: string;
  notify_url: string;
  /** Where Alipay sends the payer back to after a redirect. */
  return_url: string;
  timeout_ms: number;
};

type Answer = Record<string, unknown> & { code: string; subCode?: string };
type Ask = (
  method: string,
  content: object,
  expected?: readonly string[],
) => Promise<Answer | undefined>;

/** Alipay through `alipay-sdk`, which signs the requests and verifies what it is told to verify. */
export function createAlipayChannel(ctx: ChannelContext, setting: AlipaySetting): PaymentChannel {
  const sdk = new AlipaySdk({
    appId: setting.app_id,
    privateKey: createPrivateKey(setting.private_key)
      .export({ type: 'pkcs1', format: 'pem' })
      .toString(),
    alipayPublicKey: createPublicKey(setting.public_key)
      .export({ type: 'spki', format: 'pem' })
      .toString(),
    gateway: setting.gateway,
    endpoint: new URL(setting.gateway).origin,
    timeout: setting.timeout_ms,
  });
  const ask = asker(sdk, setting);
  return {
    name: 'alipay',
    callbackReply: callback_replies.alipay,
    prepay: (order) => prepay(ctx, sdk, { ask, setting, order }),
    query: async (out_trade_no) =>
      paymentOf(await ask('alipay.trade.query', { out_trade_no }, unknown_codes)),
    close: async (out_trade_no) => {
      await ask('alipay.trade.close', { out_trade_no }, [...unknown_codes, ...ended_codes]);
    },
    refund: async (wanted) => {
      const told = await ask('alipay.trade.refund', {
        out_trade_no: wanted.order_number,
        out_request_no: wanted.refund_number,
        refund_amount: yuanOfFen(wanted.refund_fen),
        refund_reason: wanted.reason,
      });
      // fund_change N: this call moved nothing, because an earlier one did or is about to.
      if (told?.fundChange !== 'Y') {
        const found = await queryRefund(ask, wanted);
        return found.state === 'unknown' ? { ...found, state: 'processing' } : found;
      }
      // refund_fee is the sum of all refunds of the order, so it is not the amount of this one.
      return {
        state: 'refunded',
        refund_id: wanted.refund_number,
        refunded_fen: wanted.refund_fen,
        refunded_at: timeIn(told.gmtRefundPay),
      };
    },
    queryRefund: (of) => queryRefund(ask, of),
    readCallback: alipayCallbacks(ctx, sdk, setting),
    statement: async (date) => {
      const zip = await download(ctx, ask, { date, setting });
      return zip === undefined ? [] : readAlipayBill(zip);
    },
  };
}

/** Requests with the time of China, whatever zone the server's machine is set to. */
function stamp(): { timestamp: string } {
  return { timestamp: shanghaiText(systemClock.now()) };
}

/** Codes that decide nothing: the same question may be asked again. */
const passing = /^(ACQ\.SYSTEM_ERROR|aop\.|isp\.(unknow|service)|isv\.app-call-limited)/;

/**
 * Asks and verifies the answer's signature, which the SDK does only when told so. The answer is
 * undefined for a refusal whose code is in `expected`.
 * @throws Problem payment/channel-refused, payment/channel-unavailable.
 */
function asker(sdk: AlipaySdk, setting: AlipaySetting): Ask {
  return async (method, content, expected = []) => {
    let answer: Answer;
    try {
      answer = await sdk.exec(
        method,
        { ...stamp(), notifyUrl: setting.notify_url, bizContent: content },
        { validateSign: true },
      );
    } catch {
      throw unavailable('alipay', 'no-answer');
    }
    if (answer.code === '10000') return answer;
    const code = (answer.subCode ?? answer.code).slice(0, 64);
    if (expected.includes(code)) return undefined;
    throw answer.code === '20000' || passing.test(code)
      ? unavailable('alipay', code)
      : refused('alipay', code);
  };
}

const unknown_codes = ['ACQ.TRADE_NOT_EXIST'];
const ended_codes = [
  'ACQ.TRADE_STATUS_ERROR',
  'ACQ.REASON_TRADE_STATUS_INVALID',
  'ACQ.REASON_ILLEGAL_STATUS',
];

async function prepay(
  { clock }: ChannelContext,
  sdk: AlipaySdk,
  { ask, setting, order }: { ask: Ask; setting: AlipaySetting; order: OrderToPay },
): Promise<PayWay> {
  const content = {
    out_trade_no: order.order_number,
    total_amount: yuanOfFen(order.amount_fen),
    subject: order.description,
    time_expire: shanghaiText(order.expires_at),
  };
  if (order.payer.device === 'phone') {
    const { notify_url: notifyUrl, return_url: returnUrl } = setting;
    const bizContent = { ...content, product_code: 'QUICK_WAP_WAY' };
    const asked = { ...stamp(), notifyUrl, returnUrl, bizContent };
    return { kind: 'redirect', url: sdk.pageExecute('alipay.trade.wap.pay', 'GET', asked) };
  }
  // An order begins to exist when its code is scanned, so the code itself must end in time too.
  const left = order.expires_at.getTime() - clock.now().getTime();
  const minutes = Math.max(1, Math.floor(left / 60_000));
  const told = await ask('alipay.trade.precreate', {
    ...content,
    qr_code_timeout_express: `${minutes}m`,
  });
  if (typeof told?.qrCode !== 'string') throw unavailable('alipay', 'no-code');
  return { kind: 'qr', code_url: told.qrCode };
}

function paymentOf(answer: Answer | undefined): ChannelPayment {
  const nothing = { transaction_id: null, paid_fen: null, paid_at: null, payer_reference: null };
  if (!answer) return { state: 'unknown', ...nothing };
  const state = stateOf(answer);
  if (state !== 'paid' && state !== 'refunded') return { state, ...nothing };
  return {
    state,
    transaction_id: textIn(answer.tradeNo),
    paid_fen: fenIn(answer.totalAmount),
    paid_at: timeIn(answer.sendPayDate),
    payer_reference: textIn(answer.buyerOpenId) ?? textIn(answer.buyerUserId),
  };
}

function stateOf({ tradeStatus, sendPayDate }: Answer): ChannelPayment['state'] {
  if (tradeStatus === 'WAIT_BUYER_PAY') return 'open';
  if (tradeStatus === 'TRADE_SUCCESS' || tradeStatus === 'TRADE_FINISHED') return 'paid';
  // Closed unpaid, or closed because everything went back: only the latter was ever paid.
  if (tradeStatus === 'TRADE_CLOSED') return textIn(sendPayDate) === null ? 'closed' : 'refunded';
  throw unavailable('alipay', 'not-understood');
}

/** Code 10000 says that the question was answered; only refund_status says that money went back. */
async function queryRefund(
  ask: Ask,
  of: { order_number: string; refund_number: string },
): Promise<ChannelRefund> {
  const told = await ask(
    'alipay.trade.fastpay.refund.query',
    {
      out_trade_no: of.order_number,
      out_request_no: of.refund_number,
      query_options: ['gmt_refund_pay'],
    },
    unknown_codes,
  );
  const state = refund_states[textIn(told?.refundStatus) ?? ''] ?? 'unknown';
  const done = state === 'refunded';
  return {
    state,
    refund_id: state === 'unknown' ? null : of.refund_number,
    refunded_fen: done ? fenIn(told?.refundAmount) : null,
    refunded_at: done ? timeIn(told?.gmtRefundPay) : null,
  };
}

const refund_states: Record<string, ChannelRefund['state']> = {
  REFUND_SUCCESS: 'refunded',
  REFUND_PROCESSING: 'processing',
  REFUND_FAIL: 'abnormal',
};

function textIn(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function timeIn(value: unknown): Date | null {
  const text = textIn(value);
  return text === null ? null : instantOf(text);
}

/** @throws Problem payment/channel-unavailable when it is no amount. */
function fenIn(value: unknown): number {
  try {
    return fenOfYuan(textIn(value) ?? '');
  } catch {
    throw unavailable('alipay', 'not-understood');
  }
}

/** The archive of a day; undefined when nothing was paid or given back. The address lives for 30 s. */
async function download(
  { clock, network }: ChannelContext,
  ask: Ask,
  { date, setting }: { date: string; setting: AlipaySetting },
): Promise<Buffer | undefined> {
  const told = await ask(
    'alipay.data.dataservice.bill.downloadurl.query',
    { bill_type: 'trade', bill_date: date },
    ['isp.bill_not_exist'],
  );
  if (!told) {
    if (statementIsMade(date, clock.now())) return undefined;
    throw unavailable('alipay', 'statement-not-made');
  }
  const url = textIn(told.billDownloadUrl) ?? '';
  if (!isAlipays(url, setting.gateway)) throw unavailable('alipay', 'foreign-address');
  try {
    const signal = AbortSignal.timeout(setting.timeout_ms * 6);
    const reply = await network(url, { redirect: 'error', signal });
    if (!reply.ok) throw new Error('no file');
    return Buffer.from(await reply.arrayBuffer());
  } catch {
    throw unavailable('alipay', 'statement-missing');
  }
}

/** The answer was signed, still only Alipay's own addresses are fetched. */
function isAlipays(url: string, gateway: string): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, protocol, hostname } = new URL(url);
  if (origin === new URL(gateway).origin) return true;
  return protocol === 'https:' && /\.(alipay|alipaydev|alipayobjects)\.com$/.test(hostname);
}
