import type { Db } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/**
 * When numbers that people may book in order come out, by hospital: what a queue in front of them
 * needs to know. Draws have no such moment, for being early gives nothing there.
 */
export function releaseMoments(db: Db): {
  coming(from: Date, to: Date): Promise<{ hospital_id: string; opens_at: Date }[]>;
  sessionsAt(hospital_id: string, opens_at: Date): Promise<string[]>;
} {
  return {
    /** Moments in (from, to]. */
    coming: (from, to) =>
      db.many(sql`
        select hospital_id, online_at as opens_at from release.session_release
        where method = 'order' and online_done_at is null and online_at > ${from} and online_at <= ${to}
        union
        select hospital_id, same_day_at from release.session_release
        where same_day_done_at is null and same_day_at > ${from} and same_day_at <= ${to}`),
    sessionsAt: async (hospital_id, opens_at) => {
      const rows = await db.many<{ session_id: string }>(sql`
        select session_id from release.session_release
        where hospital_id = ${hospital_id}
          and ((method = 'order' and online_at = ${opens_at}) or same_day_at = ${opens_at})`);
      return rows.map((row) => row.session_id);
    },
  };
}
