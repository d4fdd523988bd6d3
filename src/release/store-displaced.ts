import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type DisplacedRow = {
  id: string;
  hospital_id: string;
  draw_id: string;
  entry_id: string;
  place: number;
  patient_id: string;
  session_id: string;
  healthcare_service_id: string;
  service_date: string;
  rank: number;
  stopped_at: Date;
  state: 'waiting' | 'offered' | 'taken' | 'refunded' | 'ended';
  offered_session_id: string | null;
  offered_appointment_id: string | null;
  version: number;
};

/** A visit that no longer stands on the place its entry won. */
export async function forgetVisit(tx: Tx, draw_id: string, entry_id: string): Promise<void> {
  await tx.run(sql`
    update release.entry set appointment_id = null where draw_id = ${draw_id} and id = ${entry_id}`);
}

/** Notes a displaced person; false when they were noted before. */
export async function insertDisplaced(
  tx: Tx,
  row: Pick<
    DisplacedRow,
    'id' | 'hospital_id' | 'draw_id' | 'entry_id' | 'place' | 'session_id' | 'stopped_at'
  >,
): Promise<boolean> {
  const made = await tx.run(sql`
    insert into release.displaced (id, hospital_id, draw_id, entry_id, place, patient_id, session_id,
      healthcare_service_id, service_date, rank, stopped_at)
    select ${row.id}, ${row.hospital_id}, e.draw_id, e.id, ${row.place}, e.patient_id, ${row.session_id},
      r.healthcare_service_id, r.service_date, coalesce(e.rank, 0), ${row.stopped_at}
    from release.entry e, release.session_release r
    where e.draw_id = ${row.draw_id} and e.id = ${row.entry_id} and r.session_id = ${row.session_id}
    on conflict do nothing`);
  return made === 1;
}

/** Displaced people who wait for a direct number, in rank order, with those of earlier stops first. */
export async function waitingDisplaced(tx: Tx, limit: number): Promise<DisplacedRow[]> {
  return tx.many<DisplacedRow>(sql`
    select * from release.displaced where state = 'waiting'
    order by stopped_at, draw_id, rank, id limit ${limit} for update skip locked`);
}

/**
 * The next sessions of a clinic within 30 days after the stopped one that nothing was released or
 * announced of yet, the soonest first.
 */
export async function nextUnannounced(
  db: Queryable,
  input: { healthcare_service_id: string; after: string; now: Date },
): Promise<{ session_id: string; starts_at: Date }[]> {
  return db.many(sql`
    select session_id, starts_at from release.session_release
    where healthcare_service_id = ${input.healthcare_service_id} and service_date > ${input.after}
      and service_date <= ${input.after}::date + 30 and starts_at > ${input.now} and online_done_at is null
    order by starts_at, session_id`);
}

export async function markOffered(
  tx: Tx,
  id: string,
  offer: { session_id: string; appointment_id: string },
): Promise<number> {
  const row = await tx.one<{ version: number }>(sql`
    update release.displaced set state = 'offered', offered_session_id = ${offer.session_id},
      offered_appointment_id = ${offer.appointment_id}, version = version + 1
    where id = ${id} returning version`);
  return row.version;
}

/** Settles what a displaced person was offered; undefined when it was settled before. */
export async function settleDisplaced(
  tx: Tx,
  input: { id: string; from: DisplacedRow['state'][]; to: DisplacedRow['state'] },
): Promise<DisplacedRow | undefined> {
  return tx.maybe<DisplacedRow>(sql`
    update release.displaced set state = ${input.to}, version = version + 1
    where id = ${input.id} and state = any(${input.from}) returning *`);
}

export async function displacedById(db: Queryable, id: string): Promise<DisplacedRow | undefined> {
  return db.maybe<DisplacedRow>(sql`select * from release.displaced where id = ${id}`);
}

export async function displacedOfPatients(
  db: Queryable,
  patient_ids: string[],
): Promise<DisplacedRow[]> {
  return db.many<DisplacedRow>(sql`
    select * from release.displaced where patient_id = any(${patient_ids}::uuid[])
    order by stopped_at desc, id limit 100`);
}

/** Displaced people whose offered number was confirmed, or given up, by the visit's events. */
export async function settleByVisit(
  tx: Tx,
  appointment_id: string,
  to: 'taken' | 'ended',
): Promise<void> {
  await tx.run(sql`
    update release.displaced set state = ${to}, version = version + 1
    where offered_appointment_id = ${appointment_id} and state = 'offered'`);
}
