import { maskedPatients, type MaskedPatient, type ReadContext } from './read-patients.ts';
import { readPhone } from './request-code.ts';
import { phoneIndex } from './sealing.ts';
import { idsByPhone } from './store-phone.ts';

const found_max = 20;

/**
 * The persons who can be reached by a phone, masked: whose own it is, and for whom its account acts.
 * The caller records that somebody looked. @throws Problem identity/phone-invalid.
 */
export async function findPatientsByPhone(
  ctx: ReadContext,
  phone: string,
): Promise<MaskedPatient[]> {
  const ids = await idsByPhone(ctx.db, phoneIndex(ctx.fields, readPhone(phone)), found_max);
  const people = await maskedPatients(ctx, ids);
  return ids.flatMap((id) => people.get(id) ?? []);
}
