import { shanghaiDate, type Clock } from '../platform/clock.ts';
import { databaseError } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import type { Idempotency } from '../platform/idempotency.ts';
import type { Random } from '../platform/random.ts';
import { refused } from './errors.ts';
import { settled, type BookingHot } from './hot.ts';
import { steps, undo_minutes_max, type StepName } from './rules.ts';
import type { NumberState, StepRequest, VisitStatus } from './types.ts';

export type StepContext = { clock: Clock; random: Random; bookingHot: BookingHot };

export type StepInput = {
  appointment_id: string;
  actor: string;
  /** Set when an account acts on its own: other accounts' visits are then not found. */
  owner_account_id?: string | null;
  /** Set when staff act: visits of other hospitals are then not found. */
  hospital_id?: string | null;
  /** Patients give back until the number's time begins; staff may help them later. */
  before_start?: boolean;
  identity_checked_by?: string;
  detail?: Record<string, unknown>;
  idempotency: Idempotency;
};

export type Stepped = {
  appointment_id: string;
  slot_id: string;
  status: VisitStatus;
  number: NumberState;
};

/**
 * Moves a visit one step along its life (see `rules.ts`).
 * @throws Problem booking/visit-unknown, not-now, hold-over, undo-over, slot-taken.
 */
export async function step(ctx: StepContext, name: StepName, input: StepInput): Promise<Stepped> {
  const at = ctx.clock.now();
  const rule: {
    event_name: string;
    from: readonly VisitStatus[];
    to_status: VisitStatus;
    number: (typeof steps)[StepName]['number'];
    before_hold_end?: true;
    after_hold_end?: true;
  } = steps[name];
  const answer = settled(
    await submitted(ctx, {
      ...input.idempotency,
      event_id: newId(ctx),
      event_name: rule.event_name,
      appointment_id: input.appointment_id,
      at,
      today: shanghaiDate(at),
      from_statuses: rule.from.join(','),
      to_status: rule.to_status,
      number: rule.number,
      before_hold_end: rule.before_hold_end ?? false,
      after_hold_end: rule.after_hold_end ?? false,
      before_start: input.before_start ?? false,
      cooling_until: new Date(at.getTime() + undo_minutes_max * 60_000),
      owner_account_id: input.owner_account_id ?? null,
      hospital_id: input.hospital_id ?? null,
      actor: input.actor,
      detail: input.detail ?? null,
      identity_checked_by: input.identity_checked_by ?? null,
    }),
  );
  return answer as Stepped;
}

/** One step within its batch; a visit whose undo was closed at the window is not restored. */
async function submitted(ctx: StepContext, request: StepRequest) {
  try {
    return await ctx.bookingHot.step.submit(request);
  } catch (error) {
    if (databaseError(error)?.constraint === 'appointment_undo_closed') throw refused('undo-over');
    throw error;
  }
}
