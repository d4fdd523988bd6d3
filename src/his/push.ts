import { hisIds } from '../booking/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import type { StoredEvent, Subscription } from '../platform/outbox.ts';
import { HisRefused, HisUnknown } from './client.ts';
import { addWorkItems, claimOrders, settleOrder, wishOrders, type DueOrder } from './store.ts';
import type { HisContext, HisLink } from './sync.ts';

type VisitEvent = StoredEvent & {
  payload: { appointment_id: string; slot_id: string; status: string; number?: string };
};

/** Follows bookings of numbers that a HIS masters and notes what that HIS has to hear. */
export function hisSubscriptions(ctx: { clock: Clock }): Subscription[] {
  return [
    {
      name: 'his.orders',
      events: [
        'booking.visit.booked',
        'booking.visit.confirmed',
        'booking.visit.migrated',
        'booking.visit.restored',
        'booking.visit.moved',
        'booking.visit.cancelled',
        'booking.visit.lapsed',
        'booking.visit.stopped',
      ],
      handle: (tx, events) => note(tx, ctx, events as VisitEvent[]),
    },
  ];
}

async function note(tx: Tx, ctx: { clock: Clock }, events: VisitEvent[]): Promise<void> {
  const ids = await hisIds(
    tx,
    events.map((event) => event.payload.slot_id),
  );
  const orders = events.flatMap((event) => {
    const number = ids.get(event.payload.slot_id);
    if (!number) return [];
    const { appointment_id } = event.payload;
    const wanted = isTaken(event) ? ('confirmed' as const) : ('cancelled' as const);
    return [
      {
        hospital_id: number.hospital_id,
        appointment_id,
        number_id: number.his_id,
        wanted,
        version: event.version,
      },
    ];
  });
  if (orders.length > 0) await wishOrders(tx, orders, ctx.clock.now());
}

/** A move tells of two numbers: the one that was left and the one that was taken. */
function isTaken(event: VisitEvent): boolean {
  if (event.name === 'booking.visit.moved') return event.payload.number === 'booked';
  return event.payload.status === 'booked';
}

const claim_ms = 30_000;
const orders_a_round = 100;

/**
 * Tells the HIS of bookings and cancellations, each under our appointment's id, so repeating harms
 * nothing. After a time-out nobody knows what the HIS did: it is asked first, then told again only
 * what it does not know. A refusal goes on the work list.
 * @returns how many orders were settled.
 */
export async function pushOrders(ctx: HisContext, link: HisLink): Promise<number> {
  const at = ctx.clock.now();
  const due = await claimOrders(ctx.db, {
    hospital_id: link.hospital_id,
    at,
    until: new Date(at.getTime() + claim_ms),
    limit: orders_a_round,
  });
  const settled = await Promise.all(due.map((order) => pushOne(ctx, link, order)));
  return settled.filter(Boolean).length;
}

async function pushOne(ctx: HisContext, link: HisLink, order: DueOrder): Promise<boolean> {
  const { appointment_id, number_id, wanted } = order;
  const request = { order_id: appointment_id, number_id };
  try {
    const known =
      order.known === 'unknown' ? (await link.client.order(request)).state : order.known;
    if (known !== wanted)
      await (wanted === 'confirmed' ? link.client.confirm(request) : link.client.cancel(request));
    await settle(ctx, order, { known: wanted, error: null, wait_ms: 0 });
    return true;
  } catch (error) {
    if (error instanceof HisUnknown) {
      const wait_ms = Math.min(1_000 * 2 ** order.tries, 5 * 60_000);
      await settle(ctx, order, { known: 'unknown', error: error.message, wait_ms });
      return false;
    }
    if (!(error instanceof HisRefused)) throw error;
    await refused(ctx, link, order, error);
    return true;
  }
}

function settle(
  ctx: HisContext,
  order: DueOrder,
  as: {
    known: 'confirmed' | 'cancelled' | 'unknown' | 'refused';
    error: string | null;
    wait_ms: number;
  },
): Promise<void> {
  const { appointment_id, number_id } = order;
  const next_at = new Date(ctx.clock.now().getTime() + as.wait_ms);
  const { known, error } = as;
  return settleOrder(ctx.db, { appointment_id, number_id, known, error, next_at });
}

async function refused(
  ctx: HisContext,
  link: HisLink,
  order: DueOrder,
  error: HisRefused,
): Promise<void> {
  const { appointment_id, number_id } = order;
  await addWorkItems(ctx.db, [
    {
      id: newId(ctx),
      hospital_id: link.hospital_id,
      kind: 'order-refused',
      number_id,
      appointment_id,
      reason: `医院系统拒绝了这个预约（${error.code}），请与医院核对`,
      created_at: ctx.clock.now(),
    },
  ]);
  await settle(ctx, order, { known: 'refused', error: error.code, wait_ms: 0 });
}
