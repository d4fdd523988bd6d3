import { createHash } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { key_place, loadRoom, note, progressOf, type Room } from './room.ts';
import * as rules from './rules.ts';
import { activeRooms, deletePlaces, insertRoom, lockPages, lockRoom, saveRoom, savePages, type RoomRow } from './store.ts'; // prettier-ignore
import { createStreams, type Streams } from './streams.ts';
import type { Moments } from './types.ts';

export type RoomsContext = { db: Db; clock: Clock; random: Random; fields: FieldCrypto };

/** The rooms this server knows; every server keeps its own picture and they meet in the database. */
export type Rooms = {
  /** Announces, loads, opens, advances and closes rooms; run once a second by every server. */
  tick(): Promise<void>;
  get(room_id: string): Promise<Room | undefined>;
  ofSession(session_id: string): Promise<Room | undefined>;
  isBusy(): boolean;
  streams: Streams;
};

const actor = 'system:gate';

/** The rooms by id and by the sessions behind them. */
type Known = {
  rooms: Map<string, Room>;
  ofSession(session_id: string): Room | undefined;
  has(moment: { hospital_id: string; opens_at: Date }): boolean;
  add(room: Room): void;
  remove(room: Room): void;
};

function createKnown(): Known {
  const rooms = new Map<string, Room>();
  const bySession = new Map<string, string>();
  return {
    rooms,
    ofSession: (session_id) => rooms.get(bySession.get(session_id) ?? ''),
    has: ({ hospital_id, opens_at }) =>
      rooms
        .values()
        .some(({ row }) => row.hospital_id === hospital_id && +row.opens_at === +opens_at),
    add: (room) => {
      rooms.set(room.row.id, room);
      for (const id of room.session_ids) bySession.set(id, room.row.id);
    },
    remove: (room) => {
      rooms.delete(room.row.id);
      for (const id of room.session_ids)
        if (bySession.get(id) === room.row.id) bySession.delete(id);
    },
  };
}

export function createRooms(
  ctx: RoomsContext,
  source: { moments: Moments; waiting: () => number },
): Rooms {
  const known = createKnown();
  const streams = createStreams();
  let rate = rules.rate_start;
  let loaded: Promise<void> | undefined;
  let ticking: Promise<void> | undefined;

  const load = async (): Promise<void> => {
    for (const row of await activeRooms(ctx.db)) {
      if (known.rooms.has(row.id)) continue;
      const session_ids = await source.moments.sessionsAt(row.hospital_id, row.opens_at);
      const room = await loadRoom(ctx, row, session_ids);
      // A request and a tick may load at once: the first one's sketch already counts.
      if (!known.rooms.has(row.id)) known.add(room);
    }
  };
  const step = async (room: Room): Promise<void> => {
    await storeEarly(ctx, room);
    const before = room.text;
    note(room, await advanceRoom(ctx, room, rate), rate);
    if (room.text !== before) streams.send(room.row.id, room.text);
    if (room.row.state !== 'closed') return;
    known.remove(room);
    streams.end(room.row.id);
  };
  const run = async (): Promise<void> => {
    const now = ctx.clock.now();
    const until = new Date(now.getTime() + rules.announce_minutes * 60_000);
    for (const moment of await source.moments.coming(now, until))
      if (!known.has(moment)) await announce(ctx, moment);
    await load();
    rate = rules.nextRate(rate, source.waiting());
    for (const room of known.rooms.values()) await step(room);
  };
  // A server that was just started knows no room until it has looked once.
  const forgetFailure = (error: unknown): never => {
    loaded = undefined;
    throw error;
  };
  const ready = (): Promise<void> => (loaded ??= load().catch(forgetFailure));
  const tick = (): Promise<void> => {
    ticking ??= run().finally(() => {
      ticking = undefined;
    });
    return ticking;
  };
  return {
    streams,
    tick,
    isBusy: () => source.waiting() > rules.waiting_max,
    get: async (room_id) => {
      await ready();
      return known.rooms.get(room_id);
    },
    ofSession: async (session_id) => {
      await ready();
      return known.ofSession(session_id);
    },
  };
}

