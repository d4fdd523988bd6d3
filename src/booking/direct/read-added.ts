import { maskedPatients } from '../../identity/index.ts';
import { getSessions, type SessionView } from '../../schedule/index.ts';
import { refused } from '../errors.ts';
import { addedQuota, default_added_share } from './rules.ts';
import {
  countAdded,
  selectAsked,
  selectQuotas,
  selectSessionOrders,
  type AddedOrder,
} from './store-added.ts';
import type { DirectContext } from './types.ts';

export type ReadOrder = AddedOrder & {
  name_masked: string;
  document_masked: string;
  age: number | null;
  session: SessionView;
};

/** What waits for the office, the session that begins first on top. */
export async function listAsked(ctx: DirectContext, hospital_id: string): Promise<ReadOrder[]> {
  return named(ctx, await selectAsked(ctx.db, hospital_id));
}

/**
 * A session's added numbers with what is left of its quota, for the doctor's form.
 * @throws Problem booking/session-unknown, also when it is another hospital's.
 */
export async function sessionAdded(
  ctx: DirectContext,
  input: { session_id: string; hospital_id: string },
): Promise<{ quota: number; used: number; orders: ReadOrder[] }> {
  const [session] = await getSessions(ctx, [input.session_id]);
  if (session?.hospital_id !== input.hospital_id) throw refused('session-unknown');
  const [orders, counts, quotas] = await Promise.all([
    selectSessionOrders(ctx.db, input),
    countAdded(ctx.db, input.session_id),
    selectQuotas(ctx.db, input.hospital_id),
  ]);
  const own = quotas.find((one) => one.department_id === session.department_id);
  return {
    quota: addedQuota(counts.numbers, own?.share ?? default_added_share),
    used: counts.used,
    orders: await named(ctx, orders),
  };
}

async function named(ctx: DirectContext, orders: readonly AddedOrder[]): Promise<ReadOrder[]> {
  if (orders.length === 0) return [];
  const [sessions, patients] = await Promise.all([
    getSessions(ctx, [...new Set(orders.map((order) => order.session_id))]),
    maskedPatients(
      ctx,
      orders.map((order) => order.patient_id),
    ),
  ]);
  const byId = new Map(sessions.map((session) => [session.id, session]));
  return orders.map((order) => {
    const session = byId.get(order.session_id);
    if (!session) throw new Error('an order names a session that exists');
    const patient = patients.get(order.patient_id);
    return {
      ...order,
      session,
      name_masked: patient?.name_masked ?? '',
      document_masked: patient?.document_masked ?? '',
      age: patient?.age ?? null,
    };
  });
}
