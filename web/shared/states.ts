import type {
  DrawState,
  EntryState,
  ReviewState,
  SessionState,
  VisitStatus,
  WishState,
} from './types.ts';
import type { Tone } from './ui.tsx';

export const sessionTone: Record<SessionState | 'none', Tone> = {
  free: 'good',
  full: 'muted',
  stopped: 'bad',
  unreleased: 'wait',
  register: 'open',
  over: 'muted',
  none: 'muted',
};

export const visitTone: Record<VisitStatus, Tone> = {
  held: 'wait',
  booked: 'good',
  checked_in: 'open',
  called: 'open',
  fulfilled: 'muted',
  noshow: 'bad',
  cancelled: 'muted',
  lapsed: 'muted',
  stopped: 'bad',
};

export const drawTone: Record<DrawState, Tone> = {
  announced: 'wait',
  open: 'open',
  sealed: 'wait',
  drawn: 'good',
  closed: 'muted',
  burnt: 'bad',
};

export const entryTone: Record<EntryState, Tone> = {
  registered: 'open',
  waiting: 'wait',
  placed: 'good',
  unplaced: 'muted',
  withdrawn: 'muted',
  burnt: 'bad',
};

export const wishTone: Record<WishState, Tone> = {
  active: 'open',
  asked: 'wait',
  won: 'good',
  withdrawn: 'muted',
  expired: 'muted',
};

export const reviewTone: Record<ReviewState, Tone> = {
  waiting: 'wait',
  accepted: 'good',
  refused: 'bad',
  appealed: 'wait',
};

const weight: readonly SessionState[] = [
  'free',
  'register',
  'unreleased',
  'full',
  'stopped',
  'over',
];

/** What a day of several sessions says: the best that is left for the patient. */
export function dayState(states: readonly SessionState[]): SessionState | 'none' {
  return weight.find((state) => states.includes(state)) ?? 'none';
}
