import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type EntryRow = {
  draw_id: string;
  id: string;
  patient_id: string;
  line: string;
  receipt: string;
  channel: string;
  account_id: string | null;
  device_key_id: string | null;
  payer_reference: string | null;
  phone_index: Buffer | null;
  entered_at: Date;
  withdrawn_at: Date | null;
  secret_hash: string;
  secret: string | null;
  rank: number | null;
  rank_key: string | null;
  place: number | null;
  appointment_id: string | null;
};

export type NewEntry = {
  draw_id: string;
  id: string;
  patient_id: string;
  person_tag: Uint8Array;
  line: string;
  sealed_nonce: Uint8Array;
  secret_hash: string;
  receipt: string;
  channel: string;
  account_id: string | null;
  device_key_id: string | null;
  payer_reference: string | null;
  phone_index: string | null;
  entered_by: string;
  entered_at: Date;
};

/** Inserts an entry and tells its event in one statement. A second entry of a person violates `entry_person`. */
export async function insertEntry(
  tx: Tx,
  entry: NewEntry,
  event: { id: string; hospital_id: string; leaf_of_receipt: string },
): Promise<void> {
  await tx.run(sql`
    with made as (
      insert into release.entry (draw_id, id, patient_id, person_tag, line, sealed_nonce, secret_hash, receipt, channel,
        account_id, device_key_id, payer_reference, phone_index, entered_by, entered_at)
      values (${entry.draw_id}, ${entry.id}, ${entry.patient_id}, ${Buffer.from(entry.person_tag)}, ${entry.line},
        ${Buffer.from(entry.sealed_nonce)}, ${entry.secret_hash}, ${entry.receipt}, ${entry.channel}, ${entry.account_id},
        ${entry.device_key_id}, ${entry.payer_reference}, decode(${entry.phone_index}, 'hex'), ${entry.entered_by}, ${entry.entered_at})
    )
    insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
    values (${event.id}, ${event.hospital_id}, 'release.entry.received', ${`entry:${entry.id}`}, 1, ${entry.patient_id},
      ${entry.entered_by}, ${JSON.stringify({ draw_id: entry.draw_id, entry_id: entry.id, receipt_leaf: event.leaf_of_receipt })}::jsonb,
      ${entry.entered_at})`);
}

export async function withdrawEntry(
  tx: Tx,
  input: { draw_id: string; id: string; secret: string; at: Date },
): Promise<EntryRow | undefined> {
  return tx.maybe<EntryRow>(sql`
    update release.entry set withdrawn_at = ${input.at}, secret = ${input.secret}
    where draw_id = ${input.draw_id} and id = ${input.id} and withdrawn_at is null returning *`);
}

export async function entryById(db: Queryable, id: string): Promise<EntryRow | undefined> {
  return db.maybe<EntryRow>(sql`select * from release.entry where id = ${id}`);
}

export async function entriesOfPatients(
  db: Queryable,
  patient_ids: string[],
  limit: number,
): Promise<EntryRow[]> {
  return db.many<EntryRow>(sql`
    select * from release.entry where patient_id = any(${patient_ids}::uuid[])
    order by entered_at desc limit ${limit}`);
}

export async function isEntrant(
  db: Queryable,
  draw_id: string,
  account_id: string,
): Promise<boolean> {
  const row = await db.one<{ found: boolean }>(sql`
    select exists (select from release.entry where draw_id = ${draw_id} and account_id = ${account_id}) as found`);
  return row.found;
}

/** Pool lines that stand at closing, in the order of their ids. */
export async function standingLines(
  db: Queryable,
  draw_id: string,
): Promise<{ id: string; line: string }[]> {
  return db.many(sql`
    select id, line from release.entry where draw_id = ${draw_id} and withdrawn_at is null order by id collate "C"`);
}

export async function entriesOfDraw(db: Queryable, draw_id: string): Promise<EntryRow[]> {
  return db.many<EntryRow>(sql`
    select * from release.entry where draw_id = ${draw_id} order by id collate "C"`);
}

export type RankedEntry = {
  id: string;
  rank: number;
  rank_key: string;
  place: number | null;
  appointment_id: string | null;
};

export async function storeRanking(tx: Tx, draw_id: string, rows: RankedEntry[]): Promise<void> {
  await tx.run(sql`
    update release.entry e set rank = r.rank, rank_key = r.rank_key, place = r.place, appointment_id = r.appointment_id
    from json_to_recordset(${JSON.stringify(rows)}) as r(id text, rank int, rank_key text, place int, appointment_id uuid)
    where e.draw_id = ${draw_id} and e.id = r.id`);
}
