import { shanghaiDate } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { keptOf } from './rules.ts';
import { settleOrder, type Source } from './settle.ts';
import { markClosing } from './store-attempt.ts';
import { priceRuleOn } from './store-fees.ts';
import { findOrder, lockOrder, setAnswered, setEnd, setVisit } from './store.ts';

/** Why a visit is not to be: what the person is told, and whether a price rule may keep anything. */
export type EndReason =
  'cancelled' | 'no-show' | 'stopped' | 'lapsed' | 'lost' | 'withdrawn' | 'voided';

/**
 * Ends an order whose visit will not be: nobody can pay it any more, and what was paid goes back in
 * full by the way it came, except what a local price rule in force keeps. Ending twice changes nothing.
 */
export async function endOrder(
  tx: Tx,
  source: Source,
  input: { order_id: string; reason: EndReason; at: Date; actor: string },
): Promise<void> {
  const order = await lockOrder(tx, input.order_id);
  if (!order || order.ended_at !== null) return;
  const day = shanghaiDate(order.visit_starts_at ?? input.at);
  const rule = order.kind === 'visit' ? await priceRuleOn(tx, order.hospital_id, day) : undefined;
  const kept_fen = keptOf(order, input, rule);
  await markClosing(tx, order.id, source.clock.now());
  await setEnd(tx, {
    id: order.id,
    ended_at: input.at,
    end_reason: input.reason,
    kept_fen,
    kept_rule_id: kept_fen > 0 && rule ? rule.id : null,
  });
  await settleOrder(tx, source, {
    order_id: order.id,
    actor: input.actor,
    reason: input.reason,
  });
}

/** Booking's answer to a payment: the visit is confirmed and keeps its order. */
export async function answerPaid(tx: Tx, source: Source, order_id: string): Promise<void> {
  await setAnswered(tx, order_id, source.clock.now());
}

/** Booking's answer to a payment whose number is lost: all of it goes back. */
export async function refusePaid(
  tx: Tx,
  source: Source,
  input: { order_id: string; reason: EndReason; actor: string },
): Promise<void> {
  await endOrder(tx, source, { ...input, at: source.clock.now() });
  await setAnswered(tx, input.order_id, source.clock.now());
}

/** Booking's answer when the lost number was still free: the order goes with the new visit. */
export async function reseat(
  tx: Tx,
  source: Source,
  input: { order_id: string; appointment_id: string },
): Promise<void> {
  await setVisit(tx, input.order_id, input.appointment_id);
  await setAnswered(tx, input.order_id, source.clock.now());
}

/** Ends the order of a visit, if it has one. */
export async function endVisitOrder(
  tx: Tx,
  source: Source,
  input: { appointment_id: string; reason: EndReason; at: Date; actor: string },
): Promise<void> {
  const order = await findOrder(tx, { appointment_id: input.appointment_id });
  if (order) await endOrder(tx, source, { ...input, order_id: order.id });
}
