import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { ConductKind, Known, Reached } from './rules.ts';

export type Who = { hospital_id: string; patient_id: string };

/** One at a time counts for a person: what follows reads what the one before has written. */
export async function lockConduct(tx: Tx, patient_id: string): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended(${`conduct ${patient_id}`}, 0))`);
}

export type CountedVisit = Known & Who & { appointment_id: string; pool: string };

export async function selectCountedVisits(
  tx: Tx,
  appointment_ids: readonly string[],
): Promise<CountedVisit[]> {
  return tx.many<CountedVisit>(sql`
    select a.id as appointment_id, a.hospital_id, a.patient_id, a.channel, a.booked_by, a.confirmed_at, s.pool,
      exists (select from booking.contact_call c where c.appointment_id = a.id
        and c.outcome in ('confirmed', 'declined', 'will_decide')) as spoken
    from booking.appointment a join booking.slot s on s.id = a.slot_id
    where a.id = any(${appointment_ids}::uuid[])`);
}

export type NewConduct = Who & {
  id: string;
  appointment_id: string;
  kind: ConductKind;
  happened_at: Date;
  told_by: string | null;
};

export type Noted = NewConduct & { version: number };

/**
 * Notes a visit once a kind. A late cancel that was undone and then done again counts again.
 * @returns the row, or undefined when it was noted before.
 */
export async function insertConduct(tx: Tx, row: NewConduct): Promise<Noted | undefined> {
  return tx.maybe<Noted>(sql`
    insert into booking.conduct as c
      (id, hospital_id, patient_id, appointment_id, kind, happened_at, told_by)
    values (${row.id}, ${row.hospital_id}, ${row.patient_id}, ${row.appointment_id}, ${row.kind},
      ${row.happened_at}, ${row.told_by})
    on conflict (appointment_id, kind) do update
      set happened_at = excluded.happened_at, told_by = excluded.told_by, version = c.version + 1,
        cleared_at = null, cleared_by = null, cleared_reason = null
      where c.cleared_reason = 'restored' and c.cleared_at < excluded.happened_at
    returning id, hospital_id, patient_id, appointment_id, kind, happened_at, told_by, version`);
}

/** A win that is offered for a stopped one never counts, whatever becomes of it. */
export async function excuseOffer(
  tx: Tx,
  row: NewConduct & { at: Date; actor: string },
): Promise<void> {
  await tx.run(sql`
    insert into booking.conduct (id, hospital_id, patient_id, appointment_id, kind, happened_at,
      cleared_at, cleared_by, cleared_reason)
    values (${row.id}, ${row.hospital_id}, ${row.patient_id}, ${row.appointment_id}, ${row.kind},
      ${row.happened_at}, ${row.at}, ${row.actor}, 'offer')
    on conflict (appointment_id, kind) do nothing`);
}

export type Cleared = Who & { id: string; appointment_id: string; version: number };

/** Clears what has not been cleared, by ids, by visits of a kind, or by session. */
export async function clearConduct(
  tx: Tx,
  input: {
    ids?: readonly string[];
    appointment_ids?: readonly string[];
    session_ids?: readonly string[];
    kind?: ConductKind | null;
    reason: string;
    actor: string;
    at: Date;
  },
): Promise<Cleared[]> {
  return tx.many<Cleared>(sql`
    update booking.conduct c set cleared_at = ${input.at}, cleared_by = ${input.actor},
      cleared_reason = ${input.reason}, version = c.version + 1
    from booking.appointment a
    where a.id = c.appointment_id and c.cleared_at is null
      and (${input.kind ?? null}::text is null or c.kind = ${input.kind ?? null})
      and (c.id = any(${input.ids ?? []}::uuid[])
        or c.appointment_id = any(${input.appointment_ids ?? []}::uuid[])
        or c.appointment_id in (select id from booking.appointment
          where session_id = any(${input.session_ids ?? []}::uuid[])))
    returning c.id, c.hospital_id, c.patient_id, c.appointment_id, c.version`);
}

export type CountingRow = { appointment_id: string; kind: ConductKind; happened_at: Date };

/** Everything that counts for a person in a hospital: proven to be known, and not cleared. */
export async function selectCounting(tx: Tx, who: Who): Promise<CountingRow[]> {
  return tx.many<CountingRow>(sql`
    select appointment_id, kind, happened_at from booking.conduct
    where patient_id = ${who.patient_id} and hospital_id = ${who.hospital_id}
      and cleared_at is null and told_by is not null`);
}

export type LadderRow = {
  id: string;
  kind: ConductKind;
  reached_by: string;
  ends_at: Date;
  lifted_at: Date | null;
};

export async function selectLadderRestrictions(tx: Tx, who: Who): Promise<LadderRow[]> {
  return tx.many<LadderRow>(sql`
    select id, kind, reached_by, ends_at, lifted_at from booking.restriction
    where patient_id = ${who.patient_id} and hospital_id = ${who.hospital_id} and kind is not null`);
}

export type MadeRestriction = { id: string; version: number };

/** Writes what a ladder makes; one that had been lifted and is due after all holds again. */
export async function putRestriction(
  tx: Tx,
  row: Who & Reached & { id: string },
): Promise<MadeRestriction> {
  return tx.one<MadeRestriction>(sql`
    insert into booking.restriction as r (id, hospital_id, patient_id, scope, reason, source, starts_at,
      ends_at, kind, reached_by, counted)
    values (${row.id}, ${row.hospital_id}, ${row.patient_id}, 'drawn_clinics_remote', ${row.kind}, 'ladder',
      ${row.starts_at}, ${row.ends_at}, ${row.kind}, ${row.reached_by}, ${row.counted}::uuid[])
    on conflict (reached_by, kind) do update
      set starts_at = excluded.starts_at, ends_at = excluded.ends_at, counted = excluded.counted,
        lifted_at = null, lifted_by = null, lifted_reason = null, version = r.version + 1
    returning id, version`);
}

export async function liftRestrictions(
  tx: Tx,
  input: { ids: readonly string[]; actor: string; reason: string; at: Date },
): Promise<(MadeRestriction & Who)[]> {
  return tx.many<MadeRestriction & Who>(sql`
    update booking.restriction set lifted_at = ${input.at}, lifted_by = ${input.actor},
      lifted_reason = ${input.reason}, version = version + 1
    where id = any(${input.ids}::uuid[]) and lifted_at is null
    returning id, version, hospital_id, patient_id`);
}

export async function conductOwner(
  tx: Tx,
  input: { id: string; hospital_id: string },
): Promise<{ patient_id: string } | undefined> {
  return tx.maybe(sql`
    select patient_id from booking.conduct
    where id = ${input.id} and hospital_id = ${input.hospital_id}`);
}

export type RestrictionFacts = Who & {
  id: string;
  kind: ConductKind | null;
  counted: string[];
  ends_at: Date;
  lifted_at: Date | null;
};

export async function restrictionById(
  db: Queryable,
  id: string,
): Promise<RestrictionFacts | undefined> {
  return db.maybe<RestrictionFacts>(sql`
    select id, hospital_id, patient_id, kind, counted, ends_at, lifted_at
    from booking.restriction where id = ${id}`);
}

/** The hospitals in which something was noted about a person. */
export async function hospitalsOfConduct(tx: Tx, patient_id: string): Promise<string[]> {
  const rows = await tx.many<{ hospital_id: string }>(
    sql`select distinct hospital_id from booking.conduct where patient_id = ${patient_id}`,
  );
  return rows.map((row) => row.hospital_id);
}

/** After two records became one: what was noted about a visit stays with the visit's person. */
export async function moveConduct(tx: Tx, from: string, into: string): Promise<void> {
  await tx.run(sql`
    update booking.conduct c set patient_id = ${into} from booking.appointment a
    where a.id = c.appointment_id and a.patient_id = ${into} and c.patient_id = ${from}`);
  await tx.run(
    sql`update booking.restriction_appeal set patient_id = ${into} where patient_id = ${from}`,
  );
}
