import type { Clock } from '../platform/clock.ts';
import { Problem } from '../platform/problem.ts';
import type { Secrets } from '../platform/secrets.ts';
import { notYet, roomUnknown, ticketRefused } from './errors.ts';
import type { Gate } from './gate.ts';
import { markFor } from './room.ts';
import { belongsTo, isDue, pass_minutes, slow_extra_s_max } from './rules.ts';
import { readTicket, signPass } from './token.ts';

/**
 * Turns a ticket whose turn has come into a pass of a few minutes. No I/O.
 * @throws Problem gate/room-unknown, gate/ticket-refused (another account, key or room), gate/not-yet.
 */
export async function givePass(
  ctx: { clock: Clock; secrets: Secrets; gate: Gate },
  input: { room_id: string; ticket: string; account_id: string; device_key_id: string | null },
): Promise<{ pass: string; expires_at: Date }> {
  const room = await ctx.gate.rooms.get(input.room_id);
  if (!room) throw new Problem(roomUnknown);
  const ticket = readTicket(ctx.secrets, input.ticket);
  const holder = { ...input, patient_id: ticket?.patient_id ?? '' };
  if (!ticket || ticket.room_id !== room.row.id || !belongsTo(ticket, holder))
    throw new Problem(ticketRefused, { room_id: room.row.id });
  const now = ctx.clock.now();
  const mark = markFor(room, now, Math.min(ticket.extra_s, slow_extra_s_max));
  if (now < room.row.opens_at || room.row.state === 'announced' || !isDue(ticket, mark))
    throw new Problem(notYet, { room_id: room.row.id }, { retryAfterSeconds: 2 });
  const expires_at = Math.floor(now.getTime() / 1000) + pass_minutes * 60;
  const { room_id, account_id, patient_id, device_key_id, lane } = ticket;
  return {
    pass: signPass(ctx.secrets, { room_id, account_id, patient_id, device_key_id, lane, expires_at }), // prettier-ignore
    expires_at: new Date(expires_at * 1000),
  };
}
