import type { Db } from '../platform/db.ts';
import {
  consistencyProofFromTiles,
  cosignatureTime,
  inclusionProofFromTiles,
  parseNote,
  parseVkey,
  signatureLine,
  signaturesBy,
  toHex,
} from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import { addCosignatureLine, findLeaf, readCheckpoint } from './store.ts';
import { tileReader } from './tiles.ts';

export type LogProof = {
  index: number;
  /** Leaves the checkpoint covers. */
  size: number;
  /** The signed note, with the cosignatures that came in so far. */
  checkpoint: string;
  /** Inclusion proof (RFC 9162), hashes in lower-case hex, from the leaf upwards. */
  proof: string[];
};

/** Proof that an event is in the log under its newest checkpoint; undefined while none covers it. */
export async function proofFor(ctx: { db: Db }, event_id: string): Promise<LogProof | undefined> {
  const index = await findLeaf(ctx.db, event_id);
  const checkpoint = index === undefined ? undefined : await readCheckpoint(ctx.db);
  if (index === undefined || !checkpoint || checkpoint.size <= index) return undefined;
  const { size, note } = checkpoint;
  return { index, size, checkpoint: note, proof: await inclusionAt(ctx, index, size) };
}

/** Inclusion proof of leaf `index` in the log's first `size` leaves. @throws RangeError if not in it. */
export async function inclusionAt(ctx: { db: Db }, index: number, size: number): Promise<string[]> {
  const proof = await inclusionProofFromTiles(tileReader(ctx.db), index, size, nodeHasher);
  return proof.map(toHex);
}

/** Proof that the log of `from` leaves is a prefix of that of `to`. @throws RangeError if from > to. */
export async function consistency(ctx: { db: Db }, from: number, to: number): Promise<string[]> {
  const proof = await consistencyProofFromTiles(tileReader(ctx.db), from, to, nodeHasher);
  return proof.map(toHex);
}

/** The newest checkpoint: its note, size and time; undefined before the log's first start. */
export async function newestCheckpoint(ctx: {
  db: Db;
}): Promise<{ size: number; note: string; signed_at: Date } | undefined> {
  return readCheckpoint(ctx.db);
}

/**
 * Keeps a witness's cosignature of the newest checkpoint. `note` is what the witness returned: the
 * checkpoint's text with its signature; `witness` is its pinned verifier key (type 0x04).
 * @returns false when it is for another checkpoint or does not verify.
 */
export async function addCosignature(
  ctx: { db: Db },
  input: { note: string; witness: string },
): Promise<boolean> {
  const key = parseVkey(input.witness);
  const signed = parseNote(input.note);
  const newest = await readCheckpoint(ctx.db);
  if (!newest || parseNote(newest.note).text !== signed.text) return false;
  const signature = signaturesBy(signed, key)[0];
  if (!signature || cosignatureTime(signed, key) === null) return false;
  const line = signatureLine(signature);
  await addCosignatureLine(ctx.db, { size: newest.size, witness: key.name, line });
  return true;
}
