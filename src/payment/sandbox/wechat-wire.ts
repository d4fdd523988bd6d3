import { createCipheriv, createSign, createVerify } from 'node:crypto';
import { systemClock, type Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import { token, type Certified } from './keys.ts';
import type { Answer, Asked } from './server.ts';

/** The signature headers of an answer or a callback. */
export function signedHeaders(
  { clock, random }: { clock: Clock; random: Random },
  key: { serial: string; private_key: string },
  body: string,
): Record<string, string> {
  const timestamp = String(Math.floor(clock.now().getTime() / 1000));
  const nonce = token(random, 32);
  const signature = createSign('RSA-SHA256')
    .update(`${timestamp}\n${nonce}\n${body}\n`)
    .sign(key.private_key, 'base64');
  return {
    'content-type': 'application/json; charset=utf-8',
    'wechatpay-serial': key.serial,
    'wechatpay-timestamp': timestamp,
    'wechatpay-nonce': nonce,
    'wechatpay-signature': signature,
    'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048',
  };
}

/** AEAD_AES_256_GCM as WeChat packs it: the ciphertext ends with its tag. */
export function sealResource(
  plain: string,
  { api_key, random, about }: { api_key: string; random: Random; about: string },
): { algorithm: string; ciphertext: string; associated_data: string; nonce: string } {
  const nonce = token(random, 12);
  const cipher = createCipheriv('aes-256-gcm', api_key, nonce);
  cipher.setAAD(Buffer.from(about));
  const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return {
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: sealed.toString('base64'),
    associated_data: about,
    nonce,
  };
}

const scheme = 'WECHATPAY2-SHA256-RSA2048 ';

/** Why a request is not the merchant's; undefined when it is. A nonce counts once. */
export function requestFault(
  asked: Asked,
  merchant: { id: string } & Pick<Certified, 'serial' | 'public_key'>,
  nonces: Set<string>,
): string | undefined {
  const { authorization = '' } = asked.headers;
  if (!authorization.startsWith(scheme)) return 'the scheme is unknown';
  const parts = Object.fromEntries(
    [...authorization.slice(scheme.length).matchAll(/(\w+)="([^"]*)"/g)].map((part) => [
      part[1] ?? '',
      part[2] ?? '',
    ]),
  );
  const { mchid, nonce_str = '', timestamp = '', serial_no, signature = '' } = parts;
  if (mchid !== merchant.id) return 'the merchant is another';
  if (serial_no?.toUpperCase() !== merchant.serial) return 'the certificate is another';
  // The SDK stamps its requests by the machine's clock, also where a test has set its own.
  const age = systemClock.now().getTime() / 1000 - Number(timestamp);
  if (!(Math.abs(age) <= 300)) return 'the request is too old';
  if (nonces.has(nonce_str)) return 'the nonce was used';
  nonces.add(nonce_str);
  const body = asked.method === 'GET' ? '' : asked.body;
  const signed = createVerify('RSA-SHA256')
    .update(`${asked.method}\n${asked.url}\n${timestamp}\n${nonce_str}\n${body}\n`)
    .verify(merchant.public_key, signature, 'base64');
  return signed ? undefined : 'the signature is wrong';
}

/** A refusal in the words of the real interface. */
export class WechatRefusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  answer(sign: (status: number, body: string) => Answer): Answer {
    return sign(this.status, JSON.stringify({ code: this.code, message: this.message }));
  }
}
