import { sharedBatcher } from '../platform/batch.ts';
import type { Db } from '../platform/db.ts';
import { refused } from './errors.ts';
import { findVisits, type ReadVisitContext, type Visit } from './visits.ts';

const reader = sharedBatcher<string, Visit | undefined>();

/**
 * The visit that a hot write has just made or moved, for its reply. Those written together are read
 * together, so that a crowd costs three statements a batch and not three a person. Whoever asks has
 * been let do the write; nothing is checked again.
 * @throws Problem booking/visit-unknown.
 */
export async function readTaken(
  ctx: Omit<ReadVisitContext, 'db'> & { db: Db },
  appointment_id: string,
): Promise<Visit> {
  const read = async (ids: string[]): Promise<(Visit | undefined)[]> => {
    const visits = await findVisits(ctx, { ids: [...new Set(ids)] });
    const byId = new Map(visits.map((visit) => [visit.appointment_id, visit]));
    return ids.map((id) => byId.get(id));
  };
  const visit = await reader(ctx.db, read).submit(appointment_id);
  if (!visit) throw refused('visit-unknown');
  return visit;
}
