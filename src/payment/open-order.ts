import { shanghaiDate } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { FeeCategory, Line, Order, PaymentContext } from './model.ts';
import { linesOf, sumOf } from './rules.ts';
import { aboutOrder, orderFacts, type Source } from './settle.ts';
import { feesInForce, seedFees } from './store-fees.ts';
import { findOrder, insertLines, insertOrder, setPayUntil } from './store.ts';

/** A booked visit as booking hands it over: whose, where, when, and what the schedule says it costs. */
export type VisitToPay = {
  hospital_id: string;
  appointment_id: string;
  patient_id: string;
  account_id: string | null;
  healthcare_service_id: string;
  service_date: string;
  starts_at: Date;
  registration_fee_fen: number;
  consultation_fee_fen: number;
  /** The end of a hold, or of the time in which a booked visit can be paid. */
  pay_until: Date;
};

type OpenContext = Pick<PaymentContext, 'db' | 'clock' | 'random'>;

/**
 * The live order of a visit, opened when there is none. One visit has one live order, however often
 * and from wherever it is asked for. Undefined when the visit costs nothing.
 */
export function openOrder(
  ctx: OpenContext,
  visit: VisitToPay,
  by: { actor: string; category?: FeeCategory },
): Promise<Order | undefined> {
  return ctx.db.tx(async (tx) => {
    const known = await findOrder(tx, { appointment_id: visit.appointment_id });
    if (known && known.ended_at === null) {
      await setPayUntil(tx, known.id, visit.pay_until);
      return { ...known, pay_until: visit.pay_until };
    }
    const category = by.category ?? 'self_pay';
    const lines = await visitLines(tx, ctx, visit, { category, actor: by.actor });
    if (sumOf(lines) === 0) return undefined;
    const { appointment_id, starts_at, ...rest } = visit;
    await open(tx, ctx, {
      ...rest,
      appointment_id,
      bill_id: null,
      visit_starts_at: starts_at,
      category,
      lines,
      actor: by.actor,
    });
    return findOrder(tx, { appointment_id });
  });
}

/** What a visit is charged for: the clinic's fee items in force on its day, in words and fen. */
export async function visitLines(
  tx: Tx,
  source: Source,
  visit: Pick<
    VisitToPay,
    | 'hospital_id'
    | 'healthcare_service_id'
    | 'service_date'
    | 'registration_fee_fen'
    | 'consultation_fee_fen'
  >,
  by: { category: FeeCategory; actor: string },
): Promise<(Line & { fee_item_id: string })[]> {
  const at = source.clock.now();
  const fees = scheduleFees(visit).map((fee) => ({ ...fee, id: newId(source) }));
  const today = shanghaiDate(at);
  // Seeded for the visit's own day when that is past already, so that its price is found.
  const day = visit.service_date < today ? visit.service_date : today;
  await seedFees(tx, visit, fees, { day, at, actor: by.actor });
  const { healthcare_service_id, service_date } = visit;
  return linesOf(await feesInForce(tx, { healthcare_service_id, day: service_date }), by.category);
}

type Fees = Pick<VisitToPay, 'registration_fee_fen' | 'consultation_fee_fen'>;

function scheduleFees(visit: Fees): Line[] {
  return [
    { code: 'registration', name: '挂号费', amount_fen: visit.registration_fee_fen },
    { code: 'consultation', name: '诊疗费', amount_fen: visit.consultation_fee_fen },
  ];
}

/** What a visit would be charged, before anybody asked to pay; writes nothing. */
export async function quoteVisit(
  ctx: Pick<PaymentContext, 'db'>,
  visit: Fees & Pick<VisitToPay, 'healthcare_service_id' | 'service_date'>,
  category: FeeCategory = 'self_pay',
): Promise<Line[]> {
  const { healthcare_service_id, service_date: day } = visit;
  const found = await feesInForce(ctx.db, { healthcare_service_id, day });
  const local = linesOf(
    found.filter((item) => item.source === 'local'),
    category,
  );
  const set = new Set(found.filter((item) => item.source === 'local').map((item) => item.code));
  const rest = scheduleFees(visit).filter((fee) => fee.amount_fen > 0 && !set.has(fee.code));
  return [...rest, ...local.map(({ code, name, amount_fen }) => ({ code, name, amount_fen }))];
}

/** Writes an order with its lines and tells of it; one that is there already stays as it is. */
export async function open(
  tx: Tx,
  source: Source,
  order: {
    hospital_id: string;
    appointment_id: string | null;
    bill_id: string | null;
    patient_id: string;
    account_id: string | null;
    category: FeeCategory;
    pay_until: Date | null;
    visit_starts_at: Date | null;
    lines: (Line & { fee_item_id?: string })[];
    actor: string;
  },
): Promise<void> {
  const id = newId(source);
  const at = source.clock.now();
  if (!(await insertOrder(tx, { ...order, id, amount_fen: sumOf(order.lines), at }))) return;
  await insertLines(tx, { order_id: id, settlement: 1 }, order.lines);
  const made = (await findOrder(tx, { id })) as Order;
  await appendEvents(tx, source, [
    {
      name: 'payment.order.opened',
      ...aboutOrder(made, order.actor),
      version: 1,
      payload: { ...orderFacts(made), pay_until: order.pay_until?.toISOString() ?? null },
    },
  ]);
}
