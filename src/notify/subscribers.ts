import type { Subscription } from '../platform/outbox.ts';
import { deleteAccountTraces } from './store-contacts.ts';
import { movePatientNotices } from './store.ts';
import { newsworthy } from './news.ts';
import { tellPatients, type TellContext } from './tell.ts';

/** Notices follow what happens; what is kept for an account ends with it, and follows a merged person. */
export function notifySubscriptions(ctx: TellContext): Subscription[] {
  return [
    {
      name: 'notify.results',
      events: newsworthy,
      handle: async (tx, events) => void (await tellPatients(tx, ctx, events)),
    },
    {
      name: 'notify.people',
      events: ['identity.account.closed', 'identity.patient.merged'],
      handle: async (tx, events) => {
        for (const { name, payload } of events)
          if (name === 'identity.account.closed')
            await deleteAccountTraces(tx, (payload as { account_id: string }).account_id);
          else await movePatientNotices(tx, payload as { from: string; into: string });
      },
    },
  ];
}
