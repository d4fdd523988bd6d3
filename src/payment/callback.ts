import { Problem } from '../platform/problem.ts';
import { askAttempt } from './ask.ts';
import { callbackRefused } from './errors.ts';
import type { PaymentContext } from './model.ts';
import { channelOf } from './payment.ts';
import { pursueRefund } from './refund.ts';
import { findAttempt, findRefund } from './store-attempt.ts';
import type { OnlineChannelName, PaymentChannel } from './types.ts';

/**
 * Takes a channel's callback: verified by the channel's own signature, and even then only a reason to
 * ask the channel. A duplicate or late one asks again and changes nothing; one about an order that is
 * not ours is answered and left to the reconciliation, where its money shows.
 * @throws Problem payment/callback-refused; payment/channel-unavailable, so that the channel repeats it.
 */
export async function takeCallback(
  ctx: PaymentContext,
  call: {
    channel: OnlineChannelName;
    headers: Record<string, string | string[] | undefined>;
    body: string;
  },
): Promise<PaymentChannel['callbackReply']> {
  const channel = channelOf(ctx, call.channel);
  const said = await channel.readCallback({ headers: call.headers, body: call.body });
  if (!said) throw new Problem(callbackRefused);
  if (said.about === 'payment') {
    const attempt = await findAttempt(ctx.db, { number: said.order_number });
    if (attempt?.channel === call.channel) await askAttempt(ctx, attempt);
  } else {
    const refund = await findRefund(ctx.db, said.refund_number);
    if (refund?.channel === call.channel && refund.state === 'processing')
      await pursueRefund(ctx, refund);
  }
  return channel.callbackReply;
}
