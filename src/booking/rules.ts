import type {
  Channel,
  NumberState,
  Pool,
  Priority,
  Refusal,
  StepRequest,
  VisitStatus,
} from './types.ts';

/**
 * Which pools a channel may take numbers from, first come first served. Direct pools (follow-up,
 * in-clinic, referral) open only to the doctor's or the window's own act; added numbers and the green
 * channel only to their forms, which count them (see `direct`).
 */
export const channelPools: Record<Channel, readonly Pool[]> = {
  web: ['online', 'same_day'],
  wechat: ['online', 'same_day'],
  phone: ['online', 'same_day'],
  kiosk: ['online', 'same_day'],
  window: ['online', 'same_day', 'on_site'],
  in_clinic: ['in_clinic', 'follow_up', 'referral', 'team'],
  draw: [],
  his: ['online', 'same_day', 'on_site'],
  migrated: ['online', 'same_day', 'on_site', 'follow_up', 'in_clinic'],
};

/** From this age on an on-site number needs no further reason. */
export const on_site_age_min = 60;
/** From so long before the session's start, what is left on-site is for everyone who has come. */
export const on_site_open_minutes = 60;

/** Why a younger person may take an on-site number before the others. */
export type OnSiteReason = 'disabled' | 'no_phone';

/**
 * Whether a person at the window may take a number of the on-site share: it is kept for people of 60
 * and over, disabled or without a phone, until an hour before the session begins.
 */
