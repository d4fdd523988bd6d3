import { wechat_origin } from '../channels/wechat-http.ts';
import type { WechatSetting } from '../channels/wechat.ts';
import { shanghaiRfc3339 } from '../channels/time.ts';
import { openBook, type SandboxOrder } from './book.ts';
import { callbackPost, deliverBy, type Call } from './calls.ts';
import { backToCashier, cashierPage } from './cashier.ts';
import { certifiedKeys, digits, token, type Certified } from './keys.ts';
import type { SandboxContext, SandboxControls, SandboxOptions } from './controls.ts';
import { sandboxMoves } from './moves.ts';
import { serveSandbox, type Answer, type Asked } from './server.ts';
import {
  app_id,
  merchant_id,
  refund_states,
  refundNotice,
  transactionOf,
  wechatRequests,
  type WechatDesk,
  type WechatKeys,
} from './wechat-requests.ts';
import { requestFault, sealResource, signedHeaders, WechatRefusal } from './wechat-wire.ts';

export type WechatSandbox = SandboxControls & {
  origin: string;
  /** What the merchant would be given by WeChat. */
  setting: Omit<WechatSetting, 'notify_url' | 'timeout_ms' | 'public_key'>;
  /** The key that answers are signed with, as 微信支付公钥. */
  publicKey(): { id: string; pem: string };
  /** A new certificate signs from now on; the old ones stay listed, or not. */
  rotate(keep?: 'old too'): Promise<void>;
  /** A signed and sealed callback of any content, for tests of what must be refused. */
  callback(event_type: string, content: object, change?: { serial?: string; at?: Date }): Call;
};

/** 微信支付 on loopback: speaks the protocol of API v3 and moves no money. */
export async function startWechatSandbox(
  ctx: SandboxContext,
  options: SandboxOptions = {},
): Promise<WechatSandbox> {
  const book = openBook<WechatKeys>(options.file);
  const keys = book.saved.keys ?? (await newKeys(ctx));
  const posts = callbackPost(options.deliver ?? deliverBy(ctx.network, () => true));
  const desk = wechatDesk({ ...ctx, keys, book, posts });
  const server = await serveSandbox(book.saved.port, desk.handle, posts.nextLoss);
  desk.listenAt(`http://127.0.0.1:${server.port}`);
  book.begin(keys, server.port);
  const { nextLoss: _, post: __, ...faults } = posts;
  return {
    ...faults,
    get calls() {
      return posts.calls;
    },
    ...desk.controls,
    origin: `http://127.0.0.1:${server.port}`,
    setting: {
      origin: `http://127.0.0.1:${server.port}`,
      app_id,
      merchant_id,
      certificate: keys.merchant.certificate,
      private_key: keys.merchant.private_key,
      api_key: keys.api_key,
    },
    publicKey: () => ({ id: 'PUB_KEY_ID_0119000099912026', pem: desk.signer().public_key }),
    rotate: async (keep) => {
      const fresh = await certifiedKeys('Sandbox Tenpay CA', ctx.clock.now(), ctx.random);
      keys.platform = keep ? [fresh, ...keys.platform] : [fresh];
      book.save();
    },
    callback: desk.callback,
    stop: server.stop,
  };
}

async function newKeys({ clock, random }: SandboxContext): Promise<WechatKeys> {
  const [merchant, platform] = await Promise.all([
    certifiedKeys('Sandbox merchant', clock.now(), random),
    certifiedKeys('Sandbox Tenpay CA', clock.now(), random),
  ]);
  return { merchant, platform: [platform], api_key: token(random, 32) };
}

function wechatDesk(desk: WechatDesk) {
  const { random, keys, posts } = desk;
  const nonces = new Set<string>();
  let origin = '';
  const signer = (): Certified => keys.platform[0] ?? keys.merchant;
  const sign = (status: number, body: string): Answer => ({
    status,
    headers: signedHeaders(desk, signer(), body),
    body,
  });
  const callback: WechatSandbox['callback'] = (event_type, content, change = {}) =>
    callbackOf(desk, { event_type, content, key: signer(), ...change });
  const tell = (order: SandboxOrder, event: string, content: () => object): Promise<void> =>
    posts.post(() => ({ ...callback(event, content()), url: order.notify_url }));
  const moves = sandboxMoves({
    ...desk,
    newPayer: () => `o${token(random, 27)}`,
    newTransaction: () => `4200${digits(random, 24)}`,
    tellPayment: (order) => tell(order, 'TRANSACTION.SUCCESS', () => transactionOf(order)),
    tellRefund: (order, refund) =>
      tell(order, `REFUND.${refund_states[refund.state]}`, () => refundNotice(order, refund)),
  });
  const requests = wechatRequests({ ...desk, ...moves, origin: () => origin });
  return {
    signer,
    callback,
    controls: moves.controls,
    listenAt(url: string): void {
      origin = url;
    },
    handle: async (asked: Asked): Promise<Answer> => {
      if (asked.url.startsWith('/cashier')) return cashier(desk, asked, moves.take);
      const fault = requestFault(asked, { id: merchant_id, ...keys.merchant }, nonces);
      try {
        if (fault) throw new WechatRefusal(401, 'SIGN_ERROR', `签名错误：${fault}`);
        const answer = await requests(asked);
        if (Buffer.isBuffer(answer)) return { status: 200, headers: {}, body: answer };
        return answer === undefined ? sign(204, '') : sign(200, JSON.stringify(answer));
      } catch (error) {
        if (error instanceof WechatRefusal) return error.answer(sign);
        throw error;
      }
    },
  };
}

async function cashier(
  { book, clock }: WechatDesk,
  { method, url }: Asked,
  take: (order: SandboxOrder) => Promise<void>,
): Promise<Answer> {
  const code = new URL(url, wechat_origin).searchParams.get('pr') ?? '';
  const order = book.byToken(code);
  const now = clock.now().getTime();
  if (method !== 'POST' || !order) return cashierPage(order, { channel: '微信支付', now });
  if (order.state === 'open' && now < order.expires_at) await take(order);
  return backToCashier(code);
}

function callbackOf(
  { keys, clock, random }: WechatDesk,
  how: { event_type: string; content: object; key: Certified; serial?: string; at?: Date },
): Call {
  const about = how.event_type.startsWith('REFUND.') ? 'refund' : 'transaction';
  const at = how.at ?? clock.now();
  const resource = {
    ...sealResource(JSON.stringify(how.content), { api_key: keys.api_key, random, about }),
    original_type: about,
  };
  const body = JSON.stringify({
    id: token(random, 32),
    create_time: shanghaiRfc3339(at),
    resource_type: 'encrypt-resource',
    event_type: how.event_type,
    summary: '通知',
    resource,
  });
  const key = { serial: how.serial ?? how.key.serial, private_key: how.key.private_key };
  return { url: '', headers: signedHeaders({ clock: { now: () => at }, random }, key, body), body };
}
