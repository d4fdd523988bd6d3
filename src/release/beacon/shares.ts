import { bls12_381 } from '@noble/curves/bls12-381.js';
import { fromHex, toHex } from '../../platform/tlog/index.ts';
import { beaconSecretKey, chainHash, verifyRound } from '../sealed-draw/beacon.ts';
import { BEACON_SCHEME } from '../sealed-draw/types.ts';
import type { Group, Share } from './group-file.ts';

// t-of-n threshold BLS: a Shamir polynomial over the scalar field whose value at 0 is the group's
// secret. A holder's partial signature is H(round) times the polynomial at the holder's index, so that
// Lagrange interpolation of any t partials gives H(round) times the secret: always the same signature.

const { Fr } = bls12_381.fields;
const G2 = bls12_381.G2.Point;
const { Signature } = bls12_381.shortSignatures;
const HOLDERS_MAX = 50;

/** What a ceremony decides: names give the number of holders, times are Unix seconds. */
export type Deal = { threshold: number; names: readonly string[]; genesis: number; period: number };

/** A signature by one share. */
export type Partial = { index: number; signature: string };

/**
 * Deals a fresh secret into shares and forgets it. `random` gives cryptographic bytes.
 * @throws RangeError in a sentence when the numbers make no sense.
 */
export function deal(
  { threshold, names, genesis, period }: Deal,
  random: { bytes(length: number): Uint8Array },
): { group: Group; shares: Share[] } {
  if (threshold < 2)
    throw new RangeError(
      'The threshold must be at least 2, else one holder alone knows a round early.',
    );
  if (names.length < threshold || names.length > HOLDERS_MAX)
    throw new RangeError(
      `There must be from ${threshold} (the threshold) to ${HOLDERS_MAX} holders.`,
    );
  // The reduction of 48 bytes never gives zero, and is uniform but for 2^-128.
  const coefficients = Array.from({ length: threshold }, () => {
    const material = random.bytes(48);
    const scalar = Fr.fromBytes(beaconSecretKey(material));
    material.fill(0);
    return scalar;
  });
  const commitments = coefficients.map((scalar) => G2.BASE.multiply(scalar).toHex(true));
  const publicKey = commitments[0] as string;
  const chain = chainHash({ period, genesis, publicKey });
  const shares = names.map((_, n) => ({
    chain,
    index: n + 1,
    secret: toHex(Fr.toBytes(valueAt(coefficients, n + 1))),
  }));
  const holders = names.map((name, n) => ({
    index: n + 1,
    name,
    publicKey: sharePublicKey(commitments, n + 1),
  }));
  coefficients.fill(0n);
  return {
    group: {
      chain,
      commitments,
      genesis,
      holders,
      period,
      publicKey,
      scheme: BEACON_SCHEME,
      threshold,
    },
    shares,
  };
}

/** The polynomial at `index`, by Horner's rule. */
function valueAt(coefficients: readonly bigint[], index: number): bigint {
  const x = BigInt(index);
  return coefficients.reduceRight((sum, scalar) => Fr.add(Fr.mul(sum, x), scalar), 0n);
}

/** The public key (hex) that the commitments promise for the share with this index. */
export function sharePublicKey(commitments: readonly string[], index: number): string {
  const x = BigInt(index);
  return commitments
    .map((key) => G2.fromBytes(fromHex(key)))
    .reduceRight((sum, point) => sum.multiplyUnsafe(x).add(point), G2.ZERO)
    .toHex(true);
}

/** True when the partial is this holder's signature of the round; malformed input is simply false. */
export function verifyPartial(group: Group, round: number, partial: Partial): boolean {
  const holder = group.holders[partial.index - 1];
  return holder !== undefined && verifyRound(holder.publicKey, round, partial.signature);
}

/**
 * The group's signature of a round (96 hex characters) from at least a threshold of partials of
 * different holders; undefined when the good ones are too few. Bad partials are left out.
 */
export function combine(
  group: Group,
  round: number,
  partials: readonly Partial[],
): string | undefined {
  const good = new Map<number, string>();
  for (const partial of partials) {
    if (good.size === group.threshold) break;
    if (!good.has(partial.index) && verifyPartial(group, round, partial))
      good.set(partial.index, partial.signature);
  }
  if (good.size < group.threshold) return undefined;
  const indexes = [...good.keys()];
  const sum = [...good]
    .map(([index, signature]) =>
      Signature.fromBytes(fromHex(signature)).multiply(weightAtZero(index, indexes)),
    )
    .reduce((total, point) => total.add(point));
  const signature = Signature.toHex(sum);
  return verifyRound(group.publicKey, round, signature) ? signature : undefined;
}

/** Lagrange's coefficient of `index` at 0 among these indexes. */
function weightAtZero(index: number, indexes: readonly number[]): bigint {
  const own = BigInt(index);
  return indexes
    .filter((other) => other !== index)
    .reduce((weight, other) => {
      const x = BigInt(other);
      return Fr.mul(weight, Fr.mul(x, Fr.inv(Fr.sub(x, own))));
    }, 1n);
}
