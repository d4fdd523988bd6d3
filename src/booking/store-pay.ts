import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { Channel, Pool, VisitStatus } from './types.ts';

/** A visit as paying sees it: its state, its number, and the traces of whoever booked it. */
export type PayableVisit = {
  appointment_id: string;
  hospital_id: string;
  session_id: string;
  slot_id: string;
  patient_id: string;
  account_id: string | null;
  device_key_id: string | null;
  phone_index: string | null;
  channel: Channel;
  status: VisitStatus;
  hold_until: Date | null;
  service_date: string;
  starts_at: Date;
  ends_at: Date;
  pool: Pool;
};

export function selectPayableVisit(
  db: Queryable,
  appointment_id: string,
): Promise<PayableVisit | undefined> {
  return db.maybe<PayableVisit>(sql`
    select a.id as appointment_id, a.hospital_id, a.session_id, a.slot_id, a.patient_id, a.account_id,
      a.device_key_id, encode(a.phone_index, 'hex') as phone_index, a.channel, a.status, a.hold_until,
      a.service_date, s.starts_at, s.ends_at, s.pool
    from booking.appointment a join booking.slot s on s.id = a.slot_id where a.id = ${appointment_id}`);
}

/** Who paid, as a keyed index: several visits of strangers paid by one person are worth a look. */
export async function setPayer(
  tx: Tx,
  appointment_id: string,
  payer_reference: string,
): Promise<void> {
  await tx.run(sql`
    update booking.appointment set payer_reference = ${payer_reference}
    where id = ${appointment_id} and payer_reference is distinct from ${payer_reference}`);
}

/** A visit locked with its state, so that it is not restored meanwhile. */
export function lockCancelled(
  tx: Tx,
  appointment_id: string,
): Promise<
  | {
      hospital_id: string;
      session_id: string;
      patient_id: string;
      status: VisitStatus;
      cancelled_at: Date | null;
    }
  | undefined
> {
  return tx.maybe(sql`
    select hospital_id, session_id, patient_id, status, cancelled_at from booking.appointment
    where id = ${appointment_id} for update`);
}

/** Notes that a cancellation is not undone any more; false when it was noted before. */
export async function closeUndoOf(
  tx: Tx,
  row: { appointment_id: string; hospital_id: string; said_by: string; actor: string; at: Date },
): Promise<boolean> {
  const written = await tx.run(sql`
    insert into booking.undo_closed (appointment_id, hospital_id, said_by, closed_by, at)
    values (${row.appointment_id}, ${row.hospital_id}, ${row.said_by}, ${row.actor}, ${row.at})
    on conflict (appointment_id) do nothing`);
  return written === 1;
}

/** Whether the undo of a cancellation was given up. */
export async function isUndoClosed(tx: Tx, appointment_id: string): Promise<boolean> {
  const found = await tx.maybe(sql`
    select from booking.undo_closed where appointment_id = ${appointment_id}`);
  return found !== undefined;
}
