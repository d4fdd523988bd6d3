import type { Queryable } from '../platform/db.ts';
import { prepared, sql } from '../platform/sql.ts';
import type { LinkState } from './people/rules.ts';
import type { Purpose } from './privacy/rules.ts';

/** Whose account, for which patient; `pool`: the patient would enter the pool of a draw. */
export type FactsAsk = { account_id: string; patient_id: string | null; pool: boolean };

export type AccountFacts = {
  /** Index of the account's verified phone, hex, as identity keeps it. */
  phone_index: string | null;
  /** What the account may do for the patient that was asked about; null: nothing. */
  state: LinkState | null;
  /** The patient's version, which every change of what lists show of them raises; null: nobody was asked about. */
  patient_version: number | null;
  /**
   * Purposes that stop it: a consent once given and now withdrawn or in an older text; for a pool also
   * one never given. Whom the window or another system registered agreed on paper.
   */
  stopped: Purpose[];
};

/** What hot writes need to know of many accounts and patients, in their order; one statement. */
export function readAccountFacts(
  db: Queryable,
  asks: readonly FactsAsk[],
  at: Date,
): Promise<AccountFacts[]> {
  const rows = asks.map((ask, ord) => ({ ...ask, ord }));
  // Looked up one by one: joined, tables without fresh statistics would be read whole for every batch.
  return db.many<AccountFacts>(
    prepared(
      'identity.account-facts',
      sql`
    with texts as materialized (
      select purpose, max(version) as version from identity.consent_text
      where effective_from <= ${at} group by purpose)
    select
      (select encode(a.phone_index, 'hex') from identity.account a where a.id = r.account_id) as phone_index,
      (select p.state from identity.related_person p where p.account_id = r.account_id
        and p.patient_id = r.patient_id and p.ended_at is null) as state,
      (select p.version from identity.patient p where p.id = r.patient_id) as patient_version,
      array(
        select t.purpose from texts t left join (
          select c.purpose, max(c.text_version) filter (where c.withdrawn_at is null and c.replaced_at is null) as version
          from identity.consent c
          where c.account_id = r.account_id and c.patient_id = r.patient_id group by c.purpose) held using (purpose)
        where r.patient_id is not null and coalesce(held.version, -1) < t.version
          and case t.purpose when 'draw_pool' then r.pool else held.purpose is not null end
        order by t.purpose) as stopped
    from json_to_recordset(${JSON.stringify(rows)}) as r(ord int, account_id uuid, patient_id uuid, pool boolean)
    order by r.ord`,
    ),
  );
}
