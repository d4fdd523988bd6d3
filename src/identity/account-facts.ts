import { createBatcher, type Batcher } from '../platform/batch.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { readAccountFacts, type AccountFacts, type FactsAsk } from './store-account-facts.ts';

export type { AccountFacts } from './store-account-facts.ts';

const lookups = new WeakMap<Db, Batcher<FactsAsk, AccountFacts>>();

/**
 * What a hot write needs to know of an account. Those who ask together share one statement, so that
 * a crowd at the door costs one round trip a batch and not three a person.
 */
export function accountFacts(
  ctx: { db: Db; clock: Clock },
  ask: { account_id: string; patient_id: string | null; pool?: boolean },
): Promise<AccountFacts> {
  let lookup = lookups.get(ctx.db);
  if (!lookup) {
    lookup = createBatcher<FactsAsk, AccountFacts>({
      run: (asks) => readAccountFacts(ctx.db, asks, ctx.clock.now()),
      size_max: 512,
      queue_max: 20_000,
    });
    lookups.set(ctx.db, lookup);
  }
  const { account_id, patient_id, pool = false } = ask;
  return lookup.submit({ account_id, patient_id, pool });
}
