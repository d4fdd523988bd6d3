import { createHash } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import {
  consistencyProof,
  ED25519_ALG,
  formatCheckpoint,
  formatNote,
  formatVkey,
  leafHash,
  noteKey,
  rootOfLeafHashes,
  signNote,
  toBase64,
  utf8,
} from '../../src/platform/tlog/index.ts';

/** A log of numbered leaves for a witness to watch; a fork differs from `forkFrom` on. */
export function logInMemory(origin: string, forkFrom = Infinity) {
  const secretKey = createHash('sha256').update(origin).digest();
  const vkey = formatVkey(noteKey(origin, ED25519_ALG, ed25519.getPublicKey(secretKey)));
  const hashes = (size: number): Uint8Array[] =>
    Array.from({ length: size }, (_, i) =>
      leafHash(utf8(`${i >= forkFrom ? 'other' : 'leaf'} ${i}`)),
    );
  const checkpoint = (size: number): string => {
    const text = formatCheckpoint({ origin, size, root: rootOfLeafHashes(hashes(size)) });
    return formatNote(text, [signNote(text, origin, secretKey)]);
  };
  const proof = (old: number, size: number): string =>
    consistencyProof(hashes(size), old)
      .map((hash) => `${toBase64(hash)}\n`)
      .join('');
  return {
    vkey,
    checkpoint,
    proof,
    /** A request to a witness that has `old` leaves. */
    request: (old: number, size: number): string =>
      `old ${old}\n${proof(old, size)}\n${checkpoint(size)}`,
  };
}
