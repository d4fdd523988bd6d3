import { Problem } from '../../platform/problem.ts';
import { channelRefused, channelUnavailable } from '../errors.ts';
import type { OnlineChannelName } from '../types.ts';

/**
 * No answer, or none to be trusted. The outcome is unknown: ask again. The cause is left out because
 * both SDKs put whole messages, with people's accounts in them, into the text of their errors.
 */
export function unavailable(channel: OnlineChannelName, why: string): Problem {
  return new Problem(channelUnavailable, { channel, why }, { retryAfterSeconds: 5 });
}

/** The channel says no; repeating the same will not help. `why` is the channel's own code. */
export function refused(channel: OnlineChannelName, why: string): Problem {
  return new Problem(channelRefused, { channel, why });
}
