import type { Db } from '../platform/db.ts';
import {
  consistencyProofFromTiles,
  cosignatureTime,
  inclusionProofFromTiles,
  parseCheckpoint,
  parseNote,
  parseVkey,
  signatureLine,
  signaturesBy,
  toHex,
} from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import {
  addCosignatureLine,
  findCheckpoint,
  readCheckpoint,
  readCovering,
  readWitnessed,
  type WitnessedRow,
} from './store-checkpoint.ts';
import { findLeaf } from './store.ts';
import { tileReader } from './tiles.ts';

export type LogProof = {
  index: number;
  /** Leaves the checkpoint covers. */
  size: number;
  /** The signed note, with the cosignatures that came in so far, or those wanted. */
  checkpoint: string;
  /** Inclusion proof (RFC 9162), hashes in lower-case hex, from the leaf upwards. */
  proof: string[];
  /** The wanted witnesses (vkeys) whose cosignatures `checkpoint` carries, in the order wanted. */
  witnesses: string[];
};

/** What a proof must carry: whose cosignatures, and of how many of them. */
export type WantedWitnesses = {
  witnesses: readonly string[];
  witnesses_min: number;
  /** The log's origin the reader trusts; default the present one. An old one after a renewal. */
  origin?: string;
};

/** Candidates looked at: a line that does not verify can only have been put in past this module. */
const CANDIDATES_MAX = 5;

/**
 * Proof that an event is in the log; undefined while no fitting checkpoint covers it. Without `want`
 * it is the newest checkpoint with whatever cosignatures it has. With `want` it is the first one that
 * covers the leaf and carries `witnesses_min` valid cosignatures of `witnesses`, and these alone: a
 * witness's time tells when the leaf was there at the latest, so an earlier checkpoint proves more.
 */
export async function proofFor(
  ctx: { db: Db },
  event_id: string,
  want?: WantedWitnesses,
): Promise<LogProof | undefined> {
  const index = await findLeaf(ctx.db, event_id);
  if (index === undefined) return undefined;
  const found = want ? await witnessed(ctx, index, want) : await newestOver(ctx, index);
  return found && { index, ...found, proof: await inclusionAt(ctx, index, found.size) };
}

type Found = Pick<LogProof, 'size' | 'checkpoint' | 'witnesses'>;

async function newestOver(ctx: { db: Db }, index: number): Promise<Found | undefined> {
  const newest = await readCheckpoint(ctx.db);
  if (!newest || newest.size <= index) return undefined;
  return { size: newest.size, checkpoint: newest.note, witnesses: [] };
}

async function witnessed(
  ctx: { db: Db },
  index: number,
  want: WantedWitnesses,
): Promise<Found | undefined> {
  const witnesses = [...new Set(want.witnesses)];
  const origin = want.origin ?? null;
  const min = want.witnesses_min;
  if (min < 1) {
    const covering = await readCovering(ctx.db, origin, index);
    return covering && { size: covering.size, checkpoint: covering.note, witnesses: [] };
  }
  for (const row of await readWitnessed(
    ctx.db,
    { origin, index, witnesses, min },
    CANDIDATES_MAX,
  )) {
    const lines = validLines(row);
    if (lines.size < min) continue;
    const signed = witnesses.filter((vkey) => lines.has(vkey));
    const checkpoint = row.note + signed.map((vkey) => lines.get(vkey)).join('');
    return { size: row.size, checkpoint, witnesses: signed };
  }
  return undefined;
}

function validLines(row: WitnessedRow): Map<string, string> {
  const pairs = row.witnesses.map((vkey, at) => [vkey, row.lines[at] ?? ''] as const);
  return new Map(
    pairs.filter(([vkey, line]) => {
      return cosignatureTime(parseNote(row.note + line), parseVkey(vkey)) !== null;
    }),
  );
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
 * Keeps a witness's cosignature of any checkpoint of ours, for a slow witness answers when the log
 * has grown. `note` is the checkpoint's text with its signature; `witness` its verifier key (0x04).
 * @returns false when it is for no checkpoint of ours or does not verify. @throws TypeError if malformed.
 */
export async function addCosignature(
  ctx: { db: Db },
  input: { note: string; witness: string },
): Promise<boolean> {
  const key = parseVkey(input.witness);
  const signed = parseNote(input.note);
  const { origin, size } = parseCheckpoint(signed.text);
  const ours = await findCheckpoint(ctx.db, origin, size);
  if (!ours || parseNote(ours.note).text !== signed.text) return false;
  if (cosignatureTime(signed, key) === null) return false;
  // Of several valid lines the first: one is enough, and all of them verified.
  const line = signaturesBy(signed, key).slice(0, 1).map(signatureLine).join('');
  await addCosignatureLine(ctx.db, { origin, size, witness: input.witness, line });
  return true;
}
