import { createSign, createVerify } from 'node:crypto';
import { systemClock } from '../../platform/clock.ts';
import type { AlipaySetting } from '../channels/alipay.ts';
import { instantOf, shanghaiText } from '../channels/time.ts';
import { yuanOfFen } from '../channels/money.ts';
import {
  AlipayRefusal,
  alipayRequests,
  refundTotal,
  type AlipayDesk,
  type AlipayKeys,
} from './alipay-requests.ts';
import { openBook, type SandboxOrder } from './book.ts';
import { callbackPost, deliverBy, type Call } from './calls.ts';
import { backToCashier, cashierPage } from './cashier.ts';
import { digits, rsaKeys } from './keys.ts';
import { sandboxMoves } from './moves.ts';
import { serveSandbox, type Answer, type Asked } from './server.ts';
import type { SandboxContext, SandboxControls, SandboxOptions } from './controls.ts';

const app_id = '2021000199990001';
const seller_id = '2088000199990001';

export type AlipaySandbox = SandboxControls & {
  origin: string;
  setting: Omit<AlipaySetting, 'notify_url' | 'return_url' | 'timeout_ms'>;
  /** Somebody opens the code: only now the channel knows the order. */
  scan(order_number: string): void;
  /** A signed notice with any fields changed, for tests of what must be refused. */
  notice(order_number: string, change: Record<string, string>): Call;
};

/** 支付宝 on loopback: speaks the gateway's protocol with RSA2 and moves no money. */
export async function startAlipaySandbox(
  ctx: SandboxContext,
  options: SandboxOptions = {},
): Promise<AlipaySandbox> {
  const book = openBook<AlipayKeys>(options.file);
  const keys = book.saved.keys ?? {
    merchant: await rsaKeys(),
    alipay: await rsaKeys(),
  };
  const posts = callbackPost(
    options.deliver ?? deliverBy(ctx.network, (body) => body === 'success'),
  );
  const desk = alipayDesk({ ...ctx, keys, book, posts });
  const server = await serveSandbox(book.saved.port, desk.handle, posts.nextLoss);
  const origin = `http://127.0.0.1:${server.port}`;
  desk.listenAt(origin);
  book.begin(keys, server.port);
  const { nextLoss: _, post: __, ...faults } = posts;
  return {
    ...faults,
    get calls() {
      return posts.calls;
    },
    ...desk.controls,
    origin,
    setting: {
      gateway: `${origin}/gateway.do`,
      app_id,
      seller_id,
      private_key: keys.merchant.private_key,
      public_key: keys.alipay.public_key,
    },
    stop: server.stop,
  };
}

function alipayDesk(desk: AlipayDesk) {
  const { clock, random, book, posts, keys } = desk;
  let origin = '';
  const noticeOf = (order: SandboxOrder, change: Record<string, string> = {}): Call =>
    signedNotice(keys, order.notify_url, {
      ...noticeFields(order, clock.now()),
      notify_id: digits(random, 34),
      ...change,
    });
  const moves = sandboxMoves({
    ...desk,
    newPayer: () => `2088${digits(random, 12)}`,
    newTransaction: () => digits(random, 28),
    tellPayment: (order) => posts.post(() => noticeOf(order)),
    tellRefund: async (order, { state, number }) => {
      if (state !== 'refunded') return;
      const refund_fee = yuanOfFen(refundTotal(order));
      const gmt_refund = `${shanghaiText(clock.now())}.000`;
      await posts.post(() => noticeOf(order, { out_biz_no: number, refund_fee, gmt_refund }));
    },
  });
  const requests = alipayRequests({ ...desk, ...moves, seller_id, origin: () => origin });
  const ordered = (number: string): SandboxOrder => {
    const order = book.orders.get(number);
    if (!order) throw new Error('no such order');
    return order;
  };
  return {
    listenAt(url: string): void {
      origin = url;
    },
    handle: async (asked: Asked): Promise<Answer> => {
      if (asked.url.startsWith('/cashier')) return cashier(desk, asked, moves.take);
      const { pathname, searchParams } = new URL(asked.url, 'http://sandbox');
      const file = requests.file(pathname);
      if (file) return { status: 200, headers: { 'content-type': 'application/zip' }, body: file };
      const sent = { ...Object.fromEntries(searchParams), ...formOf(asked.body) };
      if (sent.method === 'alipay.trade.wap.pay' && asked.method === 'GET')
        return backToCashier(isOurs(sent, keys) ? requests.wapPay(sent) : 'unknown');
      return gateway(sent, keys, requests.answer);
    },
    controls: {
      ...moves.controls,
      scan: (number: string): void => open(ordered(number)),
      notice: (number: string, change: Record<string, string>): Call =>
        noticeOf(ordered(number), change),
    },
  };
}

