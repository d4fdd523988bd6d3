import type { Channel, NumberState, Pool, StepRequest, VisitStatus } from './types.ts';

/**
 * Which pools a channel may take numbers from, first come first served. Direct pools (follow-up,
 * in-clinic, referral, green channel) open only to the doctor's or the window's own act.
 */
export const channelPools: Record<Channel, readonly Pool[]> = {
  web: ['online', 'same_day'],
  wechat: ['online', 'same_day'],
  phone: ['online', 'same_day'],
  kiosk: ['online', 'same_day'],
  window: ['online', 'same_day', 'on_site'],
  in_clinic: ['in_clinic', 'follow_up', 'referral', 'team', 'green_channel', 'added'],
  draw: [],
  his: ['online', 'same_day', 'on_site'],
  migrated: ['online', 'same_day', 'on_site', 'follow_up', 'in_clinic'],
};

export const hold_minutes_max = 10;
/** A cancellation can be undone for this long, and joins no later batch before. */
export const undo_minutes_max = 10;

type Step = Pick<StepRequest, 'event_name' | 'to_status' | 'number'> & {
  from: readonly VisitStatus[];
  before_hold_end?: true;
  after_hold_end?: true;
};

/** The life of a visit: which step may start from which states, and what it does to the number. */
export const steps = {
  confirm: {
    event_name: 'booking.visit.confirmed',
    from: ['held'],
    to_status: 'booked',
    number: 'book',
    before_hold_end: true,
  },
  cancel: {
    event_name: 'booking.visit.cancelled',
    from: ['held', 'booked'],
    to_status: 'cancelled',
    number: 'give-back',
  },
  restore: {
    event_name: 'booking.visit.restored',
    from: ['cancelled'],
    to_status: 'booked',
    number: 'take-back',
  },
  lapse: {
    event_name: 'booking.visit.lapsed',
    from: ['held'],
    to_status: 'lapsed',
    number: 'give-back',
    after_hold_end: true,
  },
  checkIn: {
    event_name: 'booking.visit.checked-in',
    from: ['booked'],
    to_status: 'checked_in',
    number: 'check-in',
  },
  call: {
    event_name: 'booking.visit.called',
    from: ['checked_in'],
    to_status: 'called',
    number: 'keep',
  },
  miss: {
    event_name: 'booking.visit.missed',
    from: ['called'],
    to_status: 'checked_in',
    number: 'keep',
  },
  see: {
    event_name: 'booking.visit.seen',
    from: ['called'],
    to_status: 'fulfilled',
    number: 'keep',
  },
  noShow: {
    event_name: 'booking.visit.no-show',
    from: ['booked', 'checked_in', 'called'],
    to_status: 'noshow',
    number: 'keep',
  },
} as const satisfies Record<string, Step>;

export type StepName = keyof typeof steps;

/** FHIR R4 Slot.status of a number's state. */
export function fhirSlotStatus(state: NumberState): 'free' | 'busy' | 'busy-tentative' | 'busy-unavailable' {
  if (state === 'free') return 'free';
  if (state === 'held') return 'busy-tentative';
  return state === 'booked' || state === 'checked_in' ? 'busy' : 'busy-unavailable';
}

export type Availability = 'free' | 'full' | 'stopped' | 'unreleased' | 'register' | 'over';

/** What a date strip says of a session: 有号 · 约满 · 停诊 · 未放号 · 登记中. */
export function availabilityOf(session: {
  state: 'planned' | 'stopped';
  ends_at: Date;
  now: Date;
  free: number;
  released: boolean;
  draw_open: boolean;
}): Availability {
  if (session.state === 'stopped') return 'stopped';
  if (session.ends_at <= session.now) return 'over';
  if (session.draw_open) return 'register';
  if (!session.released) return 'unreleased';
  return session.free > 0 ? 'free' : 'full';
}
