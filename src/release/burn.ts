import { returnUnplaced } from '../booking/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { markBurnt, placesOf, type DrawRow } from './store-draw.ts';

/**
 * Burns a draw whose seal was not proven in time: its number is never used again and its places go
 * to a new manifest. A draw is never run a second time.
 */
export async function burn(
  tx: Tx,
  source: { clock: Clock; random: Random },
  draw: DrawRow,
  reason: string,
): Promise<void> {
  await markBurnt(tx, draw.id);
  const places = await placesOf(tx, draw.id);
  await returnUnplaced(tx, {
    draw_id: draw.id,
    to: 'cooling',
    slot_ids: places.map((place) => place.slot_id),
    at: source.clock.now(),
    actor: 'system:release',
  });
  await appendEvents(tx, source, [
    {
      name: 'release.draw.burnt',
      hospital_id: draw.hospital_id,
      subject: `draw:${draw.id}`,
      version: draw.version + 1,
      actor: 'system:release',
      payload: { draw_id: draw.id, reason },
    },
  ]);
}
