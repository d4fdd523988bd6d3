import { createBatcher, type Batcher } from '../platform/batch.ts';
import type { Db } from '../platform/db.ts';
import { readAccountFacts } from './patient-store.ts';
import type { LinkState } from './people/rules.ts';

export type AccountFacts = {
  /** Index of the account's verified phone, hex, as identity keeps it. */
  phone_index: string | null;
  /** What the account may do for the patient that was asked about; null: nothing. */
  state: LinkState | null;
};
type Pair = { account_id: string; patient_id: string | null };

const lookups = new WeakMap<Db, Batcher<Pair, AccountFacts>>();

/**
 * What a hot write needs to know of an account. Those who ask together share one statement, so that
 * a crowd at the door costs one round trip a batch and not two a person.
 */
export function accountFacts(db: Db, pair: Pair): Promise<AccountFacts> {
  let lookup = lookups.get(db);
  if (!lookup) {
    lookup = createBatcher<Pair, AccountFacts>({
      run: (pairs) => readAccountFacts(db, pairs),
      size_max: 512,
      queue_max: 20_000,
    });
    lookups.set(db, lookup);
  }
  return lookup.submit(pair);
}
