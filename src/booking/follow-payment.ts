import {
  answerPaid,
  findOrder,
  payerIndexOf,
  refitOrder,
  refusePaid,
  reseat,
} from '../payment/index.ts';
import type { Tx } from '../platform/db.ts';
import { appendEvents, type StoredEvent, type Subscription } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { confirmHeld } from './confirm-held.ts';
import { toPay } from './pay-visit.ts';
import { selectPayableVisit, setPayer, type PayableVisit } from './store-pay.ts';
import { book, type TakeContext } from './take.ts';

const actor = 'system:payment';

type Paid = StoredEvent & { payload: { order_id: string; appointment_id?: string } };

/**
 * Booking follows the money: a paid hold is confirmed, a paid visit that moved is fitted to its new
 * price. Paid, but the number is lost: the very number, when it is still free for this person, else
 * all of the money back. Every payment is answered one way or the other.
 */
export function paidVisitSubscriptions(ctx: TakeContext): Subscription[] {
  return [
    {
      name: 'booking.payment',
      events: ['payment.order.paid', 'booking.visit.moved'],
      handle: async (tx, events) => {
        for (const event of events)
          if (event.name === 'payment.order.paid') await settlePaid(tx, ctx, event as Paid);
          else await refit(tx, ctx, (event.payload as { appointment_id: string }).appointment_id);
      },
    },
  ];
}

async function settlePaid(tx: Tx, ctx: TakeContext, event: Paid): Promise<void> {
  const { order_id, appointment_id } = event.payload;
  if (appointment_id === undefined) return answerPaid(tx, ctx, order_id);
  const visit = await confirmPaid(ctx, event, appointment_id);
  if (!visit) throw new Error('an order names a visit that exists');
  if (visit.status === 'lapsed') return seatAgain(tx, ctx, event, visit);
  await notePayer(tx, order_id, appointment_id);
  await answerPaid(tx, ctx, order_id);
  // A cancelled or stopped visit is payment's own news: its money goes back by that.
  if (visit.status === 'booked') await refit(tx, ctx, appointment_id);
}

/** Confirms a hold that is paid, also one whose time has just passed but which nobody took yet. */
async function confirmPaid(
  ctx: TakeContext,
  event: StoredEvent,
  appointment_id: string,
): Promise<PayableVisit | undefined> {
  const visit = await selectPayableVisit(ctx.db, appointment_id);
  if (visit?.status !== 'held') return visit;
  await confirmHeld(ctx, appointment_id, event.id);
  return selectPayableVisit(ctx.db, appointment_id);
}

/** The number was given back before the payment was known: the very number again, or the money. */
async function seatAgain(tx: Tx, ctx: TakeContext, event: Paid, lost: PayableVisit): Promise<void> {
  const { order_id } = event.payload;
  const order = await findOrder(tx, { id: order_id });
  // Its refund is under way already.
  if (!order || order.ended_at !== null) return refuse(tx, ctx, event, lost);
  const seat = await takeAgain(ctx, order_id, lost);
  if (seat === undefined) return refuse(tx, ctx, event, lost);
  await reseat(tx, ctx, { order_id, appointment_id: seat });
  await notePayer(tx, order_id, seat);
}

async function takeAgain(
  ctx: TakeContext,
  order_id: string,
  lost: PayableVisit,
): Promise<string | undefined> {
  const { session_id, slot_id, patient_id, channel, account_id, device_key_id, phone_index } = lost;
  const asker = { actor, channel, account_id, device_key_id, phone_index, payer_reference: null };
  try {
    const taken = await book(ctx, {
      asker,
      session_id,
      slot_id,
      patient_id,
      detail: { reseated_from: lost.appointment_id },
      idempotency: { scope: 'reseat', key: `${order_id} ${lost.appointment_id}`, fingerprint: '' },
    });
    return taken.appointment_id;
  } catch (error) {
    if (error instanceof Problem && error.kind.status < 500) return undefined;
    throw error;
  }
}

async function refuse(tx: Tx, ctx: TakeContext, event: Paid, lost: PayableVisit): Promise<void> {
  const { order_id } = event.payload;
  const { appointment_id, patient_id, hospital_id } = lost;
  const reason = 'lost';
  await refusePaid(tx, ctx, { order_id, reason, actor });
  await appendEvents(tx, ctx, [
    {
      name: 'booking.visit.payment-refused',
      hospital_id,
      // The number may be another visit's by now, so this is a subject of its own.
      subject: `payment-refusal:${event.id}`,
      version: 1,
      person_id: patient_id,
      actor,
      payload: { appointment_id, order_id, patient_id, reason },
    },
  ]);
}

async function notePayer(tx: Tx, order_id: string, appointment_id: string): Promise<void> {
  const payer = await payerIndexOf(tx, order_id);
  if (payer?.payer_index != null) await setPayer(tx, appointment_id, payer.payer_index);
}

async function refit(tx: Tx, ctx: TakeContext, appointment_id: string): Promise<void> {
  const visit = await selectPayableVisit(tx, appointment_id);
  if (visit && (await findOrder(tx, { appointment_id })))
    await refitOrder(tx, ctx, await toPay({ db: ctx.db }, visit));
}
