import { createPublicKey, createPrivateKey, sign } from 'node:crypto';
import type { Secrets } from '../platform/secrets.ts';
import type { Sign } from './sealed-draw/index.ts';

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** An Ed25519 signer from a 32-byte seed, with its raw public key in hex. */
export function signer(seed: Uint8Array): { publicKey: string; sign: Sign } {
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  return {
    publicKey: raw.toString('hex'),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

/** Keys of the draw: receipts, identity counts, and K_id by group and year. */
export type DrawKeys = {
  receipt: ReturnType<typeof signer>;
  identity: ReturnType<typeof signer>;
};

export function drawKeys(secrets: Secrets): DrawKeys {
  return {
    receipt: signer(secrets.key('draw receipts')),
    identity: signer(secrets.key('draw identity counts')),
  };
}
