import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Queryable } from '../platform/db.ts';
import { maskName } from './documents/index.ts';
import { personsToTell } from './patient-store.ts';
import { sealedAs } from './sealing.ts';

/** Whom to tell about a patient, and where. Phones are in clear: for sending, never for display. */
export type Recipients = {
  name_masked: string;
  account_ids: string[];
  /** Each phone once; `account_id` is null for the patient's own phone that is no account's. */
  phones: { phone: string; phone_index: string; account_id: string | null }[];
};

/**
 * Every account that acts for these patients with its verified phone, and the patient's own phone;
 * by patient id, in one statement. Ids of nobody are absent.
 */
export async function recipientsOf(
  ctx: { db: Queryable; fields: FieldCrypto },
  patient_ids: readonly string[],
): Promise<Map<string, Recipients>> {
  const found = new Map<string, Recipients>();
  const rows = await personsToTell(ctx.db, [...new Set(patient_ids)]);
  for (const row of rows) {
    let one = found.get(row.patient_id);
    if (!one) {
      const name = ctx.fields.open(row.sealed_name, sealedAs.patient_name);
      one = { name_masked: maskName(name), account_ids: [], phones: [] };
      found.set(row.patient_id, one);
    }
    if (row.account_id !== null) one.account_ids.push(row.account_id);
    const { phone_index } = row;
    if (row.sealed_phone === null || phone_index === null) continue;
    if (one.phones.some((known) => known.phone_index === phone_index)) continue;
    const sealed = row.account_id === null ? sealedAs.patient_phone : sealedAs.account_phone;
    const phone = ctx.fields.open(row.sealed_phone, sealed);
    one.phones.push({ phone, phone_index, account_id: row.account_id });
  }
  return found;
}
