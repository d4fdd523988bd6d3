import { endVisitOrder } from '../payment/index.ts';
import { appendEvents } from '../platform/outbox.ts';
import { newId } from '../platform/id.ts';
import { refused } from './errors.ts';
import { lockSubjects } from './limits/store.ts';
import type { PayContext } from './pay-visit.ts';
import { closeUndoOf, lockCancelled } from './store-pay.ts';

/** Who said at the window that the number is not wanted back. */
type UndoWord = 'patient' | 'companion';

/**
 * Ends the ten minutes in which a cancellation can be undone, at the word of the person at the window:
 * what was paid goes back at once, cash out of the drawer. The number cannot be taken back afterwards;
 * doing it twice changes nothing.
 * @throws Problem booking/visit-unknown, not-now.
 */
export async function closeUndo(
  ctx: PayContext,
  input: { appointment_id: string; hospital_id: string; actor: string; said_by: UndoWord },
): Promise<void> {
  const { appointment_id, hospital_id, actor, said_by } = input;
  await ctx.db.tx(async (tx) => {
    await lockSubjects(tx, appointment_id);
    const visit = await lockCancelled(tx, appointment_id);
    if (visit?.hospital_id !== hospital_id) throw refused('visit-unknown');
    if (visit.status !== 'cancelled' || visit.cancelled_at === null) throw refused('not-now');
    const at = ctx.clock.now();
    if (await closeUndoOf(tx, { appointment_id, hospital_id, said_by, actor, at }))
      await appendEvents(tx, ctx, [
        {
          name: 'booking.undo.closed',
          hospital_id,
          // The number does not change, so the word given is a subject of its own.
          subject: `undo:${newId(ctx)}`,
          version: 1,
          person_id: visit.patient_id,
          actor,
          payload: { appointment_id, session_id: visit.session_id, said_by },
        },
      ]);
    const ended = { appointment_id, reason: 'cancelled', at: visit.cancelled_at, actor } as const;
    await endVisitOrder(tx, ctx, ended);
  });
}
