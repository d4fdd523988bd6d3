import type { EventName, Events } from '../events.ts';
import { shanghaiDate, shanghaiInstant } from '../platform/clock.ts';
import type { StoredEvent } from '../platform/outbox.ts';
import type { Kind } from './kinds.ts';
import type { Ended } from './words.ts';

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
  /** The visit whose time and deadline belong into the words. */
  appointment_id?: string;
  service_date?: string;
  confirm_until?: Date;
  places?: number;
  ended?: Ended;
  ahead?: number;
  amount_fen?: number;
  until?: Date;
};

export type Meaning = Pick<News, 'kind' | 'link'> & Partial<News>;

type Meanings = {
  [Name in EventName]?: (payload: Events[Name], event: StoredEvent) => Meaning | undefined;
};

type Visit = Events['booking.visit.booked'];

/** News of a visit, with its own page. */
function ofVisit(kind: Kind): (payload: Visit) => Meaning {
  return ({ appointment_id, session_id }) => ({
    kind,
    link: `/visits/${appointment_id}`,
    session_id,
    appointment_id,
  });
}

/** What the draw, an import or a way of booking of its own tells better. */
const told_elsewhere = new Set(['draw', 'migrated', 'his']);

const release = {
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
} satisfies Meanings;

const booking = {
  'booking.visit.held': (payload) =>
    told_elsewhere.has(payload.channel) || payload.detail?.['rebooking'] !== undefined
      ? undefined
      : { ...ofVisit('to_pay')(payload), matter: `to-pay ${payload.appointment_id}` },
  'booking.visit.booked': (payload) =>
    // Who comes back by a free return is standing at the desk.
    payload.channel === 'migrated' || payload.channel === 'his' || payload.pool === 'free_return'
      ? undefined
      : ofVisit(directKind(payload))(payload),
  'booking.visit.confirmed': ofVisit('booked'),
  'booking.visit.moved': ofVisit('moved'),
  'booking.visit.cancelled': ofVisit('cancelled'),
  'booking.visit.restored': ofVisit('booked'),
  'booking.visit.missed': ofVisit('missed'),
  'booking.visit.no-show': ofVisit('no_show'),
  'booking.visit.substituted': ofVisit('substituted'),
  // A hold of ten minutes that runs out is no news; a place of a draw is.
  'booking.visit.lapsed': (payload) =>
    payload.channel === 'draw'
      ? {
          kind: 'lapsed',
          link: `/visits/${payload.appointment_id}`,
          session_id: payload.session_id,
        }
      : undefined,
  // A free return is given back, which is told as such.
  'booking.visit.stopped': (payload, event) =>
    payload.pool === 'free_return'
      ? undefined
      : {
          kind: stoppedKind(payload),
          link: payload.channel === 'draw' ? '/entries' : `/visits/${payload.appointment_id}`,
          session_id: payload.session_id,
          ...(payload.channel === 'draw' ? { matter: stopOf(payload.session_id, event) } : {}),
        },
  'booking.rebooking.offered': (payload) => ({
    kind: 'rebooked',
    link: `/visits/${payload.appointment_id}`,
    session_id: payload.session_id,
    appointment_id: payload.appointment_id,
    confirm_until: new Date(payload.confirm_until),
  }),
  'booking.rebooking.ended': ({ reason, session_id }) =>
    reason === 'lapsed' || reason === 'expired'
      ? { kind: `rebooking_${reason}`, link: '/entries', session_id }
      : undefined,
} satisfies Meanings;

const direct = {
  'booking.added.decided': ({ outcome, session_id }) =>
    outcome === 'refused' ? { kind: 'added_refused', link: '/entries', session_id } : undefined,
  'booking.referral.asked': ({ session_id }) => ({
    kind: 'referral_asked',
    link: '/direct',
    session_id,
  }),
  'booking.referral.decided': ({ outcome, session_id }) =>
    outcome === 'refused' || outcome === 'expired'
      ? { kind: 'referral_refused', link: '/direct', session_id }
      : undefined,
  'booking.return.opened': ({ session_id, last_day }) => ({
    kind: 'free_return',
    link: '/direct',
    session_id,
    until: shanghaiInstant(last_day, '00:00'),
  }),
  'booking.return.given-back': ({ session_id, last_day }) => ({
    kind: 'return_back',
    link: '/direct',
    session_id,
    until: shanghaiInstant(last_day, '00:00'),
  }),
  'booking.follow-up.unbooked': () => ({ kind: 'follow_up', link: '/direct' }),
  'identity.delegate.acted': () => ({ kind: 'acted_for', link: '/patients' }),
  'booking.restriction.made': ({ until }) => ({
    kind: 'restricted',
    link: '/limits',
    until: new Date(until),
  }),
  'booking.restriction.lifted': () => ({ kind: 'restriction_lifted', link: '/limits' }),
  'booking.restriction.appeal-decided': () => ({ kind: 'appeal_answered', link: '/limits' }),
} satisfies Meanings;

/** Money is told by its order's page, or the visit's where it paid one. */
const money = {
  'booking.visit.payment-refused': ({ appointment_id }) => ({
    kind: 'pay_refused',
    link: `/visits/${appointment_id}`,
  }),
  'payment.refund.done': (payload) => ofRefund('refunded', payload),
  'payment.refund.failed': (payload) => ({
    ...ofRefund('refund_failed', payload),
    // A refund that fails again and again is told once.
    matter: `refund-failed ${payload.refund_id}`,
  }),
  'payment.bill.received': ({ bill_id, amount_fen }) => ({
    kind: 'bill',
    link: '/bills',
    amount_fen,
    matter: `bill ${bill_id}`,
  }),
} satisfies Meanings;

const meanings = { ...release, ...booking, ...direct, ...money } satisfies Meanings;

function ofRefund(
  kind: Kind,
  { appointment_id, refund_fen }: Events['payment.refund.done'],
): Meaning {
  const link = appointment_id === undefined ? null : `/visits/${appointment_id}`;
  return { kind, link, amount_fen: refund_fen };
}

/** How a number that a doctor gave came about is told by its pool. */
function directKind({ pool }: Visit): Kind {
  const kinds: Partial<Record<string, Kind>> = {
    added: 'added',
    green_channel: 'green',
    referral: 'referred',
    team: 'team',
    follow_up: 'next_visit',
    in_clinic: 'next_visit',
  };
  return kinds[pool ?? ''] ?? 'booked';
}

function stoppedKind({ channel, detail }: Visit): Kind {
  if (detail?.['why'] === 'substitute-refused') return 'refused_substitute';
  return channel === 'draw' ? 'displaced' : 'stopped';
}

/**
 * Release and booking both tell whom a stop takes a drawn place from; whichever is heard first is
 * told. The day tells a later stop of the same session apart.
 */
function stopOf(session_id: string, event: StoredEvent): string {
  return `stop ${session_id} ${shanghaiDate(event.occurred_at)}`;
}

/** Whoever is called tells those behind how many are still before them. */
export const queue_event = 'booking.visit.called' satisfies EventName;

/** The events that patients are told of. */
export const newsworthy = [
  ...(Object.keys(meanings) as (keyof typeof meanings)[]),
  queue_event,
] as const;

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
