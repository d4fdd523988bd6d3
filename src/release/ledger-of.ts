import type { Queryable } from '../platform/db.ts';
import {
  applyEvent,
  closeReturn,
  openLedger,
  type AllocationLine,
  type BeaconFile,
  type Ledger,
  type LogLine,
  type Manifest,
  type ReturnLine,
  type ReturnOutcome,
} from './sealed-draw/index.ts';
import { drawLog } from './store-draw-log.ts';
import { entriesOfDraw, type EntryRow } from './store-entry.ts';
import { returnRanking, returnsOf, type ReturnRow } from './store-return.ts';

/** The allocation of the main draw, in rank order, from the entries as stored. */
export function mainAllocation(
  manifest: Manifest,
  entries: readonly Pick<EntryRow, 'id' | 'rank' | 'place'>[],
): AllocationLine[] {
  return entries
    .filter((entry) => entry.rank !== null)
    .toSorted((a, b) => (a.rank as number) - (b.rank as number))
    .map(({ id, place }) => ({
      e: id,
      place,
      slot: place === null ? null : (manifest.slots[place] ?? null),
    }));
}

/** The lines of a return's returns.jsonl as they were sealed. */
export function returnLines(row: Pick<ReturnRow, 'returns_jsonl'>): ReturnLine[] {
  return (row.returns_jsonl ?? '')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ReturnLine);
}

/** A return's allocation in rank order. */
export async function returnAllocation(
  db: Queryable,
  row: ReturnRow,
): Promise<{ e: string; key: string; place: number | null; slot: string | null }[]> {
  const slots = new Map(returnLines(row).map((line) => [line.place, line.slot]));
  return (await returnRanking(db, row.draw_id, row.n)).map((one) => ({
    e: one.entry_id,
    key: one.rank_key,
    place: one.place,
    slot: one.place === null ? null : (slots.get(one.place) ?? null),
  }));
}

async function outcomeOf(db: Queryable, row: ReturnRow): Promise<ReturnOutcome | null> {
  if (row.state !== 'drawn') return null;
  const { seed } = JSON.parse(row.beacon_json as string) as BeaconFile;
  return { lines: returnLines(row), allocation: await returnAllocation(db, row), seed };
}

/**
 * The state of a draw's places, replayed as a verifier replays it: events dated before the close of
 * return `before` (all of them without it), and every return that closed before.
 */
export async function ledgerOf(
  db: Queryable,
  draw: { id: string; manifest: string },
  before?: number,
): Promise<Ledger> {
  const manifest = JSON.parse(draw.manifest) as Manifest;
  const entries = await entriesOfDraw(db, draw.id);
  const ledger = openLedger(manifest, mainAllocation(manifest, entries));
  const outcomes = new Map<number, ReturnOutcome | null>();
  for (const row of await returnsOf(db, draw.id)) outcomes.set(row.n, await outcomeOf(db, row));
  const stop = before === undefined ? Infinity : (ledger.closes[before - 1] ?? Infinity);
  const closeUpTo = (time: number): void => {
    while ((ledger.closes[ledger.next - 1] ?? Infinity) <= time && ledger.next !== before)
      closeReturn(ledger, ledger.next, outcomes.get(ledger.next) ?? null);
  };
  for (const row of await drawLog(db, draw.id)) {
    const line = JSON.parse(row.line) as LogLine;
    if (line.at >= stop) break;
    closeUpTo(line.at);
    applyEvent(ledger, line);
  }
  closeUpTo(before === undefined ? Number.MAX_SAFE_INTEGER : stop);
  return ledger;
}
