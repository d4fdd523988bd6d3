import { createHmac } from 'node:crypto';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Secrets } from '../platform/secrets.ts';
import { normaliseDocumentNumber } from './documents/index.ts';

/** The contexts fields are sealed under; a sealed value opens in its own column only. */
export const sealedAs = {
  account_phone: 'identity.account.phone',
  patient_name: 'identity.patient.name',
  patient_document: 'identity.patient.document_number',
  patient_phone: 'identity.patient.phone',
  message_to: 'identity.outbox_message.to',
  message_text: 'identity.outbox_message.text',
} as const;

/**
 * One string a document, whatever way it was typed. Identity card and household register carry the
 * same citizen's number and give the same string.
 */
export function canonicalDocument(type: string, number: string): string {
  const kind = type === 'household_register' ? 'resident_id' : type;
  return `${kind}:${normaliseDocumentNumber(number)}`;
}

/** The 32 bytes a document is found by. */
export function documentIndex(fields: FieldCrypto, type: string, number: string): Uint8Array {
  return fields.blindIndex(canonicalDocument(type, number), 'identity.document');
}

/** The 32 bytes a phone is found by; `phone` as validatePhone returns it. */
export function phoneIndex(fields: FieldCrypto, phone: string): Uint8Array {
  return fields.blindIndex(phone, 'identity.phone');
}

/** A keyed hash of a client's network for counting requests: the address itself is not stored. */
export function networkIndex(fields: FieldCrypto, network: string): string {
  return hex(fields.blindIndex(network, 'identity.network'));
}

/** What is stored of a one-time code: with six digits only a keyed hash hides anything. */
export function codeHash(secrets: Secrets, phone_index: Uint8Array, code: string): Uint8Array {
  return createHmac('sha256', secrets.key('sign-in code'))
    .update(phone_index)
    .update(code)
    .digest();
}

/**
 * A person's tag in the draws of one group and year: HMAC-SHA-256(K_id, group ‖ document), 32
 * bytes, with K_id one key a group and year. `document` is a canonical document.
 */
export function tagOf(
  secrets: Secrets,
  document: string,
  draw: { group: string; year: number },
): Uint8Array {
  const key = secrets.key(`draw person tag ${draw.group} ${draw.year}`);
  return createHmac('sha256', key).update(draw.group, 'utf8').update(document, 'utf8').digest();
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
