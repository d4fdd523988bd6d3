import { shanghaiDate, type Clock } from '../platform/clock.ts';
import { databaseError, type Db, type Tx } from '../platform/db.ts';
import { keyReused, type Idempotency } from '../platform/idempotency.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { otherDoctor, refused } from './errors.ts';
import type { BookingHot } from './hot.ts';
import { lapseHolds } from './lapse.ts';
import { assertMoveWithinLimits } from './limits/within.ts';
import { channelPools, refuseMove, returnedState, undo_minutes_max } from './rules.ts';
import { lockMove, readMove, writeMove, type MoveFacts } from './store-move.ts';
import type { Asker, Channel, Pool } from './types.ts';

export type MoveContext = { db: Db; clock: Clock; random: Random; bookingHot: BookingHot };

export type MoveInput = {
  asker: Pick<Asker, 'actor' | 'channel' | 'account_id'>;
  appointment_id: string;
  /** The number to move to. */
  slot_id: string;
  /** Set when staff act: visits of other hospitals are then not found. */
  hospital_id?: string | null;
  idempotency: Idempotency;
};

const tries_max = 3;

/**
 * 改约: carries a booked visit to another free number of the same doctor (of the same clinic, where
 * no doctor is named). The person never changes. The old number goes where a cancelled one goes.
 * @throws Problem booking/visit-unknown, slot-unknown, not-now, other-doctor, begun, over, stopped,
 * not-released, other-channel, slot-taken, session-day.
 */
export async function moveVisit(
  ctx: MoveContext,
  input: MoveInput,
): Promise<{ appointment_id: string }> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await moveOnce(ctx, input);
    } catch (error) {
      if (!(await canTryAgain(ctx, error, attempt))) throw error;
    }
  }
}

/** Says that the target is held by a hold whose deadline has passed. */
class StaleHold extends Error {
  readonly session_id: string;
  constructor(session_id: string) {
    super('an expired hold stands in the way');
    this.session_id = session_id;
  }
}

async function canTryAgain(ctx: MoveContext, error: unknown, attempt: number): Promise<boolean> {
  if (attempt >= tries_max) {
    if (error instanceof StaleHold) throw refused('slot-taken');
    return false;
  }
  if (error instanceof StaleHold) {
    await lapseHolds(ctx, { session_id: error.session_id });
    return true;
  }
  const found = databaseError(error);
  if (
    found?.constraint === 'appointment_ordinal' ||
    found?.constraint === 'appointment_patient_session'
  )
    throw refused('session-day');
  // The same key twice at once, or a deadlock: what the other one did is there to be read now.
  return (
    found?.constraint === 'idempotency_pkey' || found?.code === '40P01' || found?.code === '40001'
  );
}

async function moveOnce(ctx: MoveContext, input: MoveInput): Promise<{ appointment_id: string }> {
  const at = ctx.clock.now();
  return ctx.db.tx(async (tx) => {
    await lockMove(tx, input);
    const facts = await readMove(tx, { ...input, ...input.idempotency });
    if (facts?.answer) {
      if (facts.answer_fingerprint !== input.idempotency.fingerprint) throw new Problem(keyReused);
      return facts.answer;
    }
    judge(facts, input, at);
    await assertMoveWithinLimits(tx, { ...facts, ...input, channel: input.asker.channel, at });
    return write(tx, facts, input, at);
  });
}

function judge(
  facts: MoveFacts | undefined,
  input: MoveInput,
  at: Date,
): asserts facts is MoveFacts & { to: NonNullable<MoveFacts['to']> } {
  if (!facts || (input.hospital_id != null && input.hospital_id !== facts.hospital_id))
    throw refused('visit-unknown');
  if (facts.to === null) throw refused('slot-unknown');
  if (facts.status !== 'booked') throw refused(facts.status === 'stopped' ? 'stopped' : 'not-now');
  const { from, to } = facts;
  if (to.state === 'held' && to.hold_until !== null && to.hold_until <= at)
    throw new StaleHold(to.session_id);
  const refusal = refuseMove({
    from,
    to,
    pools: movePools(input.asker.channel, from.pool),
    patient_id: facts.patient_id,
    account_id: input.asker.account_id,
    at,
  });
  if (refusal === 'other-doctor') throw new Problem(otherDoctor);
  if (refusal) throw refused(refusal);
}

/** A visit that its doctor booked ahead may also move to another number kept for that purpose. */
function movePools(channel: Channel, from: Pool): readonly Pool[] {
  const own = channelPools[channel];
  return from === 'follow_up' || from === 'in_clinic' ? [...own, 'follow_up', 'in_clinic'] : own;
}

async function write(
  tx: Tx,
  facts: MoveFacts,
  input: MoveInput,
  at: Date,
): Promise<{ appointment_id: string }> {
  const today = shanghaiDate(at);
  const answer = { appointment_id: input.appointment_id };
  const moved = await writeMove(tx, {
    appointment_id: input.appointment_id,
    from_slot_id: facts.slot_id,
    to_slot_id: input.slot_id,
    returned: returnedState(facts.from, today),
    returned_to_on_site: facts.from.service_date <= today,
    cooling_until: new Date(at.getTime() + undo_minutes_max * 60_000),
    at,
    actor: input.asker.actor,
    answer: JSON.stringify(answer),
    idempotency: input.idempotency,
  });
  if (!moved) throw refused('slot-taken');
  return answer;
}
