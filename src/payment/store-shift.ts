import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type CashMoved = {
  received: number;
  received_fen: number;
  refunded: number;
  refunded_fen: number;
};

/** Cash one member of staff took and handed back between two moments: after the one, up to the other. */
export function sumCash(
  db: Queryable,
  by: { hospital_id: string; actor: string; after: Date; until: Date },
): Promise<CashMoved> {
  return db.one<CashMoved>(sql`
    select p.received, p.received_fen, r.refunded, r.refunded_fen from
      (select count(*)::int as received, coalesce(sum(paid_fen), 0)::int as received_fen
        from payment.attempt where hospital_id = ${by.hospital_id} and channel = 'cash'
          and created_by = ${by.actor} and paid_at > ${by.after} and paid_at <= ${by.until}) p,
      (select count(*)::int as refunded, coalesce(sum(amount_fen), 0)::int as refunded_fen
        from payment.refund where hospital_id = ${by.hospital_id} and channel = 'cash' and state = 'done'
          and done_by = ${by.actor} and done_at > ${by.after} and done_at <= ${by.until}) r`);
}

/** When this person last counted their drawer. */
export async function lastShiftEnd(
  db: Queryable,
  by: { hospital_id: string; actor: string },
): Promise<Date | null> {
  const { ended_at } = await db.one<{ ended_at: Date | null }>(sql`
    select max(ended_at) as ended_at from payment.cash_shift
    where hospital_id = ${by.hospital_id} and actor = ${by.actor}`);
  return ended_at;
}

/** One count of one person at a time. */
export async function lockShifts(tx: Tx, actor: string): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`cash-shift ${actor}`}, 0))`);
}

export type ShiftRow = CashMoved & {
  shift_id: string;
  actor: string;
  began_at: Date;
  ended_at: Date;
  float_fen: number;
  counted_fen: number;
  difference_fen: number;
  note: string | null;
};

export async function insertShift(
  tx: Tx,
  shift: Omit<ShiftRow, 'difference_fen'> & { hospital_id: string },
): Promise<void> {
  await tx.run(sql`
    insert into payment.cash_shift (id, hospital_id, actor, began_at, ended_at, received, received_fen,
      refunded, refunded_fen, float_fen, counted_fen, note)
    values (${shift.shift_id}, ${shift.hospital_id}, ${shift.actor}, ${shift.began_at}, ${shift.ended_at},
      ${shift.received}, ${shift.received_fen}, ${shift.refunded}, ${shift.refunded_fen},
      ${shift.float_fen}, ${shift.counted_fen}, ${shift.note})`);
}

/** Counts of a hospital since a moment, of one person or of all, the newest first. */
export function selectShifts(
  db: Queryable,
  input: { hospital_id: string; actor: string | null; since: Date },
): Promise<ShiftRow[]> {
  return db.many<ShiftRow>(sql`
    select id as shift_id, actor, began_at, ended_at, received, received_fen, refunded, refunded_fen,
      float_fen, counted_fen, difference_fen, note
    from payment.cash_shift where hospital_id = ${input.hospital_id} and ended_at > ${input.since}
      and (${input.actor}::text is null or actor = ${input.actor})
    order by ended_at desc limit 200`);
}
