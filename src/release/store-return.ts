import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type ReturnState = 'waiting' | 'empty' | 'sealed' | 'drawn' | 'missed';

export type ReturnRow = {
  draw_id: string;
  n: number;
  closes_at: Date;
  round: number | null;
  round_at: Date;
  confirm_until: Date;
  notice_days: number;
  state: ReturnState;
  returns_jsonl: string | null;
  returns_hash: string | null;
  sealed_at: Date | null;
  sealed_event_id: string | null;
  seal_json: string | null;
  beacon_json: string | null;
  drawn_at: Date | null;
  version: number;
};

export async function returnsOf(db: Queryable, draw_id: string): Promise<ReturnRow[]> {
  return db.many<ReturnRow>(
    sql`select * from release.draw_return where draw_id = ${draw_id} order by n`,
  );
}

export async function returnsOfDraws(
  db: Queryable,
  draw_ids: readonly string[],
): Promise<ReturnRow[]> {
  return db.many<ReturnRow>(sql`
    select * from release.draw_return where draw_id = any(${[...draw_ids]}::uuid[]) order by draw_id, n`);
}

/** Returns of drawn draws that something is due of at this instant, each draw's in order. */
export async function returnsDue(db: Queryable, now: Date): Promise<ReturnRow[]> {
  return db.many<ReturnRow>(sql`
    select r.* from release.draw_return r join release.draw d on d.id = r.draw_id
    where d.state = 'drawn' and r.state in ('waiting', 'sealed') and r.closes_at <= ${now}
    order by r.closes_at, r.draw_id, r.n`);
}

export async function lockReturn(
  tx: Tx,
  draw_id: string,
  n: number,
): Promise<ReturnRow | undefined> {
  return tx.maybe<ReturnRow>(
    sql`select * from release.draw_return where draw_id = ${draw_id} and n = ${n} for update`,
  );
}

export async function markReturnEmpty(tx: Tx, draw_id: string, n: number): Promise<void> {
  await tx.run(sql`
    update release.draw_return set state = 'empty' where draw_id = ${draw_id} and n = ${n} and state = 'waiting'`);
}

export async function markReturnSealed(
  tx: Tx,
  row: { draw_id: string; n: number; text: string; hash: string; at: Date; event_id: string },
): Promise<void> {
  await tx.run(sql`
    update release.draw_return set state = 'sealed', returns_jsonl = ${row.text}, returns_hash = ${row.hash},
      sealed_at = ${row.at}, sealed_event_id = ${row.event_id}, version = version + 1
    where draw_id = ${row.draw_id} and n = ${row.n} and state = 'waiting'`);
}

export async function storeReturnSeal(
  db: Queryable,
  draw_id: string,
  n: number,
  json: string,
): Promise<void> {
  await db.run(sql`
    update release.draw_return set seal_json = ${json}
    where draw_id = ${draw_id} and n = ${n} and state = 'sealed' and seal_json is null`);
}

/** @returns the return's new version. */
export async function markReturnMissed(tx: Tx, draw_id: string, n: number): Promise<number> {
  const row = await tx.one<{ version: number }>(sql`
    update release.draw_return set state = 'missed', version = version + 1
    where draw_id = ${draw_id} and n = ${n} returning version`);
  return row.version;
}

/** @returns the return's new version. */
export async function markReturnDrawn(
  tx: Tx,
  row: { draw_id: string; n: number; beacon_json: string; at: Date },
): Promise<number> {
  const made = await tx.one<{ version: number }>(sql`
    update release.draw_return set state = 'drawn', beacon_json = ${row.beacon_json}, drawn_at = ${row.at},
      version = version + 1
    where draw_id = ${row.draw_id} and n = ${row.n} returning version`);
  return made.version;
}

export type ReturnRankRow = {
  rank: number;
  entry_id: string;
  rank_key: string;
  place: number | null;
};

export async function storeReturnRanking(
  tx: Tx,
  draw_id: string,
  n: number,
  rows: readonly ReturnRankRow[],
): Promise<void> {
  await tx.run(sql`
    insert into release.return_rank (draw_id, n, rank, entry_id, rank_key, place)
    select ${draw_id}, ${n}, rank, entry_id, rank_key, place
    from json_to_recordset(${JSON.stringify(rows)}) as r(rank int, entry_id text, rank_key text, place int)`);
}

/** Notes the places that a return gave, with their visits where one could be made. */
export async function storeReturnWins(
  tx: Tx,
  draw_id: string,
  n: number,
  wins: readonly { entry_id: string; place: number; appointment_id: string | null }[],
): Promise<void> {
  await tx.run(sql`
    update release.entry e set return_n = ${n}, return_place = w.place, appointment_id = w.appointment_id
    from json_to_recordset(${JSON.stringify(wins)}) as w(entry_id text, place int, appointment_id uuid)
    where e.draw_id = ${draw_id} and e.id = w.entry_id`);
}

export async function returnRanking(
  db: Queryable,
  draw_id: string,
  n: number,
): Promise<ReturnRankRow[]> {
  return db.many<ReturnRankRow>(sql`
    select rank, entry_id, rank_key, place from release.return_rank
    where draw_id = ${draw_id} and n = ${n} order by rank`);
}

/** Of these sessions, those with a drawn draw that has a return still to come. */
export async function sessionsWithReturns(
  db: Queryable,
  session_ids: string[],
): Promise<Set<string>> {
  const rows = await db.many<{ session_id: string }>(sql`
    select distinct s.session_id from release.draw_session s
    join release.draw d on d.id = s.draw_id and d.state in ('announced', 'sealed', 'drawn') and d.kind <> 'shadow'
    join release.draw_return r on r.draw_id = d.id and r.state = 'waiting'
    where s.session_id = any(${session_ids}::uuid[])`);
  return new Set(rows.map((row) => row.session_id));
}

/** What an exclusion compares: how an entry can be recognised, as frozen when it was made. */
export type ClusterKeys = {
  id: string;
  patient_id: string;
  account_id: string | null;
  device_key_id: string | null;
  payer_reference: string | null;
  phone_index: Buffer | null;
  is_family: boolean;
};

/** The keys of a sealed pool's entries. */
export async function clusterKeysOf(db: Queryable, draw_id: string): Promise<ClusterKeys[]> {
  return db.many<ClusterKeys>(sql`
    select id, patient_id, account_id, device_key_id, payer_reference, phone_index, is_family
    from release.entry where draw_id = ${draw_id} and withdrawn_at is null order by id collate "C"`);
}

/** Raises the versions of entries that are told something. @returns version and person by entry. */
export async function raiseEntries(
  tx: Tx,
  draw_id: string,
  ids: readonly string[],
): Promise<Map<string, { version: number; patient_id: string }>> {
  const rows = await tx.many<{ id: string; version: number; patient_id: string }>(sql`
    with raised as (
      update release.entry set version = version + 1
      where draw_id = ${draw_id} and id = any(${[...ids]}::text[]) returning id, version, patient_id
    )
    select * from raised order by id collate "C"`);
  return new Map(rows.map(({ id, ...rest }) => [id, rest]));
}
