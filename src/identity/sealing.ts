import { createHmac } from 'node:crypto';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import { createPersonKeys } from '../platform/person-keys.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { normaliseDocumentNumber } from './documents/index.ts';

/** The contexts fields are sealed under; a sealed value opens in its own column only. */
export const sealedAs = {
  account_phone: 'identity.account.phone',
  patient_name: 'identity.patient.name',
  patient_document: 'identity.patient.document_number',
  patient_phone: 'identity.patient.phone',
  first_document: 'identity.patient.first_document',
  former_name: 'identity.former_name.name',
  former_document: 'identity.former_document.document_number',
  archive_number: 'identity.his_archive.number',
  case_note: 'identity.person_case.note',
  delegate_name: 'identity.delegate.name',
  delegate_number: 'identity.delegate.document_number',
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

/**
 * What is left of the document of a person whose data was deleted: a keyed pseudonym, by which running
 * restrictions, losses and no-shows hold on. It is another value than the document's own index.
 */
export function erasedIndex(fields: FieldCrypto, type: string, number: string): Uint8Array {
  return fields.blindIndex(canonicalDocument(type, number), 'identity.erased-person');
}

/** The 32 bytes a phone is found by; `phone` as validatePhone returns it. */
export function phoneIndex(fields: FieldCrypto, phone: string): Uint8Array {
  return fields.blindIndex(phone, 'identity.phone');
}

/**
 * The name of a phone's own key, under which messages to it and its account's number are sealed: made
 * of the phone's index, so that it is there before any account is.
 */
export function phoneKeyId(phone_index: Uint8Array): string {
  const text = hex(phone_index.subarray(0, 16));
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** A message to a phone, sealed under the phone's own key; the key is made when there is none. */
export function sealMessage(
  ctx: { clock: Clock; random: Random; fields: FieldCrypto },
  message: { to: string; text: string },
): { sealed_to: Uint8Array; sealed_text: Uint8Array } {
  const key_id = phoneKeyId(phoneIndex(ctx.fields, message.to));
  createPersonKeys(ctx, [key_id]);
  return {
    sealed_to: ctx.fields.sealFor(key_id, message.to, sealedAs.message_to),
    sealed_text: ctx.fields.sealFor(key_id, message.text, sealedAs.message_text),
  };
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
