import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { sm2 } from 'sm-crypto-v2';

/**
 * SM2 signatures (GB/T 32918.2) with SM3 over Z ‖ message. Node's own `SM2` keys are no way to make
 * them: `sign('sm3')` with one is plain ECDSA on the curve, or SM2 with an empty signer id.
 *
 * GB/T 39786 asks for a certified module in production; this is the same signature in software.
 */

/** The signer id of GB/T 35276 where the parties agreed on none; Z is computed over it. */
const SIGNER_ID = '1234567812345678';

/** Both in hex: 32 bytes of d, and 04 ‖ x ‖ y. */
export type Sm2Key = { private_key: string; public_key: string };

const privateShape = /^[0-9a-f]{64}$/;
const publicShape = /^04[0-9a-f]{128}$/;
const signatureShape = /^[0-9a-f]{128}$/;

/** A fresh key pair, from the machine's own randomness. */
export function createSm2KeyPair(): Sm2Key {
  const { privateKey, publicKey } = sm2.generateKeyPairHex();
  return { private_key: privateKey.padStart(64, '0'), public_key: publicKey };
}

/**
 * Signs a message: r ‖ s, 64 bytes in hex.
 * @throws RangeError when the key is not one of ours.
 */
export function sm2Sign(message: Uint8Array, key: Sm2Key, signer_id = SIGNER_ID): string {
  if (!privateShape.test(key.private_key) || !publicShape.test(key.public_key))
    throw new RangeError('an SM2 key is 32 bytes of d and 04 ‖ x ‖ y, in hex');
  return sm2.doSignature(message, key.private_key, {
    hash: true,
    publicKey: key.public_key,
    userId: signer_id,
  });
}

/** Whether r ‖ s is the signature of the message; anything malformed is simply no signature. */
export function sm2Verify(
  message: Uint8Array,
  signature: string,
  public_key: string,
  signer_id = SIGNER_ID,
): boolean {
  if (!signatureShape.test(signature) || !publicShape.test(public_key)) return false;
  try {
    return sm2.doVerifySignature(message, signature, public_key, {
      hash: true,
      userId: signer_id,
    });
  } catch {
    return false; // a point off the curve, or r and s out of range
  }
}

/**
 * Reads the signing key in `file` (mode 0600), making it at the first use; one that exists is never
 * replaced. It is no child of the root secret, so that it can be renewed, or held by a device, alone.
 * @throws Error when the file is damaged.
 */
export function openSm2Key(file: string): Sm2Key {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  try {
    writeFileSync(fresh, `${JSON.stringify(createSm2KeyPair())}\n`, { mode: 0o600 });
    linkSync(fresh, file); // fails when there is a key; never replaces it
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  const key = readKey(readFileSync(file, 'utf8'));
  if (!key) throw new Error(`${file} is damaged: restore it from its backup.`);
  return key;
}

/** The key in a file's text when its halves belong together. */
function readKey(text: string): Sm2Key | undefined {
  try {
    const key = JSON.parse(text) as Sm2Key;
    const probe = new TextEncoder().encode('probe');
    return sm2Verify(probe, sm2Sign(probe, key), key.public_key) ? key : undefined;
  } catch {
    return undefined;
  }
}
