import { createHash } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Db, Queryable } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { utf8Text } from '../platform/tlog/index.ts';
import { ledgerOf } from './ledger-of.ts';
import {
  closedLeaf,
  finalLines,
  linesBytes,
  logHead,
  type FinalLine,
  type LogLine,
  type Manifest,
} from './sealed-draw/index.ts';
import { lockDraw, markClosed, type DrawRow } from './store-draw.ts';
import { drawLog } from './store-draw-log.ts';

/** final.jsonl: where every place ended, replayed from the draw, its returns and its log. */
export async function finalOf(
  db: Queryable,
  draw: Pick<DrawRow, 'id' | 'manifest'>,
): Promise<FinalLine[]> {
  return finalLines(await ledgerOf(db, draw));
}

/** What closed.json commits to: the hash of final.jsonl and the head of log.jsonl, hex. */
export async function closedFacts(
  db: Queryable,
  draw: Pick<DrawRow, 'id' | 'manifest'>,
): Promise<{ final_hash: string; head: string }> {
  const log = (await drawLog(db, draw.id)).map((row) => JSON.parse(row.line) as LogLine);
  const final = linesBytes(await finalOf(db, draw));
  return { final_hash: createHash('sha256').update(final).digest('hex'), head: logHead(log) };
}

/** After the last session: commits the final list and the head of the draw's log to the log of logs. */
export async function closeDraw(
  ctx: { db: Db; clock: Clock; random: Random },
  draw_id: string,
): Promise<void> {
  await ctx.db.tx(async (tx) => {
    const draw = await lockDraw(tx, draw_id);
    if (draw?.state !== 'drawn') return;
    const manifest = JSON.parse(draw.manifest) as Manifest;
    const { final_hash, head } = await closedFacts(tx, draw);
    const [event_id] = await appendEvents(tx, ctx, [
      {
        name: 'release.draw.closed',
        hospital_id: draw.hospital_id,
        subject: `draw:${draw.id}`,
        version: draw.version + 1,
        actor: 'system:release',
        payload: { draw_id: draw.id, leaf: utf8Text(closedLeaf(manifest.draw, final_hash, head)) },
      },
    ]);
    await markClosed(tx, draw_id, event_id as string);
  });
}
