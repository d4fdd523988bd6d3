import { hash } from 'node:crypto';
import type { Hasher, Mac } from './hasher.ts';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/** Native {@link Hasher} for servers and command lines; browsers use `nobleHasher`. */
export const nodeHasher: Hasher = { sha256: digest, hmac: keyedMac };

function digest(bytes: Uint8Array, into: Uint8Array = new Uint8Array(DIGEST_BYTES)): Uint8Array {
  // A binary (Latin-1) string is the cheapest way out of the native call: three times faster than a Buffer.
  const binary = hash('sha256', bytes, 'binary');
  for (let i = 0; i < DIGEST_BYTES; i++) into[i] = binary.charCodeAt(i);
  return into;
}

// createHmac costs some 30 µs a call; two plain hashes over prepared pads cost two.
function keyedMac(key: Uint8Array): Mac {
  const shortKey = key.length > BLOCK_BYTES ? digest(key) : key;
  let inner = new Uint8Array(BLOCK_BYTES + DIGEST_BYTES + 4).fill(0x36, 0, BLOCK_BYTES);
  const outer = new Uint8Array(BLOCK_BYTES + DIGEST_BYTES).fill(0x5c, 0, BLOCK_BYTES);
  shortKey.forEach((byte, i) => {
    inner[i] = byte ^ 0x36;
    outer[i] = byte ^ 0x5c;
  });
  const outerTail = outer.subarray(BLOCK_BYTES);
  return (message, into) => {
    if (inner.length !== BLOCK_BYTES + message.length) inner = resized(inner, message.length);
    inner.set(message, BLOCK_BYTES);
    digest(inner, outerTail);
    return digest(outer, into);
  };
}

function resized(inner: Uint8Array, messageLength: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(BLOCK_BYTES + messageLength);
  larger.set(inner.subarray(0, BLOCK_BYTES));
  return larger;
}
