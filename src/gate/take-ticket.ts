import { mayActFor } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { notYourPatient, roomUnknown } from './errors.ts';
import type { Gate } from './gate.ts';
import { decideLane } from './lane.ts';
import { latePlace } from './late-place.ts';
import type { Room } from './room.ts';
import { earlyMac, earlyValue } from './rules.ts';
import type { RiskSource } from './risk-signals.ts';
import { openSlowCase } from './slow-case.ts';
import { readTicket, signTicket } from './token.ts';
import type { Holder, RiskDecision, Ticket } from './types.ts';

export type TicketContext = {
  db: Db;
  clock: Clock;
  random: Random;
  secrets: Secrets;
  gate: Gate;
  guard: { risk: Pick<RiskSource, 'read'> };
};

/** What the gate's routes need. */
export type GateContext = TicketContext & {
  fields: FieldCrypto;
  guard: { risk: Pick<RiskSource, 'read' | 'forget'> };
};

export type TicketInput = Holder & {
  room_id: string;
  /** A ticket the browser already has. */
  ticket?: string | undefined;
};

export type Taken = { ticket: Ticket; text: string };

/**
 * Draws a place in a room, or finds the one the patient has. Before opening, and after it for whoever
 * drew before, the place follows from patient and release key. Later ones come in order and keep their
 * number, whichever browser asks.
 * @throws Problem gate/room-unknown, gate/not-your-patient.
 */
export async function takeTicket(ctx: TicketContext, input: TicketInput): Promise<Taken> {
  const room = await ctx.gate.rooms.get(input.room_id);
  if (!room) throw new Problem(roomUnknown);
  if (!(await mayActFor(ctx.db, input.account_id, input.patient_id)))
    throw new Problem(notYourPatient);
  const decision = await decide(ctx, room, input);
  const { account_id, patient_id, device_key_id } = input;
  const place = await placeOf(ctx, room, input);
  const ticket: Ticket = { room_id: room.row.id, account_id, patient_id, device_key_id, ...place, ...decision }; // prettier-ignore
  return { ticket, text: signTicket(ctx.secrets, ticket) };
}

async function placeOf(
  ctx: TicketContext,
  room: Room,
  input: TicketInput,
): Promise<Pick<Ticket, 'kind' | 'value'>> {
  const mac = earlyMac(room.release_key, room.row.id, input.patient_id);
  const early = { kind: 'early', value: earlyValue(mac) } as const;
  if (room.row.state === 'announced' && ctx.clock.now() < room.row.opens_at) {
    room.early.add(mac);
    return early;
  }
  const old = input.ticket === undefined ? undefined : readTicket(ctx.secrets, input.ticket);
  // One person's ticket moves between that person's browsers; another account's is worth nothing.
  const mine =
    old?.room_id === room.row.id &&
    old.account_id === input.account_id &&
    old.patient_id === input.patient_id;
  if (old && mine) return { kind: old.kind, value: old.value };
  if (room.early.has(mac)) return early;
  return { kind: 'late', value: String(await latePlace(ctx.db, room, input.patient_id)) };
}

/** The lane of whoever asks; a slowed patient gets a case, so that there is something to appeal. */
async function decide(ctx: TicketContext, room: Room, who: Holder): Promise<RiskDecision> {
  const { lane, extra_s } = decideLane(ctx.guard.risk.read(who));
  if (lane === 'normal') return { lane, extra_s: 0, case_id: null };
  const case_id = await openSlowCase(ctx, { ...who, room: room.row, extra_s });
  return { lane, extra_s, case_id };
}
