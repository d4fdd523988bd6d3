import { shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import { delegateAccounts } from './store-delegates.ts';

/** The accounts that help others openly, remembered by one process for the guards, which ask no database. */
export type DelegateList = {
  has(account_id: string): boolean;
  /** Reads the list anew; a server does so every half minute. */
  refresh(): Promise<void>;
};

export function createDelegateList(ctx: { db: Db; clock: Clock }): DelegateList {
  let known: ReadonlySet<string> = new Set();
  return {
    has: (account_id) => known.has(account_id),
    refresh: async () => {
      known = new Set(await delegateAccounts(ctx.db, shanghaiDate(ctx.clock.now())));
    },
  };
}
