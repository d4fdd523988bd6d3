import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { DrawRules } from './draw-rules.ts';
import type { DrawRhythm, ReleaseInstants } from './rules.ts';

export type Plan = {
  id: string;
  hospital_id: string;
  healthcare_service_id: string;
  version: number;
  method: 'order' | 'draw';
  effective_from: string;
  advance_days: number;
  release_time: string;
  same_day_share: number;
  same_day_time: string;
  on_site_share: number;
  on_site_time: string;
  on_site_zero_reason: string | null;
  draw_group: string;
  draw_rhythm: DrawRhythm | null;
  shadow: boolean;
  draw_rules: DrawRules;
  created_by: string;
  created_at: Date;
};

/** Stores the next version of a clinic's plan; earlier versions stay for the sessions they govern. */
export async function insertPlan(tx: Tx, plan: Omit<Plan, 'version'>): Promise<Plan> {
  return tx.one<Plan>(sql`
    insert into release.plan (id, hospital_id, healthcare_service_id, version, method, effective_from,
      advance_days, release_time, same_day_share, same_day_time, on_site_share, on_site_time,
      on_site_zero_reason, draw_group, draw_rhythm, shadow, draw_rules, created_by, created_at)
    select ${plan.id}, ${plan.hospital_id}, ${plan.healthcare_service_id},
      coalesce(max(version), 0) + 1, ${plan.method}, ${plan.effective_from}, ${plan.advance_days},
      ${plan.release_time}, ${plan.same_day_share}, ${plan.same_day_time}, ${plan.on_site_share},
      ${plan.on_site_time}, ${plan.on_site_zero_reason}, ${plan.draw_group},
      ${plan.draw_rhythm === null ? null : JSON.stringify(plan.draw_rhythm)}::jsonb, ${plan.shadow}, ${JSON.stringify(plan.draw_rules)}::jsonb, ${plan.created_by}, ${plan.created_at}
    from release.plan where healthcare_service_id = ${plan.healthcare_service_id}
    returning id, hospital_id, healthcare_service_id, version, method, effective_from, advance_days,
      to_char(release_time, 'HH24:MI') as release_time, same_day_share::float8 as same_day_share,
      to_char(same_day_time, 'HH24:MI') as same_day_time, on_site_share::float8 as on_site_share,
      to_char(on_site_time, 'HH24:MI') as on_site_time, on_site_zero_reason, draw_group, draw_rhythm, shadow, draw_rules, created_by, created_at`);
}

/** The newest version of each clinic's plan, or every version when `all`. */
export async function plansOf(db: Queryable, hospital_id: string): Promise<Plan[]> {
  return db.many<Plan>(sql`
    select distinct on (healthcare_service_id) id, hospital_id, healthcare_service_id, version, method, effective_from,
      advance_days, to_char(release_time, 'HH24:MI') as release_time, same_day_share::float8 as same_day_share,
      to_char(same_day_time, 'HH24:MI') as same_day_time, on_site_share::float8 as on_site_share,
      to_char(on_site_time, 'HH24:MI') as on_site_time, on_site_zero_reason, draw_group, draw_rhythm, shadow, draw_rules, created_by, created_at
    from release.plan where hospital_id = ${hospital_id}
    order by healthcare_service_id, version desc`);
}

/** The plan in force for a clinic on a clinic day: the newest version effective by then. */
export async function planFor(
  db: Queryable,
  healthcare_service_id: string,
  service_date: string,
): Promise<Plan | undefined> {
  return db.maybe<Plan>(sql`
    select id, hospital_id, healthcare_service_id, version, method, effective_from,
      advance_days, to_char(release_time, 'HH24:MI') as release_time, same_day_share::float8 as same_day_share,
      to_char(same_day_time, 'HH24:MI') as same_day_time, on_site_share::float8 as on_site_share,
      to_char(on_site_time, 'HH24:MI') as on_site_time, on_site_zero_reason, draw_group, draw_rhythm, shadow, draw_rules, created_by, created_at
    from release.plan
    where healthcare_service_id = ${healthcare_service_id} and effective_from <= ${service_date}
    order by version desc limit 1`);
}

