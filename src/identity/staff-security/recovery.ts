import { createHmac } from 'node:crypto';
import type { Random } from '../../platform/random.ts';
import type { Secrets } from '../../platform/secrets.ts';
import { recovery_codes } from './rules.ts';

// RFC 4648 base32: no 0, 1, 8 or 9 to mistake for letters.
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Ten codes of 10 characters (50 bits), for paper: `ABCDE-FGHIJ`. */
export function newRecoveryCodes(random: Random): string[] {
  const part = (): string => Array.from({ length: 5 }, () => alphabet[random.below(32)]).join('');
  return Array.from({ length: recovery_codes }, () => `${part()}-${part()}`);
}

/** What is stored of a code; undefined for what cannot be one. */
export function recoveryHash(
  secrets: Secrets,
  staff_id: string,
  typed: string,
): Uint8Array | undefined {
  const code = typed.toUpperCase().replace(/[\s-]/g, '');
  if (!/^[A-Z2-7]{10}$/.test(code)) return undefined;
  return createHmac('sha256', secrets.key('staff recovery code'))
    .update(`${staff_id} ${code}`)
    .digest();
}
