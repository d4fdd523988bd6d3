import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

/* What release keeps of one person: for a copy, for deletion, for retention. */

export async function entriesForCopy(
  db: Queryable,
  patient_id: string,
): Promise<Record<string, unknown>> {
  return db.one(sql`
    select
      (select coalesce(json_agg(json_build_object('draw_id', draw_id, 'entry_id', id,
        'entered_at', entered_at, 'channel', channel, 'receipt', receipt, 'rank', rank,
        'place', place, 'losses', losses, 'withdrawn_at', withdrawn_at) order by entered_at), '[]')
        from release.entry where patient_id = ${patient_id}) as entries,
      (select coalesce(json_agg(json_build_object('wish_id', id, 'draw_group', draw_group,
        'from_date', from_date, 'to_date', to_date, 'state', state, 'created_at', created_at)
        order by created_at), '[]') from release.wish where patient_id = ${patient_id}) as wishes,
      (select coalesce(json_agg(json_build_object('draw_group', draw_group, 'state', state,
        'submitted_at', submitted_at, 'decided_at', decided_at, 'reason', reason)
        order by submitted_at), '[]') from release.pre_review
        where patient_id = ${patient_id}) as reviews`);
}

export async function hasOpenEntry(tx: Tx, patient_id: string): Promise<boolean> {
  const { open } = await tx.one<{ open: boolean }>(sql`
    select exists (select from release.entry e join release.draw d on d.id = e.draw_id
      where e.patient_id = ${patient_id} and e.withdrawn_at is null
        and d.state in ('announced', 'sealed')) as open`);
  return open;
}

/** Ends wishes, empties records that were sent in, and takes away account, device and phone. */
export async function cutTraces(tx: Tx, patient_id: string): Promise<void> {
  await tx.run(sql`
    update release.entry set account_id = null, device_key_id = null, payer_reference = null,
      phone_index = null, entered_by = split_part(entered_by, ':', 1)
    where patient_id = ${patient_id}`);
  await tx.run(sql`
    update release.wish set account_id = null, device_key_id = null, payer_reference = null,
      phone_index = null, entered_by = split_part(entered_by, ':', 1),
      state = case when state in ('active', 'asked') then 'withdrawn' else state end
    where patient_id = ${patient_id}`);
  await tx.run(sql`
    update release.pre_review set sealed_record = '', sealed_appeal = null
    where patient_id = ${patient_id}`);
}

/** Losses of a year count towards later draws. */
export async function lossesUntil(tx: Tx, patient_id: string, at: Date): Promise<Date | null> {
  const { until } = await tx.one<{ until: Date | null }>(sql`
    select max(entered_at) + interval '365 days' as until from release.entry
    where patient_id = ${patient_id} and withdrawn_at is null
      and entered_at > ${at}::timestamptz - interval '365 days'`);
  return until;
}

/** Devices and payers of entries so old; some at a time, so that nobody waits. */
export async function forgetDevices(db: Queryable, before: Date): Promise<number> {
  return db.run(sql`
    update release.entry e set device_key_id = null, payer_reference = null
    from (select draw_id, id from release.entry where entered_at < ${before}
      and (device_key_id is not null or payer_reference is not null) limit 5000) old
    where e.draw_id = old.draw_id and e.id = old.id`);
}
