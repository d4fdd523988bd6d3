import { existsSync, readFileSync } from 'node:fs';

/** How messages leave: each way is undefined where the installation has not set it up. */
export type NotifyConfig = Readonly<{
  sms:
    | undefined
    | Readonly<{
        kind: 'http' | 'aliyun';
        url: string;
        key: string;
        secret: string;
        /** 【签名】 as filed with the operator, without its brackets. */
        sign: string;
        /** Kinds of news to the gateway's template ids; empty where the gateway takes free text. */
        templates: Readonly<Record<string, string>>;
      }>;
  wechat:
    | undefined
    | Readonly<{
        url: string;
        app_id: string;
        secret: string;
        templates: Readonly<Record<string, WechatTemplateConfig>>;
      }>;
  mail: undefined | Readonly<{ url: string; from: string }>;
  /** Where patients open our pages, for links in messages; undefined leaves links out. */
  public_url: string | undefined;
}>;

/** A template's id and the names that its fields have there. */
export type WechatTemplateConfig = Readonly<{
  id: string;
  matter: string;
  person: string;
  time: string;
  tip: string;
}>;

type Text = (name: string) => string | undefined;

const gateways = ['http', 'aliyun', 'none'] as const;
const addresses = {
  aliyun: 'https://dysmsapi.aliyuncs.com',
  wechat: 'https://api.weixin.qq.com',
} as const;

/** Reads SMS_*, WECHAT_*, MAIL_* and PUBLIC_URL; adds a sentence for every fault. */
export function readNotifyConfig(text: Text, faults: string[]): NotifyConfig {
  return Object.freeze({
    sms: readSms(text, faults),
    wechat: readWechat(text, faults),
    mail: readMail(text, faults),
    public_url: address('PUBLIC_URL', text('PUBLIC_URL'), faults),
  });
}

function readSms(text: Text, faults: string[]): NotifyConfig['sms'] {
  const asked = text('SMS_GATEWAY') ?? 'none';
  const kind = gateways.find((one) => one === asked);
  if (kind === undefined)
    faults.push(`SMS_GATEWAY must be ${gateways.join(', ')}, not "${asked}".`);
  if (kind === undefined || kind === 'none') return undefined;
  const url = address('SMS_URL', text('SMS_URL'), faults) ?? (kind === 'aliyun' ? addresses.aliyun : ''); // prettier-ignore
  const key = text('SMS_KEY') ?? '';
  const secret = text('SMS_SECRET') ?? '';
  if (url === '' || key === '' || secret === '')
    faults.push(`SMS_GATEWAY=${kind} needs SMS_KEY and SMS_SECRET${kind === 'http' ? ', and SMS_URL' : ''}.`); // prettier-ignore
  const templates = json('SMS_TEMPLATES', text('SMS_TEMPLATES'), faults) as Record<string, string>;
  if (kind === 'aliyun' && Object.keys(templates).length === 0)
    faults.push('SMS_GATEWAY=aliyun needs SMS_TEMPLATES, a JSON file of template ids by kind.');
  else if (kind === 'aliyun' && !(templates['code'] && templates['agree_code']))
    faults.push('SMS_TEMPLATES needs "code" and "agree_code": without them nobody can sign in.');
  return Object.freeze({ kind, url, key, secret, sign: text('SMS_SIGN') ?? '正号', templates });
}

function readWechat(text: Text, faults: string[]): NotifyConfig['wechat'] {
  const app_id = text('WECHAT_APP_ID');
  const secret = text('WECHAT_APP_SECRET');
  // The application's id alone is what payments need; its secret is what messages need.
  if (secret === undefined) return undefined;
  if (app_id === undefined) faults.push('WECHAT_APP_SECRET needs WECHAT_APP_ID.');
  const templates = json('WECHAT_TEMPLATES', text('WECHAT_TEMPLATES'), faults) as Record<
    string,
    WechatTemplateConfig
  >;
  for (const [
    name,
    { id, matter, person, time, tip } = {} as WechatTemplateConfig,
  ] of Object.entries(templates))
    // prettier-ignore
    if (![id, matter, person, time, tip].every(Boolean))
      faults.push(`WECHAT_TEMPLATES: ${name} needs id, matter, person, time and tip.`);
  const url = address('WECHAT_URL', text('WECHAT_URL'), faults) ?? addresses.wechat;
  return Object.freeze({ url, app_id: app_id ?? '', secret, templates });
}

function readMail(text: Text, faults: string[]): NotifyConfig['mail'] {
  const url = text('MAIL_URL');
  const from = text('MAIL_FROM');
  if ((url === undefined) !== (from === undefined))
    faults.push('MAIL_URL and MAIL_FROM go together: give both or none.');
  if (url !== undefined && !/^smtps?:\/\//.test(url))
    faults.push('MAIL_URL must begin with smtp:// or smtps://.');
  return url === undefined ? undefined : Object.freeze({ url, from: from ?? '' });
}

function address(name: string, value: string | undefined, faults: string[]): string | undefined {
  if (value === undefined) return undefined;
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol))
    faults.push(`${name} must be an http or https address, not "${value}".`);
  return value.replace(/\/+$/, '');
}

/** The object in a JSON file; empty when none is named. */
function json(name: string, file: string | undefined, faults: string[]): object {
  if (file === undefined) return {};
  try {
    if (!existsSync(file)) throw new Error('it does not exist');
    const read: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof read !== 'object' || read === null || Array.isArray(read))
      throw new Error('it is no JSON object');
    return read;
  } catch (error) {
    faults.push(`${name} names ${file}: ${(error as Error).message}.`);
    return {};
  }
}
