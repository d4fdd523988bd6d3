import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { StoredPerson } from '../patient-store.ts';
import { sealedAs } from '../sealing.ts';

/** An erased field is empty, and stays so. */
function opened(fields: FieldCrypto, sealed: Buffer, place: string): string {
  return sealed.length === 0 ? '' : fields.open(sealed, place);
}

/* The sealed fields of a person in clear, for asking an authority or sending a message. */

export function nameOf(fields: FieldCrypto, person: StoredPerson): string {
  return opened(fields, person.sealed_name, sealedAs.patient_name);
}

export function numberOf(fields: FieldCrypto, person: StoredPerson): string {
  return opened(fields, person.sealed_document_number, sealedAs.patient_document);
}

/** The phone that is proven to be the person's own. */
export function provenPhone(fields: FieldCrypto, person: StoredPerson): string | undefined {
  if (person.phone_proof === 'none' || !person.sealed_phone) return undefined;
  return opened(fields, person.sealed_phone, sealedAs.patient_phone) || undefined;
}
