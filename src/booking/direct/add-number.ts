import { newId } from '../../platform/id.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Tx } from '../../platform/db.ts';
import { maskedPatients } from '../../identity/index.ts';
import { getSessions, type SessionView } from '../../schedule/index.ts';
import { notYourPatient, refused } from '../errors.ts';
import { addedAsked, addedByHis } from './errors.ts';
import type { AddReason } from './rules.ts';
import { hasRoomInSession, insertOrder } from './store-added.ts';
import { lockDirectStock, openNumber, type DirectStock } from './store-direct.ts';
import { bookWithin, innerKey, once } from './take-within.ts';
import type { ByStaff, DirectContext } from './types.ts';

export type AddInput = ByStaff & {
  session_id: string;
  patient_id: string;
  reason: AddReason;
  idempotency: Idempotency;
};

export type Added = {
  order_id: string;
  state: 'given' | 'asked';
  appointment_id: string | null;
  sequence: number | null;
};

/**
 * 加号: gives a named person a number beyond a session's own. Within the department's quota it is
 * booked at once; above it the request waits for the office (门诊办). Number, visit, order and events
 * commit together; two doctors at the last place of a quota follow one another under the stock's lock.
 * @throws Problem booking/session-unknown, added-his, added-asked, session-day, over, stopped.
 */
export async function addNumber(ctx: DirectContext, input: AddInput): Promise<Added> {
  const [[session], patients] = await Promise.all([
    getSessions(ctx, [input.session_id]),
    maskedPatients(ctx, [input.patient_id]),
  ]);
  if (session?.hospital_id !== input.hospital_id) throw refused('session-unknown');
  if (!patients.has(input.patient_id)) throw new Problem(notYourPatient);
  const at = ctx.clock.now();
  return ctx.db.tx(async (tx) => {
    const stock = await lockDirectStock(tx, input.session_id);
    if (!stock) throw refused('session-unknown');
    return once(tx, { ...input, at }, () => give(tx, ctx, { ...input, session, stock }));
  });
}

async function give(
  tx: Tx,
  ctx: DirectContext,
  input: AddInput & { session: SessionView; stock: DirectStock },
): Promise<Added> {
  const at = ctx.clock.now();
  const { session, stock, session_id, patient_id, actor, reason } = input;
  assertOpen(stock, at);
  const order_id = newId(ctx);
  const { slot_id, quota } = await openNumber(tx, {
    session_id,
    pool: 'added',
    slot_id: newId(ctx),
    quota_of: session.department_id,
    at,
    actor,
  });
  const within_quota = slot_id !== null;
  const visit =
    slot_id === null
      ? null
      : await bookWithin(tx, ctx, {
          actor,
          session_id,
          slot_id,
          patient_id,
          pools: ['added'],
          detail: { reason },
          idempotency: innerKey(input.idempotency),
        });
  if (!within_quota && !(await hasRoomInSession(tx, input))) throw refused('session-day');
  const appointment_id = visit?.appointment_id ?? null;
  const written = await insertOrder(tx, {
    id: order_id,
    hospital_id: input.hospital_id,
    department_id: session.department_id,
    session_id,
    practitioner_id: stock.practitioner_id,
    patient_id,
    reason,
    quota,
    within_quota,
    asked_by: actor,
    asked_at: at,
    appointment_id,
  });
  if (!written) throw new Problem(addedAsked);
  await tell(tx, ctx, { ...input, order_id, appointment_id });
  const state = appointment_id === null ? 'asked' : 'given';
  return { order_id, state, appointment_id, sequence: visit?.sequence ?? null };
}

/** The patient hears of a number given and of one asked for. */
async function tell(
  tx: Tx,
  ctx: DirectContext,
  order: AddInput & { order_id: string; appointment_id: string | null },
): Promise<void> {
  const { order_id, session_id, reason, appointment_id } = order;
  const about = {
    hospital_id: order.hospital_id,
    subject: `added:${order_id}`,
    version: 1,
    person_id: order.patient_id,
    actor: order.actor,
  };
  const payload = { order_id, session_id, reason };
  await appendEvents(tx, ctx, [
    appointment_id === null
      ? { ...about, name: 'booking.added.asked', payload }
      : {
          ...about,
          name: 'booking.added.given',
          payload: { ...payload, appointment_id, within_quota: true },
        },
  ]);
}

/** Numbers are added to sessions of our own that are on. */
export function assertOpen(stock: DirectStock, at: Date): void {
  if (stock.master === 'his') throw new Problem(addedByHis);
  if (stock.state === 'stopped') throw refused('stopped');
  if (stock.ends_at <= at) throw refused('over');
}
