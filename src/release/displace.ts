import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import type { DrawRow } from './store-draw.ts';
import { insertDisplaced } from './store-displaced.ts';
import { raiseEntries } from './store-return.ts';

/**
 * Notes that a stop (停诊) took a drawn place from somebody. They are offered a direct number in that
 * doctor's next sessions, a substitute or their money back, and it never counts against them.
 */
export async function displace(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  input: {
    draw: Pick<DrawRow, 'id' | 'hospital_id'>;
    entry_id: string;
    place: number;
    session_id: string;
  },
): Promise<void> {
  const { draw, entry_id, session_id } = input;
  const fresh = await insertDisplaced(tx, {
    id: newId(ctx),
    hospital_id: draw.hospital_id,
    draw_id: draw.id,
    entry_id,
    place: input.place,
    session_id,
    stopped_at: ctx.clock.now(),
  });
  if (!fresh) return;
  const raised = (await raiseEntries(tx, draw.id, [entry_id])).get(entry_id);
  if (!raised) return;
  await appendEvents(tx, ctx, [
    {
      name: 'release.entry.displaced',
      hospital_id: draw.hospital_id,
      subject: `entry:${entry_id}`,
      version: raised.version,
      person_id: raised.patient_id,
      actor: 'system:release',
      payload: { draw_id: draw.id, entry_id, session_id },
    },
  ]);
}