export function mayTakeOnSite(
  person: { age: number | null; reason: OnSiteReason | null },
  session: { starts_at: Date },
  now: Date,
): boolean {
  if (person.reason !== null) return true;
  if (person.age !== null && person.age >= on_site_age_min) return true;
  return now.getTime() >= session.starts_at.getTime() - on_site_open_minutes * 60_000;
}
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
  /** A paid hold is confirmed as long as nobody has ended it, even when its time has just passed. */
  confirmPaid: {
    event_name: 'booking.visit.confirmed',
    from: ['held'],
    to_status: 'booked',
    number: 'book',
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
  attend: {
    event_name: 'booking.visit.attended',
    from: ['booked'],
    to_status: 'fulfilled',
    number: 'check-in',
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
export function fhirSlotStatus(
  state: NumberState,
): 'free' | 'busy' | 'busy-tentative' | 'busy-unavailable' {
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

/** One who has checked in, as the queue sees them; instants as ISO strings or dates. */
export type InQueue = {
  appointment_id: string;
  status: 'checked_in' | 'called';
  starts_at: string;
  sequence: number;
  checked_in_at: string;
  called_at: string | null;
  missed: boolean;
  called_since: number;
  /** When they checked in, if that was late and the hospital's rule calls them after the others. */
  late_at?: string | null;
  /** May be called out of turn: one of `one_in` called, `others_since` others after the last such person. */
  priority?: Priority | null;
  one_in?: number | null;
  others_since?: number | null;
};

/** Whoever missed their call lets this many others go first. */
export const missed_places_behind = 2;

/**
 * The queue (候诊) of a session: those called first, then by the time of their number, then by when
 * they checked in; of so many people one with priority may go first (see `withPriority`). Who came late
 * under a rule that says so follows all who came in time. Who missed a call rejoins two places behind,
 * and moves up as others are called.
 */
export function queueOrder<Person extends InQueue>(people: readonly Person[]): Person[] {
  const time = (text: string | null): number => (text === null ? 0 : Date.parse(text));
  const called = people
    .filter((person) => person.status === 'called')
    .sort((a, b) => time(a.called_at) - time(b.called_at));
  const waiting = people
    .filter((person) => person.status === 'checked_in')
    .sort(
      (a, b) =>
        Number(a.late_at != null) - Number(b.late_at != null) ||
        time(a.late_at ?? a.starts_at) - time(b.late_at ?? b.starts_at) ||
        time(a.checked_in_at) - time(b.checked_in_at) ||
        a.sequence - b.sequence,
    );
  const order = withPriority(waiting.filter((person) => !person.missed));
  for (const person of waiting.filter((one) => one.missed)) {
    const ahead = order.filter((other) => waiting.indexOf(other) < waiting.indexOf(person)).length;
    const behind = Math.max(0, missed_places_behind - person.called_since);
    order.splice(Math.min(order.length, ahead + behind), 0, person);
  }
  return [...called, ...order];
}

/**
 * 优先: once `one_in - 1` others were called since the last person with priority, the first who has it
 * goes next; in between everybody goes in turn. So one of so many is called out of turn at most, and
 * those behind know how often. Whoever came late has no priority left.
 */
function withPriority<Person extends InQueue>(line: readonly Person[]): Person[] {
  const left = [...line];
  const order: Person[] = [];
  const first = line.find((person) => person.priority != null);
  let since = first?.others_since ?? 0;
  while (left.length > 0) {
    const at = left.findIndex((person) => person.priority != null && person.late_at == null);
    const isDue = at > 0 && since >= (left[at]?.one_in ?? Infinity) - 1;
    const [next] = left.splice(isDue ? at : 0, 1);
    if (!next) break;
    since = next.priority == null ? since + 1 : 0;
    order.push(next);
  }
  return order;
}

/** Where a visit stands in its queue: place 1 is next; undefined when it is not in the queue. */
export function queuePlace(
  people: readonly InQueue[],
  appointment_id: string,
): { place: number; ahead: number } | undefined {
  const at = queueOrder(people).findIndex((person) => person.appointment_id === appointment_id);
  return at < 0 ? undefined : { place: at + 1, ahead: at };
}

/** Until when a cancellation can be undone, or null when it cannot (any more). */
export function undoUntil(
  visit: { status: VisitStatus; cancelled_at: Date | null; slot_free: boolean },
  now: Date,
): Date | null {
  if (visit.status !== 'cancelled' || visit.cancelled_at === null || !visit.slot_free) return null;
  const until = new Date(visit.cancelled_at.getTime() + undo_minutes_max * 60_000);
  return now <= until ? until : null;
}

/** A hold whose deadline has passed has lapsed, whether or not the sweep has come by. */
export function statusAt(
  visit: { status: VisitStatus; hold_until: Date | null },
  now: Date,
): VisitStatus {
  return visit.status === 'held' && visit.hold_until !== null && visit.hold_until <= now
    ? 'lapsed'
    : visit.status;
}

/** A number as a move (改约) sees it, under the lock of its session. */
export type MoveNumber = {
  session_id: string;
  hospital_id: string;
  healthcare_service_id: string;
  practitioner_id: string | null;
  service_date: string;
  method: 'order' | 'draw';
  released_at: Date | null;
  session_state: 'planned' | 'stopped';
  ends_at: Date;
  starts_at: Date;
  state: NumberState;
  pool: Pool;
  draw_id: string | null;
  excluded_account_id: string | null;
  excluded_patient_id: string | null;
  hold_until: Date | null;
  /** Free online numbers of the session other than the target of the move. */
  others_free: number;
};

/** Why a visit cannot move to another number, or undefined when it can. */
export function refuseMove(move: {
  from: MoveNumber;
  to: MoveNumber;
  pools: readonly Pool[];
  patient_id: string;
  account_id: string | null;
  at: Date;
}): Refusal | 'other-doctor' | undefined {
  const { from, to, at } = move;
  const sameDoctor =
    from.hospital_id === to.hospital_id &&
    (from.practitioner_id === null
      ? from.healthcare_service_id === to.healthcare_service_id
      : from.practitioner_id === to.practitioner_id);
  if (!sameDoctor) return 'other-doctor';
  if (from.session_state === 'stopped' || to.session_state === 'stopped') return 'stopped';
  if (from.starts_at <= at) return 'begun';
  if (to.ends_at <= at) return 'over';
  // A number of a draw, won or waiting, changes hands by the draw only.
  if (to.state === 'unreleased' || (to.draw_id !== null && to.state !== 'free'))
    return 'not-released';
  if (to.state !== 'free') return 'slot-taken';
  if (!move.pools.includes(to.pool)) return 'other-channel';
  const excluded =
    to.excluded_patient_id === move.patient_id ||
    (move.account_id !== null && to.excluded_account_id === move.account_id);
  return excluded ? 'slot-taken' : undefined;
}

/** Where a returned number goes: on-site on the clinic day, to the vault when scarce, else free. */
export function returnedState(
  number: Pick<MoveNumber, 'service_date' | 'pool' | 'method' | 'released_at' | 'others_free'>,
  today: string,
): 'free' | 'unreleased' | 'cooling' {
  if (number.service_date <= today) return 'free';
  if (number.pool !== 'online') return 'free';
  if (number.method === 'order' && number.released_at === null) return 'unreleased';
  return number.method === 'draw' || number.others_free === 0 ? 'cooling' : 'free';
}
