import type { EventName, Events } from '../events.ts';
import { shanghaiDate } from '../platform/clock.ts';
import type { StoredEvent } from '../platform/outbox.ts';
import type { Ended, Kind } from './templates.ts';

/** What an event means for a patient, before names are looked up. */
export type News = {
  event_id: string;
  hospital_id: string | null;
  patient_id: string;
  kind: Kind;
  /** Told once a patient, by whichever event comes first. */
  matter: string;
  /** Where on the patients' pages it leads. */
  link: string | null;
  session_id?: string;
  service_date?: string;
  confirm_until?: Date;
  places?: number;
  ended?: Ended;
};

type Meaning = Pick<News, 'kind' | 'link'> & Partial<News>;

type Meanings = {
  [Name in EventName]?: (payload: Events[Name], event: StoredEvent) => Meaning | undefined;
};

const meanings = {
  'release.entry.placed': (payload) => ({
    kind: payload.n === 0 ? 'placed' : 'placed_return',
    link: `/visits/${payload.appointment_id}`,
    session_id: payload.session_id,
    confirm_until: new Date(payload.confirm_until),
  }),
  'release.entry.unplaced': (payload) => ({
    kind: 'unplaced',
    link: `/entries/${payload.entry_id}`,
    service_date: payload.service_date,
  }),
  'release.entry.excluded': (payload) => ({
    kind: 'excluded',
    link: `/entries/${payload.entry_id}`,
    places: payload.places.length,
  }),
  'release.entry.displaced': (payload, event) => ({
    kind: 'displaced',
    link: `/entries/${payload.entry_id}`,
    session_id: payload.session_id,
    matter: stopOf(payload.session_id, event),
  }),
  'release.offer.made': (payload) => ({
    kind: 'offer',
    link: `/visits/${payload.appointment_id}`,
    session_id: payload.session_id,
    confirm_until: new Date(payload.confirm_until),
  }),
  // Asked once, after several draws; every other end is final and wakes nobody.
  'release.wish.ended': ({ reason }) => ({
    kind: reason === 'draws' ? 'wish_asked' : 'wish_ended',
    link: '/entries',
    ended: reason === 'won' || reason === 'withdrawn' ? reason : 'expired',
  }),
  // A hold of ten minutes that runs out is no news; a place of a draw is.
  'booking.visit.lapsed': (payload) =>
    payload.channel === 'draw'
      ? {
          kind: 'lapsed',
          link: `/visits/${payload.appointment_id}`,
          session_id: payload.session_id,
        }
      : undefined,
  'booking.visit.stopped': (payload, event) => ({
    kind: payload.channel === 'draw' ? 'displaced' : 'stopped',
    link: payload.channel === 'draw' ? '/entries' : `/visits/${payload.appointment_id}`,
    session_id: payload.session_id,
    ...(payload.channel === 'draw' ? { matter: stopOf(payload.session_id, event) } : {}),
  }),
} satisfies Meanings;

/**
 * Release and booking both tell whom a stop takes a drawn place from; whichever is heard first is
 * told. The day tells a later stop of the same session apart.
 */
function stopOf(session_id: string, event: StoredEvent): string {
  return `stop ${session_id} ${shanghaiDate(event.occurred_at)}`;
}

/** The events that patients are told of. */
export const newsworthy = Object.keys(meanings) as (keyof typeof meanings)[];

/** What an event means for its patient; undefined when it is no news, or about nobody. */
export function newsOf(event: StoredEvent): News | undefined {
  const meaning = (meanings as Record<string, (payload: never, event: StoredEvent) => unknown>)[
    event.name
  ]?.(event.payload as never, event) as Meaning | undefined;
  const patient_id = event.person_id ?? undefined;
  if (!meaning || patient_id === undefined) return undefined;
  return {
    event_id: event.id,
    hospital_id: event.hospital_id,
    patient_id,
    matter: `event ${event.id}`,
    ...meaning,
  };
}
