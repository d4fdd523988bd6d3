import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { endOrder } from './end-order.ts';
import { billInPayment, billUnknown } from './errors.ts';
import type { Line, Order, PaymentContext } from './model.ts';
import { open } from './open-order.ts';
import { sumOf } from './rules.ts';
import { selectBills, setBillWithdrawn, upsertBill, type Bill } from './store-bills.ts';
import { findOrder } from './store.ts';

type BillContext = Pick<PaymentContext, 'db' | 'clock' | 'random'>;

export type BillToReceive = {
  hospital_id: string;
  /** The bill's number in the hospital's own system; the same number again is the same bill. */
  his_id: string;
  patient_id: string;
  lines: Line[];
  issued_at: Date;
};

/**
 * Takes a bill from the hospital system. Repeating is harmless; lines may change until somebody
 * begins to pay.
 * @throws Problem payment/bill-in-payment when the changed bill is being paid already.
 */
export function receiveBill(ctx: BillContext, bill: BillToReceive): Promise<{ bill_id: string }> {
  return ctx.db.tx(async (tx) => {
    const id = newId(ctx);
    const written = await upsertBill(tx, { ...bill, id, amount_fen: sumOf(bill.lines) });
    if (!written.fits) throw new Problem(billInPayment);
    const { bill_id, version } = written;
    if (written.fresh)
      await appendEvents(tx, ctx, [
        {
          name: 'payment.bill.received',
          hospital_id: bill.hospital_id,
          subject: `bill:${bill_id}`,
          version,
          person_id: bill.patient_id,
          actor: 'system:his',
          payload: { bill_id, patient_id: bill.patient_id, amount_fen: sumOf(bill.lines) },
        },
      ]);
    return { bill_id };
  });
}

/** The hospital system takes a bill back: what was paid goes back to the payer. */
export function withdrawBill(
  ctx: BillContext,
  input: { hospital_id: string; his_id: string },
): Promise<void> {
  return ctx.db.tx(async (tx) => {
    const [bill] = await selectBills(tx, input);
    if (!bill) throw new Problem(billUnknown);
    const withdrawn = await setBillWithdrawn(tx, bill.bill_id);
    if (!withdrawn) return;
    await appendEvents(tx, ctx, [
      {
        name: 'payment.bill.withdrawn',
        hospital_id: bill.hospital_id,
        subject: `bill:${bill.bill_id}`,
        version: withdrawn.version,
        person_id: bill.patient_id,
        actor: 'system:his',
        payload: { bill_id: bill.bill_id },
      },
    ]);
    const order = await findOrder(tx, { bill_id: bill.bill_id });
    if (order)
      await endOrder(tx, ctx, {
        order_id: order.id,
        reason: 'withdrawn',
        at: ctx.clock.now(),
        actor: 'system:his',
      });
  });
}

/** Bills of these patients, the newest first. */
export function listBills(ctx: Pick<PaymentContext, 'db'>, patient_ids: string[]): Promise<Bill[]> {
  return selectBills(ctx.db, { patient_ids });
}

/**
 * The order of a bill, opened when there is none.
 * @throws Problem payment/bill-unknown, also when it is of none of these patients or withdrawn.
 */
export function openBillOrder(
  ctx: BillContext,
  input: { bill_id: string; patient_ids: string[]; account_id: string },
): Promise<Order> {
  return ctx.db.tx(async (tx) => {
    const [bill] = await selectBills(tx, { id: input.bill_id, patient_ids: input.patient_ids });
    if (!bill || bill.state === 'withdrawn') throw new Problem(billUnknown);
    const { bill_id, hospital_id, patient_id, lines } = bill;
    const known = await findOrder(tx, { bill_id });
    if (known && known.ended_at === null) return known;
    await open(tx, ctx, {
      hospital_id,
      appointment_id: null,
      bill_id,
      patient_id,
      account_id: input.account_id,
      category: 'self_pay',
      pay_until: null,
      visit_starts_at: null,
      lines,
      actor: `account:${input.account_id}`,
    });
    return (await findOrder(tx, { bill_id })) as Order;
  });
}
