import { returnUnplaced } from '../booking/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { unjoinPlaces, type DrawRow } from './store-draw.ts';
import { markReturnMissed } from './store-return.ts';

/**
 * A return that could not be sealed in time is never drawn late. What came back waits for the next
 * return, or goes to the people who come in person when there is none; the bundle shows the gap. The
 * caller holds the return's row.
 */
export async function missReturn(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  facts: { draw: DrawRow; n: number; reason: string },
): Promise<void> {
  const { draw, n, reason } = facts;
  const actor = 'system:release';
  const version = await markReturnMissed(tx, draw.id, n);
  await returnUnplaced(tx, {
    draw_id: draw.id,
    slot_ids: await unjoinPlaces(tx, draw.id, n),
    to: 'cooling',
    at: ctx.clock.now(),
    actor,
  });
  await appendEvents(tx, ctx, [
    {
      name: 'release.return.missed',
      hospital_id: draw.hospital_id,
      subject: `return:${draw.id}:${n}`,
      version,
      actor,
      payload: { draw_id: draw.id, n, reason },
    },
  ]);
}
