import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';

/* Archives as the people of an account keep them: asked, chosen, removed. */

export type OwnArchiveRow = {
  archive_id: string;
  hospital_id: string;
  sealed_number: Buffer;
  chosen: boolean;
  checked: boolean;
};

/** What changes a person's archives goes one after the other from here on; false for nobody. */
export async function lockArchives(tx: Tx, patient_id: string): Promise<boolean> {
  const found = await tx.run(sql`
    select from identity.patient where id = ${patient_id} and merged_into is null
    for no key update`);
  return found === 1;
}

/** The living archives of a person at every hospital, the one in use first. */
export async function ownArchives(db: Queryable, patient_id: string): Promise<OwnArchiveRow[]> {
  return db.many<OwnArchiveRow>(sql`
    select id as archive_id, hospital_id, sealed_number, chosen, checked from identity.his_archive
    where patient_id = ${patient_id} and ended_at is null
    order by hospital_id, not chosen, not checked, created_at, id`);
}

/** Notes what an account wrote down, under lockArchives; a number that is there stays as it is. */
export async function insertAsked(
  tx: Tx,
  asked: {
    id: string;
    hospital_id: string;
    patient_id: string;
    sealed_number: Uint8Array;
    number_index: Uint8Array;
    actor: string;
    at: Date;
    waiting_max: number;
  },
): Promise<'asked' | 'known' | 'full'> {
  const { verdict } = await tx.one<{ verdict: 'asked' | 'known' | 'full' }>(sql`
    with living as (
      select number_index, hospital_id, checked from identity.his_archive
      where patient_id = ${asked.patient_id} and ended_at is null
    ), verdict as materialized (
      select case
        when exists (select from living where hospital_id = ${asked.hospital_id}
          and number_index = ${asked.number_index}) then 'known'
        when (select count(*) from living where not checked) >= ${asked.waiting_max} then 'full'
        else 'asked' end as verdict
    ), made as (
      insert into identity.his_archive (id, hospital_id, patient_id, sealed_number, number_index,
        chosen, checked, source, recorded_by, created_at)
      select ${asked.id}::uuid, ${asked.hospital_id}::uuid, ${asked.patient_id}::uuid,
        ${asked.sealed_number}::bytea, ${asked.number_index}::bytea, false, false, 'self',
        ${asked.actor}, ${asked.at}::timestamptz from verdict where verdict = 'asked'
    )
    select verdict from verdict`);
  return verdict;
}

/** A number that staff have written down needs no more looking at. */
export async function endAskedAlike(tx: Tx, of: { archive_id: string; at: Date }): Promise<void> {
  await tx.run(sql`
    update identity.his_archive a set ended_at = ${of.at}, version = a.version + 1
    from identity.his_archive k where k.id = ${of.archive_id} and a.patient_id = k.patient_id
      and a.hospital_id = k.hospital_id and a.number_index = k.number_index
      and not a.checked and a.ended_at is null`);
}

/** The hospital of a person's archive that may be used, or undefined. */
export async function hospitalOfArchive(
  tx: Tx,
  of: { archive_id: string; patient_id: string },
): Promise<string | undefined> {
  const row = await tx.maybe<{ hospital_id: string }>(sql`
    select hospital_id from identity.his_archive where id = ${of.archive_id}
      and patient_id = ${of.patient_id} and checked and ended_at is null`);
  return row?.hospital_id;
}

/** What was asked turns out to be this person's; the first one is used. */
export async function acceptAsked(
  tx: Tx,
  of: { archive_id: string; patient_id: string; hospital_id: string },
): Promise<{ version: number } | undefined> {
  return tx.maybe(sql`
    update identity.his_archive a set checked = true, version = a.version + 1,
      chosen = not exists (select from identity.his_archive k where k.chosen
        and k.patient_id = a.patient_id and k.hospital_id = a.hospital_id)
    where a.id = ${of.archive_id} and a.patient_id = ${of.patient_id}
      and a.hospital_id = ${of.hospital_id} and not a.checked and a.ended_at is null
    returning a.version`);
}

/** Ends an archive; with `hospital_id` only one of that hospital that was asked and not yet checked. */
export async function endArchive(
  tx: Tx,
  of: { archive_id: string; patient_id: string; hospital_id: string | null; at: Date },
): Promise<{ hospital_id: string; version: number } | undefined> {
  return tx.maybe(sql`
    update identity.his_archive set ended_at = ${of.at}, chosen = false, version = version + 1
    where id = ${of.archive_id} and patient_id = ${of.patient_id} and ended_at is null
      and (${of.hospital_id}::uuid is null or hospital_id = ${of.hospital_id}::uuid and not checked)
    returning hospital_id, version`);
}

/** After the one in use has gone, the oldest of the rest is used. */
export async function chooseOldest(
  tx: Tx,
  of: { patient_id: string; hospital_id: string },
): Promise<{ archive_id: string; version: number } | undefined> {
  return tx.maybe(sql`
    update identity.his_archive set chosen = true, version = version + 1
    where id = (select id from identity.his_archive where patient_id = ${of.patient_id}
        and hospital_id = ${of.hospital_id} and checked and ended_at is null
      order by created_at, id limit 1)
      and not exists (select from identity.his_archive where patient_id = ${of.patient_id}
        and hospital_id = ${of.hospital_id} and chosen)
    returning id as archive_id, version`);
}
