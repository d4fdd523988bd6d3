import type { StoredEvent, Subscription } from '../../platform/outbox.ts';
import { moveEscalations } from './store.ts';

/** Follows identity: escalations go on under the kept record of two. */
export function teamSubscriptions(): Subscription[] {
  return [
    {
      name: 'booking.team',
      events: ['identity.patient.merged'],
      handle: async (tx, events) => {
        for (const { payload } of events as StoredEvent<'identity.patient.merged'>[])
          await moveEscalations(tx, payload.from, payload.into);
      },
    },
  ];
}
