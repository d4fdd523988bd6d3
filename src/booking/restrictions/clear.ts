import type { Db, Tx } from '../../platform/db.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { conductCleared, conductUnknown } from './errors.ts';
import { lift, recount, type RecountContext } from './recount.ts';
import type { ClearReason } from './rules.ts';
import {
  clearConduct,
  conductOwner,
  lockConduct,
  restrictionById,
  type Cleared,
  type RestrictionFacts,
  type Who,
} from './store.ts';

type Clearing = Parameters<typeof clearConduct>[1];

/**
 * Clears one counted visit, or a restriction together with the visits it counted; what then no longer
 * has its visits is lifted.
 * @throws Problem booking/conduct-unknown, conduct-cleared.
 */
export async function clear(
  ctx: RecountContext & { db: Db },
  input: { id: string; hospital_id: string; reason: ClearReason; actor: string },
): Promise<void> {
  const { id, hospital_id, ...because } = input;
  await ctx.db.tx(async (tx) => {
    const owner = await conductOwner(tx, { id, hospital_id });
    if (owner) {
      await lockConduct(tx, owner.patient_id);
      if ((await clearAndRecount(tx, ctx, { ids: [id], ...because })) === 0)
        throw new Problem(conductCleared);
      return;
    }
    const restriction = await restrictionById(tx, id);
    if (restriction?.hospital_id !== hospital_id) throw new Problem(conductUnknown);
    if (!(await clearRestriction(tx, ctx, restriction, because))) throw new Problem(conductCleared);
  });
}

/** Forgives the visits a restriction counted, so that it falls; false when it had fallen already. */
export async function clearRestriction(
  tx: Tx,
  ctx: RecountContext,
  restriction: RestrictionFacts,
  because: { reason: string; actor: string },
): Promise<boolean> {
  const { id, kind, counted, patient_id } = restriction;
  await lockConduct(tx, patient_id);
  const seen = await restrictionById(tx, id);
  if (!seen || seen.lifted_at !== null) return false;
  // One that came from the old system has no visits of ours: it is lifted itself.
  if (kind === null) return (await lift(tx, ctx, { ids: [id], ...because })) === 1;
  return (await clearAndRecount(tx, ctx, { appointment_ids: counted, kind, ...because })) > 0;
}

/** Clears visits, tells it, and counts their people afresh. Returns how many visits were cleared. */
export async function clearAndRecount(
  tx: Tx,
  ctx: RecountContext,
  input: Omit<Clearing, 'at'>,
): Promise<number> {
  const cleared = await clearConduct(tx, { ...input, at: ctx.clock.now() });
  await appendEvents(
    tx,
    ctx,
    cleared.map((one) => ({
      name: 'booking.conduct.cleared',
      hospital_id: one.hospital_id,
      subject: `conduct:${one.id}`,
      version: one.version,
      person_id: one.patient_id,
      actor: input.actor,
      payload: {
        conduct_id: one.id,
        appointment_id: one.appointment_id,
        reason: input.reason,
      },
    })),
  );
  for (const who of peopleOf(cleared))
    await recount(tx, ctx, who, { actor: input.actor, reason: input.reason });
  return cleared.length;
}

/** Each person and hospital once, in an order every writer keeps. */
export function peopleOf(rows: readonly (Cleared | Who)[]): Who[] {
  const found = new Map(
    rows.map(({ patient_id, hospital_id }) => [
      `${patient_id} ${hospital_id}`,
      { patient_id, hospital_id },
    ]),
  );
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, who]) => who);
}
