import { createHash } from 'node:crypto';
import { shanghaiDate, type Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents, type StoredEvent, type Subscription } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { moveConduct, recountEverywhere } from './restrictions/index.ts';
import { steps, undo_minutes_max } from './rules.ts';
import { stepVisits } from './store-hot.ts';
import { lockDoubledVisits, moveRows } from './store-merge.ts';

const actor = 'system:booking';

type Source = { clock: Clock; random: Random };

/**
 * Booking follows identity when two records turn out to be one person: visits, no-shows and
 * restrictions go on under the kept record, so a second record is no second chance. A repeat finds
 * nothing left to move.
 */
export function mergeSubscriptions(ctx: Source): Subscription[] {
  return [
    {
      name: 'booking.people',
      events: ['identity.patient.merged'],
      handle: async (tx, events) => {
        for (const event of events as StoredEvent<'identity.patient.merged'>[])
          await mergeVisits(tx, ctx, event.payload);
      },
    },
  ];
}

/** Moves one person's rows, and gives back what they then have twice in one session. */
export async function mergeVisits(
  tx: Tx,
  ctx: Source,
  { from, into }: { from: string; into: string },
): Promise<void> {
  const at = ctx.clock.now();
  const doubled = await lockDoubledVisits(tx, { from, into, at });
  for (const { appointment_id } of doubled) await giveBack(tx, ctx, appointment_id, at);
  const visits = await moveRows(tx, from, into);
  await moveConduct(tx, from, into);
  await recountEverywhere(tx, ctx, into);
  await appendEvents(tx, ctx, [
    {
      name: 'booking.visits.merged',
      hospital_id: null,
      subject: `merged:${newId(ctx)}`,
      version: 1,
      person_id: into,
      actor,
      payload: { from, into, visits, given_back: doubled.length },
    },
  ]);
}

export { standingVisits } from './store-merge.ts';

/** Gives back a number that one person has twice, because a draw knew them under two records. */
export async function giveBackDoubled(tx: Tx, ctx: Source, appointment_id: string): Promise<void> {
  await giveBack(tx, ctx, appointment_id, ctx.clock.now());
}

/** The same step as a patient's own cancelling, so the number goes where such numbers go. */
async function giveBack(tx: Tx, ctx: Source, appointment_id: string, at: Date): Promise<void> {
  const rule = steps.cancel;
  await stepVisits(tx, [
    {
      event_id: newId(ctx),
      event_name: rule.event_name,
      appointment_id,
      at,
      today: shanghaiDate(at),
      from_statuses: 'held,booked',
      to_status: rule.to_status,
      number: rule.number,
      before_hold_end: false,
      after_hold_end: false,
      before_start: true,
      cooling_until: new Date(at.getTime() + undo_minutes_max * 60_000),
      owner_account_id: null,
      hospital_id: null,
      actor,
      detail: { reason: 'merged' },
      identity_checked_by: null,
      scope: 'booking.merge',
      key: appointment_id,
      fingerprint: createHash('sha256').update(appointment_id).digest('hex'),
    },
  ]);
}