export async function recentReleaseTimes(
  db: Queryable,
  healthcare_service_id: string,
): Promise<string[]> {
  const rows = await db.many<{ time: string }>(sql`
    select to_char(online_at at time zone 'Asia/Shanghai', 'HH24:MI') as time from release.session_release
    where healthcare_service_id = ${healthcare_service_id} and online_done_at is not null
    order by service_date desc limit 5`);
  return rows.map((row) => row.time);
}

export type SessionRelease = {
  session_id: string;
  hospital_id: string;
  healthcare_service_id: string;
  service_date: string;
  starts_at: Date;
  ends_at: Date;
  plan_id: string | null;
  method: 'order' | 'draw' | null;
  online_at: Date | null;
  same_day_at: Date | null;
  on_site_at: Date | null;
  online_done_at: Date | null;
  same_day_done_at: Date | null;
  on_site_done_at: Date | null;
  batch_until: Date | null;
};

export async function noteSessions(
  tx: Tx,
  sessions: Pick<
    SessionRelease,
    | 'session_id'
    | 'hospital_id'
    | 'healthcare_service_id'
    | 'service_date'
    | 'starts_at'
    | 'ends_at'
  >[],
): Promise<void> {
  await tx.run(sql`
    insert into release.session_release (session_id, hospital_id, healthcare_service_id, service_date, starts_at, ends_at)
    select session_id, hospital_id, healthcare_service_id, service_date, starts_at, ends_at
    from json_to_recordset(${JSON.stringify(sessions)}) as r(session_id uuid, hospital_id uuid,
      healthcare_service_id uuid, service_date date, starts_at timestamptz, ends_at timestamptz)
    on conflict (session_id) do nothing`);
}

/** Sessions to come of a clinic that nothing has been released or announced of: a plan may still change. */
export async function lockUnreleased(
  tx: Tx,
  healthcare_service_id: string,
  after: Date,
): Promise<SessionRelease[]> {
  return tx.many<SessionRelease>(sql`
    select * from release.session_release
    where healthcare_service_id = ${healthcare_service_id} and starts_at > ${after}
      and online_done_at is null and same_day_done_at is null and on_site_done_at is null
    order by session_id for update`);
}

export type PlannedSession = ReleaseInstants & {
  session_id: string;
  plan_id: string;
  method: 'order' | 'draw';
};

export async function setPlans(tx: Tx, sessions: readonly PlannedSession[]): Promise<void> {
  await tx.run(sql`
    update release.session_release r set plan_id = p.plan_id, method = p.method, online_at = p.online_at,
      same_day_at = p.same_day_at, on_site_at = p.on_site_at, batch_until = p.batch_until
    from json_to_recordset(${JSON.stringify(sessions)}) as p(session_id uuid, plan_id uuid, method text,
      online_at timestamptz, same_day_at timestamptz, on_site_at timestamptz, batch_until timestamptz)
    where r.session_id = p.session_id`);
}

/** The plan in force for each session on its clinic day, by session id. */
export async function plansFor(
  db: Queryable,
  sessions: readonly Pick<
    SessionRelease,
    'session_id' | 'healthcare_service_id' | 'service_date'
  >[],
): Promise<Map<string, Plan>> {
  const rows = await db.many<Plan & { session_id: string }>(sql`
    select r.session_id, p.* from json_to_recordset(${JSON.stringify(sessions)})
      as r(session_id uuid, healthcare_service_id uuid, service_date date)
    cross join lateral (
      select id, hospital_id, healthcare_service_id, version, method, effective_from,
        advance_days, to_char(release_time, 'HH24:MI') as release_time, same_day_share::float8 as same_day_share,
        to_char(same_day_time, 'HH24:MI') as same_day_time, on_site_share::float8 as on_site_share,
        to_char(on_site_time, 'HH24:MI') as on_site_time, on_site_zero_reason, draw_group, draw_rhythm, shadow, draw_rules, created_by, created_at
      from release.plan
      where healthcare_service_id = r.healthcare_service_id and effective_from <= r.service_date
      order by version desc limit 1) p`);
  return new Map(rows.map(({ session_id, ...plan }) => [session_id, plan]));
}

