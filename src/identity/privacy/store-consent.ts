import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { Purpose } from './rules.ts';

/* Texts of consent, and who agreed to which. */

export type ConsentText = {
  purpose: Purpose;
  version: number;
  title: string;
  text: string;
  title_en: string;
  text_en: string;
  effective_from: Date;
};

/** The text of each purpose that is in force. */
export async function currentTexts(db: Queryable, at: Date): Promise<ConsentText[]> {
  return db.many(sql`
    select distinct on (purpose) purpose, version, title, text, title_en, text_en, effective_from
    from identity.consent_text where effective_from <= ${at}
    order by purpose, version desc`);
}

/** Writes agreements; an older one of the same purpose is replaced. Returns those that are new. */
export async function insertConsents(
  tx: Tx,
  rows: {
    id: string;
    account_id: string;
    patient_id: string;
    purpose: Purpose;
    text_version: number;
  }[],
  at: Date,
): Promise<string[]> {
  const json = JSON.stringify(rows);
  await tx.run(sql`
    update identity.consent c set replaced_at = ${at}, version = c.version + 1
    from json_to_recordset(${json}) as r(account_id uuid, patient_id uuid, purpose text, text_version int)
    where c.account_id = r.account_id and c.patient_id = r.patient_id and c.purpose = r.purpose
      and c.withdrawn_at is null and c.replaced_at is null and c.text_version < r.text_version`);
  const made = await tx.many<{ id: string }>(sql`
    insert into identity.consent (id, account_id, patient_id, purpose, text_version, given_at)
    select id, account_id, patient_id, purpose, text_version, ${at}
    from json_to_recordset(${json}) as r(id uuid, account_id uuid, patient_id uuid, purpose text,
      text_version int)
    on conflict (account_id, patient_id, purpose) where withdrawn_at is null and replaced_at is null
    do nothing returning id`);
  return made.map((row) => row.id);
}

export async function withdrawConsent(
  tx: Tx,
  input: { account_id: string; consent_id: string; at: Date },
): Promise<{ patient_id: string; purpose: Purpose; version: number } | undefined> {
  return tx.maybe(sql`
    update identity.consent set withdrawn_at = ${input.at}, version = version + 1
    where id = ${input.consent_id} and account_id = ${input.account_id}
      and withdrawn_at is null and replaced_at is null
    returning patient_id, purpose, version`);
}

export type StoredConsent = {
  consent_id: string;
  patient_id: string;
  purpose: Purpose;
  text_version: number;
  given_at: Date;
  withdrawn_at: Date | null;
};

/** What an account agreed to, newest first; `patient_id` narrows it to one person. */
export async function consentsOf(
  db: Queryable,
  of: { account_id: string; patient_id?: string },
): Promise<StoredConsent[]> {
  return db.many(sql`
    select id as consent_id, patient_id, purpose, text_version, given_at, withdrawn_at
    from identity.consent
    where account_id = ${of.account_id}
      and (${of.patient_id ?? null}::uuid is null or patient_id = ${of.patient_id ?? null}::uuid)
      and replaced_at is null
    order by given_at desc, id desc`);
}
