import { createHash } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { Db, Queryable } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { utf8Text } from '../platform/tlog/index.ts';
import {
  applyEvent,
  closedLeaf,
  finalLines,
  linesBytes,
  logHead,
  openLedger,
  type AllocationLine,
  type FinalLine,
  type LogLine,
  type Manifest,
} from './sealed-draw/index.ts';
import { drawLog, lockDraw, markClosed } from './store-draw.ts';
import { entriesOfDraw } from './store-entry.ts';

/** The allocation as it was drawn, in rank order, from what the draw stored. */
export async function storedAllocation(
  db: Queryable,
  draw_id: string,
  manifest: Manifest,
): Promise<AllocationLine[]> {
  const entries = (await entriesOfDraw(db, draw_id)).filter((entry) => entry.rank !== null);
  entries.sort((a, b) => (a.rank as number) - (b.rank as number));
  return entries.map(({ id, place }) => ({
    e: id,
    place,
    slot: place === null ? null : (manifest.slots[place] ?? null),
  }));
}

/** final.jsonl: where every place ended, replayed from the draw and its log. */
export function finalOf(
  manifest: Manifest,
  allocation: AllocationLine[],
  log: LogLine[],
): FinalLine[] {
  const ledger = openLedger(manifest, allocation);
  for (const line of log) applyEvent(ledger, line);
  return finalLines(ledger);
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
    const log = (await drawLog(tx, draw_id)).map((row) => JSON.parse(row.line) as LogLine);
    const final = finalOf(manifest, await storedAllocation(tx, draw_id, manifest), log);
    const finalHash = createHash('sha256').update(linesBytes(final)).digest('hex');
    const [event_id] = await appendEvents(tx, ctx, [
      {
        name: 'release.draw.closed',
        hospital_id: draw.hospital_id,
        subject: `draw:${draw.id}`,
        version: draw.version + 1,
        actor: 'system:release',
        payload: {
          draw_id: draw.id,
          leaf: utf8Text(closedLeaf(manifest.draw, finalHash, logHead(log))),
        },
      },
    ]);
    await markClosed(tx, draw_id, event_id as string);
  });
}
