import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { countAct } from './delegates.ts';
import { linkMerged, linkPending, trialUsed } from './errors.ts';
import { limitsOf, type WithLimits } from './limits.ts';
import type { LinkState } from './rules.ts';
import { deleteAct, isReplay } from './store-delegates.ts';
import { countTrialBooking } from './store-people.ts';

export type ClaimContext = { db: Db; clock: Clock; random: Random } & WithLimits;

type Claim = {
  account_id: string;
  patient_id: string;
  state: Exclude<LinkState, 'active'>;
  idempotency: Idempotency;
};

/**
 * Admits a booking by whoever may not book without limit: a helper within their quota, a person whose
 * document staff have still to see within theirs. Repeats under one key are counted once.
 * @returns how to give the claim back when the number was not had after all.
 * @throws Problem identity/link-pending, link-merged, trial-used, delegate-none, delegate-quota.
 */
export async function claimBooking(
  ctx: ClaimContext,
  claim: Claim,
): Promise<{ giveBack(): Promise<void> }> {
  const { account_id, patient_id, state } = claim;
  if (state === 'pending') throw new Problem(linkPending);
  if (state === 'merged') throw new Problem(linkMerged);
  if (await isReplay(ctx.db, claim.idempotency)) return { giveBack: () => Promise.resolve() };
  if (state === 'delegate') {
    const act = { account_id, patient_id, kind: 'booked' } as const;
    const id = await ctx.db.tx((tx) => countAct(tx, ctx, act));
    return { giveBack: () => deleteAct(ctx.db, id) };
  }
  const max = limitsOf(ctx).trial_bookings_max;
  if (!(await countTrialBooking(ctx.db, patient_id, 1, max))) throw new Problem(trialUsed);
  return {
    giveBack: async () => {
      await countTrialBooking(ctx.db, patient_id, -1, max);
    },
  };
}
