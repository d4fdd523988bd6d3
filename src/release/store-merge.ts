import type { Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { EntryRow } from './store-entry.ts';

/* Entries, wishes and reviews of a person whose two records became one. */

/** Open, sealed and drawn draws in which either record has an entry that stands, in key order. */
export async function drawsOfPair(tx: Tx, from: string, into: string): Promise<string[]> {
  const rows = await tx.many<{ draw_id: string }>(sql`
    select distinct e.draw_id from release.entry e join release.draw d on d.id = e.draw_id
    where e.patient_id in (${from}, ${into}) and e.withdrawn_at is null and e.twin_of is null
      and d.state in ('announced', 'sealed', 'drawn')
    order by e.draw_id`);
  return rows.map((row) => row.draw_id);
}

/** What both records have standing in a draw, the earlier first. */
export async function entriesOfPair(
  tx: Tx,
  input: { draw_id: string; from: string; into: string },
): Promise<EntryRow[]> {
  return tx.many<EntryRow>(sql`
    select * from release.entry where draw_id = ${input.draw_id}
      and patient_id in (${input.from}, ${input.into}) and withdrawn_at is null and twin_of is null
    order by entered_at, id collate "C"`);
}

/** Marks an entry as the second of one person. @returns its new version. */
export async function markTwin(
  tx: Tx,
  input: { draw_id: string; id: string; twin_of: string },
): Promise<number> {
  const row = await tx.one<{ version: number }>(sql`
    update release.entry set twin_of = ${input.twin_of}, version = version + 1
    where draw_id = ${input.draw_id} and id = ${input.id} returning version`);
  return row.version;
}

/** The other entry of a person counts when its holder withdrew the one that did. */
export async function reviveTwin(tx: Tx, kept: { draw_id: string; id: string }): Promise<void> {
  await tx.run(sql`
    update release.entry set twin_of = null, version = version + 1 where draw_id = ${kept.draw_id}
      and id = (select id from release.entry where draw_id = ${kept.draw_id} and twin_of = ${kept.id}
        and withdrawn_at is null order by entered_at, id collate "C" limit 1)`);
}

/** Second entries that are on standby after a draw. */
export async function twinsOnStandby(tx: Tx, draw_id: string): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    select id from release.entry where draw_id = ${draw_id} and twin_of is not null
      and withdrawn_at is null and rank is not null and place is null and return_place is null
      and left_at is null order by id collate "C"`);
  return rows.map((row) => row.id);
}

/** Wishes of both records in one group: the later of each pair. */
export async function doubledWishes(tx: Tx, from: string, into: string): Promise<string[]> {
  const rows = await tx.many<{ id: string }>(sql`
    select case when (a.created_at, a.id) > (b.created_at, b.id) then a.id else b.id end as id
    from release.wish a join release.wish b on b.draw_group = a.draw_group
    where a.patient_id = ${from} and b.patient_id = ${into}
      and a.state in ('active', 'asked') and b.state in ('active', 'asked') order by 1`);
  return rows.map((row) => row.id);
}

/** Gives the kept record what is left of the other; of two reviews under way the kept one's stands. */
export async function moveEntries(tx: Tx, from: string, into: string): Promise<void> {
  await tx.run(sql`update release.entry set patient_id = ${into} where patient_id = ${from}`);
  await tx.run(sql`update release.wish set patient_id = ${into} where patient_id = ${from}`);
  await tx.run(sql`
    update release.pre_review r set patient_id = ${into} where r.patient_id = ${from}
      and not (r.state in ('waiting', 'appealed') and exists (select from release.pre_review k
        where k.patient_id = ${into} and k.draw_group = r.draw_group
          and k.state in ('waiting', 'appealed')))`);
}
