import { createHash } from 'node:crypto';
import type { Random } from '../platform/random.ts';

/** Nonce and secret of an entry made without a browser, and the hash its receipt carries. */
export function freshSecrets(random: Random): {
  nonce: string;
  secret: string;
  secret_hash: string;
} {
  const secret = Buffer.from(random.bytes(32));
  return {
    nonce: Buffer.from(random.bytes(32)).toString('hex'),
    secret: secret.toString('hex'),
    secret_hash: hashOf(secret),
  };
}

/** v of a receipt: SHA-256 (hex) of the 32-byte secret. */
export function hashOf(secret: Uint8Array): string {
  return createHash('sha256').update(secret).digest('hex');
}
