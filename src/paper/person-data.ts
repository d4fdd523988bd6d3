import { visitDaysOf } from '../booking/index.ts';
import type { PersonData } from '../identity/index.ts';
import { addDays, shanghaiDate } from '../platform/clock.ts';
import { keep_days } from './rules.ts';
import { askRewrites } from './store-person.ts';
import type { PaperContext } from './types.ts';

/**
 * What stands on paper of a person: a masked name and document on the lists of their clinic days, which
 * are removed three days later. Deletion does not wait for that: the loop writes those days anew. A
 * printed sheet is the hospital's to shred, as the runbook says.
 */
export function paperPersonData(ctx: Pick<PaperContext, 'db' | 'clock'>): PersonData {
  const from = (): string => addDays(shanghaiDate(ctx.clock.now()), -keep_days);
  return {
    module: 'paper',
    read: async ({ patient_id }) => ({
      listed_on: await visitDaysOf(ctx.db, { patient_id, from: from() }),
    }),
    erase: async (tx, { patient_id, at }) => {
      await askRewrites(tx, await visitDaysOf(tx, { patient_id, from: from() }), at);
      return null;
    },
  };
}
