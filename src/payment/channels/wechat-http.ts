import { unavailable } from './refusal.ts';

/** The only host the SDK knows. */
export const wechat_origin = 'https://api.mch.weixin.qq.com';

export type WechatReply = { status: number; data?: unknown; error?: string };
export type SignedMessage = { headers: Headers; body: string };

type Setting = { origin: string; timeout_ms: number };
type How = Setting & {
  network: typeof fetch;
  /** Whether WeChat signed this answer. */
  verify: (answer: SignedMessage) => Promise<boolean>;
  /** The serial of the public key that answers should be signed with; none with certificates. */
  wanted_serial: string | undefined;
};

/**
 * What `createHttp()` of the SDK takes: it sends what the SDK signed to `origin` instead of the host
 * that the SDK hard-codes, and gives back only answers that WeChat signed.
 * @throws Problem payment/channel-unavailable on a time-out, an error of the server, an unsigned answer.
 */
export function wechatHttp(how: How): {
  get(url: string, headers: Record<string, string>): Promise<WechatReply>;
  post(url: string, params: object, headers: Record<string, string>): Promise<WechatReply>;
  upload(): Promise<never>;
} {
  return {
    get: (url, headers) => send(how, url, { method: 'GET', headers }),
    post: (url, params, headers) =>
      // The SDK signed JSON.stringify of the same object: the same text must go out.
      send(how, url, { method: 'POST', headers, body: JSON.stringify(params) }),
    upload: () => Promise.reject(new Error('nothing is uploaded to WeChat')),
  };
}

async function send(how: How, url: string, request: RequestInit): Promise<WechatReply> {
  const { status, headers, body } = await fetchWechat(how, url, {
    ...request,
    headers: {
      ...(request.headers as Record<string, string>),
      ...(how.wanted_serial === undefined ? {} : { 'wechatpay-serial': how.wanted_serial }),
    },
  });
  // A statement is the one unsigned answer; its hash came in a signed one.
  const isFile = status === 200 && url.startsWith(`${wechat_origin}/v3/billdownload/`);
  if (!isFile && !(await how.verify({ headers, body }))) throw unavailable('wechat', 'unsigned');
  if (status >= 400) return { status, error: body };
  return { status, data: isFile ? body : parsed(body) };
}

/** Sends to the real or another origin, unverified. Anything else than our host's is refused. */
export async function fetchWechat(
  { network, origin, timeout_ms }: Setting & { network: typeof fetch },
  url: string,
  request: RequestInit,
): Promise<SignedMessage & { status: number }> {
  if (!url.startsWith(`${wechat_origin}/`)) throw unavailable('wechat', 'foreign-address');
  try {
    const reply = await network(origin + url.slice(wechat_origin.length), {
      ...request,
      redirect: 'error',
      signal: AbortSignal.timeout(timeout_ms),
    });
    // text() would drop the byte order mark of a statement, which its hash counts.
    const body = Buffer.from(await reply.arrayBuffer()).toString();
    if (reply.status < 500 && reply.status !== 429)
      return { status: reply.status, headers: reply.headers, body };
    throw unavailable('wechat', `status-${reply.status}`);
  } catch (error) {
    if (error instanceof Error && error.name === 'Problem') throw error;
    throw unavailable('wechat', 'no-answer');
  }
}

function parsed(body: string): unknown {
  if (body === '') return undefined;
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw unavailable('wechat', 'not-json');
  }
}
