import { ed25519 } from '@noble/curves/ed25519.js';
import type { Secrets } from '../platform/secrets.ts';
import { ED25519_ALG, formatVkey, noteKey } from '../platform/tlog/index.ts';

/** The installation's secret log key (32-byte Ed25519 seed). */
export function logSecret(secrets: Secrets): Uint8Array {
  return secrets.key('log signing');
}

/** The raw public key (32 bytes) of the log: the `log.publicKey` of a draw's manifest, as bytes. */
export function logPublicKey(secrets: Secrets): Uint8Array {
  return ed25519.getPublicKey(logSecret(secrets));
}

/** The log's verifier key as text, for its origin. */
export function logVkey(secrets: Secrets, origin: string): string {
  return formatVkey(noteKey(origin, ED25519_ALG, logPublicKey(secrets)));
}
