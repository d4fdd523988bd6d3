import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type DrawState = 'announced' | 'sealed' | 'drawn' | 'closed' | 'burnt';

export type DrawRow = {
  id: string;
  hospital_id: string;
  code: string;
  number: number;
  draw_group: string;
  state: DrawState;
  kind: 'first' | 'batch' | 'shadow';
  opens_at: Date;
  closes_at: Date;
  seal_by: Date;
  round: number | null;
  round_at: Date;
  confirm_until: Date;
  /** The canonical manifest, exactly as it is published. */
  manifest: string;
  manifest_hash: string;
  /** The plan's `DrawRules` as they stood when the manifest was published. */
  rules: object;
  announced_event_id: string;
  root: string | null;
  seal: string | null;
  entries: number | null;
  sealed_at: Date | null;
  sealed_event_id: string | null;
  published_json: string | null;
  seal_json: string | null;
  beacon_json: string | null;
  drawn_at: Date | null;
  closed_event_id: string | null;
  closed_json: string | null;
  version: number;
};

/** Draw numbers of a hospital have no gap: whoever takes the next one waits for this lock. */
export async function lockDrawNumbers(
  tx: Tx,
  hospital_id: string,
): Promise<{ number: number; prev: string }> {
  await tx.run(
    sql`select pg_advisory_xact_lock(hashtextextended('draw number ' || ${hospital_id}, 7))`,
  );
  const last = await tx.maybe<{ number: number; manifest_hash: string }>(sql`
    select number, manifest_hash from release.draw where hospital_id = ${hospital_id}
    order by number desc limit 1`);
  return { number: (last?.number ?? 0) + 1, prev: last?.manifest_hash ?? '0'.repeat(64) };
}

export type NewDraw = Pick<
  DrawRow,
  | 'id'
  | 'hospital_id'
  | 'code'
  | 'number'
  | 'draw_group'
  | 'kind'
  | 'opens_at'
  | 'closes_at'
  | 'seal_by'
  | 'round'
  | 'round_at'
  | 'confirm_until'
  | 'manifest'
  | 'manifest_hash'
  | 'rules'
  | 'announced_event_id'
>;

export type DrawPlace = {
  place: number;
  slot_id: string;
  session_id: string;
  excluded_account_id: string | null;
  excluded_patient_id: string | null;
};

/** A return draw as the manifest announces it. */
export type PlannedReturn = {
  n: number;
  closes_at: Date;
  round: number | null;
  round_at: Date;
  confirm_until: Date;
  notice_days: number;
};

export async function insertDraw(
  tx: Tx,
  draw: NewDraw,
  places: DrawPlace[],
  returns: PlannedReturn[],
): Promise<void> {
  await tx.run(sql`
    with made as (
      insert into release.draw (id, hospital_id, code, number, draw_group, state, kind, opens_at, closes_at, seal_by,
        round, round_at, confirm_until, manifest, manifest_hash, rules, announced_event_id)
      values (${draw.id}, ${draw.hospital_id}, ${draw.code}, ${draw.number}, ${draw.draw_group}, 'announced', ${draw.kind},
        ${draw.opens_at}, ${draw.closes_at}, ${draw.seal_by}, ${draw.round}, ${draw.round_at}, ${draw.confirm_until},
        ${draw.manifest}, ${draw.manifest_hash}, ${JSON.stringify(draw.rules)}::jsonb, ${draw.announced_event_id})
      returning id
    ), returns as (
      insert into release.draw_return (draw_id, n, closes_at, round, round_at, confirm_until, notice_days)
      select made.id, n, closes_at, round, round_at, confirm_until, notice_days
      from made, json_to_recordset(${JSON.stringify(returns)}) as r(n int, closes_at timestamptz, round bigint,
        round_at timestamptz, confirm_until timestamptz, notice_days int)
    ), places as (
      select * from json_to_recordset(${JSON.stringify(places)}) as r(place int, slot_id uuid, session_id uuid,
        excluded_account_id uuid, excluded_patient_id uuid)
    ), sessions as (
      insert into release.draw_session (draw_id, session_id)
      select distinct made.id, session_id from places, made
    )
    insert into release.draw_place (draw_id, place, slot_id, session_id, excluded_account_id, excluded_patient_id)
    select made.id, place, slot_id, session_id, excluded_account_id, excluded_patient_id from places, made`);
}

