import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import type { Random } from '../platform/random.ts';
import { refused } from './errors.ts';
import { contactsDue, insertCall, type CallOutcome, type ContactDue } from './store-contact.ts';

/** After a call that left things open, the person keeps the number for at least this long. */
export const hold_after_call_minutes = 60;

/**
 * Notes a call to somebody who won a number. Without an account it is what allows the win to lapse:
 * nothing lapses before one logged call (specification, D8).
 * @throws Problem booking/visit-unknown when no such held win is of this hospital.
 */
export async function logCall(
  ctx: { db: Db; clock: Clock; random: Random },
  input: { hospital_id: string; appointment_id: string; outcome: CallOutcome; actor: string },
): Promise<void> {
  const at = ctx.clock.now();
  const noted = await ctx.db.tx((tx) =>
    insertCall(tx, {
      ...input,
      id: newId(ctx),
      event_id: newId(ctx),
      at,
      hold_until: new Date(at.getTime() + hold_after_call_minutes * 60_000),
    }),
  );
  if (!noted) throw refused('visit-unknown');
}

/** Winners to call: those without an account first, then whoever has not confirmed and soon must. */
export async function callList(
  ctx: { db: Db; clock: Clock },
  hospital_id: string,
): Promise<ContactDue[]> {
  return contactsDue(ctx.db, { hospital_id, at: ctx.clock.now(), limit: 200 });
}
