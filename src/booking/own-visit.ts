import { createBatcher, type Batcher } from '../platform/batch.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { accountFacts } from '../identity/index.ts';
import { refused } from './errors.ts';
import { selectFactsOfVisits, type VisitFacts } from './store-visits.ts';

const readers = new WeakMap<Db, Batcher<string, VisitFacts | undefined>>();

/**
 * A visit of a patient the account may act for. The person of a visit never changes, so checking
 * before a step is as good as within it; those who step together are checked together.
 * @throws Problem booking/visit-unknown, also when the visit is somebody else's.
 */
export async function ownVisit(
  ctx: { db: Db; clock: Clock },
  input: { account_id: string; appointment_id: string },
): Promise<VisitFacts> {
  const visit = await readerOf(ctx.db).submit(input.appointment_id);
  if (!visit) throw refused('visit-unknown');
  const { account_id } = input;
  const { state } = await accountFacts(ctx, { account_id, patient_id: visit.patient_id });
  if (state === null || state === 'pending') throw refused('visit-unknown');
  return visit;
}

function readerOf(db: Db): Batcher<string, VisitFacts | undefined> {
  let reader = readers.get(db);
  if (!reader) {
    reader = createBatcher<string, VisitFacts | undefined>({
      run: async (ids) => {
        const visits = await selectFactsOfVisits(db, [...new Set(ids)]);
        const byId = new Map(visits.map((visit) => [visit.appointment_id, visit]));
        return ids.map((id) => byId.get(id));
      },
      size_max: 512,
      queue_max: 20_000,
    });
    readers.set(db, reader);
  }
  return reader;
}
