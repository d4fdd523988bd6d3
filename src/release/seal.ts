import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { utf8Text } from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import { burn } from './burn.ts';
import { poolRoot, sealedLeaf, sealOf, type Manifest } from './sealed-draw/index.ts';
import { lockDraw, markSealed } from './store-draw.ts';
import { standingLines } from './store-entry.ts';

/**
 * D4: once entries are closed, fixes the pool's root and seals it in the log. The lock waits for
 * entries under way; the seal stands before the beacon's round exists, or the draw is burnt.
 * Running it again changes nothing.
 */
export async function sealDraw(
  ctx: { db: Db; clock: Clock; random: Random },
  draw_id: string,
): Promise<void> {
  await ctx.db.tx(async (tx) => {
    const draw = await lockDraw(tx, draw_id);
    const now = ctx.clock.now();
    if (draw?.state !== 'announced' || now < draw.closes_at) return;
    const manifest = JSON.parse(draw.manifest) as Manifest;
    if (now.getTime() >= draw.round_at.getTime() - manifest.beacon.margin * 1000) {
      await burn(tx, ctx, draw, 'sealed too late');
      return;
    }
    const lines = await standingLines(tx, draw_id);
    const root = poolRoot(
      lines.map((row) => row.line),
      nodeHasher,
    );
    const facts = { manifestHash: draw.manifest_hash, root, entries: lines.length };
    const seal = sealOf(facts, nodeHasher);
    const [event_id] = await appendEvents(tx, ctx, [
      {
        name: 'release.draw.sealed',
        hospital_id: draw.hospital_id,
        subject: `draw:${draw.id}`,
        version: draw.version + 1,
        actor: 'system:release',
        payload: {
          draw_id: draw.id,
          leaf: utf8Text(sealedLeaf(manifest.draw, draw.manifest_hash, seal)),
        },
      },
    ]);
    await markSealed(tx, draw_id, {
      root,
      seal,
      entries: lines.length,
      at: now,
      event_id: event_id as string,
    });
  });
}
