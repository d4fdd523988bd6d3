import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { ConfirmedBy, LinkState } from './rules.ts';

/* What an account may do for a patient, and how the patient agreed. */

/** What an account says of itself when it adds a patient; undefined when there is no such account. */
export async function readAdder(
  db: Queryable,
  account_id: string,
): Promise<
  | { phone_index: Buffer; self_patient_id: string | null; self_birth_date: string | null }
  | undefined
> {
  return db.maybe(sql`
    select a.phone_index, p.id as self_patient_id, p.birth_date as self_birth_date
    from identity.account a
      left join identity.related_person l on l.account_id = a.id and l.ended_at is null
        and l.relation = 'self' and l.state in ('active', 'trial')
      left join identity.patient p on p.id = l.patient_id
    where a.id = ${account_id}`);
}

/** Whether another account is the patient's own. */
export async function hasOtherSelf(
  db: Queryable,
  account_id: string,
  patient_id: string,
): Promise<boolean> {
  const { found } = await db.one<{ found: boolean }>(sql`
    select exists (select from identity.related_person where patient_id = ${patient_id}
      and account_id <> ${account_id} and relation = 'self' and ended_at is null
      and state in ('active', 'trial')) as found`);
  return found;
}

export type LinkRow = {
  account_id: string;
  patient_id: string;
  relation: string;
  state: LinkState;
  confirmed_by: ConfirmedBy;
  confirmed_at: Date | null;
  created_at: Date;
  sealed_phone: Buffer;
};

/** The living links of a patient with the accounts' phones, oldest first. */
export async function linksOfPatient(db: Queryable, patient_id: string): Promise<LinkRow[]> {
  return db.many<LinkRow>(sql`
    select l.account_id, l.patient_id, l.relation, l.state, l.confirmed_by, l.confirmed_at,
      l.created_at, a.sealed_phone
    from identity.related_person l join identity.account a on a.id = l.account_id
    where l.patient_id = ${patient_id} and l.ended_at is null order by l.created_at, l.account_id`);
}

export async function readLink(
  db: Queryable,
  account_id: string,
  patient_id: string,
): Promise<{ relation: string; state: LinkState } | undefined> {
  return db.maybe(sql`
    select relation, state from identity.related_person where account_id = ${account_id}
      and patient_id = ${patient_id} and ended_at is null`);
}

/** A link follows its patient's document: what was on trial is full when the document is proven. */
export async function promoteLinks(tx: Tx, patient_id: string): Promise<void> {
  await tx.run(sql`
    update identity.related_person set state = 'active'
    where patient_id = ${patient_id} and state = 'trial' and ended_at is null`);
}

/** Takes back what rested on a document that turned out not to be this person's. */
export async function demoteLinks(tx: Tx, patient_id: string): Promise<void> {
  await tx.run(sql`
    update identity.related_person set state = 'pending', confirmed_by = 'none', confirmed_at = null
    where patient_id = ${patient_id} and state in ('trial', 'active') and ended_at is null`);
}

/** The window's refusal ends a link that nobody agreed to. */
export async function dropPendingLink(
  tx: Tx,
  link: { account_id: string; patient_id: string; at: Date },
): Promise<boolean> {
  const ended = await tx.run(sql`
    update identity.related_person set ended_at = ${link.at} where account_id = ${link.account_id}
      and patient_id = ${link.patient_id} and state = 'pending' and ended_at is null`);
  return ended === 1;
}

/** How many other patients have agreed through this phone; also their own records count. */
export async function patientsOfPhone(
  db: Queryable,
  phone_index: Uint8Array,
  but_patient_id: string,
): Promise<number> {
  const { patients } = await db.one<{ patients: number }>(sql`
    select count(*)::int as patients from identity.patient
    where phone_index = ${phone_index} and phone_proof <> 'none' and id <> ${but_patient_id}
      and merged_into is null`);
  return patients;
}

/** A phone the patient has proven, or the window has written down. */
export async function setPatientPhone(
  tx: Tx,
  phone: {
    patient_id: string;
    sealed_phone: Uint8Array;
    phone_index: Uint8Array;
    proof: 'code' | 'counter';
  },
): Promise<void> {
  await tx.run(sql`
    update identity.patient set sealed_phone = ${phone.sealed_phone},
      phone_index = ${phone.phone_index}, phone_proof = ${phone.proof}
    where id = ${phone.patient_id}`);
}

/** A guardian more, unless the child has as many as may be recorded this way. */
export async function insertGuardian(
  tx: Tx,
  guardian: {
    child_patient_id: string;
    guardian_patient_id: string;
    basis: 'declared' | 'certificate' | 'counter';
    recorded_by: string;
    at: Date;
    guardians_max: number;
  },
): Promise<boolean> {
  const { found } = await tx.one<{ found: boolean }>(sql`
    with made as (
      insert into identity.guardian
        (child_patient_id, guardian_patient_id, basis, recorded_by, created_at)
      select ${guardian.child_patient_id}::uuid, ${guardian.guardian_patient_id}::uuid,
        ${guardian.basis}, ${guardian.recorded_by}, ${guardian.at}::timestamptz
      where (select count(*) from identity.guardian
        where child_patient_id = ${guardian.child_patient_id}) < ${guardian.guardians_max}
      on conflict do nothing returning 1
    )
    select exists (select from made) or exists (select from identity.guardian
      where child_patient_id = ${guardian.child_patient_id}
        and guardian_patient_id = ${guardian.guardian_patient_id}) as found`);
  return found;
}

/** Joins the links of two records of one person: the kept record gets all, the other only looks after. */
export async function moveLinks(tx: Tx, from: string, into: string, at: Date): Promise<void> {
  const links = await linksOfPatient(tx, from);
  // Before the copies, or an account would have two patients who are its owner for a moment.
  await tx.run(sql`
    update identity.related_person set state = 'merged', relation = 'other'
    where patient_id = ${from} and ended_at is null and state <> 'pending'`);
  await tx.run(sql`
    update identity.related_person set ended_at = ${at}
    where patient_id = ${from} and ended_at is null and state = 'pending'`);
  const rows = links.map(({ account_id, relation, state, confirmed_by, confirmed_at }) => ({
    ...{ account_id, relation, state, confirmed_by, confirmed_at },
  }));
  await tx.run(sql`
    insert into identity.related_person
      (account_id, patient_id, relation, state, confirmed_by, confirmed_at, created_at)
    select r.account_id, ${into}::uuid, r.relation, r.state, r.confirmed_by, r.confirmed_at, ${at}
    from json_to_recordset(${JSON.stringify(rows)}) as r(account_id uuid, relation text, state text,
      confirmed_by text, confirmed_at timestamptz)
    where r.state <> 'merged' and not exists (
      select from identity.related_person k where k.account_id = r.account_id
        and k.patient_id = ${into} and k.ended_at is null)`);
  await tx.run(sql`
    insert into identity.guardian (child_patient_id, guardian_patient_id, basis, recorded_by, created_at)
    select ${into}::uuid, guardian_patient_id, basis, recorded_by, created_at from identity.guardian
    where child_patient_id = ${from} and guardian_patient_id <> ${into} on conflict do nothing`);
}
