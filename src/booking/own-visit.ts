import { sharedBatcher } from '../platform/batch.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { accountFacts } from '../identity/index.ts';
import { refused } from './errors.ts';
import { selectFactsOfVisits, type VisitFacts } from './store-visits.ts';

const reader = sharedBatcher<string, VisitFacts | undefined>();

/**
 * A visit of a patient the account may act for. The person of a visit never changes, so checking
 * before a step is as good as within it; those who step together are checked together.
 * @throws Problem booking/visit-unknown, also when the visit is somebody else's.
 */
export async function ownVisit(
  ctx: { db: Db; clock: Clock },
  input: { account_id: string; appointment_id: string },
): Promise<VisitFacts> {
  const { db } = ctx;
  const visit = await reader(db, (ids) => factsInOrder(db, ids)).submit(input.appointment_id);
  if (!visit) throw refused('visit-unknown');
  const { account_id } = input;
  const { state } = await accountFacts(ctx, { account_id, patient_id: visit.patient_id });
  if (state === null || state === 'pending') throw refused('visit-unknown');
  return visit;
}

/** Visits by id in the order asked; one statement. */
async function factsInOrder(db: Db, ids: string[]): Promise<(VisitFacts | undefined)[]> {
  const visits = await selectFactsOfVisits(db, [...new Set(ids)]);
  const byId = new Map(visits.map((visit) => [visit.appointment_id, visit]));
  return ids.map((id) => byId.get(id));
}