/** Takes the numbers that joined with a return that was missed out again. @returns their slots. */
export async function unjoinPlaces(tx: Tx, draw_id: string, n: number): Promise<string[]> {
  const rows = await tx.many<{ slot_id: string }>(sql`
    delete from release.draw_place where draw_id = ${draw_id} and joined = ${n} returning slot_id`);
  return rows.map((row) => row.slot_id);
}

export async function markAnnounced(tx: Tx, session_ids: string[], now: Date): Promise<void> {
  await tx.run(sql`
    update release.session_release set online_done_at = ${now}
    where session_id = any(${session_ids}::uuid[]) and online_done_at is null`);
}

export async function getDraw(db: Queryable, id: string): Promise<DrawRow | undefined> {
  return db.maybe<DrawRow>(sql`select * from release.draw where id = ${id}`);
}

export async function drawsById(db: Queryable, ids: readonly string[]): Promise<DrawRow[]> {
  return db.many<DrawRow>(
    sql`select * from release.draw where id = any(${[...ids]}::uuid[]) order by number`,
  );
}

/** Places and registrations of the draw before each of these in its group: last time's odds. */
export async function lastOdds(
  db: Queryable,
  ids: readonly string[],
): Promise<Map<string, { places: number; entries: number }>> {
  const rows = await db.many<{ id: string; places: number; entries: number }>(sql`
    select d.id, o.entries, (select count(*)::int from release.draw_place p
        where p.draw_id = o.id and p.joined is null) as places
    from release.draw d cross join lateral (
      select id, entries from release.draw o where o.hospital_id = d.hospital_id and o.draw_group = d.draw_group
        and o.kind = 'first' and o.state in ('drawn', 'closed') and o.number < d.number
      order by o.number desc limit 1) o
    where d.id = any(${[...ids]}::uuid[])`);
  return new Map(rows.map(({ id, ...odds }) => [id, odds]));
}

export async function lockDraw(tx: Tx, id: string): Promise<DrawRow | undefined> {
  return tx.maybe<DrawRow>(sql`select * from release.draw where id = ${id} for update`);
}

/** Holds the draw open for one entry: sealing waits for it, entries do not wait for each other. */
export async function shareDraw(tx: Tx, id: string): Promise<DrawRow | undefined> {
  return tx.maybe<DrawRow>(sql`select * from release.draw where id = ${id} for share`);
}

/** Draws that a step or a proof is still due of, the first to close first; what is done is not read. */
export async function drawsToAdvance(db: Queryable): Promise<DrawRow[]> {
  return db.many<DrawRow>(sql`
    select * from release.draw
    where state in ('announced', 'sealed') or state in ('drawn', 'closed') and published_json is null
      or state = 'closed' and closed_json is null
    order by closes_at, number`);
}

export async function drawsOf(
  db: Queryable,
  hospital_id: string,
  limit: number,
): Promise<DrawRow[]> {
  return db.many<DrawRow>(sql`
    select * from release.draw where hospital_id = ${hospital_id} order by number desc limit ${limit}`);
}

/** The draw a session is in that is not over, if any. */
export async function openDraws(
  db: Queryable,
  session_ids: string[],
): Promise<
  { session_id: string; draw_id: string; state: DrawState; opens_at: Date; closes_at: Date }[]
> {
  return db.many(sql`
    select distinct on (s.session_id) s.session_id, d.id as draw_id, d.state, d.opens_at, d.closes_at
    from release.draw_session s join release.draw d on d.id = s.draw_id
    where s.session_id = any(${session_ids}::uuid[]) and d.state in ('announced', 'sealed', 'drawn')
      and d.kind <> 'shadow'
    order by s.session_id, d.number desc`);
}

