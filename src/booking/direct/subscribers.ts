import type { Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import {
  appendEvents,
  type NewEvent,
  type StoredEvent,
  type Subscription,
} from '../../platform/outbox.ts';
import type { Random } from '../../platform/random.ts';
import { endDirect, moveDirect, type Ended } from './store-people.ts';

type Source = { clock: Clock; random: Random };
type PeopleEvent = StoredEvent<'identity.patient.merged'> | StoredEvent<'identity.patient.erased'>;

/**
 * Follows identity: what doctors gave goes on under the kept record of two, and no plan books for a
 * person who was erased. A repeat finds nothing left to do.
 */
export function directSubscriptions(ctx: Source): Subscription[] {
  return [
    {
      name: 'booking.direct',
      events: ['identity.patient.merged', 'identity.patient.erased'],
      handle: async (tx, events) => {
        for (const event of events as PeopleEvent[]) await follow(tx, ctx, event);
      },
    },
  ];
}

async function follow(tx: Tx, ctx: Source, event: PeopleEvent): Promise<void> {
  const merged = event.name === 'identity.patient.merged' ? event.payload : null;
  const patient_id = merged?.from ?? (event.payload as { patient_id: string }).patient_id;
  const kept = merged?.into ?? null;
  const ended = await endDirect(tx, { patient_id, kept, at: ctx.clock.now() });
  await appendEvents(tx, ctx, ended.map(endedEvent));
  if (kept !== null) await moveDirect(tx, patient_id, kept);
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
