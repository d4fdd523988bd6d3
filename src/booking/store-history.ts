import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { ClaimedNumber } from './store-draw.ts';

/** Whether a person has been seen at one of these clinics since then (eligibility `prior-visit`). */
export async function hasVisited(
  db: Queryable,
  input: { hospital_id: string; patient_id: string; healthcare_service_ids: string[]; since: Date },
): Promise<boolean> {
  const row = await db.one<{ found: boolean }>(sql`
    select exists (
      select from booking.appointment a join booking.session_stock t using (session_id)
      where a.patient_id = ${input.patient_id} and a.hospital_id = ${input.hospital_id}
        and a.status = 'fulfilled' and t.starts_at >= ${input.since}
        and t.healthcare_service_id = any(${input.healthcare_service_ids}::uuid[])) as found`);
  return row.found;
}

export type FastClinic = {
  healthcare_service_id: string;
  /** Of the last five released sessions, how many sold out in under ten minutes. */
  fast_sessions: number;
  fastest_s: number;
};

/** Clinics in order whose numbers went fastest, judged by their last five released sessions. */
export async function fastClinics(
  db: Queryable,
  input: { hospital_id: string; before: Date },
): Promise<FastClinic[]> {
  return db.many<FastClinic>(sql`
    select healthcare_service_id, count(*) filter (where sold_s < 600)::int as fast_sessions,
      coalesce(min(sold_s), 0)::int as fastest_s
    from (
      select healthcare_service_id, extract(epoch from sold_out_at - released_at) as sold_s,
        row_number() over (partition by healthcare_service_id order by service_date desc, starts_at desc) as nth
      from booking.session_stock
      where hospital_id = ${input.hospital_id} and method = 'order' and released_at < ${input.before}) s
    where nth <= 5 group by healthcare_service_id having count(*) filter (where sold_s < 600) >= 3
    order by fastest_s, healthcare_service_id`);
}

/** How many of a clinic's last five released sessions sold out in under ten minutes. */
export async function fastSessions(db: Queryable, healthcare_service_id: string): Promise<number> {
  const row = await db.one<{ fast: number }>(sql`
    select count(*)::int as fast from (
      select sold_out_at - released_at as sold from booking.session_stock
      where healthcare_service_id = ${healthcare_service_id} and released_at is not null
      order by service_date desc, starts_at desc limit 5) s
    where sold < interval '10 minutes'`);
  return row.fast;
}

/** Numbers of sessions that nothing was released of, the last first: they can be set aside for a person. */
export async function lockUnclaimed(
  tx: Tx,
  session_id: string,
  limit: number,
): Promise<ClaimedNumber[]> {
  return tx.many<ClaimedNumber>(sql`
    with stock as materialized (
      select session_id from booking.session_stock
      where session_id = ${session_id} and state = 'planned' for update
    )
    select s.id as slot_id, s.session_id from booking.slot s join stock using (session_id)
    where s.state = 'unreleased' and s.draw_id is null and s.entrusted and s.pool = 'online'
    order by s.sequence desc limit ${limit} for update of s`);
}

export type Attendance = {
  session_id: string;
  given: number;
  attended: number;
  no_show: number;
};

/** What became of the visits of sessions, for the published result of a draw. */
export async function attendanceOf(db: Queryable, session_ids: string[]): Promise<Attendance[]> {
  return db.many<Attendance>(sql`
    select session_id, count(*) filter (where is_active)::int as given,
      count(*) filter (where status = 'fulfilled')::int as attended,
      count(*) filter (where status = 'noshow')::int as no_show
    from booking.appointment where session_id = any(${session_ids}::uuid[]) group by session_id`);
}

/** Who holds a number of these sessions, whichever way they came by it. */
export async function holdersOf(
  db: Queryable,
  session_ids: string[],
): Promise<
  { session_id: string; patient_id: string; account_id: string | null; created_at: Date }[]
> {
  return db.many(sql`
    select session_id, patient_id, account_id, created_at from booking.appointment
    where session_id = any(${session_ids}::uuid[]) and is_active and channel <> 'draw'`);
}
