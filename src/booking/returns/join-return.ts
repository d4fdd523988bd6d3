import { shanghaiDate } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { findPatientByDocument } from '../../identity/index.ts';
import { getSessions, type SessionView } from '../../schedule/index.ts';
import type { DeskContext } from '../check-in.ts';
import { lockDirectStock, openNumber, type DirectStock } from '../direct/store-direct.ts';
import { innerKey, once } from '../direct/take-within.ts';
import { notToday, refused } from '../errors.ts';
import { createBookingHot } from '../hot.ts';
import { step } from '../step.ts';
import { notePriority, priorityOf } from '../waiting/priority.ts';
import { returnByHis, returnNone } from './errors.ts';
import { lockOpenReturn, seatReturn, useReturn } from './store.ts';

export type JoinInput = {
  hospital_id: string;
  actor: string;
  /** Today's session of the department the patient was seen in. */
  session_id: string;
  document_type: string;
  document_number: string;
  idempotency: Idempotency;
};

export type Joined = { appointment_id: string; sequence: number };

/**
 * 回诊签到: who has an open return to the session's department joins its line now, by the document
 * shown. The number is made for it beside the plan, so it takes nobody's place and costs nothing; the
 * return is used up in the same transaction, once whoever asks.
 * @throws Problem booking/session-unknown, not-today, return-none, return-his, stopped, over.
 */
export async function joinByReturn(ctx: DeskContext, input: JoinInput): Promise<Joined> {
  const [[session], shown] = await Promise.all([
    getSessions(ctx, [input.session_id]),
    findPatientByDocument(ctx, input.document_type, input.document_number),
  ]);
  if (session?.hospital_id !== input.hospital_id) throw refused('session-unknown');
  const at = ctx.clock.now();
  const today = shanghaiDate(at);
  if (session.service_date !== today) throw new Problem(notToday);
  if (!shown) throw new Problem(returnNone);
  const person = { ...input, patient_id: shown.patient_id, service_date: today };
  const priority = await priorityOf(ctx, person, input.document_type === 'officer_id');
  return ctx.db.tx(async (tx) => {
    const stock = await lockDirectStock(tx, session.id);
    if (!stock) throw refused('session-unknown');
    return once(tx, { ...input, at }, () => {
      assertOpen(stock, at);
      return join(tx, ctx, { ...input, session, patient_id: shown.patient_id, today, priority });
    });
  });
}

function assertOpen(stock: DirectStock, at: Date): void {
  if (stock.master === 'his') throw new Problem(returnByHis);
  if (stock.state === 'stopped') throw refused('stopped');
  if (stock.ends_at <= at) throw refused('over');
}

async function join(
  tx: Tx,
  ctx: DeskContext,
  input: JoinInput & {
    session: SessionView;
    patient_id: string;
    today: string;
    priority: Awaited<ReturnType<typeof priorityOf>>;
  },
): Promise<Joined> {
  const at = ctx.clock.now();
  const { hospital_id, session_id, session, patient_id, actor, today } = input;
  const { department_id } = session;
  const open = await lockOpenReturn(tx, { hospital_id, patient_id, department_id, today });
  if (!open) throw new Problem(returnNone);
  const { slot_id } = await openNumber(tx, {
    session_id,
    pool: 'free_return',
    slot_id: newId(ctx),
    quota_of: null,
    at,
    actor,
  });
  if (slot_id === null) throw new Error('a number without a quota is always made');
  const { from_appointment_id } = open;
  const appointment_id = newId(ctx);
  const seat = { slot_id, appointment_id, patient_id, from_appointment_id, actor, at };
  const sequence = await seatReturn(tx, { ...seat, event_id: newId(ctx) });
  const hot = { ...ctx, bookingHot: createBookingHot(tx) };
  const idempotency = innerKey(input.idempotency);
  await step(hot, 'checkIn', { appointment_id, actor, identity_checked_by: actor, idempotency });
  if (input.priority) {
    const visit = { appointment_id, hospital_id, session_id, patient_id };
    await notePriority(tx, ctx, { visit, ...input.priority, actor });
  }
  const version = await useReturn(tx, { id: open.id, appointment_id, at });
  await appendEvents(tx, ctx, [
    {
      name: 'booking.return.used',
      hospital_id,
      subject: `return:${open.id}`,
      version,
      person_id: patient_id,
      actor,
      payload: { return_id: open.id, appointment_id, session_id },
    },
  ]);
  return { appointment_id, sequence };
}
