import { Problem } from '../platform/problem.ts';
import { channelUnknown } from './errors.ts';
import type { Payment } from './model.ts';
import type { OnlineChannelName, PaymentChannel } from './types.ts';

/** Wires the channels of this installation; everything else about money is in the database. */
export function createPayment(
  _ctx: unknown,
  options: { channels: readonly PaymentChannel[] },
): Payment {
  return {
    channels: new Map(options.channels.map((channel) => [channel.name, channel])),
    reconcile_at: null,
  };
}

/** @throws Problem payment/channel-unknown when the installation does not offer the channel. */
export function channelOf(ctx: { payment: Payment }, name: OnlineChannelName): PaymentChannel {
  const channel = ctx.payment.channels.get(name);
  if (!channel) throw new Problem(channelUnknown);
  return channel;
}