export async function placesOf(db: Queryable, draw_id: string): Promise<DrawPlace[]> {
  return db.many<DrawPlace>(sql`
    select place, slot_id, session_id, excluded_account_id, excluded_patient_id
    from release.draw_place where draw_id = ${draw_id} order by place`);
}

/** Numbers of other pools that join a draw with a return, under the next unused places. */
export async function joinPlaces(
  tx: Tx,
  draw_id: string,
  n: number,
  places: readonly { place: number; slot_id: string; session_id: string }[],
): Promise<void> {
  if (places.length === 0) return;
  await tx.run(sql`
    insert into release.draw_place (draw_id, place, slot_id, session_id, joined)
    select ${draw_id}, place, slot_id, session_id, ${n}
    from json_to_recordset(${JSON.stringify(places)}) as r(place int, slot_id uuid, session_id uuid)`);
}

export async function drawSessions(
  db: Queryable,
  draw_ids: string[],
): Promise<{ draw_id: string; session_id: string; places: number }[]> {
  return db.many(sql`
    select draw_id, session_id, count(*)::int as places from release.draw_place
    where draw_id = any(${draw_ids}::uuid[]) group by draw_id, session_id order by draw_id, session_id`);
}

/** Who gave back which of a draw's places, and so may not have that session again: a handful. */
export function returnersOf(
  db: Queryable,
  draw_id: string,
): Promise<{ session_id: string; patient_id: string | null; account_id: string | null }[]> {
  return db.many(sql`
    select session_id, excluded_patient_id as patient_id, excluded_account_id as account_id
    from release.draw_place
    where draw_id = ${draw_id} and num_nonnulls(excluded_patient_id, excluded_account_id) > 0`);
}

export async function markSealed(
  tx: Tx,
  draw_id: string,
  facts: { root: string; seal: string; entries: number; at: Date; event_id: string },
): Promise<void> {
  await tx.run(sql`
    update release.draw set state = 'sealed', root = ${facts.root}, seal = ${facts.seal}, entries = ${facts.entries},
      sealed_at = ${facts.at}, sealed_event_id = ${facts.event_id}, version = version + 1 where id = ${draw_id}`);
}

export async function storeProof(
  db: Queryable,
  draw_id: string,
  which: 'published_json' | 'seal_json' | 'closed_json',
  json: string,
): Promise<void> {
  await db.run(sql`
    update release.draw set
      published_json = case when ${which} = 'published_json' then ${json} else published_json end,
      seal_json = case when ${which} = 'seal_json' then ${json} else seal_json end,
      closed_json = case when ${which} = 'closed_json' then ${json} else closed_json end
    where id = ${draw_id}`);
}

export async function markBurnt(tx: Tx, draw_id: string): Promise<void> {
  await tx.run(
    sql`update release.draw set state = 'burnt', version = version + 1 where id = ${draw_id}`,
  );
}

export async function markDrawn(
  tx: Tx,
  draw_id: string,
  beacon_json: string,
  now: Date,
): Promise<number> {
  const row = await tx.one<{ version: number }>(sql`
    update release.draw set state = 'drawn', beacon_json = ${beacon_json}, drawn_at = ${now}, version = version + 1
    where id = ${draw_id} returning version`);
  return row.version;
}

export async function markClosed(tx: Tx, draw_id: string, event_id: string): Promise<number> {
  const row = await tx.one<{ version: number }>(sql`
    update release.draw set state = 'closed', closed_event_id = ${event_id}, version = version + 1
    where id = ${draw_id} returning version`);
  return row.version;
}

/** Draws that have run and whose last session and last return are over. */
export async function drawsToClose(db: Queryable, now: Date): Promise<string[]> {
  const rows = await db.many<{ id: string }>(sql`
    select d.id from release.draw d where d.state = 'drawn'
      and not exists (
        select from release.draw_session s join release.session_release r on r.session_id = s.session_id
        where s.draw_id = d.id and r.ends_at > ${now})
      and not exists (
        select from release.draw_return r where r.draw_id = d.id and r.state in ('waiting', 'sealed'))
    order by d.closes_at, d.number`);
  return rows.map((row) => row.id);
}
