import type { OnlineChannelName, PaymentChannel } from '../types.ts';

/** What each channel takes for an acknowledgement; anything else makes it call again for a day. */
export const callback_replies: Record<OnlineChannelName, PaymentChannel['callbackReply']> = {
  wechat: { status: 200, type: 'application/json', body: '{"code":"SUCCESS"}' },
  alipay: { status: 200, type: 'text/plain', body: 'success' },
};

/** A channel that is made when it is first used: a sandbox makes keys and opens a port for it. */
export function lazyChannel(
  name: OnlineChannelName,
  make: () => Promise<PaymentChannel>,
): PaymentChannel {
  let made: Promise<PaymentChannel> | undefined;
  const channel = (): Promise<PaymentChannel> => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
  return {
    name,
    callbackReply: callback_replies[name],
    prepay: async (order) => (await channel()).prepay(order),
    query: async (number) => (await channel()).query(number),
    close: async (number) => (await channel()).close(number),
    refund: async (wanted) => (await channel()).refund(wanted),
    queryRefund: async (of) => (await channel()).queryRefund(of),
    readCallback: async (call) => (await channel()).readCallback(call),
    statement: async (date) => (await channel()).statement(date),
  };
}
