import type { Clock } from '../platform/clock.ts';
import type { Queryable } from '../platform/db.ts';
import { undo_wait_ms } from './rules.ts';
import {
  missingEvents,
  paidWithoutVisit,
  unbalanced,
  wrongParts,
  wrongSums,
  type MoneyFinding,
} from './store-sweep.ts';

/** How long booking may take to answer a payment, and a refund to be asked for. */
const answer_ms = 15 * 60_000;

/**
 * Reads every order, attempt, refund, ledger entry and event afresh and compares them, trusting no
 * constraint: what came in is income, went back, or is owed; no paid order lacks its visit; nothing
 * goes back that was not paid; everything was told. An empty list means that no fen is lost.
 */
export async function sweepMoney(ctx: { db: Queryable; clock: Clock }): Promise<MoneyFinding[]> {
  const now = ctx.clock.now().getTime();
  const before = {
    unanswered: new Date(now - answer_ms),
    ended: new Date(now - undo_wait_ms - answer_ms),
  };
  const found = await Promise.all([
    unbalanced(ctx.db),
    wrongSums(ctx.db),
    wrongParts(ctx.db),
    paidWithoutVisit(ctx.db, before),
    missingEvents(ctx.db),
  ]);
  return found.flat();
}
