import { createHash } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { drawNotOpen, entryUnknown, wrongSecret } from './errors.ts';
import { shareDraw } from './store-draw.ts';
import { entryById, withdrawEntry } from './store-entry.ts';

/**
 * Withdraws an entry before closing by revealing the receipt's secret, which void.jsonl publishes:
 * so nobody can drop an entry and say that its holder withdrew it.
 * @throws Problem release/entry-unknown, wrong-secret, draw-not-open.
 */
export async function withdraw(
  ctx: { db: Db; clock: Clock; random: Random },
  input: { e: string; secret: string; actor: string },
): Promise<void> {
  const entry = await entryById(ctx.db, input.e);
  if (!entry) throw new Problem(entryUnknown);
  const hash = createHash('sha256').update(Buffer.from(input.secret, 'hex')).digest('hex');
  if (hash !== entry.secret_hash) throw new Problem(wrongSecret);
  await ctx.db.tx(async (tx) => {
    const draw = await shareDraw(tx, entry.draw_id);
    const now = ctx.clock.now();
    if (draw?.state !== 'announced' || now >= draw.closes_at) throw new Problem(drawNotOpen);
    const gone = await withdrawEntry(tx, {
      draw_id: entry.draw_id,
      id: entry.id,
      secret: input.secret,
      at: now,
    });
    if (!gone) return; // withdrawn before: the same wish again changes nothing
    await appendEvents(tx, ctx, [
      {
        name: 'release.entry.withdrawn',
        hospital_id: draw.hospital_id,
        subject: `entry:${entry.id}`,
        version: 2,
        person_id: entry.patient_id,
        actor: input.actor,
        payload: { draw_id: entry.draw_id, entry_id: entry.id },
      },
    ]);
  });
}
