import type { FieldCrypto } from '../platform/crypto/index.ts';
import { readPhone } from './request-code.ts';
import { hex, phoneIndex } from './sealing.ts';

/**
 * Hex of the keyed index of the number somebody calls from: the same as of a verified phone, so that
 * the rules for phones count both. @throws Problem identity/phone-invalid.
 */
export function callerIndex(fields: FieldCrypto, phone: string): string {
  return hex(phoneIndex(fields, readPhone(phone)));
}
