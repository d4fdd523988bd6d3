import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import type { Idempotency } from '../platform/idempotency.ts';
import type { Random } from '../platform/random.ts';
import { settled, type BookingHot } from './hot.ts';
import { lapseHolds } from './lapse.ts';
import { holdMinutes } from './limits/hold-minutes.ts';
import { channelPools } from './rules.ts';
import type { Answer, Asker, Pool, TakeRequest, VisitStatus } from './types.ts';

export type TakeContext = { db: Db; clock: Clock; random: Random; bookingHot: BookingHot };

export type TakeInput = {
  asker: Asker;
  session_id: string;
  /** A number the person chose; null takes the earliest free one. */
  slot_id: string | null;
  patient_id: string;
  /** Narrows the channel's pools, e.g. to a direct pool the doctor opens. */
  pools?: readonly Pool[];
  detail?: Record<string, unknown>;
  idempotency: Idempotency;
};

export type Taken = {
  appointment_id: string;
  slot_id: string;
  sequence: number;
  status: VisitStatus;
  hold_until: Date | null;
  /** The number's time; null when this repeats an earlier request, whose visit may have moved on. */
  times: { starts_at: Date; ends_at: Date } | null;
};

/**
 * Holds a number (占号) until a deadline. The deadline is honoured when it is read: a hold that ran
 * out can no longer be confirmed, whether or not the sweep has come by.
 * @throws Problem booking/sold-out, slot-taken, session-day, not-released, other-channel, stopped …
 */
export async function hold(ctx: TakeContext, input: TakeInput): Promise<Taken> {
  const minutes = await holdMinutes(ctx, input.session_id);
  const until = new Date(ctx.clock.now().getTime() + minutes * 60_000);
  return take(ctx, input, until);
}

/** Books a number at once: `confirmed, pay at hospital` is a full state. Throws as `hold` does. */
export function book(ctx: TakeContext, input: TakeInput): Promise<Taken> {
  return take(ctx, input, null);
}

async function take(ctx: TakeContext, input: TakeInput, hold_until: Date | null): Promise<Taken> {
  const answer = settled(
    await submit(ctx, {
      ...input.asker,
      ...input.idempotency,
      appointment_id: newId(ctx),
      event_id: newId(ctx),
      session_id: input.session_id,
      slot_id: input.slot_id,
      patient_id: input.patient_id,
      detail: input.detail ?? null,
      pools: (input.pools ?? channelPools[input.asker.channel]).join(','),
      at: ctx.clock.now(),
      hold_until,
    }),
  );
  const { starts_at, ends_at } = answer;
  return {
    appointment_id: answer.appointment_id as string,
    slot_id: answer.slot_id as string,
    sequence: answer.sequence as number,
    status: answer.status as VisitStatus,
    hold_until: answer.status === 'held' ? hold_until : null,
    times: starts_at && ends_at ? { starts_at, ends_at } : null,
  };
}

const sweeps_max = 3;

/** A hold's deadline counts when it is read: one that ran out is taken back before anyone is refused. */
async function submit(ctx: TakeContext, request: TakeRequest): Promise<Answer> {
  for (let sweep = 0; ; sweep++) {
    const answer = await ctx.bookingHot.take.submit(request);
    if (answer.refusal !== 'stale-hold' || sweep === sweeps_max) return answer;
    await lapseHolds(ctx, { session_id: request.session_id });
  }
}
