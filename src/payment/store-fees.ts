import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { FeeItem, PriceRule } from './rules.ts';

export type ScheduleFee = { code: string; name: string; amount_fen: number };
export type FeeItemRow = FeeItem & {
  healthcare_service_id: string;
  effective_from: string;
};

/** Keeps the clinic's fees of the schedule as items, a new row from the day an amount changed. */
export async function seedFees(
  tx: Tx,
  clinic: { hospital_id: string; healthcare_service_id: string },
  fees: (ScheduleFee & { id: string })[],
  by: { day: string; at: Date; actor: string },
): Promise<void> {
  await tx.run(sql`
    insert into payment.fee_item (id, hospital_id, healthcare_service_id, code, name, self_pay_fen,
      insured_fen, effective_from, source, created_at, created_by)
    select r.id, ${clinic.hospital_id}, ${clinic.healthcare_service_id}, r.code, r.name, r.amount_fen,
      r.amount_fen, ${by.day}, 'schedule', ${by.at}, ${by.actor}
    from json_to_recordset(${JSON.stringify(fees)}) as r(id uuid, code text, name text, amount_fen int)
    where r.amount_fen is distinct from (
      select f.self_pay_fen from payment.fee_item f
      where f.healthcare_service_id = ${clinic.healthcare_service_id} and f.code = r.code
        and f.source = 'schedule' order by f.effective_from desc limit 1)
    on conflict (healthcare_service_id, code, source, effective_from) do update set
      self_pay_fen = excluded.self_pay_fen, insured_fen = excluded.insured_fen`);
}

/** The items of a clinic in force on a day, one a code; what the hospital set itself wins. */
export function feesInForce(
  db: Queryable,
  clinic: { healthcare_service_id: string; day: string },
): Promise<FeeItem[]> {
  return db.many<FeeItem>(sql`
    select distinct on (code) id, code, name, self_pay_fen, insured_fen, source from payment.fee_item
    where healthcare_service_id = ${clinic.healthcare_service_id} and effective_from <= ${clinic.day}
    order by code, source = 'local' desc, effective_from desc`);
}

export function selectFeeItems(db: Queryable, hospital_id: string): Promise<FeeItemRow[]> {
  return db.many<FeeItemRow>(sql`
    select id, healthcare_service_id, code, name, self_pay_fen, insured_fen, effective_from, source
    from payment.fee_item where hospital_id = ${hospital_id}
    order by healthcare_service_id, code, effective_from desc limit 2000`);
}

/** Writes what the hospital itself charges from a day on. */
export async function upsertFeeItem(
  tx: Tx,
  item: Omit<FeeItemRow, 'source'> & { hospital_id: string; at: Date; actor: string },
): Promise<void> {
  await tx.run(sql`
    insert into payment.fee_item (id, hospital_id, healthcare_service_id, code, name, self_pay_fen,
      insured_fen, effective_from, source, created_at, created_by)
    values (${item.id}, ${item.hospital_id}, ${item.healthcare_service_id}, ${item.code}, ${item.name},
      ${item.self_pay_fen}, ${item.insured_fen}, ${item.effective_from}, 'local', ${item.at}, ${item.actor})
    on conflict (healthcare_service_id, code, source, effective_from) do update set
      name = excluded.name, self_pay_fen = excluded.self_pay_fen, insured_fen = excluded.insured_fen,
      created_at = excluded.created_at, created_by = excluded.created_by`);
}

export type PriceRuleRow = PriceRule & {
  document_number: string | null;
  scan_sha256: string | null;
  effective_from: string;
  effective_to: string | null;
  created_at: Date;
};

/** The rule in force in a hospital on a day, if there is one. */
export function priceRuleOn(
  db: Queryable,
  hospital_id: string,
  day: string,
): Promise<PriceRule | undefined> {
  return db.maybe<PriceRule>(sql`
    select id, kept_percent, minutes_before from payment.price_rule
    where hospital_id = ${hospital_id} and effective_from <= ${day}
      and (effective_to is null or effective_to >= ${day})
    order by effective_from desc, created_at desc limit 1`);
}

export function selectPriceRules(db: Queryable, hospital_id: string): Promise<PriceRuleRow[]> {
  return db.many<PriceRuleRow>(sql`
    select id, kept_percent, minutes_before, document_number, scan_sha256, effective_from,
      effective_to, created_at
    from payment.price_rule where hospital_id = ${hospital_id} order by effective_from desc, created_at desc`);
}

/** Ends the rule before on the day before, and writes the new one. */
export async function insertPriceRule(
  tx: Tx,
  rule: {
    id: string;
    hospital_id: string;
    kept_percent: number;
    minutes_before: number;
    document_number: string | null;
    scan_sha256: string | null;
    effective_from: string;
    at: Date;
    actor: string;
  },
): Promise<void> {
  await tx.run(sql`
    update payment.price_rule set effective_to = ${rule.effective_from}::date - 1
    where hospital_id = ${rule.hospital_id} and effective_to is null`);
  await tx.run(sql`
    insert into payment.price_rule (id, hospital_id, kept_percent, minutes_before, document_number,
      scan_sha256, effective_from, created_at, created_by)
    values (${rule.id}, ${rule.hospital_id}, ${rule.kept_percent}, ${rule.minutes_before},
      ${rule.document_number}, ${rule.scan_sha256}, ${rule.effective_from}, ${rule.at}, ${rule.actor})`);
}

export async function insertScan(
  tx: Tx,
  scan: {
    sha256: string;
    hospital_id: string;
    media_type: string;
    bytes: Uint8Array;
    at: Date;
    actor: string;
  },
): Promise<void> {
  await tx.run(sql`
    insert into payment.scan (sha256, hospital_id, media_type, bytes, uploaded_at, uploaded_by)
    values (${scan.sha256}, ${scan.hospital_id}, ${scan.media_type}, ${Buffer.from(scan.bytes)}, ${scan.at}, ${scan.actor})
    on conflict do nothing`);
}

export function findScan(
  db: Queryable,
  scan: { hospital_id: string; sha256: string },
): Promise<{ media_type: string; bytes: Buffer } | undefined> {
  return db.maybe(sql`
    select media_type, bytes from payment.scan
    where hospital_id = ${scan.hospital_id} and sha256 = ${scan.sha256}`);
}