export async function sessionReleases(
  db: Queryable,
  session_ids: string[],
): Promise<SessionRelease[]> {
  return db.many<SessionRelease>(sql`
    select * from release.session_release where session_id = any(${session_ids}::uuid[])`);
}

/** Sessions whose hour has come for one of the pools released by the clock; locked for this server. */
export async function lockDue(tx: Tx, now: Date, limit: number): Promise<SessionRelease[]> {
  return tx.many<SessionRelease>(sql`
    select * from release.session_release
    where ends_at > ${now} and (
      (method = 'order' and online_at <= ${now} and online_done_at is null)
      or (same_day_at <= ${now} and same_day_done_at is null)
      or (on_site_at <= ${now} and on_site_done_at is null))
    order by session_id limit ${limit} for update skip locked`);
}

export type Released = { session_id: string; online: boolean; same_day: boolean; on_site: boolean };

export async function markReleased(
  tx: Tx,
  sessions: readonly Released[],
  now: Date,
): Promise<void> {
  await tx.run(sql`
    update release.session_release r set
      online_done_at = case when d.online then ${now} else r.online_done_at end,
      same_day_done_at = case when d.same_day then ${now} else r.same_day_done_at end,
      on_site_done_at = case when d.on_site then ${now} else r.on_site_done_at end
    from json_to_recordset(${JSON.stringify(sessions)}) as d(session_id uuid, online boolean, same_day boolean, on_site boolean)
    where r.session_id = d.session_id`);
}

/** Drawn sessions whose evening before has come; locked for this server. */
export async function lockEvening(tx: Tx, now: Date): Promise<{ session_id: string }[]> {
  return tx.many(sql`
    update release.session_release set evening_done_at = ${now}
    where session_id in (
      select session_id from release.session_release
      where method = 'draw' and batch_until <= ${now} and evening_done_at is null and ends_at > ${now}
      order by session_id limit 200 for update skip locked)
    returning session_id`);
}

/** Sessions with plan `draw` whose hour of announcement has come, by group and clinic day. */
export async function drawsDue(
  db: Queryable,
  now: Date,
): Promise<
  { hospital_id: string; draw_group: string; service_date: string; session_ids: string[] }[]
> {
  return db.many(sql`
    select r.hospital_id, p.draw_group, r.service_date, array_agg(r.session_id order by r.starts_at, r.session_id) as session_ids
    from release.session_release r join release.plan p on p.id = r.plan_id
    where r.method = 'draw' and r.online_done_at is null and r.online_at <= ${now} and r.starts_at > ${now}
    group by r.hospital_id, p.draw_group, r.service_date
    order by r.hospital_id, r.service_date, p.draw_group`);
}

/** The second at which the demo beacon's chain begins: the first caller's, for good. */
export async function fixDemoGenesis(db: Queryable, second: number): Promise<number> {
  const row = await db.one<{ genesis: number }>(sql`
    insert into platform.setting (name, value) values ('demo beacon genesis', to_jsonb(${second}::bigint))
    on conflict (name) do update set name = excluded.name
    returning value::text::bigint as genesis`);
  return row.genesis;
}

export async function serviceDateOf(db: Queryable, session_id: string): Promise<string> {
  const row = await db.one<{ service_date: string }>(sql`
    select service_date from release.session_release where session_id = ${session_id}`);
  return row.service_date;
}

/** Sessions in order with a shadow plan whose hour of announcement has come and that have no shadow draw. */
export async function shadowsDue(db: Queryable, now: Date): Promise<SessionRelease[]> {
  return db.many<SessionRelease>(sql`
    select r.* from release.session_release r join release.plan p on p.id = r.plan_id
    where p.shadow and r.starts_at > ${now} and r.starts_at < ${now}::timestamptz + interval '5 days'
      and not exists (select from release.draw_session s join release.draw d on d.id = s.draw_id
        where s.session_id = r.session_id and d.kind = 'shadow')
    order by r.service_date, r.starts_at, r.session_id`);
}
