import type { EventName, Events } from '../events.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents, type NewEvent } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import type { Order } from './model.ts';
import { newNumber } from './numbers.ts';
import { settlementOf, spreadRefund, type Settlement } from './rules.ts';
import { setBillPaid } from './store-bills.ts';
import { insertRefunds, selectAttempts, type NewRefund } from './store-attempt.ts';
import { insertEntries, type Entry } from './store-ledger.ts';
import { lockOrder, writeState } from './store.ts';

export type Source = { clock: Clock; random: Random };

/**
 * Brings a locked order to what it should be (see `settlementOf`): books or reverses income, asks for
 * refunds, writes the state, tells of all of it. Whatever changed an order ends with this.
 */
export async function settleOrder(
  tx: Tx,
  source: Source,
  input: { order_id: string; actor: string; reason: string; refunded_fen?: number },
): Promise<Order> {
  const order = await lockOrder(tx, input.order_id);
  if (!order) throw new Error('an order that is settled exists');
  const before = order.state;
  order.refunded_fen += input.refunded_fen ?? 0;
  const should = settlementOf(order);
  const at = source.clock.now();
  const refunds = await planRefunds(tx, source, order, { ...input, ...should });
  const paid_now = should.state === 'paid' && before !== 'paid' && before !== 'refunding';
  const told = news(order, should, { before, refunds, paid_now });
  const version = await writeState(tx, {
    id: order.id,
    ...should,
    refunded_fen: input.refunded_fen ?? 0,
    events: told.length,
    paid_now,
    at,
  });
  await insertEntries(tx, incomeEntries(source, order, should.charged_fen), {
    at,
    actor: input.actor,
  });
  if (refunds.length > 0) await insertRefunds(tx, refunds, { at, actor: input.actor });
  await appendEvents(tx, source, [
    ...told.map((event, n) => ({
      ...event,
      ...aboutOrder(order, input.actor),
      version: version + n + 1,
    })),
    ...(paid_now && order.bill_id !== null ? [await billPaid(tx, order, at)] : []),
  ]);
  return { ...order, ...should, refund_asked_fen: order.refund_asked_fen + should.refund_fen };
}

/** What every event of an order says besides its name and payload. */
export function aboutOrder(
  order: Order,
  actor: string,
): Pick<NewEvent, 'hospital_id' | 'subject' | 'person_id' | 'actor'> {
  return {
    hospital_id: order.hospital_id,
    subject: `order:${order.id}`,
    person_id: order.patient_id,
    actor,
  };
}

/** The payload that every event of an order has. */
export function orderFacts(order: Order): Events['payment.order.closed'] {
  return {
    order_id: order.id,
    kind: order.kind,
    patient_id: order.patient_id,
    ...(order.appointment_id === null ? {} : { appointment_id: order.appointment_id }),
    ...(order.bill_id === null ? {} : { bill_id: order.bill_id }),
    amount_fen: order.amount_fen,
  };
}

async function planRefunds(
  tx: Tx,
  source: Source,
  order: Order,
  wanted: { refund_fen: number; reason: string },
): Promise<NewRefund[]> {
  if (wanted.refund_fen === 0) return [];
  const paid = await selectAttempts(tx, order.id);
  return spreadRefund(paid, wanted.refund_fen).map((part) => ({
    id: newId(source),
    order_id: order.id,
    ...part,
    number: newNumber('R', source),
    reason: order.end_reason ?? wanted.reason,
  }));
}

type Told = { name: EventName; payload: Events[EventName] };

function news(
  order: Order,
  should: Settlement,
  is: { before: Order['state']; refunds: NewRefund[]; paid_now: boolean },
): Told[] {
  const facts = orderFacts(order);
  const told: Told[] = [];
  if (is.paid_now) told.push({ name: 'payment.order.paid', payload: facts });
  if (should.state === 'closed' && is.before !== 'closed')
    told.push({ name: 'payment.order.closed', payload: facts });
  for (const refund of is.refunds)
    told.push({
      name: 'payment.refund.asked',
      payload: {
        ...facts,
        refund_id: refund.id,
        refund_fen: refund.amount_fen,
        reason: refund.reason,
      },
    });
  return told;
}

/** A change of what is booked as income is two movements: the old is reversed, the new charged. */
function incomeEntries(source: Source, order: Order, charged_fen: number): Entry[] {
  if (charged_fen === order.charged_fen) return [];
  const value_at = source.clock.now();
  const income = order.kind === 'visit' ? 'visit_income' : 'bill_income';
  const movement = (kind: 'charge' | 'reversal', amount_fen: number): Entry[] => {
    if (amount_fen === 0) return [];
    const sign = kind === 'charge' ? 1 : -1;
    const shared = { movement_id: newId(source), kind, order_id: order.id, value_at };
    const none = { attempt_id: null, refund_id: null };
    return [
      { ...shared, ...none, account: 'patient', amount_fen: sign * amount_fen },
      { ...shared, ...none, account: income, amount_fen: -sign * amount_fen },
    ];
  };
  return [...movement('reversal', order.charged_fen), ...movement('charge', charged_fen)];
}

async function billPaid(tx: Tx, order: Order, at: Date): Promise<NewEvent> {
  const bill_id = order.bill_id as string;
  const { version, hospital_id, his_id } = await setBillPaid(tx, bill_id, at);
  return {
    name: 'payment.bill.paid',
    hospital_id,
    subject: `bill:${bill_id}`,
    version,
    person_id: order.patient_id,
    actor: 'system:payment',
    payload: { bill_id, order_id: order.id, his_id, amount_fen: order.amount_fen },
  };
}
