import { ed25519 } from '@noble/curves/ed25519.js';
import {
  canonicalBytes,
  concatBytes,
  fromHex,
  nobleHasher,
  toHex,
  utf8,
  type Hasher,
} from '../../platform/tlog/index.ts';
import { countsMessage } from './entry.ts';
import type { Counts, Receipt } from './types.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SHORT_CODE_BYTES = 10;

/** Signs a message with an Ed25519 key; injected so that a server may use a native implementation. */
export type Sign = (message: Uint8Array) => Uint8Array;

/** Ed25519 signing with a 32-byte secret seed, portable. */
export function ed25519Signer(secretKey: Uint8Array): Sign {
  return (message) => ed25519.sign(message, secretKey);
}

/** True for a valid Ed25519 signature (hex) under a raw public key (hex); never throws. */
export function verifySignature(publicKey: string, message: Uint8Array, sig: string): boolean {
  try {
    return ed25519.verify(fromHex(sig), message, fromHex(publicKey), { zip215: false });
  } catch {
    return false; // malformed bytes are simply not a signature
  }
}

/** The v of a receipt (hex): SHA-256 of the 32-byte secret that its holder keeps to withdraw. */
export function secretHash(secret: Uint8Array, hasher: Hasher = nobleHasher): string {
  return toHex(hasher.sha256(secret));
}

/** What receiptKey signs: "sealed-draw/v1/receipt\0" ‖ the canonical receipt without sig. */
export function receiptMessage(receipt: Omit<Receipt, 'sig'>): Uint8Array {
  const { draw, e, leaf, time, v } = receipt;
  return concatBytes(utf8('sealed-draw/v1/receipt\0'), canonicalBytes({ draw, e, leaf, time, v }));
}

/** A signed receipt. */
export function signReceipt(receipt: Omit<Receipt, 'sig'>, sign: Sign): Receipt {
  const { draw, e, leaf, time, v } = receipt;
  return { draw, e, leaf, sig: toHex(sign(receiptMessage(receipt))), time, v };
}

/** True when the receipt is signed by the manifest's receiptKey (hex). */
export function verifyReceipt(receipt: Receipt, receiptKey: string): boolean {
  return verifySignature(receiptKey, receiptMessage(receipt), receipt.sig);
}

/** The short code of an entry: 16 characters, Crockford base32 of the first 10 bytes of its id. */
export function shortCode(entryId: string): string {
  let bits = BigInt(`0x${entryId.slice(0, 2 * SHORT_CODE_BYTES)}`);
  let code = '';
  for (let i = 0; i < (SHORT_CODE_BYTES * 8) / 5; i++) {
    code = (CROCKFORD[Number(bits & 31n)] ?? '') + code;
    bits >>= 5n;
  }
  return code;
}

/** counts.json signed by the identity module's key. */
export function signCounts(counts: Omit<Counts, 'sig'>, sign: Sign): Counts {
  const { counts: lines, draw } = counts;
  return { counts: lines, draw, sig: toHex(sign(countsMessage(counts))) };
}

/** True when counts.json is signed by the manifest's identityKey (hex). */
export function verifyCounts(counts: Counts, identityKey: string): boolean {
  return verifySignature(identityKey, countsMessage(counts), counts.sig);
}
