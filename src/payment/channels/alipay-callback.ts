import type { AlipaySdk } from 'alipay-sdk';
import type { Clock } from '../../platform/clock.ts';
import type { ChannelCallback } from '../types.ts';
import { fenOfYuan } from './money.ts';
import { instantOf } from './time.ts';

/** Alipay repeats a notice for about 24 hours. */
const age_max_ms = 25 * 3_600_000;
const ahead_max_ms = 5 * 60_000;

type Call = { headers: Record<string, string | string[] | undefined>; body: string };

/**
 * Reads notices. The same notice may come again for a day, and only makes us ask: nothing in it is
 * taken for true, but it must be ours and whole.
 */
export function alipayCallbacks(
  { clock }: { clock: Clock },
  sdk: AlipaySdk,
  setting: { app_id: string; seller_id: string },
) {
  return (call: Call): Promise<ChannelCallback | undefined> => {
    const pairs = [...new URLSearchParams(call.body)];
    const notice = Object.fromEntries(pairs);
    // A field named twice could be verified in one meaning and read in another.
    if (Object.keys(notice).length !== pairs.length) return Promise.resolve(undefined);
    const isOurs =
      isSigned(sdk, notice) &&
      notice.app_id === setting.app_id &&
      notice.seller_id === setting.seller_id &&
      isWhole(notice, clock.now());
    return Promise.resolve(isOurs ? meaningOf(notice) : undefined);
  };
}

/** The SDK would let the message choose the old RSA with SHA-1. */
function isSigned(sdk: AlipaySdk, notice: Record<string, string>): boolean {
  if (notice.sign_type !== 'RSA2' || !notice.sign) return false;
  try {
    return sdk.checkNotifySignV2(notice);
  } catch {
    return false;
  }
}

function isWhole(notice: Record<string, string>, now: Date): boolean {
  try {
    const age = now.getTime() - instantOf(notice.notify_time ?? '').getTime();
    return age <= age_max_ms && age >= -ahead_max_ms && fenOfYuan(notice.total_amount ?? '') > 0;
  } catch {
    return false;
  }
}

function meaningOf(notice: Record<string, string>): ChannelCallback | undefined {
  const { out_trade_no: order_number, out_biz_no: refund_number, refund_fee } = notice;
  if (!order_number) return undefined;
  // A refund is told as a notice of its order with the refund's number and the sum so far.
  if (refund_fee !== undefined && refund_number)
    return { about: 'refund', order_number, refund_number };
  return { about: 'payment', order_number };
}
