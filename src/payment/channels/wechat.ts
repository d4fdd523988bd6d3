import { createHash, createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import WxPay from 'wechatpay-node-v3';
import { systemClock, type Clock } from '../../platform/clock.ts';
import type {
  ChannelPayment,
  ChannelRefund,
  OrderToPay,
  PayWay,
  PaymentChannel,
} from '../types.ts';
import { callback_replies } from './lazy.ts';
import { refused, unavailable } from './refusal.ts';
import { shanghaiRfc3339, statementIsMade } from './time.ts';
import { readWechatBill } from './wechat-bill.ts';
import { isFresh, signedPart, wechatCallbacks } from './wechat-callback.ts';
import { fetchWechat, wechatHttp, wechat_origin, type WechatReply } from './wechat-http.ts';
import { certificatesIn, createPlatformKeys, isSigned, type Certificates } from './wechat-keys.ts';

export type WechatSetting = {
  /** Where requests go; the real one is `wechat_origin`. */
  origin: string;
  app_id: string;
  merchant_id: string;
  /** PEM. */
  certificate: string;
  private_key: string;
  /** The 32 characters of the APIv3 key. */
  api_key: string;
  public_key: { id: string; pem: string } | undefined;
  /** Where WeChat calls back. */
  notify_url: string;
  timeout_ms: number;
};

export type ChannelContext = { clock: Clock; network: typeof fetch };

/** WeChat Pay, API v3: requests signed by `wechatpay-node-v3`, answers and callbacks verified here. */
export function createWechatChannel(ctx: ChannelContext, setting: WechatSetting): PaymentChannel {
  const { pay, keys } = connect(ctx, setting);
  return {
    name: 'wechat',
    callbackReply: callback_replies.wechat,
    prepay: (order) => prepay(pay, setting, order),
    query: async (order_number) => {
      const reply = await pay.query({ out_trade_no: order_number });
      return paymentOf(answerOf(reply, unknown_codes), setting);
    },
    close: async (order_number) => {
      answerOf(await pay.close(order_number), [...unknown_codes, ...ended_codes]);
    },
    refund: async ({ order_number, refund_number, total_fen, refund_fen, reason }) =>
      refundOf(
        answerOf(
          await pay.refunds({
            out_trade_no: order_number,
            out_refund_no: refund_number,
            reason: reason.slice(0, 26),
            notify_url: setting.notify_url,
            amount: { refund: refund_fen, total: total_fen, currency: 'CNY' },
          }),
        ),
      ),
    queryRefund: async ({ refund_number }) =>
      refundOf(answerOf(await pay.find_refunds(refund_number), unknown_codes)),
    readCallback: wechatCallbacks({ clock: ctx.clock, keys, setting }),
    statement: async (date) => {
      const csv = await download(pay, date, ctx);
      return csv === undefined ? [] : readWechatBill(csv, setting.merchant_id);
    },
  };
}

function connect(ctx: ChannelContext, setting: WechatSetting) {
  const serial_no = new X509Certificate(setting.certificate).serialNumber;
  const pay = new WxPay({
    appid: setting.app_id,
    mchid: setting.merchant_id,
    serial_no,
    publicKey: Buffer.from(setting.certificate),
    privateKey: Buffer.from(setting.private_key),
    userAgent: 'zhenghao',
  });
  const network = { network: ctx.network, origin: setting.origin, timeout_ms: setting.timeout_ms };
  const fixed = setting.public_key && {
    id: setting.public_key.id,
    key: createPublicKey(setting.public_key.pem),
  };
  const load = (): Promise<Certificates> => loadCertificates(ctx, setting, pay);
  const keys = createPlatformKeys(ctx, load, fixed);
  pay.createHttp(
    wechatHttp({
      ...network,
      wanted_serial: fixed?.id,
      verify: async ({ headers, body }) => {
        const signed = signedPart({ headers: Object.fromEntries(headers), body });
        if (!signed || !isFresh(signed, ctx)) return false;
        const key = await keys.keyOf(signed.serial, 'answer');
        return key !== undefined && isSigned(signed, key);
      },
    }),
  );
  return { pay, keys };
}

/**
 * The platform certificates. The answer that brings them is signed with one of them; that they open
 * with the APIv3 key is what makes them WeChat's.
 */
async function loadCertificates(
  ctx: ChannelContext,
  setting: WechatSetting,
  pay: WxPay,
): Promise<Certificates> {
  const path = '/v3/certificates';
  // Signed as the SDK does it, by the machine's clock and not by one that a test has set.
  const nonce = randomBytes(16).toString('hex');
  const timestamp = String(Math.floor(systemClock.now().getTime() / 1000));
  const signature = pay.getSignature('GET', nonce, timestamp, path);
  const { status, headers, body } = await fetchWechat(
    { ...setting, network: ctx.network },
    wechat_origin + path,
    {
      headers: {
        accept: 'application/json',
        'user-agent': 'zhenghao',
        authorization: pay.getAuthorization(nonce, timestamp, signature),
      },
    },
  );
  const signed = signedPart({ headers: Object.fromEntries(headers), body });
  try {
    if (status !== 200 || !signed) throw new Error('no certificates');
    const certificates = certificatesIn(body, setting.api_key);
    const signer = certificates.get(signed.serial.toUpperCase());
    if (!signer || !isSigned(signed, signer.key)) throw new Error('not signed by one of them');
    return certificates;
  } catch {
    throw unavailable('wechat', 'certificates');
  }
}

async function prepay(pay: WxPay, setting: WechatSetting, order: OrderToPay): Promise<PayWay> {
  const asked = {
    description: order.description,
    out_trade_no: order.order_number,
    time_expire: shanghaiRfc3339(order.expires_at),
    notify_url: setting.notify_url,
    amount: { total: order.amount_fen, currency: 'CNY' },
  };
  const { openid } = order.payer;
  if (openid === null) {
    const { code_url } = answerOf(await pay.transactions_native(asked)) as { code_url?: string };
    if (typeof code_url !== 'string') throw unavailable('wechat', 'no-code');
    return { kind: 'qr', code_url };
  }
  const parameters = answerOf(await pay.transactions_jsapi({ ...asked, payer: { openid } }));
  return { kind: 'jsapi', parameters: parameters as Record<string, string> };
}

const unknown_codes = ['ORDER_NOT_EXIST', 'ORDERNOTEXIST', 'RESOURCE_NOT_EXISTS'];
const ended_codes = ['ORDER_CLOSED', 'ORDERCLOSED', 'ORDERPAID', 'ORDER_PAID'];
/** Try again later: nothing was decided. */
const passing_codes = new Set(['SYSTEM_ERROR', 'FREQUENCY_LIMITED', 'BANKERROR', 'USERPAYING']);

type Answer = Record<string, unknown>;

/**
 * What WeChat answered; undefined for a refusal whose code is in `expected`.
 * @throws Problem payment/channel-refused, payment/channel-unavailable.
 */
function answerOf(reply: WechatReply): Answer;
function answerOf(reply: WechatReply, expected: readonly string[]): Answer | undefined;
function answerOf(reply: WechatReply, expected: readonly string[] = []): Answer | undefined {
  if (reply.status < 300) return (reply.data ?? {}) as Answer;
  const code = codeOf(reply.error);
  if (expected.includes(code)) return undefined;
  throw passing_codes.has(code) ? unavailable('wechat', code) : refused('wechat', code);
}

function codeOf(error: unknown): string {
  try {
    const { code } = JSON.parse(String(error)) as { code?: unknown };
    return typeof code === 'string' && /^[A-Z_]{1,64}$/.test(code) ? code : 'UNKNOWN';
  } catch {
    return 'UNKNOWN';
  }
}

const payment_states: Record<string, ChannelPayment['state']> = {
  SUCCESS: 'paid',
  // At least a part went back; what was paid is still told.
  REFUND: 'refunded',
  NOTPAY: 'open',
  USERPAYING: 'open',
  PAYERROR: 'open',
  CLOSED: 'closed',
  REVOKED: 'closed',
};

type Transaction = {
  trade_state?: string;
  appid?: string;
  mchid?: string;
  transaction_id?: string;
  success_time?: string;
  amount?: { total?: number; currency?: string };
  payer?: { openid?: string };
};

function paymentOf(answer: Answer | undefined, setting: WechatSetting): ChannelPayment {
  const nothing = { transaction_id: null, paid_fen: null, paid_at: null, payer_reference: null };
  if (!answer) return { state: 'unknown', ...nothing };
  const { trade_state = '', amount, ...told } = answer as Transaction;
  const state = payment_states[trade_state];
  if (!state || told.mchid !== setting.merchant_id) throw unavailable('wechat', 'not-understood');
  if (state !== 'paid' && state !== 'refunded') return { state, ...nothing };
  if (!Number.isSafeInteger(amount?.total) || (amount?.currency ?? 'CNY') !== 'CNY')
    throw unavailable('wechat', 'not-understood');
  return {
    state,
    transaction_id: told.transaction_id ?? null,
    paid_fen: amount?.total ?? null,
    paid_at: told.success_time === undefined ? null : new Date(told.success_time),
    payer_reference: told.payer?.openid ?? null,
  };
}

const refund_states: Record<string, ChannelRefund['state']> = {
  SUCCESS: 'refunded',
  PROCESSING: 'processing',
  CLOSED: 'closed',
  ABNORMAL: 'abnormal',
};

type RefundTold = {
  status?: string;
  refund_id?: string;
  success_time?: string;
  amount?: { refund?: number };
};

function refundOf(answer: Answer | undefined): ChannelRefund {
  if (!answer) return { state: 'unknown', refund_id: null, refunded_fen: null, refunded_at: null };
  const { status = '', refund_id, success_time, amount } = answer as RefundTold;
  const state = refund_states[status];
  if (!state) throw unavailable('wechat', 'not-understood');
  const done = state === 'refunded';
  return {
    state,
    refund_id: refund_id ?? null,
    refunded_fen: done ? (amount?.refund ?? null) : null,
    refunded_at: done && success_time !== undefined ? new Date(success_time) : null,
  };
}

/** The statement's text; undefined when nothing was paid or given back that day. */
async function download(
  pay: WxPay,
  bill_date: string,
  { clock }: ChannelContext,
): Promise<string | undefined> {
  const reply = await pay.tradebill({ bill_date, bill_type: 'ALL' });
  const told = answerOf(reply, ['NO_STATEMENT_EXIST', 'STATEMENT_CREATING']);
  if (!told) {
    const none = codeOf(reply.error) === 'NO_STATEMENT_EXIST';
    if (none && statementIsMade(bill_date, clock.now())) return undefined;
    throw unavailable('wechat', 'statement-not-made');
  }
  const { hash_type, hash_value, download_url } = told as Record<string, string | undefined>;
  if (hash_type !== 'SHA1' || hash_value === undefined || download_url === undefined)
    throw unavailable('wechat', 'not-understood');
  const file: WechatReply = await pay.downloadBill(download_url);
  if (file.status !== 200 || typeof file.data !== 'string')
    throw unavailable('wechat', 'statement-missing');
  const csv = file.data;
  const hash = createHash('sha1').update(csv).digest('hex');
  if (hash !== hash_value.toLowerCase()) throw unavailable('wechat', 'statement-hash');
  return csv;
}
