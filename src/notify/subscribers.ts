import type { Subscription } from '../platform/outbox.ts';
import { newsworthy } from './news.ts';
import { tellPatients, type TellContext } from './tell.ts';

/** Notices follow results, stops and lapses. */
export function notifySubscriptions(ctx: TellContext): Subscription[] {
  return [
    {
      name: 'notify.results',
      events: newsworthy,
      handle: async (tx, events) => void (await tellPatients(tx, ctx, events)),
    },
  ];
}
