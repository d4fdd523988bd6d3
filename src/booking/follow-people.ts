import type { Tx } from '../platform/db.ts';
import type { StoredEvent, Subscription } from '../platform/outbox.ts';

type PeopleEvent = StoredEvent<'identity.patient.merged'> | StoredEvent<'identity.patient.erased'>;

/**
 * Hears what becomes of people: `kept` is the record into which `patient_id` was merged, or null when
 * the person was erased. A repeat must find nothing left to do.
 */
export function followPeople(
  name: string,
  follow: (tx: Tx, person: { patient_id: string; kept: string | null }) => Promise<void>,
): Subscription {
  return {
    name,
    events: ['identity.patient.merged', 'identity.patient.erased'],
    handle: async (tx, events) => {
      for (const event of events as PeopleEvent[])
        await follow(
          tx,
          event.name === 'identity.patient.merged'
            ? { patient_id: event.payload.from, kept: event.payload.into }
            : { patient_id: event.payload.patient_id, kept: null },
        );
    },
  };
}