const formOf = (body: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(body));

function open(order: SandboxOrder): void {
  if (order.state === 'promised') order.state = 'open';
}

async function cashier(
  { book, clock }: AlipayDesk,
  { method, url }: Asked,
  take: (order: SandboxOrder) => Promise<void>,
): Promise<Answer> {
  const code = new URL(url, 'http://sandbox').searchParams.get('pr') ?? '';
  const order = book.byToken(code);
  const now = clock.now().getTime();
  if (order && now < order.expires_at) open(order);
  if (method !== 'POST' || !order) return cashierPage(order, { channel: '支付宝', now });
  if (order.state === 'open' && now < order.expires_at) await take(order);
  return backToCashier(code);
}

/** Values in the order of their names, as both sides sign them. */
function signText(values: Record<string, string>, without: readonly string[]): string {
  return Object.keys(values)
    .filter((name) => !without.includes(name))
    .sort()
    .map((name) => `${name}=${values[name]}`)
    .join('&');
}

function isOurs(sent: Record<string, string>, keys: AlipayKeys): boolean {
  const { app_id: app, sign_type, sign = '', timestamp = '' } = sent;
  if (app !== app_id || sign_type !== 'RSA2') return false;
  try {
    // In the time of China: a server that stamps in its own zone is told so here.
    const age = systemClock.now().getTime() - instantOf(timestamp).getTime();
    if (Math.abs(age) > 15 * 60_000) return false;
  } catch {
    return false;
  }
  return createVerify('RSA-SHA256')
    .update(signText(sent, ['sign']))
    .verify(keys.merchant.public_key, sign, 'base64');
}

async function gateway(
  sent: Record<string, string>,
  keys: AlipayKeys,
  answer: (
    method: string,
    content: Record<string, unknown>,
    notify_url: string | undefined,
  ) => Promise<object>,
): Promise<Answer> {
  const method = sent.method ?? '';
  const told = await (async (): Promise<object> => {
    if (!isOurs(sent, keys))
      return {
        code: '40002',
        msg: 'Invalid Arguments',
        sub_code: 'isv.invalid-signature',
        sub_msg: '验签出错',
      };
    try {
      const content = JSON.parse(sent.biz_content ?? '{}') as Record<string, unknown>;
      return { code: '10000', msg: 'Success', ...(await answer(method, content, sent.notify_url)) };
    } catch (error) {
      if (!(error instanceof AlipayRefusal)) throw error;
      const { code: sub_code, message: sub_msg } = error;
      return { code: '40004', msg: 'Business Failed', sub_code, sub_msg };
    }
  })();
  // The gateway escapes slashes, and it signs the text as it stands.
  const text = JSON.stringify(told).replaceAll('/', '\\/');
  const sign = createSign('RSA-SHA256').update(text).sign(keys.alipay.private_key, 'base64');
  const name = `${method.replaceAll('.', '_')}_response`;
  return {
    status: 200,
    headers: { 'content-type': 'text/html;charset=utf-8' },
    body: `{"${name}":${text},"sign":"${sign}"}`,
  };
}

function noticeFields(order: SandboxOrder, now: Date): Record<string, string> {
  const paid = yuanOfFen(order.paid_fen ?? order.amount_fen);
  const isBack = order.paid_fen !== null && refundTotal(order) >= order.paid_fen;
  return {
    notify_time: shanghaiText(now),
    notify_type: 'trade_status_sync',
    charset: 'utf-8',
    version: '1.0',
    sign_type: 'RSA2',
    app_id,
    auth_app_id: app_id,
    seller_id,
    buyer_id: order.payer ?? '',
    trade_no: order.transaction_id ?? '',
    out_trade_no: order.number,
    subject: order.description,
    trade_status: isBack ? 'TRADE_CLOSED' : 'TRADE_SUCCESS',
    total_amount: paid,
    receipt_amount: paid,
    gmt_payment: shanghaiText(new Date(order.paid_at ?? 0)),
  };
}

function signedNotice(keys: AlipayKeys, url: string, fields: Record<string, string>): Call {
  const sign = createSign('RSA-SHA256')
    .update(signText(fields, ['sign', 'sign_type']))
    .sign(keys.alipay.private_key, 'base64');
  return {
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({ ...fields, sign }).toString(),
  };
}
