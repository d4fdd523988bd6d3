import { createHmac } from 'node:crypto';
import { SmsRefused, type SmsSender } from '../../identity/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { NotifyConfig } from '../../platform/notify-config.ts';

type SmsConfig = NonNullable<NotifyConfig['sms']>;

export const answer_ms = 10_000;

/**
 * A gateway that speaks the contract of docs/sms.md: one signed POST a message. 2xx took it over,
 * 4xx refused it for good with a short code, anything else is tried again under the same key.
 */
export function createHttpSms(
  ctx: { clock: Clock; network: typeof fetch },
  config: Pick<SmsConfig, 'url' | 'key' | 'secret' | 'sign' | 'templates'>,
): SmsSender {
  return {
    send: async ({ key, to, text, template, channel = 'sms' }) => {
      const kind = template?.kind ?? 'text';
      const body = JSON.stringify({
        key,
        to,
        channel,
        sign: config.sign,
        template: config.templates[kind] ?? null,
        kind,
        params: template?.values ?? {},
        text,
      });
      const timestamp = String(Math.floor(ctx.clock.now().getTime() / 1000));
      const reply = await ctx.network(config.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-sms-key': config.key,
          'x-sms-timestamp': timestamp,
          'x-sms-signature': signSms(config.secret, timestamp, body),
        },
        body,
        signal: AbortSignal.timeout(answer_ms),
      });
      if (reply.ok) return;
      if (reply.status >= 400 && reply.status < 500 && ![408, 425, 429].includes(reply.status)) {
        const { reason } = (await reply.json().catch(() => ({}))) as { reason?: unknown };
        throw new SmsRefused(codeOf(reason));
      }
      throw new Error(`the SMS gateway answered ${reply.status}`);
    },
  };
}

/** Hex of HMAC-SHA256 over the timestamp, a line feed and the body. */
export function signSms(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}\n${body}`).digest('hex');
}

/** Only short codes are kept: a gateway's own words may quote the phone. */
export function codeOf(reason: unknown): string {
  return typeof reason === 'string' && /^[A-Za-z_.]{1,40}$/.test(reason) ? reason : 'refused';
}
