import type { Clock } from '../../platform/clock.ts';
import type { ChannelCallback } from '../types.ts';
import {
  isSigned,
  openResource,
  type PlatformKeys,
  type Resource,
  type Signed,
} from './wechat-keys.ts';

const age_max_ms = 5 * 60_000;

type Call = { headers: Record<string, string | string[] | undefined>; body: string };
type Notice = { event_type?: string; resource?: Resource & { algorithm?: string } };
type About = {
  mchid?: string;
  appid?: string;
  out_trade_no?: string;
  out_refund_no?: string;
};

/** The signed part of a callback or an answer; undefined when a header is missing or doubled. */
export function signedPart(call: Call): Signed | undefined {
  const [serial, timestamp, nonce, signature] = ['serial', 'timestamp', 'nonce', 'signature'].map(
    (name) => call.headers[`wechatpay-${name}`],
  );
  if (typeof serial !== 'string' || typeof timestamp !== 'string') return undefined;
  if (typeof nonce !== 'string' || typeof signature !== 'string') return undefined;
  if (!/^\d{9,11}$/.test(timestamp)) return undefined;
  return { serial, timestamp, nonce, signature, body: call.body };
}

/** Whether a message of WeChat is of the last five minutes. */
export function isFresh({ timestamp }: Signed, { clock }: { clock: Clock }): boolean {
  return Math.abs(clock.now().getTime() - Number(timestamp) * 1000) <= age_max_ms;
}

type Reader = {
  clock: Clock;
  keys: PlatformKeys;
  setting: { app_id: string; merchant_id: string; api_key: string };
};

/**
 * Reads callbacks of payments and refunds. Each message counts once: WeChat signs a repetition anew,
 * so the same signature a second time is somebody else's.
 */
export function wechatCallbacks({ clock, keys, setting }: Reader) {
  const seen = new Map<string, number>();
  const isReplayed = ({ signature }: Signed): boolean => {
    const now = clock.now().getTime();
    for (const [old, at] of seen) if (now - at > 2 * age_max_ms) seen.delete(old);
    if (seen.has(signature)) return true;
    seen.set(signature, now);
    return false;
  };
  return async (call: Call): Promise<ChannelCallback | undefined> => {
    const signed = signedPart(call);
    if (!signed || !isFresh(signed, { clock })) return undefined;
    const key = await keys.keyOf(signed.serial, 'callback');
    if (!key || !isSigned(signed, key) || isReplayed(signed)) return undefined;
    try {
      return meaningOf(JSON.parse(call.body) as Notice, setting);
    } catch {
      return undefined;
    }
  };
}

/** @throws Error when the resource does not open. */
function meaningOf(notice: Notice, setting: Reader['setting']): ChannelCallback | undefined {
  const { event_type = '', resource } = notice;
  if (resource?.algorithm !== 'AEAD_AES_256_GCM') return undefined;
  const about = JSON.parse(openResource(resource, setting.api_key)) as About;
  const { out_trade_no: order_number, out_refund_no: refund_number } = about;
  if (about.mchid !== setting.merchant_id || typeof order_number !== 'string') return undefined;
  if (event_type.startsWith('REFUND.'))
    return typeof refund_number === 'string'
      ? { about: 'refund', order_number, refund_number }
      : undefined;
  // Refunds name the merchant only; a payment also names the application it was made in.
  if (!event_type.startsWith('TRANSACTION.') || about.appid !== setting.app_id) return undefined;
  return { about: 'payment', order_number };
}
