import { queueOrder, type InSessionQueue } from '../booking/index.ts';
import type { StoredEvent } from '../platform/outbox.ts';
import { queue_event, type News } from './news.ts';

/** Who has at most so many others before them is told to come back to the waiting area, once. */
export const near_places = 3;

/** The sessions in which somebody was just called, each with the last event that says so. */
export function calledSessions(events: readonly StoredEvent[]): Map<string, StoredEvent> {
  const called = new Map<string, StoredEvent>();
  for (const event of events)
    if (event.name === queue_event)
      called.set((event.payload as { session_id: string }).session_id, event);
  return called;
}

/**
 * 候诊还有 N 位: those of a session who are next but for a few. The matter is the visit, so however
 * often the queue moves a person hears of it once.
 */
export function nearNews(
  called: ReadonlyMap<string, StoredEvent>,
  queues: readonly InSessionQueue[],
  now: Date,
): News[] {
  return [...called].flatMap(([session_id, event]) =>
    queueOrder(queues.filter((one) => one.session_id === session_id))
      .map((one, ahead) => ({ one, ahead }))
      .filter(({ one, ahead }) => one.status === 'checked_in' && ahead > 0 && ahead <= near_places)
      .map(({ one, ahead }) => ({
        event_id: event.id,
        hospital_id: event.hospital_id,
        patient_id: one.patient_id,
        kind: 'near' as const,
        matter: `near ${one.appointment_id}`,
        link: `/visits/${one.appointment_id}`,
        session_id,
        appointment_id: one.appointment_id,
        ahead,
        // Half an hour later it would send people back for nothing.
        until: new Date(now.getTime() + 30 * 60_000),
      })),
  );
}
