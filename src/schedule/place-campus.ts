import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { campusUnknown } from './errors.ts';
import type { SessionContext } from './sessions.ts';
import { placeCampusRow } from './store-find.ts';

/**
 * Says where a campus (院区) stands: its address, and its position (WGS 84, degrees) if known, so that
 * nobody goes to the wrong one and a phone can say how far it is.
 * @throws Problem schedule/campus-unknown.
 */
export async function placeCampus(
  ctx: SessionContext,
  input: {
    hospital_id: string;
    campus_id: string;
    address: string;
    position: { latitude: number; longitude: number } | null;
    actor: string;
  },
): Promise<void> {
  const { hospital_id, campus_id, address, position, actor } = input;
  const { latitude = null, longitude = null } = position ?? {};
  await ctx.db.tx(async (tx) => {
    const row = await placeCampusRow(tx, { hospital_id, campus_id, address, latitude, longitude });
    if (!row) throw new Problem(campusUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'schedule.campus.placed',
        hospital_id,
        actor,
        subject: `campus:${campus_id}`,
        version: row.version,
        payload: { campus_id },
      },
    ]);
  });
}
