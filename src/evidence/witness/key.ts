import { ed25519 } from '@noble/curves/ed25519.js';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  concatBytes,
  COSIGNATURE_V1_ALG,
  formatVkey,
  fromBase64,
  noteKey,
  toBase64,
} from '../../platform/tlog/index.ts';
import { writeDurably } from './disk.ts';

/** A witness's key: its name, its 32-byte Ed25519 seed and its verifier key. */
export type WitnessKey = { name: string; secretKey: Uint8Array; vkey: string };

const PREFIX = 'PRIVATE+KEY';

/** The key of a seed under a name. @throws TypeError on a bad name. */
function witnessKey(name: string, secretKey: Uint8Array): WitnessKey {
  const key = noteKey(name, COSIGNATURE_V1_ALG, ed25519.getPublicKey(secretKey));
  return { name, secretKey, vkey: formatVkey(key) };
}

/**
 * Reads a private key in the form of signed-note tools: `PRIVATE+KEY+name+id+base64(type ‖ seed)`.
 * The name is part of it, for one key must not sign under two names. @throws TypeError if it is not one.
 */
function parsePrivateKey(text: string): WitnessKey {
  const [first, second, name = '', id, ...rest] = text.trim().split('+');
  const bytes = fromBase64(rest.join('+'));
  if (`${first}+${second}` !== PREFIX || bytes[0] !== COSIGNATURE_V1_ALG || bytes.length !== 33)
    throw new TypeError('not the private key of a witness');
  const key = witnessKey(name, bytes.subarray(1));
  if (key.vkey.split('+')[1] !== id) throw new TypeError('a private key with a false key id');
  return key;
}

/** The text of {@link parsePrivateKey}. */
function formatPrivateKey({ name, secretKey, vkey }: WitnessKey): string {
  const id = vkey.split('+')[1] ?? '';
  const bytes = concatBytes(Uint8Array.of(COSIGNATURE_V1_ALG), secretKey);
  return `${PREFIX}+${name}+${id}+${toBase64(bytes)}`;
}

/**
 * The key in `file`; `make` (32 bytes of chance) makes one, readable by its owner only, when there is
 * none. @throws Error when the file holds another name, is damaged, or is missing without `make`.
 */
export function openKey(
  file: string,
  name: string,
  make: (() => Uint8Array) | undefined,
): WitnessKey {
  if (!existsSync(file)) {
    if (!make)
      throw new Error(
        `${file} is missing, but this folder has witnessed a log: restore the key from its backup, or begin as a new witness in a new folder.`,
      );
    const key = witnessKey(name, make());
    writeDurably(dirname(file), file, `${formatPrivateKey(key)}\n`, 0o600);
    return key;
  }
  const key = parsePrivateKey(readFileSync(file, 'utf8'));
  if (key.name !== name)
    throw new Error(`${file} is the key of the witness ${key.name}, not of ${name}.`);
  return key;
}
