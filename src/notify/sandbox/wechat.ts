import { randomBytes } from 'node:crypto';
import type { WechatTemplateConfig } from '../../platform/notify-config.ts';
import { wechatTemplates } from '../channels/types.ts';

/** Template ids and field names of the sandbox's account. */
export const sandboxTemplates: Record<string, WechatTemplateConfig> = Object.fromEntries(
  wechatTemplates.map((name) => [
    name,
    { id: `tmpl-${name}`, matter: 'thing1', person: 'name2', time: 'time3', tip: 'thing4' },
  ]),
);

export type SandboxMessage = {
  touser: string;
  template_id: string;
  page?: string;
  data: Record<string, { value: string }>;
};

type Options = {
  app_id: string;
  secret: string;
  now(): Date;
  onMessage?: (message: SandboxMessage) => Promise<void>;
};

const token_seconds = 7200;

/** What each type of field takes, by the platform's published rules. */
const fields: Record<string, (value: string) => boolean> = {
  thing: (value) => [...value].length <= 20,
  name: (value) => [...value].length <= 10,
  time: (value) => /^(\d{4}年\d{1,2}月\d{1,2}日 ?)?\d{1,2}:\d{2}$/.test(value),
};

const json = (body: object): Response => Response.json(body);
const error = (errcode: number, errmsg: string): Response => json({ errcode, errmsg });

function faultOf({ touser, template_id, data }: SandboxMessage): Response | undefined {
  if (!touser.startsWith('openid-')) return error(40003, 'invalid openid');
  if (!Object.values(sandboxTemplates).some(({ id }) => id === template_id))
    return error(40037, 'invalid template_id');
  for (const [name, { value }] of Object.entries(data)) {
    const isRight = fields[name.replace(/\d+$/, '')];
    if (!isRight || value === '' || !isRight(value))
      return error(47003, `argument invalid! data.${name}.value is invalid`);
  }
  return undefined;
}

/** One who signs in with WeChat's code. */
function openidFor(code: string): Response {
  if (!/^code-[\w-]+$/.test(code)) return error(40029, 'invalid code');
  return json({
    access_token: 'user',
    expires_in: token_seconds,
    openid: `openid-${code.slice(5)}`,
  });
}

/**
 * A WeChat that speaks the real wire format, for the demo and the tests: tokens that run out and end
 * each other, taps that are used up, fields that are checked. `fetch` stands in for the network.
 */
// oxlint-disable-next-line max-lines-per-function -- one state, read best in one place
export function createWechatSandbox(options: Options) {
  const taken: SandboxMessage[] = [];
  const allowed = new Map<string, number>();
  const open = new Set<string>();
  let token: { value: string; until: number } | undefined;
  let down = 0;
  let tokens = 0;
  const isApp = (query: URLSearchParams): boolean =>
    query.get('appid') === options.app_id && query.get('secret') === options.secret;

  const giveToken = (query: URLSearchParams): Response => {
    if (!isApp(query)) return error(40125, 'invalid appsecret');
    tokens++;
    token = {
      value: randomBytes(24).toString('base64url'),
      until: options.now().getTime() + token_seconds * 1000,
    };
    return json({ access_token: token.value, expires_in: token_seconds });
  };
  const tokenFault = (value: string | null): Response | undefined => {
    if (token?.value !== value) return error(40001, 'invalid credential');
    return token && options.now().getTime() >= token.until
      ? error(42001, 'access_token expired')
      : undefined;
  };
  const take = async (message: SandboxMessage): Promise<Response> => {
    const { touser, template_id } = message;
    const fault = faultOf(message);
    if (fault) return fault;
    const tap = `${touser} ${template_id}`;
    const left = allowed.get(tap) ?? 0;
    if (left === 0 && !open.has(touser)) return error(43101, 'user refuse to accept the msg');
    allowed.set(tap, Math.max(0, left - 1));
    taken.push(message);
    await options.onMessage?.(message);
    return error(0, 'ok');
  };
  const answer = async (request: Request): Promise<Response> => {
    if (down > 0) {
      down--;
      return error(-1, 'system error');
    }
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === '/cgi-bin/token') return giveToken(searchParams);
    if (pathname === '/sns/oauth2/access_token')
      return isApp(searchParams)
        ? openidFor(searchParams.get('code') ?? '')
        : error(40125, 'invalid appsecret');
    if (pathname !== '/cgi-bin/message/subscribe/send') return new Response('', { status: 404 });
    return (
      tokenFault(searchParams.get('access_token')) ?? take((await request.json()) as SandboxMessage)
    );
  };
  return {
    taken,
    fetch: ((input: RequestInfo | URL, init?: RequestInit) =>
      answer(new Request(input, init))) as typeof fetch,
    /** The person taps “允许” for a template. */
    tap: (openid: string, template: string): void => {
      const tap = `${openid} tmpl-${template}`;
      allowed.set(tap, (allowed.get(tap) ?? 0) + 1);
    },
    /** The person allows whatever comes: in the demo our own page counts the taps. */
    allowAll: (openid: string): void => void open.add(openid),
    /** The next so many requests meet a busy system. */
    beDown: (requests: number): void => void (down = requests),
    /** Another process fetched a token: the one given out ends. */
    endToken: (): void => void (token = undefined),
    tokensGiven: (): number => tokens,
  };
}
