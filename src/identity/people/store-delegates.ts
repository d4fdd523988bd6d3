import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';

/* Helpers: their credentials, the agreements of patients, and what they did. */

export type DelegateRow = {
  delegate_id: string;
  account_id: string;
  hospital_id: string;
  organisation: string;
  kind: 'village_doctor' | 'social_worker' | 'school_nurse' | 'care_home';
  sealed_name: Buffer;
  sealed_number: Buffer;
  valid_until: string;
  day_max: number;
  month_max: number;
  state: 'asked' | 'approved' | 'refused' | 'ended';
  version: number;
  created_at: Date;
};

/** False when the account has asked already or is a helper. */
export async function insertDelegate(
  tx: Tx,
  fresh: {
    id: string;
    account_id: string;
    hospital_id: string;
    organisation: string;
    kind: string;
    sealed_name: Uint8Array;
    sealed_number: Uint8Array;
    valid_until: string;
    day_max: number;
    month_max: number;
    at: Date;
  },
): Promise<boolean> {
  const made = await tx.run(sql`
    insert into identity.delegate (id, account_id, hospital_id, organisation, kind, sealed_name,
      sealed_number, valid_until, day_max, month_max, created_at)
    values (${fresh.id}, ${fresh.account_id}, ${fresh.hospital_id}, ${fresh.organisation},
      ${fresh.kind}, ${fresh.sealed_name}, ${fresh.sealed_number}, ${fresh.valid_until},
      ${fresh.day_max}, ${fresh.month_max}, ${fresh.at})
    on conflict do nothing`);
  return made === 1;
}

/** The newest credential of an account, whatever became of it. */
export async function delegateOfAccount(
  db: Queryable,
  account_id: string,
): Promise<DelegateRow | undefined> {
  return db.maybe<DelegateRow>(sql`
    select id as delegate_id, account_id, hospital_id, organisation, kind, sealed_name, sealed_number,
      valid_until, day_max, month_max, state, version, created_at
    from identity.delegate where account_id = ${account_id} order by created_at desc, id desc limit 1`);
}

export async function delegatesOfHospital(
  db: Queryable,
  hospital_id: string | null,
  month_from: Date,
): Promise<(DelegateRow & { month_used: number; patients: number })[]> {
  return db.many(sql`
    select d.id as delegate_id, d.account_id, d.hospital_id, d.organisation, d.kind, d.sealed_name,
      d.sealed_number, d.valid_until, d.day_max, d.month_max, d.state, d.version, d.created_at,
      (select count(*)::int from identity.delegate_act a where a.delegate_id = d.id
        and a.kind = 'booked' and a.acted_at >= ${month_from}) as month_used,
      (select count(*)::int from identity.delegate_consent c where c.delegate_id = d.id
        and c.ended_at is null) as patients
    from identity.delegate d where d.hospital_id = ${hospital_id} and d.state in ('asked', 'approved')
    order by d.state, d.created_at limit 500`);
}

/** Moves a credential on; undefined when it is not in the state it is moved from. */
export async function settleDelegate(
  tx: Tx,
  decision: {
    delegate_id: string;
    hospital_id: string | null;
    from: 'asked' | 'approved';
    state: 'approved' | 'refused' | 'ended';
    day_max: number | null;
    month_max: number | null;
    actor: string;
    at: Date;
  },
): Promise<{ account_id: string; version: number } | undefined> {
  return tx.maybe(sql`
    update identity.delegate set state = ${decision.state}, decided_by = ${decision.actor},
      decided_at = ${decision.at}, day_max = coalesce(${decision.day_max}, day_max),
      month_max = coalesce(${decision.month_max}, month_max), version = version + 1
    where id = ${decision.delegate_id} and hospital_id = ${decision.hospital_id}
      and state = ${decision.from}
    returning account_id, version`);
}

/** Whoever is no helper any more acts for nobody as one. */
export async function endDelegateLinks(tx: Tx, account_id: string, at: Date): Promise<void> {
  await tx.run(sql`
    update identity.related_person set ended_at = ${at} where account_id = ${account_id}
      and relation = 'delegate' and ended_at is null`);
  await tx.run(sql`
    update identity.delegate_consent c set ended_at = ${at} from identity.delegate d
    where d.id = c.delegate_id and d.account_id = ${account_id} and c.ended_at is null`);
}

export async function insertConsent(
  tx: Tx,
  consent: {
    id: string;
    delegate_id: string;
    patient_id: string;
    basis: 'code' | 'paper' | 'counter';
    paper_reference: string | null;
    at: Date;
  },
): Promise<void> {
  await tx.run(sql`
    insert into identity.delegate_consent
      (id, delegate_id, patient_id, basis, paper_reference, given_at)
    values (${consent.id}, ${consent.delegate_id}, ${consent.patient_id}, ${consent.basis},
      ${consent.paper_reference}, ${consent.at})
    on conflict (delegate_id, patient_id) where ended_at is null do nothing`);
}

