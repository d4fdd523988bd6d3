import type { Secrets } from '../platform/secrets.ts';
import { Problem } from '../platform/problem.ts';
import { ticketNeeded, ticketRefused } from './errors.ts';
import { needsPass } from './room.ts';
import { createRooms, type Rooms, type RoomsContext } from './rooms.ts';
import { belongsTo } from './rules.ts';
import { readPass } from './token.ts';
import type { Holder, Moments } from './types.ts';

/** The gate as other modules see it. */
export type Gate = {
  rooms: Rooms;
  /**
   * Lets a booking through: at once when nobody queues for the session's release and the server keeps
   * up, otherwise with a pass. No I/O.
   * @throws Problem gate/ticket-needed with `room_id`, gate/ticket-refused for another's pass.
   */
  admit(input: Holder & { session_id: string; pass: string | undefined }): Promise<void>;
};

/** The gate over the moments that releases tell of; `waiting` counts the hot writes in line. */
export function createGate(
  ctx: RoomsContext & { secrets: Secrets },
  source: { moments: Moments; waiting: () => number },
): Gate {
  const rooms = createRooms(ctx, source);
  return {
    rooms,
    admit: async (input) => {
      const room = await rooms.ofSession(input.session_id);
      const now = ctx.clock.now();
      if (!room || !needsPass(room, now, rooms.isBusy())) return;
      const pass = input.pass === undefined ? undefined : readPass(ctx.secrets, input.pass);
      const expired = !pass || pass.expires_at * 1000 <= now.getTime();
      if (expired || pass.room_id !== room.row.id)
        throw new Problem(ticketNeeded, { room_id: room.row.id });
      if (!belongsTo(pass, input)) throw new Problem(ticketRefused, { room_id: room.row.id });
    },
  };
}
