import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { refused } from '../errors.ts';
import { assertOpen } from './add-number.ts';
import { addedDecided, addedNotOwn, addedUnknown } from './errors.ts';
import type { AddRefusal } from './rules.ts';
import { decideOrder, expireOrders, selectOrder, type AddedOrder } from './store-added.ts';
import { lockDirectStock, openNumber } from './store-direct.ts';
import { bookWithin } from './take-within.ts';
import type { ByStaff, DirectContext } from './types.ts';

/**
 * The office's one tap: gives the number above the quota, or refuses with a reason the patient reads.
 * @throws Problem booking/added-unknown, added-decided, added-not-own, and as `addNumber`.
 */
export async function decideAdded(
  ctx: DirectContext,
  input: ByStaff & { order_id: string; refusal: AddRefusal | null },
): Promise<{ state: 'given' | 'refused'; appointment_id: string | null }> {
  const order = await selectOrder(ctx.db, input);
  if (!order) throw new Problem(addedUnknown);
  if (order.state !== 'asked') throw new Problem(addedDecided);
  if (order.asked_by === input.actor) throw new Problem(addedNotOwn);
  const at = ctx.clock.now();
  const { actor, refusal, order_id } = input;
  return ctx.db.tx(async (tx) => {
    // The stock first, as whoever asks locks it.
    const stock = await lockDirectStock(tx, order.session_id);
    if (!stock) throw refused('session-unknown');
    // Whoever tapped second finds the order decided, before a number is made for nobody.
    if ((await selectOrder(tx, input))?.state !== 'asked') throw new Problem(addedDecided);
    let appointment_id: string | null = null;
    if (refusal === null) {
      assertOpen(stock, at);
      const { slot_id } = await openNumber(tx, {
        session_id: order.session_id,
        pool: 'added',
        slot_id: newId(ctx),
        quota_of: null,
        at,
        actor,
      });
      const visit = await bookWithin(tx, ctx, {
        actor,
        session_id: order.session_id,
        slot_id,
        patient_id: order.patient_id,
        pools: ['added'],
        detail: { reason: order.reason },
        idempotency: { scope: 'added order', key: order_id, fingerprint: '' },
      });
      appointment_id = visit.appointment_id;
    }
    const decided = await decideOrder(tx, { order_id, actor, at, appointment_id, refusal });
    if (!decided) throw new Problem(addedDecided);
    await appendEvents(tx, ctx, decisionEvents(order, { ...decided, actor, appointment_id }));
    return { state: appointment_id === null ? 'refused' : 'given', appointment_id };
  });
}

type DecisionEvents = Parameters<typeof appendEvents>[2];

function decisionEvents(
  order: AddedOrder,
  decision: { version: number; actor: string; appointment_id: string | null },
): DecisionEvents {
  const { appointment_id, actor } = decision;
  const { id: order_id, session_id, reason } = order;
  const about = {
    hospital_id: order.hospital_id,
    subject: `added:${order_id}`,
    person_id: order.patient_id,
    actor,
  };
  const outcome = appointment_id === null ? 'refused' : 'given';
  const events: DecisionEvents = [
    {
      ...about,
      name: 'booking.added.decided',
      version: appointment_id === null ? decision.version : decision.version - 1,
      payload: { order_id, session_id, outcome },
    },
  ];
  if (appointment_id !== null)
    events.push({
      ...about,
      name: 'booking.added.given',
      version: decision.version,
      payload: { order_id, session_id, reason, appointment_id, within_quota: false },
    });
  return events;
}

/** Ends requests whose session is over or stopped; nobody waits for an answer that cannot come. */
export async function expireAdded(ctx: { db: Db; clock: Clock; random: Random }): Promise<number> {
  return ctx.db.tx(async (tx) => {
    const expired = await expireOrders(tx, ctx.clock.now());
    await appendEvents(
      tx,
      ctx,
      expired.map((order) => ({
        name: 'booking.added.decided' as const,
        hospital_id: order.hospital_id,
        subject: `added:${order.id}`,
        version: order.version,
        person_id: order.patient_id,
        actor: 'system:booking',
        payload: { order_id: order.id, session_id: order.session_id, outcome: 'expired' },
      })),
    );
    return expired.length;
  });
}
