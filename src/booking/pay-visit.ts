import { mayActFor } from '../identity/index.ts';
import {
  changeCategory,
  findOrder,
  nothingDue,
  openOrder,
  pay,
  payCash,
  quoteVisit,
  readPayment,
  refreshOrder,
  refundCash,
  type FeeCategory,
  type OnlineChannelName,
  type Order,
  type Payment,
  type Paying,
  type PaymentView,
  type VisitToPay,
} from '../payment/index.ts';
import { Problem } from '../platform/problem.ts';
import { getSessions } from '../schedule/index.ts';
import { refused } from './errors.ts';
import type { BookingContext } from './for-account.ts';
import { selectPayableVisit, type PayableVisit } from './store-pay.ts';
import type { VisitStatus } from './types.ts';

export type PayContext = BookingContext & { payment: Payment };

/** Who asks: an account for a patient it may act for, or staff for a visit of their hospital. */
export type Payer = { account_id: string } | { hospital_id: string };

/** A visit's payment as it is shown; `none` before anybody asked to pay. */
export type VisitPayment = Omit<PaymentView, 'order_id' | 'state'> & {
  order_id: string | null;
  state: PaymentView['state'] | 'none';
};

/** A visit can be paid from its hold until it was seen. */
const payable: readonly VisitStatus[] = ['held', 'booked', 'checked_in', 'called'];
/** 费别 can change until check-in. */
const changeable: readonly VisitStatus[] = ['held', 'booked'];

/**
 * Opens the visit's order, when there is none, and gives the way to pay it.
 * @throws Problem booking/visit-unknown, not-now, hold-over, and as `pay`.
 */
export async function payVisit(
  ctx: PayContext,
  input: {
    by: Payer;
    appointment_id: string;
    channel: OnlineChannelName;
    openid: string | null;
    device?: 'phone' | 'desk' | undefined;
    actor: string;
  },
): Promise<Paying> {
  const order = await orderToPay(ctx, input, payable);
  return pay(ctx, { ...input, order_id: order.id });
}

/** Takes cash for a visit at a window. @throws Problem as `payVisit` and `payCash`. */
export async function payVisitCash(
  ctx: PayContext,
  input: { by: Payer; appointment_id: string; receipt_number: string; actor: string },
): Promise<void> {
  const order = await orderToPay(ctx, input, payable);
  await payCash(ctx, { ...input, order_id: order.id });
}

/** Hands back the cash that is due back on a visit. @throws Problem booking/visit-unknown, and as `refundCash`. */
export async function refundVisitCash(
  ctx: PayContext,
  input: { by: Payer; appointment_id: string; receipt_number: string; actor: string },
): Promise<{ refund_fen: number }> {
  const visit = await visitOf(ctx, input);
  const { appointment_id } = visit;
  const order =
    (await findOrder(ctx.db, { appointment_id })) ??
    (await findOrder(ctx.db, { reseated_from: appointment_id }));
  if (!order) throw new Problem(nothingDue);
  return refundCash(ctx, { ...input, order_id: order.id });
}

/** Changes the 费别 of a visit until check-in; its number does not notice. Throws as `changeCategory`. */
export async function changeVisitCategory(
  ctx: PayContext,
  input: { by: Payer; appointment_id: string; category: FeeCategory; actor: string },
): Promise<void> {
  const order = await orderToPay(ctx, input, changeable);
  const found = await visitOf(ctx, input);
  const visit = await toPay(ctx, found);
  await changeCategory(ctx, { ...input, order_id: order.id, visit });
}

/** A visit's payment now; asks the channel when nobody has just done so. */
export async function readVisitPayment(
  ctx: PayContext,
  input: { by: Payer; appointment_id: string },
): Promise<VisitPayment> {
  const visit = await visitOf(ctx, input);
  const filter = { appointment_id: visit.appointment_id };
  const known = await readPayment(ctx, filter);
  if (!known) return notAsked(ctx, visit);
  if (known.attempt === null) return known;
  await refreshOrder(ctx, known.order_id);
  return (await readPayment(ctx, filter)) ?? known;
}

async function notAsked(ctx: PayContext, visit: PayableVisit): Promise<VisitPayment> {
  const wanted = await toPay(ctx, visit);
  const lines = isFree(visit) ? [] : await quoteVisit(ctx, wanted);
  const amount_fen = lines.reduce((sum, line) => sum + line.amount_fen, 0);
  return {
    order_id: null,
    appointment_id: visit.appointment_id,
    state: 'none',
    category: 'self_pay',
    lines,
    amount_fen,
    due_fen: payable.includes(visit.status) ? amount_fen : 0,
    paid_fen: 0,
    refunded_fen: 0,
    kept_fen: 0,
    pay_until: wanted.pay_until.toISOString(),
    end_reason: null,
    refund_from: null,
    attempt: null,
    refunds: [],
    channels: [...ctx.payment.channels.keys()],
  };
}

/** A free return (三天有效) was paid with the visit it follows. */
const isFree = ({ pool }: PayableVisit): boolean => pool === 'free_return';

async function orderToPay(
  ctx: PayContext,
  input: { by: Payer; appointment_id: string; actor: string },
  from: readonly VisitStatus[],
): Promise<Order> {
  const visit = await visitOf(ctx, input);
  if (visit.status === 'lapsed' || (visit.hold_until && visit.hold_until <= ctx.clock.now()))
    throw refused('hold-over');
  if (!from.includes(visit.status)) throw refused('not-now');
  if (isFree(visit)) throw new Problem(nothingDue);
  const order = await openOrder(ctx, await toPay(ctx, visit), { actor: input.actor });
  if (!order) throw new Problem(nothingDue);
  return order;
}

/** Others' visits are not found. */
async function visitOf(
  ctx: PayContext,
  input: { by: Payer; appointment_id: string },
): Promise<PayableVisit> {
  const visit = await selectPayableVisit(ctx.db, input.appointment_id);
  const mine =
    visit !== undefined &&
    ('account_id' in input.by
      ? await mayActFor(ctx.db, input.by.account_id, visit.patient_id)
      : input.by.hospital_id === visit.hospital_id);
  if (!mine) throw refused('visit-unknown');
  return visit;
}

/** What payment needs to know of a visit. */
export async function toPay(
  ctx: Pick<BookingContext, 'db'>,
  visit: PayableVisit,
): Promise<VisitToPay> {
  const [session] = await getSessions(ctx, [visit.session_id]);
  if (!session) throw new Error('a visit names a session that exists');
  const { hospital_id, appointment_id, patient_id, account_id, service_date, starts_at } = visit;
  return {
    hospital_id,
    appointment_id,
    patient_id,
    account_id,
    service_date,
    starts_at,
    healthcare_service_id: session.healthcare_service_id,
    registration_fee_fen: session.registration_fee_fen,
    consultation_fee_fen: session.consultation_fee_fen,
    pay_until: visit.hold_until ?? session.ends_at,
  };
}
