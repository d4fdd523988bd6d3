import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { slow_lag_s } from './lane.ts';
import { hasQueue, markAt } from './rules.ts';
import { createSketch, type Sketch } from './sketch.ts';
import { readPages, reserveLate, type RoomRow } from './store.ts';
import type { Mark, Progress } from './types.ts';

/** Late numbers are reserved in blocks, so that a ticket costs no write. */
const late_block = 500;
const history_s = 70;

/** A room as this server holds it: a row, a sketch, a block of numbers; nothing per person. */
export type Room = {
  row: RoomRow;
  release_key: Uint8Array;
  early: Sketch;
  session_ids: string[];
  /** The last late number this server handed out, and the last of its block. */
  late: { last: number; end: number };
  reserving: Promise<void> | undefined;
  history: (Mark & { at: number })[];
  /** The watermark as it goes out. */
  text: string;
};

/** What field encryption calls the place of a release key. */
export const key_place = 'gate.release-key';

export async function loadRoom(
  ctx: { db: Db; fields: FieldCrypto },
  row: RoomRow,
  session_ids: string[],
): Promise<Room> {
  const room: Room = {
    row,
    release_key: Buffer.from(ctx.fields.open(row.sealed_release_key, key_place), 'hex'),
    early: createSketch(),
    session_ids,
    late: { last: 0, end: 0 },
    reserving: undefined,
    history: [],
    text: '',
  };
  for (const { page, bits } of await readPages(ctx.db, row.id)) room.early.merge(page, bits);
  note(room, row);
  return room;
}

/** What is known here of a room's progress, numbers handed out since the last tick included. */
export function progressOf(room: Room): Progress {
  const { row } = room;
  return {
    early_up_to: row.early_up_to,
    late_up_to: row.late_up_to,
    early_count: row.state === 'announced' ? room.early.count() : row.early_count,
    late_issued: Math.max(row.late_issued, room.late.last),
  };
}

/** Whether bookings of this room's sessions need a pass now; before opening nothing is bookable. */
export function needsPass(room: Room, now: Date, is_busy: boolean): boolean {
  return now >= room.row.opens_at && (is_busy || hasQueue(progressOf(room)));
}

/** The mark for a lane at an instant: the slow lane sees what the normal one saw a while ago. */
export function markFor(room: Room, now: Date, extra_s: number): Mark {
  return markAt(room.history, now.getTime() - extra_s * 1000);
}

/** Takes over a newer row, remembers its mark and writes the watermark text anew. */
export function note(room: Room, row: RoomRow, rate = 0): void {
  room.row = row;
  const at = row.advanced_at.getTime();
  const { early_up_to, late_up_to } = row;
  if (room.history.at(-1)?.at !== at) room.history.push({ at, early_up_to, late_up_to });
  while ((room.history[1]?.at ?? at) < at - history_s * 1000) room.history.shift();
  const slow = markFor(room, row.advanced_at, slow_lag_s);
  const progress = progressOf(room);
  room.text = JSON.stringify({
    room_id: row.id,
    opens_at: row.opens_at.toISOString(),
    state: row.state,
    at: row.advanced_at.toISOString(),
    early_count: progress.early_count,
    late_issued: progress.late_issued,
    per_second: Math.round(rate),
    lanes: [
      { lane: 'normal', lag_s: 0, early_up_to, late_up_to },
      {
        lane: 'slow',
        lag_s: slow_lag_s,
        early_up_to: slow.early_up_to,
        late_up_to: slow.late_up_to,
      },
    ],
  });
}

/** The next late number, from a block reserved in the database: never handed out twice. */
export async function nextLate(db: Db, room: Room): Promise<number> {
  while (room.late.last >= room.late.end) {
    room.reserving ??= reserveLate(db, room.row.id, late_block)
      .then((end) => {
        room.late = { last: end - late_block, end };
      })
      .finally(() => {
        room.reserving = undefined;
      });
    await room.reserving;
  }
  return ++room.late.last;
}
