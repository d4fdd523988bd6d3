import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** How money is taken online. Keys stay in their files; only the paths are kept here. */
export type PaymentConfig = Readonly<{
  kind: 'live' | 'off' | 'sandbox';
  /** Where the channels reach us, e.g. `https://guahao.example.cn`, without a last slash. */
  origin: string;
  wechat: WechatFiles | undefined;
  alipay: AlipayFiles | undefined;
}>;

export type WechatFiles = Readonly<{
  app_id: string;
  merchant_id: string;
  /** The merchant's private key and certificate (PEM), and the file with the 32 characters of the APIv3 key. */
  key_file: string;
  certificate_file: string;
  api_key_file: string;
  /** 微信支付公钥, which newer merchants have instead of platform certificates. */
  public_key: Readonly<{ id: string; file: string }> | undefined;
}>;

export type AlipayFiles = Readonly<{
  app_id: string;
  seller_id: string;
  /** The application's private key and Alipay's public key (PEM or bare base64). */
  key_file: string;
  public_key_file: string;
  gateway: string;
}>;

type Text = (name: string) => string | undefined;

const kinds = ['live', 'off', 'sandbox'] as const;

/** Reads PAYMENT, PAYMENT_ORIGIN, WECHAT_* and ALIPAY_*; adds a sentence for every fault. */
export function readPaymentConfig(
  text: Text,
  about: { demo: boolean; host: string; port: number },
  faults: string[],
): PaymentConfig {
  const asked = text('PAYMENT');
  const kind = kinds.find((one) => one === (asked ?? (about.demo ? 'sandbox' : 'off')));
  if (kind === undefined) faults.push(`PAYMENT must be ${kinds.join(', ')}, not "${asked}".`);
  if (kind === 'sandbox' && !about.demo)
    faults.push('PAYMENT=sandbox takes no money and exists in the demo only; set DEMO=1 with it.');
  const origin = text('PAYMENT_ORIGIN')?.replace(/\/+$/, '');
  if (kind === 'live' && (origin === undefined || !/^https:\/\/[^/]+$/.test(origin)))
    faults.push(
      'PAYMENT=live needs PAYMENT_ORIGIN, the https address at which the channels reach this server.',
    );
  const wechat = kind === 'live' ? readWechat(text, faults) : undefined;
  const alipay = kind === 'live' ? readAlipay(text, faults) : undefined;
  if (kind === 'live' && !text('WECHAT_MERCHANT_ID') && !text('ALIPAY_APP_ID'))
    faults.push('PAYMENT=live needs WECHAT_MERCHANT_ID or ALIPAY_APP_ID with their keys.');
  const local = about.host.includes(':') ? `[${about.host}]` : about.host;
  return Object.freeze({
    kind: kind ?? 'off',
    origin: origin ?? `http://${local}:${about.port}`,
    wechat,
    alipay,
  });
}

function readWechat(text: Text, faults: string[]): WechatFiles | undefined {
  const merchant_id = text('WECHAT_MERCHANT_ID');
  if (merchant_id === undefined) return undefined;
  const id = text('WECHAT_PUBLIC_KEY_ID');
  const file = fileOf(text, 'WECHAT_PUBLIC_KEY', faults, createPublicKey);
  if ((id === undefined) !== (file === undefined))
    faults.push('WECHAT_PUBLIC_KEY and WECHAT_PUBLIC_KEY_ID go together: give both or none.');
  return {
    merchant_id,
    app_id: needed(text, 'WECHAT_APP_ID', 'WECHAT_MERCHANT_ID', faults),
    key_file: neededFile(text, 'WECHAT_KEY', faults, createPrivateKey),
    certificate_file: neededFile(text, 'WECHAT_CERT', faults, (pem) => new X509Certificate(pem)),
    api_key_file: neededFile(text, 'WECHAT_API_KEY', faults, (key) => {
      if (Buffer.byteLength(key.trim()) !== 32) throw new Error('not 32 characters');
    }),
    public_key: id !== undefined && file !== undefined ? { id, file } : undefined,
  };
}

function readAlipay(text: Text, faults: string[]): AlipayFiles | undefined {
  const app_id = text('ALIPAY_APP_ID');
  if (app_id === undefined) return undefined;
  const gateway = text('ALIPAY_GATEWAY') ?? 'https://openapi.alipay.com/gateway.do';
  if (!URL.canParse(gateway) || !gateway.startsWith('https://'))
    faults.push(`ALIPAY_GATEWAY must be an https address, not "${gateway}".`);
  return {
    app_id,
    seller_id: needed(text, 'ALIPAY_SELLER_ID', 'ALIPAY_APP_ID', faults),
    key_file: neededFile(text, 'ALIPAY_KEY', faults, (key) =>
      createPrivateKey(pemOf(key, 'PRIVATE KEY')),
    ),
    public_key_file: neededFile(text, 'ALIPAY_PUBLIC_KEY', faults, (key) =>
      createPublicKey(pemOf(key, 'PUBLIC KEY')),
    ),
    gateway,
  };
}

/** Alipay's key tool writes bare base64 (PKCS 8, SPKI); what is PEM already stays. */
export function pemOf(key: string, label: 'PRIVATE KEY' | 'PUBLIC KEY'): string {
  if (key.includes('-----BEGIN')) return key;
  return `-----BEGIN ${label}-----\n${key.replaceAll(/\s+/g, '')}\n-----END ${label}-----\n`;
}

function needed(text: Text, name: string, because: string, faults: string[]): string {
  const value = text(name);
  if (value === undefined) faults.push(`${because} is given, so ${name} must be given too.`);
  return value ?? '';
}

function neededFile(
  text: Text,
  name: string,
  faults: string[],
  parse: (content: string) => unknown,
): string {
  if (text(name) === undefined)
    faults.push(`${name} must name a file: PAYMENT=live cannot sign or verify without it.`);
  return fileOf(text, name, faults, parse) ?? '';
}

/** The path of a file that can be read and parsed; what is in it never enters a message. */
function fileOf(
  text: Text,
  name: string,
  faults: string[],
  parse: (content: string) => unknown,
): string | undefined {
  const path = text(name);
  if (path === undefined) return undefined;
  try {
    parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    faults.push(
      `${name} names ${path}, which ${missing ? 'does not exist' : 'is not such a key'}.`,
    );
  }
  return resolve(path);
}
