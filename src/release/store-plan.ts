import type { FastClinic } from '../booking/index.ts';
import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { PlanDraft } from './rules.ts';

export type ProposalRow = {
  id: string;
  hospital_id: string;
  healthcare_service_id: string;
  draft: PlanDraft;
  reason: string | null;
  state: 'proposed' | 'approved' | 'refused';
  proposed_by: string;
  proposed_at: Date;
  decided_by: string | null;
  decided_at: Date | null;
};

/** False when a change of this clinic waits already. */
export async function insertProposal(
  tx: Tx,
  row: Pick<
    ProposalRow,
    | 'id'
    | 'hospital_id'
    | 'healthcare_service_id'
    | 'draft'
    | 'reason'
    | 'proposed_by'
    | 'proposed_at'
  >,
): Promise<boolean> {
  const made = await tx.run(sql`
    insert into release.plan_proposal (id, hospital_id, healthcare_service_id, draft, reason, proposed_by, proposed_at)
    values (${row.id}, ${row.hospital_id}, ${row.healthcare_service_id}, ${JSON.stringify(row.draft)}::jsonb,
      ${row.reason}, ${row.proposed_by}, ${row.proposed_at}) on conflict do nothing`);
  return made === 1;
}

export async function openProposals(db: Queryable, hospital_id: string): Promise<ProposalRow[]> {
  return db.many<ProposalRow>(sql`
    select * from release.plan_proposal where hospital_id = ${hospital_id} and state = 'proposed'
    order by proposed_at`);
}

export async function proposalById(db: Queryable, id: string): Promise<ProposalRow | undefined> {
  return db.maybe<ProposalRow>(sql`select * from release.plan_proposal where id = ${id}`);
}

/** Decides an open proposal; undefined when it was decided before. Violates `plan_proposal_two_people`. */
export async function decideProposal(
  tx: Tx,
  input: { id: string; state: 'approved' | 'refused'; decided_by: string; at: Date },
): Promise<ProposalRow | undefined> {
  return tx.maybe<ProposalRow>(sql`
    update release.plan_proposal set state = ${input.state}, decided_by = ${input.decided_by}, decided_at = ${input.at}
    where id = ${input.id} and state = 'proposed' returning *`);
}

export type RecommendationRow = {
  id: string;
  hospital_id: string;
  healthcare_service_id: string;
  month: string;
  fast_sessions: number;
  fastest_s: number;
  state: 'proposed' | 'taken' | 'declined';
};

/** Hospitals whose clinics were not looked at this month. */
export async function hospitalsToReview(db: Queryable, month: string): Promise<string[]> {
  const rows = await db.many<{ hospital_id: string }>(sql`
    select distinct p.hospital_id from release.plan p
    where not exists (select from platform.setting s
      where s.name = 'recommendations ' || p.hospital_id and s.value = to_jsonb(${month}::text))`);
  return rows.map((row) => row.hospital_id);
}

export async function markReviewed(tx: Tx, hospital_id: string, month: string): Promise<void> {
  await tx.run(sql`
    insert into platform.setting (name, value) values ('recommendations ' || ${hospital_id}::text, to_jsonb(${month}::text))
    on conflict (name) do update set value = excluded.value`);
}

export async function insertRecommendations(
  tx: Tx,
  rows: readonly (FastClinic & { id: string; hospital_id: string; month: string })[],
): Promise<RecommendationRow[]> {
  return tx.many<RecommendationRow>(sql`
    insert into release.recommendation (id, hospital_id, healthcare_service_id, month, fast_sessions, fastest_s)
    select id, hospital_id, healthcare_service_id, month, fast_sessions, fastest_s
    from json_to_recordset(${JSON.stringify(rows)}) as r(id uuid, hospital_id uuid, healthcare_service_id uuid,
      month date, fast_sessions int, fastest_s int)
    on conflict do nothing returning *`);
}

export async function openRecommendations(
  db: Queryable,
  hospital_id: string,
): Promise<RecommendationRow[]> {
  return db.many<RecommendationRow>(sql`
    select * from release.recommendation where hospital_id = ${hospital_id} and state = 'proposed'
    order by month desc, fastest_s`);
}

export async function decideRecommendation(
  tx: Tx,
  input: {
    id: string;
    hospital_id: string;
    state: 'taken' | 'declined';
    decided_by: string;
    at: Date;
  },
): Promise<RecommendationRow | undefined> {
  return tx.maybe<RecommendationRow>(sql`
    update release.recommendation set state = ${input.state}, decided_by = ${input.decided_by}, decided_at = ${input.at}
    where id = ${input.id} and hospital_id = ${input.hospital_id} and state = 'proposed' returning *`);
}

/** Draws, places and registrations of clinics by month of the clinic day: never by doctor. */
export async function demandByService(
  db: Queryable,
  hospital_id: string,
): Promise<
  {
    healthcare_service_ids: string[];
    month: string;
    draw_id: string;
    places: number;
    entries: number;
  }[]
> {
  return db.many(sql`
    select d.id as draw_id, to_char(min(r.service_date), 'YYYY-MM') as month,
      array_agg(distinct r.healthcare_service_id) as healthcare_service_ids,
      count(*)::int as places, coalesce(d.entries, 0) as entries
    from release.draw d join release.draw_place p on p.draw_id = d.id and p.joined is null
    join release.session_release r on r.session_id = p.session_id
    where d.hospital_id = ${hospital_id} and d.state in ('drawn', 'closed') and d.kind = 'first'
    group by d.id order by month desc`);
}
