import { readFileSync } from 'node:fs';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { fromHex } from '../../platform/tlog/index.ts';
import { chainHash } from '../sealed-draw/beacon.ts';
import { groupShape, shareShape, type Group, type Share } from './group-file.ts';
import { sharePublicKey } from './shares.ts';

/**
 * A group from its parsed JSON, checked whole: the chain is the hash of its parameters and every
 * share's public key lies on the committed polynomial.
 * @throws Error in a sentence.
 */
export function parseGroup(value: unknown): Group {
  const group = groupShape(value, 'group');
  const { holders, commitments, threshold } = group;
  const refuse = (sentence: string): never => {
    throw new Error(`This group file cannot be used: ${sentence}`);
  };
  if (commitments.length !== threshold)
    refuse('it needs one commitment for each of the threshold.');
  if (holders.length < threshold) refuse('it has fewer holders than its threshold.');
  if (holders.some((holder, n) => holder.index !== n + 1))
    refuse('its holders are not numbered from 1.');
  if (commitments[0] !== group.publicKey) refuse('its key is not the one committed to.');
  if (chainHash(group) !== group.chain) refuse('its chain is not the hash of its parameters.');
  for (const key of commitments) bls12_381.G2.Point.fromBytes(fromHex(key)).assertValidity();
  for (const holder of holders)
    if (sharePublicKey(commitments, holder.index) !== holder.publicKey)
      refuse(`the key of holder ${holder.index} does not fit the commitments.`);
  return group;
}

/** A share from its parsed JSON; Error in a sentence if it is not of this group or not the promised one. */
export function parseShare(value: unknown, group: Group): Share {
  const share = shareShape(value, 'share');
  if (share.chain !== group.chain)
    throw new Error(`This share is of the beacon ${share.chain}, not of ${group.chain}.`);
  const holder = group.holders[share.index - 1];
  if (!holder) throw new Error(`The group has no holder number ${share.index}.`);
  if (publicKeyOf(share.secret) !== holder.publicKey)
    throw new Error(
      `This share is wrong: it does not fit what the dealer published for holder ${share.index} (${holder.name}). Do not use it; the ceremony must be held again.`,
    );
  return share;
}

function publicKeyOf(secret: string): string | undefined {
  try {
    return bls12_381.shortSignatures.getPublicKey(fromHex(secret)).toHex(true);
  } catch {
    return undefined; // zero or beyond the group's order is no secret key at all
  }
}

/** Reads and checks a group file; Error in a sentence naming the file. */
export function readGroup(file: string): Group {
  return readChecked(file, parseGroup);
}

/** Reads a share file and checks it against its group; Error in a sentence naming the file. */
export function readShare(file: string, group: Group): Share {
  return readChecked(file, (value) => parseShare(value, group));
}

function readChecked<T>(file: string, parse: (value: unknown) => T): T {
  try {
    return parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
