import type { Clock } from '../../platform/clock.ts';
import { appendEvents, type NewEvent, type Subscription } from '../../platform/outbox.ts';
import type { Random } from '../../platform/random.ts';
import { followPeople } from '../follow-people.ts';
import { endDirect, moveDirect, type Ended } from './store-people.ts';

/**
 * Follows identity: what doctors gave goes on under the kept record of two, and no plan books for a
 * person who was erased. A repeat finds nothing left to do.
 */
export function directSubscriptions(ctx: { clock: Clock; random: Random }): Subscription[] {
  return [
    followPeople('booking.direct', async (tx, { patient_id, kept }) => {
      const ended = await endDirect(tx, { patient_id, kept, at: ctx.clock.now() });
      await appendEvents(tx, ctx, ended.map(endedEvent));
      if (kept !== null) await moveDirect(tx, patient_id, kept);
    }),
  ];
}

function endedEvent(one: Ended): NewEvent {
  const { id, hospital_id, session_id, version } = one;
  const about = { hospital_id, version, actor: 'system:booking' };
  return session_id === null
    ? {
        ...about,
        name: 'booking.follow-up.ended',
        subject: `follow-up:${id}`,
        payload: { plan_id: id, reason: 'patient' },
      }
    : {
        ...about,
        name: 'booking.added.decided',
        subject: `added:${id}`,
        payload: { order_id: id, session_id, outcome: 'expired' },
      };
}
