import type { Queryable } from '../../platform/db.ts';
import { disputedAmong } from './store-people.ts';

/** What became of the bookings a patient said are not theirs, by appointment. */
export async function disputedActs(
  db: Queryable,
  appointment_ids: string[],
): Promise<Map<string, string>> {
  const rows = await disputedAmong(db, appointment_ids);
  return new Map(rows.map((row) => [row.appointment_id, row.state]));
}
