import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import type { StoredEvent, Subscription } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { endVisitOrder, type EndReason } from './end-order.ts';
import { undo_wait_ms } from './rules.ts';
import { moveMoney } from './store-person.ts';
import { findOrder, lockOrder, setEndDue } from './store.ts';

const actor = 'system:payment';

const endings: Record<string, EndReason> = {
  'booking.visit.stopped': 'stopped',
  'booking.visit.lapsed': 'lapsed',
  'booking.visit.no-show': 'no-show',
};

/**
 * 退费 follows 退号, as an act of its own: payment hears that a visit will not be and gives back what
 * was paid for it. A cancellation can be undone for ten minutes, and the money waits for them.
 */
export function paymentSubscriptions(ctx: { clock: Clock; random: Random }): Subscription[] {
  return [
    {
      name: 'payment.visits',
      events: [
        'booking.visit.cancelled',
        'booking.visit.restored',
        'booking.visit.stopped',
        'booking.visit.lapsed',
        'booking.visit.no-show',
      ],
      handle: async (tx, events) => {
        for (const event of events) await follow(tx, ctx, event);
      },
    },
    {
      name: 'payment.people',
      events: ['identity.patient.merged'],
      handle: async (tx, events) => {
        for (const event of events as StoredEvent<'identity.patient.merged'>[])
          await moveMoney(tx, event.payload.from, event.payload.into);
      },
    },
  ];
}

async function follow(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  event: StoredEvent,
): Promise<void> {
  const { appointment_id } = event.payload as { appointment_id: string };
  const reason = endings[event.name];
  if (reason !== undefined) {
    // Paid at the last moment: booking knows whether the very number is still free for this person.
    if (reason === 'lapsed' && (await awaitsAnswer(tx, appointment_id))) return;
    await endVisitOrder(tx, ctx, { appointment_id, reason, at: event.occurred_at, actor });
    return;
  }
  const found = await findOrder(tx, { appointment_id });
  const order = found && found.ended_at === null ? await lockOrder(tx, found.id) : undefined;
  if (!order || order.ended_at !== null) return;
  if (event.name === 'booking.visit.restored') {
    await setEndDue(tx, order.id, null);
  } else if (order.paid_fen > order.refund_asked_fen) {
    await setEndDue(tx, order.id, new Date(event.occurred_at.getTime() + undo_wait_ms));
  } else {
    const at = event.occurred_at;
    await endVisitOrder(tx, ctx, { appointment_id, reason: 'cancelled', at, actor });
  }
}

async function awaitsAnswer(tx: Tx, appointment_id: string): Promise<boolean> {
  const order = await findOrder(tx, { appointment_id });
  return order?.state === 'paid' && order.answered_at === null;
}
