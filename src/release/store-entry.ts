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
  is_family: boolean;
  wish_id: string | null;
  carried_from: string | null;
  /** The entry that counts, where one person entered under two records. */
  twin_of: string | null;
  notice_days: number;
  sealed_nonce: Buffer | null;
  entered_at: Date;
  withdrawn_at: Date | null;
  secret_hash: string;
  secret: string | null;
  rank: number | null;
  rank_key: string | null;
  place: number | null;
  return_n: number | null;
  return_place: number | null;
  left_at: Date | null;
  appointment_id: string | null;
  version: number;
};

export type NewEntry = {
  id: string;
  patient_id: string;
  person_tag: string;
  line: string;
  sealed_nonce: string;
  secret_hash: string;
  receipt: string;
  receipt_leaf: string;
  channel: string;
  account_id: string | null;
  device_key_id: string | null;
  payer_reference: string | null;
  phone_index: string | null;
  is_family: boolean;
  wish_id: string | null;
  carried_from: string | null;
  notice_days: number;
  losses: number;
  traits: string[];
  entered_by: string;
};

/**
 * Inserts entries and tells their events in one statement; a person who has an entry already, and a
 * wish that entered before, are left out.
 * @returns the ids that were inserted.
 */
export async function insertEntries(
  tx: Tx,
  draw: { id: string; hospital_id: string },
  entries: readonly NewEntry[],
  at: Date,
): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    with made as (
      insert into release.entry (draw_id, id, patient_id, person_tag, line, sealed_nonce, secret_hash, receipt, channel,
        account_id, device_key_id, payer_reference, phone_index, is_family, wish_id, carried_from, notice_days, losses,
        traits, entered_by, entered_at)
      select ${draw.id}, id, patient_id, decode(person_tag, 'hex'), line, decode(sealed_nonce, 'hex'), secret_hash, receipt,
        channel, account_id, device_key_id, payer_reference, decode(phone_index, 'hex'), is_family, wish_id, carried_from,
        notice_days, losses, traits, entered_by, ${at}
      from json_to_recordset(${JSON.stringify(entries)}) as r(id text, patient_id uuid, person_tag text, line text,
        sealed_nonce text, secret_hash text, receipt text, channel text, account_id uuid, device_key_id text,
        payer_reference text, phone_index text, is_family boolean, wish_id uuid, carried_from text, notice_days int,
        losses int, traits text[], entered_by text)
      on conflict do nothing
      returning id, patient_id, entered_by, receipt::json ->> 'leaf' as leaf
    ), told as (
      insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
      select uuidv7(), ${draw.hospital_id}, 'release.entry.received', 'entry:' || id, 1, patient_id, entered_by,
        jsonb_build_object('draw_id', ${draw.id}::text, 'entry_id', id, 'receipt_leaf', leaf), ${at}
      from made
    )
    select id from made`);
  return rows.map((row) => row.id);
}

export async function withdrawEntry(
  tx: Tx,
  input: { draw_id: string; id: string; secret: string; at: Date },
): Promise<EntryRow | undefined> {
  return tx.maybe<EntryRow>(sql`
    update release.entry set withdrawn_at = ${input.at}, secret = ${input.secret}, version = version + 1
    where draw_id = ${input.draw_id} and id = ${input.id} and withdrawn_at is null returning *`);
}

/** An entry that leaves the standby pool after the draw; undefined when it was not in it. */
export async function leaveStandby(
  tx: Tx,
  input: { draw_id: string; id: string; at: Date },
): Promise<EntryRow | undefined> {
  return tx.maybe<EntryRow>(sql`
    update release.entry set left_at = ${input.at}, version = version + 1
    where draw_id = ${input.draw_id} and id = ${input.id} and withdrawn_at is null and rank is not null
      and place is null and return_place is null and left_at is null returning *`);
}

/** The entry of a person that waits on standby in a draw. */
export async function standbyEntryOf(
  tx: Tx,
  draw_id: string,
  patient_id: string,
): Promise<string | undefined> {
  const row = await tx.maybe<{ id: string }>(sql`
    select id from release.entry where draw_id = ${draw_id} and patient_id = ${patient_id}
      and withdrawn_at is null and rank is not null and place is null and return_place is null and left_at is null`);
  return row?.id;
}

/** Entries on standby that need more notice than the next return can give. */
export async function shortOfNotice(
  tx: Tx,
  input: { draw_id: string; notice_days: number },
): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    select id from release.entry where draw_id = ${input.draw_id} and withdrawn_at is null and rank is not null
      and place is null and return_place is null and left_at is null and notice_days > ${input.notice_days}
    order by id collate "C"`);
  return rows.map((row) => row.id);
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

