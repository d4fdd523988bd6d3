import { shanghaiDate, type Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { maskedPatients } from '../identity/index.ts';
import { getSessions } from '../schedule/index.ts';
import { noneOnSite, notToday, refused } from './errors.ts';
import type { BookingHot } from './hot.ts';
import {
  lockTickets,
  placeTickets,
  selectTickets,
  settleTickets,
  upsertTicket,
  type Ticket,
} from './store-visits.ts';
import { book } from './take.ts';

export type HallContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  bookingHot: BookingHot;
};

type HallInput = { session_id: string; hospital_id: string; actor: string };

export type DrawnTicket = {
  ticket_id: string;
  patient_id: string;
  name_masked: string;
  place: number;
  appointment_id: string | null;
  /** `booked`, or the code of the refusal, e.g. `booking/sold-out`. */
  outcome: string;
};

/**
 * A ticket for the draw in the hall, on the clinic day: one a person a session, so that standing in
 * the queue twice, or for others, gains nothing. Asking again gives the same ticket.
 * @throws Problem booking/session-unknown, not-today.
 */
export async function takeHallTicket(
  ctx: HallContext,
  input: HallInput & { patient_id: string },
): Promise<{ ticket_id: string; taken_at: Date; fresh: boolean }> {
  await assertToday(ctx, input);
  const at = ctx.clock.now();
  const ticket = await upsertTicket(ctx.db, { ...input, id: newId(ctx), at });
  if (!ticket) throw refused('session-unknown');
  return ticket;
}

/**
 * Orders those present by lot and books the on-site numbers in that order. The order is committed
 * with its event before the first number is booked, so nobody can draw again until it pleases; those
 * who come later are drawn behind. Running it again finishes what was interrupted.
 * @throws Problem booking/session-unknown, not-today, hall-empty.
 */
export async function drawInHall(ctx: HallContext, input: HallInput): Promise<DrawnTicket[]> {
  await assertToday(ctx, input);
  await ctx.db.tx(async (tx) => {
    const locked = await lockTickets(tx, input.session_id);
    if (!locked) throw refused('session-unknown');
    if (locked.tickets.length === 0) throw new Problem(noneOnSite);
    const drawn = locked.tickets.filter((ticket) => ticket.place !== null).length;
    const order = shuffled(
      ctx.random,
      locked.tickets.filter((ticket) => ticket.place === null),
    );
    if (order.length === 0) return;
    const places = order.map(({ ticket_id }, at) => ({ ticket_id, place: drawn + at + 1 }));
    const version = await placeTickets(tx, {
      session_id: input.session_id,
      places,
      at: ctx.clock.now(),
    });
    await appendEvents(tx, ctx, [
      {
        name: 'booking.hall.drawn',
        hospital_id: locked.hospital_id,
        subject: `stock:${input.session_id}`,
        version,
        actor: input.actor,
        payload: { session_id: input.session_id, order: places.map((one) => one.ticket_id) },
      },
    ]);
  });
  return bookInOrder(ctx, input);
}

/** Fisher–Yates with the context's chance: every order is equally likely. */
export function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const order = [...items];
  for (let at = order.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [order[at], order[other]] = [order[other] as Item, order[at] as Item];
  }
  return order;
}

async function bookInOrder(ctx: HallContext, input: HallInput): Promise<DrawnTicket[]> {
  const tickets = (await selectTickets(ctx.db, input.session_id)).filter(
    (ticket): ticket is Ticket & { place: number } => ticket.place !== null,
  );
  // Asked in one go, so they share a batch, which gives numbers out in the order they were asked for.
  const open = tickets.filter((ticket) => ticket.outcome === null);
  const outcomes = await Promise.all(open.map((ticket) => bookTicket(ctx, input, ticket)));
  if (outcomes.length > 0) await settleTickets(ctx.db, outcomes);
  const byTicket = new Map(outcomes.map((outcome) => [outcome.ticket_id, outcome]));
  const names = await maskedPatients(
    ctx,
    tickets.map((ticket) => ticket.patient_id),
  );
  return tickets.map((ticket) => {
    const settled = byTicket.get(ticket.ticket_id) ?? ticket;
    return {
      ticket_id: ticket.ticket_id,
      patient_id: ticket.patient_id,
      name_masked: names.get(ticket.patient_id)?.name_masked ?? '',
      place: ticket.place,
      appointment_id: settled.appointment_id,
      outcome: settled.outcome ?? '',
    };
  });
}

async function bookTicket(
  ctx: HallContext,
  input: HallInput,
  ticket: Ticket,
): Promise<{ ticket_id: string; appointment_id: string | null; outcome: string }> {
  try {
    const { appointment_id } = await book(ctx, {
      asker: {
        actor: input.actor,
        channel: 'window',
        account_id: null,
        device_key_id: null,
        payer_reference: null,
        phone_index: null,
      },
      session_id: input.session_id,
      slot_id: null,
      patient_id: ticket.patient_id,
      pools: ['on_site'],
      idempotency: { scope: 'hall', key: ticket.ticket_id, fingerprint: '' },
    });
    return { ticket_id: ticket.ticket_id, appointment_id, outcome: 'booked' };
  } catch (error) {
    if (!(error instanceof Problem) || error.kind.status >= 500) throw error;
    return { ticket_id: ticket.ticket_id, appointment_id: null, outcome: error.kind.code };
  }
}

async function assertToday(ctx: HallContext, input: HallInput): Promise<void> {
  const [session] = await getSessions(ctx, [input.session_id]);
  if (session?.hospital_id !== input.hospital_id) throw refused('session-unknown');
  if (session.service_date !== shanghaiDate(ctx.clock.now())) throw new Problem(notToday);
}
