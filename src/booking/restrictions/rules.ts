import { oneWorkingDayAfter } from '../../platform/working-days.ts';
import type { Ladders, Rung } from '../limits/rule-set.ts';

export const conductKinds = ['no_show', 'late_cancel', 'unconfirmed_win'] as const;
export type ConductKind = (typeof conductKinds)[number];

/** What a clerk can give as the reason of a clearance, with one tap. */
export const clearReasons = [
  'wrong_record',
  'illness',
  'traffic',
  'hospital_fault',
  'notice_failed',
  'other',
] as const;
export type ClearReason = (typeof clearReasons)[number];

/** What a restriction never closes; every page and refusal says so. */
export const staysOpen = ['emergency', 'window', 'ordinary', 'follow_up', 'referral'] as const;

const remote_channels: readonly string[] = ['web', 'wechat', 'phone'];

/** Whether a registration by this channel is a remote one: only those does a restriction close. */
export function isRemote(channel: string): boolean {
  return remote_channels.includes(channel);
}

/** One visit that counts for a ladder, with the ladders in force on the day it happened. */
export type Step = {
  appointment_id: string;
  kind: ConductKind;
  happened_at: Date;
  ladders: Ladders;
};

export type Reached = {
  kind: ConductKind;
  /** The visit that reached the step. */
  reached_by: string;
  counted: string[];
  starts_at: Date;
  ends_at: Date;
};

const day_ms = 86_400_000;

/**
 * The restrictions that a person's counting visits make, whatever the order they became known in. The
 * first of a kind in so many days is free; a visit pays for the same rung once; of several rungs
 * reached by one visit only the longest counts.
 * @returns `free`: visits that cost only a message.
 */
export function climb(steps: readonly Step[]): { free: Set<string>; reached: Reached[] } {
  const free = new Set<string>();
  const reached: Reached[] = [];
  for (const kind of conductKinds) {
    const mine = steps.filter((one) => one.kind === kind).toSorted(byTime);
    const counted = mine.filter((one, at) => {
      const isFree = isFirst(one, mine[at - 1]);
      if (isFree) free.add(keyOf(one));
      return !isFree;
    });
    reached.push(...climbOne(kind, counted));
  }
  return { free, reached };
}

/** How a visit is named in `free`. */
export function keyOf(step: { appointment_id: string; kind: string }): string {
  return `${step.kind} ${step.appointment_id}`;
}

function byTime(a: Step, b: Step): number {
  const apart = a.happened_at.getTime() - b.happened_at.getTime();
  return apart === 0 ? (a.appointment_id < b.appointment_id ? -1 : 1) : apart;
}

function isFirst(step: Step, before: Step | undefined): boolean {
  const { first_free_in_days } = step.ladders;
  if (first_free_in_days === 0) return false;
  if (!before) return true;
  return step.happened_at.getTime() - before.happened_at.getTime() >= first_free_in_days * day_ms;
}

function climbOne(kind: ConductKind, counted: readonly Step[]): Reached[] {
  const found: Reached[] = [];
  // By rung: the place of the visit that reached it last; what is before it has been paid for.
  const paid = new Map<string, number>();
  for (const [at, step] of counted.entries()) {
    const rungs = step.ladders[kind].filter((rung) => reaches(counted, at, rung, paid));
    const longest = rungs.toSorted(
      (a, b) => b.restrict_days - a.restrict_days || b.count - a.count,
    )[0];
    if (!longest) continue;
    for (const rung of rungs) paid.set(nameOf(rung), at);
    found.push({
      kind,
      reached_by: step.appointment_id,
      counted: counted.slice(at - longest.count + 1, at + 1).map((one) => one.appointment_id),
      starts_at: step.happened_at,
      ends_at: new Date(step.happened_at.getTime() + longest.restrict_days * day_ms),
    });
  }
  return found;
}

function nameOf(rung: Rung): string {
  return `${rung.count} in ${rung.within_days}`;
}

function reaches(
  counted: readonly Step[],
  at: number,
  rung: Rung,
  paid: ReadonlyMap<string, number>,
): boolean {
  const from = at - rung.count + 1;
  const first = counted[from];
  const last = counted[at];
  if (!first || !last || from <= (paid.get(nameOf(rung)) ?? -1)) return false;
  return last.happened_at.getTime() - first.happened_at.getTime() <= rung.within_days * day_ms;
}

/** What booking knows about whether the person of a visit was told of it. */
export type Known = {
  channel: string;
  booked_by: string;
  confirmed_at: Date | null;
  /** A call was logged in which somebody was spoken to. */
  spoken: boolean;
};

/**
 * How it is proven that the person knew of the visit: they booked or confirmed it themselves, or
 * somebody spoke to them. null: nothing here proves it.
 */
export function toldBy(visit: Known): 'own_act' | 'call' | null {
  if (visit.spoken) return 'call';
  const own =
    visit.channel === 'draw'
      ? visit.confirmed_at !== null
      : visit.booked_by.startsWith('account:') ||
        ['web', 'wechat', 'phone', 'kiosk', 'window'].includes(visit.channel);
  return own && !visit.booked_by.startsWith('system:booking') ? 'own_act' : null;
}

/** When an appeal is answered at the latest: one working day on. */
export const answerDue = oneWorkingDayAfter;