/** How many draws of a group in a row each person entered and lost since the last one they won. */
export async function lossesOf(
  db: Queryable,
  input: { hospital_id: string; draw_group: string; patient_ids: string[] },
): Promise<Map<string, number>> {
  const rows = await db.many<{ patient_id: string; losses: number }>(sql`
    with played as (
      select e.patient_id, d.number, ((e.place is not null or e.return_place is not null) and e.twin_of is null) as won
      from release.entry e join release.draw d on d.id = e.draw_id
      where e.patient_id = any(${input.patient_ids}::uuid[]) and d.hospital_id = ${input.hospital_id}
        and d.draw_group = ${input.draw_group} and d.state in ('drawn', 'closed') and d.kind <> 'shadow'
        and e.withdrawn_at is null)
    select patient_id, count(distinct number)::int as losses from played p
    where not won and number > coalesce((select max(w.number) from played w where w.patient_id = p.patient_id and w.won), 0)
    group by patient_id`);
  return new Map(rows.map((row) => [row.patient_id, row.losses]));
}

/** Of the group's last three draws: how many entries of each class rule, and how many had lost often. */
export async function crowdsOf(
  db: Queryable,
  input: { hospital_id: string; draw_group: string },
): Promise<{ traits: Record<string, number>; heavy: number }[]> {
  return db.many(sql`
    select coalesce((select jsonb_object_agg(trait, n) from (
        select trait, count(*) as n from release.entry e, unnest(e.traits) trait
        where e.draw_id = d.id and e.withdrawn_at is null group by trait) t), '{}') as traits,
      (select count(*)::int from release.entry e
        where e.draw_id = d.id and e.withdrawn_at is null and e.losses >= 6) as heavy
    from (select * from release.draw where hospital_id = ${input.hospital_id} and draw_group = ${input.draw_group}
      and state in ('drawn', 'closed') and kind = 'first' order by number desc limit 3) d`);
}

/** Everyone who has or had an entry in a draw. */
export async function enteredPatients(db: Queryable, draw_id: string): Promise<Set<string>> {
  const rows = await db.many<{ patient_id: string }>(sql`
    select distinct patient_id from release.entry where draw_id = ${draw_id}`);
  return new Set(rows.map((row) => row.patient_id));
}

/** Standing entries of burnt draws whose places this draw has, of people not entered in it. */
export async function entriesToCarry(tx: Tx, draw_id: string, limit: number): Promise<EntryRow[]> {
  return tx.many<EntryRow>(sql`
    select distinct on (e.patient_id) e.* from release.entry e
    join release.draw b on b.id = e.draw_id and b.state = 'burnt'
    where e.withdrawn_at is null and e.twin_of is null and e.sealed_nonce is not null
      and exists (select from release.draw_place p join release.draw_place q on q.slot_id = p.slot_id
        where p.draw_id = ${draw_id} and q.draw_id = b.id)
      and b.hospital_id = (select hospital_id from release.draw where id = ${draw_id})
      and b.draw_group = (select draw_group from release.draw where id = ${draw_id})
      and not exists (select from release.entry o where o.draw_id = ${draw_id} and o.patient_id = e.patient_id)
    order by e.patient_id, b.number desc limit ${limit}`);
}

/** Destroys the nonces of draws whose last session ended before this instant. */
export async function destroyNonces(db: Queryable, ended_before: Date): Promise<number> {
  return db.run(sql`
    update release.entry e set sealed_nonce = null
    where e.sealed_nonce is not null and e.draw_id in (
      select d.id from release.draw d where d.closes_at < ${ended_before} and not exists (
        select from release.draw_session s join release.session_release r on r.session_id = s.session_id
        where s.draw_id = d.id and r.ends_at > ${ended_before}))`);
}
