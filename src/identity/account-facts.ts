import { sharedBatcher } from '../platform/batch.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { readAccountFacts, type AccountFacts, type FactsAsk } from './store-account-facts.ts';

export type { AccountFacts } from './store-account-facts.ts';

const lookup = sharedBatcher<FactsAsk, AccountFacts>();

/**
 * What a hot write needs to know of an account. Those who ask together share one statement, so that
 * a crowd at the door costs one round trip a batch and not three a person.
 */
export function accountFacts(
  ctx: { db: Db; clock: Clock },
  ask: { account_id: string; patient_id: string | null; pool?: boolean },
): Promise<AccountFacts> {
  const { account_id, patient_id, pool = false } = ask;
  const shared = lookup(ctx.db, (asks) => readAccountFacts(ctx.db.hot, asks, ctx.clock.now()));
  return shared.submit({ account_id, patient_id, pool });
}
