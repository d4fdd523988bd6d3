import type { Queryable } from '../platform/db.ts';
import { selectPractitioners, type Practitioner } from './store-practitioners.ts';

/** A hospital's doctors, by code; also those without a clinic of their own. */
export function listPractitioners(
  ctx: { db: Queryable },
  hospital_id: string,
): Promise<Practitioner[]> {
  return selectPractitioners(ctx.db, hospital_id);
}
