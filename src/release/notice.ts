import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import type { Random } from '../platform/random.ts';
import { shortOfNotice } from './store-entry.ts';
import { lockReturn } from './store-return.ts';
import { leave } from './withdraw.ts';

/**
 * Takes the entries off standby whose shortest notice return `n` no longer meets, before its close.
 * It runs when the step before it ended: nothing is drawn in between, so nobody loses a chance.
 */
export async function leaveForNotice(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  draw_id: string,
  n: number,
): Promise<void> {
  const next = await lockReturn(tx, draw_id, n);
  if (next?.state !== 'waiting' || ctx.clock.now() >= next.closes_at) return;
  const { notice_days } = next;
  for (const id of await shortOfNotice(tx, { draw_id, notice_days }))
    await leave(tx, ctx, { draw_id, id, actor: 'system:release' });
}