/** Makes the room of a moment with its release key, and commits to the key before anybody draws. */
async function announce(
  ctx: RoomsContext,
  moment: { hospital_id: string; opens_at: Date },
): Promise<void> {
  const id = newId(ctx);
  const release_key = ctx.random.bytes(32);
  const release_key_sha256 = createHash('sha256').update(release_key).digest();
  await ctx.db.tx(async (tx) => {
    const sealed_release_key = ctx.fields.seal(Buffer.from(release_key).toString('hex'), key_place);
    const at = ctx.clock.now();
    if (!(await insertRoom(tx, { id, ...moment, sealed_release_key, release_key_sha256, at })))
      return;
    await appendEvents(tx, ctx, [
      {
        name: 'gate.room.announced',
        hospital_id: moment.hospital_id,
        subject: `room:${id}`,
        version: 1,
        actor,
        payload: {
          room_id: id,
          opens_at: moment.opens_at.toISOString(),
          release_key_sha256: release_key_sha256.toString('hex'),
        },
      },
    ]);
  });
}

/** Brings the sketch's changed pages to the database, joined with what other servers stored. */
async function storeEarly(ctx: RoomsContext, room: Room): Promise<void> {
  if (room.row.state !== 'announced') return;
  const changed = room.early.takeChanged();
  if (changed.length === 0) return;
  try {
    await ctx.db.tx(async (tx) => {
      await lockRoom(tx, room.row.id);
      const pages = changed.map(({ page }) => page);
      for (const { page, bits } of await lockPages(tx, room.row.id, pages))
        room.early.merge(page, bits);
      await savePages(tx, room.row.id, room.early.read(pages));
    });
  } catch (error) {
    room.early.putBack(changed);
    throw error;
  }
}

/** One step of a room under its row's lock, so that several servers never let in twice as many. */
async function advanceRoom(ctx: RoomsContext, room: Room, rate: number): Promise<RoomRow> {
  const now = ctx.clock.now();
  if (now < room.row.opens_at) return { ...room.row, advanced_at: now };
  return ctx.db.tx(async (tx) => {
    const row = await lockRoom(tx, room.row.id);
    if (row.state === 'closed') return row;
    const opening = row.state === 'announced';
    const seconds = Math.max(0, (now.getTime() - row.advanced_at.getTime()) / 1000);
    const mine = progressOf({ ...room, row });
    // What could not be reserved cannot have been issued; the row's own figure may be another server's.
    const late_issued = Math.min(mine.late_issued, row.late_reserved);
    const before = { ...mine, late_issued };
    const next: RoomRow = {
      ...row,
      ...(opening ? before : rules.advance(before, seconds * rate)),
      state: 'open',
      advanced_at: now > row.advanced_at ? now : row.advanced_at,
    };
    const kept_until = row.opens_at.getTime() + rules.keep_open_minutes * 60_000;
    if (!opening && !rules.hasQueue(next) && now.getTime() > kept_until) next.state = 'closed';
    const version = await saveRoom(tx, next, next.state !== row.state);
    if (next.state !== row.state) await tell(ctx, tx, { room, row: next, version });
    return { ...next, version };
  });
}

async function tell(
  ctx: RoomsContext,
  tx: Tx,
  change: { room: Room; row: RoomRow; version: number },
): Promise<void> {
  const { room, row, version } = change;
  const about = { hospital_id: row.hospital_id, subject: `room:${row.id}`, version, actor };
  if (row.state === 'open') {
    const release_key = Buffer.from(room.release_key).toString('hex');
    const payload = { room_id: row.id, release_key, early_count: row.early_count };
    await appendEvents(tx, ctx, [{ name: 'gate.room.opened', ...about, payload }]);
    return;
  }
  await deletePlaces(tx, row.id);
  const payload = { room_id: row.id, early_count: row.early_count, late_issued: row.late_issued };
  await appendEvents(tx, ctx, [{ name: 'gate.room.closed', ...about, payload }]);
}