export async function endConsent(
  tx: Tx,
  input: { account_id: string; patient_id: string; at: Date },
): Promise<void> {
  await tx.run(sql`
    update identity.delegate_consent c set ended_at = ${input.at} from identity.delegate d
    where d.id = c.delegate_id and d.account_id = ${input.account_id}
      and c.patient_id = ${input.patient_id} and c.ended_at is null`);
}

export type ActVerdict = 'counted' | 'day-max' | 'month-max' | 'no-delegate';

/**
 * Counts an act of an approved helper under the lock of the credential's row, so that the quota is
 * exact; instants are the beginnings of the clinic day and month.
 */
export async function insertAct(
  tx: Tx,
  act: {
    id: string;
    account_id: string;
    patient_id: string;
    kind: 'added' | 'booked';
    today: string;
    day_from: Date;
    month_from: Date;
    at: Date;
  },
): Promise<{ verdict: ActVerdict; delegate_id: string | null; version: number }> {
  const held = await tx.maybe<{ id: string }>(sql`
    update identity.delegate set version = version + 1
    where account_id = ${act.account_id} and state = 'approved' and valid_until >= ${act.today}
    returning id`);
  if (!held) return { verdict: 'no-delegate', delegate_id: null, version: 0 };
  const { verdict, version } = await tx.one<{ verdict: ActVerdict; version: number }>(sql`
    with d as (select * from identity.delegate where id = ${held.id}),
    used as (
      select count(*) filter (where acted_at >= ${act.day_from}) as today, count(*) as month
      from identity.delegate_act where delegate_id = ${held.id} and kind = ${act.kind}
        and acted_at >= ${act.month_from}
    ), verdict as materialized (
      select case when used.today >= d.day_max then 'day-max'
        when used.month >= d.month_max then 'month-max' else 'counted' end as verdict, d.version
      from d, used
    ), made as (
      insert into identity.delegate_act (id, delegate_id, patient_id, kind, acted_at)
      select ${act.id}::uuid, ${held.id}::uuid, ${act.patient_id}::uuid, ${act.kind},
        ${act.at}::timestamptz from verdict where verdict = 'counted'
    )
    select verdict, version from verdict`);
  return { verdict, delegate_id: held.id, version };
}

export async function deleteAct(db: Queryable, id: string): Promise<void> {
  await db.run(sql`delete from identity.delegate_act where id = ${id}`);
}

/** Accounts that help others now. */
export async function delegateAccounts(db: Queryable, today: string): Promise<string[]> {
  const rows = await db.many<{ account_id: string }>(sql`
    select account_id from identity.delegate where state = 'approved' and valid_until >= ${today}`);
  return rows.map((row) => row.account_id);
}

/** Used today and this month, for the helper's own page. */
export async function actsUsed(
  db: Queryable,
  delegate_id: string,
  from: { day: Date; month: Date },
): Promise<{ today: number; month: number }> {
  return db.one(sql`
    select count(*) filter (where acted_at >= ${from.day})::int as today, count(*)::int as month
    from identity.delegate_act where delegate_id = ${delegate_id} and kind = 'booked'
      and acted_at >= ${from.month}`);
}

/** Who an account is to a patient, in facts: its phone, relation, and its credential as a helper. */
export async function actorsOf(
  db: Queryable,
  account_ids: string[],
  patient_id: string,
): Promise<
  {
    account_id: string;
    sealed_phone: Buffer;
    relation: string | null;
    delegate_kind: string | null;
    organisation: string | null;
  }[]
> {
  return db.many(sql`
    select a.id as account_id, a.sealed_phone,
      (select l.relation from identity.related_person l where l.account_id = a.id
        and l.patient_id = ${patient_id} order by l.ended_at nulls first, l.created_at desc limit 1) as relation,
      d.kind as delegate_kind, d.organisation
    from identity.account a left join lateral (
      select kind, organisation from identity.delegate where account_id = a.id
        and state in ('approved', 'ended') order by created_at desc limit 1) d on true
    where a.id = any(${account_ids}::uuid[])`);
}

/** Whether a request under this key has had its answer already. */
export async function isReplay(
  db: Queryable,
  { scope, key }: { scope: string; key: string },
): Promise<boolean> {
  const { known } = await db.one<{ known: boolean }>(sql`
    select exists (select from platform.idempotency where scope = ${scope} and key = ${key}) as known`);
  return known;
}
