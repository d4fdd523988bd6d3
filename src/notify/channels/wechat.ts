import { SmsRefused } from '../../identity/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { NotifyConfig } from '../../platform/notify-config.ts';
import { wechatTemplates, type Body, type Messenger, type WechatSignIn } from './types.ts';

type Ctx = { clock: Clock; network: typeof fetch };
type WechatConfig = NonNullable<NotifyConfig['wechat']> & { public_url: string | undefined };
type Answer = Record<string, unknown> & { errcode?: number };

const answer_ms = 10_000;
/** WeChat's codes: the token is unknown, or ran out. */
const token_over = new Set([40001, 40014, 42001]);
/** Trying again helps: busy, or the day's quota, or too many a minute. */
const passing = new Set([-1, 45009, 45011]);

/**
 * 微信订阅消息 by the real wire format: an access token that is kept until shortly before its end,
 * one message a tap, fields cut to their limits. 47003 (a field is wrong) and 43101 (the person
 * allowed no more) are final.
 */
export function createWechat(
  ctx: Ctx,
  config: WechatConfig,
): { messenger: Messenger; signIn: WechatSignIn } {
  const tokens = createTokens(ctx, config);
  const post = async (body: object): Promise<Answer> => {
    const token = await tokens.get();
    const path = `/cgi-bin/message/subscribe/send?access_token=${encodeURIComponent(token)}`;
    const answer = await ask(ctx, `${config.url}${path}`, body);
    if (token_over.has(answer.errcode ?? 0)) tokens.forget(token);
    return answer;
  };
  const messenger: Messenger = {
    send: async ({ to, body }) => {
      const message = messageOf(config, to, body);
      let answer = await post(message);
      // Somebody else fetched a token meanwhile, which ends ours.
      if (token_over.has(answer.errcode ?? 0)) answer = await post(message);
      const code = answer.errcode ?? 0;
      if (code === 0) return;
      if (passing.has(code) || token_over.has(code)) throw new Error('WeChat is busy');
      throw new SmsRefused(`wechat_${code}`);
    },
  };
  return { messenger, signIn: signInOf(ctx, config) };
}

function signInOf(ctx: Ctx, config: WechatConfig): WechatSignIn {
  return {
    app_id: config.app_id,
    templates: wechatTemplates.flatMap((template) => {
      const id = config.templates[template]?.id;
      return id === undefined ? [] : [{ template, id }];
    }),
    openidOf: async (code) => {
      const query = new URLSearchParams({
        appid: config.app_id,
        secret: config.secret,
        code,
        grant_type: 'authorization_code',
      });
      const answer = await ask(ctx, `${config.url}/sns/oauth2/access_token?${query.toString()}`);
      if (typeof answer['openid'] !== 'string') throw new Error('WeChat knows no such code');
      return answer['openid'];
    },
  };
}

type Tokens = { get(): Promise<string>; forget(token: string): void };

/** One token for the whole process: each new one that is fetched ends the one before. */
function createTokens(ctx: Ctx, config: WechatConfig): Tokens {
  let known: { token: string; until: number } | undefined;
  let fetching: Promise<string> | undefined;
  const fetchOne = async (): Promise<string> => {
    const query = new URLSearchParams({
      grant_type: 'client_credential',
      appid: config.app_id,
      secret: config.secret,
    });
    const answer = await ask(ctx, `${config.url}/cgi-bin/token?${query.toString()}`);
    const { access_token: token, expires_in } = answer;
    if (typeof token !== 'string' || typeof expires_in !== 'number')
      throw new Error(`WeChat gave no token: ${answer.errcode ?? 'no code'}`);
    // Five minutes early, as WeChat keeps the old one that long.
    known = { token, until: ctx.clock.now().getTime() + (expires_in - 300) * 1000 };
    return token;
  };
  return {
    get: async () => {
      if (known && ctx.clock.now().getTime() < known.until) return known.token;
      fetching ??= fetchOne().finally(() => (fetching = undefined));
      return fetching;
    },
    forget: (token) => {
      if (known?.token === token) known = undefined;
    },
  };
}

async function ask(ctx: Ctx, url: string, body?: object): Promise<Answer> {
  const reply = await ctx.network(url, {
    ...(body
      ? {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }
      : {}),
    signal: AbortSignal.timeout(answer_ms),
  });
  if (!reply.ok) throw new Error(`WeChat answered ${reply.status}`);
  return (await reply.json()) as Answer;
}

const tips: Record<string, string> = {
  result: '请打开查看结果和确认时间',
  visit: '请带证件，凭证请打开查看',
  change: '可改约或全额退费，请打开查看',
  queue: '请留意叫号，打开看位置',
  money: '请打开查看明细',
  rule: '原因和办法请打开查看',
};

function messageOf(config: WechatConfig, touser: string, body: Body): object {
  const template = config.templates[body.wechat ?? ''];
  if (!template) throw new SmsRefused('no_template');
  return {
    touser,
    template_id: template.id,
    ...(body.link === null || config.public_url === undefined
      ? {}
      : { page: config.public_url + body.link }),
    data: {
      [template.matter]: { value: cut(body.title, limits.thing) },
      [template.person]: { value: cut(body.name_masked, limits.name) },
      [template.time]: { value: body.time },
      [template.tip]: { value: cut(tips[body.wechat ?? ''] ?? '请打开查看', limits.thing) },
    },
  };
}

/** Characters that WeChat takes in a field of each type. */
export const limits = { thing: 20, name: 10 } as const;

/** A value within its field; what is too long ends in an ellipsis. */
export function cut(value: string, most: number): string {
  const characters = [...value];
  return characters.length <= most ? value : `${characters.slice(0, most - 1).join('')}…`;
}
