import type { ServerResponse } from 'node:http';

/** A stream whose reader has not taken so many bytes is cut off; the page reconnects by itself. */
const unread_max = 64 * 1024;

/** Open watermark streams: one computed text goes out to all of a room, and nothing else is kept. */
export type Streams = {
  add(room_id: string, to: ServerResponse): void;
  send(room_id: string, text: string): void;
  open(room_id: string): number;
  /** Ends the streams of one room, or of all. */
  end(room_id?: string): void;
};

export function createStreams(): Streams {
  const rooms = new Map<string, Set<ServerResponse>>();
  const end = (room_id: string): void => {
    for (const stream of rooms.get(room_id) ?? []) stream.end();
    rooms.delete(room_id);
  };
  return {
    add: (room_id, to) => {
      const list = rooms.get(room_id) ?? new Set();
      rooms.set(room_id, list.add(to));
      to.once('close', () => {
        list.delete(to);
        if (list.size === 0 && rooms.get(room_id) === list) rooms.delete(room_id);
      });
    },
    send: (room_id, text) => {
      const list = rooms.get(room_id);
      if (!list) return;
      const message = Buffer.from(`data: ${text}\n\n`);
      for (const stream of list) {
        if (stream.writableLength > unread_max) stream.destroy();
        else stream.write(message);
      }
    },
    open: (room_id) => rooms.get(room_id)?.size ?? 0,
    end: (room_id) => {
      for (const id of room_id === undefined ? [...rooms.keys()] : [room_id]) end(id);
    },
  };
}
