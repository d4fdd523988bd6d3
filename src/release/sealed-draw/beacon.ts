import { bls12_381 } from '@noble/curves/bls12-381.js';
import {
  concatBytes,
  fromHex,
  nobleHasher,
  toHex,
  u32be,
  u64be,
  utf8,
  type Hasher,
} from '../../platform/tlog/index.ts';
import { DrawError } from './errors.ts';
import { say } from './sentence.ts';
import type { BeaconFile, BlsBeacon, ManifestBeacon } from './types.ts';

const signatures = bls12_381.shortSignatures;
const SIGNATURE_DST = 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_';
const DICE_THROWS_MIN = 50;

/** The public drand chain "quicknet", operated abroad; pinned. */
export const QUICKNET = {
  chain: '52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971',
  genesis: 1_692_803_367,
  period: 3,
  publicKey:
    '83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
} as const;

/** Chain hash (hex) of a city or demo beacon: SHA-256(u32be(period) ‖ u64be(genesis) ‖ publicKey). */
export function chainHash(
  beacon: Pick<BlsBeacon, 'period' | 'genesis' | 'publicKey'>,
  hasher: Hasher = nobleHasher,
): string {
  const key = fromHex(beacon.publicKey);
  return toHex(hasher.sha256(concatBytes(u32be(beacon.period), u64be(beacon.genesis), key)));
}

function roundPoint(round: number) {
  return signatures.hash(nobleHasher.sha256(u64be(round)), SIGNATURE_DST);
}

/** True when the 48-byte signature is the round's under the 96-byte key (both hex, compressed). */
export function verifyRound(publicKey: string, round: number, signature: string): boolean {
  try {
    const point = signatures.Signature.fromBytes(fromHex(signature));
    // A point outside the prime-order group could verify in a second form, and so choose randomness.
    point.assertValidity();
    if (!point.isTorsionFree() || point.is0()) return false;
    return signatures.verify(point, roundPoint(round), fromHex(publicKey));
  } catch {
    return false; // malformed bytes are simply not a signature
  }
}

/** Signs a round with a one-key (demo) beacon's 32-byte secret; returns the signature in hex. */
export function signRound(secretKey: Uint8Array, round: number): string {
  return signatures.Signature.toHex(signatures.sign(roundPoint(round), secretKey));
}

/** The public key (hex, 96 bytes) of a one-key beacon. */
export function beaconPublicKey(secretKey: Uint8Array): string {
  return signatures.getPublicKey(secretKey).toHex(true);
}

/** Secret key (32 bytes) of a one-key beacon from at least 48 bytes of key material. */
export function beaconSecretKey(material: Uint8Array): Uint8Array {
  return bls12_381.utils.randomSecretKey(material);
}

/** Randomness (hex) of a round: SHA-256 of its signature. */
export function randomnessOf(signature: string, hasher: Hasher = nobleHasher): string {
  return toHex(hasher.sha256(fromHex(signature)));
}

/** Randomness (hex) of dice thrown in the hall; DrawError 'beacon' unless ≥ 50 digits 1–6. */
export function diceRandomness(throws: string, hasher: Hasher = nobleHasher): string {
  if (!/^[1-6]+$/.test(throws) || throws.length < DICE_THROWS_MIN) {
    throw new DrawError(
      'beacon',
      say(
        '骰子至少掷 50 次，每次是 1 到 6 的数字。',
        'Dice need at least 50 throws, each a digit from 1 to 6.',
      ),
    );
  }
  return toHex(hasher.sha256(concatBytes(utf8('sealed-draw/v1/dice\0'), utf8(throws))));
}

/** Seed (hex) of the main draw from its seal and the randomness. */
export function drawSeed(seal: string, randomness: string, hasher: Hasher = nobleHasher): string {
  const parts = [utf8('sealed-draw/v1/seed\0'), fromHex(seal), fromHex(randomness)];
  return toHex(hasher.sha256(concatBytes(...parts)));
}

/** Seed′ (hex) of a return from the main seal, the hash of returns.jsonl and the fresh randomness. */
export function returnSeed(
  inputs: { seal: string; returnsHash: string; randomness: string },
  hasher: Hasher = nobleHasher,
): string {
  const tag = utf8('sealed-draw/v1/return\0');
  const parts = [inputs.seal, inputs.returnsHash, inputs.randomness].map(fromHex);
  return toHex(hasher.sha256(concatBytes(tag, ...parts)));
}

/** What came out of the beacon: a round's signature (hex), or the throws of dice. */
export type BeaconOutput = { round: number; signature: string } | { throws: string };

/**
 * beacon.json for an output of the manifest's beacon. `seedOf` turns the randomness into the seed
 * ({@link drawSeed} or {@link returnSeed}). DrawError 'beacon' if the output is not the beacon's.
 */
export function beaconFile(
  beacon: ManifestBeacon,
  output: BeaconOutput,
  seedOf: (randomness: string) => string,
): BeaconFile {
  if ('throws' in output) {
    if (beacon.kind !== 'dice') throw new DrawError('beacon', 'This draw does not use dice.');
    const randomness = diceRandomness(output.throws);
    return { chain: 'dice', randomness, seed: seedOf(randomness), throws: output.throws };
  }
  if (beacon.kind === 'dice') throw new DrawError('beacon', 'This draw uses dice.');
  const { round, signature } = output;
  if (!verifyRound(beacon.publicKey, round, signature)) {
    throw new DrawError('beacon', `This is not the beacon's signature of round ${round}.`);
  }
  const { chain, publicKey } = beacon;
  const randomness = randomnessOf(signature);
  return { chain, publicKey, randomness, round, seed: seedOf(randomness), signature };
}
