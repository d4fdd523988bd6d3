import { createHmac } from 'node:crypto';
import { SmsRefused, type SmsSender } from '../../identity/index.ts';
import { shanghaiDate, type Clock } from '../../platform/clock.ts';
import { newId } from '../../platform/id.ts';
import type { NotifyConfig } from '../../platform/notify-config.ts';
import type { Random } from '../../platform/random.ts';
import { answer_ms, codeOf } from './sms-http.ts';

type Ctx = { clock: Clock; random: Random; network: typeof fetch };
type SmsConfig = NonNullable<NotifyConfig['sms']>;
type Answer = { Code?: string; SmsSendDetailDTOs?: { SmsSendDetailDTO?: { OutId?: string }[] } };

/** What a later try may heal: their flow control, their own faults. */
const passing = /^(isv\.BUSINESS_LIMIT_CONTROL|isp\.|Throttling|ServiceUnavailable|InternalError)/;

/**
 * 阿里云短信 (API version 2017-05-25, RPC signature 1.0). Its SendSms knows no idempotency key, so a
 * try after an unanswered one first asks by OutId whether the message went out already.
 */
export function createAliyunSms(
  ctx: Ctx,
  config: Pick<SmsConfig, 'url' | 'key' | 'secret' | 'sign' | 'templates'>,
): SmsSender {
  const ask = (action: string, parameters: Record<string, string>): Promise<Answer> =>
    call(ctx, config, { ...parameters, Action: action });
  return {
    send: async ({ key, to, text, template, channel = 'sms', tries = 1 }) => {
      // Calls are another product of theirs, with templates and numbers of its own.
      if (channel === 'voice') throw new SmsRefused('no_voice');
      const code = config.templates[template?.kind ?? 'text'];
      if (code === undefined) throw new SmsRefused('no_template');
      if (tries > 1 && (await wasSent(ask, { key, to, at: ctx.clock.now() }))) return;
      const answer = await ask('SendSms', {
        PhoneNumbers: to,
        SignName: config.sign,
        TemplateCode: code,
        TemplateParam: JSON.stringify(template?.values ?? { text }),
        OutId: key,
      });
      if (answer.Code === 'OK') return;
      if (passing.test(answer.Code ?? '')) throw new Error('the SMS gateway is busy');
      throw new SmsRefused(codeOf(answer.Code));
    },
  };
}

async function wasSent(
  ask: (action: string, parameters: Record<string, string>) => Promise<Answer>,
  message: { key: string; to: string; at: Date },
): Promise<boolean> {
  const answer = await ask('QuerySendDetails', {
    PhoneNumber: message.to,
    SendDate: shanghaiDate(message.at).replaceAll('-', ''),
    PageSize: '50',
    CurrentPage: '1',
  });
  if (answer.Code !== 'OK') throw new Error('the SMS gateway does not say what it sent');
  const sent = answer.SmsSendDetailDTOs?.SmsSendDetailDTO ?? [];
  return sent.some(({ OutId }) => OutId === message.key);
}

async function call(
  ctx: Ctx,
  config: Pick<SmsConfig, 'url' | 'key' | 'secret'>,
  parameters: Record<string, string>,
): Promise<Answer> {
  const all: Record<string, string> = {
    ...parameters,
    AccessKeyId: config.key,
    Format: 'JSON',
    RegionId: 'cn-hangzhou',
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: newId(ctx),
    SignatureVersion: '1.0',
    Timestamp: ctx.clock
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z'),
    Version: '2017-05-25',
  };
  const body = new URLSearchParams({ ...all, Signature: signAliyun(config.secret, 'POST', all) });
  const reply = await ctx.network(`${config.url}/`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: body.toString(),
    signal: AbortSignal.timeout(answer_ms),
  });
  const answer = (await reply.json().catch(() => undefined)) as Answer | undefined;
  if (answer?.Code === undefined) throw new Error(`the SMS gateway answered ${reply.status}`);
  return answer;
}

/** Signature 1.0: Base64 of HMAC-SHA1 over the method and the sorted, percent-encoded parameters. */
export function signAliyun(
  secret: string,
  method: 'GET' | 'POST',
  parameters: Readonly<Record<string, string>>,
): string {
  const query = Object.keys(parameters)
    .sort()
    .map((name) => `${percent(name)}=${percent(parameters[name] ?? '')}`)
    .join('&');
  const text = `${method}&${percent('/')}&${percent(query)}`;
  return createHmac('sha1', `${secret}&`).update(text).digest('base64');
}

/** RFC 3986, stricter than encodeURIComponent. */
function percent(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
