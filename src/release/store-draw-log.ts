import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { DrawState } from './store-draw.ts';

export type DrawLogRow = { n: number; line: string };

export async function drawLog(db: Queryable, draw_id: string): Promise<DrawLogRow[]> {
  return db.many<DrawLogRow>(
    sql`select n, line from release.draw_log where draw_id = ${draw_id} order by n`,
  );
}

export async function appendDrawLog(
  tx: Tx,
  rows: {
    draw_id: string;
    n: number;
    line: string;
    place: number | null;
    entry_id: string | null;
    kind: string;
    at: Date;
  }[],
): Promise<void> {
  await tx.run(sql`
    insert into release.draw_log (draw_id, n, line, place, entry_id, kind, at)
    select draw_id, n, line, place, entry_id, kind, at
    from json_to_recordset(${JSON.stringify(rows)}) as r(draw_id uuid, n int, line text, place int, entry_id text, kind text, at timestamptz)`);
}

/**
 * Which of these happenings a draw has to do with: a visit that came from an entry or was set aside
 * for a displaced person, a number that stands behind a place. One statement for a whole storm of
 * bookings, in which most are of clinics without a draw.
 */
export async function touchingDraws(
  tx: Tx,
  happened: readonly { event_id: string; appointment_id: string | null; slot_id: string | null }[],
): Promise<Set<string>> {
  const found = await tx.many<{ event_id: string }>(sql`
    select r.event_id
    from json_to_recordset(${JSON.stringify(happened)}) as r(event_id uuid, appointment_id uuid, slot_id uuid)
    where exists (select from release.entry e where e.appointment_id = r.appointment_id)
      or exists (select from release.displaced d where d.offered_appointment_id = r.appointment_id)
      or exists (select from release.draw_place p where p.slot_id = r.slot_id)`);
  return new Set(found.map((row) => row.event_id));
}

/** The entry a visit came from, with its draw locked so that log lines chain one after another. */
export async function entryOfVisit(
  tx: Tx,
  appointment_id: string,
): Promise<{ draw_id: string; id: string; patient_id: string; place: number } | undefined> {
  return tx.maybe(sql`
    select e.draw_id, e.id, e.patient_id, coalesce(e.return_place, e.place) as place
    from release.entry e join release.draw d on d.id = e.draw_id
    where e.appointment_id = ${appointment_id} for update of d`);
}

/** The draws' places behind a number, newest draw first. */
export async function placeOfSlot(
  tx: Tx,
  slot_id: string,
): Promise<{ draw_id: string; place: number; state: DrawState } | undefined> {
  return tx.maybe(sql`
    select p.draw_id, p.place, d.state from release.draw_place p join release.draw d on d.id = p.draw_id
    where p.slot_id = ${slot_id} and d.state <> 'burnt' and d.kind <> 'shadow' order by d.number desc limit 1`);
}

/** The last line of a draw's log and the close of its last return that is past, the draw locked. */
export async function lastLogLine(
  tx: Tx,
  draw_id: string,
): Promise<{ line: string | null; closed_at: Date | null }> {
  // The draw row is the lock under which its log grows.
  await tx.run(sql`select from release.draw where id = ${draw_id} for update`);
  return tx.one(sql`
    select (select line from release.draw_log where draw_id = ${draw_id} order by n desc limit 1) as line,
      (select max(closes_at) from release.draw_return
        where draw_id = ${draw_id} and state <> 'waiting') as closed_at`);
}

/** What the log says last of a place. */
export async function lastOfPlace(
  tx: Tx,
  draw_id: string,
  place: number,
): Promise<string | undefined> {
  const row = await tx.maybe<{ kind: string }>(sql`
    select kind from release.draw_log where draw_id = ${draw_id} and place = ${place} order by n desc limit 1`);
  return row?.kind;
}

/** The newest draw of a session that has run and is not closed. */
export async function drawOfSession(
  db: Queryable,
  session_id: string,
): Promise<string | undefined> {
  const row = await db.maybe<{ id: string }>(sql`
    select d.id from release.draw_session s join release.draw d on d.id = s.draw_id
    where s.session_id = ${session_id} and d.state = 'drawn' and d.kind <> 'shadow'
    order by d.number desc limit 1`);
  return row?.id;
}

export async function pendCancel(
  tx: Tx,
  row: { draw_id: string; entry_id: string | null; place: number; due_at: Date },
): Promise<void> {
  await tx.run(sql`insert into release.pending_cancel (draw_id, entry_id, place, due_at)
    values (${row.draw_id}, ${row.entry_id}, ${row.place}, ${row.due_at}) on conflict do nothing`);
}

export async function unpendCancel(tx: Tx, draw_id: string, place: number): Promise<void> {
  await tx.run(
    sql`delete from release.pending_cancel where draw_id = ${draw_id} and place = ${place}`,
  );
}

export async function takeDueCancels(
  tx: Tx,
  now: Date,
): Promise<{ draw_id: string; entry_id: string | null; place: number; due_at: Date }[]> {
  return tx.many(sql`
    with due as (
      delete from release.pending_cancel where due_at <= ${now} returning draw_id, entry_id, place, due_at
    )
    select draw_id, entry_id, place, due_at from due order by due_at, draw_id, place`);
}
